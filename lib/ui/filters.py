"""The filter bar: drawn once by the frame, kept in the address, said in one sentence."""

import calendar
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st
from markupsafe import Markup

from lib.domain.filters import IncidentFilter
from lib.domain.labels import alphabetical, date_label, month_label, service_label
from lib.domain.period import Period, add_months, last_complete_month_end
from lib.domain.terms import FAMILIES_SHORT, FORCES, QPV_STATUSES, SEVERITIES

PRESETS = {"12 derniers mois": 12, "24 derniers mois": 24, "36 derniers mois": 36}
CHOSEN_MONTHS = "Mois choisis"
EVERYWHERE = "Tous"
# Names in the address; those of LISTS hold several values.
LISTS = ("departements", "forces", "circonscriptions", "qpv", "familles", "types", "gravites", "bailleurs")
SHOWN_PAGE = "shown_page"
UNUSED_ON = frozenset({"donnees"})  # pages that no filter bears on
KEYS = ("periode", "de", "a", "quartiers", *LISTS)


@dataclass(frozen=True)
class Choices:
    """What the store offers to choose from: frames of ``snapshot.directory``.

    Attributes:
        months: First days of the months the store tells of, complete ones only, in order.
    """

    months: tuple[date, ...]
    departements: pd.DataFrame
    districts: pd.DataFrame
    qpvs: pd.DataFrame
    landlords: pd.DataFrame
    types: pd.DataFrame


def complete_months(months: list[date], data_on: date) -> tuple[date, ...]:
    """The months wholly covered by the data; the first one if none is."""
    end = last_complete_month_end(data_on)
    return tuple(month for month in months if month < end) or tuple(months[:1])


def filter_bar(choices: Choices) -> tuple[IncidentFilter, str]:
    """Draws the widgets where the caller stands and returns the selection, and the sentence that says it."""
    head = st.empty()
    period = _period(choices.months)
    names = _names(choices)
    departements = _several("Département", names["departements"], "departements", "Tous")
    forces = _several("Force", _forces(choices.districts), "forces", "Toutes")
    districts = _several(
        "Circonscription", _districts(names, choices, departements, forces), "circonscriptions", "Toutes"
    )
    status = _one(
        "Quartier", {EVERYWHERE: (), **{label: (value,) for value, label in QPV_STATUSES.items()}}, "quartiers"
    )
    qpvs = _several("QPV", _qpvs(names, choices, departements), "qpv", "Tous")
    families = _several("Famille de faits", names["families"], "familles", "Toutes")
    types = _several("Type de faits", _types(choices.types, families), "types", "Tous")
    severities = _several("Gravité", {label: value for value, label in SEVERITIES.items()}, "gravites", "Toutes")
    landlords = _several("Bailleur", names["landlords"], "bailleurs", "Tous")
    st.button("Réinitialiser les filtres", on_click=reset, args=(choices.months,), width="stretch")
    chosen = IncidentFilter(
        period=period,
        family_codes=families,
        type_codes=types,
        severities=severities,
        landlord_ids=landlords,
        departement_codes=departements,
        forces=forces,
        district_ids=districts,
        qpv_statuses=status,
        qpv_ids=qpvs,
    )
    said = _said(chosen, choices, names)
    head.html(str(Markup('<p class="o-said">{}</p>').format(said)))
    return chosen, said


def keep_in_address(page: str) -> None:
    """Tells the values again when the page has changed: a click made before the widgets are drawn leaves them out.

    Streamlit then opens the new page at an address without filters, while the session still has them. Going back in
    the history empties the session first: the address decides there, as it should.
    """
    if st.session_state.get(SHOWN_PAGE, page) != page:
        for key in KEYS:
            if key in st.session_state and key not in st.query_params:
                st.session_state[key] = st.session_state[key]
    st.session_state[SHOWN_PAGE] = page


def reset(months: tuple[date, ...]) -> None:
    """Every widget back to «no restriction», the period to the first one offered; the address empties itself."""
    first, last = month_label(months[0]), month_label(months[-1])
    period = {"periode": period_options(months)[0], "de": first, "a": last}
    st.session_state.update({**{key: [] for key in LISTS}, **period, "quartiers": EVERYWHERE})


def choose_month(month: date) -> None:
    """Narrows the period to one month, from a callback: one value of the address, one step of the history."""
    st.session_state["periode"] = month_label(month)


def period_options(months: tuple[date, ...]) -> list[str]:
    """Presets that the store can fill, full calendar years from the last, then free months."""
    presets = [name for name, count in PRESETS.items() if len(months) >= count]
    return [*presets, *(f"Année {year}" for year in _full_years(months)), CHOSEN_MONTHS]


def _period(months: tuple[date, ...]) -> Period:
    labels = {month_label(month): month for month in months}
    asked = st.session_state.get("periode", st.query_params.get("periode"))
    options = [*period_options(months), *([asked] if asked in labels else [])]  # a month that was clicked
    chosen = st.selectbox("Période", options, key="periode", bind="query-params")
    end = add_months(months[-1], 1)
    if chosen in PRESETS:
        return Period(add_months(end, -PRESETS[chosen]), end)
    if chosen in labels:
        return Period(labels[chosen], add_months(labels[chosen], 1))
    if chosen != CHOSEN_MONTHS:
        year = int(chosen.removeprefix("Année "))
        return Period(date(year, 1, 1), date(year + 1, 1, 1))
    first = st.selectbox("Du mois de", list(labels), key="de", bind="query-params")
    last = st.selectbox("au mois de", list(reversed(labels)), key="a", bind="query-params")
    start, stop = sorted((labels[first], labels[last]))
    return Period(start, add_months(stop, 1))


