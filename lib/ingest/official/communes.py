"""Communes: outlines of any layer, and the official geographic code (COG)."""

from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from lib.errors import LayoutError
from lib.geo.layers import LAYER_SUFFIXES, read_layer
from lib.geo.outlines import repair
from lib.ingest.official.competence import normalised
from lib.ingest.official.tables import decimal, read_text_table, under_our_names

WHAT = "Communes"
COMMUNE_CODE = r"(?!00)\d[\dAB]\d{3}"
COLUMNS = {
    "commune_code": ("commune_code", "insee_com", "code_insee", "codgeo", "com", "code_commune", "code"),
    "commune_name": ("commune_name", "nom_com", "libelle", "nom_commune", "libgeo", "nom"),
    "departement_code": ("departement_code", "insee_dep", "code_dep", "departement", "dep"),
    "parent_commune_code": ("parent_commune_code",),
    "population": ("population", "population_municipale", "pmun"),
    "nature": ("typecom", "type", "statut"),
    "merged_into": ("comparent",),
}
OPTIONAL = ("departement_code", "parent_commune_code", "population", "nature", "merged_into")
PREFIX_OF_ARRONDISSEMENTS = {"751": "75056", "6938": "69123", "132": "13055"}


class CommuneRows(NamedTuple):
    """Communes as read.

    Attributes:
        communes: ``commune_code, commune_name, departement_code, parent_commune_code, population, geometry``
            (EPSG:4326), in the order of the file; what the file does not say is missing.
        commune_aliases: ``alias_code, commune_code`` of the delegated and associated communes the COG lists
            beside those in force; ``commune_code`` missing where the file does not say which they belong to.
    """

    communes: gpd.GeoDataFrame
    commune_aliases: pd.DataFrame


def read_communes(path: Path) -> CommuneRows:
    """Communes and arrondissements of a layer or of a table.

    Raises:
        FileError: If the file is neither a layer nor a table.
        LayoutError: If it has no code or no name column.
    """
    if path.suffix.lower() in LAYER_SUFFIXES:
        features = read_layer(path).features
        cells = pd.DataFrame(features.drop(columns="geometry")).astype("string").fillna("").astype(object)
        return _described(cells, repair(features.geometry).outlines)
    cells = read_text_table(path)
    return _described(cells, gpd.GeoSeries([None] * len(cells), index=cells.index, crs="EPSG:4326"))


def _described(cells: pd.DataFrame, outlines: gpd.GeoSeries) -> CommuneRows:
    rows = under_our_names(cells, COLUMNS, what=WHAT, optional=OPTIONAL)
    is_delegated = _is_delegated(rows["nature"])
    codes = rows["commune_code"].str.zfill(5)
    described = {
        "commune_code": codes,
        "commune_name": rows["commune_name"].map(normalised).str.replace("Arrondissement", "arrondissement"),
        "departement_code": codes.map(departement_of),
        "parent_commune_code": codes.map(parent_of).astype(object),
        "population": pd.Series([decimal(text) for text in rows["population"]], index=rows.index, dtype="Int64"),
    }
    wrong = codes[~codes.str.fullmatch(COMMUNE_CODE)]
    if len(wrong):
        raise LayoutError(
            f"{WHAT}\u00a0: «\u00a0{wrong.iloc[0][:40]}\u00a0» n’est pas un code de commune\u00a0; "
            "le fichier n’est pas celui des communes."
        )
    communes = gpd.GeoDataFrame(described, geometry=outlines, crs="EPSG:4326")[~is_delegated]
    merged = rows["merged_into"].where(rows["merged_into"] != "", None)
    commune_aliases = pd.DataFrame({"alias_code": codes, "commune_code": merged})[is_delegated]
    return CommuneRows(communes.reset_index(drop=True), commune_aliases.reset_index(drop=True))


def departement_of(commune_code: str) -> str:
    """Département of a commune code: two characters, three overseas."""
    return commune_code[:3] if commune_code.startswith(("97", "98")) else commune_code[:2]


def parent_of(commune_code: str) -> str | None:
    """The commune an arrondissement of Paris, Lyon or Marseille belongs to; None for any other."""
    found = (parent for prefix, parent in PREFIX_OF_ARRONDISSEMENTS.items() if commune_code.startswith(prefix))
    return next(found, None)


def _is_delegated(nature: pd.Series) -> pd.Series:
    """Rows of the COG that are not communes in force: COMD and COMA, or «déléguée», «associée»."""
    lowered = nature.str.lower()
    return lowered.isin({"comd", "coma"}) | lowered.str.contains("délégu|associé|delegu|associe")
