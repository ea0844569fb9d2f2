"""The verbs that answer questions about a finished visit plan: `robustness`, `capacity` and `rides`."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
import typer

from territory.cli import capacity, main, rides, robustness
from tests.recipes import small_recipe


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one of the three verbs."""
    app = typer.Typer()
    for verb in (robustness.robustness, capacity.capacity, rides.rides):
        app.command()(verb)
    with pytest.raises(SystemExit) as left:
        app(list(arguments))
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    code = left.value.code
    return (code if isinstance(code, int) else 0 if code is None else 1), captured.out, captured.err


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, table: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result folder with its scenario inside, whose reps have too little time."""
    folder = tmp_path_factory.mktemp("answers")
    tables, out = folder / "tables", folder / "result"
    for words in (
        ("prepare", str(small_recipe(folder / "recipe")), "--out", str(tables), "--quiet"),
        ("visits", str(tables), "--out", str(out), "--workers", "1", "--quiet"),
    ):
        with pytest.raises(SystemExit) as left:
            main(words)
        assert not left.value.code
        if words[0] == "prepare":
            write(tables / "reps.csv", [row | {"shift": "09:00-11:45"} for row in rows(tables / "reps.csv")])
    shutil.copytree(tables, out / "scenario")
    return out


def test_robustness_tells_and_writes_intervals_for_all_and_each_rep(
    capsys: pytest.CaptureFixture[str], result: Path, tmp_path: Path
) -> None:
    out = tmp_path / "o"
    code, said, _ = call(capsys, "robustness", str(result), "--replications", "30", "--out", str(out))
    assert code == 0
    assert "visits on time" in said
    table = rows(out / "robustness.csv")
    assert len({row["rep_id"] for row in table}) == 5
    assert all(float(row["low"]) <= float(row["value"]) <= float(row["high"]) for row in table)
    stops = rows(out / "robustness_visits.csv")
    shares = [float(row["on_time_percent"]) for row in stops]
    assert shares == sorted(shares)
    whole = next(float(r["value"]) for r in table if (r["rep_id"], r["measure"]) == ("", "on_time_share"))
    assert whole == pytest.approx(sum(shares) / len(shares), abs=0.01)


def test_without_spread_robustness_finds_the_plan_itself(capsys: pytest.CaptureFixture[str], result: Path) -> None:
    words = ("--service-cv", "0", "--drive-cv", "0", "--traffic-cv", "0", "--replications", "20", "--json")
    code, said, _ = call(capsys, "robustness", str(result), *words)
    assert code == 0
    found = {row["measure"]: row["value"] for row in json.loads(said)["measures"] if not row["rep_id"]}
    assert (found["on_time_share"], found["in_window_share"], found["overtime_p95_min"]) == (100, 100, 0)


def test_robustness_plans_anew_for_fewer_days_with_overtime(
    capsys: pytest.CaptureFixture[str], result: Path, tmp_path: Path
) -> None:
    out = tmp_path / "o"
    words = ("--most-days-over", "12", "--replications", "20", "--time-limit", "0.2", "--lang", "zh")
    code, said, _ = call(capsys, "robustness", str(result), *words, "--out", str(out))
    assert code == 0
    assert "按分位数重新排定" in said
    tried = rows(out / "robustness_plans.csv")
    assert tried[0]["quantile"] == "0.65"
    assert sum(row["is_chosen"] == "True" for row in tried) == 1


def test_capacity_tells_who_is_under_served_what_an_hour_buys_and_suggests_visits(
    capsys: pytest.CaptureFixture[str], result: Path, tmp_path: Path
) -> None:
    out = tmp_path / "o"
    code, said, _ = call(capsys, "capacity", str(result), "--seeds", "2", "--out", str(out))
    assert code == 0
    left = sum(int(row["visits"]) for row in rows(result / "visits.csv") if row["kind"] == "unplaced")
    assert left > 0
    assert f"{left} visits without a place" in said
    assert sum(int(row["missing"]) for row in rows(out / "under_served.csv")) == left
    hours = rows(out / "hours.csv")
    assert hours
    assert all(float(row["visits_low"]) <= float(row["visits_per_hour"]) for row in hours)
    suggested = rows(out / "frequencies.csv")
    assert len(suggested) == len(rows(result / "scenario" / "outlets.csv"))
    assert {int(row["visits_suggested"]) for row in suggested} <= {0, 1, 2, 4, 8, 12, 20}


def test_capacity_in_chinese_without_hours_and_as_json(capsys: pytest.CaptureFixture[str], result: Path) -> None:
    code, said, _ = call(capsys, "capacity", str(result), "--no-hours", "--lang", "zh", "--rates", "A=0.2,B=0.4")
    assert code == 0
    assert "建议的拜访频次" in said
    assert "每增加一小时" not in said
    code, said, _ = call(capsys, "capacity", str(result), "--no-hours", "--response", "saturating", "--json")
    answer = json.loads(said)
    assert code == 0
    assert 0 <= answer["frequencies"]["gap"] < 0.02
    assert answer["hours"] == []


@pytest.mark.parametrize("rates", ["A", "A=x", "A=1.5", "A=-1"])
def test_a_rate_that_is_none_is_refused(capsys: pytest.CaptureFixture[str], result: Path, rates: str) -> None:
    code, _, err = call(capsys, "capacity", str(result), "--rates", rates)
    assert code == 2
    assert "A=0.2,B=0.4" in err


def test_rides_join_one_rep_a_week_for_each_team(
    capsys: pytest.CaptureFixture[str], result: Path, tmp_path: Path
) -> None:
    out = tmp_path / "o"
    code, said, _ = call(capsys, "rides", str(result), "--min-stops", "1", "--out", str(out))
    assert code == 0
    assert "due alike" in said
    table = rows(out / "rides.csv")
    team = {row["rep_id"]: row["team_id"] for row in rows(result / "scenario" / "reps.csv")}
    assert table
    assert all(team[row["rep_id"]] == row["manager_id"] for row in table)
    visited = {(row["rep_id"], row["date"]) for row in rows(result / "visits.csv") if row["kind"] == "stop"}
    assert all((row["rep_id"], row["date"]) in visited for row in table)


def test_rides_follow_the_tables_of_managers_and_checks(
    capsys: pytest.CaptureFixture[str], result: Path, tmp_path: Path
) -> None:
    ids = [row["rep_id"] for row in rows(result / "scenario" / "reps.csv")]
    write(tmp_path / "m.csv", [{"manager_id": "boss", "days": "Tue", "reps": " ".join(ids)}])
    write(
        tmp_path / "d.csv",
        [{"rep_id": ids[2], "days_since_last": "90", "problem_score": "3"}],
    )
    words = ("--managers", str(tmp_path / "m.csv"), "--due", str(tmp_path / "d.csv"), "--min-stops", "1")
    code, said, _ = call(capsys, "rides", str(result), *words, "--json")
    assert code == 0
    answer = json.loads(said)
    assert {ride["weekday"] for ride in answer["rides"]} == {"Tue"}
    assert answer["rides"][0]["rep_id"] == ids[2]
    assert answer["status"] == "OPTIMAL"


def test_wrong_tables_are_told_at_once_with_row_and_remedy(
    capsys: pytest.CaptureFixture[str], result: Path, tmp_path: Path
) -> None:
    write(
        tmp_path / "m.csv",
        [{"manager_id": "a", "days": "someday", "reps": "nobody"}, {"manager_id": "", "days": "", "reps": ""}],
    )
    code, _, err = call(capsys, "rides", str(result), "--managers", str(tmp_path / "m.csv"))
    assert code == 3
    for part in ("row 2 reps = 'nobody'", "row 2 days = 'someday'", "row 3 manager_id", "Mon-Fri", "3 errors"):
        assert part in err
    (tmp_path / "d.csv").write_text("rep_id,days_since_last\nx,1\n", encoding="utf-8")
    code, _, err = call(capsys, "rides", str(result), "--due", str(tmp_path / "d.csv"), "--lang", "zh")
    assert code == 3
    assert "problem_score" in err
    assert "缺少该列" in err


@pytest.mark.parametrize("verb", ["robustness", "capacity", "rides"])
def test_a_folder_without_scenario_or_visits_says_what_to_do(
    capsys: pytest.CaptureFixture[str], result: Path, tmp_path: Path, verb: str
) -> None:
    code, _, err = call(capsys, verb, str(tmp_path))
    assert code == 2
    assert "--scenario" in err
    code, _, err = call(capsys, verb, str(tmp_path), "--scenario", str(result / "scenario"))
    assert code == 2
    assert "territory visits" in err
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    code, _, err = call(capsys, verb, str(result), "--out", str(tmp_path), *(["--no-hours"] * (verb == "capacity")))
    assert code == 7
