"""`replan` and `best-day` as a dispatcher meets them."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from territory.cli.best_day import best_day
from territory.cli.replan import replan

app = typer.Typer()
app.command()(replan)
app.command()(best_day)

NOW = "2026-12-02T10:30"


def call(*arguments: str) -> Result:
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def stop(planned: Path, date: str, at: int = 0) -> dict[str, str]:
    """A stop of the plan on a date."""
    return [row for row in rows_of(planned / "visits.csv") if row["kind"] == "stop" and row["date"] == date][at]


def test_an_ill_reps_visits_move_and_the_new_plan_reads_like_any_other(
    tables: Path, planned: Path, tmp_path: Path
) -> None:
    rep = stop(planned, "2026-12-03")["rep_id"]
    out = tmp_path / "new"
    arguments = (str(tables), "--plan", str(planned), "--now", NOW, "--ill", f"{rep}:2026-12-03..2026-12-04")
    result = call("replan", *arguments, "-o", str(out), "--effort", "500")
    assert result.exit_code == 0, result.output
    assert "visits that change" in result.output and rep in result.output
    changes = rows_of(out / "changes.csv")
    assert changes and all(row["why"] and row["why_zh"] for row in changes)
    away = {"2026-12-03", "2026-12-04"}
    visits = rows_of(out / "visits.csv")
    assert not [row for row in visits if row["rep_id"] == rep and row["date"] in away]
    before = [row for row in rows_of(planned / "visits.csv") if row["kind"] == "stop"]
    lost = [row for row in before if row["rep_id"] == rep and row["date"] in away]
    assert len([row for row in changes if row["cause"] == "ill"]) == len(lost)
    again = call("best-day", str(tables), "--plan", str(out), "--outlet", lost[0]["outlet_id"])
    assert again.exit_code == 0, again.output


def test_a_table_of_events_may_have_chinese_headers_and_words(tables: Path, planned: Path, tmp_path: Path) -> None:
    closed, missed = stop(planned, "2026-12-04"), stop(planned, "2026-12-01")
    table = tmp_path / "events.csv"
    table.write_text(
        f"类型,编码,日期\n停业,{closed['outlet_id']},2026-12-04\n漏访,{missed['outlet_id']},2026/12/1\n",
        encoding="utf-8-sig",
    )
    out = tmp_path / "new"
    arguments = (str(tables), "--plan", str(planned), "--now", NOW, "--events", str(table), "--out", str(out))
    result = call("replan", *arguments, "--effort", "500", "--lang", "zh")
    assert result.exit_code == 0, result.output
    assert "变动拜访" in result.output
    causes = {(row["outlet_id"], row["cause"]) for row in rows_of(out / "changes.csv")}
    assert {(closed["outlet_id"], "closed"), (missed["outlet_id"], "missed")} <= causes


def test_json_holds_the_changes(tables: Path, planned: Path, tmp_path: Path) -> None:
    outlet = stop(planned, "2026-12-22")["outlet_id"]
    arguments = (str(tables), "--plan", str(planned), "--now", NOW, "--urgent", f"{outlet}:by=2026-12-03")
    result = call("replan", *arguments, "--out", str(tmp_path / "new"), "--effort", "500", "--json")
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert content["moved_share"] < 0.05
    for change in content["changes"]:
        assert change["change"] != "dropped"


def test_everything_wrong_with_the_events_is_told_at_once(tables: Path, planned: Path, tmp_path: Path) -> None:
    outlet = stop(planned, "2026-12-04")["outlet_id"]
    table = tmp_path / "events.csv"
    table.write_text(f"kind,id,date,time\nholiday,{outlet},2026-12-04,\nclosed,nobody,2026-12-04,\n", encoding="utf-8")
    arguments = (str(tables), "--plan", str(planned), "--now", "today", "--ill", "nobody:2026-12-03", "--closed", "x")
    more = ("--urgent", f"{outlet}:by=2027-12-03", "--missed", f"{outlet}:soon", "--events", str(table))
    for lang, words in (("en", "7 errors"), ("zh", "共 7 处错误")):
        result = call("replan", *arguments, *more, "--out", str(tmp_path / "new"), "--lang", lang)
        assert result.exit_code == 3
        assert words in result.stderr
        for place in ("--now", "--ill", "--closed", "--urgent", "--missed", "events.csv"):
            assert place in result.stderr
    assert not (tmp_path / "new").exists()


def test_without_events_the_verb_says_which_there_are(tables: Path, planned: Path, tmp_path: Path) -> None:
    result = call("replan", str(tables), "--plan", str(planned), "--now", NOW, "--out", str(tmp_path / "new"))
    assert result.exit_code != 0
    assert "--ill" in result.stderr


def test_best_day_ranks_days_for_a_new_place_by_detour(tables: Path, planned: Path) -> None:
    rows = rows_of(tables / "outlets.csv")
    at = f"{rows[0]['lat']},{rows[0]['lon']}"
    result = call("best-day", str(tables), "--plan", str(planned), "--at", at, "--from", "2026-12-07", "--json")
    assert result.exit_code == 0, result.output
    days = json.loads(result.stdout)["days"]
    detours = [day["detour_min"] for day in days if day["fits"]]
    assert detours and detours == sorted(detours)
    assert min(dt.date.fromisoformat(day["date"]) for day in days) == dt.date(2026, 12, 7)
    assert all(day["reason"] for day in days if not day["fits"])


def test_best_day_ranks_whole_patterns(tables: Path, planned: Path) -> None:
    rows = rows_of(tables / "outlets.csv")
    at = f"{rows[0]['lat']},{rows[0]['lon']}"
    result = call("best-day", str(tables), "--plan", str(planned), "--at", at, "--visits", "2", "--lang", "zh")
    assert result.exit_code == 0, result.output
    assert "分钟/周期" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--outlet or --at"),
        (("--at", "somewhere"), "LAT,LON"),
        (("--at", "30.9,112.6", "--open", "always"), "Mon-Fri"),
        (("--at", "30.9,112.6", "--visits", "3"), "--visits is one of"),
        (("--at", "30.9,112.6", "--from", "2020-01-01"), "not in the cycle"),
        (("--outlet", "nobody"), "no outlet"),
    ],
)
def test_best_day_says_what_it_needs(tables: Path, planned: Path, arguments: tuple[str, ...], said: str) -> None:
    result = call("best-day", str(tables), "--plan", str(planned), *arguments)
    assert result.exit_code not in (0, 1) or said in result.stderr
    assert said in result.stderr
