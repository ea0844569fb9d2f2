"""What is agreed about visits, as columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.domain.outlets import always_open
from territory.domain.promises import Promises


def test_nothing_agreed_leaves_the_opening_windows_as_they_are():
    opening = always_open(2, opens_min=480, closes_min=720)
    opening[1, 3] = -1
    assert np.array_equal(Promises.none(2).windows_min(opening), opening)
    assert Promises.none(2).are_none


def test_a_day_of_delivery_has_no_window():
    delivery = np.zeros((2, 7), dtype=bool)
    delivery[0, 2] = True
    found = replace(Promises.none(2), delivery=delivery).windows_min(always_open(2))
    assert (found[0, 2] == -1).all()
    assert (found[0, [0, 1, 3, 4, 5, 6], 0] != -1).all()
    assert (found[1, :, 0] != -1).all()


def test_a_fixed_time_is_a_quarter_of_an_hour_both_ways_inside_the_opening_windows():
    opening = np.full((1, 7, 2, 2), -1)
    opening[0, 0] = [[480, 720], [780, 1080]]  # 08:00-12:00, 13:00-18:00
    opening[0, 1, 0] = [570, 720]
    opening[0, 2, 0] = [480, 565]
    opening[0, 3, 0] = [600, 720]
    found = replace(Promises.none(1), fixed_time_min=np.array([570])).windows_min(opening)
    assert found[0, 0].tolist() == [[555, 585], [-1, -1]]
    assert found[0, 1, 0].tolist() == [570, 585]
    assert found[0, 2, 0].tolist() == [555, 565]
    assert (found[0, 3:] == -1).all()


def test_promises_of_some_outlets_keep_their_rows():
    promises = replace(Promises.none(3), last_visit_days_ago=np.array([0, 5, 9]))
    assert promises.take(np.array([2, 0])).last_visit_days_ago.tolist() == [9, 0]
    assert not promises.are_none
    assert promises.take(np.array([0])).are_none


def test_columns_of_another_shape_and_last_visits_to_come_are_refused():
    with pytest.raises(ValueError, match="shape"):
        replace(Promises.none(2), delivery=np.zeros((2, 6), dtype=bool))
    with pytest.raises(ValueError, match="before the cycle"):
        replace(Promises.none(1), last_visit_days_ago=np.array([-1]))
    with pytest.raises(ValueError, match="time of day"):
        replace(Promises.none(1), fixed_time_min=np.array([1441]))
