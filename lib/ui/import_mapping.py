"""Blocks of a mapping: our column for each heading of the file, our code for each label of the landlord."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from lib.domain.labels import plural, quoted
from lib.domain.terms import LISTS, REGISTER_COLUMNS
from lib.snapshot import directory
from lib.ui import components as c
from lib.ui.import_desk import note, refusal
from lib.ui.import_words import OF_REJECTION, literal
from lib.ui.session import Visit

LEFT_OUT, LATER = "Ne pas reprendre", "À qualifier plus tard"
REQUIRED = ("occurred_on", "type_code")
POINT = frozenset({"longitude", "latitude"})
PLACES = (frozenset({"residence_reference"}), POINT, frozenset({"address"}))
POINT_NAME = "residence_name"  # read only where residences are made of points, which the command line declares
MAX_COLUMNS, MAX_LABELS, MAX_NAMED = 80, 100, 12  # drawn; what is beyond is said
SURE = 0.85  # as in lib.ingest.proposal: under it, a proposal is said and a person chooses


def columns(understood: Any, file_id: str) -> dict[str, str] | None:
    """The mapping of the columns as the person leaves it; None while it is incomplete, which is said.

    Args:
        understood: What ``steps.understand`` gave.
        file_id: Of the file, for the widgets.

    Returns:
        Heading of the file by our column.
    """
    kept = [one for one in understood.columns if one.refusal is None]
    refused = [one for one in understood.columns if one.refusal is not None]
    initial = _by_heading(understood.chosen)
    c.section("Colonnes", "À gauche, le fichier\u00a0; à droite, ce que l’observatoire en garde")
    chosen: dict[str, list[str]] = {}
    mapped = [one for one in kept if one.heading in initial]
    for one in [one for one in mapped if one.examples]:
        _ask(one, initial[one.heading], file_id, chosen)
    unread = [one for one in kept if one.heading not in initial]
    for one in [one for one in unread if _has_hint(one)]:
        _ask(one, "", file_id, chosen)
    _folded([one for one in mapped if not one.examples], initial, file_id, chosen)
    _others([one for one in unread if not _has_hint(one)], file_id, chosen)
    if refused:
        _refused(refused)
    return _checked(chosen, understood, file_id)


def _by_heading(chosen: Mapping[str, str]) -> dict[str, str]:
    """Our column for each heading; the first one in our order where a heading serves twice (date and time)."""
    order = [ours for ours in REGISTER_COLUMNS if ours in chosen]
    return {chosen[ours]: ours for ours in reversed(order)}


def _ask(one: Any, initial: str, file_id: str, chosen: dict[str, list[str]]) -> None:
    """A heading, examples of its values, and our column for it."""
    left, right = st.columns([1.5, 1], gap="medium", vertical_alignment="center")
    options = ["", *(ours for ours in REGISTER_COLUMNS if ours != POINT_NAME or ours == initial)]
    with left:
        said = [f"ex.\u00a0: {', '.join(map(quoted, one.examples))}" if one.examples else "colonne vide"]
        said += [_confidence(one, initial)] if one.column and one.examples else []
        c.html(
            Markup('<p class="o-said"><b>{}</b><span class="o-small">{}</span></p>').format(
                one.heading, " · ".join(said)
            )
        )
    with right:
        ours = st.selectbox(
            f"Colonne de l’observatoire pour {literal(quoted(one.heading))}",
            options,
            index=options.index(initial),
            format_func=lambda name: REGISTER_COLUMNS.get(name, LEFT_OUT),
            key=f"{file_id}-column-{one.heading}",
            label_visibility="collapsed",
        )
    if ours:
        chosen.setdefault(ours, []).append(one.heading)


def _confidence(one: Any, initial: str) -> str:
    if not initial or one.confidence < SURE:
        return f"peut-être {quoted(REGISTER_COLUMNS[one.column])}"
    return "correspondance sûre" if one.column == initial else "d’après la correspondance"


def _has_hint(one: Any) -> bool:
    """Whether a column nobody chose has values, and a name that may be one of ours: seen without opening a fold."""
    return bool(one.examples and one.column)


def _folded(blank: Sequence[Any], initial: Mapping[str, str], file_id: str, chosen: dict[str, list[str]]) -> None:
    """Columns recognised that hold no value: one line for them all, their choices beneath."""
    if not blank:
        return
    with st.expander(f"{plural(len(blank), 'colonne reconnue', 'colonnes reconnues')}, sans aucune valeur"):
        for one in blank:
            _ask(one, initial[one.heading], file_id, chosen)


def _others(others: Sequence[Any], file_id: str, chosen: dict[str, list[str]]) -> None:
    """Columns that resemble none of ours; those that hold values are named outside of the fold."""
    if not others:
        return
    filled = [quoted(one.heading) for one in others if one.examples and not one.heading.startswith(OF_REJECTION)]
    if filled:
        more = f" et {plural(len(filled) - MAX_NAMED, 'autre')}" if len(filled) > MAX_NAMED else ""
        c.source(f"Ont des valeurs et ne sont pas reprises\u00a0: {', '.join(filled[:MAX_NAMED])}{more}.")
    with st.expander(plural(len(others), "autre colonne, non reprise", "autres colonnes, non reprises")):
        for one in others[:MAX_COLUMNS]:
            _ask(one, "", file_id, chosen)
        hidden = len(others) - MAX_COLUMNS
        if hidden > 0:
            c.source(f"Et {plural(hidden, 'autre colonne', 'autres colonnes')}, non reprises.")


def _refused(refused: Sequence[Any]) -> None:
    c.table(["Colonne refusée", "Motif"], [[one.heading, one.refusal] for one in refused[: c.MAX_TABLE_ROWS]])
    c.source("Ces colonnes ne sont ni lues ni gardées\u00a0: l’observatoire ne reçoit ni personne ni texte libre.")


def _checked(chosen: dict[str, list[str]], understood: Any, file_id: str) -> dict[str, str] | None:
    twice = {ours: headings for ours, headings in chosen.items() if len(headings) > 1}
    for ours, headings in twice.items():
        refusal(
            f"Deux colonnes sont données pour {quoted(REGISTER_COLUMNS[ours])}\u00a0: "
            f"{', '.join(map(quoted, headings))}. Gardez-en une."
        )
    found = {ours: headings[0] for ours, headings in chosen.items()}
    _seconds(found, understood, file_id)
    missing = _missing(found, understood.base)
    if missing:
        note(f"Il reste à dire où lire\u00a0: {', '.join(missing)}.")
    return None if twice or missing else found


def _seconds(found: dict[str, str], understood: Any, file_id: str) -> None:
    """Where one column holds two of ours (day and time, both coordinates), both are read there, unless refused."""
    pairs = {one.also: one.heading for one in understood.columns if one.also and found.get(one.column) == one.heading}
    declared = {ours: heading for ours, heading in understood.chosen.items() if heading in found.values()}
    for ours, heading in (declared | pairs).items():
        if ours in found:
            continue
        words = f"Lire aussi {quoted(REGISTER_COLUMNS[ours])} dans {literal(quoted(heading))}"
        if st.checkbox(words, value=True, key=f"{file_id}-also-{ours}"):
            found[ours] = heading


def _missing(found: Mapping[str, str], base: Mapping[str, Any]) -> list[str]:
    """French names of what a register cannot do without."""
    known = {*found, *base.get("constants", {})}
    missing = [REGISTER_COLUMNS[ours] for ours in REQUIRED if ours not in known]
    if len(POINT & known) == 1:
        missing += [REGISTER_COLUMNS[ours] for ours in POINT - known]
    elif not any(place <= known for place in PLACES):
        missing.append("Référence de la résidence (ou ses coordonnées, ou son adresse)")
    return missing


def labels(visit: Visit, proposed: Mapping[str, Sequence[Any]], file_id: str) -> dict[str, dict[str, str]]:
    """Our code for each label of the landlord, by our column; "" where the person leaves it to be qualified later."""
    found: dict[str, dict[str, str]] = {}
    if any(proposed.values()):
        c.section(
            "Libellés", "Un libellé sans correspondance n’arrête rien\u00a0: ses lignes attendent d’être qualifiées"
        )
    for ours in (ours for ours in REGISTER_COLUMNS if proposed.get(ours)):
        ones = proposed[ours]
        unknown = sum(not sure_code(one) for one in ones)
        if unknown:
            state = plural(unknown, "à rapprocher", "à rapprocher")
        else:
            state = "rapproché" if len(ones) == 1 else "tous rapprochés"
        title = f"{REGISTER_COLUMNS[ours]}\u00a0: {plural(len(ones), 'libellé')}, {state}"
        with st.expander(title, expanded=bool(unknown)):
            found[ours] = ask_codes(visit, ours, ones, file_id)
    return found


def ask_codes(visit: Visit, ours: str, ones: Sequence[Any], key: str) -> dict[str, str]:
    """A list of our codes beside each label; those without a proposal come first.

    Args:
        visit: The visit, for the types of the store.
        ours: Our column.
        ones: Label, number of rows and code proposed of each.
        key: Of the widgets.
    """
    codes = code_labels(visit, ours)
    options = ["", *codes]
    ordered = sorted(ones, key=lambda one: bool(sure_code(one)))
    chosen = {}
    with st.grid(2, min_column_width=300, gap="small"):
        for one in ordered[:MAX_LABELS]:
            chosen[one.label] = st.selectbox(
                _label_words(one, codes),
                options,
                index=options.index(sure_code(one)),
                format_func=lambda code: codes.get(code, LATER),
                key=f"{key}-label-{ours}-{one.label}",
            )
    hidden = len(ordered) - MAX_LABELS
    if hidden > 0:
        c.source(f"Et {plural(hidden, 'autre libellé', 'autres libellés')}, à qualifier après l’import.")
    return chosen


def sure_code(one: Any) -> str:
    """The code proposed with confidence, else "": a person then chooses."""
    return one.code if one.code and one.confidence >= SURE else ""


def _label_words(one: Any, codes: Mapping[str, str]) -> str:
    """«Bruit dans les étages (12 lignes), peut-être Nuisances sonores»."""
    hint = f", peut-être {quoted(codes[one.code])}" if one.code in codes and not sure_code(one) else ""
    return literal(f"{one.label} ({plural(one.row_count, 'ligne')}){hint}")


def code_labels(visit: Visit, ours: str) -> dict[str, str]:
    """French label of each of our codes for a column."""
    if ours in LISTS:
        return {str(code): label for code, label in LISTS[ours].items()}
    types: pd.DataFrame = visit.ask_store(directory.incident_types)
    return dict(zip(types["type_code"], types["type_label"], strict=True))
