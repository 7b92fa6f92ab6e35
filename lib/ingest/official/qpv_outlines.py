"""Outlines of the priority neighbourhoods (ANCT), 2015 and 2024 generations, in any layer format."""

import re
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from lib.errors import LayoutError
from lib.geo.layers import read_layer
from lib.geo.outlines import repair
from lib.ingest.official.tables import matched

WHAT = "Contours des QPV"
COLUMNS = {
    "qpv_code": ("code_qp", "code_qpv", "codeqpv", "code_quartier"),
    "qpv_name": ("lib_qp", "nom_qp", "nom_qpv", "lib_qpv"),
    "commune_codes": ("insee_com", "code_insee", "codes_insee", "com_insee", "depcom"),
    "departement_code": ("insee_dep", "code_dep", "dep"),
}
GENERATIONS = {"QP": 2015, "QN": 2024}
CODE_PATTERN = re.compile(r"Q[NP]\w{3}\w{2,4}")


@dataclass(frozen=True)
class QpvLayer:
    """Neighbourhoods as read.

    Attributes:
        qpvs: ``qpv_code, generation, qpv_name, departement_code, commune_codes`` (list, codes as in the file) and
            outline (EPSG:4326, None where collapsed); one row per code, in the order of the file.
        repaired_codes: Neighbourhoods whose outline was invalid and has been repaired.
        collapsed_codes: Neighbourhoods «sans contour».
        repeated_codes: Codes that came on several features; their outlines are united.
        note: Sentence about a guessed coordinate system, or None.
    """

    qpvs: gpd.GeoDataFrame
    repaired_codes: list[str]
    collapsed_codes: list[str]
    repeated_codes: list[str]
    note: str | None


def read_qpv_outlines(path: Path) -> QpvLayer:
    """Neighbourhoods of a file of either generation, or of both.

    Raises:
        FileError: If the file is not a layer.
        LayoutError: If it has no code or name column, or a code of neither generation.
    """
    layer = read_layer(path)
    names = matched(
        [str(c) for c in layer.features.columns], COLUMNS, what=WHAT, optional=("commune_codes", "departement_code")
    )
    found = layer.features[[*names.values(), "geometry"]].rename(columns={v: k for k, v in names.items()})
    found = found.reindex(columns=[*COLUMNS, "geometry"]).set_geometry("geometry", crs=layer.features.crs)
    qpvs = _described(found)
    repeated = sorted(set(qpvs.loc[qpvs["qpv_code"].duplicated(), "qpv_code"]))
    mended = repair(qpvs.geometry)
    whole = _one_row_per_code(qpvs.set_geometry(mended.outlines))
    codes = qpvs["qpv_code"]
    collapsed = whole.loc[whole.geometry.isna(), "qpv_code"]
    return QpvLayer(whole, list(codes[mended.repaired]), list(collapsed), repeated, layer.note)


def _described(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    codes = found["qpv_code"].astype(str).str.strip().str.upper()
    foreign = codes[~codes.str.fullmatch(CODE_PATTERN)]
    if not foreign.empty:
        raise LayoutError(
            f"{WHAT}\u00a0: «\u00a0{foreign.iloc[0]}\u00a0» n’est pas un code de QPV "
            "(attendus\u00a0: QP… pour 2015, QN… pour 2024)."
        )
    communes = [_split_codes(text) for text in found["commune_codes"]]
    given = found["departement_code"].astype("string").str.strip()
    return found.assign(
        qpv_code=codes,
        generation=codes.str[:2].map(GENERATIONS).astype("int64"),
        qpv_name=found["qpv_name"].astype(str).str.strip(),
        departement_code=given.where(given.fillna("") != "", codes.map(departement_of)).astype(object),
        commune_codes=pd.Series(communes, index=found.index, dtype=object),
    )


def departement_of(qpv_code: str) -> str:
    """Département written in a code: «QN09503I» → «95», «QP971012» → «971», «QN02A01M» → «2A»."""
    written = qpv_code[2:5]
    return written[1:] if written.startswith("0") else written


def _split_codes(text: object) -> list[str]:
    return [code.zfill(5) for code in re.findall(r"[0-9][0-9AB][0-9]{2,3}", str(text))] if pd.notna(text) else []


def _one_row_per_code(qpvs: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if not qpvs["qpv_code"].duplicated().any():
        return qpvs.reset_index(drop=True)
    united = qpvs.groupby("qpv_code", sort=False)["geometry"].agg(lambda parts: parts.dropna().union_all() or None)
    communes = qpvs.groupby("qpv_code", sort=False)["commune_codes"].agg(lambda lists: sorted(set().union(*lists)))
    first = qpvs.drop_duplicates("qpv_code")
    merged = first.assign(
        geometry=gpd.GeoSeries(united.reindex(first["qpv_code"]).to_numpy(object), index=first.index, crs=qpvs.crs),
        commune_codes=communes.reindex(first["qpv_code"]).to_numpy(object),
    )
    return merged.reset_index(drop=True)
