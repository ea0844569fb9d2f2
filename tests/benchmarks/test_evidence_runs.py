"""The evidence family from the command line: rows, verdicts, workers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import main
from benchmarks.bars import all_bars, judged
from benchmarks.contract import KEYS
from benchmarks.quality import evidence_run
from tests.benchmarks.test_evidence_study import STUDY, folder_with

SECOND = """
[[targets]]
id = "V91"
part = "sales"
statistic = "relative_change"
arm = "paid"
against = "plain"
months = "2-3"
low = -0.5
high = 0.5

[[targets]]
id = "V91"
part = "visits"
statistic = "relative_change"
arm = "paid"
against = "plain"
fact = "done_visits"
months = "2-3"
low = 5.0
"""


def rows(tmp_path: Path, text: str, *words: str) -> list[dict[str, Any]]:
    """The rows of a folder with one study."""
    out = tmp_path / "out.jsonl"
    studies = tmp_path / "studies"
    studies.mkdir(exist_ok=True)
    folder_with(studies, S1=text)
    assert main(["evidence", str(studies), "--json", str(out), *words]) == 0
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_a_row_has_the_keys_of_the_harness_and_of_its_target(tmp_path):
    (row,) = rows(tmp_path, STUDY)
    assert tuple(row)[: len(KEYS)] == KEYS
    assert (row["family"], row["instance"], row["target"]) == ("evidence", "S1/V90", "V90")
    assert (row["low"], row["high"], row["status"], row["replications"]) == (-0.5, 0.5, "pass", 3)
    assert row["objective"] == row["mean"]
    assert row["low"] < row["mean"] - row["half_width"] < row["mean"] + row["half_width"] < row["high"]
    assert row["study_cpu_s"] > 0


def test_a_band_that_is_moved_away_fails_with_the_reason(tmp_path):
    (row,) = rows(tmp_path, STUDY.replace("low = -0.5", "low = 0.4"))
    assert row["status"] == "fail"
    assert "is outside 0.4 to 0.5" in row["note"]


def test_a_target_of_two_parts_is_one_row_and_fails_with_either(tmp_path):
    first, second = rows(tmp_path, STUDY + SECOND)
    assert (first["status"], second["status"]) == ("pass", "fail")
    assert (second["target"], second["part"], second["low"]) == ("V91", "visits", 5.0)
    assert [part["is_met"] for part in second["details"]] == [True, False]
    assert second["note"].startswith("visits: ")


def test_what_cannot_be_computed_fails_with_the_reason(tmp_path, monkeypatch):
    def broken(*_given: object, **_named: object) -> None:
        raise ArithmeticError("no such year")

    monkeypatch.setattr(evidence_run, "simulate", broken)
    (row,) = rows(tmp_path, STUDY)
    assert (row["status"], row["mean"], row["half_width"], row["objective"]) == ("fail", None, None, None)
    assert "could not be computed: arm paid: ArithmeticError: no such year" in row["note"]


def test_two_workers_find_what_one_finds(tmp_path):
    kept = ("instance", "mean", "half_width", "status", "details")
    one, two = (rows(tmp_path, STUDY + SECOND, "--workers", number) for number in ("1", "2"))
    assert [[row[key] for key in kept] for row in one] == [[row[key] for key in kept] for row in two]


def test_another_seed_draws_other_chances_for_the_same_people(tmp_path):
    first, second = rows(tmp_path, STUDY, "--seeds", "2")
    assert (first["seed"], second["seed"]) == (1, 2)
    assert first["mean"] != second["mean"]


def test_single_studies_can_be_asked_for(tmp_path, capsys):
    words = ["evidence", "--study", "E19", "E29", "--json", str(tmp_path / "out.jsonl")]
    assert main(words) == 0
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["target"], row["status"]) for row in found] == [("V23", "pass"), ("V31", "pass")]
    assert main(["evidence", "--study", "E99"]) == 2
    assert "there is no study E99" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["evidence", "nowhere"], ["evidence", "--replications", "1"]])
def test_what_cannot_be_run_is_refused(words):
    assert main(words) == 2


def test_the_bar_counts_the_targets_met_and_nothing_else():
    def row(name: str, passes: int) -> dict[str, object]:
        return {"family": "evidence", "instance": name, "reference": None, "passes": passes}

    found = [row(f"E1/V{number}", int(number <= 24)) for number in range(1, 32)]
    (bar,) = judged([*found, row("E28/turnover", 0)], [bar for bar in all_bars() if bar.family == "evidence"])
    assert bar.verdict == "bar"
    assert judged([*found[:23], *(row(f"E1/V{n}", 0) for n in range(24, 32))], [bar.bar])[0].verdict == "missed"
