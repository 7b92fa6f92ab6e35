"""Where facts happen, who told of them, who suffered, what they cost."""

import numpy as np
import pandas as pd

from lib.demo.draws import pick, pick_by
from lib.demo.rates import COVERED

DWELLINGS_PER_HALL, HALLS_PER_BUILDING = 15, 3
# The first halls of a residence hold most of its facts: a fact falls in hall number n × u^2.2.
HALL_CONCENTRATION = 2.2
HALL_PLACES = ("hall", "staircase", "lift")
BUILDING_PLACES = (*HALL_PLACES, "cellar", "roof", "common_room", "dwelling")
UNSAID_HALL_SHARE, UNSAID_PLACE_SHARE = 0.12, 0.04
CHANNELS = {
    "PER": "caretaker:45 other:35 contractor:12 police:3 unknown:5",
    "PEL": "tenant:50 caretaker:25 call_centre:12 police:6 other:4 unknown:3",
    "BIE": "caretaker:62 tenant:15 contractor:13 call_centre:4 patrol:2 other:2 unknown:2",
    "INC": "caretaker:40 tenant:22 police:18 call_centre:10 patrol:4 other:6",
    "OCC": "tenant:34 caretaker:34 call_centre:14 patrol:8 police:5 other:2 unknown:3",
    "TRA": "caretaker:38 tenant:33 police:12 call_centre:8 patrol:4 other:3 unknown:2",
    "JOU": "tenant:66 call_centre:18 caretaker:11 patrol:2 unknown:3",
    "CAD": "caretaker:70 tenant:15 contractor:9 call_centre:3 other:1 unknown:2",
}
PATROL_CHANNELS, PATROL_CHANNEL_SHARE = "patrol:6 call_centre:4", 0.5
CAUSES = {
    "PER": "rule_reminder:20 arrears_or_allocation:12 technical:9 trafficking:6 unknown:53",
    "TRA": "trafficking:60 unknown:40",
    "OCC": "trafficking:14 unknown:86",
    "BIE": "technical:2 trafficking:3 unknown:95",
    "": "unknown:1",
}
OVERRIDE_SHARE = 0.04
COST_SPREAD, ESTIMATED_SHARE, INVOICED_SHARE, INVOICE_DAYS = 0.7, 0.92, 0.86, 75


def details(rng: np.random.Generator, facts: pd.DataFrame, is_phoned: np.ndarray) -> pd.DataFrame:
    """Everything about a fact but its moment and its complaint.

    Args:
        rng: Source of chance.
        facts: Columns of types.csv, ``residence``, ``family_code``, ``dwelling_count``, ``severity_default``,
            ``is_protected``, ``occurred_on``.
        is_phoned: Facts that the patrol of the story or its phone line could have told of.
    """
    places = _places(rng, facts)
    by_type = facts.drop_duplicates("type_code").set_index("type_code")
    causes = pd.Series({family: CAUSES.get(family, CAUSES[""]) for family in CHANNELS})
    channels = pick_by(rng, pd.Series(CHANNELS), facts["family_code"])
    is_patrol = is_phoned & (rng.random(len(facts)) < PATROL_CHANNEL_SHARE)
    return pd.DataFrame(
        {
            "severity_override": _overrides(rng, facts["severity_default"]),
            **places,
            "report_channel": np.where(is_patrol, pick(rng, PATROL_CHANNELS, len(facts)), channels),
            "victim_category": pick_by(rng, by_type["victims"], facts["type_code"]),
            "cause": pick_by(rng, causes, facts["family_code"]),
            "weapon": pick_by(rng, by_type["weapons"], facts["type_code"]),
            **_injuries(rng, facts),
            **_costs(rng, facts),
        },
        index=facts.index,
    )


