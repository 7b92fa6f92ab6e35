"""The residence of each row of a register, looked for once per distinct way of naming a place."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from lib.ingest.columns import ResidenceKey
from lib.ingest.coordinates import CoordinateReading, read_pairs
from lib.ingest.distinct import Rows
from lib.ingest.locating import ADDRESS_COLUMNS, Geocode, ResidenceIndex, locate
from lib.ingest.mapping import Mapping as Rules
from lib.ingest.points import housing_from_points
from lib.store.housing import landlord_ids
from lib.store.incidents import residence_ids
from lib.store.revisions import Change

POINT = ("longitude", "latitude")


def distinct_rows(rows: Rows, names: list[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """The distinct rows of some columns, as text or None, and the place of each row of the register among them."""
    codes = pd.DataFrame({name: rows.columns[name].codes for name in names})
    groups = codes.groupby(names, sort=False).ngroup().to_numpy()
    first = codes.drop_duplicates()
    texts = {name: pd.Series(rows.columns[name].texts[first[name].to_numpy()], dtype=object) for name in names}
    return pd.DataFrame(texts), groups


def has_points(rows: Rows) -> bool:
    """Whether the register tells points."""
    return all(name in rows.columns for name in POINT)


def point_columns(pairs: pd.DataFrame, rules: Rules) -> tuple[pd.Series, pd.Series | None]:
    """Texts of both coordinates; the second is None where one column of the file holds both."""
    is_one = rules.columns["longitude"] == rules.columns["latitude"]
    return pairs["longitude"], None if is_one else pairs["latitude"]


def make_residences(
    made: Change, rows: Rows, rules: Rules, landlord_code: str, reading: CoordinateReading | None
) -> list[int]:
    """Residences from the points of the file, where the declaration asks for it; returns the keys of the new ones."""
    if rules.residence_key is not ResidenceKey.POINTS:
        return []
    assert rules.landlord_name is not None, "checked with the declaration"
    before = _own_residences(made, landlord_code)
    distinct, _ = distinct_rows(rows, [name for name in (*POINT, "residence_name") if name in rows.columns])
    housing_from_points(made, landlord_code, rules.landlord_name, distinct, reading)
    return sorted(_own_residences(made, landlord_code) - before)


def locate_rows(
    rows: Rows,
    values: Mapping[str, np.ndarray],
    rules: Rules,
    *,
    index: ResidenceIndex,
    reading: CoordinateReading | None,
    geocode: Geocode | None = None,
) -> np.ndarray:
    """``residence_id`` of each row, or the ``Reason`` why there is none, or None where no place is told."""
    names = [name for name in ("residence_reference", *POINT, *ADDRESS_COLUMNS) if name in rows.columns]
    distinct, groups = distinct_rows(rows, names)
    read = {name: distinct[name] for name in ADDRESS_COLUMNS if name in distinct}
    if "residence_reference" in distinct:
        column = rows.columns["residence_reference"]
        told = dict(zip(column.texts, values["residence_reference"], strict=True))
        read["residence_reference"] = pd.Series([told[text] for text in distinct["residence_reference"]], dtype=object)
    if has_points(rows) and reading is not None:
        read["point"] = read_pairs(*point_columns(distinct, rules), reading)
    found = locate(index, read, rules.residence_key, geocode).to_numpy(object)
    return found[groups]


def _own_residences(made: Change, landlord_code: str) -> set[int]:
    landlord_id = landlord_ids(made.connection).get(landlord_code)
    return set() if landlord_id is None else set(residence_ids(made.connection, landlord_id).values())
