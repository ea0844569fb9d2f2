"""Hand-made policy problems: teams side by side, a border every neighbour can dump over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from territory.domain.policy_rules import PolicyRules, YearRules
from territory.policy import Behaviour, PolicyProblem
from territory.policy.behaviour import SKILLS
from territory.units import FloatArray, IntArray

CLASSES = ("A", "B", "C")
SLOT_COLUMNS = (
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
    "step",
    "role",
    "stream_row",
)
# No chance, nobody leaves, everybody at the plateau: what remains is what a mechanism does.
SETTLED: dict[str, Any] = {"noise": 0.0, "turnover_contract": 0.0, "turnover_formal": 0.0, "abnormal_months": ()}


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
        "is_formal": (position % 5 == 0).astype(np.int64),
        "tenure_months": 3.0 + 7.0 * position,
        "ability": np.exp(0.2 * np.sin(position + 1.0)),
        "plateau": np.exp(0.15 * np.sin(np.outer(position + 1.0, np.arange(1.0, len(SKILLS) + 1.0)))),
        "step": 1 + position % 4,
        "role": np.zeros(slots),
        "team_ids": ("T1", "T2"),
        "stream_row": position,
        "year": year or YearRules(),
        "behaviour": Behaviour(),
    }
    return PolicyProblem(**(columns | changes))


def town_in(**year: Any) -> PolicyProblem:
    """The two teams in a year with these settings."""
    return two_teams(year=YearRules(**year))


def alike(slots: int = 8, *, year: YearRules | None = None, **changes: Any) -> PolicyProblem:
    """Two teams of reps and territories that differ in nothing: skilled, with work for most of the day, no borders."""
    columns: dict[str, Any] = {
        "potential": np.full((slots, 3), 1000.0),
        "required_visits": np.full((slots, 3), 42.0),
        "planned_visits": np.full((slots, 3), 42.0),
        "drive_min": np.full(slots, 2.0),
        "service_min": np.full((slots, 3), 40.0),
        "cross_flow": np.zeros((slots, slots)),
        "grade": np.ones(slots),
        "is_formal": np.zeros(slots),
        "tenure_months": np.full(slots, 1e6),
        "ability": np.ones(slots),
        "plateau": np.ones((slots, len(SKILLS))),
        "step": np.ones(slots),
    }
    return two_teams(slots, year=year or YearRules(**SETTLED), **(columns | changes))


def policy(**sections: Any) -> PolicyRules:
    """A policy from plain sections, as a scenario file would give it."""
    return PolicyRules.model_validate(sections)


def permuted(problem: PolicyProblem, order: IntArray) -> PolicyProblem:
    """The same company with its slots listed in another order; every slot keeps its row of the draws."""
    changes: dict[str, Any] = {name: getattr(problem, name)[order] for name in SLOT_COLUMNS}
    return replace(
        problem,
        slot_ids=tuple(problem.slot_ids[i] for i in order.tolist()),
        cross_flow=problem.cross_flow[np.ix_(order, order)],
        **changes,
    )


def scaled(problem: PolicyProblem, **factors: float) -> PolicyProblem:
    """The problem with some of its columns multiplied."""
    changes: dict[str, FloatArray] = {name: getattr(problem, name) * factor for name, factor in factors.items()}
    return replace(problem, **changes)  # type: ignore[arg-type]


# Every lever at work.
BUSY: dict[str, Any] = {
    "budget_per_year": 400_000.0,
    "egalitarian_pool": {"egalitarian_share": 0.2},
    "commission": {
        "share": 0.2,
        "floor": 0.2,
        "accelerator_share": 0.1,
        "guarantee_share": 0.6,
        "churn_penalty_share": 0.2,
    },
    "bonus": {"share": 0.1, "threshold": 0.95, "over_share": 0.1, "frame": "penalty"},
    "activity_pay": {
        "visits_share": 0.05,
        "reports_share": 0.1,
        "supervisor_share": 0.1,
        "receivables_share": 0.05,
        "innovation_share": 0.1,
    },
    "base_pay": {"multiplier": 1.05, "status_gap": 0.5},
    "noncash": {"share": 0.05, "delay_months": 1},
    "component_weights": {"mid": [0.2, 0.6, 0.2]},
    "outcome_weight": {"normal": 0.6},
    "evaluators": {"noise": 0.15, "bias": 0.2, "inspection": 0.2, "peers": 0.1},
    "stars": {"prize_share": 0.2},
    "ladder": {
        "meritocracy": 0.8,
        "bottom_elimination": 0.15,
        "bench": 0.3,
        "management_track": 0.2,
        "senior": 0.3,
        "mid": 0.4,
        "jump_share": 0.3,
    },
    "team_award": {"score_bonus_points": 3.0, "prize_per_member": 100.0, "symbolic": 0.5, "cost_per_month": 50.0},
    "mentoring": {"pairs_share": 0.25, "joint_points": 2.0, "target_gain_points": 1.0, "hours_per_week": 3.0},
    "onboarding": {"classroom_weeks": 2, "shadow_weeks": 2, "exam_threshold": 66.0, "cost_per_hire": 500.0},
    "training": {"days_per_year": 4.0, "refreshers": 1, "tier_factors": [2.0, 1.0, 1.0, 0.5], "cost_per_day": 50.0},
    "review": {"best_practice_share": 0.02, "hours_per_month": 3.0, "goal_talk": 0.5, "rank_feedback": 0.3},
    "field_visits": {"followup_per_month": 1.0, "observation_per_quarter": 1.0, "cost_per_visit": 40.0},
    "visit_rules": {"frequency_factor": 1.05, "class_weight": 0.1, "rigidity": 0.1},
    "one_page_method": {"admin_saving_share": 0.3, "travel_saving_share": 0.05},
    "territory": {"rebalance_share": 0.2, "pooled_share": 0.2},
    "anti_gaming": {"audit_rate": 0.15, "penalty_share": 0.1, "market_watch": 0.2, "cost_per_audit": 80.0},
    "hiring": {"lead_factor": 0.8, "screening": 0.3, "cost_per_hire": 300.0},
    "supply": {"shock_months": [5], "shock_supply": 0.8, "season_strength": 1.2},
    "supervisor": {"incentive_share": 0.2, "span_factor": 0.8, "targeting": 0.5},
    "targets": {"level": 1.02, "growth_per_year": 0.03, "ratchet": 0.2, "team_share": 0.2},
}
