"""Splits, routes and policies together: what each adds, and what they add to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from territory.domain.policy_rules import PolicyRules
from territory.lab import Comparison, Estimate
from territory.lab.compare import compare_arms
from territory.lab.estimates import ROUNDING, estimate, verdict
from territory.lab.replicate import Arm
from territory.language import Text
from territory.pipeline.grounds import ROUTE_WORDS, SPLIT_WORDS, Ground
from territory.pipeline.stages import Bench
from territory.report.combination_view import Kind
from territory.units import FloatArray

_ALL = Text("all three with {name}", "三者合计({name})")
_BEYOND = Text("of which beyond the sum", "其中超出之和")
_HELP = Text("they help each other", "相互促进")
_HINDER = Text("they get in each other's way", "相互抵消")


@dataclass(frozen=True, kw_only=True, eq=False)
class Effect:
    """
    A contrast of combinations, replication by replication.

    Attributes
    ----------
    weights
        By position of the combination; they add up to 0.
    """

    name: str
    label: Text
    kind: Kind
    weights: Mapping[int, int]

    def values(self, table: FloatArray) -> FloatArray:
        """
        The contrast in every replication, shape (replications,).

        Parameters
        ----------
        table
            One measure, shape (replications, combinations).
        """
        found = np.zeros(len(table))
        for position, weight in self.weights.items():
            found = found + weight * table[:, position]
        size = np.abs(table[:, list(self.weights)]).max(axis=1)
        return np.where(np.abs(found) <= len(self.weights) * ROUNDING * size, 0.0, found)


@dataclass(frozen=True, kw_only=True, eq=False)
class Combination:
    """
    Every ground under every policy, on common random numbers.

    Attributes
    ----------
    comparison
        Of all combinations, ground by ground and within them policy by policy; the first is today's.
    effects
        What each change adds alone, what they add together, and what is beyond the sum.
    """

    grounds: tuple[Ground, ...]
    policies: Mapping[str, PolicyRules]
    comparison: Comparison
    effects: tuple[Effect, ...]

    def estimate(self, effect: Effect, measure: str) -> Estimate:
        """Mean of an effect on a measure; intervals for all effects at once."""
        values = effect.values(self.comparison.of_measure(measure))
        return estimate(values, together=max(1, len(self.effects)))

    def reading(self, effect: Effect, measure: str) -> Text:
        """What an effect on a measure shows, in words."""
        direction = self.comparison.row(measure).direction
        said = verdict(self.estimate(effect, measure), direction=direction, together=max(1, len(self.effects)))
        if effect.kind == "beyond":
            return {"better": _HELP, "worse": _HINDER}.get(said.en, said)
        return said


def compare_grounds(
    grounds: Sequence[Ground], policies: Mapping[str, PolicyRules], *, replications: int, bench: Bench
) -> Combination:
    """
    All combinations in the same replications.

    Raises
    ------
    ConfigError
        When there is no policy, fewer than 2 replications, or grounds that cannot stand beside each other.
    CancelledError
        When cancelled; finished replications are in the journal.
    """
    arms = {
        f"{ground.split}/{ground.routes}/{name}": Arm(problem=ground.problem, policy=rules)
        for ground in grounds
        for name, rules in policies.items()
    }
    comparison = compare_arms(
        arms,
        replications=replications,
        seed=bench.seed,
        executor=bench.executor,
        journal=bench.journal,
        progress=bench.progress,
        cancel=bench.cancel,
    )
    return Combination(
        grounds=tuple(grounds),
        policies=policies,
        comparison=comparison,
        effects=effects_of(grounds, list(policies)),
    )


def effects_of(grounds: Sequence[Ground], policies: Sequence[str]) -> tuple[Effect, ...]:
    """
    The contrasts, all against the first ground under the first policy.

    Notes
    -----
    With y(s, r, p) a measure on split s with routes r under policy p, and 0 for today: the split alone is
    y(1, 0, 0) - y(0, 0, 0), and so on; all three together y(1, 1, p) - y(0, 0, 0); beyond the sum is what is left of
    that after each alone. Alone and beyond add up to together, replication by replication.
    """
    first = (grounds[0].split, grounds[0].routes)
    place = {(ground.split, ground.routes): at for at, ground in enumerate(grounds)}
    width = len(policies)
    other_split = next((ground.split for ground in grounds if ground.split != first[0]), None)
    other_routes = next((ground.routes for ground in grounds if ground.routes != first[1]), None)

    def arm(split: str, routes: str, policy: int) -> int:
        return place[split, routes] * width + policy  # type: ignore[index]

    alone: list[Effect] = []
    if other_split is not None:
        alone.append(_alone("split", SPLIT_WORDS[other_split], arm(other_split, first[1], 0)))
    if other_routes is not None:
        alone.append(_alone("routes", ROUTE_WORDS[other_routes], arm(first[0], other_routes, 0)))
    of_ground = list(alone)
    of_policy = [_alone(name, Text(name, name), at) for at, name in enumerate(policies) if at > 0]
    last_split, last_routes = other_split or first[0], other_routes or first[1]
    together: list[Effect] = []
    if len(of_ground) == 2:
        words = Text("split and routes together", "划分与线路合计")
        together += _joined("split+routes", words, arm(last_split, last_routes, 0), of_ground)
    if of_ground:
        for at, effect in enumerate(of_policy, start=1):
            words = _together_words(of_ground, effect)
            name = "+".join([*(part.name for part in of_ground), effect.name])
            together += _joined(name, words, arm(last_split, last_routes, at), [*of_ground, effect])
    return (*alone, *of_policy, *together)


def _alone(name: str, label: Text, position: int) -> Effect:
    return Effect(name=name, label=label, kind="alone", weights={position: 1, 0: -1})


def _together_words(of_ground: Sequence[Effect], policy: Effect) -> Text:
    if len(of_ground) == 2:
        return Text(_ALL.en.format(name=policy.name), _ALL.zh.format(name=policy.name))
    with_ = of_ground[0].label
    return Text(f"{with_.en} with {policy.name}", f"{with_.zh}与 {policy.name}")


def _joined(name: str, label: Text, position: int, parts: Sequence[Effect]) -> list[Effect]:
    """The sum of several changes made at once, and what is beyond the sum of them alone."""
    beyond: dict[int, int] = {position: 1, 0: len(parts) - 1}
    for part in parts:
        at = next(place for place, weight in part.weights.items() if weight == 1)
        beyond[at] = beyond.get(at, 0) - 1
    return [
        Effect(name=name, label=label, kind="together", weights={position: 1, 0: -1}),
        Effect(name=f"{name}:beyond", label=_BEYOND, kind="beyond", weights=beyond),
    ]
