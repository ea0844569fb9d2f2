"""From scenario, assignment and visit plan to the problem of the year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from territory.domain.assignment import Assignment
from territory.domain.calendar import Calendar
from territory.domain.columns import Labels
from territory.domain.flow import Flow
from territory.domain.outlets import Outlets, always_open
from territory.domain.policy_rules import YearRules
from territory.domain.reps import Reps, Teams
from territory.domain.rules import EffortRules, SplitRules, VisitRules
from territory.domain.scenario import Scenario
from territory.domain.travel import Places
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.policy import PolicyProblem, simulate
from territory.policy.behaviour import SKILLS
from territory.policy.model import DAYS_PER_MONTH, spread_over_days
from territory.units import FloatArray, IntArray
from tests.policy.policy_towns import policy, two_teams

MONTH = 21 / 20


@dataclass(frozen=True)
class DegreesTravel:
    """Ten minutes per degree of longitude."""

    def seconds(self, frm: Places, to: Places) -> IntArray:
        return np.rint(600 * np.abs(frm.lon[:, None] - to.lon[None, :])).astype(np.int64)

    def pair_minutes(self, frm: Places, to: Places) -> FloatArray:
        return np.asarray(10.0 * np.abs(frm.lon - to.lon))

    def describe(self) -> dict[str, object]:
        return {}


def four_outlets(**changes: Any) -> Scenario:
    """Outlets at longitudes 0 to 3: areas x (0, 1) and y (2, 3), two reps at home at 0 and 3."""
    outlets = Outlets(
        outlet_ids=("o0", "o1", "o2", "o3"),
        names=("o0", "o1", "o2", "o3"),
        lat=np.zeros(4),
        lon=np.arange(4.0),
        district=Labels.empty(4),
        area=Labels.of(["x", "x", "y", "y"]),
        segment=Labels.empty(4),
        tier=Labels.of(changes.pop("tier", ["B", "A", "A", "B"])),
        sales_per_week=np.array([100.0, 300.0, 200.0, 200.0]),
        service_min=np.array([10.0, 20.0, 20.0, 10.0]),
        visits_per_cycle=np.array([2, 4, 4, 0]),
        windows_min=always_open(4),
        priority=np.full(4, 50.0),
        skill=Labels.empty(4),
        rep_idx=np.array([0, 0, 1, 1]),
        locked=np.zeros(4, dtype=bool),
        group=Labels.empty(4),
        team=Labels.empty(4),
    )
    reps = Reps(
        rep_ids=("r1", "r0"),
        names=("Li", "Wang"),
        lat=np.zeros(2),
        lon=np.array([0.0, 3.0]),
        team_idx=np.array([0, 0]),
        shift_min=np.tile([480, 1020], (2, 1)),
        works=np.ones((2, 7), dtype=bool),
        capacity_min=np.full(2, 9600.0),
        skills=(frozenset(), frozenset()),
        grade=Labels.of(["senior", None]),
        contract=Labels.of(["formal", None]),
        step=np.zeros(2, dtype=np.int64),
        star=np.zeros(2, dtype=np.int64),
        tenure_years=np.array([2.0, 0.5]),
        ability=np.array([1.1, 0.9]),
    )
    weight = sp.csr_matrix(np.array([[10.0, 4.0], [2.0, 20.0]]))
    parts: dict[str, Any] = {
        "name": "four",
        "currency": "CNY",
        "seed": 4,
        "outlets": outlets,
        "reps": reps,
        "teams": Teams(team_ids=("t",), names=("t",), pooled=np.array([False])),
        "flow": Flow(level="area", weight=weight),
        "travel": DegreesTravel(),
        "calendar": Calendar(start=dt.date(2026, 11, 30)),
        "split": SplitRules(),
        "visits": VisitRules(access_min=1.0),
        "policies": {},
        "effort": EffortRules(),
    }
    return Scenario(**(parts | changes))


def small_plan(rep: list[int], outlet: list[int]) -> VisitPlan:
    """One stop a day: six minutes there, six back, fifteen at the outlet."""
    n = len(rep)
    day = np.arange(n)
    full = np.full
    return VisitPlan(
        rep_idx=np.array(rep),
        day=day,
        outlet_idx=np.array(outlet),
        drive_s=full(n, 360),
        start_s=full(n, 36000),
        service_s=full(n, 900),
        route_rep_idx=np.array(rep),
        route_day=day,
        leave_s=full(n, 35000),
        return_drive_s=full(n, 360),
        return_s=full(n, 38000),
        lunch_s=full(n, -1),
        unplaced_outlet_idx=np.zeros(0, dtype=np.int64),
        unplaced_visits=np.zeros(0, dtype=np.int64),
        unplaced_reason=(),
    )


def today(scenario: Scenario) -> Assignment:
    return Assignment.today(scenario.outlets)


def test_sales_and_visits_are_summed_by_rep_and_class() -> None:
    scenario = four_outlets()
    problem = PolicyProblem.of(scenario, today(scenario), None)
    assert problem.classes == ("A", "B")
    np.testing.assert_allclose(problem.potential, [[300, 100], [200, 200]])
    np.testing.assert_allclose(problem.required_visits, MONTH * np.array([[4, 2], [4, 0]]))
    np.testing.assert_array_equal(problem.planned_visits, problem.required_visits)
    np.testing.assert_allclose(problem.service_min[0], [21.0, 11.0])


def test_without_a_plan_the_drive_is_the_mean_leg_and_the_way_home() -> None:
    scenario = four_outlets()
    problem = PolicyProblem.of(scenario, today(scenario), None)
    legs = np.array([20.0, 40 / 3, 40 / 3, 20.0])
    first = (2 * legs[0] + 4 * legs[1]) / 6 + 2 * (4 * 10.0) / 6
    np.testing.assert_allclose(problem.drive_min, [first, legs[2] + 2 * 10.0])


def test_a_plan_gives_visits_minutes_and_drives() -> None:
    scenario = four_outlets()
    plan = small_plan([0, 0, 1, 1], [0, 1, 2, 2])
    problem = PolicyProblem.of(scenario, today(scenario), plan)
    np.testing.assert_allclose(problem.planned_visits, MONTH * np.array([[1, 1], [2, 0]]))
    np.testing.assert_allclose(problem.required_visits, MONTH * np.array([[4, 2], [4, 0]]))
    np.testing.assert_allclose(problem.drive_min, [12.0, 12.0])
    np.testing.assert_allclose(problem.service_min[0], [15.0, 15.0])


def test_a_rep_that_the_plan_does_not_speak_of_is_estimated_as_without_a_plan() -> None:
    scenario = four_outlets()
    part = PolicyProblem.of(scenario, today(scenario), small_plan([0, 0], [0, 1]))
    without = PolicyProblem.of(scenario, today(scenario), None)
    np.testing.assert_allclose(part.planned_visits, MONTH * np.array([[1, 1], [4, 0]]))
    assert part.drive_min.tolist() == [12.0, without.drive_min[1]]
    np.testing.assert_allclose(part.service_min[1], without.service_min[1])


def test_a_rep_whose_visits_all_found_no_place_has_none_planned() -> None:
    scenario = four_outlets()
    plan = replace(
        small_plan([0, 0], [0, 1]),
        unplaced_outlet_idx=np.array([2]),
        unplaced_visits=np.array([4]),
        unplaced_reason=(UnplacedReason.NO_TIME,),
    )
    problem = PolicyProblem.of(scenario, today(scenario), plan)
    np.testing.assert_array_equal(problem.planned_visits[1], 0.0)


def test_outlets_of_a_pool_count_for_whoever_visits_them() -> None:
    scenario = four_outlets()
    plan = small_plan([0, 1, 0, 1, 1, 1], [1, 1, 0, 2, 2, 2])
    problem = PolicyProblem.of(scenario, today(scenario), plan)
    np.testing.assert_allclose(problem.potential, [[150, 100], [350, 200]])


def test_outlets_that_nobody_serves_count_for_nobody() -> None:
    scenario = four_outlets()
    problem = PolicyProblem.of(scenario, Assignment(rep_of_outlet=np.array([0, -1, 1, 1])), None)
    assert problem.potential.sum() == 500


def test_borders_follow_the_flow_between_territories() -> None:
    scenario = four_outlets()
    whole = PolicyProblem.of(scenario, today(scenario), None).cross_flow
    np.testing.assert_allclose(whole, [[0, 6 / 26], [6 / 46, 0]])
    one = PolicyProblem.of(scenario, Assignment(rep_of_outlet=np.zeros(4, dtype=np.int64)), None).cross_flow
    np.testing.assert_array_equal(one, 0.0)


def test_an_area_cut_by_a_border_shares_its_flow_by_sales() -> None:
    scenario = four_outlets()
    cut = PolicyProblem.of(scenario, Assignment(rep_of_outlet=np.array([0, 1, 1, 1])), None).cross_flow
    share = np.array([[0.25, 0.75], [0.0, 1.0]])
    linked = share.T @ scenario.flow.weight.toarray() @ share
    linked = linked + linked.T
    assert cut[0, 1] == pytest.approx(linked[0, 1] / linked[0].sum())


def test_flow_between_outlets_is_used_as_it_is() -> None:
    weight = np.zeros((4, 4))
    weight[0, 2], weight[0, 1] = 3.0, 1.0
    scenario = four_outlets(flow=Flow(level="outlet", weight=sp.csr_matrix(weight)))
    np.testing.assert_allclose(PolicyProblem.of(scenario, today(scenario), None).cross_flow, [[0, 0.6], [1.0, 0]])


def test_people_are_read_with_stated_defaults() -> None:
    scenario = four_outlets(year=YearRules(noise=0.0))
    problem = PolicyProblem.of(scenario, today(scenario), None)
    assert problem.grade.tolist() == [2, 1]
    assert problem.is_formal.tolist() == [1, 0]
    assert problem.tenure_months.tolist() == [24.0, 6.0]
    assert problem.stream_row.tolist() == [1, 0]
    assert problem.year.noise == 0.0
    assert problem.workday_min.tolist() == [480.0, 480.0]
    assert problem.base_pay[2, 1] == pytest.approx(5000 * 1.35 * 1.25)
    assert not problem.has_contest
    assert problem.step.tolist() == [1, 1]
    assert problem.role.tolist() == [0, 0]
    assert problem.team_ids == ("t",)
    assert problem.plateau.shape == (2, len(SKILLS))


def test_members_of_pooled_teams_work_by_role_and_steps_are_those_of_the_ladder() -> None:
    scenario = four_outlets(teams=Teams(team_ids=("t",), names=("t",), pooled=np.array([True])))
    scenario = replace(scenario, reps=replace(scenario.reps, step=np.array([4, 9])))
    problem = PolicyProblem.of(scenario, today(scenario), None)
    assert problem.role.tolist() == [1, 1]
    assert problem.step.tolist() == [4, 9]


def test_what_reps_could_learn_is_theirs_wherever_they_are_listed() -> None:
    scenario = four_outlets()
    reps = scenario.reps
    turned = replace(scenario, reps=replace(reps, rep_ids=reps.rep_ids[::-1]))
    one, other = (PolicyProblem.of(each, today(each), None).plateau for each in (scenario, turned))
    np.testing.assert_array_equal(other, one[::-1])
    assert not np.array_equal(one[0], one[1])


def test_outlets_without_a_tier_come_last() -> None:
    scenario = four_outlets(tier=["B", None, "A", "B"])
    problem = PolicyProblem.of(scenario, today(scenario), None)
    assert problem.classes == ("A", "B", "-")
    np.testing.assert_allclose(problem.potential, [[0, 100, 300], [200, 200, 0]])
    none = four_outlets(tier=[None] * 4)
    assert PolicyProblem.of(none, today(none), None).classes == ("-",)


def test_a_year_of_the_four_outlets_runs() -> None:
    scenario = four_outlets()
    year = simulate(PolicyProblem.of(scenario, today(scenario), None), policy(), seed=1, replication=0)
    assert year.true_sales.sum() > 0


def test_visits_of_a_month_are_spread_evenly() -> None:
    per_month = np.array([[21.0, 10.4, 0.0, 63.5]])
    days = spread_over_days(per_month, rows=np.array([0]))
    assert days.shape == (DAYS_PER_MONTH, 1, 4)
    assert days.sum(axis=0).tolist() == [[21, 10, 0, 64]]
    assert (days.max(axis=0) - days.min(axis=0)).max() <= 1


def test_skill_at_the_start_follows_tenure(town: PolicyProblem) -> None:
    new = replace(town, tenure_months=np.zeros(8))
    np.testing.assert_allclose(new.skill_now(), 0.62 * new.plateau)
    old = replace(town, tenure_months=np.full(8, 1e6))
    np.testing.assert_allclose(old.skill_now(), old.plateau)


def test_the_digest_tells_problems_apart(town: PolicyProblem) -> None:
    assert town.digest() == two_teams().digest()
    assert town.digest() != replace(town, drive_min=town.drive_min + 1).digest()
    assert town.digest() != replace(town, year=YearRules(noise=0.5)).digest()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"potential": np.zeros((2, 3))}, "potential has shape"),
        ({"drive_min": np.full(8, np.nan)}, "drive_min holds"),
        ({"ability": np.full(8, -1.0)}, "ability holds"),
        ({"team_idx": np.zeros(3)}, "team_idx has shape"),
        ({"stream_row": np.zeros(8)}, "not a permutation"),
        ({"grade": np.full(8, 3)}, "grade points outside"),
        ({"step": np.zeros(8)}, "steps lie between"),
        ({"plateau": np.ones((8, 2))}, "plateau has shape"),
        ({"team_ids": ("T1",)}, "team_ids does not name"),
        ({"cross_flow": np.eye(8)}, "cross_flow has"),
        ({"cross_flow": np.ones((8, 8)) - np.eye(8)}, "cross_flow has"),
    ],
    ids=str,
)
def test_impossible_problems_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        two_teams(**changes)


def test_a_year_needs_somebody() -> None:
    with pytest.raises(ValueError, match="at least one slot"):
        two_teams(0)
