"""Blocks of the state of the registers: who transmitted, quality of each landlord, calendar of what they said."""

from datetime import date

import pandas as pd
import streamlit as st
from markupsafe import Markup

from lib.analysis.coverage import reporting_coverage
from lib.domain.filters import IncidentFilter
from lib.domain.labels import month_label, month_ranges, month_short_label, number, of_month_label, plural, share
from lib.domain.period import Period, add_months, last_complete_month_end
from lib.snapshot import directory, queries
from lib.snapshot.places import Level
from lib.store.housing import landlords
from lib.store.incidents import residence_ids
from lib.store.quality import registers_quality
from lib.store.reporting import reporting_calendar
from lib.ui import components as c
from lib.ui import data
from lib.ui.import_desk import Desk, faults_told, note
from lib.ui.import_words import literal
from lib.ui.session import Visit

SHOWN_MONTHS = 12
STATED_MONTHS = 36  # back from the last complete month: what a landlord may still state
STATED, STATING = "import-stated", "import-stating"


def head(visit: Visit) -> None:
    """Who transmitted the last complete month; the filters bear on nothing here."""
    if visit.data_on is None:
        c.header(
            "L’observatoire attend ses premiers registres",
            "Aucun fait n’a encore été importé.",
            coverage=None,
            data_on=None,
        )
        return
    month = Period.last_months(1, visit.data_on)
    told = visit.ask_store(directory.landlord_reporting, month, visit.scope)
    done = int((told["silent_month_count"] == 0).sum())
    verb = "a transmis" if done < 2 else "ont transmis"
    title = f"{plural(done, 'bailleur')} sur {number(len(told))} {verb} {month_label(month.start)}"
    figures = visit.ask(queries.place_figures, Level.ALL, chosen=IncidentFilter(month))
    c.header(
        title,
        f"Registres de tous les bailleurs, couverture {of_month_label(month.start)}.",
        coverage=reporting_coverage(figures),
        data_on=visit.data_on,
    )


def demonstration() -> None:
    """In place of the import, on invented facts."""
    c.section("Importer un registre")
    c.empty(
        "L’import est fermé ici",
        "Une base de démonstration n’accepte pas d’import\u00a0: ouvrez votre propre base (voir le guide d’import).",
        "La qualité et le calendrier des registres inventés restent à lire.",
    )


def quality(visit: Visit) -> None:
    """One line per landlord: how soon, how complete, what waits."""
    found = data.record(registers_quality, visit.snapshot)
    if found.empty:
        return
    c.section("Qualité par bailleur", "Sur tous les registres" + ("" if visit.is_synthetic else " importés"))
    heads = ["Délai d’envoi", "Heures inconnues", "Sans résidence", "À corriger", "À qualifier", "Mois silencieux"]
    if visit.is_synthetic:  # nothing was imported there: a day of import would belie the history
        rows = [[row.landlord_name, *_quality(row)] for row in found.itertuples()]
        c.table(["Bailleur", *heads], rows, numeric=range(1, 7))
    else:
        rows = [[row.landlord_name, _day(row.last_import_at), *_quality(row)] for row in found.itertuples()]
        c.table(["Bailleur", "Dernier import", *heads], rows, numeric=range(2, 8))
    c.reading(
        "Le délai d’envoi\u00a0: médiane des jours entre la fin du dernier mois d’un registre et son import. "
        "«\u00a0Sans résidence\u00a0»\u00a0: part des lignes dont la résidence n’est pas trouvée, parmi elles et les "
        "faits."
    )


def _quality(row) -> list[object]:
    shares = [_days(row.delay_days), _part(row.unknown_hour_share), _part(row.unlocated_share)]
    return [*shares, int(row.open_count), int(row.to_qualify_count), int(row.silent_month_count)]


def _day(stamp: pd.Timestamp | None) -> date | None:
    return None if pd.isna(stamp) else pd.Timestamp(stamp).date()


def _part(value: float) -> Markup | str:
    return c.NONE if pd.isna(value) else share(value)


def _days(count: float) -> Markup | str:
    return c.NONE if pd.isna(count) else plural(int(count), "jour")