def _full_years(months: tuple[date, ...]) -> list[int]:
    """Calendar years all of whose months are known, the last first."""
    counts = pd.Series([month.year for month in months]).value_counts()
    return sorted((int(year) for year, count in counts.items() if count == len(calendar.month_name) - 1), reverse=True)


def _several(label: str, options: dict[str, object], key: str, all_of_them: str) -> tuple:
    chosen = st.multiselect(label, list(options), key=key, bind="query-params", placeholder=all_of_them)
    return tuple(options[name] for name in chosen)


def _one(label: str, options: dict[str, tuple], key: str) -> tuple:
    return options[st.selectbox(label, list(options), key=key, bind="query-params")]


def _names(choices: Choices) -> dict[str, dict[str, object]]:
    departements, landlords = choices.departements, choices.landlords
    present = set(choices.types["family_code"])
    labels = [f"{name} ({code})" for code, name in departements.itertuples(index=False)]
    districts = [(district_label(row), row.district_id) for row in choices.districts.itertuples()]
    qpvs = [(qpv_label(row), row.qpv_id) for row in choices.qpvs.itertuples()]
    return {
        "departements": dict(zip(labels, departements["departement_code"], strict=True)),
        "families": {label: code for code, label in FAMILIES_SHORT.items() if code in present},
        "landlords": dict(zip(_landlord_labels(landlords), landlords["landlord_id"], strict=True)),
        "districts": dict(sorted(districts, key=lambda pair: alphabetical(pair[0]))),
        "qpvs": dict(sorted(qpvs, key=lambda pair: alphabetical(pair[0]))),
    }


def _landlord_labels(landlords: pd.DataFrame) -> pd.Series:
    """Names, with the code beside those that two landlords share."""
    names, is_shared = landlords["landlord_name"], landlords["landlord_name"].duplicated(keep=False)
    return names.where(~is_shared, names + " (" + landlords["landlord_code"] + ")")


def district_label(row) -> str:
    """«Police, Commissariat de …»: the name and, always, the word of the force."""
    return f"{FORCES[row.force]}, {service_label(row.district_name)}"


def qpv_label(row) -> str:
    """«Les Essais (QN091F1X)»: two QPV may have one name."""
    return f"{row.qpv_name} ({row.qpv_code})"


def _forces(districts: pd.DataFrame) -> dict[str, object]:
    return {label: force for force, label in FORCES.items() if force in set(districts["force"])}


def _districts(names: dict, choices: Choices, departements: tuple, forces: tuple) -> dict[str, object]:
    """Only the services of the départements and forces chosen above, in the order of their labels."""
    kept = choices.districts
    if departements:
        kept = kept[kept["departement_code"].isin(departements)]
    if forces:
        kept = kept[kept["force"].isin(forces)]
    allowed = set(kept["district_id"])
    return {label: key for label, key in names["districts"].items() if key in allowed}


def _qpvs(names: dict, choices: Choices, departements: tuple) -> dict[str, object]:
    """Only those of the départements chosen above, in the order of their names."""
    is_kept = choices.qpvs["departement_code"].isin(departements) | (not departements)
    allowed = set(choices.qpvs.loc[is_kept, "qpv_id"])
    return {label: key for label, key in names["qpvs"].items() if key in allowed}


def _types(types: pd.DataFrame, families: tuple) -> dict[str, object]:
    """Types that may be shown, of the chosen families."""
    kept = types[~types["is_protected"].astype(bool)]
    if families:
        kept = kept[kept["family_code"].isin(families)]
    return dict(zip(kept["type_label"], kept["type_code"], strict=True))


def sentence(chosen: IncidentFilter, choices: Choices) -> str:
    """What is filtered, in one French sentence: period, kinds of facts, then places."""
    return _said(chosen, choices, _names(choices))


def _said(chosen: IncidentFilter, choices: Choices, names: dict[str, dict[str, object]]) -> str:
    districts = {key: label for label, key in names["districts"].items()}
    parts = [
        period_words(chosen.period),
        _kinds_words(chosen, choices),
        *_listed(chosen.severities, {code: f"gravité {code}" for code in SEVERITIES}),
        *_listed(chosen.departement_codes, dict(choices.departements.itertuples(index=False)), "tous départements"),
        *_listed(chosen.forces, {code: label.lower() for code, label in FORCES.items()}),
        *_listed(chosen.district_ids, districts),
        *_listed(chosen.qpv_statuses, {k: v[0].lower() + v[1:] for k, v in QPV_STATUSES.items()}),
        *_listed(chosen.qpv_ids, dict(zip(choices.qpvs["qpv_id"], choices.qpvs["qpv_name"], strict=True))),
        *_listed(chosen.landlord_ids, {key: label for label, key in names["landlords"].items()}),
    ]
    return ", ".join(parts) + "."


def period_words(period: Period) -> str:
    """«12 mois jusqu’au 31 octobre 2026»."""
    return f"{period.month_count} mois jusqu’au {date_label(period.last_day)}"


def _kinds_words(chosen: IncidentFilter, choices: Choices) -> str:
    if chosen.type_codes:
        labels = dict(zip(choices.types["type_code"], choices.types["type_label"], strict=True))
        return _listed(chosen.type_codes, labels)[0]
    if chosen.family_codes:
        noun = "famille" if len(chosen.family_codes) == 1 else "familles"
        return f"{noun} {_listed(chosen.family_codes, FAMILIES_SHORT)[0]}"
    return "toutes familles"


def _listed(codes: tuple, labels: dict, otherwise: str = "") -> list[str]:
    """The labels of the chosen codes joined by «et»; beyond three, how many."""
    names = [labels[code] for code in codes]
    if not names:
        return [otherwise] if otherwise else []
    if len(names) > 3:
        return [f"{', '.join(names[:2])} et {len(names) - 2} autres"]
    return [" et ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)]
