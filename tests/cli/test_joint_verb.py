"""`joint` as a planner meets it."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from territory.cli import main
from tests.recipes import small_recipe


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    code = left.value.code
    return (code if isinstance(code, int) else 0 if code is None else 1), captured.out, captured.err


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Plain tables, and a folder with a split and visits of them."""
    folder = tmp_path_factory.mktemp("joint")
    tables, out = folder / "tables", folder / "plan"
    for words in (
        ("prepare", str(small_recipe(folder / "recipe")), "--out", str(tables), "--quiet"),
        ("split", str(tables), "--out", str(out), "--quiet"),
        ("visits", str(tables), "--plan", str(out), "--workers", "1", "--quiet"),
    ):
        with pytest.raises(SystemExit) as left:
            main(words)
        assert not left.value.code
    return tables, out


def two_stops(plan: Path) -> list[dict[str, str]]:
    """A stop of each of two reps."""
    stops = [row for row in rows(plan / "visits.csv") if row["kind"] == "stop"]
    return [stops[0], next(row for row in stops if row["rep_id"] != stops[0]["rep_id"])]


def test_a_wish_gets_a_day_on_which_both_are_there(
    capsys: pytest.CaptureFixture[str], planned: tuple[Path, Path], tmp_path: Path
) -> None:
    tables, plan = planned
    one, other = two_stops(plan)
    wish, out = f"{one['outlet_id']}:{other['rep_id']}:20", tmp_path / "o"
    code, said, _ = call(capsys, "joint", str(tables), "--plan", str(plan), "--wish", wish, "--out", str(out))
    assert code == 0
    (found,) = rows(out / "joint.csv")
    assert found["date"] in said
    assert (found["rep_id"], found["partner_id"]) == (one["rep_id"], other["rep_id"])
    there = [
        (row["rep_id"], row["start"])
        for row in rows(out / "joint_days.csv")
        if (row["outlet_id"], row["date"]) == (one["outlet_id"], found["date"])
    ]
    assert sorted(there) == sorted((rep["rep_id"], found["start"]) for rep in (one, other))
    assert float(found["service_min"]) == 21.5  # with access


def test_a_wish_without_a_place_says_why_and_without_out_the_plans_folder_gets_the_table(
    capsys: pytest.CaptureFixture[str], planned: tuple[Path, Path], tmp_path: Path
) -> None:
    tables, plan = planned
    mine = tmp_path / "mine"
    shutil.copytree(plan, mine)
    one, other = two_stops(plan)
    wish = f"{one['outlet_id']}:{other['rep_id']}:900"
    code, said, _ = call(capsys, "joint", str(tables), "--plan", str(mine), "--wish", wish, "--lang", "zh", "--json")
    assert code == 0
    assert "没有时间" in json.loads(said)["wishes"][0]["reason"]
    assert "没有时间" in rows(mine / "joint.csv")[0]["reason"]
    assert rows(mine / "joint_days.csv") == []


def test_everything_wrong_with_the_wishes_is_told_at_once(
    capsys: pytest.CaptureFixture[str], planned: tuple[Path, Path], tmp_path: Path
) -> None:
    tables, plan = planned
    one, other = two_stops(plan)
    outlet, own = one["outlet_id"], one["rep_id"]
    wishes = ("nobody:R001", f"{outlet}:{own}", f"{other['outlet_id']}::soon", f"{outlet}:R9", "a:b:c:d", ":R001")
    words = [word for wish in wishes for word in ("--wish", wish)]
    for lang, count in (("en", "7 errors"), ("zh", "共 7 处错误")):
        code, _, err = call(
            capsys, "joint", str(tables), "--plan", str(plan), *words, "--out", str(tmp_path / "o"), "--lang", lang
        )
        assert code == 3
        assert count in err
        assert ("visits" in err and "anyway" in err) == (lang == "en")
        assert all(f"'{wish}'" in err for wish in wishes)
    assert not (tmp_path / "o").exists()
    code, _, err = call(capsys, "joint", str(tables), "--plan", str(plan))
    assert code == 3
    assert "nothing is wished for" in err
