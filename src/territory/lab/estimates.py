"""Estimates from matched replications: means, paired differences, intervals, and what may be said about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats

from territory.language import Text
from territory.measure import Direction
from territory.units import FloatArray

CONFIDENCE = 0.95
FEWEST_FOR_A_VERDICT = 10
MOST_FORESEEN = 1_000_000
ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """
    A mean over replications with its 95 % interval.

    Attributes
    ----------
    mean, sd
        Over replications; in the measure's unit.
    half_width
        Of the 95 % t interval for this number alone; infinite for one replication.
    half_width_together
        Of the interval that holds for all policies compared at once (Bonferroni).

    Notes
    -----
    Where the number of replications followed from the numbers themselves, both are widened a little: see `stopping`.
    """

    mean: float
    sd: float
    replications: int
    half_width: float
    half_width_together: float

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.mean + self.half_width

    @property
    def low_together(self) -> float:
        """Lower end of the interval that verdicts go by."""
        return self.mean - self.half_width_together

    @property
    def high_together(self) -> float:
        """Upper end of the interval that verdicts go by."""
        return self.mean + self.half_width_together

    @property
    def covers_zero(self) -> bool:
        """True when the interval that verdicts go by leaves the sign open."""
        return abs(self.mean) <= self.half_width_together


def estimate(values: FloatArray, *, together: int = 1, widened: float = 1.0) -> Estimate:
    """
    Mean and t intervals of independent replications.

    Parameters
    ----------
    values
        Shape (replications,).
    together
        Number of intervals that are to hold at once.
    widened
        Factor on the half-widths, from `stopping.allowance`; 1 where the number of replications was fixed beforehand.

    Notes
    -----
    A spread that is nothing but rounding error of the values counts as none.
    """
    n = len(values)
    mean = float(values.mean())
    if n < 2:
        return Estimate(mean=mean, sd=0.0, replications=n, half_width=np.inf, half_width_together=np.inf)
    sd = float(values.std(ddof=1))
    if sd <= ROUNDING * float(np.abs(values).max()):
        sd = 0.0
    return Estimate(
        mean=mean,
        sd=sd,
        replications=n,
        half_width=widened * _half_width(sd, n, 1),
        half_width_together=widened * _half_width(sd, n, together),
    )


def paired(values: FloatArray, baseline: FloatArray) -> FloatArray:
    """Differences per replication, any shape; what is only rounding of the two numbers counts as 0."""
    difference = values - baseline
    rounding = ROUNDING * np.maximum(np.abs(values), np.abs(baseline))
    return np.where(np.abs(difference) <= rounding, 0.0, difference)


@lru_cache(maxsize=4096)
def t_quantile(n: int, together: int = 1) -> float:
    """Standard errors that the half-width of a two-sided 95 % interval has, after `n` replications (Bonferroni)."""
    return float(stats.t.ppf(1 - (1 - CONFIDENCE) / (2 * together), n - 1))


def _half_width(sd: float, n: int, together: int) -> float:
    return t_quantile(n, together) * sd / float(np.sqrt(n))


def replications_to_settle(difference: Estimate, *, together: int) -> int | None:
    """
    Replications after which the interval would leave 0 out if mean and spread stayed as they are.

    None where no number would do: the mean difference is 0, or over a million are needed.
    """
    if difference.mean == 0:
        return None
    low, high = 2, 4
    while _half_width(difference.sd, high, together) >= abs(difference.mean):
        low, high = high, high * 2
        if high > MOST_FORESEEN:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        if _half_width(difference.sd, middle, together) < abs(difference.mean):
            high = middle
        else:
            low = middle
    return max(high, FEWEST_FOR_A_VERDICT)


def verdict(difference: Estimate, *, direction: Direction, together: int) -> Text:
    """What the paired difference shows, in words. No ranking when the interval for all policies covers 0."""
    if difference.mean == 0 and difference.sd == 0:
        return Text("identical", "完全相同")
    if difference.replications < FEWEST_FOR_A_VERDICT:
        few = difference.replications
        return Text(
            f"no verdict: {few} replications, at least {FEWEST_FOR_A_VERDICT} needed",
            f"不下结论:仅 {few} 次重复,至少需要 {FEWEST_FOR_A_VERDICT} 次",
        )
    if difference.covers_zero:
        needed = replications_to_settle(difference, together=together)
        if needed is None:
            return Text("no difference shown", "未显示差异")
        needed = max(needed, difference.replications + 1)  # a widened interval may cover 0 where a plain one does not
        return Text(
            f"no difference shown; about {needed} replications would settle it",
            f"未显示差异;约需 {needed} 次重复才能判定",
        )
    if direction == "none":
        return Text("higher", "更高") if difference.mean > 0 else Text("lower", "更低")
    return Text("better", "更好") if (difference.mean > 0) == (direction == "up") else Text("worse", "更差")
