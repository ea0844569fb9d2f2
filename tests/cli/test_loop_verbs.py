"""`record`, `review` and `next` as a planner meets them, on a village with four account managers."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from territory.cli.next_cycle import next_cycle
from territory.cli.record import record
from territory.cli.replan import replan
from territory.cli.review import review
from territory.cli.sheet import sheet
from territory.io.plan_store import PlanStore

app = typer.Typer()
for verb in (record, review, replan, sheet):
    app.command()(verb)
app.command(name="next")(next_cycle)

WEEKS = ("2026-W49", "2026-W50", "2026-W51", "2026-W52")


def call(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def out(planned: Path, tmp_path: Path) -> Path:
    """A run's folder of its own, with its history."""
    return Path(shutil.copytree(planned, tmp_path / "run"))


def stops(out: Path, week: str) -> Iterator[dict[str, str]]:
    import datetime as dt

    for row in rows_of(out / "visits.csv"):
        if row["kind"] == "stop":
            year, number, _ = dt.date.fromisoformat(row["date"]).isocalendar()
            if f"{year}-W{number:02d}" == week:
                yield row


def sheets(out: Path, week: str, outcome: Callable[[dict[str, str], int], str]) -> list[dict[str, object]]:
    """A record per rep of the week, each visit with the outcome that `outcome` gives; "" for a blank."""
    by_rep: dict[str, list[dict[str, object]]] = {}
    for at, row in enumerate(stops(out, week)):
        lines = by_rep.setdefault(row["rep_id"], [])
        word = outcome(row, at)
        if word:
            lines.append(
                {"outlet_id": row["outlet_id"], "date": row["date"], "order": int(row["order"]), "outcome": word}
            )
    return [
        {"sheet_id": f"{rep} {week}", "rep_id": rep, "iso_week": week, "visits": lines}
        for rep, lines in sorted(by_rep.items())
    ]


def sent(folder: Path, name: str, lines: list[dict[str, object]]) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def all_done(row: dict[str, str], at: int) -> str:
    return "done"


def tenth_missed(row: dict[str, str], at: int) -> str:
    return "missed" if at % 10 == 0 else "done"


def events(out: Path) -> list[tuple[int, str]]:
    with PlanStore.open(out / "plan.sqlite", create=False) as store:
        assert store.verify() == []
        return [(event.number, event.kind) for event in store.events()]


