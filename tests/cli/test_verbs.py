"""The command line as a user meets it: verbs, exit codes, both languages, no traceback for a user's mistake."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from territory.cli import main
from territory.effort import CancelToken

_SINGLE = {"visits": ("--workers", "1")}


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error of one command."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    code = left.value.code
    return (code if isinstance(code, int) else 0 if code is None else 1), captured.out, captured.err


def test_help_lists_the_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "--help")
    assert code == 0
    verbs = ("demo", "run", "check", "prepare", "split", "visits", "sheet", "simulate", "compare", "schema")
    assert all(verb in out for verb in verbs)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "--version")[1].startswith("territory 0.")


def test_an_unknown_verb_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "redrawn")[0] == 2


def test_a_good_folder_passes_the_check(capsys: pytest.CaptureFixture[str], tables: Path) -> None:
    code, out, _ = call(capsys, "check", str(tables))
    assert (code, "0 errors" in out) == (0, True)


@pytest.mark.parametrize(("lang", "word"), [("en", "error"), ("zh", "处错误")])
def test_a_missing_folder_is_reported_in_both_languages(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, lang: str, word: str
) -> None:
    code, _, err = call(capsys, "split", str(tmp_path / "nowhere"), "--out", str(tmp_path / "o"), "--lang", lang)
    assert code == 3
    assert word in err


def test_a_broken_table_is_reported_with_row_and_column(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for path in tables.iterdir():
        if path.is_file():
            (broken / path.name).write_bytes(path.read_bytes())
    lines = (broken / "outlets.csv").read_text(encoding="utf-8-sig").splitlines()
    header = lines[0].split(",")
    cells = lines[4].split(",")
    cells[header.index("lat")] = "130.5"
    lines[4] = ",".join(cells)
    (broken / "outlets.csv").write_text("\n".join(lines), encoding="utf-8")
    code, out, _ = call(capsys, "check", str(broken), "--json", "--report", str(tmp_path / "issues.csv"))
    report = json.loads(out)
    assert code == 3
    assert report["errors"] >= 1
    issue = report["issues"][0]
    assert (issue["file"], issue["row"], issue["column"], issue["value"]) == ("outlets.csv", 5, "lat", "130.5")
    assert issue["remedy"]
    assert (tmp_path / "issues.csv").exists()


def test_split_as_json_tells_status_bound_and_terms(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    code, out, _ = call(capsys, "split", str(tables), "--out", str(tmp_path / "s"), "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["bound"] <= answer["objective"]
    assert set(answer["terms"]) == {"flow_cut", "moved_sales", "home_travel"}


def test_a_time_limit_ends_with_its_own_code(capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path) -> None:
    code, _, _ = call(capsys, "split", str(tables), "--out", str(tmp_path / "s"), "--time-limit", "0.5", "--quiet")
    assert code == 5


@pytest.mark.parametrize("verb", ["split", "visits"])
def test_an_interrupted_search_writes_its_best_and_says_so(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    class InterruptedSoon(CancelToken):
        """As if Ctrl-C came after the tenth look."""

        looks = 0

        @property
        def is_cancelled(self) -> bool:
            self.looks += 1
            return self.looks > 10

    monkeypatch.setattr("territory.cli.common.CancelToken", InterruptedSoon)
    out = tmp_path / "o"
    code, _, _ = call(capsys, verb, str(tables), "--out", str(out), "--quiet", *_SINGLE.get(verb, ()))
    assert code == 130
    assert (out / ("assignment.csv" if verb == "split" else "visits.csv")).exists()


def test_an_impossible_split_names_the_reason(capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path) -> None:
    strict = tmp_path / "strict"
    strict.mkdir()
    for path in tables.iterdir():
        if path.is_file():
            (strict / path.name).write_bytes(path.read_bytes())
    toml = (strict / "scenario.toml").read_text(encoding="utf-8")
    assert "workload_tolerance = 0.25" in toml
    toml = toml.replace("workload_tolerance = 0.25", "workload_tolerance = 0.25\nmax_area_share = 50.0")
    toml = toml.replace("num_areas", "# num_areas")
    (strict / "scenario.toml").write_text(toml.replace("0.25", "0.0"), encoding="utf-8")
    code, _, err = call(capsys, "split", str(strict), "--out", str(tmp_path / "s"), "--quiet")
    assert code in (4, 6)
    assert "tolerance" in err


def test_the_plan_is_checked_clean(capsys: pytest.CaptureFixture[str], tables: Path, planned: Path) -> None:
    code, out, _ = call(capsys, "check", str(tables), "--plan", str(planned))
    assert code == 0
    assert "0 broken plan rules" in out


@pytest.mark.parametrize(("lang", "words"), [("en", "open"), ("zh", "报告:")])
def test_run_ends_with_the_numbers_and_where_to_look(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path, lang: str, words: str
) -> None:
    out = tmp_path / "run"
    code, said, progress = call(capsys, "run", str(tables), "--out", str(out), "--workers", "1", "--lang", lang)
    assert code == 0
    assert len(said.splitlines()) == 7
    assert words in said
    assert "95 %" in said
    events = [json.loads(line) for line in progress.splitlines()]
    stages = ("check", "split", "visits", "today", "sheets", "policy", "report")
    assert [event["stage"] for event in events if event["event"] == "ended"] == list(stages)


def test_run_as_json_is_the_run_card(capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path) -> None:
    code, said, progress = call(capsys, "run", str(tables), "--out", str(tmp_path / "r"), "--workers", "1", "--json")
    assert code == 0
    assert progress == ""
    assert json.loads(said)["state"] == "finished"


def test_split_and_visits_print_tables(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    code, said, _ = call(capsys, "split", str(tables), "--out", str(tmp_path / "s"), "--lang", "zh")
    assert code == 0
    assert "区域间流量保留率" in said
    code, said, _ = call(capsys, "visits", str(tables), "--plan", str(planned), "--workers", "1")
    assert code == 0
    assert "visits placed" in said


def test_sheet_prints_one_rep(capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path) -> None:
    from territory.io import read_scenario

    rep = read_scenario(tables).reps.rep_ids[0]
    code, out, _ = call(
        capsys, "sheet", str(tables), "--plan", str(planned), "--rep", rep, "--week", "1", "--out", str(tmp_path / "p")
    )
    assert code == 0
    assert len(list((tmp_path / "p").rglob("*.pdf"))) == 2
    assert "PDF" in out


def test_a_sheet_without_a_plan_says_what_to_do(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    code, _, err = call(capsys, "sheet", str(tables), "--plan", str(tmp_path))
    assert code == 2
    assert "--plan" in err


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "schema")
    assert code == 0
    assert "split" in json.loads(out)["properties"]


def test_a_place_that_cannot_be_written_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    code, _, err = call(capsys, "split", str(tables), "--out", str(tmp_path / "file" / "inside"), "--quiet")
    assert code == 2
    assert "Name another folder" in err


def test_a_foreign_folder_is_a_conflict(capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    assert call(capsys, "split", str(tables), "--out", str(tmp_path))[0] == 7


def test_sheets_are_printed_from_a_folder_that_only_visits_made(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    out = tmp_path / "only"
    assert call(capsys, "visits", str(tables), "--out", str(out), "--workers", "1", "--quiet")[0] == 0
    assert (out / "assignment.csv").exists()
    code, told, err = call(capsys, "sheet", str(tables), "--plan", str(out), "--week", "1", "--format", "csv")
    assert code == 0, told + err


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "territory", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("territory 0.")
