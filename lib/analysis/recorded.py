"""Yearly series of recorded crime that compare with our types; each with its unit, none added to another."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from lib.domain.recorded import EARLIER_LABELS, INDEXES, SAME_SERVICE, UNITS, Cell


@dataclass(frozen=True)
class RecordedSeries:
    """One class of the SSMSI, or one index of the état 4001, over years.

    Attributes:
        label: As published.
        ssmsi_class: The class our types have, which ``label`` stands for.
        comparability: ``direct``, ``partial`` or ``thematic``.
        unit: What is counted: «victimes», «infractions», «auteurs»…
        cells: ``fact_count`` (missing unless published)``, state`` (a ``Cell``) and ``is_same_place`` (False where the
            count is that of another perimeter than the place shown), indexed by ``year``, every year of the table in
            order.
        is_main: Whether it is drawn; the others are in the table alone.
    """

    label: str
    ssmsi_class: str
    comparability: str
    unit: str
    cells: pd.DataFrame
    is_main: bool = True


def class_series(rows: pd.DataFrame, types: pd.DataFrame) -> list[RecordedSeries]:
    """Classes of one territory that at least one type compares with, in the order of the types.

    A label of an earlier edition stands for a class that has no row under its own; the two are never joined.

    Args:
        rows: ``ssmsi_class, year, unit, fact_count`` of a département or a commune, and ``is_published`` where the base
            has hidden cells.
        types: ``ssmsi_class`` (missing: no class) and ``comparability`` of the types shown.

    Returns:
        One series per class and unit: counts of two units are never one series.
    """
    years = _years(rows["year"])
    published = rows["is_published"] if "is_published" in rows else pd.Series(True, index=rows.index)
    units = rows["unit"].str.lower().replace(UNITS)
    stated = rows.assign(unit=units, is_published=published.astype(bool), is_same_place=True)
    return [
        RecordedSeries(label, ssmsi_class, comparability, str(unit), _cells(own, years))
        for ssmsi_class, comparability in _classes(types)
        for label in _labels_held(ssmsi_class, stated["ssmsi_class"])
        for unit, own in stated[stated["ssmsi_class"] == label].groupby("unit", sort=False)
    ]


def index_series(rows: pd.DataFrame, types: pd.DataFrame) -> list[RecordedSeries]:
    """Indexes of the état 4001 that compare with our types, for one service of today.

    What several services tied to it recorded in a year under one index is added; a year where one of them is blank is
    absent. Indexes are never added.

    Args:
        rows: ``service_name, year, index_code, fact_count, tie``, of ``store.recorded_services.district_crimes``.
        types: ``ssmsi_class`` of the types shown: an index of another class is left out.

    Returns:
        One series per index, in the order of ``INDEXES``.
    """
    years, shown = _years(rows["year"]), {ssmsi_class for ssmsi_class, _ in _classes(types)}
    series = []
    for index in INDEXES:
        own = rows[rows["index_code"] == index.code]
        if own.empty or index.ssmsi_class not in shown:
            continue
        by_year = own.groupby("year", as_index=False).agg(
            fact_count=("fact_count", lambda counts: counts.sum(skipna=False)),
            is_same_place=("tie", lambda ties: set(ties) <= SAME_SERVICE),
        )
        cells = _cells(by_year.assign(is_published=True), years)
        named = (index.label, index.ssmsi_class, index.comparability, index.unit)
        series.append(RecordedSeries(*named, cells, is_main=index.is_main))
    return series


def incomparable_count(types: pd.DataFrame) -> int:
    """How many types no class of recorded crime compares with."""
    return int(types["ssmsi_class"].isna().sum())


def years_of(series: Iterable[RecordedSeries]) -> tuple[int, int]:
    """First and last year of a set of series.

    Raises:
        ValueError: If there is none.
    """
    years = [int(year) for one in series for year in one.cells.index]
    return min(years), max(years)


def _classes(types: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Each class once, with its comparability."""
    known = types.dropna(subset=["ssmsi_class"]).drop_duplicates("ssmsi_class")
    yield from zip(known["ssmsi_class"], known["comparability"], strict=True)


def _labels_held(ssmsi_class: str, held: pd.Series) -> list[str]:
    names = (ssmsi_class, *EARLIER_LABELS.get(ssmsi_class, ()))
    return [name for name in names if (held == name).any()][:1]


def _years(years: pd.Series) -> pd.RangeIndex:
    return pd.RangeIndex(int(years.min()), int(years.max()) + 1, name="year") if len(years) else pd.RangeIndex(0)


def _cells(rows: pd.DataFrame, years: pd.RangeIndex) -> pd.DataFrame:
    """One row per year; a year without a row is absent."""
    found = rows.set_index("year")[["fact_count", "is_published", "is_same_place"]].reindex(years)
    counts = found["fact_count"].astype("Int64")
    is_hidden = found["is_published"].eq(False)
    state = pd.Series(Cell.VALUE, index=years, dtype=object)
    state = state.mask(counts == 0, Cell.ZERO).mask(counts.isna(), Cell.ABSENT).mask(is_hidden, Cell.HIDDEN)
    is_same = found["is_same_place"].ne(False)
    return pd.DataFrame({"fact_count": counts.mask(is_hidden), "state": state, "is_same_place": is_same})
