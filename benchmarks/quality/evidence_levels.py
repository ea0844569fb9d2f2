"""Statistics of a single arm: growth, shares, half-lives, the time that newcomers take."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field, model_validator

from benchmarks.quality.evidence_facts import EVERYBODY, FactName, Group
from benchmarks.quality.evidence_statistic import Arms, Months, Per, Statistic, part_of, ratio, relative
from territory.domain.rules import Positive, Share
from territory.units import FloatArray


class Growth(Statistic):
    """Growth of a fact within one arm from some months to later ones."""

    arm: str
    fact: FactName = "true_sales"
    from_months: Months
    to_months: Months
    per: Per = "holder"
    group: Group = EVERYBODY

    def moments(self, arms: Arms) -> FloatArray:
        """Later and earlier total and weight."""
        members = self.group.members(arms[self.arm])
        spans = (self.to_months, self.from_months)
        return np.array([x for span in spans for x in part_of(arms[self.arm], self.fact, span, members, self.per)])

    def value(self, moments: FloatArray) -> float:
        """Relative growth."""
        return relative(moments)


class RatioOfGrowths(Growth):
    """Growth of `fact` over growth of `over_fact` between the same months."""

    over_fact: FactName

    def moments(self, arms: Arms) -> FloatArray:
        """Later and earlier total and weight of both facts."""
        below = Growth(
            arm=self.arm,
            fact=self.over_fact,
            from_months=self.from_months,
            to_months=self.to_months,
            per=self.per,
            group=self.group,
        )
        return np.concatenate([super().moments(arms), below.moments(arms)])

    def value(self, moments: FloatArray) -> float:
        """First growth over second."""
        return ratio(relative(moments[:4]), relative(moments[4:]))


class GroupAgainstGroup(Statistic):
    """One run, two groups: growth from before to after in `group` against that in `other_group`, less 1."""

    arm: str
    fact: FactName = "true_sales"
    before_months: Months
    months: Months
    group: Group
    other_group: Group

    def moments(self, arms: Arms) -> FloatArray:
        """After and before, total and weight, for both groups."""
        seen = arms[self.arm]
        return np.array(
            [
                x
                for group in (self.group, self.other_group)
                for span in (self.months, self.before_months)
                for x in part_of(seen, self.fact, span, group.members(seen), "slot")
            ]
        )

    def value(self, moments: FloatArray) -> float:
        """Growth of one group over the other's."""
        return ratio(1 + relative(moments[:4]), 1 + relative(moments[4:])) - 1


class ShareOf(Statistic):
    """Total of `fact` over total of `of_fact` in one arm."""

    arm: str
    fact: FactName
    of_fact: FactName
    months: Months
    group: Group = EVERYBODY

    def moments(self, arms: Arms) -> FloatArray:
        """Both totals."""
        seen = arms[self.arm]
        members = self.group.members(seen)
        return np.array([part_of(seen, name, self.months, members, "slot")[0] for name in (self.fact, self.of_fact)])

    def value(self, moments: FloatArray) -> float:
        """One over the other."""
        return ratio(moments[0], moments[1])


class HalfLife(Statistic):
    """Months in which half of a fact is lost, from its fall between two months of one arm."""

    unit: ClassVar[str] = "months"
    arm: str
    fact: FactName = "skill"
    from_months: Months
    to_months: Months

    def moments(self, arms: Arms) -> FloatArray:
        """Earlier and later total."""
        seen = arms[self.arm]
        everybody = EVERYBODY.members(seen)
        spans = (self.from_months, self.to_months)
        return np.array([part_of(seen, self.fact, span, everybody, "slot")[0] / len(span) for span in spans])

    def value(self, moments: FloatArray) -> float:
        """Months between the spans' middles, over the number of halvings."""
        between = float(np.mean(self.to_months) - np.mean(self.from_months))
        return ratio(between * np.log(2), np.log(ratio(moments[0], moments[1])))


def _running(values: FloatArray, window: int) -> FloatArray:
    """Sums of `window` months in a row, shape (months - window + 1, slots)."""
    total = np.vstack([np.zeros(values.shape[1]), values.cumsum(axis=0)])
    return np.asarray(total[window:] - total[:-window], dtype=np.float64)


class RampDistance(Statistic):
    """
    Distance (total variation) between published and simulated shares of newcomers by months to full performance.

    A newcomer is there in the last month of the first `window_months` in a row whose recorded sales reach `level` of
    normal sales. Who leaves before is not counted; who is still there and never was belongs to the last bin.
    """

    arm: str
    upto: tuple[Positive, ...] = Field(min_length=1, description="last months of all bins but the last")
    shares: tuple[Share, ...]
    level: Positive = 1.0
    window: Annotated[int, Field(ge=1, le=12)] = 1
    group: Group = EVERYBODY

    @model_validator(mode="after")
    def _bins(self) -> RampDistance:
        if len(self.shares) != len(self.upto) + 1 or abs(sum(self.shares) - 1) > 0.005:
            raise ValueError("shares are one more than the bounds of the bins and add up to 1")
        if sorted(self.upto) != list(self.upto):
            raise ValueError("the bounds of the bins rise")
        return self

    def moments(self, arms: Arms) -> FloatArray:
        """Newcomers by bin."""
        seen = arms[self.arm]
        stayed = self.group.members(seen) & ~seen.year.quits.any(axis=0) & seen.year.is_filled.all(axis=0)
        sold, normal = (
            _running(seen.fact(name)[:, stayed], self.window) for name in ("recorded_sales", "normal_sales")
        )
        reached = sold >= self.level * normal
        month = np.where(reached.any(axis=0), reached.argmax(axis=0) + self.window, np.inf)
        bins = np.searchsorted(np.asarray(self.upto), month, side="left")
        return np.asarray(np.bincount(bins, minlength=len(self.shares)), dtype=np.float64)

    def value(self, moments: FloatArray) -> float:
        """Half the sum of absolute differences of shares."""
        if not moments.sum():
            return float("nan")
        return float(np.abs(moments / moments.sum() - np.array(self.shares)).sum() / 2)
