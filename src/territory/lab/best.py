"""Which policy is best, and how sure that is: multiple comparisons with the best, and its probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats

from territory.lab.estimates import CONFIDENCE, FEWEST_FOR_A_VERDICT, ROUNDING, paired
from territory.language import Text
from territory.measure import Direction
from territory.streams import Streams
from territory.units import FloatArray

POSSIBLE_WORLDS = 5000


@dataclass(frozen=True, kw_only=True)
class BestEntry:
    """
    One policy against the best of the others, on one measure.

    Attributes
    ----------
    probability
        That this policy has the best mean, given the replications; policies that are the same share it.
    low, high
        Interval for the policy's mean less the best of the other means, in the direction that is better: positive
        is an advantage. All policies' intervals hold at once (95 %). 0 at the upper end: it cannot be best.
    may_be_best
        False when the interval excludes that the policy is best.
    """

    policy: str
    probability: float
    low: float
    high: float
    may_be_best: bool


@dataclass(frozen=True, kw_only=True)
class Best:
    """
    What is known about which policy is best.

    Attributes
    ----------
    entries
        One per policy, in their order.
    policy
        The policy that is best with 95 % confidence; None while more than one may be.
    said
        The same in words.
    """

    entries: tuple[BestEntry, ...]
    policy: str | None
    said: Text


def best(policies: Sequence[str], values: FloatArray, *, direction: Direction, seed: int) -> Best | None:
    """
    Which policy has the best mean.

    Parameters
    ----------
    values
        Matched replications, shape (replications, policies).
    seed
        Address of the draws behind the probability.

    Returns
    -------
    Best or None
        None where there is nothing to rank: one policy, one replication, or a measure without a better direction.
    """
    if direction == "none" or len(policies) < 2 or len(values) < 2:
        return None
    gains = paired(values, values[:, :1]) * (1.0 if direction == "up" else -1.0)
    probability = probability_of_being_best(gains, seed=seed)
    low, high = comparisons_with_the_best(gains)
    entries = tuple(
        BestEntry(
            policy=name,
            probability=float(probability[i]),
            low=float(low[i]),
            high=float(high[i]),
            may_be_best=bool(high[i] > 0 or (high[i] == 0 and low[i] == 0)),
        )
        for i, name in enumerate(policies)
    )
    possible = [entry.policy for entry in entries if entry.may_be_best]
    certain = possible[0] if len(possible) == 1 and len(values) >= FEWEST_FOR_A_VERDICT else None
    return Best(entries=entries, policy=certain, said=_said(possible, certain, len(values)))


def _said(possible: Sequence[str], certain: str | None, replications: int) -> Text:
    if replications < FEWEST_FOR_A_VERDICT:
        return Text(
            f"no verdict: {replications} replications, at least {FEWEST_FOR_A_VERDICT} needed",
            f"不下结论:仅 {replications} 次重复,至少需要 {FEWEST_FOR_A_VERDICT} 次",
        )
    if certain is not None:
        return Text(f"{certain} is best", f"{certain} 最优")
    return Text(f"any of these may be best: {', '.join(possible)}", f"以下政策均可能最优:{'、'.join(possible)}")


def comparisons_with_the_best(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Intervals for every mean less the largest of the others, shape (policies,) each; they hold at once (95 %).

    Parameters
    ----------
    values
        Matched replications, larger is better, shape (replications, policies), at least 2 of each.

    Notes
    -----
    Hsu's constrained intervals with W_ij, the half-width of the one-sided t interval of the paired difference of i
    and j, Bonferroni over the other policies. Upper ends are max(0, min over j of (mean_i - mean_j + W_ij)), lower
    ends min(0, min over j of (mean_i - mean_j - W_ij)), and 0 where only i has an upper end above 0. Hsu takes the
    lower minimum over policies that may be best; the others never attain it here, for W obeys the triangle
    inequality. The intervals hold whenever the true best's differences to all others do, whatever the correlation
    between policies, and so under common random numbers.

    References
    ----------
    Hsu, Nelson-Matejcik
    """
    n, k = values.shape
    means = values.mean(axis=0)
    ahead = means[:, None] - means[None, :]
    differences = values[:, :, None] - values[:, None, :]
    sd = differences.std(axis=0, ddof=1)
    sd = np.where(sd <= ROUNDING * np.abs(values).max(), 0.0, sd)
    width = float(stats.t.ppf(1 - (1 - CONFIDENCE) / (k - 1), n - 1)) * sd / np.sqrt(n)
    others = ~np.eye(k, dtype=bool)
    least = np.where(others, ahead + width, np.inf).min(axis=1)
    behind = np.where(others, ahead - width, np.inf).min(axis=1)
    may_be_best = least >= 0
    is_alone = may_be_best & (may_be_best.sum() == 1)
    low = np.where(is_alone, 0.0, np.minimum(0.0, behind)) + 0.0  # no minus zero
    return np.asarray(low, dtype=np.float64), np.asarray(np.maximum(0.0, least), dtype=np.float64)


def probability_of_being_best(values: FloatArray, *, seed: int) -> FloatArray:
    """
    For every policy the probability that its mean is the largest, shape (policies,); equal policies share it.

    Parameters
    ----------
    values
        Matched replications, larger is better, shape (replications, policies).

    Notes
    -----
    Normal theory with a flat prior: the means are multivariate t around their estimates with the estimated
    covariance, n - 1 degrees of freedom. A world is drawn by weighting the replications' deviations with standard
    normal numbers, the same for all policies, so that what is compared beside a policy does not shift its draws. For
    two policies it is one less the one-sided p value of the paired t test.
    """
    weights, stretch = _possible_worlds(seed, len(values))
    columns = [np.ascontiguousarray(column) for column in values.T]  # one by one: alike policies must tie exactly
    worlds = np.stack([_world_means(column, weights, stretch) for column in columns], axis=1)
    is_top = worlds == worlds.max(axis=1, keepdims=True)
    return np.asarray((is_top / is_top.sum(axis=1, keepdims=True)).mean(axis=0), dtype=np.float64)


@lru_cache(maxsize=2)
def _possible_worlds(seed: int, n: int) -> tuple[FloatArray, FloatArray]:
    """Weights of the deviations, shape (worlds, n), and what turns them into errors of a mean, shape (worlds,)."""
    rng = Streams(seed).rng("lab.best")
    weights = rng.standard_normal((POSSIBLE_WORLDS, n))
    stretch = np.sqrt((n - 1) / rng.chisquare(n - 1, POSSIBLE_WORLDS)) / np.sqrt(n * (n - 1))
    return weights, stretch


def _world_means(values: FloatArray, weights: FloatArray, stretch: FloatArray) -> FloatArray:
    """One policy's mean in every world, shape (worlds,)."""
    mean = float(values.mean())
    return np.asarray(mean + stretch * np.einsum("wn,n->w", weights, values - mean), dtype=np.float64)
