"""Services of the état 4001 and services of today: the reviewed table of ``data/reference/services-4001.csv``."""

from functools import cache

import pandas as pd
from sqlalchemy import Connection, select

from lib.config import REFERENCE
from lib.domain.recorded import Tie
from lib.store.rows import frame_of, table_of
from lib.store.schema import RecordedCrime

FILE = REFERENCE / "services-4001.csv"
COUNTED = ["service_name", "year", "index_code", "index_label", "fact_count"]


@cache
def service_ties() -> pd.DataFrame:
    """The whole table, one row per service of the état 4001, run of years and service of today.

    Returns:
        ``force, departement_code, service_name, first_year, last_year, district_name, tie, remark``, in the order of
        the file. ``district_name`` is blank where the service answers for none of today's; ``service_name`` is blank,
        and the years missing, where a brigade's company is not established.
    """
    read = pd.read_csv(FILE, sep=";", dtype=str, keep_default_na=False)
    ties = read.assign(district_name=read["districts"].str.split("|"), tie=read["kind"].map(Tie))
    years = {name: pd.to_numeric(read[name]).astype("Int64") for name in ("first_year", "last_year")}
    return ties.assign(**years).drop(columns=["districts", "kind"]).explode("district_name", ignore_index=True)


def ties_of(force: str, district_name: str) -> pd.DataFrame:
    """Rows of ``service_ties`` for one service of today, by first year; none where the table does not know it.

    A brigade whose company is not established is given all companies of its département.
    """
    ties = service_ties()
    own = ties[(ties["force"] == force) & (ties["district_name"] == district_name)]
    unplaced = own.loc[own["tie"] == Tie.DEPARTEMENT, "departement_code"]
    if len(unplaced):
        is_company = (ties["force"] == force) & (ties["tie"] == Tie.WIDER)
        companies = ties[is_company & ties["departement_code"].isin(unplaced)]
        own = companies.drop_duplicates(["service_name", "first_year"]).assign(
            district_name=district_name, tie=Tie.DEPARTEMENT, remark=""
        )
    return own.sort_values(["first_year", "service_name"], kind="stable").reset_index(drop=True)


def sister_brigades(force: str, district_name: str) -> list[str]:
    """The other services of today that the companies of one are known to answer for, by name."""
    ties = service_ties()
    is_company = (ties["force"] == force) & (ties["tie"] == Tie.WIDER)
    names = ties.loc[is_company & (ties["district_name"] == district_name), "service_name"]
    found = set(ties.loc[is_company & ties["service_name"].isin(names), "district_name"])
    return sorted(found - {district_name, ""})


def district_crimes(connection: Connection, force: str, district_name: str) -> pd.DataFrame:
    """What the services of the état 4001 tied to a service of today recorded.

    Args:
        connection: To the store.
        force: ``PN`` or ``GN``.
        district_name: As the competence table writes it.

    Returns:
        ``service_name, year, index_code, index_label, fact_count`` (missing where the cell is blank, or where the
        store holds no row of a service tied that year)``, tie``: one row per service tied, year and index, by year
        then service.
    """
    ties = ties_of(force, district_name)
    ties = ties.loc[ties["tie"] != Tie.NONE, ["service_name", "first_year", "last_year", "tie"]]
    table = table_of(RecordedCrime)
    statement = select(*(table.c[name] for name in COUNTED)).where(
        table.c.force == force, table.c.service_name.in_(sorted(set(ties["service_name"])))
    )
    rows = frame_of(connection, statement)
    told = rows[["year", "index_code", "index_label"]].drop_duplicates(["year", "index_code"])
    expected = ties.merge(told, how="cross")
    expected = expected[expected["year"].between(expected["first_year"], expected["last_year"])]
    counts = rows[["service_name", "year", "index_code", "fact_count"]]
    found = expected.merge(counts, how="left", on=["service_name", "year", "index_code"])
    found = found.assign(fact_count=found["fact_count"].astype("Int64"))
    return found.sort_values(["year", "service_name", "index_code"], ignore_index=True)[[*COUNTED, "tie"]]
