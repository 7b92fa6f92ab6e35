"""A table of schemes into the store: every line, or none."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine

from lib.domain.labels import plural, quoted, service_label
from lib.domain.terms import SCHEME_KINDS
from lib.domain.vocabulary import SchemeKind
from lib.errors import FileError
from lib.ingest.cleaning import Reason, plain
from lib.ingest.official.residences import civil_date
from lib.ingest.official.tables import read_text_table, under_our_names
from lib.ingest.privacy import looks_personal
from lib.store import districts, housing, territories
from lib.store.revisions import change
from lib.store.rows import Saved
from lib.store.schema.schemes import MAX_LABEL_CHARS
from lib.store.schemes import COLUMNS, save_schemes

WHAT = "Dispositifs"
HEADINGS = {
    "label": ("libelle",),
    "kind": ("nature",),
    "starts_on": ("debut",),
    "ends_on": ("fin",),
    "qpv_id": ("qpv",),
    "landlord_id": ("bailleur",),
    "district_id": ("circonscription",),
    "departement_code": ("departement",),
}
OPTIONAL = ("ends_on", "qpv_id", "landlord_id", "district_id", "departement_code")
SHORT_KINDS = {"emtr": SchemeKind.MOBILE_TEAM, "equipemobile": SchemeKind.MOBILE_TEAM, "autre": SchemeKind.OTHER}
DAY = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?: 00:00:00)?")  # a workbook gives its dates with their hour
FIRST_YEAR, LAST_YEAR = 1950, 2100
MAX_FAULTS_SAID = 10
Read = Callable[[str], object]


@dataclass(frozen=True)
class Known:
    """Keys of the places of the store, by what a file calls them (``plain``)."""

    qpvs: Mapping[str, int]
    landlords: Mapping[str, int]
    districts: Mapping[str, int]
    departements: Mapping[str, str]


def import_schemes(engine: Engine, path: Path) -> Saved:
    """Brings schemes into the store; a line of the same label and first day replaces the one held.

    Args:
        engine: The store, places loaded.
        path: CSV or workbook with the columns of ``HEADINGS``; ``fin`` is the last day, blank while the scheme runs.

    Raises:
        FileError: If the file is not a table, or if a line is wrong: nothing is written then.
        LayoutError: If a column is absent.
    """
    if not path.is_file():
        raise FileError(f"«\u00a0{path.name}\u00a0» est introuvable.")
    rows = under_our_names(read_text_table(path), HEADINGS, what=WHAT, optional=OPTIONAL)
    with change(engine, "dispositifs") as made:
        return save_schemes(made, _read(rows, known_places(made.connection), path.name))


def known_places(connection: Connection) -> Known:
    """What a line may name; a service whose name two forces share is left out."""
    services = districts.districts(connection)
    called = [
        (word, int(key))
        for key, name in zip(services["district_id"], services["district_name"], strict=True)
        for word in {plain(name), plain(service_label(name))}
    ]
    words = [word for word, _ in called]
    qpvs, landlords = territories.qpvs(connection), housing.landlords(connection)
    return Known(
        qpvs={plain(code): int(key) for code, key in zip(qpvs["qpv_code"], qpvs["qpv_id"], strict=True)},
        landlords={
            plain(word): int(row.landlord_id)
            for row in landlords.itertuples()
            for word in (row.landlord_name, row.landlord_code)
        },
        districts={word: key for word, key in called if words.count(word) == 1},
        departements={plain(code): code for code in territories.departements(connection)["departement_code"]},
    )


def _read(rows: pd.DataFrame, known: Known, file_name: str) -> pd.DataFrame:
    """The rows as the store keeps them.

    Raises:
        FileError: If a line is wrong; every one is said, the first ten in full.
    """
    read = {ours: [reader(cell) for cell in rows[ours]] for ours, reader in _readers(known).items()}
    found = pd.DataFrame(read, index=rows.index, columns=COLUMNS, dtype=object)
    faults = [
        (int(line), f"Ligne {line}, colonne {quoted(HEADINGS[ours][0])}\u00a0: {cell.sentence}.")
        for ours in COLUMNS
        for line, cell in found[ours].items()
        if isinstance(cell, Reason)
    ]
    if not faults:
        faults = _faults_between(found)
    if faults:
        raise FileError(_said(file_name, faults))
    return found


def _faults_between(found: pd.DataFrame) -> list[tuple[int, str]]:
    """What cells that are right each say wrongly together."""
    ends = [
        (int(line), f"Ligne {line}\u00a0: la fin précède le début\u00a0; corrigez l’une des deux dates.")
        for line, start, end in zip(found.index, found["starts_on"], found["ends_on"], strict=True)
        if end is not None and end <= start
    ]
    repeats = [
        (
            int(line),
            f"Ligne {line}\u00a0: ce libellé et ce début sont déjà plus haut\u00a0; nommez le lieu dans le libellé.",
        )
        for line in found.index[found.duplicated(["label", "starts_on"])]
    ]
    return ends + repeats


def _said(file_name: str, faults: list[tuple[int, str]]) -> str:
    lines = [sentence for _, sentence in sorted(faults)]
    more = len(lines) - MAX_FAULTS_SAID
    shown = lines[:MAX_FAULTS_SAID] + ([f"… et {plural(more, 'autre')}."] if more > 0 else [])
    head = f"«\u00a0{file_name}\u00a0»\u00a0: rien n’a été écrit, {plural(len(lines), 'correction')} à faire."
    return "\n".join([head, *shown])


def _readers(known: Known) -> dict[str, Read]:
    qpv = "QPV inconnu de la base\u00a0: donnez son code, ou importez d’abord les contours"
    landlord = "bailleur inconnu de la base\u00a0: donnez son code, ou importez d’abord ses résidences"
    district = (
        "service inconnu de la base, ou nom de plusieurs services\u00a0: écrivez le nom affiché par l’observatoire"
    )
    departement = "département inconnu de la base\u00a0: donnez son code (91)"
    return {
        "label": _read_label,
        "kind": _read_kind,
        "starts_on": _read_start,
        "ends_on": _read_end,
        "qpv_id": _place_reader(known.qpvs, qpv),
        "landlord_id": _place_reader(known.landlords, landlord),
        "district_id": _place_reader(known.districts, district),
        "departement_code": _place_reader(known.departements, departement),
    }


def _read_label(text: str) -> str | Reason:
    label = " ".join(text.split())
    if not label:
        return Reason("libellé absent\u00a0: nommez le dispositif")
    if len(label) > MAX_LABEL_CHARS:
        return Reason(f"libellé trop long\u00a0: {MAX_LABEL_CHARS} caractères au plus")
    return (
        Reason("donnée personnelle probable\u00a0: nommez le dispositif et le lieu") if looks_personal(label) else label
    )


def _read_kind(text: str) -> SchemeKind | Reason:
    known = {plain(word): kind for kind, label in SCHEME_KINDS.items() for word in (kind, label)} | SHORT_KINDS
    return known.get(plain(text)) or Reason(
        f"nature inconnue\u00a0: choisissez entre {', '.join(SCHEME_KINDS.values())}"
    )


def _read_start(text: str) -> date | Reason:
    day = civil_date(text) if DAY.fullmatch(text) else None
    if day is None:
        return Reason("date illisible\u00a0: écrivez JJ/MM/AAAA")
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else Reason(f"année hors de {FIRST_YEAR}–{LAST_YEAR}")


def _read_end(text: str) -> date | Reason | None:
    """The day after the last one."""
    last = _read_start(text) if text else None
    if isinstance(last, Reason):
        return Reason(f"{last.sentence}\u00a0; laissez vide si le dispositif continue")
    return last and last + timedelta(days=1)


def _place_reader(keys: Mapping[str, int] | Mapping[str, str], unknown: str) -> Read:
    return lambda text: keys.get(plain(text), Reason(unknown)) if text else None
