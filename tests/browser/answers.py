"""Plain SQL on the SQLite store, written beside lib/snapshot/queries.py and from none of it: what screens must say."""

from collections.abc import Callable

Ask = Callable[..., list[tuple]]

# The last twelve whole months, and the facts of every total: PEL-03 is in none.
WITH = """
WITH bounds AS (
  SELECT date(max(occurred_on), '+1 day', 'start of month') AS stop,
         date(max(occurred_on), '+1 day', 'start of month', '-12 months') AS start,
         date(max(occurred_on), '+1 day', 'start of month', '-24 months') AS former
  FROM incident),
served AS (
  SELECT commune_code, district_id, force, district_name FROM commune_district LEFT JOIN district USING (district_id)
  WHERE commune_district.valid_to IS NULL),
homes AS (
  SELECT residence.*, qpv_code, qpv_name, district.district_id AS service_id, district.force
  FROM residence LEFT JOIN qpv ON qpv_id = qpv_2024_id AND qpv_2024_status = 'inside'
  LEFT JOIN served AS district ON district.commune_code = residence.commune_code),
facts AS (
  SELECT incident.*, family_code, family_label, type_label, dwelling_count, homes.commune_code, qpv_code, qpv_name,
         service_id, force, occurred_on >= start AS is_now,
         is_complaint_eligible OR coalesce(severity_override, incident.severity_default) >= 2 AS is_eligible,
         complaint_status IN ('filed', 'filed_with_prosecutor') AS is_filed
  FROM incident JOIN incident_type USING (type_code) JOIN incident_family USING (family_code)
  JOIN homes USING (residence_id), bounds
  WHERE type_code <> 'PEL-03' AND occurred_on < stop),
recent AS (SELECT facts.* FROM facts, bounds WHERE occurred_on >= start),
earlier AS (SELECT facts.* FROM facts, bounds WHERE occurred_on >= former AND occurred_on < start),
told AS (
  SELECT month_on, homes.* FROM reporting_month JOIN homes USING (residence_id), bounds
  WHERE month_on >= start AND month_on < stop AND status IN ('reported', 'nothing_to_report')
    AND coalesce(active_from <= month_on, 1) AND coalesce(active_to > month_on, 1)),
let_now AS (
  SELECT homes.* FROM homes, bounds WHERE coalesce(active_from < stop, 1) AND coalesce(active_to >= stop, 1))
"""


def number(value: float) -> str:
    """«18 134»: rounded, halves upwards, thousands set apart by a no-break space."""
    return f"{int(value + 0.5):,}".replace(",", "\u00a0")


def one(ask: Ask, statement: str, *values: object) -> float:
    """The single value of a statement that follows ``WITH``."""
    return ask(f"{WITH} {statement}", *values)[0][0]


def rates(ask: Ask, key: str) -> dict[object, tuple[str, str]]:
    """By value of a column of ``homes``: facts, and facts per 1,000 reporting dwellings and year, as screens say them.

    Args:
        ask: The fixture.
        key: ``qpv_code`` or ``service_id``.
    """
    counted = dict(ask(f"{WITH} SELECT {key}, count(*) FROM recent GROUP BY 1"))
    exposed = dict(ask(f"{WITH} SELECT {key}, sum(dwelling_count) FROM told WHERE {key} IS NOT NULL GROUP BY 1"))
    return {
        place: (number(counted.get(place, 0)), number(counted.get(place, 0) * 12_000 / months))
        for place, months in exposed.items()
    }
