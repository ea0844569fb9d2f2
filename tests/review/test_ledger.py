from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory.domain.records import SheetRecord
from territory.review import Fate, History, OwedVisit, PlannedStop, Standing, check, ledger
from territory.review._timeline import nearest
from territory.review.result import Cause
from tests.review.weeks import VISITS, book, day, history, line, sheet


def owed(past: History, outlet: str, on: int) -> OwedVisit:
    """The visit that the first plan gave to a day; the checker has looked at the whole."""
    found = ledger(past)
    assert check(past, found) == ()
    return next(v for v in found.owed if v.outlet_id == outlet and v.first_date == day(on))


def codes(past: History) -> list[str]:
    return [remark.code for remark in ledger(past).remarks]


def test_every_planned_visit_is_owed_once_and_pending_before_a_sheet_comes() -> None:
    found = ledger(history())
    assert len(found.owed) == len(VISITS)
    assert {visit.fate for visit in found.owed} == {Fate.PENDING}
    assert found.debts == ()


def test_done_on_its_day_is_made_and_on_another_day_made_up() -> None:
    past = history(sheet("R01", 0, line("A0", 1), line("C0", 3, made=4)))
    assert owed(past, "A0", 1).fate is Fate.MADE
    made_up = owed(past, "C0", 3)
    assert (made_up.fate, made_up.made_on) == (Fate.MADE_UP, day(4))


@pytest.mark.parametrize(("outcome", "cause"), [("missed", Cause.MISSED), ("closed", Cause.CLOSED)])
def test_a_missed_visit_is_a_debt_until_the_day_before_the_next_one(outcome: str, cause: Cause) -> None:
    past = history(sheet("R01", 0, line("A0", 1, outcome)))
    debt = owed(past, "A0", 1)
    assert (debt.fate, debt.standing, debt.cause, debt.due) == (Fate.MISSED, Standing.WAITING, cause, day(7))
    assert ledger(past).debts == (debt,)


def test_of_an_outlet_without_another_visit_the_debt_is_due_an_interval_later() -> None:
    assert owed(history(sheet("R01", 0, line("C0", 3, "missed"))), "C0", 3).due == day(31)


def test_a_visit_made_on_its_day_and_ticked_missed_counts_as_made_on_the_day_written() -> None:
    past = history(sheet("R01", 0, line("A0", 1, "missed", made=3)))
    assert owed(past, "A0", 1).fate is Fate.MADE_UP


def test_an_extra_visit_settles_the_oldest_debt_of_its_outlet() -> None:
    past = history(
        sheet("R01", 0, line("A0", 1, "missed")),
        sheet("R01", 1, line("A0", 8, "missed"), line("A0", 10, "extra")),
    )
    assert owed(past, "A0", 1).fate is Fate.MADE_UP
    second = owed(past, "A0", 8)
    assert (second.standing, second.overtaken_on) == (Standing.OVERTAKEN, day(10))


def test_an_extra_visit_without_a_debt_stays_extra() -> None:
    found = ledger(history(sheet("R01", 0, line("A0", 1), line("A0", 4, "extra"))))
    assert [(made.on, made.settles) for made in found.made] == [(day(1), day(1)), (day(4), None)]


def test_a_visit_made_early_in_its_week_settles_the_one_left_out() -> None:
    past = history(sheet("R02", 0, line("B0", 1, "extra"), line("B0", 2, "missed")))
    assert owed(past, "B0", 2).fate is Fate.MADE_UP


def test_the_next_regular_visit_overtakes_a_debt_and_the_count_stays_short() -> None:
    past = history(sheet("R01", 0, line("A0", 1, "missed")), sheet("R01", 1, line("A0", 8)))
    debt = owed(past, "A0", 1)
    assert (debt.fate, debt.standing, debt.overtaken_on) == (Fate.MISSED, Standing.OVERTAKEN, day(8))
    assert owed(past, "A0", 8).fate is Fate.MADE
    assert ledger(past).debts == ()


def test_a_sheet_silent_about_a_day_that_it_reaches_means_missed() -> None:
    past = history(sheet("R01", 0, line("C0", 3)))
    blank = owed(past, "A0", 1)
    assert (blank.fate, blank.cause) == (Fate.MISSED, Cause.NOT_REPORTED)


def test_a_sheet_half_way_through_the_week_leaves_later_days_pending() -> None:
    assert owed(history(sheet("R01", 0, line("A0", 1))), "C0", 3).fate is Fate.PENDING


def test_closing_a_week_makes_what_nobody_reported_a_debt() -> None:
    past = history(closed=[("2026-W49", 50)])
    debt = owed(past, "B0", 2)
    assert (debt.fate, debt.standing, debt.cause) == (Fate.MISSED, Standing.WAITING, Cause.NO_SHEET)
    assert owed(past, "B0", 16).fate is Fate.PENDING


