"""Calendars to patterns: against the rules read one by one, and against every set of days."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from math import comb, isclose

import pytest

from territory.visits import patterns as room
from territory.visits.patterns import (
    Cadence,
    Unmet,
    every_week,
    new_outlet_weeks,
    patterns,
    promotion_weeks,
    unmet,
    urgency,
)
from tests.visits import pattern_oracle as oracle

WEEK = (0, 1, 2, 3, 4)
REGULAR = (1, 2, 4, 8, 12, 20)
SPECIAL = (
    (3, 3, 2, 2),
    (1, 2, 1, 1),
    (1, 1, 1, 0),
    (0, 1, 0, 1),
    (2, 0, 0, 1),
    (0, 0, 3, 3),
    (2, 3, 2, 2),
    (3, 2, 1, 1),
)
SMALL = ((1, 1, 1, 0), (0, 1, 0, 1), (2, 0, 0, 1), (0, 3, 0, 0), (0, 0, 2, 0), (1, 0, 0, 2), (0, 0, 0, 0))


def random_cadence(rng: random.Random, *, special=SPECIAL, regular=REGULAR) -> Cadence:
    """A calendar as outlets have them: weekdays, with now and then a closed day, holidays, history and agreements."""
    usable = list(every_week(rng.sample(range(7), rng.choice((0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 6, 7)))))
    for day in rng.sample(range(28), rng.choice((0, 0, 0, 0, 1, 6))):
        usable[day] = rng.random() < 0.3
    return Cadence(
        visits_per_cycle=rng.choice(regular),
        usable=tuple(usable),
        holidays=tuple(sorted(rng.sample(range(28), rng.choice((0, 0, 1, 2, 5))))),
        min_gap_days=rng.choice((0, 1, 2, 2, 2, 3, 4, 6)),
        same_weekday=rng.random() < 0.6,
        price_weekday_min=rng.choice((0.0, 3.0, 7.5)),
        per_week=rng.choice(special) if rng.random() < 0.4 else None,
        keep_seam=rng.random() < 0.7,
        last_visit_days_ago=rng.choice((None, None, rng.randint(1, 4), rng.randint(1, 20))),
        price_interval_min=rng.choice((0.0, 2.0)),
        interval_tolerance_days=rng.choice((0.0, 1.0, 2.0)),
        fixed_days=tuple(sorted(rng.sample(range(28), rng.randint(1, 20)))) if rng.random() < 0.15 else None,
    )


def priced(cadence: Cadence) -> dict[tuple[int, ...], float]:
    return {pattern.days: pattern.price_min for pattern in patterns(cadence)}


def days_of(**cadence) -> tuple[tuple[int, ...], ...]:
    cadence.setdefault("usable", every_week(WEEK))
    cadence.setdefault("visits_per_cycle", 4)
    return tuple(pattern.days for pattern in patterns(Cadence(**cadence)))


def test_every_pattern_of_ten_thousand_random_calendars_keeps_every_rule_and_every_reason_is_true():
    rng = random.Random(20261130)
    reasons: Counter[Unmet | None] = Counter()
    num_patterns = 0
    for _ in range(10_000):
        cadence = random_cadence(rng)
        found = patterns(cadence)
        assert len(found) <= room.MAX_PATTERNS
        assert [p.days for p in found] == sorted({p.days for p in found})
        for pattern in found:
            nominal = oracle.nominal_of(pattern.days, cadence)
            assert nominal is not None, (pattern, cadence)
            price_min = oracle.price_min(pattern.days, nominal, cadence)
            assert isclose(pattern.price_min, price_min, abs_tol=1e-9), (pattern, price_min, cadence)
        num_patterns += len(found)
        assert (unmet(cadence) is None) == bool(found)
        if not found and comb(sum(cadence.usable), oracle.due(cadence)) <= 1_000:
            assert unmet(cadence) is oracle.reason(cadence), cadence
            reasons[unmet(cadence)] += 1
    assert set(reasons) == set(Unmet)
    assert min(reasons.values()) >= 20
    assert num_patterns > 100_000


def test_patterns_of_few_visits_are_exactly_those_that_trying_every_set_of_days_finds():
    rng = random.Random(7)
    num_patterns = 0
    for _ in range(500):
        cadence = random_cadence(rng, special=SMALL, regular=(0, 1, 2))
        expected = oracle.all_patterns(cadence)
        assert priced(cadence) == pytest.approx(expected), cadence
        assert unmet(cadence) is oracle.reason(cadence), cadence
        num_patterns += len(expected)
    assert num_patterns > 2_000


def test_weekly_and_denser_patterns_on_few_usable_days_are_exactly_those_that_trying_finds():
    rng = random.Random(8)
    num_patterns = 0
    for _ in range(150):
        cadence = random_cadence(rng, special=((1, 2, 1, 1), (2, 2, 1, 1), (3, 3, 0, 0)), regular=(4, 8))
        weekdays = rng.sample(range(7), rng.choice((2, 3)) if oracle.due(cadence) <= 6 else 2)
        cadence = replace(cadence, usable=every_week(weekdays))
        expected = oracle.all_patterns(cadence)
        assert priced(cadence) == pytest.approx(expected), cadence
        assert unmet(cadence) is oracle.reason(cadence), cadence
        num_patterns += len(expected)
    assert num_patterns > 300


def test_without_history_prices_or_agreements_patterns_are_the_regular_day_sets_in_their_order():
    rng = random.Random(9)
    for _ in range(3_000):
        weekdays = tuple(sorted(rng.sample(range(7), rng.randint(0, 7))))
        holidays = tuple(sorted(rng.sample(range(28), rng.randint(0, 6))))
        frequency, gap, same = rng.choice((0, *REGULAR)), rng.randint(0, 3), rng.random() < 0.5
        expected = oracle.regular_day_sets(
            frequency, weekdays=weekdays, holidays=holidays, min_gap_days=gap, same_weekday=same
        )
        assert expected == days_of(
            visits_per_cycle=frequency,
            usable=every_week(weekdays),
            holidays=holidays,
            min_gap_days=gap,
            same_weekday=same,
        )


def later(days, weeks: int = 1):
    return tuple(sorted((day + 7 * weeks) % 28 for day in days))


def test_rotating_the_calendar_by_a_week_rotates_the_patterns_and_keeps_their_prices():
    rng = random.Random(10)
    for _ in range(1_000):
        cadence = replace(random_cadence(rng), keep_seam=True, last_visit_days_ago=None)
        turned = replace(
            cadence,
            usable=cadence.usable[-7:] + cadence.usable[:-7],
            holidays=later(cadence.holidays),
            per_week=None if cadence.per_week is None else cadence.per_week[-1:] + cadence.per_week[:-1],
            fixed_days=None if cadence.fixed_days is None else later(cadence.fixed_days),
        )
        if len(patterns(cadence)) == room.MAX_PATTERNS:
            continue
        assert priced(turned) == pytest.approx({later(days): price for days, price in priced(cadence).items()})
        assert unmet(turned) is unmet(cadence)


def test_more_days_and_weaker_rules_never_lose_a_pattern_unless_rare_visits_can_now_avoid_holidays():
    rng = random.Random(11)
    for _ in range(1_000):
        cadence = random_cadence(rng)
        if oracle.due(cadence) <= 2:
            cadence = replace(cadence, holidays=())
        more = tuple(is_usable or rng.random() < 0.1 for is_usable in cadence.usable)
        for wider in (
            replace(cadence, usable=more),
            replace(cadence, fixed_days=None),
            replace(cadence, last_visit_days_ago=None),
            replace(cadence, last_visit_days_ago=None if cadence.last_visit_days_ago is None else 30),
            replace(cadence, min_gap_days=0),
            replace(cadence, same_weekday=False),
            replace(cadence, keep_seam=False),
        ):
            if len(patterns(wider)) < room.MAX_PATTERNS:
                assert set(priced(cadence)) <= set(priced(wider)), (cadence, wider)


def test_rare_visits_may_lose_a_pattern_to_a_new_day_that_is_no_holiday():
    assert days_of(visits_per_cycle=1, usable=every_week([0]), holidays=(0, 7, 14, 21)) == ((),)
    assert days_of(visits_per_cycle=1, usable=every_week([0, 1]), holidays=(0, 7, 14, 21)) == ((1,), (8,), (15,), (22,))


def test_a_closed_day_forbids_a_weekday_and_a_holiday_only_takes_the_visit():
    closed = tuple(day % 7 < 5 and day != 8 for day in range(28))
    assert (1, 8, 15, 22) not in days_of(usable=closed)
    assert (1, 15, 22) not in days_of(usable=closed)
    assert (1, 15, 22) in days_of(holidays=(8,))


def test_a_new_outlet_keeps_its_weekdays_while_the_number_of_visits_stays():
    for days in days_of(per_week=(3, 3, 2, 2)):
        weeks = [{day % 7 for day in days if day // 7 == week} for week in range(4)]
        assert weeks[0] == weeks[1] == {0, 2, 4}
        assert weeks[2] == weeks[3]
        assert len(weeks[2]) == 2


def test_the_seam_counts_only_when_kept():
    monday_and_sunday = {"usable": every_week([0, 6]), "per_week": (1, 0, 0, 2), "min_gap_days": 2}
    assert (0, 21, 27) not in days_of(**monday_and_sunday)
    assert (0, 21, 27) in days_of(**monday_and_sunday, keep_seam=False)


@pytest.mark.parametrize(
    ("visits", "days_ago", "first_days"),
    [
        (4, None, {0, 1, 2, 3, 4}),
        (4, 1, {2, 3, 4}),  # visited on Sunday: three days later at the earliest
        (8, 1, {1, 2}),  # the gap of two days
        (2, 3, {4, 7, 8, 9, 10, 11}),  # a week after Friday, or in week 2
        (1, 1, set(range(13, 28)) & {7 * week + day for week in range(4) for day in WEEK}),
    ],
)
def test_the_first_visit_waits_for_the_gap_and_for_half_the_ideal_interval_after_the_last_one(
    visits, days_ago, first_days
):
    assert {days[0] for days in days_of(visits_per_cycle=visits, last_visit_days_ago=days_ago)} == first_days


def test_between_a_week_of_three_visits_and_one_of_two_the_smaller_gap_counts():
    days = days_of(usable=every_week([0, 2, 5]), per_week=(3, 2, 0, 0), min_gap_days=3)
    assert (0, 2, 5, 7, 12) in days  # Saturday to Monday: two days
    assert (0, 2, 5, 7, 9) not in days  # Monday to Wednesday in a week of two: three are needed


def test_history_prices_a_fortnightly_outlet_back_into_its_rhythm():
    prices = priced(
        Cadence(visits_per_cycle=2, usable=every_week(WEEK), last_visit_days_ago=13, price_interval_min=2.0)
    )
    assert min(prices, key=lambda days: prices[days]) == (0, 14)
    assert prices[0, 14] == prices[1, 15] == 0.0  # last seen on a Tuesday two weeks ago; a day off is free
    assert prices[8, 22] == pytest.approx(2.0 * (21 - 14 - 1))


def test_a_weekly_visit_off_its_weekday_costs_its_price_and_is_not_legal_where_the_weekday_is_a_must():
    loose = Cadence(visits_per_cycle=4, usable=every_week(WEEK), same_weekday=False, price_weekday_min=3.0)
    prices = priced(loose)
    assert prices[1, 8, 15, 22] == 0.0
    assert prices[1, 8, 16, 22] == 3.0
    assert prices[1, 9, 15, 23] == 6.0
    assert (1, 8, 16, 22) not in priced(replace(loose, same_weekday=True))


def test_an_uneven_pair_of_weekdays_costs_more_than_an_even_one_and_weekends_of_daily_visits_are_free():
    prices = priced(Cadence(visits_per_cycle=8, usable=every_week(WEEK), price_interval_min=2.0))
    pair = {tuple(day % 7 for day in days[:2]): price for days, price in prices.items()}
    assert pair[0, 3] == pair[1, 4] == 0.0
    assert pair[0, 2] == pytest.approx(8 * 0.5 * 2.0)  # 2 and 5 days instead of 3.5, one day of each free
    daily = priced(Cadence(visits_per_cycle=20, usable=every_week(WEEK), price_interval_min=2.0))
    assert list(daily.values()) == [0.0]


def test_agreed_days_leave_only_the_patterns_on_them():
    tuesdays = (1, 8, 15, 22)
    assert days_of(fixed_days=tuesdays) == (tuesdays,)
    assert days_of(visits_per_cycle=2, fixed_days=tuesdays) == ((1, 15), (8, 22))


@pytest.mark.parametrize(
    ("reason", "cadence"),
    [
        (Unmet.NO_DAY, {"usable": every_week([])}),
        (Unmet.WEEK, {"usable": tuple(day >= 7 for day in range(28))}),
        (Unmet.WEEKDAY, {"usable": tuple(day in (0, 8, 16, 24) for day in range(28))}),
        (Unmet.SPACING, {"visits_per_cycle": 8, "usable": every_week([0, 1])}),
        (Unmet.FIXED_DAYS, {"fixed_days": (1, 8, 15, 23)}),
        (Unmet.LAST_VISIT, {"usable": every_week([0]), "last_visit_days_ago": 2}),
    ],
)
def test_a_calendar_without_pattern_names_the_rule_that_leaves_none(reason, cadence):
    asked = Cadence(**({"visits_per_cycle": 4, "usable": every_week(WEEK)} | cadence))
    assert patterns(asked) == ()
    assert unmet(asked) is reason


def test_a_calendar_with_patterns_has_no_reason():
    assert unmet(Cadence(visits_per_cycle=4, usable=every_week(WEEK))) is None


def test_every_reason_is_said_in_both_languages():
    texts = [reason.text for reason in Unmet]
    assert len({text.en for text in texts}) == len({text.zh for text in texts}) == len(Unmet)
    assert all(text.zh.isascii() is False for text in texts)


def test_of_too_many_patterns_the_cheapest_stay_and_equally_cheap_ones_are_spread(monkeypatch):
    cadence = Cadence(visits_per_cycle=4, usable=every_week(range(7)), per_week=(1, 2, 1, 1), price_interval_min=2.0)
    prices = sorted(priced(cadence).values())
    monkeypatch.setattr(room, "MAX_PATTERNS", 40)
    few = patterns.__wrapped__(cadence)
    assert sorted(pattern.price_min for pattern in few) == prices[:40]
    assert [pattern.days for pattern in few] == sorted({pattern.days for pattern in few})
    free = patterns.__wrapped__(replace(cadence, price_interval_min=0.0))
    assert {pattern.days[0] for pattern in free} == set(range(7))


def test_dense_special_cadences_stay_within_the_cap():
    assert len(days_of(per_week=(1, 2, 3, 4), usable=every_week(range(7)))) == room.MAX_PATTERNS


@pytest.mark.parametrize(
    ("weeks_open", "visits", "expected"),
    [
        (0, 4, (3, 3, 2, 2)),
        (1, 4, (3, 2, 2, 1)),
        (3, 1, (2, 1, 1, 1)),
        (4, 4, None),
        (-2, 4, (0, 0, 3, 3)),
        (0, 12, (3, 3, 3, 3)),
    ],
)
def test_a_new_outlet_has_three_three_two_two_visits_from_the_week_it_opens(weeks_open, visits, expected):
    assert new_outlet_weeks(visits_per_cycle=visits, weeks_open=weeks_open) == expected


@pytest.mark.parametrize(
    ("visits", "weeks", "expected"),
    [
        (4, (1,), (1, 2, 1, 1)),
        (8, (0, 3), (3, 2, 2, 3)),
        (2, (1,), (1, 1, 1, 0)),
        (1, (1,), (0, 1, 0, 1)),
        (4, (), None),
        (0, (1,), None),
        (20, (1,), None),
    ],
)
def test_promotion_weeks_have_one_visit_more(visits, weeks, expected):
    assert promotion_weeks(visits_per_cycle=visits, weeks=weeks) == expected


def test_a_promotion_outside_the_cycle_is_refused():
    with pytest.raises(ValueError, match="0 to 3"):
        promotion_weeks(visits_per_cycle=4, weeks=(4,))


def test_urgency_is_one_when_a_visit_is_exactly_due_and_grows_with_waiting():
    assert urgency(last_visit_days_ago=7, visits_per_cycle=4) == 1.0
    assert urgency(last_visit_days_ago=28, visits_per_cycle=2) == 2.0
    assert urgency(last_visit_days_ago=None, visits_per_cycle=4) == 1.0
    assert urgency(last_visit_days_ago=5, visits_per_cycle=0) == urgency(last_visit_days_ago=None, visits_per_cycle=0)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"visits_per_cycle": 3}, "one of"),
        ({"usable": (True,) * 7}, "28 days"),
        ({"min_gap_days": 7}, "0 to 6 days"),
        ({"per_week": (8, 0, 0, 0)}, "0 to 7 visits"),
        ({"last_visit_days_ago": 0}, "before day 0"),
        ({"price_interval_min": -1.0}, "not negative"),
        ({"price_weekday_min": float("nan")}, "not negative"),
    ],
)
def test_an_impossible_cadence_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        Cadence(**({"visits_per_cycle": 4, "usable": every_week(WEEK)} | wrong))


def test_equal_cadences_are_answered_from_memory():
    asked = {"visits_per_cycle": 8, "usable": every_week(WEEK), "last_visit_days_ago": 5}
    assert patterns(Cadence(**asked)) is patterns(Cadence(**asked))