def calendar(visit: Visit, desk: Desk | None) -> None:
    """Landlords by month: reported, nothing to report, silence; a landlord may state months without a fact."""
    known = data.record(landlords, visit.snapshot)
    is_told = visit.data_on is not None and len(known) > 0
    if is_told or desk is not None:
        c.section("Calendrier de déclaration", f"{SHOWN_MONTHS} derniers mois" if is_told else "")
    if is_told:
        assert visit.data_on is not None
        months = Period.last_months(SHOWN_MONTHS, visit.data_on).months()
        rows = [[row.landlord_name, *_months(visit, int(row.landlord_id), months)] for row in known.itertuples()]
        c.table(["Bailleur", *map(month_short_label, months)], rows)
        c.reading(
            "● des faits sont déclarés, avec le nombre de résidences qui ont répondu sur celles du mois. ○ rien à "
            "signaler. «\u00a0silence\u00a0»\u00a0: personne n’a rien dit, ces mois sortent des taux."
        )
    if desk is not None:
        _statement(visit, desk)


def _months(visit: Visit, landlord_id: int, months: list[date]) -> list[str]:
    found = data.record(reporting_calendar, visit.snapshot, landlord_id)
    told = {pd.Timestamp(row.month_on).date(): row for row in found.itertuples()}
    return [_said(told.get(month)) for month in months]


def _said(row) -> str:
    """«● 12/14», «○ rien», «silence»."""
    if row is None or not row.reported_count + row.nothing_to_report_count:
        return "silence"
    answered = int(row.reported_count + row.nothing_to_report_count)
    total = answered + int(row.silent_count)
    counted = number(total) if answered == total else f"{number(answered)}/{number(total)}"
    if row.reported_count:
        return f"●\u00a0{counted}"
    return "○\u00a0rien" if answered == total else f"○\u00a0rien {counted}"


def _statement(visit: Visit, desk: Desk) -> None:
    """«Rien à signaler» for months of the landlord chosen, once confirmed; it can be taken back from the history."""
    said = st.session_state.pop(STATED, None)
    if said:
        note(said)
    chosen = st.multiselect(
        f"Mois sans aucun fait, déclarés par {literal(desk.landlord_name)}",
        _silent(visit, desk),
        format_func=month_label,
        placeholder="Choisir des mois silencieux",
        key=f"import-months-{desk.landlord_id}",
        select_all=False,
    )
    asked = (desk.landlord_id, tuple(sorted(chosen)))
    if st.button("Déclarer «\u00a0rien à signaler\u00a0»…", key="import-state", disabled=not chosen):
        st.session_state[STATING] = asked
    if not chosen or st.session_state.get(STATING) != asked:
        return
    residences = data.record(residence_ids, visit.snapshot, desk.landlord_id)
    told = f"{plural(len(chosen), 'mois')}, {month_ranges(chosen)}"
    note(
        f"Déclarer «\u00a0rien à signaler\u00a0» pour {told}, et les {plural(len(residences), 'résidence')} de "
        f"{desk.landlord_name} (celles qui sont actives alors)\u00a0? Ces mois compteront comme sans aucun fait "
        "dans les taux."
    )
    with st.container(horizontal=True):
        is_sure = st.button("Confirmer la déclaration", key="import-state-confirm", type="primary")
        st.button("Ne rien déclarer", key="import-state-leave", on_click=st.session_state.pop, args=(STATING, None))
    if is_sure:
        _state(desk, sorted(chosen))


def _state(desk: Desk, months: list[date]) -> None:
    count = None
    with faults_told():
        count = desk.steps.nothing_to_report(desk.engine, desk.landlord_id, months)
    if count is not None:
        st.session_state.pop(STATING, None)
        st.session_state[STATED] = (
            f"{desk.landlord_name}\u00a0: rien à signaler pour {month_ranges(months)} "
            f"({plural(count, 'résidence-mois', 'résidences-mois')})."
        )
        st.rerun()


def _silent(visit: Visit, desk: Desk) -> list[date]:
    """Complete months that nobody of the landlord's has told of, the last one first."""
    found = data.record(reporting_calendar, visit.snapshot, desk.landlord_id)
    told = {
        pd.Timestamp(row.month_on).date()
        for row in found.itertuples()
        if not row.silent_count and row.reported_count + row.nothing_to_report_count
    }
    end = last_complete_month_end(desk.steps.today())
    return [month for rank in range(STATED_MONTHS) if (month := add_months(end, -1 - rank)) not in told]
