"""`territory assess` as a manager meets it: pages, JSON, files, both languages, and what is said about mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_verbs import call
from tests.desk.desk_files import REPS, DeskFolder, committee_rows, edited, judgement_rows, panel_rows, read_csv

YEAR = tuple(f"2027-{number:02d}" for number in range(1, 13))


def test_the_month_is_shown(capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path) -> None:
    code, said, _ = call(capsys, "assess", str(tables), *DeskFolder(folder=tmp_path).arguments())
    assert code == 0
    lines = said.splitlines()
    assert lines[0] == "Assessment of 2027-03 · village"
    for words in ("In short", "Read with care", "Scores", "How a score is made", "Pairs proposed for 2027-04"):
        assert words in lines
    assert "The year so far" in said and "Places under the caps" not in said


def test_one_reps_arithmetic_is_shown_in_chinese(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    arguments = [*DeskFolder(folder=tmp_path).arguments(), "--rep", "R004", "--lang", "zh"]
    code, said, _ = call(capsys, "assess", str(tables), *arguments)
    assert code == 0
    for words in (
        "得分计算过程",
        "91/100 次 = 91.00 %",
        "销售 103,000 / 目标 100,000 元 = 103.00 %",
        "= 得分",
        "督查组",
    ):
        assert words in said
    assert "R001" not in said.split("结对帮扶")[0]


def test_a_closed_year_shows_stars_caps_and_reasons(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    folder = DeskFolder(
        folder=tmp_path, panel=panel_rows(YEAR), judgements=judgement_rows(YEAR), committee=committee_rows()
    )
    code, said, _ = call(capsys, "assess", str(tables), *folder.arguments())
    assert code == 0
    for words in ("The year 2027", "Places under the caps", "Proposed changes and why", "★★★★", "people decide"):
        assert words in said


def test_a_preview_of_the_year_says_that_it_is_one(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    _, said, _ = call(capsys, "assess", str(tables), *DeskFolder(folder=tmp_path).arguments(), "--year")
    assert "A preview: 3 of 12 months" in said and "no stars" in said


def test_json_has_the_arithmetic_and_the_weights(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    code, said, _ = call(capsys, "assess", str(tables), *DeskFolder(folder=tmp_path).arguments(), "--json")
    assert code == 0
    found = json.loads(said)
    assert (found["month"], found["policy"], found["policy_month"]) == ("2027-03", "desk", 3)
    score = next(row for row in found["scores"] if row["rep_id"] == "R004")
    steps = {row["step"]: row for row in found["arithmetic"] if row["rep_id"] == "R004"}
    assert steps["score"]["product"] == score["score"]
    assert steps["outcome"]["weight"] == score["outcome_weight"] == 0.75
    assert found["sources"]["is_service_centre_counted"] and found["inputs"]["panel.csv"]


def test_files_are_written_and_checked(capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path) -> None:
    arguments = ["assess", str(tables), *DeskFolder(folder=tmp_path).arguments()]
    out = tmp_path / "out"
    code, said, _ = call(capsys, *arguments, "--out", str(out), "--rep", "R001", "--rep", "R002")
    assert code == 0 and str(out / "assessment.html") in said
    assert (out / "reps" / "R002.pdf").read_bytes().startswith(b"%PDF") and not (out / "reps" / "R003.pdf").exists()
    again = (out / "assessment.pdf").read_bytes()
    assert call(capsys, *arguments, "--out", str(out), "--quiet")[1] == ""
    assert (out / "assessment.pdf").read_bytes() == again
    assert call(capsys, *arguments, "--check", str(out))[:2] == (0, "0 broken rules\n")
    edited(out / "scores.csv", lambda row: row.update({"score": "70"} if row["rep_id"] == "R001" else {}))
    code, _, said = call(capsys, *arguments, "--check", str(out), "--lang", "zh")
    assert code == 3 and "得分(score)" in said


def test_the_reviews_panel_is_found_in_the_folder_of_the_plan(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    (tmp_path / "review").mkdir()
    DeskFolder(folder=tmp_path / "review", judgements=None).written()
    code, said, _ = call(capsys, "assess", str(tables), "--plan", str(tmp_path), "--near", "home", "--redistribute")
    assert code == 0 and "shared out" in said


def test_blank_tables_name_everybody_and_come_back_filled_in(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    folder = DeskFolder(folder=tmp_path, panel=panel_rows(("2027-12",)), judgements=None)
    code, said, _ = call(capsys, "assess", str(tables), *folder.arguments(), "--blank", str(tmp_path / "blank"))
    judgements, committee = (tmp_path / "blank" / name for name in ("judgements_2027-12.csv", "committee_2027.csv"))
    assert code == 0 and str(judgements) in said and str(committee) in said
    assert [row["rep_id"] for row in read_csv(judgements)] == list(REPS)
    edited(judgements, lambda row: row.update(dict.fromkeys(("quality", "inspection", "head"), "80")))
    edited(committee, lambda row: row.update(dict.fromkeys(("monopoly", "sales", "logistics", "call_centre"), "80")))
    filled = ["--judgements", str(judgements), "--committee", str(committee), "--json"]
    code, said, _ = call(capsys, "assess", str(tables), *folder.arguments(), *filled)
    assert code == 0 and all(json.loads(said)["sources"]["components"].values())


def test_blank_tables_need_no_sales_yet(capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path) -> None:
    rows = [row | ({"sales_actual": ""} if at else {}) for at, row in enumerate(panel_rows(("2027-12",)))]
    folder = DeskFolder(folder=tmp_path, panel=rows, judgements=None)
    assert call(capsys, "assess", str(tables), *folder.arguments())[0] == 3
    assert call(capsys, "assess", str(tables), *folder.arguments(), "--blank", str(tmp_path / "blank"))[0] == 0
    assert len(read_csv(tmp_path / "blank" / "judgements_2027-12.csv")) == len(REPS)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "--panel"),
        (["--panel", "nowhere.csv"], 3, "the file is not there"),
        (["--panel", "PANEL", "--month", "2027-08"], 3, "2027-08"),
        (["--panel", "PANEL", "--rep", "R9"], 2, "R9 is not in the panel"),
        (["--panel", "PANEL", "--policy", "big"], 2, "Did you mean big_pot?"),
        (["--panel", "PANEL", "--not-paired", "R01"], 3, "--not-paired"),
        (["--panel", "PANEL", "--check", "FOLDER"], 2, "none of scores.csv"),
        (["--panel", "PANEL", "--points-per-km", "-1"], 2, "points-per-km"),
        (["--panel", "PANEL", "--points-per-load", "inf"], 2, "points-per-load"),
        (["--panel", "PANEL", "--plan", "FOLDER", "--near", "territory"], 2, "assignment.csv"),
    ],
)
def test_mistakes_are_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    paths = DeskFolder(folder=tmp_path).written()
    named = {"PANEL": str(paths["panel"]), "FOLDER": str(tmp_path)}
    found, _, said = call(capsys, "assess", str(tables), *(named.get(word, word) for word in arguments))
    assert found == code
    assert words in said
