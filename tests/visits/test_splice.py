from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from territory.domain.columns import NONE
from territory.visits._splice import _lunch_s
from territory.visits._timetable import Timetable
from territory.visits.model import Lunch

NOON_S = 12 * 3600
LUNCH = Lunch(length_s=3600, from_s=NOON_S - 1800, until_s=NOON_S + 5400)


def lunch_after_a_visit_is_gone(lunch_s: int, *, drive_min: int) -> int:
    """A first visit until 11:50, lunch, a last one from 13:35; what was between is gone."""
    ground = cast(Any, SimpleNamespace(part=SimpleNamespace(lunch=LUNCH)))
    times = Timetable(leave_s=8 * 3600, start_s=(NOON_S - 1800, NOON_S + 95 * 60), return_s=16 * 3600, lunch_s=lunch_s)
    return _lunch_s(ground, times, [600, drive_min * 60, 600], [1200, 1200])


@pytest.mark.parametrize(
    ("eaten_at", "drive_min", "now"),
    [
        (NOON_S + 15 * 60, 30, NOON_S + 20 * 60),  # in the middle of the drive: eaten after it
        (NOON_S, 30, NOON_S),  # before the drive already
        (NOON_S + 35 * 60, 10, NOON_S + 35 * 60),  # behind the drive already
    ],
)
def test_lunch_that_would_interrupt_the_drive_that_is_left_moves_and_any_other_stays(
    eaten_at: int, drive_min: int, now: int
) -> None:
    assert lunch_after_a_visit_is_gone(eaten_at, drive_min=drive_min) == now


def test_a_day_without_lunch_stays_without() -> None:
    assert lunch_after_a_visit_is_gone(NONE, drive_min=30) == NONE


def test_a_lunch_outside_the_gap_is_left_alone() -> None:
    assert lunch_after_a_visit_is_gone(NOON_S + 3 * 3600, drive_min=30) == NOON_S + 3 * 3600
