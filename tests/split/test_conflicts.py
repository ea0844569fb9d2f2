"""Why no split exists: each proof on a town that breaks just that, with the fewest names that show it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.domain.assignment import Assignment
from territory.domain.columns import Labels
from territory.domain.flow import no_flow
from territory.domain.reps import Teams
from territory.domain.scenario import Scenario
from territory.language import Text
from territory.split import SplitProblem, check
from territory.split._evidence import few, least_sales, shrunk
from territory.split._exact import core_reason, solve_exactly
from territory.split._instance import instance_of
from territory.split.conflicts import proof_of_infeasibility
from tests.split.oracle import every_split
from tests.towns import KM, grid_of_shops, line_of_shops, with_outlets


def line(**rules: object) -> Scenario:
    """Eight like shops on a line, two reps with a half each today."""
    scenario = line_of_shops(8, 2, **({"workload_tolerance": 0.3} | rules))
    return with_outlets(scenario, rep_idx=np.repeat([0, 1], 4))


def with_reps(scenario: Scenario, **columns: object) -> Scenario:
    return replace(scenario, reps=replace(scenario.reps, **columns))  # type: ignore[arg-type]


def in_areas(scenario: Scenario, names: str, **columns: object) -> Scenario:
    """The same shops in market areas, a letter for each shop, without flow."""
    outlets = replace(scenario.outlets, area=Labels.of(names), **columns)  # type: ignore[arg-type]
    return replace(scenario, outlets=outlets, flow=no_flow(len(outlets.area.names)))


def marked(num: int, **at: str) -> Labels:
    """Labels at positions: marked(8, p1="x") has 'x' at position 1."""
    texts = [""] * num
    for place, text in at.items():
        texts[int(place[1:])] = text
    return Labels.of(texts)


def proof(scenario: Scenario | SplitProblem) -> Text:
    """The proof, which brute force confirms."""
    problem = scenario if isinstance(scenario, SplitProblem) else SplitProblem.of(scenario)
    assert not every_split(problem).is_valid.any()
    found = proof_of_infeasibility(problem)
    assert found is not None
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found.zh)
    return found


def test_a_feasible_problem_has_no_proof() -> None:
    assert proof_of_infeasibility(SplitProblem.of(line())) is None


def test_a_seed_point_and_a_lock_in_one_group_are_named_alone_among_its_members() -> None:
    scenario = with_outlets(line(), group=marked(8, p0="g", p3="g", p5="g", p6="g"), locked=np.arange(8) == 3)
    found = proof(with_reps(scenario, seed_outlet_idx=np.array([-1, 5])))
    assert "A003 (locked to R0), A005 (seed point of R1) together" in found.en
    assert "A000" not in found.en
    assert "A005(R1 的种子点)" in found.zh


def test_a_seed_point_that_its_rep_may_not_serve_is_named_with_the_skill() -> None:
    scenario = with_reps(line(), skills=(frozenset({"wine"}), frozenset()), seed_outlet_idx=np.array([-1, 7]))
    found = proof(with_outlets(scenario, skill=marked(8, p7="wine")))
    assert "A007 (seed point of R1; by team or skill only R0)" in found.en


def test_a_group_with_two_outlets_to_keep_apart_is_named() -> None:
    found = proof(with_outlets(line(), group=marked(8, p0="g", p5="g"), apart=marked(8, p0="r", p5="r")))
    assert "A000 and A005 are to be kept apart" in found.en


def test_more_outlets_apart_than_territories_are_named() -> None:
    found = proof(with_outlets(line(), apart=marked(8, p1="r", p4="r", p6="r")))
    assert "A001, A004, A006 must lie in 3 different territories, but only 2" in found.en


def test_of_a_label_only_those_that_clash_are_named() -> None:
    scenario = line_of_shops(9, 3, workload_tolerance=0.9)
    scenario = with_reps(scenario, skills=(frozenset({"wine"}), frozenset(), frozenset()))
    scenario = with_outlets(
        scenario, apart=marked(9, p1="r", p4="r", p7="r"), skill=marked(9, p4="wine", p7="wine"), rep_idx=np.zeros(9)
    )
    found = proof(scenario)
    assert "A004 (skill), A007 (skill) must lie in 2 different territories, but only 1 may serve them (R0)" in found.en
    assert "A001" not in found.en


def test_areas_that_labels_part_pair_by_pair_are_a_clique() -> None:
    """Three areas of two shops each; every two of them share a label, and there are two territories."""
    scenario = line_of_shops(6, 2, workload_tolerance=0.9)
    scenario = in_areas(
        scenario, "aabbcc", apart=Labels.of(["ab", "ac", "ab", "bc", "ac", "bc"]), rep_idx=np.repeat([0, 1], 3)
    )
    assert "a, b, c must lie in 3 different territories" in proof(scenario).en


def test_of_the_outlets_locked_to_one_rep_the_fewest_that_are_too_much_are_named() -> None:
    service = np.array([20.0, 20, 300, 20, 20, 20, 300, 20])
    scenario = with_outlets(line(), service_min=service, locked=np.array([True] * 7 + [False]), rep_idx=np.zeros(8))
    found = proof(scenario)
    assert "only R0 may serve A006 (locked to R0), A002 (locked to R0): their workload is" in found.en
    assert "A000" not in found.en


def test_seed_points_and_locks_together_may_be_too_much() -> None:
    service = np.array([20.0, 20, 300, 20, 20, 20, 300, 20])
    scenario = with_outlets(line(), service_min=service, locked=np.arange(8) == 2, rep_idx=np.zeros(8))
    found = proof(with_reps(scenario, seed_outlet_idx=np.array([6, -1])))
    assert "A006 (seed point of R0), A002 (locked to R0)" in found.en


def test_a_team_that_may_serve_too_much_or_too_little_is_named() -> None:
    scenario = line_of_shops(8, 3, workload_tolerance=0.2)
    teams = Teams(team_ids=("E", "W"), names=("east", "west"), pooled=np.array([False, False]))
    scenario = replace(with_reps(scenario, team_idx=np.array([0, 0, 1])), teams=teams)
    found = proof(with_outlets(scenario, team=Labels.of(["E"] * 2 + ["W"] * 6)))
    assert "only R2 may serve A007 (by team or skill only R2), A006" in found.en
    problem = SplitProblem.of(line_of_shops(8, 3, workload_tolerance=0.2))
    allowed = np.ones((8, 3), dtype=bool)
    allowed[:6, 0] = False
    assert "all that R0 may serve has workload" in proof(replace(problem, allowed=allowed)).en


def test_three_units_of_which_no_two_fit_into_one_of_two_territories_are_named() -> None:
    service = np.array([20.0, 300, 20, 300, 20, 300, 20, 20])
    found = proof(with_outlets(line(workload_tolerance=0.15), service_min=service))
    assert "of 3 units (A001, A005, A003) some territory must hold 2, and any 2 of them have workload" in found.en


def test_the_number_of_outlets_alone_can_rule_a_split_out() -> None:
    scenario = line_of_shops(5, 2, workload_tolerance=0.9, count_tolerance=0.1)
    assert "of 5 units" in proof(scenario).en
    assert "number of outlets" in proof(scenario).en


def walled(scenario: Scenario, *after: float) -> Scenario:
    """Walls from pole to pole, east of so many shops."""
    walls = tuple(np.array([[29.0, 100.0 + (x - 0.5) * KM], [31.0, 100.0 + (x - 0.5) * KM]]) for x in after)
    return replace(scenario, barriers=walls)


def test_a_part_with_too_much_and_too_little_for_whole_territories_is_named() -> None:
    assert "the 3 units around A000 are cut off" in proof(walled(line(workload_tolerance=0.2), 3)).en


def test_parts_that_need_more_territories_than_there_are_add_up() -> None:
    """Two parts of three: too much for one territory of two shops, enough for two, and there are three."""
    found = proof(walled(line_of_shops(6, 3, workload_tolerance=0.35), 3))
    assert "falls into 2 parts that nothing connects; by workload they hold at least 4 territories" in found.en
    assert "and there are 3" in found.en
    four = line_of_shops(8, 2, workload_tolerance=0.9)
    assert "the map falls into 4 parts that nothing connects" in proof(walled(four, 2, 4, 6)).en


def test_every_measure_counts_for_parts() -> None:
    sales = np.array([100.0] * 4 + [10.0] * 4)
    scenario = with_outlets(line(workload_tolerance=0.9, potential_tolerance=0.3), sales_per_week=sales)
    assert "potential (sales)" in proof(walled(scenario, 4)).en


def test_two_units_that_one_rep_must_serve_on_both_sides_of_a_wall_are_named() -> None:
    scenario = walled(line(workload_tolerance=0.9), 4)
    scenario = with_reps(scenario, skills=(frozenset({"wine"}), frozenset()), seed_outlet_idx=np.array([0, -1]))
    problem = SplitProblem.of(scenario)
    allowed = problem.allowed.copy()
    allowed[7, 1] = False
    found = proof(replace(problem, allowed=allowed))
    assert "only R0 may serve A000 and A007, and nothing connects them" in found.en


def test_outlets_that_must_leave_cost_more_than_the_cap() -> None:
    scenario = with_reps(line(max_moved_share=0.2), seed_outlet_idx=np.array([-1, 3]))
    scenario = with_outlets(scenario, sales_per_week=np.array([10.0, 10, 10, 500, 10, 10, 10, 10]))
    found = proof(scenario)
    assert "A003 cannot stay as today" in found.en
    assert "87.7 % of sales must change rep, at most 20 % may" in found.en


def test_a_cap_too_low_to_mend_todays_imbalance_names_the_reps_and_the_least_share() -> None:
    scenario = with_outlets(line(max_moved_share=0.1), rep_idx=np.array([0] * 7 + [1]))
    found = proof(scenario)
    assert "today R0 is over the band of workload" in found.en
    assert "of sales must change rep, at most 10 % may" in found.en


def test_a_territory_that_has_too_little_today_is_named_too() -> None:
    rep = np.array([0, 0, 0, 1, 1, 1, 2, -1])
    service = np.array([20.0, 20, 20, 20, 20, 20, 2, 2])
    scenario = with_outlets(line_of_shops(8, 3, workload_tolerance=0.55, max_moved_share=0.01), rep_idx=rep)
    found = proof(with_outlets(scenario, service_min=service))
    assert "today R2 is under the band of workload" in found.en


def test_what_nobody_serves_today_fills_a_territory_up_for_nothing() -> None:
    scenario = with_outlets(line(max_moved_share=0.0), rep_idx=np.array([0] * 4 + [-1] * 4))
    assert proof_of_infeasibility(SplitProblem.of(scenario)) is None


def test_a_proof_about_whole_areas_is_not_held_against_todays_split() -> None:
    """Today's border runs through an area: moving areas whole moves too much, leaving all as it is does not."""
    problem = SplitProblem.of(in_areas(line(max_moved_share=0.0), "aaabbccc"))
    assert check(problem, Assignment(rep_of_outlet=problem.today)).is_clean
    assert proof_of_infeasibility(problem) is None


