"""Files of residences into the store: read, located, written, every row accepted, known or rejected."""

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine

from lib.domain.vocabulary import BatchKind
from lib.errors import FileError, StoreError
from lib.geo.joins import locate_in_commune
from lib.ingest import batches
from lib.ingest.batches import ImportReport, NothingNewError
from lib.ingest.links import relocate_residences
from lib.ingest.official.natures import is_rpls
from lib.ingest.official.residences import (
    ResidenceRows,
    as_points,
    read_residence_list,
    read_rpls_points,
    rejected_rows,
)
from lib.store import housing, territories
from lib.store.revisions import Change, change

__all__ = ["HousingNature", "import_residences", "relocate_residences"]
NO_PLACE = "ni commune ni coordonnées"
NOWHERE = "coordonnées dans aucune commune connue de la base"
UNKNOWN_COMMUNE = "commune inconnue de la base\u00a0: importez d’abord les communes"


class HousingNature(StrEnum):
    """Kinds of files of residences, by the word the command line knows them by."""

    RPLS = "rpls"
    LIST = "liste"


def import_residences(
    engine: Engine,
    path: Path,
    *,
    landlord_code: str,
    landlord_name: str | None = None,
    nature: HousingNature | None = None,
    imported_by: str,
) -> ImportReport:
    """Brings the residences of one landlord into the store; the same file again adds nothing.

    Args:
        engine: The store, communes loaded.
        path: RPLS points, or the list of a landlord (CSV, workbook).
        landlord_code: The landlord the residences belong to.
        landlord_name: Needed for a landlord the store does not know.
        nature: What the file is; told by its columns where None.
        imported_by: Who asks, as a function, never a person.

    Raises:
        ObservatoryError: If the file cannot be read or is not recognised, or if the landlord is unknown and not named.
    """
    if not path.is_file():
        raise FileError(f"«\u00a0{path.name}\u00a0» est introuvable.")
    told = nature or (HousingNature.RPLS if is_rpls(path) else HousingNature.LIST)
    rows = read_rpls_points(path) if told == HousingNature.RPLS else read_residence_list(path)
    digest = batches.digest_of(path)
    report = None
    try:
        with change(engine, "résidences") as made:
            landlord_id = _landlord_id(made, landlord_code, landlord_name)
            report = _save(made, rows, landlord_code=landlord_code, name=path.name, nature=told)
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


def _save(made: Change, rows: ResidenceRows, *, landlord_code: str, name: str, nature: HousingNature) -> ImportReport:
    located, lost = _located(made.connection, rows.residences)
    rejections = pd.concat([rows.rejections, lost], ignore_index=True)
    saved = housing.save_residences(made, located.assign(landlord_code=landlord_code))
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
