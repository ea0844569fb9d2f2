"""Large neighbourhood search: a few territories that lie together are divided anew, everything else stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from territory.split._annealing import Budget, Found, Heat, annealed, breach_of, cost_of
from territory.split._instance import Instance
from territory.split._part import Part
from territory.units import IntArray

_HEATS = (0.1, 0.25, 0.6, 1.4, 3.0)
_SIZES = (2, 3, 4)
_URGENT_SHARE = 0.7
_STEPS_PER_UNIT = 5_000
_MOST_STEPS = 4_000_000


def resplit(part: Part, heat: float, budget: Budget, rng: np.random.Generator) -> Found | None:
    """The part divided better than it is, or None."""
    before = Found(
        label=part.label, cost=cost_of(part.instance, part.label), breach=breach_of(part.instance, part.label)
    )
    found = annealed(part.instance, part.label, Heat(hot=heat), budget, rng)
    if before.breach > 0 and found.breach > 0:
        found = replace(found, cost=cost_of(part.instance, found.label))
    return found if found.is_better_than(before) else None


def steps_for(part: Part) -> int:
    """Moves that dividing a part anew is worth."""
    return min(_MOST_STEPS, _STEPS_PER_UNIT * len(part.units))


class Chooser:
    """Chooses which territories to divide anew and how hot; what paid off lately is chosen more often."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._won = np.ones((len(_SIZES), len(_HEATS)))
        self._tried = np.ones((len(_SIZES), len(_HEATS)))

    def arm(self) -> tuple[int, int]:
        """Positions of a size and a heat."""
        weight = (self._won / self._tried).ravel()
        drawn = int(self._rng.choice(len(weight), p=weight / weight.sum()))
        return drawn // len(_HEATS), drawn % len(_HEATS)

    def heat(self, arm: tuple[int, int]) -> float:
        """The arm's heat, a little blurred."""
        return float(_HEATS[arm[1]] * np.exp(self._rng.uniform(-0.3, 0.3)))

    def territories(
        self, arm: tuple[int, int], beside: list[list[int]], taken: frozenset[int], broken: IntArray
    ) -> IntArray | None:
        """
        Territories that lie together, none of them taken; None when there are too few.

        Mostly around one of the `broken` ones, when there are any.
        """
        free = [t for t in range(len(beside)) if t not in taken]
        if len(free) < 2:
            return None
        urgent = [t for t in broken.tolist() if t not in taken]
        if urgent and self._rng.random() < _URGENT_SHARE:
            free = urgent
        chosen = [free[int(self._rng.integers(len(free)))]]
        while len(chosen) < _SIZES[arm[0]]:
            around = sorted({t for c in chosen for t in beside[c]} - set(chosen) - taken)
            if not around:
                break
            chosen.append(around[int(self._rng.integers(len(around)))])
        return np.array(sorted(chosen), dtype=np.int64) if len(chosen) > 1 else None

    def learn(self, arm: tuple[int, int], *, is_better: bool) -> None:
        """Remember how it went; old experience fades."""
        self._tried[arm] = 0.95 * self._tried[arm] + 1.0
        self._won[arm] = 0.95 * self._won[arm] + (1.0 if is_better else 0.02)


def beside(instance: Instance, label: IntArray) -> list[list[int]]:
    """Neighbouring territories of each territory, ascending."""
    k = instance.num_territories
    row = np.repeat(np.arange(instance.num_units), np.diff(instance.graph.indptr))
    a, b = label[row], label[instance.graph.indices]
    pairs = np.unique(a[a != b] * k + b[a != b])
    found: list[list[int]] = [[] for _ in range(k)]
    for pair in pairs.tolist():
        found[pair // k].append(pair % k)
    return found


def out_of_band(instance: Instance, label: IntArray) -> IntArray:
    """Territories whose load lies outside its band by more than rounding, ascending."""
    load = np.zeros_like(instance.target)
    np.add.at(load, label, instance.amount)
    slack = 1e-9 * instance.target
    wrong = (load > instance.upper + slack) | (load < instance.lower - slack)
    return np.flatnonzero(wrong.any(axis=1))
