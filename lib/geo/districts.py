"""Outlines of police and gendarmerie services: their communes dissolved."""

import geopandas as gpd


def dissolve_districts(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One outline per service, plus one for the communes without service.

    Args:
        communes: ``district_id`` (missing: «service non renseigné») and outlines; a commune without outline, or one
            whose arrondissements are given too (Paris), draws nothing.

    Returns:
        ``district_id`` (missing on the last row, if any commune has no service), ``commune_count``, outlines;
        in the order of ``district_id``, same system.
    """
    parents = set(communes["parent_commune_code"].dropna()) if "parent_commune_code" in communes else set()
    drawn = communes[communes.geometry.notna() & ~communes["commune_code"].isin(parents)]
    numbered = drawn[["district_id", "commune_code", communes.geometry.name]]
    dissolved = numbered.dissolve(
        by="district_id", as_index=False, dropna=False, sort=True, aggfunc={"commune_code": "count"}
    )
    return dissolved.rename(columns={"commune_code": "commune_count"})
