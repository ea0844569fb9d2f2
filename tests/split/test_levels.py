"""Two levels: what is found is an ordinary split, teams stay whole, and points keep their worth inside a team."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.domain.assignment import Assignment
from territory.domain.reps import Teams
from territory.domain.scenario import Scenario
from territory.effort import CancelToken, Effort
from territory.progress import Silent
from territory.split import SplitProblem, SplitResult, check, kpi, levels, redraw
from territory.split.levels import inside_problem, redraw_levels, team_of, team_problem
from territory.standing import Status, StopReason
from tests.towns import grid_of_shops, line_of_shops

EFFORT = Effort(iterations=200_000)


def in_teams(scenario: Scenario, team_idx: list[int], *, pooled: tuple[bool, ...]) -> Scenario:
    ids = tuple(f"T{number}" for number in range(len(pooled)))
    teams = Teams(team_ids=ids, names=ids, pooled=np.array(pooled))
    return replace(scenario, teams=teams, reps=replace(scenario.reps, team_idx=np.array(team_idx)))


@pytest.fixture
def two_teams() -> SplitProblem:
    """64 shops, six reps in two teams of three."""
    return SplitProblem.of(in_teams(grid_of_shops(8, 8, 6, seed=1), [0, 0, 0, 1, 1, 1], pooled=(False, False)))


def test_two_levels_give_an_ordinary_checked_split(two_teams: SplitProblem) -> None:
    result = redraw_levels(two_teams, effort=EFFORT, seed=1)
    plan = result.require_plan()
    assert check(two_teams, plan).is_clean
    assert result.bound <= result.objective
    ground = team_of(two_teams)[two_teams.territories(plan)]
    pieces = kpi.pieces(team_problem(two_teams, team_of(two_teams)), ground)
    assert pieces.tolist() == [1, 1]


def test_two_levels_keep_at_least_as_much_flow_inside_teams(two_teams: SplitProblem) -> None:
    def by_team(plan: Assignment) -> float:
        return kpi.flow_kept(two_teams, team_of(two_teams)[two_teams.territories(plan)]).share_between

    effort = Effort(iterations=600_000)
    one = redraw(two_teams, effort=effort, seed=1).require_plan()
    two = redraw_levels(two_teams, effort=effort, seed=1).require_plan()
    assert by_team(two) >= by_team(one) - 1e-9


def test_a_pooled_team_is_not_cut_further() -> None:
    scenario = in_teams(grid_of_shops(8, 8, 6, seed=2), [0, 0, 0, 1, 1, 1], pooled=(True, False))
    problem = SplitProblem.of(scenario)
    assert problem.num_territories == 4
    assert len(np.unique(team_of(problem))) == 2
    plan = redraw_levels(problem, effort=EFFORT, seed=1).require_plan()
    assert check(problem, plan).is_clean


def test_without_teams_it_is_the_redraw_itself() -> None:
    problem = SplitProblem.of(in_teams(grid_of_shops(6, 6, 3, seed=3), [0, 0, 0], pooled=(False,)))
    assert redraw_levels(problem, effort=EFFORT, seed=5) == redraw(problem, effort=EFFORT, seed=5)


def test_the_same_seed_gives_the_same_split(two_teams: SplitProblem) -> None:
    first, again = (redraw_levels(two_teams, effort=EFFORT, seed=4).require_plan() for _ in range(2))
    assert first.rep_of_outlet.tolist() == again.rep_of_outlet.tolist()


def test_the_move_cap_holds_over_both_levels() -> None:
    scenario = grid_of_shops(8, 8, 4, seed=5, max_moved_share=0.3, workload_tolerance=0.4)
    problem = SplitProblem.of(in_teams(scenario, [0, 0, 1, 1], pooled=(False, False)))
    result = redraw_levels(problem, effort=Effort(iterations=600_000), seed=1)
    plan = result.require_plan()
    assert kpi.moved_sales(problem, problem.territories(plan)) / problem.served_sales <= 0.3 + 1e-9


def test_points_inside_a_team_differ_as_points_of_the_whole_do(two_teams: SplitProblem) -> None:
    problem = replace(two_teams, price_moved=0.3, price_travel=0.2)
    team = team_of(problem)
    start = redraw_levels(problem, effort=EFFORT, seed=1).require_plan()
    ground = team[problem.territories(start)]
    outlets, territories = np.flatnonzero(ground == 0), np.flatnonzero(team == 0)
    part, reps = inside_problem(problem, territories, outlets, movable_sales=np.inf)
    place = {int(rep): position for position, rep in enumerate(reps)}
    inside = np.array([place[int(rep)] for rep in start.rep_of_outlet[outlets]])
    rng, worth = np.random.default_rng(0), []
    for _ in range(4):
        other = rng.integers(0, len(reps), len(outlets))
        whole = start.rep_of_outlet.copy()
        whole[outlets] = reps[other]
        a = (
            check(part, Assignment(rep_of_outlet=other)).objective
            - check(part, Assignment(rep_of_outlet=inside)).objective
        )
        b = check(problem, Assignment(rep_of_outlet=whole)).objective - check(problem, start).objective
        worth.append(a / b)
    assert worth == pytest.approx([problem.flow_between / part.flow_between] * 4, rel=1e-6)


def test_teams_that_cannot_be_divided_are_told_not_forced() -> None:
    # seven like shops in a row, two to four per rep allowed: teams of two need four shops, and only three are left
    scenario = line_of_shops(7, 4, workload_tolerance=0.2)
    problem = SplitProblem.of(in_teams(scenario, [0, 0, 1, 1], pooled=(False, False)))
    result = redraw_levels(problem, effort=Effort(iterations=20_000), seed=1)
    assert (result.plan, result.status) == (None, Status.NO_PLAN_FOUND)
    assert result.reason is not None
    assert "two levels" in result.reason.en
    assert "两级" in result.reason.zh


def test_a_cancel_on_the_second_level_reaches_every_team(
    two_teams: SplitProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, seen = CancelToken(), []

    class AtTeams(Silent):
        def started(self, stage: str, total: int) -> None:
            if stage == levels.STAGE:
                token.cancel()

    def spied(problem: SplitProblem, **words: object) -> SplitResult:
        found = redraw(problem, **words)  # type: ignore[arg-type]
        seen.append(found.stopped_by)
        return found

    monkeypatch.setattr(levels, "redraw", spied)
    result = redraw_levels(two_teams, effort=EFFORT, seed=1, progress=AtTeams(), cancel=token)
    assert result.stopped_by is StopReason.CANCELLED
    assert seen[0] is not StopReason.CANCELLED
    assert len(seen) == 3
    assert set(seen[1:]) <= {StopReason.CANCELLED, StopReason.PROVED}
    assert StopReason.CANCELLED in seen[1:]
