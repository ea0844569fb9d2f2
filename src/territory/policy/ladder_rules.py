"""The arithmetic of the ladder: places under the caps, grades and steps after the ranking, who goes and who leads.

The simulated year and the assessment desk call the same functions. S holders.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from territory.domain.policy_rules import GRADES
from territory.policy.model import MOST_STEPS
from territory.units import BoolArray, FloatArray, IntArray

NO_STEP_SHARE = 0.10


def places_of(caps: tuple[float, float, float], number: int) -> IntArray:
    """
    Places per grade, shape (3,).

    Notes
    -----
    The caps times the number ranked, rounded by largest remainder (higher grade first on a tie).
    """
    quota = np.array(caps) * number
    places = np.floor(quota + 1e-9).astype(np.int64)
    order = sorted(range(len(GRADES)), key=lambda grade: (-(quota[grade] - places[grade]), -grade))
    for grade in order[: number - int(places.sum())]:
        places[grade] += 1
    return places


def grades_after_ranking(
    *, score: FloatArray, is_ranked: BoolArray, caps: tuple[float, float, float], tie: IntArray
) -> IntArray:
    """Grade of everyone ranked after the yearly step, -1 for others: the best get the highest grade, up to its cap."""
    places = places_of(caps, int(is_ranked.sum()))
    best_first = [slot for slot in np.lexsort((tie, -score)).tolist() if is_ranked[slot]]
    after = np.full(len(score), -1, dtype=np.int64)
    after[best_first] = np.repeat(np.arange(len(GRADES))[::-1], places[::-1])
    return after


def place_shares(score: FloatArray, is_ranked: BoolArray) -> FloatArray:
    """Where everyone ranked stands, from 0 (last) to 1 (first), the middle of the own place; 0 for others."""
    share = np.zeros(len(score))
    if is_ranked.any():
        share[is_ranked] = (rankdata(score[is_ranked]) - 0.5) / float(is_ranked.sum())
    return share


def steps_after_ranking(
    *, step: IntArray, score: FloatArray, is_ranked: BoolArray, moved: BoolArray, jump_share: float
) -> IntArray:
    """
    Steps after the year: two up for the best, one up for most, none for the last tenth; the first in a new grade.

    Parameters
    ----------
    moved
        Who changes grade this year, and so does not move inside one, shape (S,).
    """
    share = place_shares(score, is_ranked)
    up = 1 + (share > 1.0 - jump_share).astype(np.int64) - (share <= NO_STEP_SHARE).astype(np.int64)
    after = np.minimum(MOST_STEPS, step + up * is_ranked)
    return np.where(moved, 1, after)


def standing(*, annual: FloatArray, tenure_months: FloatArray, ranked: BoolArray, merit: float) -> FloatArray:
    """What the ranking goes by, shape (S,): place by score and by seniority, as meritocratic as `merit` (0 to 1)."""
    if merit == 1.0 or not ranked.any():
        return annual
    found = np.zeros_like(annual)
    by_score, by_tenure = rankdata(annual[ranked]), rankdata(tenure_months[ranked])
    found[ranked] = (merit * by_score + (1.0 - merit) * by_tenure) / float(ranked.sum())
    return found


def share_of(share: FloatArray, covered: BoolArray) -> int:
    """How many of those covered a share means, rounded down; the share is the largest among the slots."""
    return int(np.floor(share.max(initial=0.0) * covered.sum() + 1e-9))


def lowest(annual: FloatArray, *, among: BoolArray, number: int, tie: IntArray) -> BoolArray:
    """The `number` lowest scores, shape (S,)."""
    return _first(np.lexsort((tie, annual)), among, number)


def highest(annual: FloatArray, *, among: BoolArray, number: int, tie: IntArray) -> BoolArray:
    """The `number` highest scores, shape (S,)."""
    return _first(np.lexsort((tie, -annual)), among, number)


def _first(order: IntArray, among: BoolArray, number: int) -> BoolArray:
    chosen = np.zeros(len(among), dtype=np.bool_)
    chosen[[slot for slot in order.tolist() if among[slot]][:number]] = True
    return chosen
