"""Residences: building points of the RPLS, or the list a landlord keeps."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from lib.geo.coordinates import located
from lib.geo.layers import read_layer
from lib.ingest.batches import REJECTION_COLUMNS
from lib.ingest.official.tables import decimal, matched, read_text_table, under_our_names
from lib.ingest.privacy import MASKED, looks_personal
from lib.store.housing import RESIDENCE_COLUMNS

RPLS = "Points RPLS"
RPLS_COLUMNS = {"dwelling_count": ("n",), "commune_code": ("c",), "address": ("a",)}
LIST = "Liste de résidences"
LIST_COLUMNS = {
    "reference": ("reference", "ref", "code_residence", "id_residence", "code_programme", "code_groupe", "esi"),
    "residence_name": ("nom", "residence", "nom_residence", "libelle", "programme", "groupe"),
    "address": ("adresse", "adresse_complete", "voie"),
    "commune_code": ("code_commune", "code_insee", "insee", "insee_com", "codgeo"),
    "landlord": ("bailleur", "bailleur_social", "organisme", "nom_bailleur"),
    "dwelling_count": ("logements", "nb_logements", "nombre_logements", "nombre_de_logements", "nb_lgts", "lgts"),
    "x": ("longitude", "lon", "lng", "x", "coord_x", "x_l93", "coord_x_l93", "x_lambert93"),
    "y": ("latitude", "lat", "y", "coord_y", "y_l93", "coord_y_l93", "y_lambert93"),
    "point": ("geo_point_2d", "geo_point", "point", "coordonnees", "geolocalisation", "geo_shape"),
    "active_from": ("mise_en_service", "date_entree", "active_depuis"),
    "active_to": ("date_sortie", "active_jusqu_au"),
}
LIST_OPTIONAL = tuple(name for name in LIST_COLUMNS if name not in {"reference", "dwelling_count"})
MAX_TEXT = 200  # width of the store's columns
TOO_LONG = f"texte trop long\u00a0: {MAX_TEXT} caractères au plus"
# Two numbers in one cell, whatever surrounds them: «48.83, 2.39», {"coordinates": [2.39, 48.83]}.
POINT = re.compile(r"\D*?(-?\d+\.\d+)[^\d-]+(-?\d+\.\d+)\D*")


@dataclass(frozen=True)
class ResidenceRows:
    """A file of residences, every row accounted for.

    Attributes:
        residences: Readable rows, indexed by line number: ``RESIDENCE_COLUMNS``, missing where the file is silent, and
            ``landlord`` as the file names it, blank where it does not.
        rejections: ``line_number, column_name, value, reason`` (French); a line may have several.
        cells: Mapped cells of every line as text, same index as the file, kept for the rejected ones.
    """

    residences: pd.DataFrame
    rejections: pd.DataFrame
    cells: pd.DataFrame


def read_rpls_points(path: Path) -> ResidenceRows:
    """Building points of the RPLS: dwellings, commune, address, no landlord and no reference.

    The reference is made from commune, address and position, so that the same building keeps it from file to file.

    Raises:
        FileError: If the file is not a layer.
        LayoutError: If a column is absent.
    """
    features = read_layer(path).features
    names = matched([str(c) for c in features.columns], RPLS_COLUMNS, what=RPLS)
    rows = pd.DataFrame({ours: features[theirs].astype("string") for ours, theirs in names.items()})
    rows = rows.fillna("").astype(object).assign(x=features.geometry.x, y=features.geometry.y)
    rows = rows.set_axis(pd.RangeIndex(1, len(rows) + 1))
    places = [f"{x:.6f}|{y:.6f}" for x, y in zip(rows["x"], rows["y"], strict=True)]
    keys = rows["commune_code"] + "|" + rows["address"] + "|" + places
    repeats = keys.groupby(keys).cumcount()
    rows["reference"] = [_reference(key, repeat) for key, repeat in zip(keys, repeats, strict=True)]
    return _sorted_out(rows.assign(residence_name=rows["address"], active_from="", active_to="", landlord=""))


def read_residence_list(path: Path, columns: Mapping[str, str] | None = None) -> ResidenceRows:
    """A list of residences, CSV or workbook, of one landlord or of several.

    Coordinates in two columns or in one, in WGS84 or Lambert-93, in either order, decimal comma accepted.

    Args:
        path: The list.
        columns: Heading of the file for a column of ours, where its own words are not among ``LIST_COLUMNS``.

    Raises:
        FileError: If the file is not a table.
        LayoutError: If the reference, the dwellings or a column that was named are absent.
    """
    cells = read_text_table(path)
    told = {ours: (heading,) for ours, heading in (columns or {}).items()}
    optional = set(LIST_OPTIONAL) - set(told)
    rows = under_our_names(cells, LIST_COLUMNS | told, what=LIST, optional=optional)
    return _sorted_out(_with_point(rows))


def _with_point(rows: pd.DataFrame) -> pd.DataFrame:
    """Two coordinates from the cell that holds both, where no column gives them apart."""
    found = rows["point"].str.extract(POINT.pattern).fillna("")
    is_alone = (rows["x"] == "") & (rows["y"] == "") & (rows["point"] != "")
    unread = rows["point"].where(found[0] == "", found[0])  # what is written and is no point must be rejected
    return rows.assign(x=rows["x"].where(~is_alone, unread), y=rows["y"].where(~is_alone, found[1]))


def _sorted_out(rows: pd.DataFrame) -> ResidenceRows:
    places = located(_numbers(rows["x"]), _numbers(rows["y"]))
    dwellings = _numbers(rows["dwelling_count"])
    dates = {column: rows[column].map(civil_date) for column in ("active_from", "active_to")}
    rejections = pd.concat(
        [
            rejected_rows(rows, "reference", rows["reference"] == "", "référence absente"),
            rejected_rows(rows, "reference", _is_repeat(rows), "référence déjà présente plus haut"),
            *(
                rejected_rows(rows, column, rows[column].map(looks_personal), "donnée personnelle probable")
                for column in ("residence_name", "address")
            ),
            *(
                rejected_rows(rows, column, rows[column].str.len() > MAX_TEXT, TOO_LONG)
                for column in ("reference", "residence_name", "address")
            ),
            rejected_rows(rows, "dwelling_count", ~_is_count(dwellings), "nombre de logements illisible"),
            rejected_rows(rows, "x", _is_misplaced(rows, places), "coordonnées illisibles ou hors de France"),
            *(
                rejected_rows(rows, column, (rows[column] != "") & found.isna(), "date illisible (JJ/MM/AAAA attendu)")
                for column, found in dates.items()
            ),
        ]
    )
    hidden = rows[["residence_name", "address"]].map(lambda text: MASKED if looks_personal(text) else text)
    rejections["value"] = rejections["value"].map(lambda text: MASKED if looks_personal(text) else text)
    residences = rows.assign(
        longitude=places["longitude"],
        latitude=places["latitude"],
        dwelling_count=dwellings.where(_is_count(dwellings)).astype("Int64"),
        commune_code=rows["commune_code"].where(rows["commune_code"] != "", None),
        address=rows["address"].where(rows["address"] != "", None),
        residence_name=_first_written(rows["residence_name"], rows["address"], rows["reference"]),
        **dates,
    )
    is_good = ~residences.index.isin(rejections["line_number"])
    return ResidenceRows(
        residences.loc[is_good, [*RESIDENCE_COLUMNS, "landlord"]],
        rejections.reset_index(drop=True),
        rows.assign(**hidden),
    )


def as_points(residences: pd.DataFrame) -> gpd.GeoDataFrame:
    """The same rows with a point in EPSG:4326, None where coordinates are missing."""
    points = gpd.points_from_xy(residences["longitude"], residences["latitude"], crs="EPSG:4326")
    has_place = residences["longitude"].notna() & residences["latitude"].notna()
    geometry = gpd.GeoSeries(points, index=residences.index).where(has_place, None)
    return gpd.GeoDataFrame(residences, geometry=geometry, crs="EPSG:4326")


def civil_date(text: str) -> date | None:
    """A date written JJ/MM/AAAA, AAAA-MM-JJ or as a year alone (first of January); None for anything else."""
    parts = text[:10].replace("/", "-").replace(".", "-").split("-")
    if not all(part.isdigit() for part in parts) or len(parts) not in {1, 3}:
        return None
    numbers = [int(part) for part in parts]
    year, month, day = (numbers if len(parts[0]) == 4 else numbers[::-1]) if len(parts) == 3 else (numbers[0], 1, 1)
    try:
        return date(year, month, day) if year > 1000 else None
    except ValueError:
        return None


def rejected_rows(rows: pd.DataFrame, column: str, is_bad: pd.Series, reason: str) -> pd.DataFrame:
    """Rejections for the marked rows: line, column, value as read, reason."""
    bad = rows[is_bad]
    values = ["" if pd.isna(value) else str(value) for value in bad[column]]
    found = {"line_number": bad.index, "column_name": column, "value": values, "reason": reason}
    return pd.DataFrame(found, columns=REJECTION_COLUMNS)


def _numbers(cells: pd.Series) -> pd.Series:
    return pd.Series([decimal(str(cell)) for cell in cells], index=cells.index, dtype="float64")


def _first_written(*columns: pd.Series) -> pd.Series:
    """The first cell of each row that is not blank."""
    found = columns[-1]
    for column in reversed(columns[:-1]):
        found = column.where(column != "", found)
    return found


def _is_count(numbers: pd.Series) -> pd.Series:
    return (numbers >= 0) & (numbers == numbers.round())


def _is_repeat(rows: pd.DataFrame) -> pd.Series:
    """A reference seen above, under the same landlord where the list says whose it is."""
    return rows.duplicated(["landlord", "reference"]) & (rows["reference"] != "")


def _is_misplaced(rows: pd.DataFrame, places: pd.DataFrame) -> pd.Series:
    """Something is written where coordinates stand, but no point of France comes out of it."""
    is_written = rows[["x", "y"]].astype(str).ne("").any(axis=1) & ~rows[["x", "y"]].isna().all(axis=1)
    return is_written & places["reason"].notna()


def _reference(key: str, repeat: int) -> str:
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    return f"RPLS-{key[:5]}-{digest}" + (f"-{repeat + 1}" if repeat else "")
