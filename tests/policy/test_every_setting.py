"""Nothing that can be set is without effect: levers, what all levers have, the world, and behaviour."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from territory.domain.policy_rules import LEVERS, PolicyRules, YearRules
from territory.policy import Behaviour, PolicyProblem, YearResult, simulate
from territory.policy.kpi import measures
from tests.policy.policy_towns import BUSY, policy, two_teams
from tests.policy.setting_cases import CASES, SETTINGS, before_and_after


@pytest.fixture(scope="module")
def rich() -> PolicyProblem:
    """Leavers, newcomers, dumping, formal and contract staff of all grades; two years begun."""
    year = YearRules(turnover_contract=0.45, turnover_formal=0.2, vacancy_months=1.0, sabotage=0.5, horizon_months=13)
    return two_teams(12, year=year, grade=np.where(np.arange(12) < 8, 2, np.arange(12) % 3))


@pytest.fixture(scope="module")
def years(rich: PolicyProblem) -> dict[str, YearResult]:
    """Years already simulated, by policy: many cases share their baseline."""
    return {}


def year_of(problem: PolicyProblem, rules: PolicyRules, years: dict[str, YearResult]) -> YearResult:
    key = rules.model_dump_json()
    if key not in years:
        years[key] = simulate(problem, rules, seed=3, replication=1)
    return years[key]


def test_every_setting_has_its_case() -> None:
    assert {(name, setting) for name, cases in CASES.items() for setting in cases} == set(SETTINGS)
    assert tuple(CASES) == LEVERS


@pytest.mark.parametrize(("name", "setting"), SETTINGS)
def test_every_setting_of_a_lever_has_an_effect(
    name: str, setting: str, rich: PolicyProblem, years: dict[str, YearResult]
) -> None:
    before, after = (year_of(rich, policy(**sections), years) for sections in before_and_after(name, setting))
    assert after.facts_differing(before)


@pytest.mark.parametrize(
    "common",
    [
        {"strength": 0.5},
        {"start_month": 5},
        {"stop_month": 5},
        {"ramp_months": 4},
        {"rollout_months": 4},
        {"when": {"measure": "visit_completion", "above": 2.0}},
        {"stop_when": {"measure": "visit_completion", "above": 0.0}},
        {"grades": ("mid",)},
        {"teams": ("T1",)},
        {"contract": "formal"},
        {"min_tenure_months": 24},
        {"max_tenure_months": 24},
        {"covered_share": 0.5},
        {"cost_per_month": 5.0},
        {"cost_per_person_month": 5.0},
    ],
    ids=lambda common: next(iter(common)),
)
def test_what_all_levers_have_has_an_effect(
    common: dict[str, Any], rich: PolicyProblem, years: dict[str, YearResult]
) -> None:
    before, after = (year_of(rich, policy(commission=BUSY["commission"] | extra), years) for extra in ({}, common))
    assert after.facts_differing(before)


WORLD: dict[str, Any] = {
    "horizon_months": 14,
    "base_pay_per_month": 6000.0,
    "grade_pay": (1.0, 1.0, 1.0),
    "formal_pay": 1.0,
    "margin_share": 0.24,
    "hire_cost": 0.0,
    "admin_share": 0.3,
    "season": (1.0,) * 12,
    "demand_elasticity": 0.5,
    "supply_limited": False,
    "abnormal_months": (3,),
    "abnormal_supply": 0.5,
    "max_uplift": 0.0,
    "goodwill_carry": 0.1,
    "movable_share": 0.2,
    "turnover_contract": 0.1,
    "turnover_formal": 0.9,
    "vacancy_months": 3.0,
    "vacancy_coverage": 0.1,
    "leak_share": 0.5,
    "visibility": "none",
    "sabotage": 0.0,
    "noise": 0.5,
    "supervisor_pay": 0.0,
    "overdue_share": 0.2,
    "overdue_cost_share": 0.1,
}
# Settings of the world that only measures know.
IN_MEASURES = {"margin_share", "overdue_cost_share"}


def test_every_setting_of_the_world_has_its_case() -> None:
    assert set(WORLD) == set(YearRules.model_fields)


@pytest.fixture(scope="module")
def loud_policy() -> PolicyRules:
    """The busy one, with ranked reps, known judges, hardly any audit, and nobody paid for money in time."""
    return policy(
        **BUSY
        | {
            "ladder": BUSY["ladder"] | {"forced_distribution": 0.5},
            "evaluators": BUSY["evaluators"] | {"bias": 0.9},
            "anti_gaming": {"audit_rate": 0.01},
            "activity_pay": BUSY["activity_pay"] | {"receivables_share": 0.0},
        }
    )


@pytest.mark.parametrize("setting", WORLD)
def test_every_setting_of_the_world_has_an_effect(
    setting: str, rich: PolicyProblem, loud_policy: PolicyRules, years: dict[str, YearResult]
) -> None:
    before = year_of(rich, loud_policy, years)
    other = replace(rich, year=rich.year.model_copy(update={setting: WORLD[setting]}))
    after = simulate(other, loud_policy, seed=3, replication=1)
    assert (after.facts_differing(before) == ()) == (setting in IN_MEASURES)
    assert measures(other, after) != measures(rich, before) or setting not in IN_MEASURES


# Where two fifths of today's value would not be felt by twelve people in a year.
FELT = {
    "dump_inflow_limit": 0.01,
    "quit_new": 4.0,
    "quit_morale": -8.0,
    "quit_ability_gap": 8.0,
    "quit_pay": -6.0,
    "quit_status": 9.0,
}


@pytest.mark.parametrize("name", [item.name for item in fields(Behaviour)])
def test_every_number_of_behaviour_has_an_effect(
    name: str, rich: PolicyProblem, loud_policy: PolicyRules, years: dict[str, YearResult]
) -> None:
    now = getattr(rich.behaviour, name)
    behaviour = replace(rich.behaviour, **{name: FELT.get(name, 0.4 * now if now else 0.3)})
    other = replace(rich, behaviour=behaviour)

    def is_felt(rules: PolicyRules) -> bool:
        before, after = year_of(rich, rules, years), simulate(other, rules, seed=3, replication=1)
        return bool(after.facts_differing(before)) or measures(other, after) != measures(rich, before)

    # Who is paid that well leaves neither for want of recognition nor of money.
    assert is_felt(loud_policy) or is_felt(policy())


def test_margin_is_what_profit_is_made_of(restless_town: PolicyProblem, quiet_year: YearResult) -> None:
    richer = replace(restless_town, year=restless_town.year.model_copy(update={"margin_share": 0.24}))
    profit = [
        next(measure.value for measure in measures(town, quiet_year) if measure.name == "profit")
        for town in (restless_town, richer)
    ]
    sold = quiet_year.true_sales.sum() + restless_town.year.leak_share * quiet_year.dumped_out.sum()
    assert np.diff(profit)[0] == pytest.approx(0.12 * sold, rel=1e-9)
