"""Which places come first together, and how surely; see docs/methods/priorites.md."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaincc

from lib.analysis.acceptability import acceptability, dirichlet_weights, normalised
from lib.analysis.criteria import (
    GOALPOSTS,
    Criterion,
    Goalposts,
    Unit,
    goalpost_scale,
    severity_prior,
    staff_prior,
    yearly_exposure,
)

CONCENTRATION = 30.0  # METHODS §6: 20 to 50; a weight of 0.30 then varies by 0.08 around itself
KS = (5, 10, 20)
PRIORITY_CHANCE, DISCUSSED_CHANCE = 0.8, 0.2
NEUTRAL = 0.5  # utility of a criterion of which nothing is known anywhere
STEPS = 65_535  # utilities drawn are kept as whole numbers of steps: two bytes each
CELLS_AT_ONCE = 250_000  # scores held together: 1 MB, that the processor keeps at hand


class Band(StrEnum):
    """What may be said of a place: probably among the first, perhaps, probably not."""

    PRIORITY = "priority"
    DISCUSS = "discuss"
    OTHER = "other"


@dataclass(frozen=True)
class Drawn:
    """Utilities of the places ranked: what is expected of each, and draws of those that are uncertain.

    Attributes:
        place_keys: Of the places ranked, those that are not short, in the order of the criteria.
        criteria: Those of the unit, in the order of ``GOALPOSTS``.
        utilities: Places × criteria, 0-1, what is expected over the draws (exact); a missing one is the median.
        is_missing: Places × criteria, whether the utility is the median for want of a value.
        draws: Draws × places of the criteria that are uncertain, in steps of 1/65,535; the others do not vary.
        draw_count: Number of draws.
    """

    place_keys: pd.Index
    criteria: tuple[Criterion, ...]
    utilities: NDArray[np.float64]
    is_missing: NDArray[np.bool_]
    draws: Mapping[Criterion, NDArray[np.uint16]]
    draw_count: int


def drawn(criteria: pd.DataFrame, unit: Unit, *, rng: np.random.Generator, draws: int = 2000) -> Drawn:
    """Utilities of the places that are not short, with draws of severity and facts against staff from their posteriors.

    Where nothing shows that places differ all have the same utility, and none is drawn.

    Args:
        criteria: Of ``place_criteria``, short places included: what all teach of each other is learnt again.
        unit: The one of ``criteria``.
        rng: Source of the draws.
        draws: How many; two bytes each per place and criterion.
    """
    places, goalposts = criteria[~criteria["is_short"]], GOALPOSTS[unit]
    scaled = pd.DataFrame(
        {name: goalpost_scale(places[name.value], low=ends.low, high=ends.high) for name, ends in goalposts.items()}
    )
    kept = {}
    for name, (shape, rate) in _posteriors(criteria, unit).items():
        scaled[name] = _expected(shape, rate, goalposts[name])
        kept[name] = _steps(shape, rate, goalposts[name], rng=rng, draws=draws)
    return Drawn(
        place_keys=pd.Index(places["place_key"]),
        criteria=tuple(goalposts),
        utilities=scaled.fillna(scaled.median()).fillna(NEUTRAL).to_numpy(),
        is_missing=scaled.isna().to_numpy(),
        draws=kept,
        draw_count=draws,
    )


def ranking(
    places: Drawn,
    weights: Mapping[Criterion, float],
    *,
    rng: np.random.Generator,
    concentration: float = CONCENTRATION,
    ks: Sequence[int] = KS,
    k: int = 10,
) -> pd.DataFrame:
    """Score of each place and its probability to be among the first, utilities and weights being uncertain.

    Args:
        places: Of ``drawn``.
        weights: Of the committee, by criterion; any sum, those absent are 0, those that the unit does not have ignored.
        rng: Source of the weights drawn; the same seed gives comparable rankings from one setting to the next.
        concentration: Of the weights drawn around those given (``dirichlet_weights``).
        ks: Numbers of first places of which the probability is wanted.
        k: The one that makes the bands; added to ``ks``.

    Returns:
        One row per place in the order of ``places``: place_key, score (utilities expected × weights, 0-1), a column
        ``p_top_{k}`` per number, band. When there are no more than ``k`` places, none stands out: all are to discuss.

    Raises:
        ValueError: If no weight is positive, or one is negative.
    """
    tried = sorted({*ks, k})
    shares = shared(weights, places.criteria)
    around = dirichlet_weights(shares, concentration=concentration, rng=rng, draws=places.draw_count)
    chances = acceptability(score_blocks(places, around), tried)
    found = pd.DataFrame(chances, columns=[f"p_top_{first}" for first in tried])
    found.insert(0, "place_key", places.place_keys)
    found.insert(1, "score", (places.utilities * shares).sum(axis=1))
    return found.assign(band=bands(found[f"p_top_{k}"], is_open=len(found) <= k))


def bands(probability: ArrayLike, *, is_open: bool = False) -> NDArray[np.object_]:
    """Band of each probability to be among the first: 0.8 and more, 0.2 and more, less; to discuss when ``is_open``."""
    chances = np.asarray(probability, dtype=float)
    is_discussed = (chances >= DISCUSSED_CHANCE) | is_open
    is_first = (chances >= PRIORITY_CHANCE) & (not is_open)
    return np.select([is_first, is_discussed], [Band.PRIORITY, Band.DISCUSS], Band.OTHER).astype(object)


def rank_interval(
    places: Drawn,
    weights: Mapping[Criterion, float],
    *,
    place_keys: Collection,
    rng: np.random.Generator,
    concentration: float = CONCENTRATION,
    level: float = 0.9,
) -> pd.DataFrame:
    """Interval of the rank of a few places among all.

    Args:
        places: Of ``drawn``.
        weights: As in ``ranking``.
        place_keys: The few; each costs one more reading of all scores.
        rng: As in ``ranking``: the same seed draws the same weights.
        concentration: As in ``ranking``.
        level: Coverage of the interval, between 0 and 1.

    Returns:
        One row per key, in their order: place_key, median_rank, rank_low, rank_high; ranks that were reached, shared by
        equal places.

    Raises:
        KeyError: If a place is not ranked.
    """
    positions = [places.place_keys.get_loc(key) for key in place_keys]
    shares = shared(weights, places.criteria)
    around = dirichlet_weights(shares, concentration=concentration, rng=rng, draws=places.draw_count)
    parts = [np.empty((0, len(positions)))]
    for scores in score_blocks(places, around):
        own = scores[:, positions]
        above, equal = (
            np.stack([np.count_nonzero(compare(scores, own[:, [at]]), axis=1) for at in range(len(positions))], axis=1)
            for compare in (np.greater, np.equal)
        )
        parts.append(above + (equal + 1) / 2)
    tail = (1 - level) / 2
    low, median, high = np.quantile(np.concatenate(parts), [tail, 0.5, 1 - tail], axis=0, method="inverted_cdf")
    return pd.DataFrame({"place_key": list(place_keys), "median_rank": median, "rank_low": low, "rank_high": high})


def shared(weights: Mapping[Criterion, float], criteria: Sequence[Criterion]) -> NDArray[np.float64]:
    """Weights of sum 1 of these criteria, in their order."""
    return normalised([weights.get(criterion, 0.0) for criterion in criteria])


def score_blocks(places: Drawn, weights: NDArray[np.float64]) -> Iterator[NDArray[np.float32]]:
    """Scores of the places under each draw, a few draws at a time: draws × places, overwritten by the next ones.

    Criteria are added one after the other, not by a matrix product: equal places then have equal scores, to the bit.

    Args:
        places: Of ``drawn``.
        weights: Draws × criteria.
    """
    columns = zip(places.criteria, places.utilities.T.astype(np.float32), strict=True)
    parts = [places.draws.get(name, column) for name, column in columns]
    scales = [1 / STEPS if name in places.draws else 1.0 for name in places.criteria]
    factors = (weights * scales).astype(np.float32)
    size = max(1, CELLS_AT_ONCE // max(1, len(places.place_keys)))
    scores, term = np.empty((2, size, len(places.place_keys)), dtype=np.float32)
    for start in range(0, len(factors), size):
        factor = factors[start : start + size]
        total, product = scores[: len(factor)], term[: len(factor)]
        total.fill(0)
        for position, part in enumerate(parts):
            values = part if part.ndim == 1 else part[start : start + size]
            total += np.multiply(values, factor[:, position, None], out=product)
        yield total


def _posteriors(criteria: pd.DataFrame, unit: Unit) -> dict[Criterion, tuple[NDArray, NDArray]]:
    """Shape and rate of the Gamma posterior of the places ranked, of the criteria by which places differ."""
    exposure, is_ranked = yearly_exposure(criteria, unit), ~criteria["is_short"].to_numpy()
    severity, phi = severity_prior(criteria, unit)
    counted = {
        Criterion.SEVERITY: (criteria["severity_index"], severity, phi),
        Criterion.STAFF: (criteria["staff_count"], staff_prior(criteria, unit), 1.0),
    }
    return {
        name: ((count.to_numpy() + prior.shape)[is_ranked] / phi, (exposure + prior.strength)[is_ranked] / phi)
        for name, (count, prior, phi) in counted.items()
        if not prior.is_point
    }


def _expected(shape: NDArray, rate: NDArray, ends: Goalposts) -> NDArray[np.float64]:
    """Mean utility of a Gamma law, what exceeds the goalposts being worth 0 or 1: exact."""
    low, high = (shape / rate * gammainc(shape + 1, rate * end) + end * gammaincc(shape, rate * end) for end in ends)
    return (high - low) / (ends.high - ends.low)


def _steps(
    shape: NDArray, rate: NDArray, ends: Goalposts, *, rng: np.random.Generator, draws: int
) -> NDArray[np.uint16]:
    """Utilities drawn, draws × places, in steps."""
    kept, shapes = np.empty((draws, len(shape)), dtype=np.uint16), shape.astype(np.float32)
    whole = STEPS / (ends.high - ends.low)
    slope, start_step = (whole / rate).astype(np.float32), np.float32(whole * ends.low)
    size = max(1, CELLS_AT_ONCE // max(1, len(shape)))
    for start in range(0, draws, size):
        part = kept[start : start + size]
        steps = rng.standard_gamma(shapes, size=part.shape, dtype=np.float32) * slope - start_step
        part[:] = np.rint(np.clip(steps, 0, STEPS))
    return kept
