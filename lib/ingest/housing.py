"""Files of residences into the store: read, located, written, every row accepted, known or rejected."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine

from lib.domain.vocabulary import BatchKind
from lib.errors import FileError, StoreError
from lib.geo.joins import locate_in_commune
from lib.ingest import batches
from lib.ingest.batches import ImportReport, NothingNewError
from lib.ingest.cleaning import is_unknown, plain
from lib.ingest.links import relocate_residences
from lib.ingest.official.natures import is_rpls
from lib.ingest.official.residences import (
    ResidenceRows,
    as_points,
    read_residence_list,
    read_rpls_points,
    rejected_rows,
)
from lib.ingest.privacy import words
from lib.store import housing, territories
from lib.store.revisions import Change, change

__all__ = ["HousingNature", "import_residences", "relocate_residences"]
NO_LANDLORD = "bailleur manquant"
UNKNOWN_LANDLORD = "bailleur inconnu de la base\u00a0: ajoutez-le, ou demandez que la liste l’ajoute"
MAX_CODE, MAX_NAME = 40, 200  # widths of the store's columns
NO_PLACE = "ni commune ni coordonnées"
NOWHERE = "coordonnées dans aucune commune connue de la base"
UNKNOWN_COMMUNE = "commune inconnue de la base\u00a0: importez d’abord les communes"


class HousingNature(StrEnum):
    """Kinds of files of residences, by the word the command line knows them by."""

    RPLS = "rpls"
    LIST = "liste"


@dataclass(frozen=True)
class Told:
    """What a person says of a file of residences.

    Attributes:
        nature: What it is; told by its columns where None.
        columns: Headings of a list for columns of ours, as ``read_residence_list`` takes them.
        makes_landlords: Whether a landlord that a row names and the store does not know is added to it.
    """

    nature: HousingNature | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    makes_landlords: bool = False


def import_residences(
    engine: Engine,
    path: Path,
    *,
    landlord_code: str | None = None,
    landlord_name: str | None = None,
    told: Told | None = None,
    imported_by: str,
) -> ImportReport:
    """Brings residences into the store; the same file again adds nothing.

    Args:
        engine: The store, communes loaded.
        path: RPLS points, or the list of a landlord (CSV, workbook).
        landlord_code: The landlord the residences belong to; None where a column of a list names it on each row.
        landlord_name: Needed for a landlord the store does not know.
        told: What a person says of the file.
        imported_by: Who asks, as a function, never a person.

    Raises:
        ObservatoryError: If the file cannot be read or is not recognised, or if the landlord is unknown and not named.
    """
    if not path.is_file():
        raise FileError(f"«\u00a0{path.name}\u00a0» est introuvable.")
    told = told or Told()
    nature = told.nature or (HousingNature.RPLS if is_rpls(path) else HousingNature.LIST)
    rows = read_rpls_points(path) if nature == HousingNature.RPLS else read_residence_list(path, told.columns)
    digest = batches.digest_of(path)
    report = None
    try:
        with change(engine, "résidences") as made:
            landlord_id = _landlord_id(made, landlord_code, landlord_name) if landlord_code else None
            owned = _owned(made, rows, landlord_code, makes_landlords=told.makes_landlords)
            report = _save(made, owned, name=path.name, nature=nature)
            line = batches.batch_of(
                report, BatchKind.HOUSING, digest=digest, imported_by=imported_by, landlord_id=landlord_id
            )
            batches.record(made, report, line)
            relocate_residences(made)
    except NothingNewError:
        assert report is not None
        return replace(report, is_repeat=True)
    return report


def _landlord_id(made: Change, code: str, name: str | None) -> int:
    if name is not None:
        housing.save_landlords(made, pd.DataFrame({"landlord_code": [code], "landlord_name": [name]}))
    ids = housing.landlord_ids(made.connection)
    if code not in ids:
        raise StoreError(f"Bailleur «\u00a0{code}\u00a0» inconnu de la base\u00a0: donnez son nom avec --nom.")
    return ids[code]


def _owned(made: Change, rows: ResidenceRows, code: str | None, *, makes_landlords: bool) -> ResidenceRows:
    """The rows with the ``landlord_code`` of each, those whose landlord is not known rejected."""
    residences = rows.residences
    if code is not None:
        return replace(rows, residences=residences.assign(landlord_code=code))
    if makes_landlords:
        _make_landlords(made, residences["landlord"])
    known = {
        plain(label): held.landlord_code
        for held in housing.landlords(made.connection).itertuples()
        for label in (held.landlord_name, held.landlord_code)
    }
    is_blank = residences["landlord"].map(is_nobody).astype(bool)  # a frame without rows maps to text
    codes = residences["landlord"].map(plain).map(known).where(~is_blank)
    rejections = pd.concat(
        [
            rows.rejections,
            rejected_rows(residences, "landlord", is_blank, NO_LANDLORD),
            rejected_rows(residences, "landlord", codes.isna() & ~is_blank, UNKNOWN_LANDLORD),
        ],
        ignore_index=True,
    )
    return replace(rows, residences=residences.assign(landlord_code=codes)[codes.notna()], rejections=rejections)


def _make_landlords(made: Change, labels: pd.Series) -> None:
    """Landlords of the labels that neither a name nor a code of the store says, under a code made of their words."""
    held = housing.landlords(made.connection)
    known = {plain(label) for label in [*held["landlord_name"], *held["landlord_code"]]}
    new = {plain(label): label for label in labels.unique() if not is_nobody(label) and plain(label) not in known}
    codes = ["-".join(words(label)).upper()[:MAX_CODE] for label in new.values()]
    names = [label[:MAX_NAME] for label in new.values()]
    housing.save_landlords(made, pd.DataFrame({"landlord_code": codes, "landlord_name": names}))


def is_nobody(label: str) -> bool:
    """Whether a cell names no landlord: blank, «(vide)», «inconnu»."""
    return not label or plain(label) == "vide" or is_unknown(label)


def _save(made: Change, rows: ResidenceRows, *, name: str, nature: HousingNature) -> ImportReport:
    located, lost = _located(made.connection, rows.residences)
    rejections = pd.concat([rows.rejections, lost], ignore_index=True)
    saved = housing.save_residences(made, located)
    refused = rows.cells.loc[sorted(set(rejections["line_number"]))].astype(str)
    cells = pd.Series(
        [json.dumps(row, ensure_ascii=False) for row in refused.to_dict("records")], index=refused.index, dtype=object
    )
    return ImportReport(name, nature.value, len(rows.cells), saved, rejections, cells)


def _located(connection: Connection, residences: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Residences with a commune in force of the store, and the rejections of the others.

    The commune of the file wins over that of the point (outlines are simplified), but for a commune cut into
    arrondissements, where the point says which one.
    """
    communes = territories.communes(connection)
    aliases = territories.commune_aliases(connection)
    given = residences["commune_code"].map(lambda code: aliases.get(code, code), na_action="ignore")
    seen = locate_in_commune(as_points(residences), communes)
    has_place = residences["longitude"].notna()
    parents = set(communes["parent_commune_code"].dropna())
    code = given.where(given.notna() & ~(given.isin(parents) & seen.notna()), seen)
    is_unknown = code.notna() & ~code.isin(set(communes["commune_code"]))
    rejections = pd.concat(
        [
            rejected_rows(residences, "commune_code", is_unknown, UNKNOWN_COMMUNE),
            rejected_rows(residences, "commune_code", code.isna() & has_place, NOWHERE),
            rejected_rows(residences, "commune_code", code.isna() & ~has_place, NO_PLACE),
        ]
    )
    return residences.assign(commune_code=code)[code.notna() & ~is_unknown], rejections
