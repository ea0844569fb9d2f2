"""What a Chinese manager reads on the terminal: every verb's page, searched for English that was left over."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.cli.test_export_verbs import call

# Not words of ours: options, codes in brackets, ids, paths and file names, statuses, names of formats and of policies.
_ALLOWED = re.compile(
    r"'[^']*'|--[\w-]+|\([a-z_]+\)|\[[a-z_]+\]|\S*[/\\]\S*|[\w~-]+\.(?:csv|xlsx|toml|svg|html|pdf|json)|\b[A-Z][A-Z0-9_]*\d*\b|"
    r"\b[A-Z]\d+\b|cap-\d+|pooled|big_pot|pay_for_results|territory \w+|\b(?:xlsx|csv|json|geojson|kml|gpx|ics|pdf)\b"
)


def english_in(page: str) -> list[str]:
    """Lines with a Latin word that has no business on a Chinese page."""
    lines = [line for line in page.splitlines() if not line.startswith("{")]
    return [line for line in lines if re.search("[A-Za-z]{2,}", _ALLOWED.sub("", line))]


def test_the_search_finds_english_and_lets_names_pass() -> None:
    assert english_in("工作量 1.20 x of 4") == ["工作量 1.20 x of 4"]
    assert english_in("均衡(balance):R002 的工作量,见 out/plan/visits.csv,可用 --retime") == []


def test_no_page_of_a_planner_has_english_left_over(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    with (planned / "visits.csv").open(encoding="utf-8-sig", newline="") as file:
        stops = [row for row in csv.DictReader(file) if row["kind"] == "stop" and row["date"] > "2026-12-02"]
    outlet, rep = stops[0]["outlet_id"], stops[0]["rep_id"]
    other = next(row["rep_id"] for row in stops if row["rep_id"] != rep)
    plan, scenario = ["--plan", planned], ["--scenario", tables]
    exported = tmp_path / "export"
    now = ["--now", "2026-12-02T10:30"]
    sick = f"{rep}:{stops[0]['date']}"
    for words in (
        ["split", tables, "--out", tmp_path / "s"],
        ["visits", tables, "--plan", planned, "--out", tmp_path / "v", "--workers", "1"],
        ["check", tables, *plan],
        ["explain", tables, outlet, *plan],
        ["why-not", tables, outlet, other, *plan],
        ["why-not", tables, outlet, rep, *plan],
        ["refine", tables, *plan, "--leave", other, "--effort", "20000", "--out", tmp_path / "r"],
        ["robustness", planned, *scenario, "--replications", "20"],
        ["capacity", planned, *scenario],
        ["rides", planned, *scenario],
        ["replan", tables, *plan, *now, "--ill", sick, "--effort", "300", "--out", tmp_path / "p"],
        ["best-day", tables, *plan, "--outlet", outlet],
        ["sheet", tables, *plan, "--week", "1", "--out", tmp_path / "sheets"],
        ["export", planned, *scenario, "--to", "all", "--out", exported],
        ["import", exported / "plan.xlsx", *scenario, "--out", tmp_path / "i"],
        ["simulate", tables, *plan, "--replications", "1", "--workers", "1"],
        ["roles", tables, *plan],
        ["split", tmp_path / "nowhere"],
        ["export", tmp_path / "nowhere", *scenario],
        ["replan", tables, *plan, "--now", "today", "--ill", "R1"],
    ):
        _, said, told = call(capsys, *words, "--lang", "zh")
        assert said or told, words
        own = said.replace("Today's practice.", "").replace("Less is shared equally.", "")  # the scenario's words
        assert english_in(own + told) == [], words
