"""Selection with a guarantee: policies drop out as replications come in, until one is left (Kim and Nelson's KN)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from territory.errors import ConfigError
from territory.lab.estimates import CONFIDENCE, FEWEST_FOR_A_VERDICT
from territory.language import Text
from territory.units import FloatArray

Sample = Callable[[tuple[int, ...], range], FloatArray]
"""Numbers of these alternatives in these replications, larger is better, shape (replications, alternatives)."""
BATCH = 5


@dataclass(frozen=True, kw_only=True)
class Elimination:
    """An alternative dropped out: after how many replications, and which survivor had outrun it the most."""

    position: int
    replications: int
    outrun_by: int


@dataclass(frozen=True, kw_only=True)
class Survivors:
    """
    What the procedure came to, alternatives by position.

    Attributes
    ----------
    status
        "selected": one is left. "undecided": the allowed replications ran out first; the guarantee does not hold.
    survivors
        Who is left, the largest mean first.
    eliminations
        In order of dropping out.
    replications
        Replications until the end.
    used
        Replications of each alternative that the procedure looked at.
    means
        Means over the replications looked at, one per alternative.
    indifference
        The smallest difference worth telling apart.
    """

    status: Literal["selected", "undecided"]
    survivors: tuple[int, ...]
    eliminations: tuple[Elimination, ...]
    replications: int
    used: tuple[int, ...]
    means: tuple[float, ...]
    indifference: float


def keep_the_best(
    sample: Sample,
    alternatives: int,
    *,
    indifference: Callable[[FloatArray], float],
    most: int,
    first: int = FEWEST_FOR_A_VERDICT,
    batch: int = BATCH,
    confidence: float = CONFIDENCE,
) -> Survivors:
    """
    Sample all alternatives and drop those that have fallen too far behind, until one is left.

    Parameters
    ----------
    sample
        Asked only for alternatives that are still in.
    indifference
        The smallest difference worth telling apart, from the first replications (replications, alternatives).
    most
        Replications at most.
    first
        Replications before the first elimination; the variances of differences are estimated from them.
    batch
        Replications asked for at one time. It changes how the work is cut, never the answer.
    confidence
        With at least this probability the selected alternative is the best, if the best is ahead by `indifference`;
        otherwise one that is less than `indifference` behind.

    Notes
    -----
    (1) eta = ((2 alpha / (k - 1))^(-2 / (n0 - 1)) - 1) / 2, h2 = 2 eta (n0 - 1), alpha = 1 - confidence.
    (2) i drops out after r replications when another one still in has a mean larger by more than
    max(0, delta / (2 r) (h2 S_ij^2 / delta^2 - r)).
    Valid for normal replications, matched or not; matched ones end sooner, for S_ij is smaller.

    References
    ----------
    Kim-Nelson
    """
    if first < 2 or most < first or alternatives < 2:
        raise ValueError(f"first = {first}, most = {most}, alternatives = {alternatives}: at least 2, first and 2")
    opening = sample(tuple(range(alternatives)), range(first))
    delta = indifference(opening)
    race = _Race.start(opening, delta=delta, confidence=confidence)
    race.drop()
    while len(race.left) > 1 and race.done < most:
        frm, entered = race.done, tuple(race.left)
        fresh = sample(entered, range(frm, min(most, frm + batch)))
        for row in fresh:
            race.take(dict(zip(entered, row, strict=True)))
            race.drop()
            if len(race.left) == 1:
                break
    return race.outcome()


class _Race:
    """Running sums of the alternatives that are in, and who has dropped out."""

    def __init__(self, *, totals: FloatArray, done: int, allowed: FloatArray, delta: float) -> None:
        self.totals, self.done, self.delta = totals, done, delta
        self.allowed = allowed  # h2 S_ij^2 / delta
        self.left = list(range(len(totals)))
        self.used = np.full(len(totals), done)
        self.out: list[Elimination] = []

    @classmethod
    def start(cls, opening: FloatArray, *, delta: float, confidence: float) -> _Race:
        if not delta > 0:
            raise ConfigError(
                Text(f"indifference {delta:g}: give a positive difference", f"无差异区间 {delta:g}:须为正数")
            )
        first, k = opening.shape
        eta = 0.5 * ((2 * (1 - confidence) / (k - 1)) ** (-2 / (first - 1)) - 1)
        h2 = 2 * eta * (first - 1)
        variance = (opening[:, :, None] - opening[:, None, :]).var(axis=0, ddof=1)
        return cls(totals=opening.sum(axis=0), done=first, allowed=h2 * variance / delta, delta=delta)

    def take(self, row: dict[int, float]) -> None:
        """One more replication of everybody who is in."""
        self.done += 1
        for position in self.left:
            self.totals[position] += row[position]
            self.used[position] = self.done

    def drop(self) -> None:
        """(2): everybody outrun by somebody who was in at the same time."""
        left = np.array(self.left)
        ahead = self.totals[left][None, :] - self.totals[left][:, None]
        room = np.maximum(0.0, (self.allowed[np.ix_(left, left)] - self.delta * self.done) / 2)
        excess = ahead - room
        np.fill_diagonal(excess, -np.inf)
        is_out = (excess > 0).any(axis=1)
        if not is_out.any() and not room[~np.eye(len(left), dtype=bool)].any():
            is_out = np.arange(len(left)) != int(np.argmax(self.totals[left]))  # equal to the last bit: the first stays
        for place in np.flatnonzero(is_out):
            leader = int(left[int(np.argmax(excess[place]))])
            self.out.append(Elimination(position=int(left[place]), replications=self.done, outrun_by=leader))
        self.left = [int(position) for position in left[~is_out]]

    def outcome(self) -> Survivors:
        means = self.totals / self.used
        ordered = sorted(self.left, key=lambda position: (-means[position], position))
        return Survivors(
            status="selected" if len(ordered) == 1 else "undecided",
            survivors=tuple(ordered),
            eliminations=tuple(self.out),
            replications=self.done,
            used=tuple(int(number) for number in self.used),
            means=tuple(float(mean) for mean in means),
            indifference=self.delta,
        )