def test_a_sheet_after_the_closing_is_late_and_still_counts() -> None:
    past = history(sheet("R02", 0, line("B0", 2)), closed=[("2026-W49", 50)])
    assert owed(past, "B0", 2).fate is Fate.MADE
    assert codes(past) == ["late"]


def test_a_later_sheet_of_the_same_week_replaces_the_earlier_one() -> None:
    past = history(sheet("R01", 0, line("A0", 1, "missed")), sheet("R01", 0, line("A0", 1)))
    assert owed(past, "A0", 1).fate is Fate.MADE
    assert codes(past) == ["replaced"]


def test_unknown_rep_outlet_and_week_are_remarked_and_nothing_else_changes() -> None:
    past = history(
        sheet("R99", 0, line("A0", 1), line("Z9", 1)),
        sheet("R01", "2027-W10", line("C0", dt.date(2027, 3, 10))),
    )
    assert set(codes(past)) == {"unknown_rep", "unknown_outlet", "unknown_week", "not_planned"}
    made = owed(past, "A0", 1)
    assert (made.fate, made.made_by, made.rep_id) == (Fate.MADE, "R99", "R01")


def test_a_visit_that_two_sheets_report_counts_once() -> None:
    past = history(sheet("R01", 0, line("A0", 1)), sheet("R02", 0, line("A0", 1)))
    assert codes(past) == ["twice"]
    assert len(ledger(past).made) == 1


def moved(frm: int, to: int, outlet: str = "B0") -> list[tuple[str, str, int]]:
    return [(rep, name, to if (name, on) == (outlet, frm) else on) for rep, name, on in VISITS]


def at(number: int, hour: int) -> dt.datetime:
    return dt.datetime.combine(day(number), dt.time(hour))


def test_a_visit_moved_ahead_of_time_counts_on_its_new_day() -> None:
    books = [book(), book(moved(2, 4), number=2, since=at(1, 12))]
    past = history(sheet("R02", 0, line("B0", 4), plan_id="plan2"), books=books)
    visit = owed(past, "B0", 2)
    assert (visit.date, visit.is_moved, visit.fate) == (day(4), True, Fate.MADE)


def test_a_sheet_of_an_older_plan_is_matched_by_the_day_it_prints() -> None:
    books = [book(), book(moved(2, 4), number=2, since=at(1, 12))]
    past = history(sheet("R02", 0, line("B0", 2), plan_id="plan1"), books=books)
    assert owed(past, "B0", 2).fate is Fate.MADE
    assert codes(past) == ["older_plan"]


def test_a_lost_visit_keeps_its_day_and_is_made_up_on_the_new_one() -> None:
    books = [book(), book(moved(2, 9), number=2, since=at(3, 18))]
    first = sheet("R02", 0, line("B0", 2, "missed"))
    waiting = owed(history(first, books=books), "B0", 2)
    assert (waiting.date, waiting.standing, waiting.planned_on, waiting.due) == (
        day(2),
        Standing.WAITING,
        day(9),
        day(9),
    )
    settled = owed(history(first, sheet("R02", 1, line("B0", 9), plan_id="plan2"), books=books), "B0", 2)
    assert (settled.date, settled.fate, settled.made_on) == (day(2), Fate.MADE_UP, day(9))


def test_a_visit_that_a_new_plan_drops_is_a_debt_with_the_reason() -> None:
    books = [book(), book([v for v in VISITS if v != ("R02", "B0", 16)], number=2, since=at(3, 18))]
    debt = owed(history(books=books), "B0", 16)
    assert (debt.standing, debt.cause, debt.planned_on) == (Standing.WAITING, Cause.DROPPED, None)


def test_a_visit_on_top_makes_up_for_the_debt_of_its_outlet() -> None:
    books = [book(), book([*VISITS, ("R01", "C0", 10)], number=2, since=at(6, 18))]
    missed = sheet("R01", 0, line("C0", 3, "missed"))
    assert owed(history(missed, books=books), "C0", 3).planned_on == day(10)
    past = history(missed, sheet("R01", 1, line("C0", 10), plan_id="plan2"), books=books)
    assert owed(past, "C0", 3).fate is Fate.MADE_UP
    assert len(ledger(past).owed) == len(VISITS)


def test_a_visit_on_top_without_a_debt_is_owed_itself() -> None:
    books = [book(), book([*VISITS, ("R01", "C0", 10)], number=2, since=at(6, 18))]
    past = history(sheet("R01", 0, line("C0", 3)), books=books)
    added = owed(past, "C0", 10)
    assert (added.is_added, added.fate) == (True, Fate.PENDING)


