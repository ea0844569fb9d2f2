"""A folder and its history belong together: what verbs write is recorded, what the history says is shown."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.errors import ConflictError
from territory.io import read_assignment, read_scenario, read_visit_plan, write_assignment, write_visit_plan
from territory.io.plan_store import HeadMovedError, StoreDamagedError
from territory.pipeline.history import recording
from territory.pipeline.history.conversion import assignment_of, plan_of
from territory.pipeline.history.desk import FILES, Desk, Signed
from territory.pipeline.history.editing import edited
from territory.pipeline.history.orders import read_orders
from territory.pipeline.history.recording import Recorder, origin_of
from territory.pipeline.history.state import stops_of
from territory.pipeline.opening import files_of
from tests.pipeline.history.conftest import planned, run_into, small_town

WANG = Signed(who="wang")


def files_in(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in FILES if (out / name).exists()}


def first_visit(desk: Desk) -> tuple[str, str]:
    """Date and outlet of some visit."""
    key = min(desk.state["routes"])
    return key[:10], stops_of(desk.state["routes"][key])[0][0]


def edit_by_hand(desk: Desk, order: str = "003:R2") -> None:
    scenario = desk.scenario(desk.state)
    found = edited(scenario, desk.state, read_orders(scenario, options={"assign": [order]}))
    desk.record("edit", found.state, WANG, extra={"orders": [[text.en, text.zh] for text in found.made]})
    desk.show()


def record_again(out: Path, tables: Path, change: Callable[[Assignment], Assignment], **words: object) -> Recorder:
    """What a verb does that makes another split of the folder's scenario."""
    scenario = read_scenario(tables)
    assignment = change(Assignment.today(scenario.outlets))
    recorder = words.pop("recorder", None) or Recorder.begin(out)
    assert isinstance(recorder, Recorder)
    return recorder.record(
        scenario,
        files_of(scenario, tables),
        verb="refine",
        assignment=assignment,
        write=lambda: write_assignment(scenario, assignment, out / "assignment.csv"),
    )


def all_to_the_first(assignment: Assignment) -> Assignment:
    return Assignment(rep_of_outlet=np.zeros_like(assignment.rep_of_outlet))


def test_a_run_leaves_tables_split_and_visits_in_the_history(desk: Desk) -> None:
    assert [(event.kind, event.who, event.why) for event in desk.history.events] == [
        ("scenario", "li", "first plan"),
        ("split", "li", "first plan"),
        ("plan", "li", "first plan"),
    ]
    assert desk.store.verify() == []
    assert desk.foreign_files() == []


def test_the_state_is_the_plan_and_makes_the_same_files(desk: Desk, made_once: Path) -> None:
    scenario = desk.scenario(desk.state)
    assert assignment_of(scenario, desk.state) == read_assignment(scenario, desk.folder / "assignment.csv")
    assert plan_of(scenario, desk.state) == read_visit_plan(scenario, desk.folder / "visits.csv")
    assert desk.rendered(desk.state) == files_in(desk.folder)
    fresh = read_scenario(made_once / "tables")
    assert (scenario.name, scenario.input_hashes) == (fresh.name, fresh.input_hashes)


def test_the_same_run_again_records_nothing(out: Path, made_once: Path) -> None:
    run_into(out, made_once / "tables")
    with Desk.open(out) as desk:
        assert len(desk.history.events) == 3
    assert files_in(out) == files_in(made_once / "out")


def test_undo_and_redo_bring_back_the_files_byte_for_byte(desk: Desk) -> None:
    first = files_in(desk.folder)
    edit_by_hand(desk)
    second = files_in(desk.folder)
    assert second != first
    desk.undo(WANG)
    desk.show()
    assert files_in(desk.folder) == first
    desk.redo(WANG)
    desk.show()
    assert files_in(desk.folder) == second
    desk.undo(WANG, steps=2)
    desk.show()
    assert files_in(desk.folder) == {"assignment.csv": first["assignment.csv"]}
    desk.restore(4, WANG)
    desk.show()
    assert files_in(desk.folder) == second


def test_changed_tables_are_a_new_version_and_come_back_with_their_plan(out: Path, tmp_path: Path) -> None:
    first = files_in(out)
    it = small_town()
    it.outlets[5] |= {"name": "新店名"}
    tables = it.write(tmp_path / "tables")
    record_again(out, tables, all_to_the_first)
    with Desk.open(out) as desk:
        assert [event.kind for event in desk.history.events[3:]] == ["scenario", "split"]
        assert desk.scenario(desk.state).outlets.names[5] == "新店名"
        desk.undo(WANG)
        assert desk.scenario(desk.state).outlets.names[5] == "店6"
        desk.show()
        assert files_in(out) == first


def test_visits_of_outlets_that_are_gone_do_not_stay_in_the_state(out: Path, tmp_path: Path) -> None:
    it = small_town()
    del it.outlets[5]
    record_again(out, it.write(tmp_path / "tables"), all_to_the_first)
    with Desk.open(out) as desk:
        assert desk.state.has_split
        assert not desk.state.has_visits
        desk.show()


def test_a_file_that_its_verb_wrote_otherwise_comes_back_as_it_was(out: Path, made_once: Path) -> None:
    """Such as without reps who have left: the state alone would name them."""
    scenario = read_scenario(made_once / "tables")
    outlets = replace(scenario.outlets, rep_idx=np.full(6, -1))
    without = replace(scenario, outlets=outlets)
    assignment = Assignment(rep_of_outlet=np.ones(6, dtype=np.int64))
    Recorder.begin(out).record(
        without,
        files_of(scenario, made_once / "tables"),
        verb="refine",
        assignment=assignment,
        write=lambda: write_assignment(without, assignment, out / "assignment.csv"),
    )
    written = files_in(out)["assignment.csv"]
    with Desk.open(out) as desk:
        edit_by_hand(desk, "001:R1")
        desk.undo(WANG)
        desk.show()
    assert files_in(out)["assignment.csv"] == written