def test_good_sheets_are_kept_bad_files_told_and_again_changes_nothing(out: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    sent(inbox, "good.jsonl", sheets(out, WEEKS[0], tenth_missed))
    (inbox / "bad.xlsx").write_bytes(b"no workbook")
    (inbox / "bad.jsonl").write_text("{\n", encoding="utf-8")
    first = call("record", out, inbox, "--who", "李")
    assert first.exit_code == 3
    assert "4 sheets kept" in first.output
    assert "[sheet_unreadable]" in first.output and "[bad_json_line]" in first.output
    kept = events(out)
    assert [kind for _, kind in kept].count("record") == 4
    again = call("record", out, inbox, "--lang", "zh")
    assert again.exit_code == 3
    assert "新录入 0 张" in again.output and "已录入过 4 张" in again.output
    assert events(out) == kept


def test_unknown_reps_weeks_and_outlets_are_kept_and_told(out: Path, tmp_path: Path) -> None:
    visit = {"outlet_id": "nowhere", "date": "2026-12-01", "order": 0, "outcome": "extra"}
    lines: list[dict[str, object]] = [
        {"sheet_id": f"R999 {WEEKS[0]}", "rep_id": "R999", "iso_week": WEEKS[0], "visits": [visit]},
        {"sheet_id": "R001 2030-W01", "rep_id": "R001", "iso_week": "2030-W01"},
    ]
    result = call("record", out, sent(tmp_path, "odd.jsonl", lines), "--json", "--quiet")
    assert result.exit_code == 0
    found = json.loads(result.output)
    assert {one["code"] for one in found["remarks"]} == {"unknown_rep", "unknown_outlet", "unknown_week"}
    assert all(one["new"] for one in found["sheets"])
    seen = json.loads(call("review", out, "--week", WEEKS[0], "--json", "--quiet").output)
    assert {one["code"] for one in seen["remarks"]} == {"unknown_rep", "unknown_outlet"}


def test_a_week_is_reviewed_closed_once_and_late_sheets_are_shown(out: Path, tmp_path: Path) -> None:
    lines = sheets(out, WEEKS[0], tenth_missed)
    call("record", out, sent(tmp_path, "three.jsonl", lines[:-1]))
    before = json.loads(call("review", out, "--week", "1", "--today", "2026-12-06", "--json", "--quiet").output)
    total = before["rows"][0]
    assert total["visits_planned"] == total["visits_made"] + total["visits_missed"] + total["visits_pending"]
    assert [one["rep_id"] for one in before["outstanding"]] == [lines[-1]["rep_id"]]
    assert total["visits_pending"] == len(lines[-1]["visits"])  # type: ignore[arg-type]
    closed = call("review", out, "--week", WEEKS[0], "--close", "--who", "head", "--why", "Friday")
    assert "closed (event" in closed.output
    assert "closed already by head" in call("review", out, "--week", WEEKS[0], "--close").output
    kinds = [kind for _, kind in events(out)]
    assert kinds.count("closing") == 1
    assert "open again" in call("review", out, "--week", WEEKS[0], "--reopen").output
    assert "nothing changed" in call("review", out, "--week", WEEKS[0], "--reopen").output
    call("review", out, "--week", WEEKS[0], "--close", "--who", "head", "--why", "Friday")
    assert "[late]" in call("record", out, sent(tmp_path, "late.jsonl", lines[-1:])).output
    after = json.loads(call("review", out, "--week", WEEKS[0], "--json", "--quiet").output)
    assert after["closed"]["why"] == "Friday"
    (change,) = after["changes_since_closing"]
    assert change["closed"]["missed"] > change["now"]["missed"]
    assert after["rows"][0]["visits_pending"] == 0


def test_the_review_writes_pages_and_tables_that_agree(out: Path, tmp_path: Path) -> None:
    call("record", out, sent(tmp_path, "all.jsonl", sheets(out, WEEKS[0], tenth_missed)))
    result = call("review", out, "--week", WEEKS[0], "--lang", "zh")
    assert result.exit_code == 0 and "待补访" in result.output
    folder = out / "review" / WEEKS[0]
    visits, debts = rows_of(folder / "visits.csv"), rows_of(folder / "debts.csv")
    missed = [row for row in visits if row["fate"] == "missed"]
    assert {row["outlet_id"] for row in missed} == {row["outlet_id"] for row in debts}
    page = (folder / "review.html").read_text(encoding="utf-8")
    assert (
        "周结" in page
        and "Week review" in page
        and "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    )
    assert (folder / "review.pdf").read_bytes().startswith(b"%PDF")
    month = call("review", out, "--month", "2026-12", "--json", "--quiet")
    assert json.loads(month.output)["rows"][0]["visits_planned"] > len(visits)
    panel = rows_of(out / "review" / "panel.csv")
    assert sum(int(row["visits_missed"]) for row in panel) == len(missed)
    day = json.loads(call("review", out, "--day", visits[0]["date"], "--json", "--quiet").output)
    assert day["rows"][0]["visits_planned"] == sum(row["date"] == visits[0]["date"] for row in visits)


def test_what_was_missed_is_planned_again_in_the_same_folder_and_then_made_up(
    tables: Path, out: Path, tmp_path: Path
) -> None:
    call("record", out, sent(tmp_path, "one.jsonl", sheets(out, WEEKS[0], tenth_missed)))
    call("review", out, "--week", WEEKS[0], "--close", "--quiet")
    table = out / "review" / WEEKS[0] / "events.csv"
    wanted = {row["id"] for row in rows_of(table)}
    again = call(
        *("replan", tables, "--plan", out, "--now", "2026-12-07T00:00", "--events", table),
        *("-o", out, "--effort", "200", "--quiet"),
    )
    assert again.exit_code == 0, again.output
    assert call("record", out, sent(tmp_path, "two.jsonl", sheets(out, WEEKS[1], all_done))).exit_code == 0
    seen = json.loads(call("review", out, "--week", WEEKS[0], "--json", "--quiet").output)
    assert {one["outlet_id"] for one in [*seen["made_up"], *seen["short"], *seen["debts"]]} == wanted
    assert seen["made_up"]
    assert [kind for _, kind in events(out)].count("visit_plan") == 2


def test_a_new_plan_in_another_folder_goes_on_with_the_same_history(tables: Path, out: Path, tmp_path: Path) -> None:
    call("record", out, sent(tmp_path, "one.jsonl", sheets(out, WEEKS[0], all_done)))
    rep = next(stops(out, WEEKS[1]))["rep_id"]
    new = tmp_path / "new"
    moved = call(
        *("replan", tables, "--plan", out, "--now", "2026-12-07T00:00", "--ill", f"{rep}:2026-12-08"),
        *("-o", new, "--effort", "200", "--quiet"),
    )
    assert moved.exit_code == 0, moved.output
    assert call("record", new, sent(tmp_path, "two.jsonl", sheets(new, WEEKS[1], all_done))).exit_code == 0
    seen = json.loads(call("review", new, "--week", WEEKS[1], "--json", "--quiet").output)
    assert seen["rows"][0]["visits_missed"] == seen["rows"][0]["visits_pending"] == 0
    assert {name for name, count in count_kinds(out).items() if count} >= {"record", "visit_plan"}
    first = json.loads(call("review", new, "--week", WEEKS[0], "--json", "--quiet").output)
    assert first["rows"][0]["compliance"] == 1.0


def count_kinds(out: Path) -> dict[str, int]:
    kinds = [kind for _, kind in events(out)]
    return {kind: kinds.count(kind) for kind in kinds}


def test_the_next_cycle_starts_from_real_visits_and_catches_up_first(tables: Path, out: Path, tmp_path: Path) -> None:
    for at, week in enumerate(WEEKS):
        done = tenth_missed if at == 3 else all_done
        call("record", out, sent(tmp_path, f"{week}.jsonl", sheets(out, week, done)))
        call("review", out, "--week", week, "--close", "--quiet")
    result = call("next", out, "--effort", "100", "--workers", "1", "--json", "--quiet")
    assert result.exit_code == 0, result.output
    made = json.loads(result.output)
    new = Path(made["out"])
    written = events(out), events(new)
    again = call("next", out, "--effort", "100", "--workers", "1", "--json", "--quiet")
    assert json.loads(again.output) == made
    assert (events(out), events(new)) == written
    assert (made["start"], made["unreported"], new.name) == ("2026-12-28", 0, "run-2026-12-28")
    assert made["debts"] > 0
    taken = {row["outlet_id"]: row for row in rows_of(new / "next_outlets.csv")}
    table = {row["outlet_id"]: row for row in rows_of(new / "scenario" / "outlets.csv")}
    last = {row["outlet_id"]: row["date"] for week in WEEKS for row in stops(out, week)}
    some = next(outlet for outlet, row in taken.items() if row["debts"] == "0")
    assert taken[some]["last_visit"] == last[some] == table[some]["last_visit"]
    waiting = [outlet for outlet, row in taken.items() if row["debts"] != "0"]
    assert waiting
    assert all(float(table[outlet]["priority"]) > 0 for outlet in waiting)
    first_week = {row["outlet_id"] for row in rows_of(new / "visits.csv") if row["date"][:10] <= "2027-01-03"}
    assert set(waiting) <= first_week
    call("record", new, sent(tmp_path, "next.jsonl", sheets(new, "2026-W53", all_done)))
    seen = json.loads(call("review", new, "--week", WEEKS[3], "--json", "--quiet").output)
    assert seen["debts"] == []
    assert {one["outlet_id"] for one in [*seen["made_up"], *seen["short"]]} == set(waiting)
    second = call("next", new, "--effort", "50", "--workers", "1", "--no-catch-up", "--quiet")
    assert second.exit_code == 0, second.output
    plain = {row["outlet_id"]: row for row in rows_of(out.with_name("run-2027-01-25") / "next_outlets.csv")}
    own = {row["outlet_id"]: float(row["priority"] or 0) for row in rows_of(tables / "outlets.csv")}
    assert all(float(row["priority"]) == own[outlet] for outlet, row in plain.items() if row["debts"] == "0")
    assert any(own[outlet] != float(taken[outlet]["priority"]) for outlet in waiting)


def test_next_weeks_sheet_carries_problems_and_goals_in(tables: Path, out: Path, tmp_path: Path) -> None:
    lines = sheets(out, WEEKS[0], all_done)
    key = f"{lines[0]['sheet_id']}/problem.1"
    lines[0] |= {"problems": [{"key": key, "text": "断货"}], "goals": [{"key": "sales", "goal": 9, "actual": 7}]}
    call("record", out, sent(tmp_path, "one.jsonl", lines))
    rep = str(lines[0]["rep_id"])
    done = call("sheet", tables, "--plan", out, "--week", "2", "--rep", rep, "--format", "csv", "--quiet")
    assert done.exit_code == 0, done.output
    (file,) = (out / "sheets" / WEEKS[1]).glob("*.csv")
    cells = {row["key"]: row["value"] for row in rows_of(file)}
    assert cells["carried.1.text"] == "断货"
    assert cells["carried.1.key"].lstrip("#") == key


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("review", "{out}", "--week", "9"), "write it as 2026-W49"),
        (("review", "{out}", "--month", "2031-01"), "no plan covers 2031-01"),
        (("review", "{out}", "--day", "2026-12-01", "--close"), "what is closed is its week or month"),
        (("review", "{out}", "--day", "2026-12-01", "--week", "1"), "one of them"),
        (("review", "{out}", "--today", "soon"), "write it as 2026-12-07"),
        (("review", "{none}"), "visits.csv is not there"),
        (("next", "{none}"), "visits.csv is not there"),
        (("next", "{out}", "--effort", "1", "--time-limit", "1"), "not both"),
    ],
)
def test_what_cannot_be_done_is_said_in_both_languages(
    planned: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    words = [word.format(out=planned, none=tmp_path / "none") for word in arguments]
    english, chinese = call(*words), call(*words, "--lang", "zh")
    assert english.exit_code == chinese.exit_code == 2
    assert said in english.output.replace("\n", " ")
    assert any(ord(letter) > 0x2E7F for letter in chinese.output)