def test_of_two_new_days_the_nearer_one_is_the_old_visits_and_the_other_makes_up_for_the_debt() -> None:
    """C0 was missed in the cycle before; a visit on top is put first, and the regular one moves out of its way."""
    start = day(28)
    second = book(number=3, start=start)
    days = [*(v for v in VISITS if v[1] != "C0"), ("R01", "C0", 0), ("R01", "C0", 5)]
    made_room = book(days, number=4, start=start, plan_id="x")
    missed, made = sheet("R01", 0, line("C0", 3, "missed")), sheet("R01", "2026-W53", line("C0", day(28)), plan_id="x")
    past = history(missed, made, books=[book(), second, made_room])
    assert (owed(past, "C0", 3).fate, owed(past, "C0", 3).made_on) == (Fate.MADE_UP, day(28))
    assert (owed(past, "C0", 31).date, owed(past, "C0", 31).fate) == (day(33), Fate.PENDING)


@given(days=st.sets(st.integers(0, 27), max_size=5), come=st.sets(st.integers(0, 27), max_size=9))
def test_the_nearest_days_are_those_that_trying_every_choice_finds(days: set[int], come: set[int]) -> None:
    old = [day(on) for on in sorted(days)]
    new = [book([("R01", "A0", on)]).stops[0] for on in sorted(come)]
    chosen = nearest(old, new)
    assert chosen == sorted(chosen, key=lambda stop: stop.date)
    assert len(chosen) == min(len(old), len(new))
    if len(new) > len(old):

        def moved(stops: Sequence[PlannedStop]) -> int:
            return sum(abs((stop.date - on).days) for on, stop in zip(old, stops, strict=True))

        assert moved(chosen) == min(map(moved, combinations(new, len(old))))


def test_a_visit_on_top_that_was_missed_stays_a_debt_when_the_next_plan_leaves_it_out() -> None:
    books = [book(), book([*VISITS, ("R01", "C0", 10)], number=2, since=at(6, 18)), book(number=3, since=at(13, 18))]
    past = history(sheet("R01", 0, line("C0", 3)), books=books, closed=[("2026-W50", 51)])
    added = owed(past, "C0", 10)
    assert (added.is_added, added.standing) == (True, Standing.WAITING)
    books[2] = book(number=3, since=at(8, 18))
    assert [v.first_date for v in ledger(history(books=books)).owed if v.outlet_id == "C0"] == [day(3)]


def test_a_plan_made_anew_for_the_whole_cycle_replaces_its_earlier_versions() -> None:
    books = [book(), book(VISITS[:3], number=2, is_fresh=True)]
    assert len(ledger(history(books=books)).owed) == 3


def test_debts_cross_the_seam_and_the_next_cycles_visit_on_top_settles_them() -> None:
    start = day(28)
    second = book(number=3, start=start)
    on_top = book([*VISITS, ("R01", "A0", 0)], number=4, start=start, plan_id="x")
    missed = sheet("R01", 3, line("A0", 22, "missed"))
    waiting = owed(history(missed, books=[book(), second, on_top]), "A0", 22)
    assert (waiting.standing, waiting.planned_on) == (Standing.WAITING, day(28))
    made = sheet("R01", "2026-W53", line("A0", day(28)), plan_id="x")
    assert owed(history(missed, made, books=[book(), second, on_top]), "A0", 22).fate is Fate.MADE_UP


def test_an_outlet_that_the_newest_plan_does_not_know_waits_no_more() -> None:
    second = book(VISITS[:4], number=3, start=day(28), outlets=["A0"])
    past = history(sheet("R01", 0, line("C0", 3, "missed")), books=[book(), second])
    assert owed(past, "C0", 3).standing is Standing.GONE


def test_one_visit_never_stands_for_two_promised_ones() -> None:
    twice = book([("R01", "A0", 1), ("R01", "A0", 4)])
    past = history(sheet("R01", 0, line("A0", 1, made=4), line("A0", 4)), books=[twice])
    assert owed(past, "A0", 4).fate is Fate.MADE
    assert owed(past, "A0", 1).fate is Fate.MISSED
    assert codes(past) == ["same_visit"]


def test_the_first_real_visit_counts_and_the_one_made_up_in_vain_is_an_extra() -> None:
    books = [book(), book(moved(2, 9), number=2, since=at(6, 18))]
    first = sheet("R02", 1, line("B0", 9), plan_id="plan2")
    late = sheet("R02", 0, line("B0", 2, made=4))
    past = history(first, late, books=books, closed=[("2026-W49", 50)])
    visit = owed(past, "B0", 2)
    assert (visit.fate, visit.made_on) == (Fate.MADE_UP, day(4))
    assert [(made.on, made.settles) for made in ledger(past).made] == [(day(4), day(2)), (day(9), None)]
    assert codes(past) == ["made_before", "late"]


def test_a_remark_is_made_once() -> None:
    past = history(sheet("R01", 0, line("A0", 1), line("A0", 1, made=4)))
    assert codes(past) == ["made_before"]


