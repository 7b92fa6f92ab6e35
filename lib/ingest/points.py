"""Residences made from the distinct points of a register that comes without a list of residences."""

import pandas as pd

from lib.geo.joins import locate_in_commune
from lib.ingest.coordinates import CoordinateReading, decide_coordinates, point_reference, read_pairs
from lib.ingest.links import relocate_residences
from lib.ingest.official.residences import as_points
from lib.store import territories
from lib.store.housing import RESIDENCE_COLUMNS, landlord_ids, save_landlords, save_residences
from lib.store.incidents import residence_ids
from lib.store.revisions import Change

MAX_NAME = 200


def housing_from_points(
    change: Change,
    landlord_code: str,
    landlord_name: str,
    cells: pd.DataFrame,
    reading: CoordinateReading | None = None,
) -> int:
    """Writes a residence for each distinct point that the landlord does not have yet.

    A residence made so has no dwelling count, kept as 0: its rates are missing, never infinite. Outside the communes
    of the store it has no commune, hence no service.

    Args:
        change: The transaction.
        landlord_code: The landlord, created where the store does not know it.
        landlord_name: Its name.
        cells: Text of ``longitude``, ``latitude`` and, when the register has one, ``residence_name``.
        reading: How the coordinates are read; None when these cells are all those of the register, and decide.

    Returns:
        The number of residences made.
    """
    landlord = pd.DataFrame({"landlord_code": [landlord_code], "landlord_name": [landlord_name]})
    save_landlords(change, landlord)
    way = reading or decide_coordinates(cells["longitude"], cells["latitude"], is_worldwide=True)[0]
    read = read_pairs(cells["longitude"], cells["latitude"], way)
    points = read[[isinstance(point, tuple) for point in read]]
    references = [point_reference(*point) for point in points]
    names = cells["residence_name"].loc[points.index] if "residence_name" in cells else [None] * len(points)
    residences = pd.DataFrame(
        {
            "longitude": [longitude for longitude, _ in points],
            "latitude": [latitude for _, latitude in points],
            "landlord_code": landlord_code,
            "reference": references,
            "residence_name": [
                (name or reference)[:MAX_NAME] for name, reference in zip(names, references, strict=True)
            ],
            "dwelling_count": 0,
        }
    ).drop_duplicates("reference")
    held = residence_ids(change.connection, landlord_ids(change.connection)[landlord_code])
    new = residences[~residences["reference"].isin(held)].reset_index(drop=True)
    new = new.assign(commune_code=locate_in_commune(as_points(new), territories.communes(change.connection)))
    save_residences(change, new.reindex(columns=["landlord_code", *RESIDENCE_COLUMNS]))
    if len(new):
        relocate_residences(change)
    return len(new)