# small parts


def test_a_conflict_set_is_shrunk_until_no_member_can_be_left_out() -> None:
    assert shrunk([1, 2, 3, 4, 5], lambda kept: sum(kept) >= 9) == [4, 5]
    assert shrunk([7], lambda kept: True) == [7]


def test_long_lists_of_names_are_cut_short() -> None:
    told = few(["a", "b", "c"], most=2)
    assert (told.en, told.zh) == ("a, b and 1 more", "a、b 等共 3 个")


def test_least_sales_takes_the_cheapest_per_minute_in_fractions() -> None:
    problem = SplitProblem.of(with_outlets(line(), sales_per_week=np.array([10.0, 0, 40, 10, 1, 1, 1, 1])))
    workload = replace(problem.measures[0], amount=np.array([10.0, 5, 10, 20, 0, 0, 0, 0]))
    everyone = np.ones(8, dtype=bool)
    assert least_sales(problem, workload, everyone, 5.0) == 0.0
    assert least_sales(problem, workload, everyone, 15.0) == pytest.approx(5.0)
    assert least_sales(problem, workload, everyone, 30.0) == pytest.approx(10.0 + 5.0)
    assert least_sales(problem, workload, everyone, 46.0) == float("inf")


def test_a_core_names_the_rules_in_both_languages() -> None:
    problem = SplitProblem.of(grid_of_shops(1, 5, 2, workload_tolerance=0.1, max_moved_share=0.9))
    answer = solve_exactly(instance_of(problem), deterministic_time=5.0, seed=1)
    assert answer.label is None
    assert answer.core == ("balance:0",)
    reason = core_reason(problem, answer.core)
    assert "workload within 10 %" in reason.en
    assert "工作量偏差不超过 10 %" in reason.zh
