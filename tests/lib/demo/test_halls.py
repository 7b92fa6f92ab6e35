from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lib.demo.frames import DemoFrames
from lib.demo.halls import KEEPERS, KEPT, invent_hall_months
from lib.demo.stories import PATROL_FROM
from lib.domain.vocabulary import HallOccupancy


@pytest.fixture(scope="module")
def halls(frames: DemoFrames) -> pd.DataFrame:
    months = frames.hall_months
    owners = frames.housing.residences["landlord_code"].to_numpy()
    return months.assign(landlord_code=owners[months["residence"]], is_occupied=months["status"] != HallOccupancy.FREE)


def test_some_landlords_keep_a_register_and_others_none(frames, halls):
    assert set(halls["landlord_code"]) == set(KEEPERS)
    assert set(frames.housing.landlords["landlord_code"]) > set(KEEPERS)


def test_each_hall_is_told_of_once_a_month_over_the_months_kept(halls):
    assert not halls.duplicated(["residence", "building_code", "hall_code", "month_on"]).any()
    assert set(halls["month_on"]) == set(KEPT.months())
    per_hall = halls.groupby(["residence", "hall_code"]).size()
    assert 0.9 < per_hall.median() / KEPT.month_count < 1


def test_residence_that_is_no_longer_let_is_no_longer_visited(frames, halls):
    stock = frames.housing.residences
    limits = stock.loc[halls["residence"], ["active_from", "active_to"]].set_axis(halls.index)
    assert not (halls["month_on"] < limits["active_from"].fillna(KEPT.start)).any()
    assert not (halls["month_on"] >= limits["active_to"].fillna(KEPT.end)).any()
    assert stock["active_to"].notna().any()


def test_halls_of_the_facts_are_halls_of_the_register(frames, halls):
    facts = frames.incidents[frames.incidents["occurred_on"] >= pd.Timestamp(KEPT.start)]
    facts = facts[facts["landlord_code"].isin(KEEPERS) & facts["hall_code"].notna()]
    known = set(zip(halls["residence"], halls["building_code"], halls["hall_code"], strict=True))
    told = set(zip(facts["residence"], facts["building_code"], facts["hall_code"], strict=True))
    assert len(told) > 500
    assert told - known == set()


def test_most_halls_are_free_and_as_many_daily_as_at_times(halls):
    shares = halls["status"].value_counts(normalize=True)
    assert shares[HallOccupancy.FREE] == pytest.approx(0.84, abs=0.03)
    assert shares[HallOccupancy.OCCASIONAL] == pytest.approx(0.08, abs=0.03)
    assert shares[HallOccupancy.DAILY] == pytest.approx(0.08, abs=0.03)


def test_hall_with_many_facts_of_occupation_is_more_often_occupied_daily(frames, halls):
    facts = frames.incidents
    is_told = facts["type_code"].str.startswith("OCC") & (facts["occurred_on"] >= pd.Timestamp(KEPT.start))
    counts = facts[is_told].groupby(["residence", "hall_code"]).size()
    daily = (halls["status"] == HallOccupancy.DAILY).groupby([halls["residence"], halls["hall_code"]]).mean()
    many = counts.reindex(daily.index, fill_value=0)
    assert daily[many == 0].mean() < 0.05
    assert daily[many >= 10].mean() > 0.3
    assert daily[many == 0].mean() < daily[many.between(1, 9)].mean() < daily[many >= 10].mean()


def test_summers_are_more_occupied_than_winters(halls):
    month = pd.to_datetime(halls["month_on"]).dt.month
    share = halls["is_occupied"].groupby(month).mean()
    assert share[[6, 7, 8]].mean() > 1.3 * share[[12, 1, 2]].mean()


def test_worsening_residence_is_occupied_more_and_more(frames, halls):
    own = halls[halls["residence"] == frames.cast.worsening]
    share = (own["status"] == HallOccupancy.DAILY).groupby(pd.to_datetime(own["month_on"]).dt.year).mean()
    assert share[2024] < share[2025] < share[2026]


def test_facts_that_only_the_patrol_tells_of_occupy_no_hall(frames):
    stock, facts = frames.housing.residences, frames.incidents
    casts = (frames.cast, replace(frames.cast, patrol=np.array([], dtype=int)))
    told, raw = (invent_hall_months(np.random.default_rng(5), stock, facts, cast) for cast in casts)
    is_walked = told["residence"].isin(frames.cast.patrol) & (told["month_on"] >= PATROL_FROM)
    pd.testing.assert_frame_equal(told[~is_walked], raw[~is_walked])
    free = [(months.loc[is_walked, "status"] == HallOccupancy.FREE).sum() for months in (told, raw)]
    assert free[0] > 1.05 * free[1] > 0


def test_same_generator_gives_the_same_register(frames):
    def drawn(seed: int) -> pd.DataFrame:
        return invent_hall_months(np.random.default_rng(seed), frames.housing.residences, frames.incidents, frames.cast)

    pd.testing.assert_frame_equal(drawn(5), drawn(5))
    assert not drawn(5).equals(drawn(6))
