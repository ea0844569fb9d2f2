"""A strong setting of each of the 25 levers, and policies that use all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from territory.domain.policy_rules import LEVERS, PolicyRules

Sections = Mapping[str, Mapping[str, Any]]

STRONG: Sections = {
    "egalitarian_pool": {"pool_share": 0.5, "egalitarian_share": 0.0},
    "commission": {"share": 0.5, "accelerator_share": 0.5, "replaces_fixed": 0.4, "guarantee_share": 0.5},
    "bonus": {"share": 0.5, "over_share": 0.5},
    "activity_pay": {"visits_share": 0.3, "reports_share": 0.1, "supervisor_share": 0.2},
    "base_pay": {"multiplier": 1.3, "status_gap": 0.0},
    "noncash": {"share": 0.3, "delay_months": 2},
    "component_weights": {"junior": [0.1, 0.8, 0.1], "mid": [0.1, 0.8, 0.1], "senior": [0.1, 0.8, 0.1]},
    "outcome_weight": {"normal": 0.2, "abnormal": 0.1, "abnormal_below": 0.9},
    "evaluators": {"noise": 0.3, "bias": 0.3, "masked": 0.5, "inspection": 0.2, "head": 0.2, "peers": 0.3},
    "stars": {"prize_share": 1.0, "monopoly": 0.1, "sales": 0.7, "logistics": 0.1, "call_centre": 0.1},
    "ladder": {
        "junior": 0.3,
        "mid": 0.5,
        "senior": 0.2,
        "step_pay": 0.06,
        "meritocracy": 1.0,
        "jump_share": 0.2,
        "forced_distribution": 1.0,
        "bottom_elimination": 0.1,
        "bench": 1.0,
        "management_track": 0.1,
    },
    "team_award": {
        "period_months": 3,
        "score_bonus_points": 5.0,
        "prize_per_member": 1000.0,
        "symbolic": 1.0,
        "individual": 1.0,
    },
    "mentoring": {"pairs_share": 0.3, "rule": "skill_gap", "hours_per_week": 4.0, "joint_points": 5.0},
    "onboarding": {"classroom_weeks": 4, "shadow_weeks": 4, "exam_threshold": 50.0, "cost_per_hire": 2000.0},
    "training": {
        "days_per_year": 10.0,
        "month": 3,
        "refreshers": 1,
        "tier_factors": [2.0, 1.0, 1.0, 0.5],
        "selling": 0.9,
    },
    "review": {
        "best_practice_share": 0.2,
        "hours_per_month": 4.0,
        "goal_talk": 1.0,
        "rank_feedback": 1.0,
        "public_rank": 1.0,
    },
    "field_visits": {"followup_per_month": 4.0, "observation_per_quarter": 3.0, "cost_per_visit": 100.0},
    "visit_rules": {"frequency_factor": 1.3, "class_weight": 0.5, "minimum_min": 8.0, "rigidity": 0.5},
    "one_page_method": {"admin_saving_share": 0.5, "travel_saving_share": 0.2},
    "territory": {"rebalance_share": 1.0, "pooled_share": 1.0},
    "anti_gaming": {"audit_rate": 0.5, "penalty_share": 2.0, "market_watch": 1.0, "cost_per_audit": 100.0},
    "hiring": {"lead_factor": 0.25, "pool_log_ability": 0.3, "screening": 0.9, "cost_per_hire": 1000.0},
    "supply": {"shock_months": [5, 6], "shock_supply": 0.7, "season_strength": 1.5},
    "supervisor": {"incentive_share": 0.5, "span_factor": 0.5, "targeting": 1.0},
    "targets": {"level": 1.15, "growth_per_year": 0.1, "ratchet": 0.5, "team_share": 0.5},
}

NUM_LIVE_POLICIES = 8


def rules(sections: Sections | None = None, **more: Any) -> PolicyRules:
    """A policy of these sections, validated."""
    return PolicyRules.model_validate({**(sections or {}), **more})


def live_policies(number: int = NUM_LIVE_POLICIES) -> dict[str, PolicyRules]:
    """Policies under which every lever acts, each more strongly than in the one before it."""
    return {
        f"live_{at}": rules({name: {**STRONG[name], "strength": at / number} for name in LEVERS})
        for at in range(1, number + 1)
    }
