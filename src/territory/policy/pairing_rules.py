"""The arithmetic of mentoring: how many pairs, who may teach whom, and when a pair has reached its target.

The simulated year and the assessment desk call the same functions. S holders.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from territory.units import BoolArray, FloatArray, IntArray

MOST_SHARE = 0.5

Pair = tuple[int, int]


def pairs_wanted(share: float, *, positions: int, running: int) -> int:
    """New pairs that bring the running ones up to a share of all positions, rounded half up; may be negative."""
    return int(np.floor(min(MOST_SHARE, share) * positions + 0.5)) - running


def strong_with_weak(
    key: FloatArray, *, free: BoolArray, taught: BoolArray, number: int, tie: IntArray, teams: IntArray | None = None
) -> list[Pair]:
    """
    (mentor, mentee): the best free one with the worst of those who may be taught, and so on inwards.

    Parameters
    ----------
    key
        What is strong and weak, shape (S,): last month's score.
    teams
        Given: a pair is of one team.
    """
    best_first = [slot for slot in np.lexsort((tie, -key)).tolist() if free[slot]]
    place = {slot: position for position, slot in enumerate(best_first)}
    left = set(best_first)
    pairs: list[Pair] = []
    for mentee in [slot for slot in reversed(best_first) if taught[slot]]:
        if len(pairs) == number or mentee not in left:
            continue
        mentor = next(
            (
                slot
                for slot in best_first
                if slot in left and place[slot] < place[mentee] and (teams is None or teams[slot] == teams[mentee])
            ),
            None,
        )
        if mentor is not None:
            left -= {mentor, mentee}
            pairs.append((mentor, mentee))
    return pairs


def halves(
    level: FloatArray, *, free: BoolArray, taught: BoolArray, number: int, tie: IntArray
) -> tuple[IntArray, IntArray]:
    """The weakest of the weaker half who may be taught, at most `number`, and all of the stronger half."""
    slots = np.lexsort((tie, level))
    slots = slots[free[slots]]
    half = len(slots) // 2
    weak, strong = slots[:half], slots[half:]
    return weak[taught[weak]][:number], strong


def largest_gaps(weak: FloatArray, strong: FloatArray) -> FloatArray:
    """By how much the strong lead on the one item where they lead most, shape (weak, strong); rows are people."""
    gaps = np.full((len(weak), len(strong)), -np.inf)
    for best, own in zip(strong.T, weak.T, strict=True):
        np.maximum(gaps, best[None, :] - own[:, None], out=gaps)
    return gaps


def matched(worth: FloatArray) -> list[tuple[int, int]]:
    """(row, column) pairs whose worth (rows by columns) adds up to the most there can be."""
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


def has_reached_target(*, score: float, score_at_start: float, target_gain: float) -> bool:
    """The verdict on a pair: the mentee's score exceeds the one at the start by the target."""
    return score - score_at_start >= target_gain


def goes_on(*, has_reached: bool, renewals: int, max_renewals: int) -> bool:
    """A pair that missed its target continues for another month, as often as the lever allows."""
    return not has_reached and renewals < max_renewals
