"""`territory export` and `territory import`, as a planner uses them: out, edited, back, published again."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path

import openpyxl
import pypdf
import pytest

from territory.cli import main
from tests.io.export.calendar_reader import Component, read_calendar


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    code = left.value.code
    return (code if isinstance(code, int) else 0 if code is None else 1), captured.out, captured.err


def exported(capsys: pytest.CaptureFixture[str], plan: Path, tables: Path, out: Path, *more: str) -> dict[str, object]:
    code, said, _ = call(capsys, "export", plan, "--scenario", tables, "--out", out, "--json", *more)
    assert code == 0
    answer: dict[str, object] = json.loads(said)
    return answer


def events_in(folder: Path) -> dict[str, Component]:
    """Every event in the calendars of a folder, by UID."""
    found: dict[str, Component] = {}
    for path in sorted(folder.glob("*.ics")):
        for event in read_calendar(path.read_bytes()).all("VEVENT"):
            uid = event.value("UID")
            assert uid is not None and uid not in found
            found[uid] = event
    return found


def says(event: Component) -> tuple[str | None, ...]:
    return tuple(event.value(name) for name in ("SEQUENCE", "STATUS", "DTSTART", "DTSTAMP"))


@pytest.mark.parametrize("files", ["plan.xlsx", "csv", "plan.json", "plan.geojson"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_plan_goes_out_and_comes_back_the_same(
    files: str, lang: str, capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    exported(capsys, planned, tables, tmp_path / "out", "--to", Path(files).suffix[1:] or "csv", "--lang", lang)
    words = ("import", tmp_path / "out" / files, "--scenario", tables, "--out", tmp_path / "back")
    code, said, _ = call(capsys, *words, "--lang", lang, "--quiet")
    assert (code, said) == (0, "")
    for name in ("assignment.csv", "visits.csv"):
        assert (tmp_path / "back" / name).read_bytes() == (planned / name).read_bytes()


def test_every_format_at_once_twice_gives_the_same_bytes(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    answer = exported(capsys, planned, tables, out, "--to", "all")
    files = [Path(path) for paths in answer["files"].values() for path in paths]  # type: ignore[attr-defined]
    assert {path.suffix for path in files} == {
        f".{ending}" for ending in ["xlsx", "csv", "json", "geojson", "kml", "gpx", "ics", "pdf"]
    }
    before = {path: path.read_bytes() for path in files}
    again = exported(capsys, planned, tables, out, "--to", "all")
    assert again["files"] == answer["files"]
    assert {path: path.read_bytes() for path in files} == before
    assert not list(out.rglob("*.tmp"))
    counts = again["calendar"]
    assert counts == {"new": 0, "changed": 0, "cancelled": 0, "unchanged": answer["calendar"]["new"]}  # type: ignore[index]


def test_a_route_list_names_every_stop(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    with (planned / "visits.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "stop" and row["date"] < "2026-12-07"]
    rep = rows[0]["rep_id"]
    exported(capsys, planned, tables, tmp_path / "out", "--to", "pdf", "--week", "1", "--rep", rep, "--lang", "zh")
    (path,) = (tmp_path / "out" / "pdf").glob("*.pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    wanted = [row["outlet_id"] for row in rows if row["rep_id"] == rep]
    assert wanted and all(outlet_id in text for outlet_id in wanted)
    assert "拜访路线单" in text and "2026-12-07" not in text


def test_a_republished_plan_updates_the_same_events(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    out, plan = tmp_path / "out", tmp_path / "plan"
    exported(capsys, planned, tables, out, "--to", "ics")
    before = events_in(out / "ics")
    with (planned / "visits.csv").open(encoding="utf-8-sig", newline="") as file:
        ill = next(row for row in csv.DictReader(file) if row["kind"] == "stop" and row["date"] == "2026-12-03")
    words = ("--now", "2026-12-02T10:30", "--ill", f"{ill['rep_id']}:2026-12-03", "--effort", "500", "--json")
    code, said, _ = call(capsys, "replan", tables, "--plan", planned, "--out", plan, *words)
    assert code == 0
    changes = json.loads(said)["changes"]
    assert {change["change"] for change in changes} >= {"moved"}
    counts = exported(capsys, plan, tables, out, "--to", "ics")["calendar"]
    after = events_in(out / "ics")
    assert before.keys() <= after.keys()
    kept = [uid for uid in before if says(before[uid]) == says(after[uid])]
    changed = [uid for uid in before if uid not in kept]
    assert len(kept) > len(changed) > 0
    for uid in changed:
        assert (before[uid].value("SEQUENCE"), after[uid].value("SEQUENCE")) == ("0", "1")
    dropped = sum(change["change"] == "dropped" for change in changes)
    other = sum(change["change"] == "other_rep" for change in changes)
    gone = [uid for uid in after if after[uid].value("STATUS") == "CANCELLED"]
    assert len(gone) == dropped + other
    assert len(after) - len(before) == other + sum(change["change"] == "added" for change in changes)
    assert counts == {
        "new": len(after) - len(before),
        "changed": len(changed) - len(gone),
        "cancelled": len(gone),
        "unchanged": len(kept),
    }
    for change in changes:
        if change["change"] == "moved":
            day = change["date"].replace("-", "")
            moved = [uid for uid in changed if (after[uid].value("DTSTART") or "").startswith(day)]
            assert any(after[uid].text("DESCRIPTION").startswith(change["outlet_id"]) for uid in moved)


def test_days_as_events_are_an_event_for_each_day(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    exported(capsys, planned, tables, tmp_path / "out", "--to", "ics", "--events", "day", "--time-zone", "Asia/Tokyo")
    events = events_in(tmp_path / "out" / "ics")
    lines = (planned / "visits.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(events) == sum(line.startswith("leave,") for line in lines)
    assert {
        params["TZID"] for event in events.values() for name, params, _ in event.properties if name == "DTSTART"
    } == {"Asia/Tokyo"}
    counts = exported(capsys, planned, tables, tmp_path / "out", "--to", "ics")["calendar"]
    assert counts["cancelled"] == len(events)  # type: ignore[index]


def edit(path: Path, change: object) -> None:
    book = openpyxl.load_workbook(path)
    change(book)  # type: ignore[operator]
    book.save(path)


@pytest.fixture
def workbook(capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path) -> Path:
    exported(capsys, planned, tables, tmp_path / "out", "--to", "xlsx")
    return tmp_path / "out" / "plan.xlsx"


def _to_next_day(book: openpyxl.Workbook) -> None:
    sheet = book["visits"]
    dates = [cell.value for cell in sheet["C"][1:]]
    sheet["C2"] = next(date for date in dates if date > dates[0])


def test_a_visit_moved_in_the_spreadsheet_is_judged_and_can_be_timed_anew(
    capsys: pytest.CaptureFixture[str], tables: Path, workbook: Path, tmp_path: Path
) -> None:
    edit(workbook, _to_next_day)
    words = ("import", workbook, "--scenario", tables, "--out", tmp_path / "back")
    code, said, told = call(capsys, *words)
    assert code == 3
    assert "time_order" in told or "drive_time" in told
    assert "--retime" in said and (tmp_path / "back" / "visits.csv").exists()
    code, said, told = call(capsys, *words, "--retime")
    assert "--retime" not in said
    assert not [rule for rule in ("drive_time", "time_order", "return_time", "service_time") if rule in told]
    checked, _, told_again = call(capsys, "check", tables, "--plan", tmp_path / "back")
    assert checked == code
    assert [line for line in told_again.splitlines() if ": " in line and "{" not in line] == [
        line for line in told.splitlines() if ": " in line and "{" not in line
    ]


def test_mistakes_in_the_spreadsheet_are_told_at_once_in_the_language_asked_for(
    capsys: pytest.CaptureFixture[str], tables: Path, workbook: Path, tmp_path: Path
) -> None:
    def spoil(book: openpyxl.Workbook) -> None:
        book["visits"]["A2"], book["visits"]["C3"], book["assignment"]["J2"] = "R999", "soon", "nobody"

    edit(workbook, spoil)
    words = ("import", workbook, "--scenario", tables, "--out", tmp_path / "back", "--quiet")
    code, _, told = call(capsys, *words)
    assert code == 3 and told.count("plan.xlsx") == 3 and "3 errors" in told
    code, _, told = call(capsys, *words, "--lang", "zh")
    assert code == 3 and "共 3 处错误" in told and "第 2 行" in told
    assert not (tmp_path / "back").exists()


def test_a_part_is_exported_under_its_own_name_and_not_taken_back(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    exported(capsys, planned, tables, out, "--to", "ics,gpx,json", "--week", "2026-W50")
    assert all("2026-W50" in path.name for path in out.rglob("*.ics"))
    assert all("2026-W50" in path.name for path in out.rglob("*.gpx"))
    days = {event.value("DTSTART")[:8] for event in events_in(out / "ics").values()}  # type: ignore[index]
    assert days <= {f"202612{day:02d}" for day in range(7, 14)}
    code, _, told = call(capsys, "import", out / "plan.json", "--scenario", tables, "--out", tmp_path / "back")
    assert (code, "part_of_plan" in told) == (3, True)


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("--to", "xls"), 2, "xlsx"),
        (("--to", "ics", "--time-zone", "Mars/Base"), 2, "Asia/Shanghai"),
        (("--rep", "R999"), 2, "R0"),
        (("--week", "9"), 2, "2026-W49"),
    ],
)
def test_what_does_not_exist_is_told_with_what_does(
    words: tuple[str, ...],
    code: int,
    hint: str,
    capsys: pytest.CaptureFixture[str],
    tables: Path,
    planned: Path,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    for lang in ("en", "zh"):
        left, _, told = call(
            capsys, "export", planned, "--scenario", tables, "--out", out, "--quiet", "--lang", lang, *words
        )
        assert left == code and hint in told
    assert not out.exists()


def test_a_folder_of_others_and_a_folder_without_a_plan_are_refused(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "plan.xlsx").write_text("mine")
    code, _, _ = call(capsys, "export", planned, "--scenario", tables, "--out", tmp_path / "mine", "--quiet")
    assert code == 7 and (tmp_path / "mine" / "plan.xlsx").read_text() == "mine"
    code, _, told = call(capsys, "export", tmp_path / "nothing", "--scenario", tables)
    assert code == 2 and "visits" in told
    code, _, told = call(capsys, "export", planned)
    assert code == 2 and "--scenario" in told


def test_without_gpxpy_nothing_is_written_and_the_install_line_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "gpxpy.gpx", None)
    words = ("export", planned, "--scenario", tables, "--out", tmp_path / "out", "--to", "csv,gpx", "--quiet")
    code, _, told = call(capsys, *words)
    assert code == 8 and 'pip install "territory[gps]"' in told
    assert not list((tmp_path / "out").rglob("*.csv"))


def test_the_scenario_of_a_run_is_found_by_itself(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(planned, run)
    shutil.copytree(tables, run / "scenario")
    code, said, _ = call(capsys, "export", run, "--lang", "zh")
    assert code == 0 and (run / "export" / "plan.xlsx").exists() and "1 个文件" in said
