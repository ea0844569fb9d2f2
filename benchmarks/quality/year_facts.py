"""What two simulated years have in common: one hash of everything, and the largest relative difference."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from territory.policy import PolicyProblem, YearResult, measures
from territory.policy.result import FACTS

RESTATES_THE_POLICY = "strength"
"""The fact that says what the policy is, not what came of it: a lever of strength 0 is one that is written down."""
OUTPUTS = tuple(name for name in FACTS if name != RESTATES_THE_POLICY)
DAILY = tuple(name for name in OUTPUTS if name.endswith("_day"))


def year_hash(problem: PolicyProblem, year: YearResult) -> str:
    """Hash of all facts that came of a year, and of all measures; any changed bit changes it."""
    state = hashlib.blake2b(digest_size=16)
    for name in OUTPUTS:
        fact = np.asarray(getattr(year, name))
        state.update(f"{name} {fact.dtype} {fact.shape}".encode())
        state.update(np.ascontiguousarray(fact).tobytes())
    for measure in measures(problem, year):
        state.update(f"{measure.name} {measure.value.hex()}".encode())
    return state.hexdigest()


def facts_differing(one: YearResult, other: YearResult) -> tuple[str, ...]:
    """Names of the facts in which two years differ by a bit."""
    return tuple(name for name in one.facts_differing(other) if name in OUTPUTS)


def relative_differences(one: YearResult, other: YearResult) -> dict[str, float]:
    """Of every fact, the largest difference between the two years, as `relative_difference` has it."""
    return {name: relative_difference(getattr(one, name), getattr(other, name)) for name in OUTPUTS}


def relative_difference(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Largest difference, as a share of the larger of the two numbers; infinite where the shapes differ."""
    a, b = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if a.shape != b.shape:
        return np.inf
    larger = np.maximum(np.abs(a), np.abs(b))
    return float((np.abs(a - b) / np.where(larger > 0, larger, 1.0)).max(initial=0.0))
