"""Companies and settings at the edge of what is allowed give finite, lawful years."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from annotated_types import Ge, Gt, Le

from territory.domain.policy_rules import LEVERS, PolicyRules, YearRules, numeric_settings
from territory.policy import PolicyProblem, simulate
from territory.policy.behaviour import SKILLS
from tests.domain.random_policies import SIMPLEXES, lever_classes
from tests.policy.policy_towns import BUSY, policy, two_teams
from tests.policy.year_laws import assert_lawful

YEAR = YearRules(turnover_contract=0.5, vacancy_months=0.5, sabotage=1.0, horizon_months=13)


def town(slots: int = 6, **changes: Any) -> PolicyProblem:
    year = YEAR.model_copy(update=changes.pop("year", {}))
    return two_teams(slots, year=year, **changes)


COMPANIES: dict[str, PolicyProblem] = {
    "one position": town(1),
    "one position without a team": town(1, team_idx=np.array([-1]), team_ids=()),
    "two positions": town(2),
    "no teams": town(team_idx=np.full(6, -1), team_ids=()),
    "everybody a team": town(team_idx=np.arange(6), team_ids=tuple("abcdef")),
    "an empty team": town(team_idx=np.array([0, 0, 0, 2, 2, 2]), team_ids=("a", "b", "c")),
    "no potential": town(potential=np.zeros((6, 3))),
    "one territory without potential": town(potential=np.vstack([np.zeros((1, 3)), np.full((5, 3), 1e5)])),
    "hardly any potential": town(potential=np.full((6, 3), 1e-9)),
    "boundless potential": town(potential=np.full((6, 3), 1e12)),
    "no visits planned": town(planned_visits=np.zeros((6, 3))),
    "no visits required": town(required_visits=np.zeros((6, 3))),
    "neither planned nor required": town(planned_visits=np.zeros((6, 3)), required_visits=np.zeros((6, 3))),
    "far more planned than required": town(required_visits=np.full((6, 3), 0.01)),
    "more planned than anybody can do": town(planned_visits=np.full((6, 3), 2000.0)),
    "no working time": town(workday_min=np.zeros(6)),
    "no roads": town(drive_min=np.zeros(6)),
    "outlets too far away": town(drive_min=np.full(6, 1e4)),
    "no service time": town(service_min=np.zeros((6, 3)), drive_min=np.zeros(6)),
    "hardly able": town(ability=np.full(6, 1e-6)),
    "ten times as able": town(ability=np.full(6, 10.0)),
    "nothing to learn": town(plateau=np.full((6, len(SKILLS)), 1e-6)),
    "all formal": town(is_formal=np.ones(6)),
    "all flow crosses": town(cross_flow=(np.ones((6, 6)) - np.eye(6)) / 5),
    "one class": town(
        classes=("A",),
        **{
            name: np.full((6, 1), value)
            for name, value in (
                ("potential", 1e5),
                ("required_visits", 200.0),
                ("planned_visits", 200.0),
                ("service_min", 9.0),
            )
        },
    ),
    "everybody leaves": town(year={"turnover_contract": 0.999, "turnover_formal": 0.999, "vacancy_months": 0.01}),
    "nobody comes": town(year={"turnover_contract": 0.999, "turnover_formal": 0.999, "vacancy_months": 1e6}),
    "nothing to sell": town(year={"abnormal_supply": 0.0, "abnormal_months": tuple(range(1, 13))}),
    "months without demand": town(year={"season": (1.0, 0.0) * 6, "movable_share": 1.0}),
    "one month of demand": town(year={"season": (12.0, *[0.0] * 11), "movable_share": 1.0}),
    "all time on paper": town(year={"admin_share": 1.0}),
    "sales that follow every effort": town(year={"demand_elasticity": 1.5, "supply_limited": False}),
    "twice the noise": town(year={"noise": 2.0}),
    "everything leaks": town(year={"leak_share": 1.0}),
    "one month": town(year={"horizon_months": 1}),
    "three years": town(year={"horizon_months": 36}),
    "no pay between grades": town(year={"grade_pay": (1.0, 1.0, 1.0)}),
}


@pytest.mark.parametrize("name", COMPANIES)
@pytest.mark.parametrize("rules", [policy(), policy(**BUSY)], ids=["ordinary", "busy"])
def test_a_company_at_the_edge_has_a_lawful_year(name: str, rules: PolicyRules) -> None:
    problem = COMPANIES[name]
    assert_lawful(problem, simulate(problem, rules, seed=2, replication=0))


def at_the_limit(name: str, *, high: bool) -> dict[str, Any]:
    """All numbers of a lever at their largest (or smallest) values at once; shares that add up stay as they are."""
    found = {}
    for setting in numeric_settings(lever_classes()[name]):
        limits = lever_classes()[name].model_fields[setting].metadata
        low = next((limit.ge for limit in limits if isinstance(limit, Ge)), None)
        top = next((limit.le for limit in limits if isinstance(limit, Le)), None)
        if low is None:
            low = next(limit.gt for limit in limits if isinstance(limit, Gt)) + 0.01
        if setting not in SIMPLEXES.get(name, ()):
            found[setting] = top if high else low
    return found | {
        "commission": {"floor": 0.0, "cap": 10.0 if high else 1e-6, "accelerator_from": 0.0},
    }.get(name, {})


@pytest.mark.parametrize("high", [True, False], ids=["largest", "smallest"])
@pytest.mark.parametrize("name", LEVERS)
def test_a_lever_with_all_numbers_at_their_limit_gives_a_lawful_year(name: str, high: bool) -> None:
    problem = town()
    sections = {name: at_the_limit(name, high=high)}
    assert_lawful(problem, simulate(problem, policy(**sections), seed=2, replication=0))


@pytest.mark.parametrize("high", [True, False], ids=["largest", "smallest"])
def test_all_levers_with_all_numbers_at_their_limit_give_a_lawful_year(high: bool) -> None:
    problem = town()
    sections = {name: at_the_limit(name, high=high) for name in LEVERS}
    assert_lawful(problem, simulate(problem, policy(**sections), seed=2, replication=0))


@pytest.mark.parametrize("weights", [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)])
@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_what_has_no_weight_has_no_influence(weights: tuple[float, ...], outcome: float) -> None:
    """The score is its only weighted part: nothing else enters."""
    problem = town()
    rules = policy(
        component_weights=dict.fromkeys(("junior", "mid", "senior"), weights),
        outcome_weight={"normal": outcome, "abnormal": outcome},
    )
    year = simulate(problem, rules, seed=2, replication=0)
    part = weights.index(1.0) if outcome else 3
    np.testing.assert_allclose(year.plain_score, year.judged[:, :, part] * year.is_assessed, rtol=0, atol=1e-12)
    assert_lawful(problem, year)


def test_a_year_with_no_grade_for_most_fills_the_one_there_is() -> None:
    problem = town()
    year = simulate(problem, policy(ladder={"junior": 0.0, "mid": 0.0, "senior": 1.0}), seed=2, replication=0)
    assert (year.grade_next[0][year.grade_next[0] >= 0] == 2).all()
