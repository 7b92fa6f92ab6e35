import pandas as pd
import pytest

from lib.demo.incidents import situation_numbers, situations
from lib.demo.rates import type_profiles


def family(incidents: pd.DataFrame) -> pd.Series:
    return incidents["type_code"].str[:3]


def staff(incidents: pd.DataFrame) -> pd.DataFrame:
    return incidents[family(incidents) == "PER"]


def test_there_are_about_120_000_facts(frames):
    assert 108_000 <= len(frames.incidents) <= 132_000
    assert not frames.incidents.duplicated(["landlord_code", "external_reference"]).any()


@pytest.mark.parametrize(("code", "share"), [("CAD", 0.28), ("BIE", 0.24), ("OCC", 0.23), ("PER", 0.05), ("TRA", 0.05)])
def test_families_have_the_published_shares(frames, code, share):
    assert (family(frames.incidents) == code).mean() == pytest.approx(share, abs=0.01)


def test_attacks_on_staff_are_mostly_verbal(frames):
    facts = staff(frames.incidents)
    assert facts["type_code"].isin(["PER-01", "PER-02"]).mean() == pytest.approx(0.75, abs=0.03)
    assert facts["type_code"].isin(["PER-03", "PER-04"]).mean() == pytest.approx(0.18, abs=0.03)
    assert (facts["cause"] == "rule_reminder").mean() == pytest.approx(0.20, abs=0.03)
    assert (facts["place_type"] == "dwelling").mean() == pytest.approx(0.07, abs=0.02)


def test_most_residences_are_quiet_and_few_hold_most_facts(frames):
    counts = frames.incidents.groupby("residence").size().reindex(range(len(frames.housing.residences)), fill_value=0)
    assert counts.median() / 82 < 1
    assert counts.nlargest(len(counts) // 10).sum() / counts.sum() > 0.45


def test_a_tenth_to_a_quarter_of_hours_are_unknown_and_damage_more_than_assaults(frames):
    is_unknown = frames.incidents["start_minute"].isna()
    assert 0.10 < is_unknown.mean() < 0.25
    assert (
        is_unknown[family(frames.incidents) == "BIE"].mean() > 4 * is_unknown[family(frames.incidents) == "PER"].mean()
    )


def test_known_hours_peak_in_the_evening(frames):
    hours = frames.incidents.loc[frames.incidents["time_precision"] == "exact", "start_minute"].astype(int) // 60
    assert ((hours >= 18) | (hours < 2)).mean() > 0.45
    assert hours.value_counts().idxmax() in range(18, 24)


def test_gatherings_are_of_the_weekend_and_of_summer(frames):
    days = frames.incidents.loc[family(frames.incidents) == "OCC", "occurred_on"]
    by_weekday = days.dt.day_of_week.value_counts()
    assert by_weekday[5] > 1.3 * by_weekday[0]
    assert (days.dt.month == 7).sum() > 1.2 * (days.dt.month == 1).sum()


def test_recording_falls_by_more_than_half_in_april_2020(frames):
    months = frames.incidents["occurred_on"].dt.strftime("%Y-%m").value_counts()
    assert months["2020-04"] < 0.5 * months["2022-04"]
    assert months["2020-11"] < 0.9 * months["2022-11"]


def test_damage_costs_7_to_12_euros_per_dwelling_and_year(frames):
    facts, dwellings = frames.incidents, frames.housing.residences["dwelling_count"].sum()
    assert 7 < facts["repair_cost_invoiced"].sum() / dwellings / (82 / 12) < 12
    both = facts.dropna(subset=["repair_cost_estimated", "repair_cost_invoiced"])
    assert (both["repair_cost_estimated"] != both["repair_cost_invoiced"]).mean() > 0.95


def test_complaints_concern_facts_that_allow_one_and_follow_them(frames):
    facts = frames.incidents
    eligible = set(type_profiles().query("is_complaint_eligible")["type_code"])
    filed = facts[facts["complaint_status"].isin(["filed", "filed_with_prosecutor"])]
    assert set(filed["type_code"]) <= eligible
    assert 0.10 < len(filed) / facts["type_code"].isin(eligible).sum() < 0.30
    assert (filed["complaint_filed_on"] >= filed["occurred_on"]).all()
    assert (filed["complaint_filed_on"] <= pd.Timestamp("2026-10-31")).all()
    assert facts.loc[~facts.index.isin(filed.index), "complaint_filed_on"].isna().all()
    assert (filed["no_complaint_reason"] == "not_applicable").all()


def test_most_outcomes_are_unknown_or_dropped(frames):
    filed = frames.incidents[frames.incidents["complaint_filed_on"].notna()]
    assert filed["outcome"].isin(["unknown", "dropped"]).mean() > 0.7
    assert (frames.incidents.loc[frames.incidents["complaint_filed_on"].isna(), "outcome"] == "unknown").all()


def test_domestic_violence_is_rare_and_has_no_place_building_or_hall(frames):
    facts = frames.incidents[frames.incidents["type_code"] == "PEL-03"]
    assert 50 < len(facts) < 300
    assert facts[["building_code", "hall_code"]].isna().all(axis=None)
    assert set(facts["place_type"]) == {"unknown"}


def test_injuries_are_rare_and_leave_is_that_of_staff(frames):
    facts = frames.incidents
    assert 0 < facts["itt_days"].notna().mean() < 0.01
    assert set(family(facts[facts["sick_leave_days"].notna()])) == {"PER"}


def test_a_corrected_severity_is_another_one_from_1_to_4(frames):
    facts = frames.incidents.dropna(subset=["severity_override"])
    assert 0.02 < len(facts) / len(frames.incidents) < 0.06
    assert facts["severity_override"].between(1, 4).all()
    assert (facts["severity_override"] != facts["severity_default"]).all()


def test_dealing_facts_of_one_place_less_than_90_days_apart_are_one_situation():
    days = ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01", "2024-12-01"]
    facts = pd.DataFrame({"residence": 3, "type_code": "TRA-01", "occurred_on": pd.to_datetime(days)})
    facts = pd.concat([facts, facts.iloc[:2].assign(type_code="CAD-01")], ignore_index=True)
    facts["situation"] = situation_numbers(facts)
    assert facts["situation"].tolist()[:5] == [0] * 5
    assert facts["situation"][5:].isna().all()
    told = situations(facts, pd.Timestamp("2026-10-31")).iloc[0]
    assert (str(told["opened_on"].date()), str(told["closed_on"].date())) == ("2024-01-01", "2024-05-31")


def test_some_situations_are_still_open(frames):
    assert len(frames.situations) > 20
    assert 0 < frames.situations["closed_on"].isna().sum() < len(frames.situations) / 2
    assert frames.incidents["situation"].nunique() == len(frames.situations)
