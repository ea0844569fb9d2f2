"""The levers of a policy and the world of a year, as settings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from territory.domain.policy_rules import (
    COMMON_SETTINGS,
    LEVERS,
    CommissionLever,
    Condition,
    PolicyRules,
    YearRules,
    choice_settings,
    numeric_settings,
)
from tests.domain.random_policies import lever_classes, policies

CLASSES = lever_classes()

# Settings of every lever with their ordinary values: what the trade does today.
ORDINARY: dict[str, dict[str, object]] = {
    "egalitarian_pool": {"pool_share": 0.30, "egalitarian_share": 0.8},
    "commission": {
        "share": 0.0,
        "floor": 0.0,
        "cap": 2.0,
        "accelerator_from": 1.0,
        "accelerator_share": 0.0,
        "replaces_fixed": 0.0,
        "guarantee_share": 0.0,
        "churn_penalty_share": 0.0,
    },
    "bonus": {"share": 0.0, "threshold": 1.0, "period_months": 3, "over_share": 0.0, "frame": "gain"},
    "activity_pay": {
        "visits_share": 0.0,
        "reports_share": 0.0,
        "supervisor_share": 0.0,
        "receivables_share": 0.0,
        "innovation_share": 0.0,
    },
    "base_pay": {"multiplier": 1.0, "status_gap": 1.0},
    "noncash": {"share": 0.0, "delay_months": 0},
    "component_weights": {"junior": (0.5, 0.3, 0.2), "mid": (0.3, 0.5, 0.2), "senior": (0.2, 0.3, 0.5)},
    "outcome_weight": {"normal": 0.75, "abnormal": 0.50, "abnormal_below": 0.95},
    "evaluators": {
        "noise": 0.10,
        "bias": 0.05,
        "masked": 0.0,
        "inspection": 0.3,
        "service_centre": 0.3,
        "head": 0.4,
        "peers": 0.0,
    },
    "stars": {"prize_share": 0.0, "monopoly": 0.25, "sales": 0.35, "logistics": 0.2, "call_centre": 0.2},
    "ladder": {
        "junior": 0.30,
        "mid": 0.60,
        "senior": 0.10,
        "step_pay": 0.03,
        "meritocracy": 0.5,
        "jump_share": 0.1,
        "forced_distribution": 0.0,
        "bottom_elimination": 0.0,
        "bench": 0.0,
        "management_track": 0.0,
    },
    "team_award": {
        "period_months": 1,
        "score_bonus_points": 0.0,
        "prize_per_member": 0.0,
        "symbolic": 0.0,
        "individual": 0.0,
    },
    "mentoring": {
        "pairs_share": 0.0,
        "rule": "strong_weak",
        "hours_per_week": 2.0,
        "target_gain_points": 3.0,
        "max_renewals": 3,
        "voluntary_share": 1.0,
        "joint_points": 0.0,
    },
    "onboarding": {"classroom_weeks": 1, "shadow_weeks": 0, "exam_threshold": 0.0, "cost_per_hire": 0.0},
    "training": {
        "days_per_year": 0.0,
        "month": 3,
        "refreshers": 0,
        "tier_factors": (1.0, 1.0, 1.0, 1.0),
        "selling": 0.5,
        "cost_per_day": 0.0,
    },
    "review": {
        "best_practice_share": 0.0,
        "hours_per_month": 0.0,
        "goal_talk": 0.0,
        "rank_feedback": 0.0,
        "public_rank": 0.0,
    },
    "field_visits": {"followup_per_month": 0.0, "observation_per_quarter": 0.0, "cost_per_visit": 0.0},
    "visit_rules": {"frequency_factor": 1.0, "class_weight": 0.0, "minimum_min": 0.0, "rigidity": 0.0},
    "one_page_method": {"admin_saving_share": 0.0, "travel_saving_share": 0.0},
    "territory": {"rebalance_share": 0.0, "pooled_share": 0.0},
    "anti_gaming": {"audit_rate": 0.0, "penalty_share": 0.5, "market_watch": 0.0, "cost_per_audit": 0.0},
    "hiring": {"lead_factor": 1.0, "pool_log_ability": 0.0, "screening": 0.0, "cost_per_hire": 0.0},
    "supply": {"shock_months": (), "shock_supply": 1.0, "season_strength": 1.0},
    "supervisor": {"incentive_share": 0.0, "span_factor": 1.0, "targeting": 0.0},
    "targets": {"level": 1.0, "growth_per_year": 0.0, "ratchet": 0.0, "team_share": 0.0},
}


def test_the_25_levers_stand_in_their_order() -> None:
    assert tuple(ORDINARY) == LEVERS
    assert len(LEVERS) == 25
    assert tuple(PolicyRules.model_fields) == ("why", "budget_per_year", *LEVERS)


@pytest.mark.parametrize("name", LEVERS)
def test_an_empty_section_is_the_ordinary_situation(name: str) -> None:
    lever = PolicyRules().lever(name)
    own = lever.model_dump(exclude=set(COMMON_SETTINGS))
    assert own == ORDINARY[name]
    assert lever == type(lever)()


@pytest.mark.parametrize("model", [*CLASSES.values(), PolicyRules, YearRules, Condition], ids=lambda it: it.__name__)
def test_every_setting_is_described_in_plain_english(model: type[BaseModel]) -> None:
    for key, field in model.model_fields.items():
        if model is PolicyRules and key in LEVERS:
            continue
        assert field.description, key
        assert len(field.description) > 15, key
        assert field.description.isascii(), key
        assert not field.description.endswith("."), key


@pytest.mark.parametrize("name", LEVERS)
def test_settings_are_numbers_or_choices_and_nothing_else(name: str) -> None:
    numbers, choices = numeric_settings(CLASSES[name]), choice_settings(CLASSES[name])
    assert sorted((*numbers, *choices)) == sorted(ORDINARY[name])
    lever = PolicyRules().lever(name)
    assert all(isinstance(getattr(lever, key), int | float) for key in numbers)


def test_choices_are_words_lists_and_numbers_with_nothing_in_between() -> None:
    assert {name: choice_settings(CLASSES[name]) for name in LEVERS if choice_settings(CLASSES[name])} == {
        "bonus": ("period_months", "frame"),
        "component_weights": ("junior", "mid", "senior"),
        "team_award": ("period_months",),
        "mentoring": ("rule",),
        "training": ("month", "tier_factors"),
        "supply": ("shock_months",),
    }


def test_a_lever_that_does_not_exist_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        PolicyRules().lever("why")


@pytest.mark.parametrize(
    ("settings", "levels"),
    [
        ({}, [1, 1, 1, 1, 1, 1]),
        ({"strength": 0.5, "start_month": 3}, [0, 0, 0.5, 0.5, 0.5, 0.5]),
        ({"start_month": 2, "stop_month": 4}, [0, 1, 1, 1, 0, 0]),
        ({"start_month": 2, "ramp_months": 2, "strength": 0.9}, [0, 0.3, 0.6, 0.9, 0.9, 0.9]),
        ({"ramp_months": 3, "stop_month": 2}, [0.25, 0.5, 0, 0, 0, 0]),
        ({"start_month": 13}, [0, 0, 0, 0, 0, 0]),
        ({"strength": 0}, [0, 0, 0, 0, 0, 0]),
    ],
    ids=str,
)
def test_a_lever_rises_over_its_ramp_and_rests_outside_its_months(
    settings: dict[str, Any], levels: list[float]
) -> None:
    lever = CommissionLever(**settings)
    assert [lever.level_in(month) for month in range(1, 7)] == pytest.approx(levels)


@given(policies(), st.integers(1, 40))
def test_a_level_is_between_0_and_the_strength_and_never_falls_while_in_force(rules: PolicyRules, month: int) -> None:
    for lever in map(rules.lever, LEVERS):
        now, after = lever.level_in(month), lever.level_in(month + 1)
        assert 0 <= now <= lever.strength
        assert now <= after or not lever.is_in_force(month + 1)
        assert (now == 0) == (lever.strength == 0 or not lever.is_in_force(month)) or lever.strength < 1e-300
        assert lever.level_after(lever.ramp_months) == lever.strength


@given(policies(), st.floats(0, 1))
def test_part_of_the_way_from_today_to_a_valid_policy_is_a_valid_policy(rules: PolicyRules, strength: float) -> None:
    """So the engine may act at any strength without looking at the limits again."""
    for lever in map(rules.lever, LEVERS):
        ordinary, blended = type(lever)(), {}
        for key in numeric_settings(type(lever)):
            asked, today = getattr(lever, key), getattr(ordinary, key)
            value = today + strength * (asked - today)
            blended[key] = round(value) if type(lever).model_fields[key].annotation is int else value
        assert isinstance(type(lever).model_validate(blended), type(lever))


@pytest.mark.parametrize(
    "section",
    [
        {"egalitarian_pool": {"egalitarian_share": 1.2}},
        {"egalitarian_pool": {"pool_share": 1.0}},
        {"commission": {"floor": 2.0}},
        {"commission": {"comission": 0.1}},
        {"commission": {"share": 30}},
        {"commission": {"accelerator_share": 0.1, "accelerator_from": 2.5}},
        {"bonus": {"period_months": 2}},
        {"bonus": {"period_months": True}},
        {"bonus": {"frame": "threat"}},
        {"base_pay": {"multiplier": 0}},
        {"base_pay": {"status_gap": 3.1}},
        {"noncash": {"delay_months": 7}},
        {"component_weights": {"junior": (0.5, 0.5, 0.5)}},
        {"component_weights": {"boss": (1.0, 0.0, 0.0)}},
        {"evaluators": {"peers": 0.1}},
        {"stars": {"sales": 0.5}},
        {"ladder": {"senior": 0.2}},
        {"ladder": {"bottom_elimination": 0.3}},
        {"team_award": {"period_months": 12}},
        {"mentoring": {"pairs_share": 0.6}},
        {"mentoring": {"rule": "anyhow"}},
        {"training": {"month": 13}},
        {"training": {"tier_factors": (1, 1, 1)}},
        {"visit_rules": {"frequency_factor": 0.1}},
        {"supply": {"shock_months": (0,)}},
        {"supply": {"shock_months": (3, 3)}},
        {"hiring": {"pool_log_ability": -0.6}},
        {"targets": {"level": 0}},
        {"review": {"start_month": 0}},
        {"review": {"start_month": 5, "stop_month": 4}},
        {"review": {"min_tenure_months": 5, "max_tenure_months": 4}},
        {"review": {"grades": ("mid", "mid")}},
        {"review": {"teams": ("T1", "T1")}},
        {"review": {"contract": "formally"}},
        {"review": {"strength": 1.1}},
        {"review": {"covered_share": float("nan")}},
        {"review": {"when": {"measure": "weather", "below": 1}}},
        {"review": {"when": {"measure": "gaming"}}},
        {"review": {"stop_when": {"measure": "gaming", "below": 0.1, "above": 0.2}}},
        {"budget_per_year": -1},
        {"telepathy": {}},
        {"pay": {"pool_share": 0.3}},
    ],
    ids=str,
)
def test_impossible_policies_are_refused(section: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PolicyRules.model_validate(section)


def test_everything_that_does_not_fit_together_is_told_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        PolicyRules.model_validate(
            {"ladder": {"mid": 0.9, "start_month": 3, "stop_month": 1, "grades": ("senior", "senior")}}
        )
    (error,) = caught.value.errors()
    assert [misfit.keys[0] for misfit in error["ctx"]["misfits"]] == ["stop_month", "grades", "junior"]
    assert "add up to 1.3, not to 1 (junior 0.3 + mid 0.9 + senior 0.1)" in error["msg"]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [({"below": 0.9}, [True, False, False]), ({"above": 0.9}, [False, False, True])],
    ids=str,
)
def test_a_condition_holds_beyond_its_limit_and_not_at_it(condition: dict[str, float], holds: list[bool]) -> None:
    when = Condition(measure="sales_attainment", **condition)
    assert [when.holds(value) for value in (0.8, 0.9, 1.0)] == holds


@pytest.mark.parametrize(
    "setting",
    [
        {"season": (1.0, 2.0)},
        {"season": (0.0,) * 12},
        {"turnover_contract": 1.0},
        {"abnormal_months": (13,)},
        {"horizon_months": 0},
        {"horizon_months": 37},
        {"demand_elasticity": 1.6},
        {"movable_share": -0.1},
        {"visibility": "some"},
        {"grade_caps": (0.3, 0.6, 0.1)},
    ],
    ids=str,
)
def test_impossible_worlds_are_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        YearRules(**setting)


def test_the_ordinary_world() -> None:
    year = YearRules()
    ordinary = (year.horizon_months, year.demand_elasticity, year.movable_share, year.supply_limited, year.visibility)
    assert ordinary == (12, 0.31, 0.06, True, "team")


def test_a_policy_cannot_be_changed_after_it_was_read() -> None:
    with pytest.raises(ValidationError):
        PolicyRules().commission.share = 0.1
