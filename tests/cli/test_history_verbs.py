"""The verbs of a plan's history, as a planner types them."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path

import pytest

from territory.io.plan_store import PlanStore
from territory.pipeline.history.desk import Desk
from territory.pipeline.history.who import login_name
from territory.pipeline.opening import open_scenario
from tests.cli.test_verbs import call
from tests.io.plan_store.logs import opened
from tests.pipeline.history.conftest import run_into, small_town

Capture = pytest.CaptureFixture[str]
FILES = ("assignment.csv", "visits.csv")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verbs")
    run_into(folder / "out", small_town().write(folder / "tables"))
    return folder / "out"


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "out")
    return tmp_path / "out"


def files_in(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def test_an_edit_is_taken_back_and_done_again(capsys: Capture, out: Path) -> None:
    first = files_in(out)
    code, said, _ = call(capsys, "edit", str(out), "--assign", "003:R2", "--who", "wang", "--why", "closer")
    assert code == 0
    assert "003: R1 -> R2" in said
    second = files_in(out)
    assert second["assignment.csv"] != first["assignment.csv"]
    assert call(capsys, "undo", str(out))[0] == 0
    assert files_in(out) == first
    assert call(capsys, "redo", str(out), "--lang", "zh")[0] == 0
    assert files_in(out) == second
    code, said, _ = call(capsys, "log", str(out))
    assert [line[:6] for line in said.splitlines()[:6]] == ["     1", "     2", "     3", "*    4", "     5", "     6"]
    assert "wang" in said
    assert "(closer)" in said


def test_the_log_speaks_chinese_and_json(capsys: Capture, out: Path) -> None:
    call(capsys, "edit", str(out), "--lock", "001", "--quiet")
    call(capsys, "undo", str(out), "--quiet")
    said = call(capsys, "log", str(out), "--lang", "zh", "--last", "2")[1]
    assert "另有 3 条更早的记录" in said
    assert "手工修改:锁定 001" in said
    assert "撤销:第 4 条" in said
    found = json.loads(call(capsys, "log", str(out), "--json", "--kind", "edit")[1])
    assert [(event["number"], event["who"], event["mark"]) for event in found["events"]] == [(4, login_name(), "-")]
    assert (found["branch"], found["last"], found["standing"]) == ("main", 5, "draft")
    assert len(json.loads(call(capsys, "log", str(out), "--json", "--all")[1])["events"]) == 5


def test_an_illegal_edit_ends_with_its_own_code_and_reason(capsys: Capture, out: Path) -> None:
    before = files_in(out)
    code, said, err = call(capsys, "edit", str(out), "--assign", "001:-", "--assign", "003:R2", "--lang", "zh")
    assert (code, said) == (4, "")
    assert "须有客户经理(one_rep)" in err
    assert files_in(out) == before
    code, said, err = call(capsys, "edit", str(out), "--assign", "001:-", "--assign", "003:R2", "--partly", "--json")
    found = json.loads(said)
    assert code == 4
    assert found["made"] == ["003: R1 -> R2"]
    assert "one_rep" in found["refused"][0]
    assert files_in(out) != before


def test_a_dry_run_changes_nothing(capsys: Capture, out: Path) -> None:
    before = files_in(out)
    code, said, _ = call(capsys, "edit", str(out), "--assign", "003:R2", "--dry-run")
    assert code == 0
    assert "nothing is written" in said
    assert files_in(out) == before
    with Desk.open(out) as desk:
        assert len(desk.history.events) == 3


def test_a_wrong_edit_is_told_like_wrong_tables(capsys: Capture, out: Path, tmp_path: Path) -> None:
    (tmp_path / "edits.csv").write_text("kind,outlet_id,rep_id,date,to\nassign,3,R2,,\n", encoding="utf-8")
    code, _, err = call(capsys, "edit", str(out), "--edits", str(tmp_path / "edits.csv"), "--move", "001")
    assert code == 3
    assert "edits.csv row 2 outlet_id" in err
    assert "Did you mean 003?" in err
    assert "2 errors" in err
    assert call(capsys, "edit", str(out))[0] == 2
    (tmp_path / "edits.csv").write_text("kind,outlet_id,rep_id,date,to\n", encoding="utf-8")
    assert call(capsys, "edit", str(out), "--edits", str(tmp_path / "edits.csv"))[0] in (2, 3)


def test_somebody_elses_edit_in_between_is_a_conflict(capsys: Capture, out: Path) -> None:
    call(capsys, "edit", str(out), "--assign", "003:R2", "--who", "wang", "--why", "closer", "--quiet")
    for verb in (("edit", str(out), "--lock", "001"), ("undo", str(out)), ("restore", str(out), "2")):
        code, _, err = call(capsys, *verb, "--expect", "3", "--who", "zhao", "--why", "new school")
        assert code == 7
        assert all(word in err for word in ("wang", "003: R1 -> R2", "closer", "zhao", "new school"))


def test_a_spreadsheets_change_is_adopted_or_thrown_away(capsys: Capture, out: Path) -> None:
    first = files_in(out)
    text = first["assignment.csv"].decode("utf-8-sig").replace("R1,Rep 1,R1,0,3000.0", "R2,Rep 2,R1,1,3000.0")
    (out / "assignment.csv").write_text(text, encoding="gb18030")
    code, _, err = call(capsys, "undo", str(out))
    assert code == 7
    assert "--adopt" in err
    assert call(capsys, "edit", str(out), "--assign", "002:R2")[0] == 7
    code, said, _ = call(capsys, "edit", str(out), "--adopt")
    assert code == 0
    assert "003: R1 -> R2" in said
    assert call(capsys, "edit", str(out), "--adopt")[0] == 2
    (out / "visits.csv").write_bytes(b"nonsense")
    assert call(capsys, "edit", str(out), "--adopt")[0] == 3
    code, said, _ = call(capsys, "restore", str(out), "3", "--overwrite")
    assert code == 0
    assert files_in(out) == first


def test_visits_changed_in_a_spreadsheet_are_judged(capsys: Capture, out: Path) -> None:
    lines = (out / "visits.csv").read_text(encoding="utf-8-sig").splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("stop"))
    cells = lines[at].split(",")
    cells[8], cells[9] = "03:00:00", "03:25:00"
    (out / "visits.csv").write_text("\n".join([*lines[:at], ",".join(cells), *lines[at + 1 :]]), encoding="utf-8")
    code, _, err = call(capsys, "edit", str(out), "--adopt")
    assert code == 4
    assert "shift_start" in err
    assert "--partly" not in err


def test_a_branch_is_tried_and_taken_over(capsys: Capture, out: Path) -> None:
    first = files_in(out)
    assert call(capsys, "branch", str(out), "what-if", "--why", "try")[0] == 0
    call(capsys, "edit", str(out), "--assign", "003:R2", "--quiet")
    tried = files_in(out)
    assert call(capsys, "branch", str(out), "main")[0] == 0
    assert files_in(out) == first
    said = call(capsys, "branch", str(out))[1]
    assert [line[:9] for line in said.splitlines()] == ["* main  l", "  what-if"]
    code, said, _ = call(capsys, "diff", str(out), "what-if", "--lang", "zh")
    assert code == 0
    assert "003 店3: R2 -> R1" in said
    assert call(capsys, "restore", str(out), "what-if")[0] == 0
    assert files_in(out) == tried
    assert json.loads(call(capsys, "branch", str(out), "--json")[1])["branch"] == "main"
    for name in ("7", "now", "published", "a b", "@"):
        assert call(capsys, "branch", str(out), name)[0] == 2
    assert call(capsys, "branch", str(out), "main", "--from", "3")[0] == 2
    assert call(capsys, "branch", str(out), "old", "--from", "99")[0] == 2
    assert call(capsys, "branch", str(out), "older", "--from", "1")[0] == 2
    assert files_in(out) == tried


def test_differences_are_written_as_tables(capsys: Capture, out: Path, tmp_path: Path) -> None:
    call(capsys, "edit", str(out), "--assign", "003:R2", "--quiet")
    code, said, _ = call(capsys, "diff", str(out), "3", "4", "--tables", str(tmp_path / "d"))
    assert code == 0
    assert "outlets with another rep: 1" in said
    assert (tmp_path / "d" / "diff_visits.csv").exists()
    found = json.loads(call(capsys, "diff", str(out), "3", "--json")[1])
    assert [row["outlet_id"] for row in found["outlets"]] == ["003"]
    assert call(capsys, "diff", str(out), "3", "maim")[0] == 2


def test_a_plan_is_submitted_approved_and_published(capsys: Capture, out: Path) -> None:
    assert call(capsys, "publish", str(out), "--effective", "2099-01-04")[0] == 7
    assert call(capsys, "submit", str(out), "--who", "li")[0] == 0
    assert call(capsys, "approve", str(out), "--who", "li")[0] == 2
    assert call(capsys, "approve", str(out), "--who", "boss", "--send-back", "--why", "003 is too far")[0] == 0
    call(capsys, "edit", str(out), "--assign", "003:R2", "--quiet")
    assert call(capsys, "submit", str(out), "--who", "li", "--json")[0] == 0
    assert call(capsys, "approve", str(out), "--who", "boss", "--lang", "zh")[0] == 0
    assert call(capsys, "publish", str(out), "--effective", "soon")[0] == 2
    assert call(capsys, "publish", str(out), "--effective", "2001-01-01")[0] == 2
    code, said, _ = call(capsys, "publish", str(out), "--effective", "2099-01-04", "--who", "boss", "--lang", "zh")
    assert code == 0
    assert "交接总表" in said
    folder = out / "publications" / "2099-01-04_9"
    digest = next(
        line[-64:] for line in (folder / "publication.txt").read_text("utf-8").splitlines() if "digest" in line
    )
    assert digest in said
    assert call(capsys, "verify", str(out), "--against", f"9:{digest}")[0] == 0
    assert call(capsys, "verify", str(out), "--against", f"8:{digest[:8]}")[0] == 3
    assert call(capsys, "verify", str(out), "--against", "9")[0] == 2
    assert "nothing is in force" in call(capsys, "publish", str(out))[1]
    assert json.loads(call(capsys, "publish", str(out), "--on", "2099-02-01", "--json")[1])["in_force"] == 9
    assert json.loads(call(capsys, "publish", str(out), "--json")[1])["publications"][0]["effective"] == "2099-01-04"
    shutil.rmtree(folder)
    assert call(capsys, "publish", str(out), "--write", "9")[0] == 0
    assert (folder / "handover" / "summary.txt").exists()
    assert call(capsys, "publish", str(out), "--write", "3")[0] == 2
    assert call(capsys, "publish", str(out), "--write", "9", "--on", "2099-01-01")[0] == 2
    assert call(capsys, "restore", str(out), "published@2099-01-04")[0] == 0


def test_comments_are_kept_with_their_outlet(capsys: Capture, out: Path) -> None:
    assert call(capsys, "comment", str(out), "店主 wants mornings", "--outlet", "003", "--who", "li")[0] == 0
    assert "003: 店主 wants mornings" in call(capsys, "log", str(out), "--kind", "comment")[1]
    assert call(capsys, "comment", str(out), "x", "--outlet", "3")[0] == 2
    assert call(capsys, "comment", str(out), "  ")[0] == 2


def test_a_changed_history_is_named_by_its_first_bad_event(capsys: Capture, out: Path) -> None:
    code, said, _ = call(capsys, "verify", str(out))
    assert code == 0
    assert said.startswith("3 events, as they were written")
    with opened(out / "plan.sqlite") as db:
        db.execute("UPDATE event SET who = 'zhao' WHERE number = 2")
    code, said, err = call(capsys, "verify", str(out), "--lang", "zh")
    assert code == 3
    assert "第 2 条记录在写入后被改动" in err
    found = json.loads(call(capsys, "verify", str(out), "--json")[1])
    assert (found["first_bad"], found["faults"][0]["code"]) == (2, "digest")
    for verb in (("log",), ("undo",), ("edit", "--lock", "001")):
        code, _, err = call(capsys, verb[0], str(out), *verb[1:])
        assert code == 3
        assert "event 2 was changed" in err


def test_a_lost_seal_is_renewed_only_on_request(capsys: Capture, out: Path) -> None:
    (out / "plan.sqlite-seal").unlink()
    assert call(capsys, "verify", str(out))[0] == 3
    assert call(capsys, "edit", str(out), "--lock", "001")[0] == 3
    assert call(capsys, "verify", str(out), "--seal")[0] == 0
    assert call(capsys, "edit", str(out), "--lock", "001")[0] == 0


@pytest.mark.parametrize("verb", ["log", "undo", "redo", "branch", "submit", "approve", "verify", "publish"])
def test_a_folder_without_a_history_says_how_to_begin_one(capsys: Capture, tmp_path: Path, verb: str) -> None:
    code, _, err = call(capsys, verb, str(tmp_path))
    assert code == 2
    assert "territory run" in err
    code, _, err = call(capsys, verb, str(tmp_path), "--lang", "zh")
    assert "还没有历史" in err
    assert list(tmp_path.iterdir()) == []


def test_split_and_visits_record_what_they_write(capsys: Capture, tables: Path, planned: Path) -> None:
    with Desk.open(planned) as desk:
        assert [event.kind for event in desk.history.events] == ["scenario", "split", "plan"]
        assert {event.who for event in desk.history.events} == {login_name()}
        assert desk.foreign_files() == []
        assert desk.files(desk.history.here().state) == files_in(planned)
        assert desk.store.verify() == []


def test_two_runs_differ_in_nothing_but_the_history(
    capsys: Capture, tables: Path, planned: Path, tmp_path: Path
) -> None:
    out = tmp_path / "again"
    call(capsys, "split", str(tables), "--out", str(out), "--quiet", "--who", "wang", "--why", "again")
    call(capsys, "visits", str(tables), "--plan", str(out), "--quiet", "--workers", "1")
    names = {path.relative_to(planned) for path in planned.rglob("*") if path.is_file()}
    assert names == {path.relative_to(out) for path in out.rglob("*") if path.is_file()}
    for name in names:
        if not name.name.startswith("plan.sqlite") and name.parts[0] != "journal":
            assert (out / name).read_bytes() == (planned / name).read_bytes(), name
    with PlanStore.open(out / "plan.sqlite", create=False) as store:
        assert [event.who for event in store.events()] == ["wang", "wang", login_name()]


def test_a_replanned_week_names_the_plan_it_was_made_from(
    capsys: Capture, tables: Path, planned: Path, tmp_path: Path
) -> None:
    scenario = open_scenario(tables)
    rep = scenario.reps.rep_ids[0]
    ill = ("--now", "2026-12-01T07:00", "--ill", f"{rep}:2026-12-03")
    code, _, err = call(
        capsys,
        "replan",
        str(tables),
        "--plan",
        str(planned),
        *ill,
        "--out",
        str(tmp_path / "new"),
        "--effort",
        "50",
        "--quiet",
    )
    assert code == 0, err
    with Desk.open(tmp_path / "new") as desk:
        event = desk.history.events[-1]
        assert (event.kind, event.payload["verb"], event.payload["now"]) == ("plan", "replan", "2026-12-01T07:00")
        assert event.payload["origin"]["number"] == 3  # type: ignore[index]
    shutil.copytree(planned, tmp_path / "same")
    same = str(tmp_path / "same")
    assert call(capsys, "replan", str(tables), "--plan", same, "--out", same, *ill, "--effort", "50", "--quiet")[0] == 0
    assert call(capsys, "undo", same)[0] == 0
    assert files_in(tmp_path / "same") == files_in(planned)


def test_a_mended_split_is_what_the_history_shows(capsys: Capture, tables: Path, planned: Path, tmp_path: Path) -> None:
    shutil.copytree(planned, tmp_path / "same")
    same, plan = str(tmp_path / "same"), tmp_path / "same" / "assignment.csv"
    with plan.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    reps = sorted({row["rep_id"] for row in rows})
    for row in rows[:3]:
        row["rep_id"] = next(rep for rep in reps if rep != row["rep_id"])
    with plan.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    changed = plan.read_bytes()
    arguments = ("refine", str(tables), "--plan", same, "--out", same, "--effort", "200000", "--quiet")
    code, _, err = call(capsys, *arguments, "--why", "three moved by hand")
    assert code == 0, err
    with Desk.open(tmp_path / "same") as desk:
        event = desk.history.events[-1]
        assert (event.kind, event.payload["verb"], event.why) == ("split", "refine", "three moved by hand")
        assert desk.store.blob(event.payload["replaced"]["assignment.csv"]) == changed  # type: ignore[index]
        assert desk.files(event.number)["assignment.csv"] == plan.read_bytes()
        assert desk.foreign_files() == []


def test_who_is_the_login_name_unless_told(monkeypatch: pytest.MonkeyPatch, capsys: Capture, out: Path) -> None:
    monkeypatch.setenv("TERRITORY_WHO", "王芳")
    call(capsys, "comment", str(out), "x", "--quiet")
    with Desk.open(out) as desk:
        assert desk.history.events[-1].who == "王芳"

    def unknown() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr("getpass.getuser", unknown)
    assert login_name().startswith("uid-") or not hasattr(os, "getuid")
