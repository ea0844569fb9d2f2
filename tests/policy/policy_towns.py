"""Hand-made policy problems: two teams side by side, a border every neighbour can dump over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from territory.domain.policy_rules import PolicyRules, YearRules
from territory.policy.model import Behaviour, PolicyProblem

CLASSES = ("A", "B", "C")


def two_teams(slots: int = 8, *, year: YearRules | None = None, **changes: Any) -> PolicyProblem:
    """Slots in a row, half in each team; ten per cent of the flow leads to each neighbour in the row."""
    position = np.arange(slots)
    outlets = np.stack([20 + position % 5, 50 - position % 7, 50 + position % 3], axis=1).astype(float)
    required = outlets * np.array([4.2, 2.1, 1.05])
    border = 0.1 * (np.abs(position[:, None] - position[None, :]) == 1)
    columns: dict[str, Any] = {
        "slot_ids": tuple(f"R{i:02d}" for i in range(slots)),
        "classes": CLASSES,
        "currency": "CNY",
        "potential": outlets * np.array([9000.0, 3000.0, 900.0]),
        "required_visits": required,
        "planned_visits": required,
        "drive_min": 8.0 + 0.5 * (position % 4),
        "service_min": np.tile([20.0, 15.0, 12.0], (slots, 1)),
        "workday_min": np.full(slots, 480.0),
        "cross_flow": border,
        "team_idx": (position >= slots // 2).astype(np.int64),
        "grade": position % 3,
        "is_formal": (position == 0).astype(np.int64),
        "tenure_months": 3.0 + 7.0 * position,
        "ability": np.exp(0.2 * np.sin(position + 1.0)),
        "plateau": np.exp(0.15 * np.stack([np.cos(position), np.sin(2.0 * position)], axis=1)),
        "stream_row": position,
        "year": year or YearRules(),
        "behaviour": Behaviour(),
    }
    return PolicyProblem(**(columns | changes))


def policy(**sections: Any) -> PolicyRules:
    """A policy from plain sections, as a scenario file would give it."""
    return PolicyRules.model_validate(sections)


def permuted(problem: PolicyProblem, order: np.ndarray) -> PolicyProblem:
    """The same company with its slots listed in another order; every slot keeps its row of the draws."""
    changes: dict[str, Any] = {
        name: getattr(problem, name)[order]
        for name in (
            "potential",
            "required_visits",
            "planned_visits",
            "drive_min",
            "service_min",
            "workday_min",
            "team_idx",
            "grade",
            "is_formal",
            "tenure_months",
            "ability",
            "plateau",
            "stream_row",
        )
    }
    return replace(
        problem,
        slot_ids=tuple(problem.slot_ids[i] for i in order.tolist()),
        cross_flow=problem.cross_flow[np.ix_(order, order)],
        **changes,
    )
