"""Calendars say what the plan says, and a plan published again updates the events that people have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from territory.domain.visit_plan import VisitPlan
from territory.errors import ConflictError, MissingExtraError
from territory.io.export import EventKind, PlanContent, ledger_path, read_ledger, wanted_events, write_ics
from territory.io.export.published import Event, Publication, Wanted, publish, write_ledger
from territory.io.export.texts import one_line
from tests.io.export.calendar_reader import Component, moment, read_calendar
from tests.io.export.random_plans import Case, cases, plans, worst_case
from tests.towns import line_of_shops

CYCLE = dt.date(2026, 11, 30)
MONDAY = dt.datetime(2026, 11, 30, 9)
quick = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def visit(day: int, *, hour: int = 9, number: int = 1, rep: str = "R1", outlet: str = "A", name: str = "店") -> Wanted:
    start = MONDAY + dt.timedelta(days=day, hours=hour - 9)
    end = start + dt.timedelta(minutes=20)
    return Wanted(rep_id=rep, subject=outlet, number=number, start=start, end=end, zone="Asia/Shanghai", summary=name)


def published(before: Sequence[Event], *wanted: Wanted) -> Publication:
    return publish(before, wanted, issuer="town", cycle=CYCLE)


def weekly(*days: int) -> list[Wanted]:
    return [visit(day, number=number) for number, day in enumerate(days, start=1)]


def by_day(events: Sequence[Event]) -> dict[int, Event]:
    return {(event.says.start - MONDAY).days: event for event in events}


def test_what_does_not_change_keeps_its_sequence() -> None:
    first = published((), *weekly(0, 7, 14))
    again = published(first.ledger, *weekly(0, 7, 14))
    assert again.ledger == first.ledger
    assert {event.sequence for event in again.events} == {0}
    assert (again.counts.unchanged, again.counts.new, again.counts.changed) == (3, 0, 0)


def test_a_visit_that_moves_to_another_day_stays_the_same_event() -> None:
    first = published((), *weekly(0, 7, 14, 21))
    again = published(first.ledger, *weekly(0, 9, 14, 21))
    old, new = by_day(first.events), by_day(again.events)
    assert new[9].uid == old[7].uid
    assert (new[9].sequence, new[9].is_cancelled) == (1, False)
    assert [new[day] for day in (0, 14, 21)] == [old[day] for day in (0, 14, 21)]


def test_a_visit_that_is_dropped_is_cancelled_and_no_other_changes() -> None:
    first = published((), *weekly(0, 7, 14, 21))
    again = published(first.ledger, *weekly(0, 14, 21))
    old, new = by_day(first.events), by_day(again.events)
    assert new[7] == replace(old[7], sequence=1, is_cancelled=True)
    assert [new[day] for day in (0, 14, 21)] == [old[day] for day in (0, 14, 21)]
    third = published(again.ledger, *weekly(0, 14, 21))
    assert third.ledger == again.ledger
    assert (third.counts.cancelled, third.counts.unchanged) == (0, 3)


def test_a_cancelled_visit_that_comes_back_is_the_event_of_before() -> None:
    first = published((), *weekly(0, 7))
    dropped = published(first.ledger, *weekly(0))
    back = published(dropped.ledger, *weekly(0, 8))
    assert by_day(back.events)[8].uid == by_day(first.events)[7].uid
    assert by_day(back.events)[8].sequence == 2
    assert len(back.ledger) == 2


def test_a_visit_more_gets_a_name_of_its_own() -> None:
    first = published((), *weekly(0, 7))
    again = published(first.ledger, *weekly(0, 3, 7))
    old, new = by_day(first.events), by_day(again.events)
    assert new[3].uid not in {event.uid for event in first.events}
    assert [new[day] for day in (0, 7)] == [old[day] for day in (0, 7)]


def test_another_hour_is_a_change_and_so_is_another_name() -> None:
    first = published((), visit(0))
    assert published(first.ledger, visit(0, hour=10)).events[0].sequence == 1
    assert published(first.ledger, visit(0, name="新店")).events[0].sequence == 1
    assert published(first.ledger, visit(0, number=2)).events == first.events


def test_a_visit_that_goes_to_another_rep_is_cancelled_here_and_new_there() -> None:
    first = published((), visit(0))
    again = published(first.ledger, visit(0, rep="R2"))
    here, there = again.events
    assert (here.says.rep_id, here.is_cancelled, here.sequence) == ("R1", True, 1)
    assert (there.says.rep_id, there.is_cancelled, there.sequence) == ("R2", False, 0)
    assert here.uid != there.uid


def in_week(week: int) -> object:
    return lambda event: (event.start - MONDAY).days // 7 == week


def test_publishing_one_week_leaves_the_others_as_people_have_them() -> None:
    first = published((), *weekly(0, 7, 14))
    week = publish(first.ledger, weekly(1, 8), issuer="town", cycle=CYCLE, is_in_scope=in_week(1))  # type: ignore[arg-type]
    old, new = by_day(first.ledger), by_day(week.ledger)
    assert new[0] == old[0] and new[14] == old[14]
    assert [(event.says.start.day, event.sequence) for event in week.events] == [(8, 1)]


def test_a_visit_that_leaves_the_published_week_is_told_to_who_had_it() -> None:
    first = published((), visit(7))
    week = publish(first.ledger, [visit(15)], issuer="town", cycle=CYCLE, is_in_scope=in_week(1))  # type: ignore[arg-type]
    assert [(event.uid, event.sequence) for event in week.events] == [(first.events[0].uid, 1)]
    assert week.events[0].says.start == visit(15).start


def test_weeks_published_one_by_one_and_then_at_once_agree() -> None:
    ledger: tuple[Event, ...] = ()
    for number in (2, 0, 1):
        scope = in_week(number)
        ledger = publish(ledger, weekly(0, 7, 14), issuer="town", cycle=CYCLE, is_in_scope=scope).ledger  # type: ignore[arg-type]
    at_once = published((), *weekly(0, 7, 14))
    assert ledger == at_once.ledger
    assert published(ledger, *weekly(0, 7, 14)).counts.unchanged == 3


def _live(ledger: Sequence[Event], subject: str) -> int:
    return sum(not event.is_cancelled and event.says.subject == subject for event in ledger)


@quick
@given(
    stages=st.lists(
        st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 27), st.integers(8, 17)), max_size=6),
        min_size=2,
        max_size=5,
    )
)
def test_whatever_is_published_in_turn_the_calendar_ends_right(stages: list[list[tuple[str, int, int]]]) -> None:
    ledger: tuple[Event, ...] = ()
    for stage in stages:
        wanted = [visit(day, hour=hour, outlet=outlet) for outlet, day, hour in stage]
        before = {event.uid: event for event in ledger}
        found = published(ledger, *wanted)
        live = sorted((event.says.subject, event.says.start) for event in found.ledger if not event.is_cancelled)
        assert live == sorted((want.subject, want.start) for want in wanted)
        after = {event.uid: event for event in found.ledger}
        assert len(after) == len(found.ledger) and before.keys() <= after.keys()
        for uid, event in before.items():
            now = after[uid]
            assert now == event or now.sequence == event.sequence + 1
        kept = sum(not before[uid].is_cancelled and not after[uid].is_cancelled for uid in before)
        assert kept == sum(min(_live(ledger, name), sum(w.subject == name for w in wanted)) for name in "AB")
        assert published(found.ledger, *wanted).ledger == found.ledger
        ledger = found.ledger


def calendars(case: Case, kind: EventKind, folder: Path, zone: str) -> list[Component]:
    """What a rep gets, read by the independent reader."""
    content = case.content()
    content = replace(content, scenario=replace(case.scenario, time_zone=zone))
    events = published((), *wanted_events(content, kind)).events
    read = []
    for rep_id in case.scenario.reps.rep_ids:
        own = [event for event in events if event.says.rep_id == rep_id]
        if own:
            path = write_ics(own, folder / "rep.ics", name=rep_id, cycle=content.scenario.calendar.start)
            read.append(read_calendar(path.read_bytes()))
    return read


@quick
@given(case=st.one_of(cases(), st.just(worst_case())), zone=st.sampled_from(["Asia/Shanghai", "America/New_York"]))
def test_an_independent_reader_finds_every_visit_of_the_plan(case: Case, zone: str, tmp_path: Path) -> None:
    found = []
    for calendar in calendars(case, "visit", tmp_path, zone):
        for event in calendar.all("VEVENT"):
            begin, end = (moment(calendar, event, name) for name in ("DTSTART", "DTEND"))
            found.append((calendar.text("X-WR-CALNAME"), event.text("SUMMARY"), begin, end, event.value("GEO")))
            assert (event.value("STATUS"), event.value("SEQUENCE")) == ("CONFIRMED", "0")
    plan, outlets, reps = case.plan, case.scenario.outlets, case.scenario.reps
    midnight = dt.datetime.combine(CYCLE, dt.time())

    def utc(day: int, seconds: int) -> dt.datetime:
        local = midnight + dt.timedelta(days=day, seconds=seconds)
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)

    wanted = []
    for rep, day, outlet, start, service in zip(
        plan.rep_idx.tolist(), plan.day.tolist(), plan.outlet_idx.tolist(), plan.start_s.tolist(),
        plan.service_s.tolist(), strict=True,
    ):  # fmt: skip
        name = one_line(outlets.names[outlet] or outlets.outlet_ids[outlet])
        geo = f"{round(float(outlets.lat[outlet]), 6)};{round(float(outlets.lon[outlet]), 6)}"
        wanted.append((one_line(reps.rep_ids[rep]), name, utc(day, start), utc(day, start + service), geo))
    assert sorted(found) == sorted(wanted)


@quick
@given(case=cases())
def test_an_independent_reader_finds_every_day_of_the_plan(case: Case, tmp_path: Path) -> None:
    found = [
        (calendar.text("X-WR-CALNAME"), moment(calendar, event, "DTSTART"), len(event.text("DESCRIPTION").split("\n")))
        for calendar in calendars(case, "day", tmp_path, "Asia/Shanghai")
        for event in calendar.all("VEVENT")
    ]
    plan = case.plan
    midnight = dt.datetime.combine(CYCLE, dt.time(), tzinfo=ZoneInfo("Asia/Shanghai"))
    wanted = [
        (
            one_line(case.scenario.reps.rep_ids[rep]),
            (midnight + dt.timedelta(days=day, seconds=leave)).astimezone(dt.UTC),
            len(plan.stops_of(rep, day)) + 1,
        )
        for rep, day, leave in zip(
            plan.route_rep_idx.tolist(), plan.route_day.tolist(), plan.leave_s.tolist(), strict=True
        )
    ]
    assert sorted(found) == sorted(wanted)


def test_a_cancelled_event_says_so_and_its_time_stamp_grows(tmp_path: Path) -> None:
    first = published((), visit(0), visit(7))
    again = published(first.ledger, visit(7))
    stamps = []
    for publication in (first, again):
        path = write_ics(publication.events, tmp_path / "rep.ics", name="R1", cycle=CYCLE)
        event = read_calendar(path.read_bytes()).all("VEVENT")[0]
        stamps.append((event.value("UID"), event.value("STATUS"), event.value("SEQUENCE"), event.value("DTSTAMP")))
    assert stamps[0][0] == stamps[1][0]
    assert [stamp[1:3] for stamp in stamps] == [("CONFIRMED", "0"), ("CANCELLED", "1")]
    assert stamps[0][3] < stamps[1][3]  # type: ignore[operator]


@quick
@given(plan=plans(num_outlets=5, num_reps=2))
def test_a_ledger_comes_back_as_it_went(plan: VisitPlan, tmp_path: Path) -> None:
    scenario = line_of_shops(5, 2)
    content = PlanContent(scenario=scenario, assignment=worst_case().assignment, plan=plan)
    ledger = published((), *wanted_events(content, "visit")).ledger
    write_ledger(ledger, tmp_path, CYCLE)
    assert read_ledger(tmp_path, CYCLE) == ledger


def test_calendars_without_their_ledger_are_not_published_over(tmp_path: Path) -> None:
    assert read_ledger(tmp_path, CYCLE) == ()
    (tmp_path / "R1_2026-11-30.ics").touch()
    with pytest.raises(ConflictError, match="published-2026-11-30"):
        read_ledger(tmp_path, CYCLE)
    assert read_ledger(tmp_path, CYCLE + dt.timedelta(days=28)) == ()
    ledger_path(tmp_path, CYCLE).write_text('{"schema": "territory/calendar-ledger@1", "events": [{}]}')
    with pytest.raises(ConflictError, match="put back"):
        read_ledger(tmp_path, CYCLE)


def test_a_missing_library_says_what_installs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "icalendar", None)
    with pytest.raises(MissingExtraError, match="pip install icalendar"):
        write_ics((), tmp_path / "rep.ics", name="R1", cycle=CYCLE)
    assert not (tmp_path / "rep.ics").exists()


def test_the_independent_reader_refuses_what_the_standard_forbids() -> None:
    whole = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
    assert read_calendar(whole).name == "VCALENDAR"
    for wrong in (
        whole.replace(b"\r\n", b"\n"),
        whole.replace(b"PRODID:x", b"PRODID:" + b"x" * 80),
        whole.replace(b"END:VCALENDAR\r\n", b""),
        whole.replace(b"PRODID:x\r\n", b""),
        whole.replace(b"PRODID:x", b"PRODID:" + b"x" * 66 + "店".encode()[:2] + b"\r\n " + "店".encode()[2:]),
    ):
        with pytest.raises((AssertionError, ValueError, UnicodeDecodeError)):
            read_calendar(wrong)


def test_every_number_of_visits_is_numbered_in_order_of_time() -> None:
    case = worst_case()
    plan = replace(case.plan, outlet_idx=np.zeros(len(case.plan.outlet_idx)), rep_idx=case.plan.rep_idx * 0)
    events = wanted_events(replace(case, plan=plan).content(), "visit")
    assert [event.number for event in events] == list(range(1, len(events) + 1))
