"""Draft, review, publication: who may do what, what is in force when, and who gets which outlets from whom."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.events import Event
from territory.errors import ConfigError, ConflictError
from territory.io.plan_store import StoreDamagedError
from territory.pipeline.history.desk import Desk, Signed
from territory.pipeline.history.editing import edited
from territory.pipeline.history.handover import HandOver, hand_over_list
from territory.pipeline.history.handover_text import hand_over_files
from territory.pipeline.history.orders import read_orders
from territory.pipeline.history.publishing import approve, publish, review_of, send_back, submit, write_publication
from territory.pipeline.history.review import Standing, in_force
from territory.pipeline.history.state import PlanState, stops_of
from tests.io.plan_store.logs import opened

NOON = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
JANUARY, MARCH = dt.date(2027, 1, 4), dt.date(2027, 3, 1)


def by(who: str, why: str = "") -> Signed:
    return Signed(who=who, why=why, when=NOON)


def edit(desk: Desk, order: str) -> None:
    scenario = desk.scenario(desk.state)
    found = edited(scenario, desk.state, read_orders(scenario, options={"assign": [order]}))
    desk.record("edit", found.state, by("wang"))


def published(desk: Desk, effective: dt.date) -> Event:
    submit(desk, by("li"))
    approve(desk, by("boss"))
    return publish(desk, by("boss"), effective=effective, lang="en").event


def test_a_plan_goes_from_draft_over_review_to_publication(desk: Desk) -> None:
    standings = [review_of(desk).standing]
    submit(desk, by("li"))
    standings.append(review_of(desk).standing)
    approve(desk, by("boss"))
    standings.append(review_of(desk).standing)
    publish(desk, by("boss"), effective=JANUARY, lang="en")
    standings.append(review_of(desk).standing)
    assert standings == [Standing.DRAFT, Standing.REVIEW, Standing.APPROVED, Standing.PUBLISHED]


def test_no_step_can_be_left_out(desk: Desk) -> None:
    with pytest.raises(ConflictError, match="not approved: it is draft"):
        publish(desk, by("li"), effective=JANUARY, lang="en")
    with pytest.raises(ConflictError, match="not in review"):
        approve(desk, by("boss"))
    with pytest.raises(ConflictError):
        send_back(desk, by("boss", "no"))
    submit(desk, by("li"))
    with pytest.raises(ConflictError, match="in review already"):
        submit(desk, by("wang"))
    with pytest.raises(ConflictError, match="not approved: it is in review"):
        publish(desk, by("li"), effective=JANUARY, lang="en")


def test_whoever_submits_approves_only_with_a_reason(desk: Desk) -> None:
    submit(desk, by("li"))
    with pytest.raises(ConfigError, match="give a reason"):
        approve(desk, by("li", "  "))
    approve(desk, by("li", "the boss is ill"))
    assert review_of(desk).standing is Standing.APPROVED


def test_an_edit_makes_a_draft_of_an_approved_plan_and_taking_it_back_does_not(desk: Desk) -> None:
    submit(desk, by("li"))
    approve(desk, by("boss"))
    edit(desk, "003:R2")
    assert review_of(desk).standing is Standing.DRAFT
    desk.undo(by("li"))
    assert review_of(desk).standing is Standing.APPROVED


def test_a_plan_that_is_sent_back_is_a_draft_again(desk: Desk) -> None:
    submit(desk, by("li"))
    with pytest.raises(ConfigError, match="what is to be changed"):
        send_back(desk, by("boss"))
    send_back(desk, by("boss", "003 is too far for R1"))
    assert review_of(desk).standing is Standing.DRAFT
    submit(desk, by("li"))
    assert review_of(desk).standing is Standing.REVIEW


def test_a_request_for_review_tells_what_the_checkers_find(desk: Desk) -> None:
    scenario, key = desk.scenario(desk.state), min(desk.state["routes"])
    outlet, date = stops_of(desk.state["routes"][key])[0][0], key[:10]
    found = edited(scenario, desk.state, read_orders(scenario, options={"drop": [f"{outlet}:{date}"]}))
    desk.record("edit", found.state, by("wang"))
    rules = submit(desk, by("wang")).payload["broken_rules"]
    assert len(rules) == len(found.exceptions) > 0  # type: ignore[arg-type]


def test_a_past_date_needs_a_reason(desk: Desk) -> None:
    submit(desk, by("li"))
    approve(desk, by("boss"))
    with pytest.raises(ConfigError, match="is past"):
        publish(desk, by("boss"), effective=dt.date(2026, 11, 29), lang="en")
    assert publish(desk, by("boss", "in use since Sunday"), effective=dt.date(2026, 11, 29), lang="en")


def test_a_damaged_history_publishes_nothing(out: Path) -> None:
    with Desk.open(out) as desk:
        submit(desk, by("li"))
        approve(desk, by("boss"))
        with opened(out / "plan.sqlite") as db:
            db.execute("UPDATE event SET why = 'another' WHERE number = 2")
        with pytest.raises(StoreDamagedError, match="event 2 was changed"):
            publish(desk, by("boss"), effective=JANUARY, lang="en")
    assert not (out / "publications").exists()


def test_the_latest_date_that_has_come_is_in_force_and_of_two_the_later_publication(desk: Desk) -> None:
    first = published(desk, MARCH)
    edit(desk, "003:R2")
    second = published(desk, JANUARY)
    edit(desk, "002:R2")
    third = published(desk, MARCH)
    events = desk.history.events
    for date, wanted in (
        (JANUARY - dt.timedelta(days=1), None),
        (JANUARY, second),
        (MARCH - dt.timedelta(days=1), second),
        (MARCH, third),
        (dt.date(2030, 1, 1), third),
    ):
        assert in_force(events, date) == wanted
    # the first of March's never came into force: the other takes over from January's
    assert [event.payload["before"] for event in (first, second, third)] == [None, None, second.number]


def test_a_correction_of_what_is_in_force_is_compared_with_it(desk: Desk) -> None:
    first = published(desk, NOON.date())
    edit(desk, "003:R2")
    submit(desk, by("li"))
    approve(desk, by("boss"))
    with pytest.raises(ConfigError, match="publish from 2026-11-30 or later"):
        publish(desk, by("boss", "003 was forgotten"), effective=dt.date(2026, 11, 23), lang="en")
    found = publish(desk, by("boss", "003 was forgotten"), effective=NOON.date(), lang="en")
    assert found.event.payload["before"] == first.number
    assert len(found.hand_over.outlets) == 1


def test_a_publication_is_compared_with_what_was_in_force(desk: Desk) -> None:
    published(desk, JANUARY)
    edit(desk, "003:R2")
    submit(desk, by("li"))
    approve(desk, by("boss"))
    found = publish(desk, by("boss"), effective=MARCH, lang="en")
    (handed,) = found.hand_over.outlets
    assert (handed.outlet_id, handed.rep_before, handed.rep, handed.sales_per_week) == ("003", "R1", "R2", 3000.0)
    assert (handed.visits_before, handed.visits) == (4, 4)
    reps = {rep.rep_id: rep for rep in found.hand_over.reps}
    assert (reps["R2"].sales_gained, reps["R2"].visits_gained, reps["R2"].losses) == (3000.0, 4, ())
    assert (reps["R1"].sales_lost, reps["R1"].visits_lost, reps["R1"].gains) == (3000.0, 4, ())
    first = handed.first_visit
    assert first is not None
    assert first.rep_id == "R2"
    assert MARCH <= dt.date.fromisoformat(first.date) < MARCH + dt.timedelta(days=28)
    cycle = {key[:10] for key, route in desk.state["routes"].items() if key.endswith("R2")}
    assert any((dt.date.fromisoformat(first.date) - dt.date.fromisoformat(date)).days % 28 == 0 for date in cycle)


def test_the_folder_of_a_publication_holds_plan_lists_and_digest(desk: Desk) -> None:
    edit(desk, "003:R2")
    submit(desk, by("li"))
    approve(desk, by("boss"))
    found = publish(desk, by("boss"), effective=JANUARY, lang="en")
    folder = found.folder
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == {
        *("assignment.csv", "visits.csv", "publication.txt", "handover/handover.csv", "handover/summary.txt"),
        *(f"handover/reps/R{rep}.{ending}" for rep in (1, 2) for ending in ("csv", "txt")),
    }
    assert found.event.digest in (folder / "publication.txt").read_text(encoding="utf-8")
    page = (folder / "handover" / "reps" / "R2.txt").read_text(encoding="utf-8")
    assert "You get 1 outlet, sales CNY 3,000 a week, 4 visits per cycle" in page
    assert "from R1 Rep 1: 1" in page
    assert "You hand over no outlet" in page
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path in before:
        path.unlink()
    write_publication(desk, found.event)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_each_row_of_a_reps_table_has_its_partner_in_another_reps(desk: Desk) -> None:
    scenario, before = desk.scenario(desk.state), desk.state
    swapped = {name: {"R1": "R2", "R2": "R1"}[str(rep)] for name, rep in before["assignment"].items()}
    found = hand_over_list(scenario, before, before.having(assignment=swapped), effective="2027-01-04")
    for lang in ("en", "zh"):
        files = hand_over_files(found, effective="2027-01-04", currency="CNY", lang=lang)  # type: ignore[arg-type]
        rows = {
            rep: list(csv.DictReader(io.StringIO(files[f"reps/{rep}.csv"].decode("utf-8-sig")))) for rep in ("R1", "R2")
        }
        gains = {
            (rep, row["other_rep_id"], row["outlet_id"])
            for rep in rows
            for row in rows[rep]
            if row["direction"] == "gain"
        }
        losses = {
            (row["other_rep_id"], rep, row["outlet_id"])
            for rep in rows
            for row in rows[rep]
            if row["direction"] == "loss"
        }
        assert gains == losses
        assert len(gains) == 6
    assert "交接单" in files["reps/R1.txt"].decode()


def random_state(draw: np.random.Generator, reps: list[str]) -> PlanState:
    return PlanState().having(assignment={f"00{n}": reps[int(draw.integers(len(reps)))] for n in range(1, 8)})


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_what_is_gained_is_what_is_lost(made_once: Path, seed: int) -> None:
    with Desk.open(made_once / "out") as desk:
        scenario = desk.scenario(desk.state)
    draw = np.random.default_rng(seed)
    states = [random_state(draw, ["R1", "R2", "R9", ""]) for _ in range(2)]
    found: HandOver = hand_over_list(scenario, *states, effective="2027-01-04")
    gains = [outlet for rep in found.reps for outlet in rep.gains]
    losses = [outlet for rep in found.reps for outlet in rep.losses]
    assert sorted(o.outlet_id for o in gains) == sorted(o.outlet_id for o in found.outlets if o.rep)
    assert sorted(o.outlet_id for o in losses) == sorted(o.outlet_id for o in found.outlets if o.rep_before)
    both = [o for o in found.outlets if o.rep and o.rep_before]
    assert sum(o.sales_per_week for o in gains if o in both) == sum(o.sales_per_week for o in losses if o in both)
    moved = {name for name in states[0]["assignment"] if states[0]["assignment"][name] != states[1]["assignment"][name]}
    assert {o.outlet_id for o in found.outlets} == moved