def test_a_debt_that_is_planned_again_waits_for_that_day_although_somebody_was_there_before() -> None:
    books = [book(), book(moved(2, 18), number=2, since=at(6, 18))]
    missed, extra = sheet("R02", 0, line("B0", 2, "missed")), sheet("R02", 1, line("B0", 10, "extra"))
    settled = owed(history(missed, extra, books=books), "B0", 2)
    assert (settled.fate, settled.made_on) == (Fate.MADE_UP, day(10))
    others = [book([*VISITS, ("R02", "B0", 9)]), book([*moved(2, 18)], number=2, since=at(6, 18))]
    past = history(missed, extra, books=others, closed=[("2026-W51", 50)])
    dropped, again = owed(past, "B0", 9), owed(past, "B0", 2)
    assert (dropped.fate, dropped.made_on) == (Fate.MADE_UP, day(10))
    assert (again.standing, again.planned_on) == (Standing.WAITING, day(18))


def late_shows_it_was_made(*more: SheetRecord) -> History:
    """A0's first visit was thought missed and planned again for day 10, its second moved to 17, its third dropped."""
    days = {1: 10, 8: 17}
    again = [(rep, name, days.get(on, on) if name == "A0" else on) for rep, name, on in VISITS if on != 15]
    books = [book(), book(again, number=2, since=at(6, 18))]
    return history(sheet("R01", 0, line("A0", 1)), *more, books=books, closed=[("2026-W49", 50), ("2026-W50", 51)])


def test_a_day_planned_for_what_a_late_sheet_shows_as_made_is_for_the_next_visit_of_the_outlet() -> None:
    past = late_shows_it_was_made()
    second, third = owed(past, "A0", 8), owed(past, "A0", 15)
    assert (second.date, second.standing, second.is_moved) == (day(10), Standing.WAITING, True)
    assert (third.date, third.fate, third.is_moved) == (day(17), Fate.PENDING, True)
    made = late_shows_it_was_made(sheet("R01", 1, line("A0", 10), plan_id="plan2"))
    assert owed(made, "A0", 1).fate is owed(made, "A0", 8).fate is Fate.MADE
    assert [one.settles for one in ledger(made).made] == [day(1), day(10)]
    missed = late_shows_it_was_made(sheet("R01", 1, line("A0", 10, "closed"), plan_id="plan2"))
    assert owed(missed, "A0", 8).cause is Cause.CLOSED


def test_such_a_day_that_was_missed_stays_a_debt_when_the_next_plan_has_other_days() -> None:
    books = list(late_shows_it_was_made().books)
    days = {1: 18, 8: 17}
    again = [(rep, name, days.get(on, on) if name == "A0" else on) for rep, name, on in VISITS if on != 15]
    books.append(book(again, number=3, since=at(13, 18)))
    closed = [("2026-W49", 50), ("2026-W50", 51)]
    second = owed(history(sheet("R01", 0, line("A0", 1)), books=books, closed=closed), "A0", 8)
    assert (second.date, second.standing, second.planned_on) == (day(10), Standing.WAITING, day(18))


def test_such_a_day_makes_up_for_an_overtaken_visit_before_it_is_for_none() -> None:
    """A0's first visit was overtaken by the second, which only a late sheet shows; the plan has it once more."""
    books = [book(), book([*VISITS, ("R01", "A0", 17)], number=2, since=at(13, 18))]
    late = sheet("R01", 1, line("A0", 8))
    past = history(sheet("R01", 0, line("A0", 1, "missed")), late, books=books)
    first = owed(past, "A0", 1)
    assert (first.standing, first.overtaken_on) == (Standing.OVERTAKEN, day(8))
    moved_books = [book(), book([v if v[2] != 8 else ("R01", "A0", 17) for v in VISITS], number=2, since=at(13, 18))]
    past = history(sheet("R01", 0, line("A0", 1, "missed")), late, books=moved_books)
    first = owed(past, "A0", 1)
    assert (first.standing, first.planned_on, first.due) == (Standing.WAITING, day(17), day(17))
    full = history(
        *(e.record for e in past.entries), sheet("R01", 2, line("A0", 15), line("A0", 17)), books=moved_books
    )
    assert {owed(full, "A0", on).fate for on in (1, 8, 15)} == {Fate.MADE_UP, Fate.MADE}


def test_a_visit_made_up_on_another_day_than_the_one_it_was_planned_again_for_leaves_no_day_over() -> None:
    books = [book(), book(moved(2, 9), number=2, since=at(6, 18))]
    missed, made = sheet("R02", 0, line("B0", 2, "missed")), sheet("R02", 1, line("B0", 9, made=11), plan_id="plan2")
    past = history(missed, made, books=books)
    assert owed(past, "B0", 2).made_on == day(11)
    assert owed(past, "B0", 16).date == day(16)
