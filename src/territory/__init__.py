"""Redraw service territories around retail flow, schedule visits, simulate a year of sales-team policies.

The public names load their room when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from territory.domain.scenario import Scenario as Scenario
    from territory.effort import Effort as Effort
    from territory.lab import compare as compare
    from territory.pipeline import open_scenario as read_scenario
    from territory.pipeline import run as run
    from territory.policy import PolicyProblem as PolicyProblem
    from territory.policy import simulate as simulate
    from territory.split import SplitProblem as SplitProblem
    from territory.split import redraw as redraw
    from territory.visits import VisitsProblem as VisitsProblem
    from territory.visits import plan_visits as plan_visits

_HOMES = {
    "Effort": ("territory.effort", "Effort"),
    "PolicyProblem": ("territory.policy", "PolicyProblem"),
    "Scenario": ("territory.domain.scenario", "Scenario"),
    "SplitProblem": ("territory.split", "SplitProblem"),
    "VisitsProblem": ("territory.visits", "VisitsProblem"),
    "compare": ("territory.lab", "compare"),
    "plan_visits": ("territory.visits", "plan_visits"),
    "read_scenario": ("territory.pipeline", "open_scenario"),
    "redraw": ("territory.split", "redraw"),
    "run": ("territory.pipeline", "run"),
    "simulate": ("territory.policy", "simulate"),
}

__all__ = [
    "Effort",
    "PolicyProblem",
    "Scenario",
    "SplitProblem",
    "VisitsProblem",
    "__version__",
    "compare",
    "plan_visits",
    "read_scenario",
    "redraw",
    "run",
    "simulate",
]


def __getattr__(name: str) -> object:
    """Load a public name from its room."""
    if name not in _HOMES:
        raise AttributeError(f"module 'territory' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
