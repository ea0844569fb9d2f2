"""How good an answer is and why the search stopped: the words every result shares."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version


class Status(StrEnum):
    """What is known about the plan."""

    OPTIMAL = "OPTIMAL"
    FEASIBLE = "FEASIBLE"
    INFEASIBLE = "INFEASIBLE"
    NO_PLAN_FOUND = "NO_PLAN_FOUND"


class StopReason(StrEnum):
    """Why the search ended."""

    PROVED = "PROVED"
    EFFORT = "EFFORT"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One part of an objective: its own amount and unit, and the points it costs or earns."""

    name: str
    amount: float
    unit: str
    points: float


@dataclass(frozen=True, kw_only=True, slots=True)
class RunCard:
    """Enough to repeat an answer: what went in, with which seed, effort and versions."""

    seed: int
    effort: Mapping[str, object]
    input_hashes: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


def package_versions() -> dict[str, str]:
    """Versions of the packages an answer can depend on."""
    found = {"python": platform.python_version()}
    for name in ("territory", "ortools", "numpy", "scipy", "numba", "simpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def digest(*parts: bytes) -> str:
    """A short content hash (BLAKE2b, 16 hex digits); the length of each part is hashed with it."""
    state = hashlib.blake2b(digest_size=8)
    for part in parts:
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
    return state.hexdigest()


def gap_of(*, objective: float, bound: float, maximise: bool) -> float:
    """(incumbent - bound) / incumbent as a fraction of |incumbent|, never negative; 0/0 counts as 0."""
    difference = bound - objective if maximise else objective - bound
    if difference <= 0:
        return 0.0
    return difference / abs(objective) if objective else float("inf")
