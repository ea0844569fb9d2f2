"""Who gains and who loses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from territory.lab.groups import DIMENSIONS, GROUP_VALUES, group_effects, group_values, groups_of
from tests.lab.fakes import MONTHS, Company, FakePolicy, company, facts

VALUES = list(GROUP_VALUES)


def table(town: Company, policies: list[FakePolicy], replications: int = 10) -> np.ndarray:
    groups = groups_of(town)  # type: ignore[arg-type]
    return np.array(
        [
            [group_values(groups, facts(town, policy, seed=1, replication=number)) for policy in policies]  # type: ignore[arg-type]
            for number in range(replications)
        ]
    )


def effects(policies: list[FakePolicy]) -> Any:
    town = company()
    names = [f"p{place}" for place in range(len(policies))]
    return group_effects(groups_of(town), names, table(town, policies), "CNY")  # type: ignore[arg-type]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_position_is_in_one_group_of_a_dimension_unless_it_has_no_team(dimension: str) -> None:
    town = company(12)
    members = sum(group.members.astype(int) for group in groups_of(town) if group.dimension == dimension)  # type: ignore[arg-type]
    assert members.tolist() == [int(dimension != "team" or team >= 0) for team in town.team_idx]


def test_groups_have_members_and_names_in_two_languages() -> None:
    for group in groups_of(company(5)):  # type: ignore[arg-type]
        assert group.num_slots > 0
        assert group.label.en
        assert group.label.zh


def test_tenure_is_counted_in_completed_years() -> None:
    town = company(6, tenure_months=np.array([0.0, 11.9, 12.0, 35.0, 36.0, 400.0]))
    found = {group.name: np.flatnonzero(group.members).tolist() for group in groups_of(town)}  # type: ignore[arg-type]
    assert (found["under_1"], found["1_2"], found["3_4"], found["7_up"]) == ([0, 1], [2, 3], [4], [5])
    assert "5_6" not in found


def test_thirds_of_ability_are_equal_and_do_not_depend_on_the_order_of_positions() -> None:
    order = np.array([3, 8, 0, 5, 1, 7, 2, 6, 4])
    straight = company(ability=np.array([1.0, 1.0, 1.0, 0.5, 2.0, 1.0, 0.9, 1.1, 1.0]))
    turned = company(ability=straight.ability[order], slot_ids=tuple(np.array(straight.slot_ids)[order]))
    for one, other in zip(
        [g for g in groups_of(straight) if g.dimension == "ability"],  # type: ignore[arg-type]
        [g for g in groups_of(turned) if g.dimension == "ability"],  # type: ignore[arg-type]
        strict=True,
    ):
        assert one.num_slots == 3
        assert np.array_equal(one.members[order], other.members)


def test_the_groups_of_a_dimension_add_up_to_the_company() -> None:
    town = company()
    year = facts(town, FakePolicy(dumped=0.1), seed=1, replication=0)
    groups = groups_of(town)  # type: ignore[arg-type]
    found = group_values(groups, year)  # type: ignore[arg-type]
    for dimension in ("grade", "tenure", "ability", "contract"):
        places = [place for place, group in enumerate(groups) if group.dimension == dimension]
        slots = np.array([groups[place].num_slots for place in places])
        held = np.array([year.is_filled[:, groups[place].members].sum() for place in places])
        quits = found[places, VALUES.index("turnover")] @ slots / (100 * 12 / MONTHS)
        assert found[places, VALUES.index("true_sales")] @ slots * MONTHS == pytest.approx(year.true_sales.sum())
        assert found[places, VALUES.index("pay")] @ held == pytest.approx(year.pay.sum())
        assert quits * MONTHS / 12 == pytest.approx(year.quits.sum())
        assert found[places, VALUES.index("gaming")] == pytest.approx(20.0 / 2)


def test_skill_and_effort_are_those_of_holders() -> None:
    town = company(3, grade=np.zeros(3, dtype=int))
    year = facts(town, FakePolicy(), seed=1, replication=0)
    year.is_filled = np.zeros((MONTHS, 3), dtype=bool)
    year.is_filled[:6, 1] = True
    found = group_values(groups_of(town)[:1], year)[0]  # type: ignore[arg-type]
    assert found[VALUES.index("skill")] == pytest.approx(town.ability[1])
    assert found[VALUES.index("effort")] == pytest.approx(1.0)


def test_a_group_that_nobody_holds_counts_nothing() -> None:
    town = company(3, grade=np.zeros(3, dtype=int))
    year = facts(town, FakePolicy(), seed=1, replication=0)
    year.is_filled = np.zeros((MONTHS, 3), dtype=bool)
    found = group_values(groups_of(town)[:1], year)[0]  # type: ignore[arg-type]
    assert found[[VALUES.index("skill"), VALUES.index("pay")]].tolist() == [0.0, 0.0]


def test_a_policy_for_juniors_shows_juniors_gaining_and_nobody_else() -> None:
    found = effects([FakePolicy(), FakePolicy(junior_gain=0.1)])
    said = {row.group: row.policies[0].verdict.en for row in found.of("grade", "true_sales")}
    assert said == {"junior": "better", "mid": "identical", "senior": "identical"}
    junior = found.of("grade", "true_sales")[0]
    assert junior.policies[0].difference.mean == pytest.approx(0.1 * junior.baseline.mean, rel=1e-9)
    assert junior.unit == "CNY/month"


def test_intervals_hold_for_all_groups_of_the_dimension_and_all_policies_at_once() -> None:
    few = effects([FakePolicy(), FakePolicy(gain=0.1, own_noise=0.1)])
    many = effects([FakePolicy(), FakePolicy(gain=0.1, own_noise=0.1), FakePolicy(gain=0.2)])
    alone, beside = (found.of("contract", "true_sales")[0].policies[0].difference for found in (few, many))
    assert alone.half_width == beside.half_width
    assert alone.half_width < alone.half_width_together < beside.half_width_together


def test_there_is_a_row_for_every_group_and_number() -> None:
    found = effects([FakePolicy(), FakePolicy(gain=0.1)])
    assert len(found.rows) == len(groups_of(company())) * len(VALUES)  # type: ignore[arg-type]
    assert found.of("grade", "no such number") == ()
