"""The checker, by sabotage: a ledger broken in one way has exactly that violation; random quarters have none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.records import SheetRecord, VisitOutcome, VisitRecord
from territory.review import RULES, Fate, History, Ledger, Standing, check, ledger
from tests.review.weeks import FREQUENCIES, VISITS, book, closing, day, entry, history, line, sheet

PAST = history(
    sheet("R01", 0, line("A0", 1, "missed"), line("C0", 3)),
    sheet("R01", 1, line("A0", 8)),
    sheet("R02", 0, line("B0", 2, "missed")),
    closed=[("2026-W49", 50)],
)


def with_owed(found: Ledger, outlet: str, on: int, **changes: object) -> Ledger:
    owed = tuple(
        replace(visit, **changes) if (visit.outlet_id, visit.first_date) == (outlet, day(on)) else visit  # type: ignore[arg-type]
        for visit in found.owed
    )
    return replace(found, owed=owed)


SABOTAGE: dict[str, Callable[[Ledger], Ledger]] = {
    "promised_once": lambda found: replace(found, owed=tuple(v for v in found.owed if v.first_date != day(22))),
    "no_invented_visit": lambda found: with_owed(found, "C0", 3, made_on=day(4)),
    "visit_used_once": lambda found: with_owed(
        found, "A0", 15, fate=Fate.MADE_UP, made_on=day(8), standing=Standing.NONE
    ),
    "made_is_reported": lambda found: with_owed(found, "C0", 3, made_on=None),
    "missed_stands": lambda found: with_owed(found, "A0", 1, standing=Standing.NONE, overtaken_on=None),
    "debt_is_listed": lambda found: found,
}


def test_a_true_ledger_breaks_no_rule() -> None:
    assert check(PAST, ledger(PAST)) == ()


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "debt_is_listed"])
def test_the_checker_sees_a_ledger_broken_in_one_way(rule: str) -> None:
    broken = check(PAST, SABOTAGE[rule](ledger(PAST)))
    assert rule in {violation.rule for violation in broken}
    assert {violation.rule for violation in broken} <= {rule, "made_is_reported"}


def test_a_debt_left_out_of_the_list_is_seen() -> None:
    found = ledger(PAST)
    assert found.debts
    found.__dict__["debts"] = found.debts[:-1]  # the cached list
    assert [violation.rule for violation in check(PAST, found)] == ["debt_is_listed"]


def test_a_visit_overtaken_by_nobody_and_one_that_waits_in_vain_are_seen() -> None:
    found = ledger(PAST)
    nobody = with_owed(found, "A0", 1, overtaken_on=day(9))
    in_vain = with_owed(found, "A0", 1, standing=Standing.WAITING, overtaken_on=None)
    invented = with_owed(found, "A0", 1, standing=Standing.WAITING, overtaken_on=None, planned_on=day(25))
    for broken in (nobody, in_vain, invented):
        assert "missed_stands" in {violation.rule for violation in check(PAST, broken)}


def test_every_rule_has_its_sabotage() -> None:
    assert set(SABOTAGE) == set(RULES)


OUTLETS = (*FREQUENCIES, "Z9")
days_of_cycle = st.integers(0, 27)


@st.composite
def plans(draw: st.DrawFn) -> History:
    """A plan, up to two later versions, sheets in any order about any days, and perhaps closings."""
    stops = list(VISITS)
    books = [book(stops)]
    for number in range(2, 2 + draw(st.integers(0, 2))):
        kept = [stop for stop in stops if draw(st.integers(0, 9)) > 1]
        more = draw(
            st.lists(
                st.tuples(st.sampled_from(["R01", "R02"]), st.sampled_from(list(FREQUENCIES)), days_of_cycle),
                max_size=3,
            )
        )
        places = {(outlet, on): rep for rep, outlet, on in [*more, *kept]}
        stops = [(rep, outlet, on) for (outlet, on), rep in sorted(places.items())]
        since = dt.datetime.combine(day(draw(days_of_cycle)), dt.time(draw(st.integers(0, 20))))
        books.append(book(stops, number=number, since=since))
    return History(
        books=tuple(books),
        entries=tuple(entry(record, 100 + at) for at, record in enumerate(draw(st.lists(sheets(), max_size=6)))),
        closings=tuple(
            closing(f"2026-W{week}", 90 + 3 * at)
            for at, week in enumerate(draw(st.sets(st.integers(49, 52), max_size=3)))
        ),
    )


@st.composite
def sheets(draw: st.DrawFn) -> SheetRecord:
    week = draw(st.integers(0, 3))
    lines = []
    for _ in range(draw(st.integers(0, 6))):
        outcome = draw(st.sampled_from(list(VisitOutcome)))
        made = draw(st.one_of(st.none(), days_of_cycle))
        lines.append(
            VisitRecord(
                outlet_id=draw(st.sampled_from(OUTLETS)),
                date=day(draw(days_of_cycle)),
                order=0 if outcome is VisitOutcome.EXTRA else 1,
                outcome=outcome,
                made_on=None if made is None or outcome is VisitOutcome.EXTRA else day(made),
            )
        )
    return sheet(draw(st.sampled_from(["R01", "R02", "R99"])), week, *lines)


@settings(max_examples=150, deadline=None)
@given(plans())
def test_whatever_comes_back_every_promised_visit_is_accounted_for_once(past: History) -> None:
    found = ledger(past)
    assert check(past, found) == ()
    baseline = sorted((outlet, day(on)) for _, outlet, on in VISITS)
    assert sorted((v.outlet_id, v.first_date) for v in found.owed if not v.is_added) == baseline
    fates = [visit.fate for visit in found.owed]
    standings = [visit.standing for visit in found.owed if visit.fate is Fate.MISSED]
    made = fates.count(Fate.MADE) + fates.count(Fate.MADE_UP)
    assert made + len(standings) + fates.count(Fate.PENDING) == len(found.owed)
    assert Standing.NONE not in standings


@settings(max_examples=60, deadline=None)
@given(plans())
def test_the_order_in_which_sheets_of_different_weeks_were_stored_changes_nothing(past: History) -> None:
    latest = list(past.latest)
    turned = replace(
        past, entries=tuple(replace(e, number=500 + at) for at, e in enumerate(reversed(latest))), closings=()
    )
    straight = replace(past, entries=tuple(replace(e, number=500 + at) for at, e in enumerate(latest)), closings=())
    one, other = ledger(straight), ledger(turned)
    assert [(v.outlet_id, v.first_date, v.fate) for v in one.owed if v.outlet_id != "Z9"] == [
        (v.outlet_id, v.first_date, v.fate) for v in other.owed if v.outlet_id != "Z9"
    ]
