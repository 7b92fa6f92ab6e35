"""Recorded crime by commune, class and year (SSMSI, base communale), in its official layout."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from lib.errors import FileError, LayoutError
from lib.ingest.official.communes import departement_of
from lib.ingest.official.tables import decimal, delimiter_of, headings_of, listed, matched

WHAT = "Base communale du SSMSI"
COLUMNS = {
    "commune_code": ("CODGEO_<année>",),
    "year": ("annee",),
    "ssmsi_class": ("indicateur", "classe"),
    "unit": ("unite_de_compte",),
    "fact_count": ("nombre", "faits"),
    "rate": ("taux_pour_mille",),
    "diffusion": ("est_diffuse", "valeur_publiee"),
    "population": ("insee_pop", "pop"),
    "dwelling_count": ("insee_log", "log"),
}
GEOGRAPHY = re.compile(r"codgeo_?(\d{4})", re.IGNORECASE)
PUBLISHED = {"diff": True, "ndiff": False}
CHUNK = 200_000  # rows; the file of France holds several millions
NUMBERS = {"year": "Int64", "fact_count": "Int64", "population": "Int64", "dwelling_count": "Int64", "rate": "Float64"}


class CommunalRows(NamedTuple):
    """The base communale as read.

    Attributes:
        rows: ``commune_code, ssmsi_class, year, unit, is_published, fact_count, rate`` (per 1,000, as published)
            ``, population, dwelling_count, geography_year``, indexed by line of the file. Where the SSMSI does not
            publish the cell, count and rate are missing, whatever the file writes; ``complement_info_*``, a mean of the
            communes not published in the département, is not read.
        other_count: Lines of communes of other départements, which are not kept.
    """

    rows: pd.DataFrame
    other_count: int


def is_communal(headings: Collection[str]) -> bool:
    """Whether these are the headings of the base communale: ``CODGEO_`` and a year among them."""
    try:
        _named(headings)
    except LayoutError:
        return False
    return True


def read_ssmsi_communes(path: Path, departement_codes: Collection[str]) -> CommunalRows:
    """Rows of the communes of some départements, in the order of the file.

    Args:
        path: CSV file in UTF-8, gzipped or not, as published.
        departement_codes: Départements to keep: the whole country does not fit a store of one region.

    Raises:
        FileError: If the file is not a table in UTF-8.
        LayoutError: If a column is absent, or a year or a state of diffusion is not one.
    """
    headings = headings_of(path)
    names, geography_year = _named(headings)
    place_of = {headings.index(theirs): ours for ours, theirs in names.items()}
    kept, line_count, wanted = [], 0, set(departement_codes)
    for cells in _chunks(path, sorted(place_of)):
        line_count += len(cells)
        rows = cells.set_axis([place_of[place] for place in sorted(place_of)], axis=1)
        rows = rows.assign(commune_code=rows["commune_code"].str.strip().str.zfill(5))
        kept.append(rows[rows["commune_code"].map(departement_of).isin(wanted)])
    rows = pd.concat(kept) if kept else pd.DataFrame(columns=list(names), dtype=object)
    return CommunalRows(_typed(rows, geography_year), line_count - len(rows))


def _named(headings: Collection[str]) -> tuple[dict[str, str], int]:
    """Heading of each of our columns, and the year of the communes."""
    found = next((found for name in headings if (found := GEOGRAPHY.fullmatch(name.strip()))), None)
    if found is None:
        raise LayoutError(
            f"{WHAT}\u00a0: colonne «\u00a0CODGEO_<année>\u00a0» attendue et absente\u00a0; colonnes "
            f"trouvées\u00a0: {listed(headings)}."
        )
    return matched(headings, COLUMNS | {"commune_code": (found[0],)}, what=WHAT), int(found[1])


def _chunks(path: Path, places: list[int]) -> Iterator[pd.DataFrame]:
    """Cells of some columns as text, by thousands of lines; the index is the line number in the file."""
    try:
        for cells in pd.read_csv(
            path,
            sep=delimiter_of(path),
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            usecols=places,
            chunksize=CHUNK,
        ):
            yield cells.set_axis(cells.index + 2)
    except (UnicodeDecodeError, pd.errors.ParserError) as error:
        raise FileError(
            f"«\u00a0{path.name}\u00a0» ne se lit pas comme un tableau en UTF-8, tel que le ministère le publie."
        ) from error


def _typed(rows: pd.DataFrame, geography_year: int) -> pd.DataFrame:
    """Numbers as numbers; a cell not published loses whatever the file writes in it."""
    diffusion = rows["diffusion"].str.strip().str.lower()
    _refuse(rows["diffusion"], ~diffusion.isin(PUBLISHED), "autre chose que «\u00a0diff\u00a0» ou «\u00a0ndiff\u00a0»")
    numbers = {name: _numbers(rows[name], kind) for name, kind in NUMBERS.items()}
    _refuse(rows["year"], numbers["year"].isna(), "autre chose qu’une année")
    numbers["year"] = numbers["year"].where(numbers["year"] >= 100, numbers["year"] + 2000)
    is_published = diffusion.map(PUBLISHED).astype(bool)
    shown = {name: numbers[name].where(is_published) for name in ("fact_count", "rate")}
    texts = {name: rows[name].str.strip() for name in ("ssmsi_class", "unit")}
    told = {"is_published": is_published, "geography_year": geography_year}
    return rows.assign(**texts, **numbers | shown, **told).drop(columns="diffusion")


def _numbers(cells: pd.Series, kind: str) -> pd.Series:
    """Each distinct text is read once: a column of a million rows has few of them."""
    read = {text: decimal(text) for text in cells.unique()}
    numbers = cells.map(read).astype("Float64")
    return numbers if kind == "Float64" else numbers.round().astype("Int64")


def _refuse(cells: pd.Series, is_wrong: pd.Series, what: str) -> None:
    if is_wrong.any():
        line, cell = next(iter(cells[is_wrong].items()))
        raise LayoutError(f"{WHAT}, ligne {line}\u00a0: «\u00a0{str(cell)[:40]}\u00a0» est {what}.")
