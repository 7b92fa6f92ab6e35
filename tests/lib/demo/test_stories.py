import numpy as np
import pandas as pd
import pytest

from lib.demo.frames import DEFAULT_SEED, demo_frames
from lib.demo.stories import COMPARISON_QUARTERS, WARDENS_QUARTER

WEIGHTS = {1: 1, 2: 2, 3: 5, 4: 10}


def count(frames, start: str, end: str, rows=None, families=None) -> int:
    facts = frames.incidents
    chosen = (facts["occurred_on"] >= start) & (facts["occurred_on"] < end)
    if rows is not None:
        chosen &= facts["residence"].isin(np.atleast_1d(rows).tolist())
    if families is not None:
        chosen &= facts["type_code"].str[:3].isin(families)
    return int(chosen.sum())


def test_night_wardens_halve_facts_where_comparable_residences_do_not_move(frames):
    families = ("OCC", "JOU", "BIE")
    before, after = ("2024-03-01", "2025-03-01"), ("2025-04-01", "2026-04-01")
    treated = [count(frames, *window, frames.cast.wardens, families) for window in (before, after)]
    compared = [count(frames, *window, frames.cast.comparison, families) for window in (before, after)]
    assert treated[0] > 100
    assert treated[1] / treated[0] < 0.65
    assert 0.85 < compared[1] / compared[0] < 1.15


def test_wardens_and_comparison_start_at_the_same_level(frames):
    dwellings = frames.housing.residences["dwelling_count"].to_numpy()
    rates = [
        count(frames, "2023-03-01", "2025-03-01", rows) / dwellings[rows].sum()
        for rows in (frames.cast.wardens, frames.cast.comparison)
    ]
    assert rates[0] == pytest.approx(rates[1], rel=0.15)
    quarters = frames.housing.residences["quarter"]
    assert set(quarters[frames.cast.wardens]) == {WARDENS_QUARTER}
    assert set(quarters[frames.cast.comparison]) == set(COMPARISON_QUARTERS)


def test_a_patrol_raises_recorded_facts_while_damage_and_cost_fall(frames):
    rows, before, after = frames.cast.patrol, ("2024-01-01", "2025-01-01"), ("2025-01-01", "2026-01-01")
    facts = frames.incidents[frames.incidents["residence"].isin(rows)].set_index("occurred_on").sort_index()
    assert count(frames, *after, rows, ("OCC", "JOU", "TRA")) > 1.4 * count(
        frames, *before, rows, ("OCC", "JOU", "TRA")
    )
    assert count(frames, *after, rows, ("BIE",)) < 0.75 * count(frames, *before, rows, ("BIE",))
    assert count(frames, *after, rows) > count(frames, *before, rows)
    assert facts.loc["2025", "repair_cost_invoiced"].sum() < 0.75 * facts.loc["2024", "repair_cost_invoiced"].sum()
    by_patrol = facts["report_channel"].isin(["patrol", "call_centre"])
    assert by_patrol.loc["2025"].mean() > 2 * by_patrol.loc["2024"].mean()


def test_a_landlord_is_silent_from_june_to_august_2026(frames):
    silent, months = frames.cast.silent, frames.reporting_months
    summer = months["month_on"].astype(str).between("2026-06-01", "2026-08-01")
    assert set(frames.housing.residences["landlord_code"].to_numpy()[silent]) == {"ORD"}
    assert count(frames, "2026-06-01", "2026-09-01", silent) == 0
    assert not months.loc[summer, "residence"].isin(silent.tolist()).any()
    assert count(frames, "2026-03-01", "2026-06-01", silent) > 50
    assert count(frames, "2026-09-01", "2026-11-01", silent) > 30


def test_a_small_residence_has_one_bad_month_then_nothing(frames):
    lucky = frames.cast.lucky
    assert frames.housing.residences["dwelling_count"][lucky] <= 20
    assert count(frames, "2026-04-01", "2026-05-01", lucky) == 5
    assert count(frames, "2026-05-01", "2026-11-01", lucky) == 0
    assert count(frames, "2024-11-01", "2025-11-01", lucky) == 6
    assert count(frames, "2025-11-01", "2026-11-01", lucky) == 7
    months = frames.reporting_months[frames.reporting_months["residence"] == lucky]
    assert (months["status"] != "silent").all()


def test_a_residence_worsens_steadily_and_ends_among_the_worst(frames):
    row = frames.cast.worsening
    halves = [("2024-05-01", "2024-11-01"), ("2025-05-01", "2025-11-01"), ("2026-05-01", "2026-11-01")]
    counts = [count(frames, *half, row) for half in halves]
    assert counts[0] * 1.5 < counts[1]
    assert counts[1] * 1.4 < counts[2]
    recent = frames.incidents[frames.incidents["occurred_on"] >= "2025-11-01"]
    index = recent["severity_default"].map(WEIGHTS).groupby(recent["residence"]).sum()
    per_dwelling = index / frames.housing.residences["dwelling_count"]
    assert per_dwelling.rank(ascending=False)[row] <= 14


def test_a_quarter_lies_under_police_and_gendarmerie(frames):
    inside = frames.housing.residences.iloc[frames.cast.split].query("qpv_status_2024 == 'inside'")
    assert inside["qpv_code_2024"].nunique() == 1
    assert set(inside["force"]) == {"PN", "GN"}
    outline = frames.housing.qpvs.set_index("qpv_code").loc[inside["qpv_code_2024"].iloc[0]]
    assert outline["commune_codes"] == ["77215", "77470"]


def test_wrecks_and_obstructive_parking_rise_everywhere_over_the_last_twelve_months(frames):
    facts = frames.incidents[frames.incidents["type_code"] == "CAD-03"]
    departement = facts["residence"].map(frames.housing.residences["commune_code"].str[:2])
    for _, own in facts.groupby(departement):
        last = (own["occurred_on"] >= "2025-11-01").sum()
        year_before = own["occurred_on"].between("2024-11-01", "2025-10-31").sum()
        assert 1.15 < last / year_before < 1.6
    others = [count(frames, a, b) for a, b in (("2024-11-01", "2025-11-01"), ("2025-11-01", "2026-11-01"))]
    assert others[1] / others[0] < 1.05


def test_without_stories_nothing_of_them_is_left(communes, competences):
    frames = demo_frames(DEFAULT_SEED, communes, competences, is_told=False)
    families = ("OCC", "JOU", "BIE")
    before = count(frames, "2024-03-01", "2025-03-01", frames.cast.wardens, families)
    after = count(frames, "2025-04-01", "2026-04-01", frames.cast.wardens, families)
    assert 0.75 < after / before < 1.33
    assert count(frames, "2026-06-01", "2026-09-01", frames.cast.silent) > 50
    assert (
        pd.Series(frames.incidents["type_code"] == "CAD-03")
        .groupby(frames.incidents["occurred_on"] >= "2025-11-01")
        .mean()
        .diff()
        .abs()
        .iloc[-1]
        < 0.005
    )
