"""The levers as a scenario file gives them."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from territory.domain.policy_rules import LEVERS, Lever, PolicyRules, YearRules
from territory.policy import simulate
from tests.policy.policy_towns import policy, two_teams
from tests.policy.ready_policies import READY

SECTIONS = tomllib.loads(READY)["policy"]


@pytest.mark.parametrize("name", SECTIONS)
def test_ready_policies_are_valid_say_why_and_run(name: str) -> None:
    rules = PolicyRules.model_validate(SECTIONS[name])
    assert rules.why.endswith(".")
    assert simulate(two_teams(4), rules, seed=1, replication=0).true_sales.sum() > 0


def test_the_first_ready_policy_is_the_ordinary_situation() -> None:
    first = PolicyRules.model_validate(next(iter(SECTIONS.values())))
    assert first.model_copy(update={"why": ""}) == PolicyRules()


@pytest.mark.parametrize(
    "section",
    [
        {"pay": {"egalitarian_share": 1.2}},
        {"pay": {"pool_share": 1.0}},
        {"pay": {"bonus_period_months": 2}},
        {"pay": {"commission_floor": 2.0}},
        {"pay": {"comission_share": 0.1}},
        {"assessment": {"component_weights": {"junior": [0.5, 0.5, 0.5]}}},
        {"assessment": {"component_weights": {"boss": [1.0, 0.0, 0.0]}}},
        {"mentoring": {"pairs_share": 0.6}},
        {"mentoring": {"rule": "anyhow"}},
        {"review": {"start_month": 0}},
        {"review": {"start_month": 5, "stop_month": 4}},
        {"telepathy": {}},
    ],
    ids=str,
)
def test_impossible_policies_are_refused(section: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        policy(**section)


@pytest.mark.parametrize(
    "setting",
    [
        {"season": (1.0, 2.0)},
        {"season": (0.0,) * 12},
        {"grade_caps": (0.5, 0.5, 0.5)},
        {"turnover_contract": 1.0},
        {"abnormal_months": (13,)},
    ],
    ids=str,
)
def test_impossible_worlds_are_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        YearRules(**setting)


def test_a_lever_is_itself_in_its_months_and_ordinary_outside() -> None:
    rules = policy(pay={"egalitarian_share": 0.1, "start_month": 3, "stop_month": 5, "cost_per_month": 7.0})
    for month in range(1, 13):
        pay = rules.in_month(month).pay
        assert pay.egalitarian_share == (0.1 if 3 <= month <= 5 else 0.8)
        assert pay.cost_per_month == (7.0 if 3 <= month <= 5 else 0.0)


def test_every_lever_is_listed_and_every_option_described() -> None:
    sections = {name: field for name, field in PolicyRules.model_fields.items() if name != "why"}
    assert tuple(sections) == LEVERS
    for field in sections.values():
        lever = field.annotation
        assert isinstance(lever, type)
        assert issubclass(lever, Lever)
        assert all(option.description for option in lever.model_fields.values())
    assert all(option.description for option in YearRules.model_fields.values())
