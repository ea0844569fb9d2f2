"""`refine`, `explain` and `why-not` as a planner meets them: hand edits, a rep who leaves, outlets that open."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from territory.cli import main

QUICK = ("--effort", "300000")


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error of one command."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    code = left.value.code
    return (code if isinstance(code, int) else 0 if code is None else 1), captured.out, captured.err


@pytest.fixture(scope="module")
def planned(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a split of them."""
    out = tmp_path_factory.mktemp("refine-out") / "plan"
    with pytest.raises(SystemExit) as left:
        main(["split", str(tables), "--out", str(out), "--quiet"])
    assert not left.value.code
    return out


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def written(rows: list[dict[str, str]], folder: Path) -> Path:
    """A plan folder with these rows, as a planner saves them from a spreadsheet."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "assignment.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, fieldnames=list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return folder


def refined(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    code, out, err = call(capsys, "refine", *arguments, "--json", *QUICK)
    assert code == 0, err
    found: dict[str, object] = json.loads(out)
    return found


def test_a_good_plan_is_left_alone_and_says_so(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    out = tmp_path / "same"
    code, text, _ = call(capsys, "refine", str(tables), "--plan", str(planned), "--out", str(out), *QUICK)
    assert code == 0
    assert "breaks no rule" in text
    assert "--around" in text
    same = [(row["outlet_id"], row["rep_id"]) for row in rows_of(out / "assignment.csv")]
    assert same == [(row["outlet_id"], row["rep_id"]) for row in rows_of(planned / "assignment.csv")]
    assert rows_of(out / "changes.csv") == []


def test_hand_edits_are_mended_and_every_change_is_written(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    rows = rows_of(planned / "assignment.csv")
    first = rows[0]["rep_id"]
    other = next(row["rep_id"] for row in rows if row["rep_id"] != first)
    for row in [row for row in rows if row["rep_id"] == first][:12]:
        row["rep_id"] = other
    edited = written(rows, tmp_path / "edited")
    found = refined(capsys, str(tables), "--plan", str(edited), "--out", str(tmp_path / "mended"))
    assert found["mended"]
    assert found["touched"]
    code, _, err = call(capsys, "check", str(tables), "--plan", str(tmp_path / "mended"))
    assert code == 0, err
    before = {row["outlet_id"]: row["rep_id"] for row in rows}
    after = {row["outlet_id"]: row["rep_id"] for row in rows_of(tmp_path / "mended" / "assignment.csv")}
    changes = rows_of(tmp_path / "mended" / "changes.csv")
    differs = {outlet: (before[outlet], rep) for outlet, rep in after.items() if rep != before[outlet]}
    assert {row["outlet_id"]: (row["rep_id_before"], row["rep_id"]) for row in changes} == differs
    assert all(row["flow_gain_per_week"] for row in changes)
    for name in ("measures.csv", "moved.csv", "outlets.geojson", "territories.geojson", "run.json"):
        assert (tmp_path / "mended" / name).exists()


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("outlets of reps who leave", "mended:", "territories touched", "at least", "before")),
        ("zh", ("离岗", "已修复", "改动区域", "至少", "调整前")),
    ],
)
def test_a_rep_who_leaves_is_told_in_both_languages(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path, lang: str, words: tuple[str, ...]
) -> None:
    gone = rows_of(planned / "assignment.csv")[0]["rep_id"]
    out = tmp_path / lang
    arguments = ("refine", str(tables), "--plan", str(planned), "--leave", gone, "--out", str(out), "--lang", lang)
    code, text, err = call(capsys, *arguments, *QUICK)
    assert code == 0, err
    assert [word for word in words if word not in text] == []
    assert gone not in {row["rep_id"] for row in rows_of(out / "assignment.csv")}


def test_outlets_that_open_are_taken_in(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    rows = rows_of(planned / "assignment.csv")
    opened = [row["outlet_id"] for row in rows[10:13]]
    shorter = written(rows[:10] + rows[13:], tmp_path / "shorter")
    wider = tmp_path / "tables"
    wider.mkdir()
    for path in tables.iterdir():
        if path.is_file():
            (wider / path.name).write_bytes(path.read_bytes())
    outlets = rows_of(tables / "outlets.csv")
    for row in outlets:
        if row["outlet_id"] in opened:
            row["rep_id"] = ""
    with (wider / "outlets.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, fieldnames=list(outlets[0]))
        table.writeheader()
        table.writerows(outlets)
    found = refined(capsys, str(wider), "--plan", str(shorter), "--out", str(tmp_path / "open"))
    assert found["opened"] == opened
    after = {row["outlet_id"]: row["rep_id"] for row in rows_of(tmp_path / "open" / "assignment.csv")}
    assert all(after[outlet] for outlet in opened)


def test_around_a_rep_the_plan_gets_no_worse(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    as_it_is = refined(capsys, str(tables), "--plan", str(planned), "--out", str(tmp_path / "a"))
    rep = rows_of(planned / "assignment.csv")[0]["rep_id"]
    better = refined(capsys, str(tables), "--plan", str(planned), "--around", rep, "--out", str(tmp_path / "b"))
    assert float(str(better["objective"])) <= float(str(as_it_is["objective"])) + 1e-9


def test_too_few_territories_end_with_the_proof(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    gone = rows_of(planned / "assignment.csv")[0]["rep_id"]
    arguments = ("refine", str(tables), "--plan", str(planned), "--leave", gone, "--out", str(tmp_path / "o"))
    code, _, err = call(capsys, *arguments, "--most", "1", "--quiet")
    assert code == 4
    assert "but at least" in err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--leave", "R999"), 2, "no rep 'R999'"),
        (("--around", "R999"), 2, "no rep 'R999'"),
        (("--plan", "nowhere"), 2, "is not there"),
        (("--effort", "10", "--time-limit", "1"), 2, "not both"),
        (("--leave", "R001", "--leave", "R002", "--leave", "R003", "--leave", "R004"), 2, "somebody must stay"),
    ],
)
def test_mistakes_are_named(
    capsys: pytest.CaptureFixture[str],
    tables: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    code: int,
    words: str,
) -> None:
    left, _, err = call(capsys, "refine", str(tables), *arguments, "--out", str(tmp_path / "o"), "--quiet")
    assert (left, words in err) == (code, True), err


def test_a_plan_with_unknown_ids_is_reported_with_rows(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    rows = rows_of(planned / "assignment.csv")
    rows[3]["rep_id"] = "R0O1"
    edited = written(rows, tmp_path / "edited")
    arguments = ("refine", str(tables), "--plan", str(edited), "--out", str(tmp_path / "o"), "--quiet")
    code, _, err = call(capsys, *arguments)
    assert code == 3
    assert "row 5" in err


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("in the plan", "ties of its unit", "best alternative", "flow cut", "points")),
        ("zh", ("方案中", "联系", "最佳替代", "切断流量", "分")),
    ],
)
def test_an_explanation_is_one_readable_page(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, lang: str, words: tuple[str, ...]
) -> None:
    outlet = rows_of(planned / "assignment.csv")[5]["outlet_id"]
    code, text, _ = call(capsys, "explain", str(tables), outlet, "--plan", str(planned), "--lang", lang)
    assert code == 0
    assert [word for word in words if word not in text] == []
    assert len(text.splitlines()) < 60


def test_why_not_as_json_adds_up(capsys: pytest.CaptureFixture[str], tables: Path, planned: Path) -> None:
    row = rows_of(planned / "assignment.csv")[5]
    other = next(r["rep_id"] for r in rows_of(planned / "assignment.csv") if r["rep_id"] != row["rep_id"])
    arguments = ("why-not", str(tables), row["outlet_id"], other, "--plan", str(planned))
    code, out, _ = call(capsys, *arguments, "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["change"]["points"] == pytest.approx(sum(t["points"] for t in answer["change"]["terms"].values()))
    assert row["outlet_id"] in answer["unit_outlets"]
    assert answer["unit_outlets"] == answer["change"]["outlets"]


@pytest.mark.parametrize(("lang", "words"), [("en", "serves it already"), ("zh", "已由")])
def test_why_not_the_rep_who_serves_it(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, lang: str, words: str
) -> None:
    row = rows_of(planned / "assignment.csv")[5]
    arguments = ("why-not", str(tables), row["outlet_id"], row["rep_id"], "--plan", str(planned), "--lang", lang)
    assert words in call(capsys, *arguments)[1]


@pytest.mark.parametrize("verb", ["explain", "why-not"])
def test_an_unknown_outlet_is_answered_with_the_nearest_ids(
    capsys: pytest.CaptureFixture[str], tables: Path, verb: str
) -> None:
    rep = ("R001",) if verb == "why-not" else ()
    code, _, err = call(capsys, verb, str(tables), "5", *rep, "--quiet")
    assert code == 2
    assert "'00000005'" in err


def test_an_unknown_rep_is_answered_with_the_nearest_id(capsys: pytest.CaptureFixture[str], tables: Path) -> None:
    code, _, err = call(capsys, "why-not", str(tables), "00000005", "R01", "--quiet", "--lang", "zh")
    assert code == 2
    assert "没有客户经理" in err
