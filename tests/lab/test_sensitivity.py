"""Which assumptions an effect hangs on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from territory.errors import ConfigError
from territory.lab import Parameter, Sensitivity, sensitivity
from territory.lab.sensitivity import (
    STEP,
    at_point,
    elementary_effects,
    known_parameters,
    parameter_effects,
    walks_through_the_cube,
)
from tests.lab.fakes import FakePolicy, company

TOWN = company()
LEAK = Parameter(name="year.leak_share", low=0.0, high=0.4)
MARGIN = Parameter(name="year.margin_share", low=0.1, high=0.2)
DISCOUNT = Parameter(name="behaviour.dump_discount", low=0.0, high=0.1)
IDLE = Parameter(name="year.admin_share", low=0.1, high=0.3)
POLICIES = {"now": FakePolicy(), "push": FakePolicy(dumped=0.5)}


def test_a_walk_moves_every_coordinate_once_on_four_levels_inside_the_cube() -> None:
    points = walks_through_the_cube(5, 20, seed=1)
    moves = np.diff(points, axis=1)
    assert points.shape == (20, 6, 5)
    assert ((points > -1e-12) & (points < 1 + 1e-12)).all()
    assert np.allclose(np.round(points * 3), points * 3)
    assert np.allclose(np.abs(moves).sum(axis=2), STEP)
    assert np.allclose(np.abs(moves).sum(axis=1), STEP)
    assert len(np.unique(points[:, 0], axis=0)) > 10


def test_walks_do_not_depend_on_how_many_follow() -> None:
    assert np.array_equal(walks_through_the_cube(4, 3, seed=1), walks_through_the_cube(4, 9, seed=1)[:3])


def test_of_a_plane_the_effects_are_its_slopes() -> None:
    slopes = np.array([3.0, -1.0, 0.0, 10.0])
    points = walks_through_the_cube(4, 6, seed=2)
    assert elementary_effects(points, points @ slopes) == pytest.approx(np.tile(slopes, (6, 1)))
    parameters = [Parameter(name=name, low=0, high=1) for name in "abcd"]
    found = parameter_effects(parameters, points, points @ slopes)
    assert [effect.parameter.name for effect in found] == ["d", "a", "b", "c"]
    assert [effect.size.mean for effect in found] == pytest.approx([10, 3, 1, 0])
    assert [effect.direction.mean for effect in found] == pytest.approx([10, 3, -1, 0])
    assert [effect.sd for effect in found] == pytest.approx([0, 0, 0, 0], abs=1e-9)


def test_interplay_shows_as_spread() -> None:
    points = walks_through_the_cube(3, 30, seed=2)
    answers = points[:, :, 0] * points[:, :, 1] + points[:, :, 2]
    found = {
        effect.parameter.name: effect
        for effect in parameter_effects([Parameter(name=name, low=0, high=1) for name in "abc"], points, answers)
    }
    assert found["c"].sd == pytest.approx(0, abs=1e-9)
    assert found["a"].sd > 0.2
    assert found["b"].sd > 0.2


def run(parameters: list[Parameter], **settings: Any) -> Sensitivity:
    return sensitivity(TOWN, POLICIES, parameters, **({"measure": "gross_margin", "walks": 6, "seed": 4} | settings))  # type: ignore[arg-type]


@pytest.mark.usefixtures("fake_engine")
def test_the_effect_of_dumping_hangs_on_leak_and_discount_and_not_on_paperwork() -> None:
    found = run([IDLE, LEAK, DISCOUNT])
    by_name = {effect.parameter.name: effect for effect in found.effects}
    assert found.effects[-1].parameter == IDLE
    assert by_name["year.admin_share"].size.mean == 0.0
    assert by_name["year.leak_share"].direction.low_together > 0
    assert by_name["behaviour.dump_discount"].direction.high_together < 0
    assert by_name["behaviour.dump_discount"].size.mean == pytest.approx(
        -by_name["behaviour.dump_discount"].direction.mean
    )
    assert found.low < 0 < found.high
    assert found.unit == "CNY"


@pytest.mark.usefixtures("fake_engine")
def test_parameters_that_multiply_show_interplay() -> None:
    found = {effect.parameter.name: effect for effect in run([LEAK, MARGIN, IDLE], walks=12).effects}
    assert found["year.leak_share"].sd > 0.1 * found["year.leak_share"].size.mean


def test_a_point_of_the_cube_is_a_world_between_low_and_high() -> None:
    found = at_point(TOWN, [LEAK, DISCOUNT], np.array([0.5, 1.0]))  # type: ignore[arg-type]
    assert found.year.leak_share == pytest.approx(0.2)
    assert found.behaviour.dump_discount == pytest.approx(0.1)
    assert found.year.margin_share == TOWN.year.margin_share
    assert TOWN.year.leak_share != found.year.leak_share


def test_known_parameters_are_numbers_of_both_sections() -> None:
    known = known_parameters()
    assert {"year.leak_share", "behaviour.dump_discount"} <= set(known)
    assert "year.supply_limited" not in known


@pytest.mark.usefixtures("fake_engine")
@pytest.mark.parametrize(
    ("parameters", "settings", "message"),
    [
        ([], {}, "sensitivity needs"),
        ([LEAK], {"walks": 1}, "sensitivity needs"),
        ([Parameter(name="year.happiness", low=0, high=1)], {}, "no parameter 'year.happiness'"),
        ([Parameter(name="leak_share", low=0, high=1)], {}, "no parameter 'leak_share'"),
        ([Parameter(name="year.leak_share", low=0.5, high=3)], {}, "not a possible world"),
        ([LEAK], {"measure": "happiness"}, "no measure 'happiness'"),
    ],
)
def test_impossible_questions_are_refused(parameters: list[Parameter], settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run(parameters, **settings)


def test_a_range_has_a_low_and_a_high_end() -> None:
    with pytest.raises(ConfigError, match="not below"):
        Parameter(name="year.leak_share", low=0.2, high=0.2)
