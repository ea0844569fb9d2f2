"""A statistic over matched replications: what it takes from each, what it makes of the means, how sure that is.

A statistic takes a few totals from the arms of one replication (`moments`) and turns their means over replications
into the number the study reports (`value`). The half-width comes from leaving out one replication at a time, so it
needs no formula of its own and keeps the matching of the arms. Months count from 1, as in the study file: "2-6, 9".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Field
from scipy.stats import t as student

from benchmarks.quality.evidence_facts import FactName, Seen
from territory.domain.rules import Rules
from territory.units import BoolArray, FloatArray

CONFIDENCE = 0.95
Arms = Mapping[str, Seen]


def _months(given: object) -> object:
    """Months of a text such as "2-6, 9"."""
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str):
        return given
    found: list[int] = []
    for part in given.split(","):
        match = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", part)
        if match is None:
            raise ValueError(f'"{given}" does not name months such as "2-6, 9"')
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last:
            raise ValueError(f'"{part.strip()}" is no span of months from 1')
        found += range(first, last + 1)
    return tuple(found)


Months = Annotated[tuple[int, ...], BeforeValidator(_months), Field(min_length=1)]
Per = Literal["slot", "holder"]
_ARM_KEYS = ("arm", "against", "over_arm", "over_against")


class Statistic(Rules):
    """Base of all: what it needs, what it takes from a replication, what it makes of the means."""

    unit: ClassVar[str] = "share"

    def arms(self) -> tuple[str, ...]:
        """Names of the arms it compares."""
        named = (getattr(self, key, None) for key in _ARM_KEYS)
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def latest_month(self) -> int:
        """The last month it looks at; 0 for none."""
        spans = [getattr(self, key) or () for key in type(self).model_fields if key.endswith("months")]
        return max((month for span in spans for month in span), default=0)

    def moments(self, arms: Arms) -> FloatArray:
        """Totals of one replication, shape (n,)."""
        raise NotImplementedError

    def value(self, moments: FloatArray) -> float:
        """The statistic of mean totals, shape (n,)."""
        raise NotImplementedError


def part_of(seen: Seen, name: FactName, months: Sequence[int], members: BoolArray, per: Per) -> tuple[float, float]:
    """A total and what it is divided by: position-months, or those with a holder."""
    rows = np.array(months) - 1
    total = seen.fact(name)[rows][:, members].sum()
    weight = seen.held[rows][:, members].sum() if per == "holder" else float(len(rows) * members.sum())
    return float(total), float(weight)


def ratio(above: float, below: float) -> float:
    return float(above / below) if below else float("nan")


def relative(four: FloatArray) -> float:
    """Relative change from totals and weights of two arms."""
    return ratio(ratio(four[0], four[1]), ratio(four[2], four[3])) - 1


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A statistic over all replications; NaN where it cannot be computed."""

    mean: float
    half_width: float


def measured(statistic: Statistic, moments: FloatArray) -> Measured:
    """
    The statistic of replications' `moments`, shape (replications, n), with the half-width of its 95 % interval.

    Notes
    -----
    Jackknife: var = (n - 1) / n * sum (v_i - mean v)^2, v_i without replication i; Student's t with n - 1 degrees.
    Moments that are the same in every replication have half-width 0.
    """
    number = len(moments)
    with np.errstate(all="ignore"):
        whole = statistic.value(moments.mean(axis=0))
        if (moments == moments[0]).all():
            return Measured(mean=whole, half_width=0.0)
        total = moments.sum(axis=0)
        without = np.array([statistic.value((total - one) / (number - 1)) for one in moments])
    spread = float(np.sqrt((number - 1) / number * ((without - without.mean()) ** 2).sum()))
    return Measured(mean=whole, half_width=float(student.ppf((1 + CONFIDENCE) / 2, number - 1)) * spread)