def hall_counts(dwellings: pd.Series) -> np.ndarray:
    """How many halls residences of so many dwellings have, one at least."""
    return np.maximum(1, dwellings.to_numpy() // DWELLINGS_PER_HALL)


def hall_codes(hall: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes of the building («B») and of the hall («B2») of each hall, numbered from 0 within its residence."""
    building = np.array([chr(65 + n) for n in range(26)], dtype=object)[np.minimum(hall // HALLS_PER_BUILDING, 25)]
    return building, building + (hall % HALLS_PER_BUILDING + 1).astype(str).astype(object)


def _places(rng: np.random.Generator, facts: pd.DataFrame) -> dict[str, np.ndarray]:
    """Place, building and hall; a protected fact has none of them, wherever it happened."""
    count = len(facts)
    by_type = facts.drop_duplicates("type_code").set_index("type_code")
    place = pick_by(rng, by_type["places"], facts["type_code"])
    place = np.where(rng.random(count) < UNSAID_PLACE_SHARE, "unknown", place)
    halls = hall_counts(facts["dwelling_count"])
    first = rng.integers(0, 100, facts["residence"].max() + 1)[facts["residence"].to_numpy()]
    hall = (first + (halls * rng.random(count) ** HALL_CONCENTRATION).astype(int)) % halls
    building, label = hall_codes(hall)
    is_said = (rng.random(count) >= UNSAID_HALL_SHARE) & ~facts["is_protected"].to_numpy()
    has_hall, has_building = np.isin(place, HALL_PLACES) & is_said, np.isin(place, BUILDING_PLACES) & is_said
    return {
        "place_type": np.where(facts["is_protected"], "unknown", place),
        "building_code": np.where(has_building, building, None),
        "hall_code": np.where(has_hall, label, None),
    }


def _overrides(rng: np.random.Generator, default: pd.Series) -> pd.Series:
    """Severity corrected by one degree, rarely; always different from the default, from 1 to 4."""
    step = rng.choice([-1, 1], len(default), p=[0.3, 0.7])
    corrected = default + np.where((default + step).between(1, 4), step, -step)
    return corrected.astype("Int64").mask(rng.random(len(default)) >= OVERRIDE_SHARE)


def _injuries(rng: np.random.Generator, facts: pd.DataFrame) -> dict[str, pd.Series]:
    is_hurt = rng.random(len(facts)) < facts["itt_share"].to_numpy()
    days = np.minimum(np.ceil(rng.lognormal(1.1, 0.8, len(facts))), 60)
    leave = np.ceil(days * rng.uniform(1.0, 2.5, len(facts)))
    is_off = is_hurt & (facts["family_code"] == "PER").to_numpy() & (rng.random(len(facts)) < 0.6)
    return {
        "itt_days": pd.Series(days, index=facts.index).astype("Int64").where(is_hurt),
        "sick_leave_days": pd.Series(leave, index=facts.index).astype("Int64").where(is_off),
    }


def _costs(rng: np.random.Generator, facts: pd.DataFrame) -> dict[str, np.ndarray]:
    """Estimated and invoiced repair, in euros, tax included; the invoice comes weeks later and differs."""
    count = len(facts)
    spread = rng.lognormal(-(COST_SPREAD**2) / 2, COST_SPREAD, count)
    estimated = np.round(facts["cost_eur"].to_numpy() * spread, -1) + 10
    invoiced = np.round(estimated * rng.lognormal(0.03, 0.22, count), 2)
    has_cost = rng.random(count) < facts["cost_share"].to_numpy()
    age = (pd.Timestamp(COVERED.last_day) - facts["occurred_on"]).dt.days.to_numpy()
    is_invoiced = has_cost & (age > INVOICE_DAYS) & (rng.random(count) < INVOICED_SHARE)
    is_estimated = has_cost & (rng.random(count) < ESTIMATED_SHARE)
    return {
        "repair_cost_estimated": np.where(is_estimated, estimated, np.nan),
        "repair_cost_invoiced": np.where(is_invoiced, invoiced, np.nan),
    }
