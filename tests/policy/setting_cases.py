"""For every setting of every lever: what stands beside it, and another value of it that must matter."""

from __future__ import annotations

from typing import Any

from territory.domain.policy_rules import LEVERS, choice_settings, numeric_settings
from tests.domain.random_policies import SIMPLEXES, lever_classes

Case = tuple[dict[str, Any], Any]
"""Settings of the same lever beside the one in question, and its other value."""

PAIRED = {"pairs_share": 0.25}
CONTEST = {"score_bonus_points": 3.0}
COURSE = {"days_per_year": 6.0}
RIDES = {"followup_per_month": 2.0}

CASES: dict[str, dict[str, Case]] = {
    "egalitarian_pool": {"pool_share": ({}, 0.5), "egalitarian_share": ({}, 0.2)},
    "commission": {
        "share": ({}, 0.2),
        "floor": ({"share": 0.2}, 0.8),
        "cap": ({"share": 0.2}, 1.01),
        "accelerator_from": ({"share": 0.2, "accelerator_share": 0.2}, 0.8),
        "accelerator_share": ({}, 0.2),
        "replaces_fixed": ({"share": 0.2}, 0.5),
        "guarantee_share": ({"share": 0.2, "replaces_fixed": 0.9}, 0.9),
        "churn_penalty_share": ({}, 0.5),
    },
    "bonus": {
        "share": ({}, 0.2),
        "threshold": ({"share": 0.2}, 0.8),
        "period_months": ({"share": 0.2}, 1),
        "over_share": ({}, 0.3),
        "frame": ({"share": 0.2}, "penalty"),
    },
    "activity_pay": {
        "visits_share": ({}, 0.1),
        "reports_share": ({}, 0.1),
        "supervisor_share": ({}, 0.3),
        "receivables_share": ({}, 0.1),
        "innovation_share": ({}, 0.2),
    },
    "base_pay": {"multiplier": ({}, 1.3), "status_gap": ({}, 0.0)},
    "noncash": {"share": ({}, 0.1), "delay_months": ({"share": 0.1}, 3)},
    "component_weights": {
        "junior": ({}, (0.1, 0.8, 0.1)),
        "mid": ({}, (0.1, 0.8, 0.1)),
        "senior": ({}, (0.1, 0.8, 0.1)),
    },
    "outcome_weight": {"normal": ({}, 0.4), "abnormal": ({}, 0.9), "abnormal_below": ({}, 0.5)},
    "evaluators": {
        "noise": ({}, 0.3),
        "bias": ({}, 0.5),
        "masked": ({"bias": 0.5}, 1.0),
        "inspection": ({"head": 0.6}, 0.1),
        "service_centre": ({"head": 0.6}, 0.1),
        "head": ({"inspection": 0.7}, 0.0),
        "peers": ({"head": 0.0}, 0.4),
    },
    "stars": {
        "prize_share": ({}, 0.5),
        "monopoly": ({"sales": 0.1}, 0.5),
        "sales": ({"monopoly": 0.6}, 0.0),
        "logistics": ({"sales": 0.15}, 0.4),
        "call_centre": ({"sales": 0.15}, 0.4),
    },
    "ladder": {
        "junior": ({"mid": 0.3}, 0.6),
        "mid": ({"junior": 0.6}, 0.3),
        "senior": ({"mid": 0.3}, 0.4),
        "step_pay": ({}, 0.1),
        "meritocracy": ({}, 1.0),
        "jump_share": ({}, 0.5),
        "forced_distribution": ({}, 1.0),
        "bottom_elimination": ({}, 0.2),
        "bench": ({}, 1.0),
        "management_track": ({"junior": 0.0, "mid": 0.0, "senior": 1.0}, 0.2),
    },
    "team_award": {
        "period_months": (CONTEST, 3),
        "score_bonus_points": ({}, 3.0),
        "prize_per_member": ({}, 100.0),
        "symbolic": ({}, 1.0),
        "individual": ({}, 1.0),
    },
    "mentoring": {
        "pairs_share": ({}, 0.25),
        "rule": (PAIRED, "skill_gap"),
        "hours_per_week": (PAIRED, 4.0),
        "target_gain_points": (PAIRED, 30.0),
        "max_renewals": (PAIRED | {"target_gain_points": 30.0}, 0),
        "voluntary_share": (PAIRED, 0.3),
        "joint_points": (PAIRED | {"target_gain_points": 0.0}, 5.0),
    },
    "onboarding": {
        "classroom_weeks": ({}, 4),
        "shadow_weeks": ({}, 3),
        "exam_threshold": ({}, 90.0),
        "cost_per_hire": ({}, 10.0),
    },
    "training": {
        "days_per_year": ({}, 5.0),
        "month": (COURSE, 6),
        "refreshers": (COURSE, 1),
        "tier_factors": (COURSE, (2.0, 1.0, 1.0, 1.0)),
        "selling": (COURSE, 1.0),
        "cost_per_day": (COURSE, 10.0),
    },
    "review": {
        "best_practice_share": ({}, 0.05),
        "hours_per_month": ({}, 8.0),
        "goal_talk": ({}, 1.0),
        "rank_feedback": ({}, 1.0),
        "public_rank": ({}, 1.0),
    },
    "field_visits": {
        "followup_per_month": ({}, 2.0),
        "observation_per_quarter": ({}, 3.0),
        "cost_per_visit": (RIDES, 10.0),
    },
    "visit_rules": {
        "frequency_factor": ({}, 0.8),
        "class_weight": ({}, 0.5),
        "minimum_min": ({}, 18.0),
        "rigidity": ({}, 0.5),
    },
    "one_page_method": {"admin_saving_share": ({}, 0.3), "travel_saving_share": ({}, 0.2)},
    "territory": {"rebalance_share": ({}, 1.0), "pooled_share": ({}, 1.0)},
    "anti_gaming": {
        "audit_rate": ({}, 0.5),
        "penalty_share": ({"audit_rate": 0.02}, 2.0),
        "market_watch": ({}, 1.0),
        "cost_per_audit": ({"audit_rate": 0.5}, 10.0),
    },
    "hiring": {
        "lead_factor": ({}, 0.1),
        "pool_log_ability": ({}, 0.3),
        "screening": ({}, 1.0),
        "cost_per_hire": ({}, 10.0),
    },
    "supply": {
        "shock_months": ({"shock_supply": 0.5}, (3, 4)),
        "shock_supply": ({"shock_months": (3, 4)}, 0.5),
        "season_strength": ({}, 2.0),
    },
    "supervisor": {
        "incentive_share": ({}, 0.5),
        "span_factor": ({}, 0.5),
        "targeting": ({"incentive_share": 0.5}, 1.0),
    },
    "targets": {
        "level": ({}, 1.2),
        "growth_per_year": ({}, 0.2),
        "ratchet": ({"level": 0.8}, 1.0),
        "team_share": ({}, 1.0),
    },
}
SETTINGS = [
    (name, setting)
    for name in LEVERS
    for setting in (*numeric_settings(lever_classes()[name]), *choice_settings(lever_classes()[name]))
]


def before_and_after(name: str, setting: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sections of two policies that differ in the setting alone, and in the share that must give way to it."""
    beside, other = CASES[name][setting]
    gives_way = setting in SIMPLEXES.get(name, ())
    return {name: {} if gives_way else beside}, {name: beside | {setting: other}}
