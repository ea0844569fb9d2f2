"""Records in the plan store: whole or not at all, once, by many hands; plans and closings come back as they were."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from territory.domain.panel import VisitCounts
from territory.domain.records import SheetRecord
from territory.io.loop_store import RECORD, close_period, history_of, put_in_force, reopen_period, store_records
from territory.io.plan_book_json import book_bytes, book_of
from territory.io.plan_store import PlanStore
from territory.review import Unplaced, week_period
from tests.review.weeks import START, book, line, sheet


def records(count: int) -> list[SheetRecord]:
    return [sheet(f"R{n:03d}", 0, *(line(f"A{n}", 1) for _ in range(40))) for n in range(count)]


def test_a_plan_book_comes_back_as_it_was() -> None:
    full = replace(
        book(since=dt.datetime(2026, 12, 2, 10, 30), is_fresh=True),
        unplaced=(Unplaced(outlet_id="A0", rep_id="R01", visits=2, reason="no_time"),),
    )
    back = book_of(book_bytes(full), number=full.number)
    assert {name: getattr(back, name) for name in back.__dataclass_fields__} == {
        name: getattr(full, name) for name in full.__dataclass_fields__
    }


def test_a_book_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="plan-book@9"):
        book_of(book_bytes(book()).replace(b"plan-book@1", b"plan-book@9"), number=1)


def test_recording_again_changes_nothing_and_another_text_replaces(tmp_path: Path) -> None:
    first, second = sheet("R01", 0, line("A0", 1, "missed")), sheet("R01", 0, line("A0", 1))
    with PlanStore.open(tmp_path / "plan.sqlite") as store:
        assert [one.is_new for one in store_records(store, [first], who="li")] == [True]
        (again,) = store_records(store, [replace(first, source="other.csv")], who="wang")
        assert (again.is_new, again.number) == (False, 1)
        (other,) = store_records(store, [second], who="li")
        assert (other.is_new, other.replaces) == (True, 1)
        assert [one.is_new for one in store_records(store, [first, second], who="li")] == [False, False]
        assert history_of(store).latest[0].record == second
        (back,) = store_records(store, [first], who="li", again=True)
        assert back.is_new
        assert history_of(store).latest[0].record == first
        assert len(store.events(kind=RECORD)) == 3
        assert store.verify() == []


def test_the_plan_in_force_is_written_once_per_version(tmp_path: Path) -> None:
    with PlanStore.open(tmp_path / "plan.sqlite") as store:
        assert put_in_force(store, book(), who="li", why="", file_digest="a") is not None
        assert put_in_force(store, book(), who="li", why="", file_digest="a") is None
        assert put_in_force(store, book(plan_id="other"), who="li", why="", file_digest="b") is not None
        assert [one.plan_id for one in history_of(store).books] == ["plan1", "other"]
        assert [one.start for one in history_of(store).books] == [START, START]


def test_a_period_is_closed_once_with_its_counts_and_can_be_reopened(tmp_path: Path) -> None:
    week = week_period("2026-W49")
    assert week is not None
    counts = {"R01": VisitCounts(planned=2, made=1, missed=1)}
    with PlanStore.open(tmp_path / "plan.sqlite") as store:
        assert close_period(store, week, counts, who="head") is not None
        assert close_period(store, week, {}, who="other") is None
        (closing,) = history_of(store).closings
        assert reopen_period(store, week, who="head", why="too early") is not None
        assert history_of(store).closings == ()
        assert reopen_period(store, week, who="head") is None
        again = close_period(store, week, {}, who="head")
        assert again is not None and [one.number for one in history_of(store).closings] == [again.number]
    assert (closing.period, closing.visits, closing.who) == (week, counts, "head")


def record_all(path: Path, who: str, some: list[SheetRecord]) -> None:
    with PlanStore.open(path) as store:
        store_records(store, some, who=who)


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked and killed")
def test_two_people_who_record_the_same_pile_at_once_store_each_sheet_once(tmp_path: Path) -> None:
    path, pile = tmp_path / "plan.sqlite", records(20)
    fork = multiprocessing.get_context("fork")
    people = [fork.Process(target=record_all, args=(path, who, pile)) for who in ("li", "wang")]
    for person in people:
        person.start()
    for person in people:
        person.join(120)
        assert person.exitcode == 0
    with PlanStore.open(path) as store:
        assert sorted(e.record.rep_id for e in history_of(store).entries) == [one.rep_id for one in pile]
        assert store.verify() == []


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked and killed")
def test_a_killed_recording_leaves_whole_sheets_and_the_same_command_finishes_it(tmp_path: Path) -> None:
    path, pile = tmp_path / "plan.sqlite", records(60)
    fork = multiprocessing.get_context("fork")
    for life in range(6):
        process = fork.Process(target=record_all, args=(path, "li", pile))
        process.start()
        time.sleep(0.02 + 0.015 * life)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join(60)
        with PlanStore.open(path) as store:
            kept = [entry.record for entry in history_of(store).entries]
            assert store.verify() == []
        assert kept == pile[: len(kept)]
    record_all(path, "li", pile)
    with PlanStore.open(path) as store:
        found = history_of(store)
    assert [entry.record for entry in found.entries] == pile
