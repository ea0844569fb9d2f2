"""Measures with the interval that repeated draws leave open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from territory.measure import Measure
from territory.units import FloatArray

CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimated:
    """A measure with its 95 % interval over replications or seeds; infinite where there is only one."""

    measure: Measure
    low: float
    high: float


def estimated(measure: Measure, samples: FloatArray) -> Estimated:
    """The measure with the t interval that these samples, shape (replications,), give it."""
    half = half_width(samples)
    return Estimated(measure=measure, low=measure.value - half, high=measure.value + half)


def half_width(samples: FloatArray) -> float:
    """Of the 95 % t interval of the mean of independent samples."""
    if len(samples) < 2:
        return float("inf")
    quantile = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(samples) - 1))
    return quantile * float(samples.std(ddof=1)) / float(np.sqrt(len(samples)))