def test_a_plan_that_changed_while_a_verb_was_at_work_is_not_written_over(out: Path, made_once: Path) -> None:
    recorder = Recorder.begin(out, who="robot")
    with Desk.open(out) as desk:
        edit_by_hand(desk)
    there = files_in(out)
    with pytest.raises(HeadMovedError, match="wang"):
        record_again(out, made_once / "tables", all_to_the_first, recorder=recorder)
    assert files_in(out) == there


def test_a_verb_that_began_on_another_branch_is_refused(out: Path, made_once: Path) -> None:
    recorder = Recorder.begin(out)
    with Desk.open(out) as desk:
        desk.note("branch", {"from": 3}, WANG, branch="what-if")
    with pytest.raises(ConflictError, match="what-if"):
        record_again(out, made_once / "tables", all_to_the_first, recorder=recorder)


def test_locks_that_a_new_plan_does_not_keep_are_named_and_taken_off(out: Path, made_once: Path) -> None:
    with Desk.open(out) as desk:
        scenario = desk.scenario(desk.state)
        date, visit = first_visit(desk)
        locks = read_orders(scenario, options={"lock": ["001", "005", f"{visit}:{date}"]})
        desk.record("edit", edited(scenario, desk.state, locks).state, WANG)
    recorder = record_again(out, made_once / "tables", all_to_the_first)
    assert recorder.broken == ("005",)
    with Desk.open(out) as desk:
        assert sorted(desk.state["locks"]) == sorted(["001", f"{visit} {date}"])


def test_what_a_spreadsheet_changed_is_not_overwritten(desk: Desk) -> None:
    edit_by_hand(desk)
    path = desk.folder / "assignment.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    assert desk.foreign_files() == ["assignment.csv"]
    with pytest.raises(ConflictError, match="--adopt"):
        desk.require_known()
    desk.show()
    desk.require_known()


def test_a_workbook_in_place_of_the_table_is_seen(desk: Desk) -> None:
    (desk.folder / "assignment.csv").rename(desk.folder / "assignment.xlsx")
    assert desk.foreign_files() == ["assignment.xlsx"]


def test_a_changed_file_that_a_verb_writes_over_is_kept(out: Path, made_once: Path) -> None:
    (out / "assignment.csv").write_bytes(b"mine")
    record_again(out, made_once / "tables", all_to_the_first)
    with Desk.open(out) as desk:
        replaced = desk.history.events[-1].payload["replaced"]
        assert desk.store.blob(replaced["assignment.csv"]) == b"mine"  # type: ignore[index]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed")
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_process_killed_while_it_writes_the_files_leaves_nothing_unknown(
    out: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from territory.pipeline.history import desk as room

    before = files_in(out)
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            written = iter(range(9))

            def write(path: Path, content: bytes) -> None:
                if next(written) == at:
                    os.kill(os.getpid(), signal.SIGKILL)
                path.write_bytes(content)

            monkeypatch.setattr(room, "write_bytes_atomically", write)
            with Desk.open(out) as desk:
                edit_by_hand(desk)
            if at == 2:
                os.kill(os.getpid(), signal.SIGKILL)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    with Desk.open(out) as desk:
        desk.require_known()
        assert desk.history.events[-1].kind == "edit"
        assert desk.store.verify() == []
        desk.undo(WANG)
        desk.show()
    assert files_in(out) == before


def test_a_plan_made_in_another_folder_names_where_it_came_from(out: Path, tmp_path: Path) -> None:
    origin = origin_of(out, tmp_path / "new")["origin"]
    with Desk.open(out) as desk:
        assert origin == {"folder": "out", "number": 3, "digest": desk.store.head().digest}
    assert origin_of(out, out) == {}
    assert origin_of(tmp_path, out) == {}


def test_a_history_that_is_gone_stops_a_verb_before_it_begins(out: Path) -> None:
    (out / "plan.sqlite").unlink()
    with pytest.raises(StoreDamagedError, match="it is gone"):
        Recorder.begin(out)


def test_a_copied_folder_goes_on_alone(out: Path, tmp_path: Path) -> None:
    shutil.copytree(out, tmp_path / "copy")
    with Desk.open(tmp_path / "copy") as desk:
        edit_by_hand(desk)
    with Desk.open(out) as desk:
        assert len(desk.history.events) == 3


def test_a_plan_is_recorded_for_any_scenario(tmp_path: Path) -> None:
    def check(scenario: Scenario, tables: Path, out: Path) -> None:
        run_into(out, tables)
        with Desk.open(out) as desk:
            plan = planned(scenario, Assignment.today(scenario.outlets))
            assert plan_of(desk.scenario(desk.state), desk.state) == plan
            path = write_visit_plan(scenario, Assignment.today(scenario.outlets), plan, tmp_path / "again.csv")
            assert path.read_bytes() == (out / "visits.csv").read_bytes()

    it = small_town()
    it.outlets[0] |= {"outlet_id": "=1+1", "name": "@店 1"}
    it.outlets[1] |= {"rep_id": ""}
    tables = it.write(tmp_path / "odd")
    check(read_scenario(tables), tables, tmp_path / "odd-out")
    assert recording.has_history(tmp_path / "odd-out")
