"""Communes, services and priority neighbourhoods: what the store keeps and gives back."""

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, Select, insert, select

from lib.store.revisions import Change
from lib.store.rows import Saved, frame_of, records, table_of, upsert
from lib.store.schema import Commune, CommuneAlias, Departement, Qpv, QpvCommune

COMMUNE_COLUMNS = ["commune_code", "commune_name", "departement_code", "parent_commune_code", "population"]
QPV_COLUMNS = ["qpv_code", "generation", "qpv_name", "departement_code"]
CRS = "EPSG:4326"


def save_departements(change: Change, departements: pd.DataFrame) -> Saved:
    """Writes ``departement_code`` and ``departement_name``."""
    rows = departements[["departement_code", "departement_name"]].drop_duplicates("departement_code")
    columns = table_of(Departement).c
    existing = select(columns.departement_code, columns.departement_name)
    return upsert(change, table_of(Departement), rows, key=["departement_code"], existing=existing)


def save_communes(change: Change, communes: gpd.GeoDataFrame) -> Saved:
    """Writes communes; départements nobody named yet are added under their code.

    A name without its article («Mée-sur-Seine») does not replace the same name with it («Le Mée-sur-Seine»).
    """
    _add_departements(change, set(communes["departement_code"]))
    held = dict(change.connection.execute(select(Commune.commune_code, Commune.commune_name)).all())
    names = [
        held[code] if _is_shortened(name, held.get(code)) else name
        for code, name in zip(communes["commune_code"], communes["commune_name"], strict=True)
    ]
    rows = pd.DataFrame(communes[COMMUNE_COLUMNS]).assign(commune_name=names, outline=_wkb(communes.geometry))
    table = table_of(Commune)
    existing = select(*(table.c[name] for name in rows.columns))
    return upsert(change, table, rows, key=["commune_code"], existing=existing)


def save_aliases(change: Change, commune_aliases: pd.DataFrame) -> Saved:
    """Writes ``alias_code`` → ``commune_code``; the second must be a commune of the store."""
    rows = commune_aliases[["alias_code", "commune_code"]]
    existing = select(CommuneAlias.alias_code, CommuneAlias.commune_code)
    return upsert(change, table_of(CommuneAlias), rows, key=["alias_code"], existing=existing)


def save_qpvs(change: Change, qpvs: gpd.GeoDataFrame) -> Saved:
    """Writes neighbourhoods and their communes.

    Codes no longer in force are replaced by those in force; a commune the store does not know is not linked.
    """
    _add_departements(change, set(qpvs["departement_code"]))
    rows = pd.DataFrame(qpvs[QPV_COLUMNS]).assign(outline=_wkb(qpvs.geometry))
    table = table_of(Qpv)
    existing = select(*(table.c[name] for name in rows.columns))
    saved = upsert(change, table, rows, key=["qpv_code"], existing=existing)
    _link_communes(change, qpvs)
    return saved


def save_qpv_figures(change: Change, qpv_figures: pd.DataFrame) -> Saved:
    """Writes population and social dwellings of neighbourhoods the store holds.

    Raises:
        ValueError: If a code is not in the store: the caller rejects those first.
    """
    table = table_of(Qpv)
    existing = select(table.c.qpv_code, table.c.population, table.c.social_dwelling_count)
    unknown = set(qpv_figures["qpv_code"]) - qpv_codes(change.connection)
    if unknown:
        raise ValueError(f"figures of {len(unknown)} neighbourhoods the store does not hold")
    return upsert(
        change, table, qpv_figures[list(existing.selected_columns.keys())], key=["qpv_code"], existing=existing
    )


def departements(connection: Connection) -> pd.DataFrame:
    """``departement_code``, ``departement_name``, in code order."""
    statement = select(Departement.departement_code, Departement.departement_name)
    return frame_of(connection, statement.order_by(Departement.departement_code))


def communes(connection: Connection) -> gpd.GeoDataFrame:
    """Every commune in code order, with its outline (EPSG:4326, None where unknown)."""
    columns = [table_of(Commune).c[name] for name in [*COMMUNE_COLUMNS, "outline"]]
    return _drawn(connection, select(*columns).order_by(Commune.commune_code))


def commune_aliases(connection: Connection) -> dict[str, str]:
    """Code in force of each code that no longer is."""
    return dict(connection.execute(select(CommuneAlias.alias_code, CommuneAlias.commune_code)).all())


def commune_codes(connection: Connection) -> set[str]:
    """Codes of the communes of the store."""
    return set(connection.scalars(select(Commune.commune_code)))


def qpv_codes(connection: Connection) -> set[str]:
    """Codes of the neighbourhoods of the store, both generations."""
    return set(connection.scalars(select(Qpv.qpv_code)))


def qpvs(connection: Connection, generation: int | None = None) -> gpd.GeoDataFrame:
    """Neighbourhoods of one generation (or both) in code order.

    Returns:
        ``qpv_id, qpv_code, generation, qpv_name, departement_code, population, social_dwelling_count, commune_codes``
        (list) and outline (EPSG:4326, None where «sans contour»).
    """
    names = ["qpv_id", *QPV_COLUMNS, "population", "social_dwelling_count", "outline"]
    statement = select(*(table_of(Qpv).c[name] for name in names)).order_by(Qpv.qpv_code)
    found = _drawn(connection, statement if generation is None else statement.where(Qpv.generation == generation))
    links = frame_of(connection, select(QpvCommune.qpv_id, QpvCommune.commune_code).order_by(QpvCommune.commune_code))
    by_qpv = links.groupby("qpv_id")["commune_code"].agg(list) if len(links) else {}
    return found.assign(commune_codes=[by_qpv.get(qpv_id, []) for qpv_id in found["qpv_id"]])


def _add_departements(change: Change, codes: set[str]) -> None:
    known = set(change.connection.scalars(select(Departement.departement_code)))
    rows = [
        {"departement_code": code, "departement_name": code, "revision": change.revision}
        for code in sorted(codes - known)
    ]
    if rows:
        change.connection.execute(insert(Departement), rows)


def _link_communes(change: Change, qpvs: gpd.GeoDataFrame) -> None:
    ids = dict(change.connection.execute(select(Qpv.qpv_code, Qpv.qpv_id)).all())
    held = set(change.connection.execute(select(QpvCommune.qpv_id, QpvCommune.commune_code)).all())
    aliases, known = commune_aliases(change.connection), commune_codes(change.connection)
    named = qpvs[["qpv_code", "commune_codes"]].explode("commune_codes").dropna()
    in_force = named["commune_codes"].map(lambda code: aliases.get(code, code))
    wanted = {(ids[qpv], commune) for qpv, commune in zip(named["qpv_code"], in_force, strict=True) if commune in known}
    links = pd.DataFrame(sorted(wanted - held), columns=["qpv_id", "commune_code"]).assign(revision=change.revision)
    if len(links):
        change.connection.execute(insert(QpvCommune), records(links))


def _is_shortened(name: str, held: str | None) -> bool:
    return held is not None and held != name and held.endswith((f" {name}", f"'{name}"))


def _wkb(outlines: gpd.GeoSeries) -> list[bytes | None]:
    return [None if outline is None else shapely.to_wkb(outline) for outline in outlines.to_crs(CRS)]


def _drawn(connection: Connection, statement: Select) -> gpd.GeoDataFrame:
    found = frame_of(connection, statement)
    outlines = shapely.from_wkb(found["outline"].to_numpy(object))
    return gpd.GeoDataFrame(found.drop(columns="outline"), geometry=gpd.GeoSeries(outlines, crs=CRS, index=found.index))
