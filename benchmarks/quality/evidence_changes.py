"""Statistics that compare the arms of a study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from benchmarks.quality.evidence_facts import EVERYBODY, FactName, Group, Ranking, places, ranking
from benchmarks.quality.evidence_statistic import Arms, Months, Per, Statistic, part_of, ratio, relative
from territory.units import FloatArray


class _TwoArms(Statistic):
    arm: str
    against: str
    fact: FactName = "true_sales"
    months: Months
    per: Per = "slot"

    def _four(self, arms: Arms, months: Sequence[int], group: Group, fact: FactName | None = None) -> list[float]:
        members = group.members(arms[self.against])
        name = fact or self.fact
        return [x for arm in (self.arm, self.against) for x in part_of(arms[arm], name, months, members, self.per)]


class RelativeChange(_TwoArms):
    """Mean of a fact in `arm` over that in `against`, less 1."""

    group: Group = EVERYBODY

    def moments(self, arms: Arms) -> FloatArray:
        """Total and weight in both arms."""
        return np.array(self._four(arms, self.months, self.group))

    def value(self, moments: FloatArray) -> float:
        """Relative change."""
        return relative(moments)


class ChangeOfSpread(Statistic):
    """Spread between reps (standard deviation of their means over the months) in `arm` over `against`, less 1."""

    arm: str
    against: str
    fact: FactName = "true_sales"
    months: Months
    logarithms: bool = False
    group: Group = EVERYBODY

    def moments(self, arms: Arms) -> FloatArray:
        """Variance between members in both arms."""
        members = self.group.members(arms[self.against])
        found = []
        for arm in (self.arm, self.against):
            means = arms[arm].fact(self.fact)[np.array(self.months) - 1][:, members].mean(axis=0)
            found.append(np.log(means[means > 0]).var() if self.logarithms else means.var())
        return np.array(found)

    def value(self, moments: FloatArray) -> float:
        """Relative change of the standard deviation."""
        return float(np.sqrt(ratio(moments[0], moments[1]))) - 1


class DifferenceOfChanges(_TwoArms):
    """Relative change in `group` less relative change in `other_group`."""

    group: Group
    other_group: Group

    def moments(self, arms: Arms) -> FloatArray:
        """Total and weight in both arms, for both groups."""
        return np.array([x for group in (self.group, self.other_group) for x in self._four(arms, self.months, group)])

    def value(self, moments: FloatArray) -> float:
        """First change less second."""
        return relative(moments[:4]) - relative(moments[4:])


class RatioOfChanges(_TwoArms):
    """Relative change in `months` over that in `over_months`: what is left, or what is paid back."""

    over_months: Months
    over_fact: FactName | None = None
    group: Group = EVERYBODY

    def moments(self, arms: Arms) -> FloatArray:
        """Total and weight in both arms, for both spans."""
        below = self._four(arms, self.over_months, self.group, self.over_fact)
        return np.array(self._four(arms, self.months, self.group) + below)

    def value(self, moments: FloatArray) -> float:
        """First change over second."""
        return ratio(relative(moments[:4]), relative(moments[4:]))


class PeriodAgainstMiddle(_TwoArms):
    """Change in `months` against change in `middle_months`, less 1: how a period stands out of the year."""

    middle_months: Months
    group: Group = EVERYBODY

    def moments(self, arms: Arms) -> FloatArray:
        """Total and weight in both arms, for both spans."""
        spans = (self.months, self.middle_months)
        return np.array([x for span in spans for x in self._four(arms, span, self.group)])

    def value(self, moments: FloatArray) -> float:
        """Growth of one span over the other."""
        return ratio(1 + relative(moments[:4]), 1 + relative(moments[4:])) - 1


class LeastStepOfGains(_TwoArms):
    """Gains of parts of like size, ranked by `by`: the smallest step from one part to the next higher one."""

    by: Ranking
    parts: Annotated[int, Field(ge=2, le=10)] = 4

    def moments(self, arms: Arms) -> FloatArray:
        """Total and weight in both arms, part by part."""
        place = places(ranking(arms[self.arm], self.by))
        found: list[float] = []
        for part in range(self.parts):
            members = np.floor(place * self.parts) == part
            for arm in (self.arm, self.against):
                found += part_of(arms[arm], self.fact, self.months, members, self.per)
        return np.array(found)

    def value(self, moments: FloatArray) -> float:
        """The smallest step; above 0: the gains rise from part to part."""
        gains = [relative(four) for four in moments.reshape(self.parts, 4)]
        return float(np.diff(gains).min())


class PeerElasticity(Statistic):
    """Own change of effort over the mean change of the other members of the team, among those nobody pushes."""

    arm: str
    against: str
    fact: FactName = "selling_effort"
    months: Months
    pushed: Group

    def moments(self, arms: Arms) -> FloatArray:
        """Own change and mates' mean change, summed over those not pushed."""
        changed, plain = arms[self.arm], arms[self.against]
        rows = np.array(self.months) - 1
        change = (changed.fact(self.fact)[rows] - plain.fact(self.fact)[rows]).mean(axis=0)
        level = plain.fact(self.fact)[rows].mean(axis=0)
        teams = plain.problem.team_idx
        mates = (teams[:, None] == teams[None, :]) & ~np.eye(len(teams), dtype=bool)
        number = np.maximum(1, mates.sum(axis=1))
        calm = ~self.pushed.members(plain)
        own, others = change / level, (mates @ change) / (mates @ level / number) / number
        return np.array([own[calm].sum(), others[calm].sum()])

    def value(self, moments: FloatArray) -> float:
        """Per cent of own effort for one per cent of the mates'."""
        return ratio(moments[0], moments[1])


class LearntFromPeersToOwnPractice(Statistic):
    """
    Skill that newcomers gain from seeing others over what they gain alone.

    The first is the skill in `arm` less that in `against`, the second that in `against` less the first day's.
    """

    arm: str
    against: str
    months: Months
    group: Group = EVERYBODY

    def moments(self, arms: Arms) -> FloatArray:
        """Mean skill in both arms, and on the first day."""
        alone = arms[self.against]
        members = self.group.members(alone)
        rows = np.array(self.months) - 1
        later = [arms[name].fact("skill")[rows][:, members].mean() for name in (self.arm, self.against)]
        return np.array([*later, alone.problem.skill_now()[members].mean()])

    def value(self, moments: FloatArray) -> float:
        """Peers' part over the own part."""
        seeing, alone, before = moments
        return ratio(seeing - alone, alone - before)


class Elasticity(_TwoArms):
    """Change of log `fact` between two arms over the change of log `of_fact`."""

    of_fact: FactName = "done_visits"

    def moments(self, arms: Arms) -> FloatArray:
        """Total and weight in both arms, for both facts."""
        below = self._four(arms, self.months, EVERYBODY, self.of_fact)
        return np.array(self._four(arms, self.months, EVERYBODY) + below)

    def value(self, moments: FloatArray) -> float:
        """Per cent for one per cent."""
        above, below = (1 + relative(four) for four in (moments[:4], moments[4:]))
        return ratio(float(np.log(above)), float(np.log(below))) if min(above, below) > 0 else float("nan")
