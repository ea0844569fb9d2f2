"""A plan's history goes back and forth without losing a byte, whatever is done in between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.events import Event
from territory.errors import ConfigError, ConflictError
from territory.io.plan_store import STORE, HeadMovedError, PlanStore, StoreDamagedError
from territory.pipeline.history.desk import Desk, Signed
from territory.pipeline.history.fold import SNAPSHOT_EVERY, History
from territory.pipeline.history.state import Change, MisfitError, PlanState
from tests.pipeline.history.drafts import drafted, random_edit

LI = Signed(who="li")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.open(tmp_path, create=True)
    desk.record("plan", drafted(40, 4), LI)
    return desk


def edit(desk: Desk, draw: np.random.Generator, signed: Signed = LI) -> Event | None:
    state = desk.state
    return desk.record("edit", state.apply(random_edit(state, draw)), signed)


def checked_edits(desk: Desk, count: int, seed: int, look_every: int = 1) -> None:
    """
    Random edits, undo, redo, restore and branches, compared with a model that keeps every state's bytes.

    At the end everything is taken back, then done again.
    """
    draw = np.random.default_rng(seed)
    done: dict[str, list[str]] = {"main": [desk.state.digest]}
    undone: dict[str, list[str]] = {"main": []}
    after: dict[int, str] = {len(desk.history.events): desk.state.digest}
    edits = 0
    while edits < count:
        here, chance = desk.history.current, float(draw.random())
        if chance < 0.8:
            event = edit(desk, draw)
            edits += 1
            if event is not None:
                done[here].append(desk.state.digest if edits % look_every == 0 else "?")
                undone[here] = []
        elif chance < 0.9 and len(done[here]) > 1:
            desk.undo(LI)
            undone[here].append(done[here].pop())
        elif chance < 0.96 and undone[here]:
            desk.redo(LI)
            done[here].append(undone[here].pop())
        elif chance < 0.98:
            number = list(after)[int(draw.integers(len(after)))]
            if desk.restore(number, LI) is not None:
                done[here].append(after[number])
                undone[here] = []
        elif len(done) < 4:
            name = f"branch-{len(done)}"
            desk.note("branch", {"from": len(desk.history.events)}, LI, branch=name)
            done[name], undone[name] = list(done[here]), []
        else:
            desk.note("branch", {}, LI, branch=list(done)[int(draw.integers(len(done)))])
        name = desk.history.current
        if done[name][-1] != "?":
            assert desk.state.digest == done[name][-1]
            after[len(desk.history.events)] = done[name][-1]
    last, steps = desk.state.to_bytes(), len(done[desk.history.current]) - 1
    desk.undo(LI, steps=steps)
    assert desk.state.digest == done["main"][0]
    desk.redo(LI, steps=steps)
    assert desk.state.to_bytes() == last


def test_any_edits_taken_back_leave_the_same_bytes(desk: Desk) -> None:
    checked_edits(desk, count=400, seed=3)
    assert desk.store.verify() == []
    assert list(desk.history.replayed()) == []


def test_a_history_read_again_is_the_same(desk: Desk) -> None:
    checked_edits(desk, count=SNAPSHOT_EVERY + 50, seed=4, look_every=10)
    with Desk.open(desk.folder) as again:
        assert again.history.branches == desk.history.branches
        assert again.state.to_bytes() == desk.state.to_bytes()
        for number in range(1, len(again.history.events), 23):
            state = again.history.at(number).state
            assert again.history.state(state) == desk.history.state(state)


@pytest.mark.slow
def test_ten_thousand_edits_taken_back_leave_the_same_bytes(tmp_path: Path) -> None:
    with Desk.open(tmp_path, create=True) as desk:
        desk.record("plan", drafted(1800, 12), LI)
        checked_edits(desk, count=10_000, seed=5, look_every=50)
        assert desk.store.verify() == []


def test_nothing_is_left_to_take_back_before_the_first_plan(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="nothing to take back"):
        desk.undo(LI)
    with pytest.raises(ConfigError, match="nothing to do again"):
        desk.redo(LI)
    edit(desk, np.random.default_rng(0))
    with pytest.raises(ConfigError, match="only 1 change can be taken back, not 2"):
        desk.undo(LI, steps=2)
    assert len(desk.history.events) == 2


def test_another_edit_ends_what_can_be_done_again(desk: Desk) -> None:
    draw = np.random.default_rng(1)
    edit(desk, draw)
    desk.undo(LI)
    edit(desk, draw)
    with pytest.raises(ConfigError, match="nothing to do again"):
        desk.redo(LI)


def test_an_edit_that_changes_nothing_is_no_event(desk: Desk) -> None:
    assert desk.record("edit", desk.state, LI) is None
    assert desk.restore(1, LI) is None


def test_a_branch_goes_its_own_way(desk: Desk) -> None:
    draw = np.random.default_rng(2)
    start = desk.state
    edit(desk, draw)
    main = desk.state
    desk.note("branch", {"from": 1}, LI, branch="what-if")
    assert desk.state == start
    edit(desk, draw)
    assert desk.history.now("main") == main
    what_if = desk.state
    desk.note("branch", {}, LI, branch="main")
    assert desk.state == main
    desk.restore(4, LI)  # the branch's edit
    assert desk.state == what_if
    desk.undo(LI)
    assert desk.state == main


def test_two_people_at_the_same_plan_see_each_others_edit(desk: Desk) -> None:
    draw = np.random.default_rng(3)
    with Desk.open(desk.folder) as other:
        edit(desk, draw, Signed(who="li", why="closer"))
        with pytest.raises(HeadMovedError) as caught:
            edit(other, draw, Signed(who="wang", why="knows the owner"))
        for lang, word in (("en", "edit"), ("zh", "手工修改")):
            told = caught.value.in_(lang)  # type: ignore[arg-type]
            assert all(part in told for part in ("li", "closer", "wang", "knows the owner", word))
        other.refresh()
        assert other.state == desk.state
        assert edit(other, draw, Signed(who="wang")) is not None


def test_records_and_comments_do_not_stand_in_an_editors_way(desk: Desk) -> None:
    with PlanStore.open(desk.folder / STORE) as robot:
        robot.append(kind="record", payload={"sheet_id": "R01 2026-W49"}, who="robot")
    event = edit(desk, np.random.default_rng(4))
    assert event is not None
    assert event.number == 3


def test_an_editor_who_has_seen_less_is_refused(desk: Desk) -> None:
    draw = np.random.default_rng(5)
    edit(desk, draw)
    edit(desk, draw)
    with pytest.raises(HeadMovedError):
        edit(desk, draw, Signed(who="wang", expect=2))
    with pytest.raises(HeadMovedError):
        desk.undo(Signed(who="wang", expect=1))
    with pytest.raises(HeadMovedError):
        desk.require_seen("edit", {}, Signed(who="wang", expect=2))
    assert edit(desk, draw, Signed(who="wang", expect=3)) is not None


@pytest.mark.parametrize(
    ("kind", "payload", "branch"),
    [
        ("undo", {"event": 7}, "main"),
        ("redo", {"event": 1}, "main"),
        ("undo", {"event": 1}, "elsewhere"),
        ("branch", {"from": 99}, "new"),
        ("branch", {"from": 1}, "main"),
        ("branch", {"from": "1"}, "new"),
        ("plan", {"visits": "elsewhere"}, "main"),
        ("edit", {"changes": 3}, "main"),
    ],
)
def test_events_that_cannot_have_happened_have_no_effect(
    desk: Desk, kind: str, payload: dict[str, object], branch: str
) -> None:
    before = desk.state
    desk.store.append(kind=kind, payload=payload, who="robot", branch=branch)
    desk.refresh()
    assert [event.number for event in desk.history.idle] == [2]
    assert desk.history.now("main") == before
    assert desk.history.current == "main"
    assert edit(desk, np.random.default_rng(6)) is not None


def test_a_change_made_for_another_state_is_named(desk: Desk) -> None:
    desk.store.append(kind="edit", payload={"changes": [["assignment", "00001", "R99", "R00"]]}, who="li")
    desk.refresh()
    with pytest.raises(StoreDamagedError, match="event 2"):
        _ = desk.state
    desk.undo(LI)
    assert desk.state == desk.history.state(1)


def test_two_people_cannot_begin_the_same_branch(desk: Desk) -> None:
    with Desk.open(desk.folder) as other:
        desk.begin_branch("what-if", 1, LI)
        with pytest.raises(ConflictError, match="exists by now"):
            other.begin_branch("what-if", 1, LI)
        assert other.history.idle == []


def test_a_whole_state_that_its_changes_do_not_make_is_named(desk: Desk) -> None:
    state = desk.state
    changes = [["assignment", "00001", state["assignment"]["00001"], "R00"]]
    other = desk.store.put_blob(state.having(locks={"00001": "R01"}).to_bytes())
    desk.store.append(kind="edit", payload={"changes": changes, "state": other}, who="li")
    desk.refresh()
    assert list(desk.history.replayed()) == [(2, "edit")]


KEYS = st.sampled_from(["a", "b", "c"])
SECTION = st.dictionaries(KEYS, st.integers(1, 3) | st.lists(st.integers(0, 2), max_size=2), max_size=3)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(SECTION, SECTION), min_size=2, max_size=2))
def test_changes_lead_from_any_state_to_any_other_and_back(sections: list[tuple[dict[str, object], ...]]) -> None:
    one, other = (PlanState().having(assignment=a, routes=r) for a, r in sections)
    changes = one.changes_to(other)
    assert one.apply(changes) == other
    assert other.apply(change.reversed() for change in changes) == one
    assert (changes == ()) == (one.to_bytes() == other.to_bytes())
    assert PlanState.from_bytes(one.to_bytes()) == one
    assert [Change.of(change.row()) for change in changes] == list(changes)


def test_a_change_checks_what_was_there() -> None:
    state = PlanState().having(assignment={"1": "R1"})
    with pytest.raises(MisfitError):
        state.apply([Change(section="assignment", key="1", before="R2", after="R3")])
    assert state["assignment"] == {"1": "R1"}


def test_a_history_without_events_has_an_empty_plan() -> None:
    history = History(lambda digest: b"")
    assert history.current == "main"
    assert history.now() == PlanState()
