"""A monthly register of halls into the store: every line, or none."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine

from lib.domain.labels import number, plural, quoted
from lib.domain.terms import HALL_OCCUPANCIES
from lib.domain.vocabulary import HallOccupancy
from lib.errors import FileError
from lib.ingest.cleaning import Reason, is_unknown, plain
from lib.ingest.columns import ResidenceKey
from lib.ingest.dates import read_date
from lib.ingest.locating import UNKNOWN, locate, residence_index
from lib.ingest.official.tables import read_text_table, under_our_names
from lib.ingest.privacy import looks_personal, words
from lib.store import housing
from lib.store.halls import COLUMNS, HALL, Hall, halls, save_hall_months
from lib.store.revisions import change
from lib.store.rows import Saved

WHAT = "Registre des halls"
HEADINGS = {
    "landlord_id": ("bailleur",),
    "residence_id": ("residence", "reference"),
    "building_code": ("batiment",),
    "hall_code": ("hall",),
    "month_on": ("mois",),
    "status": ("etat", "occupation"),
}
OPTIONAL = ("building_code",)
MONTH_FORMATS = ("MM/AAAA", "AAAA-MM", "JJ/MM/AAAA", "AAAA-MM-JJ", "mois AAAA")
MASCULINE = {"occasionnel": HallOccupancy.OCCASIONAL, "quotidien": HallOccupancy.DAILY}
PARTS = re.compile(r"\d+|[a-z]+")
MAX_CODE_CHARS = 40  # width of the store's columns
MAX_FAULTS_SAID, MAX_LINES_SAID = 10, 5
NO_LANDLORD = Reason("bailleur inconnu de la base\u00a0: donnez son code, ou importez d’abord ses résidences")
NO_REFERENCE = Reason("référence absente\u00a0: donnez celle de la liste des résidences")
NO_RESIDENCE = Reason(
    "résidence inconnue de ce bailleur\u00a0: donnez sa référence, ou importez d’abord la liste des résidences"
)
Fault = tuple[list[int], str]


def import_halls(engine: Engine, path: Path, *, today: date) -> Saved:
    """Brings a register of halls into the store; a line on the same hall and month replaces what is held of it.

    Args:
        engine: The store, residences loaded.
        path: CSV or workbook with the columns of ``HEADINGS``, one line per hall and month.
        today: No month begins after it.

    Raises:
        FileError: If the file is not a table, or if a line is wrong: nothing is written then.
        LayoutError: If a column is absent.
    """
    if not path.is_file():
        raise FileError(f"«\u00a0{path.name}\u00a0» est introuvable.")
    rows = under_our_names(read_text_table(path), HEADINGS, what=WHAT, optional=OPTIONAL)
    with change(engine, "halls") as made:
        return save_hall_months(made, _read(rows, made.connection, today, path.name))


def _read(rows: pd.DataFrame, connection: Connection, today: date, file_name: str) -> pd.DataFrame:
    """The rows as the store keeps them.

    Raises:
        FileError: If a line is wrong; every one is counted, the first ten faults are said.
    """
    readers = {
        "landlord_id": partial(_read_landlord, known=_landlords(connection)),
        "building_code": _read_building,
        "hall_code": _read_hall,
        "month_on": partial(_read_month, today=today),
        "status": _read_status,
    }
    read = {ours: _each(rows[ours], reader) for ours, reader in readers.items()}
    found = pd.DataFrame(read, index=rows.index, dtype=object)
    found["residence_id"] = _residences(rows["residence_id"], found["landlord_id"], connection)
    faults = [fault for ours in HEADINGS for fault in _faults_in(rows, found, ours)]
    if not faults:
        found = _spelt(found, halls(connection))
        faults = _repeats(found)
    if faults:
        raise FileError(_said(file_name, faults))
    return found[COLUMNS]


def _each(cells: pd.Series, read: Callable[[str], object]) -> list[object]:
    """What each cell says, read once per distinct text."""
    known = {text: read(text) for text in cells.unique()}
    return [known[text] for text in cells]


def _landlords(connection: Connection) -> dict[str, int]:
    """Key of each landlord, by its code and by its name (``plain``)."""
    return {
        plain(word): int(row.landlord_id)
        for row in housing.landlords(connection).itertuples()
        for word in (row.landlord_name, row.landlord_code)
    }


def _read_landlord(text: str, known: dict[str, int]) -> int | Reason:
    return known.get(plain(text), NO_LANDLORD)


def _residences(references: pd.Series, landlords: pd.Series, connection: Connection) -> pd.Series:
    """``residence_id`` of each row, or the ``Reason`` why there is none; None where its landlord is wrong already."""
    held = housing.residences(connection)
    no_names = pd.DataFrame(columns=["commune_code", "commune_name"])  # lines name no address
    found = pd.Series(None, index=references.index, dtype=object)
    for landlord_id in {one for one in landlords if isinstance(one, int)}:
        index = residence_index(held[held["landlord_id"] == landlord_id], no_names)
        own = references[landlords == landlord_id]
        said = {UNKNOWN: NO_RESIDENCE, None: NO_REFERENCE}
        located = locate(index, {"residence_reference": own.where(own != "", None)}, ResidenceKey.REFERENCE)
        found[own.index] = pd.Series([said.get(one, one) for one in located], index=own.index, dtype=object)
    return found


def _read_building(text: str) -> str | Reason:
    return "" if is_unknown(text) else _code(text)


def _read_hall(text: str) -> str | Reason:
    return Reason("hall absent\u00a0: donnez son code court") if not text or is_unknown(text) else _code(text)


def _code(text: str) -> str | Reason:
    code = " ".join(text.split())
    if len(code) > MAX_CODE_CHARS:
        return Reason(f"code trop long\u00a0: {MAX_CODE_CHARS} caractères au plus")
    return Reason("donnée personnelle probable\u00a0: donnez un code court") if looks_personal(code) else code


def _read_month(text: str, today: date) -> date | Reason:
    read = read_date(text, MONTH_FORMATS, today)
    return read if isinstance(read, Reason) else read.day.replace(day=1)


def _read_status(text: str) -> HallOccupancy | Reason:
    known = {plain(word): status for status, label in HALL_OCCUPANCIES.items() for word in (status, label)} | MASCULINE
    labels = ", ".join(HALL_OCCUPANCIES.values()).lower()
    return known.get(plain(text).removeprefix("occupation")) or Reason(f"état inconnu\u00a0: choisissez entre {labels}")


def _spelt(found: pd.DataFrame, known: list[Hall]) -> pd.DataFrame:
    """Each hall as the store, else the file, first wrote it: «01» is «1», which a workbook makes of it, «b» is «B»."""
    first: dict[Hall, Hall] = {}
    for hall in known:
        first.setdefault(_alike(hall), hall)
    spelt = [first.setdefault(_alike(hall), hall) for hall in found[HALL].itertuples(index=False, name=None)]
    return found.assign(building_code=[hall[1] for hall in spelt], hall_code=[hall[2] for hall in spelt])


def _alike(hall: Hall) -> Hall:
    residence_id, building, code = hall
    return residence_id, _form(building), _form(code)


@lru_cache(maxsize=10_000)
def _form(code: str) -> str:
    """What stays the same however a code is written, its words and its numbers: «A-01» is «a1», never «A 10»."""
    parts = PARTS.findall(" ".join(words(code)))
    return " ".join(part.lstrip("0") or part for part in parts) or code


def _faults_in(rows: pd.DataFrame, found: pd.DataFrame, ours: str) -> list[Fault]:
    """Lines of a column that say wrongly the same thing, one sentence for all of them."""
    lines: dict[tuple[str, str, str], list[int]] = {}
    for line, landlord, text, cell in zip(rows.index, rows["landlord_id"], rows[ours], found[ours], strict=True):
        if isinstance(cell, Reason):
            lines.setdefault((landlord if ours == "residence_id" else "", text, cell.sentence), []).append(int(line))
    column = quoted(HEADINGS[ours][0])
    return [(those, f"colonne {column}\u00a0: {sentence}.") for (*_, sentence), those in lines.items()]


def _repeats(found: pd.DataFrame) -> list[Fault]:
    """Lines on a hall and a month that a line above told of already."""
    first: dict[tuple, int] = {}
    repeats = []
    for line, *told in found[[*HALL, "month_on"]].itertuples(name=None):
        above = first.setdefault(tuple(told), line)
        if above != line:
            advice = "gardez une seule des deux lignes"
            repeats.append(([line], f"ce hall et ce mois sont déjà à la ligne {above}\u00a0; {advice}."))
    return repeats


def _said(file_name: str, faults: list[Fault]) -> str:
    wrong = {line for lines, _ in faults for line in lines}
    more = len(faults) - MAX_FAULTS_SAID
    shown = [f"{_lines_label(lines)}\u00a0: {sentence}" for lines, sentence in sorted(faults)[:MAX_FAULTS_SAID]]
    rest = [f"… et {plural(more, 'autre motif', 'autres motifs')}."] if more > 0 else []
    count = plural(len(wrong), "ligne à corriger", "lignes à corriger")
    return "\n".join([f"«\u00a0{file_name}\u00a0»\u00a0: rien n’a été écrit, {count}.", *shown, *rest])


def _lines_label(lines: list[int]) -> str:
    """«Ligne 3», «Lignes 3 et 4», «Lignes 3, 4, 5, 6, 7 et 12 autres»: numbers of lines, as a spreadsheet has them."""
    if len(lines) == 1:
        return f"Ligne {lines[0]}"
    more = len(lines) - MAX_LINES_SAID
    numbers = [str(line) for line in lines]
    *shown, last = numbers if more <= 0 else [*numbers[:MAX_LINES_SAID], f"{number(more)} autre{'s' * (more > 1)}"]
    return f"Lignes {', '.join(shown)} et {last}"
