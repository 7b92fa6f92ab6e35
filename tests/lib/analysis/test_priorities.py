import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from lib.analysis import priorities
from lib.analysis.acceptability import top_probability
from lib.analysis.criteria import DEFAULT_WEIGHTS, GOALPOSTS, Criterion, Unit, goalpost_scale, place_criteria
from lib.analysis.priorities import (
    STEPS,
    Band,
    Drawn,
    bands,
    drawn,
    rank_interval,
    ranking,
    score_blocks,
    severity_prior,
    shared,
)
from lib.analysis.ranks import rank_intervals
from lib.analysis.reasons import contributions
from tests.lib.analysis.signals import signal

SEVERITY_ALONE = {Criterion.SEVERITY: 1.0}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def residences(count: int = 60, seed: int = 5) -> pd.DataFrame:
    """Residences of 50 to 300 dwellings whose true rates differ, over two years."""
    random = rng(seed)
    dwellings = random.integers(50, 300, count)
    rate = random.gamma(1.5, 0.2, count)
    facts, before = random.poisson(rate * dwellings, (2, count))
    return pd.DataFrame(
        [
            signal(
                at,
                dwelling_count=dwellings[at],
                reporting_dwelling_months=12 * dwellings[at],
                previous_reporting_dwelling_months=12 * dwellings[at],
                incident_count=facts[at],
                previous_incident_count=before[at],
                severity_index=2 * facts[at],
                staff_count=facts[at] // 12,
                eligible_known_count=facts[at] // 2,
                complaint_count=facts[at] // 9,
                touched_month_count=min(12, facts[at]),
                serious_month_count=min(12, facts[at] // 9),
                alert_month_count=min(12, facts[at] // 4),
                hall_month_count=min(12, facts[at] // 8) or np.nan,
            )
            for at in range(count)
        ]
    )


def drawn_of(signals: pd.DataFrame, draws: int = 500) -> Drawn:
    return drawn(place_criteria(signals, Unit.RESIDENCE), Unit.RESIDENCE, rng=rng(), draws=draws)


def ranked(signals: pd.DataFrame, weights=DEFAULT_WEIGHTS, draws: int = 500, **options) -> pd.DataFrame:
    return ranking(drawn_of(signals, draws), weights, rng=rng(1), **options).set_index("place_key")


def test_probability_to_be_first_of_two_equals_that_of_their_gamma_laws():
    # Weights of facts all 1: an index is then a count. P(G1/r1 > G2/r2) is a Beta law of G1/(G1+G2).
    facts = ((30, 120), (10, 60), (0, 40), (40, 40))  # the last two are short: they only teach how places differ
    rows = [
        signal(at, incident_count=n, severity_index=n, dwelling_count=d, reporting_dwelling_months=12 * d)
        for at, (n, d) in enumerate(facts)
    ]
    prior, phi = severity_prior(place_criteria(pd.DataFrame(rows), Unit.RESIDENCE), Unit.RESIDENCE)
    assert phi == 1
    (shape, rate), (other, other_rate) = ((n + prior.shape, d / 1000 + prior.strength) for n, d in facts[:2])
    exact = beta.sf(rate / (rate + other_rate), shape, other)
    found = ranked(pd.DataFrame(rows), SEVERITY_ALONE, draws=10_000, ks=(1,), k=1)["p_top_1"]
    assert 0.6 < exact < 0.95
    assert found.to_list() == pytest.approx([exact, 1 - exact], abs=0.015)


def test_utility_expected_is_that_of_the_draws_and_of_the_scale():
    signals = residences()
    found = drawn_of(signals, draws=4000)
    assert list(found.draws) == [Criterion.SEVERITY, Criterion.STAFF]
    for criterion, steps in found.draws.items():
        position = found.criteria.index(criterion)
        assert steps.mean(axis=0) / STEPS == pytest.approx(found.utilities[:, position], abs=0.015)
    places, ends = place_criteria(signals, Unit.RESIDENCE), GOALPOSTS[Unit.RESIDENCE]
    severity = goalpost_scale(places["severity"], low=ends[Criterion.SEVERITY].low, high=ends[Criterion.SEVERITY].high)
    is_far = severity < 0.5
    assert found.utilities[is_far, 0] == pytest.approx(severity[is_far], abs=1e-4)  # nothing of them is cut off
    assert found.utilities[:, 1] == pytest.approx(places["persistence"].to_numpy())


def test_place_far_beyond_the_scale_is_worth_its_end_in_every_draw():
    facts = 2_000  # on 100 dwellings, far more than 6,000 per 1,000
    rows = [signal(at, incident_count=count, severity_index=count) for at, count in enumerate((facts, 10, 0))]
    found = drawn_of(pd.DataFrame(rows))
    assert (found.draws[Criterion.SEVERITY][:, 0] == STEPS).all()
    assert found.utilities[0, 0] == pytest.approx(1)


def test_score_is_made_of_the_utilities_expected_and_of_the_weights():
    found = drawn_of(residences())
    score = ranking(found, DEFAULT_WEIGHTS, rng=rng(1))["score"]
    weights = shared(DEFAULT_WEIGHTS, found.criteria)
    assert score.to_numpy() == pytest.approx(found.utilities @ weights)
    gap = contributions(found.utilities, weights).sum(axis=1)
    assert gap == pytest.approx(score.to_numpy() - np.median(found.utilities, axis=0) @ weights)


def test_blocks_of_scores_are_draws_of_utilities_times_draws_of_weights(monkeypatch):
    places = drawn_of(residences(), draws=7)
    weights = rng(3).dirichlet(np.ones(7), 7)
    utilities = np.tile(places.utilities, (7, 1, 1))
    for criterion, steps in places.draws.items():
        utilities[:, :, places.criteria.index(criterion)] = steps / STEPS
    expected = np.einsum("dpc,dc->dp", utilities, weights)
    for cells in (1, 130, 10**6):
        monkeypatch.setattr(priorities, "CELLS_AT_ONCE", cells)
        found = np.concatenate([block.copy() for block in score_blocks(places, weights)])
        assert found == pytest.approx(expected, abs=1e-6)


def test_ranking_does_not_depend_on_how_many_draws_are_held_at_once(monkeypatch):
    signals = residences()
    at_once = ranked(signals)
    monkeypatch.setattr(priorities, "CELLS_AT_ONCE", 500)
    pd.testing.assert_frame_equal(ranked(signals), at_once)


def test_probabilities_share_out_the_first_places():
    found = ranked(residences(), ks=(5, 20), k=10)
    assert list(found.columns) == ["score", "p_top_5", "p_top_10", "p_top_20", "band"]
    assert found[["p_top_5", "p_top_10", "p_top_20"]].sum().to_list() == pytest.approx([5, 10, 20])
    assert (found["p_top_5"] <= found["p_top_10"]).all()


def test_order_of_the_residences_changes_nothing():
    signals = residences()
    pd.testing.assert_frame_equal(ranked(signals[::-1]), ranked(signals))


def test_small_lucky_place_stays_below_the_one_that_is_steadily_bad():
    steady = {"incident_count": 240, "previous_incident_count": 230, "severity_index": 480, "touched_month_count": 12}
    spell = {"dwelling_count": 50, "reporting_dwelling_months": 600, "previous_reporting_dwelling_months": 600}
    spell |= {"incident_count": 130, "severity_index": 260, "touched_month_count": 1, "previous_incident_count": 1}
    added = [signal(900, **steady, hall_month_count=10), signal(901, **spell, hall_month_count=1)]
    found = ranked(pd.concat([residences(), pd.DataFrame(added)]), k=5, ks=(5,))
    assert 260 / 50 > 480 / 100  # more by dwelling, as recorded
    assert found["band"][900] == Band.PRIORITY
    assert found["band"][901] == Band.OTHER
    assert found["score"][900] > found["score"][901]


def test_adding_a_place_moves_the_fixed_utilities_of_no_other():
    signals, fixed = residences(), [1, 2, 6]  # persistence, trend, site level: the others are drawn or shrunk
    extreme = pd.DataFrame([signal(999, touched_month_count=12, serious_month_count=12)])
    before, after = drawn_of(signals), drawn_of(pd.concat([signals, extreme]))
    assert after.utilities[:60, fixed] == pytest.approx(before.utilities[:, fixed])


def test_worse_place_on_one_criterion_is_never_less_likely_first():
    signals = residences()
    worse = signals.assign(
        serious_month_count=np.where(signals["residence_id"] == 7, 12, signals["serious_month_count"])
    )
    before, after = ranked(signals), ranked(worse)
    assert after["score"][7] > before["score"][7]
    assert (after.loc[7, ["p_top_5", "p_top_10"]] >= before.loc[7, ["p_top_5", "p_top_10"]]).all()


def test_weights_on_one_criterion_rank_by_it_alone():
    signals = residences()
    found = ranked(signals, {Criterion.PERSISTENCE: 3})
    persistence = place_criteria(signals, Unit.RESIDENCE).set_index("place_key")["persistence"]
    assert found["score"].to_list() == pytest.approx(persistence.to_list())
    # All that had facts in every month share the first places, whatever their rows.
    is_always = persistence == 1
    assert found["p_top_10"].to_list() == pytest.approx(list(is_always * 10 / is_always.sum()))


def test_places_all_equal_share_the_first_places_and_none_is_drawn():
    found = drawn_of(pd.DataFrame([signal(at, incident_count=9, severity_index=9) for at in range(20)]))
    assert not found.draws
    chances = ranking(found, DEFAULT_WEIGHTS, rng=rng())
    assert chances["p_top_10"].to_list() == pytest.approx([0.5] * 20)
    assert set(chances["band"]) == {Band.DISCUSS}


def test_criterion_that_is_missing_is_worth_the_median_and_flagged():
    rows = [signal(at, hall_month_count=months) for at, months in enumerate([2, 4, 12, np.nan])]
    found = drawn_of(pd.DataFrame(rows))
    recurrence, gap = (found.criteria.index(name) for name in (Criterion.HALL_RECURRENCE, Criterion.COMPLAINT_GAP))
    assert found.utilities[:, recurrence] == pytest.approx([1 / 6, 1 / 3, 1, 1 / 3])
    assert found.is_missing[:, recurrence].tolist() == [False, False, False, True]
    assert found.utilities[:, gap].tolist() == [0.5] * 4  # known nowhere
    assert found.is_missing[:, gap].all()


def test_short_places_are_not_ranked_but_teach_the_others():
    short = signal(1, dwelling_count=49, reporting_dwelling_months=588, incident_count=80, severity_index=80)
    rows = [short, signal(2, incident_count=2, severity_index=2), signal(3)]
    found = drawn_of(pd.DataFrame(rows))
    assert found.place_keys.to_list() == [2, 3]
    assert len(ranking(found, DEFAULT_WEIGHTS, rng=rng())) == 2
    assert Criterion.SEVERITY in found.draws
    assert not drawn_of(pd.DataFrame(rows[1:])).draws


def test_as_many_places_as_asked_for_or_fewer_are_all_to_discuss():
    found = ranked(residences(count=10))
    assert (found["p_top_10"] == 1).all()
    assert set(found["band"]) == {Band.DISCUSS}
    assert Band.PRIORITY in set(ranked(residences(count=10), k=5)["band"])


@pytest.mark.parametrize("signals", [residences()[:0], pd.DataFrame([signal(dwelling_count=3)])])
def test_without_a_place_there_is_no_ranking(signals):
    found = ranked(signals)
    assert len(found) == 0
    assert list(found.columns) == ["score", "p_top_5", "p_top_10", "p_top_20", "band"]


def test_single_place_has_a_score_and_is_to_discuss():
    found = ranked(pd.DataFrame([signal(touched_month_count=12)]), {Criterion.PERSISTENCE: 1, Criterion.SEVERITY: 1})
    assert found["score"].to_list() == [0.5]
    assert found["band"].to_list() == [Band.DISCUSS]


def test_bands_start_at_their_limits():
    assert list(bands([0.8, 0.79, 0.2, 0.19])) == [Band.PRIORITY, Band.DISCUSS, Band.DISCUSS, Band.OTHER]


def test_halls_are_ranked_without_the_recurrence_that_repeats_their_persistence():
    rows = residences().assign(building_code="A", hall_code="1", reporting_dwelling_months=12)
    found = drawn(place_criteria(rows, Unit.HALL), Unit.HALL, rng=rng(), draws=50)
    assert Criterion.HALL_RECURRENCE not in found.criteria
    chances = ranking(found, DEFAULT_WEIGHTS, rng=rng())
    assert chances["score"].between(0, 1).all()
    assert sum(shared(DEFAULT_WEIGHTS, found.criteria)) == pytest.approx(1)


def test_intervals_of_a_few_places_are_those_of_all_ranks():
    places = drawn_of(residences())
    keys = [places.place_keys[7], places.place_keys[2]]
    found = rank_interval(places, DEFAULT_WEIGHTS, place_keys=keys, rng=rng(1))
    around = priorities.dirichlet_weights(
        shared(DEFAULT_WEIGHTS, places.criteria), concentration=priorities.CONCENTRATION, rng=rng(1), draws=500
    )
    scores = np.concatenate([block.copy() for block in score_blocks(places, around)])
    expected = rank_intervals(scores, level=0.9).loc[[7, 2], ["median_rank", "rank_low", "rank_high"]]
    assert found["place_key"].to_list() == keys
    assert found[["median_rank", "rank_low", "rank_high"]].to_numpy().tolist() == expected.to_numpy().tolist()
    chances = ranking(places, DEFAULT_WEIGHTS, rng=rng(1))["p_top_10"].to_numpy()
    assert chances == pytest.approx(top_probability(scores, [10])[:, 0])


def test_interval_is_of_ranks_that_were_reached_and_equal_places_share_theirs():
    # Two draws: the first two places are equal, then one after the other.
    steps = np.array([[STEPS, STEPS, 0], [STEPS, 0, 0]], dtype=np.uint16)
    places = Drawn(
        place_keys=pd.Index([1, 2, 3]),
        criteria=(Criterion.SEVERITY,),
        utilities=np.full((3, 1), 0.5),
        is_missing=np.zeros((3, 1), dtype=bool),
        draws={Criterion.SEVERITY: steps},
        draw_count=2,
    )
    found = rank_interval(places, SEVERITY_ALONE, place_keys=[1, 2, 3], rng=rng())
    ranks = found[["median_rank", "rank_low", "rank_high"]].to_numpy().tolist()
    assert ranks == [[1, 1, 1.5], [1.5, 1.5, 2.5], [2.5, 2.5, 3]]


def test_interval_of_a_place_that_is_not_ranked_is_refused():
    with pytest.raises(KeyError):
        rank_interval(drawn_of(residences()), DEFAULT_WEIGHTS, place_keys=[-1], rng=rng())


@pytest.mark.parametrize("weights", [{}, {Criterion.TREND: 0.0}, {Criterion.TREND: -1.0, Criterion.STAFF: 2.0}])
def test_weights_that_choose_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="not all zero"):
        ranking(drawn_of(residences()), weights, rng=rng())
