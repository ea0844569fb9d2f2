"""How much the shared draws are worth: variance of a difference against the same difference from independent seeds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.lab.estimates import ROUNDING, paired, t_quantile
from territory.units import FloatArray


@dataclass(frozen=True, kw_only=True)
class VarianceReduction:
    """
    Replications that independent seeds would need for the same half-width, per matched replication.

    Attributes
    ----------
    factor
        Variance of the difference from independent seeds over that from common random numbers; infinite where the
        matched difference does not vary at all.
    low, high
        95 % interval (jackknife of the logarithm over replications).
    """

    factor: float
    low: float
    high: float


def variance_reduction(values: FloatArray, baseline: FloatArray) -> VarianceReduction:
    """
    The variance-reduction factor of matched replications, from these replications alone.

    Parameters
    ----------
    values, baseline
        A measure under the policy and under the baseline in the same replications, shape (replications,), at least 3.

    Notes
    -----
    With independent seeds the variance of the difference is the sum of both variances, which the matched runs tell:
    (var(values) + var(baseline)) / var(values - baseline). No second set of runs is needed.
    """
    n = len(values)
    difference = paired(values, baseline)
    if difference.std(ddof=1) <= ROUNDING * float(np.abs(values).max()):
        return VarianceReduction(factor=np.inf, low=np.inf, high=np.inf)
    whole = _log_factor(values, baseline, difference)
    without = np.array(
        [_log_factor(*(np.delete(array, place) for array in (values, baseline, difference))) for place in range(n)]
    )
    pseudo = n * whole - (n - 1) * without
    half = t_quantile(n) * float(pseudo.std(ddof=1)) / np.sqrt(n)
    return VarianceReduction(
        factor=float(np.exp(whole)), low=float(np.exp(whole - half)), high=float(np.exp(whole + half))
    )


def _log_factor(values: FloatArray, baseline: FloatArray, difference: FloatArray) -> float:
    together = float(values.var(ddof=1) + baseline.var(ddof=1))
    return float(np.log(together) - np.log(float(difference.var(ddof=1))))
