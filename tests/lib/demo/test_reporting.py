from datetime import date

import numpy as np
import pandas as pd

from lib.demo.reporting import Calendar, active_months, reporting_months


def keys(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[["residence", "month_on"]])


def test_a_residence_is_active_between_its_dates():
    residences = pd.DataFrame(
        {"active_from": [None, date(2020, 3, 1), None], "active_to": [None, None, date(2020, 2, 1)]}
    )
    assert active_months(residences)[:, :4].tolist() == [[True] * 4, [False, False, True, True], [True] + [False] * 3]


def test_a_month_is_silent_reported_or_without_facts_and_absent_leaves_no_row():
    active = np.array([[True, True, True, True, False]])
    covered = np.array([[True, True, False, False, False]])
    absent = np.array([[False, False, False, True, False]])
    told = reporting_months(Calendar(active, covered, absent), np.array([[2, 0, 0, 0, 0]]))
    assert told["status"].tolist() == ["reported", "nothing_to_report", "silent"]
    assert told["month_on"].tolist() == [date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1)]


def test_every_fact_is_of_a_reported_month_and_every_reported_month_has_a_fact(frames):
    facts = frames.incidents.assign(month_on=frames.incidents["occurred_on"].dt.to_period("M").dt.start_time.dt.date)
    reported = frames.reporting_months[frames.reporting_months["status"] == "reported"]
    assert set(keys(facts)) == set(keys(reported))
    assert keys(frames.reporting_months).is_unique


def test_nine_dwellings_in_ten_are_covered(frames):
    months = frames.reporting_months
    dwellings = months["residence"].map(frames.housing.residences["dwelling_count"])
    coverage = dwellings[months["status"] != "silent"].sum() / dwellings.sum()
    assert 0.90 < coverage < 0.95


def test_a_few_residences_report_about_half_of_the_time(frames):
    months = frames.reporting_months
    silence = (months["status"] == "silent").groupby(months["residence"]).mean()
    assert 5 <= (silence > 0.4).sum() <= 20
    assert (silence < 0.2).mean() > 0.9
