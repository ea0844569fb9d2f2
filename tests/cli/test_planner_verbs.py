"""The planner's verbs on a tiny folder: `moves`, `roles`, and `split` on two levels or with other numbers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from territory.cli import main
from territory.effort import CancelToken


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one command."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    code = left.value.code
    return (code if isinstance(code, int) else 0 if code is None else 1), captured.out, captured.err


def edited(tables: Path, target: Path, **replacements: str) -> Path:
    """The folder with lines put under [split], and tables replaced."""
    target.mkdir()
    for path in tables.iterdir():
        if path.is_file():
            (target / path.name).write_bytes(path.read_bytes())
    toml = (target / "scenario.toml").read_text(encoding="utf-8")
    lines = "".join(f"{key} = {value}\n" for key, value in replacements.items())
    (target / "scenario.toml").write_text(toml.replace("[split]\n", f"[split]\n{lines}"), encoding="utf-8")
    return target


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_moves_writes_a_table_a_picture_and_a_plan_per_point(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    out = tmp_path / "m"
    words = ("moves", str(tables), "--caps", "0,5,20", "--out", str(out), "--workers", "1")
    code, said, progress = call(capsys, *words)
    assert code == 0
    assert [row["cap_percent"] for row in rows(out / "curve.csv")] == ["0.0", "5.0", "20.0", "100.0"]
    kept = [float(row["flow_kept_percent"]) for row in rows(out / "curve.csv")]
    assert kept == sorted(kept)
    assert (out / "curve.svg").read_text(encoding="utf-8").startswith("<svg")
    moved = [row for row in rows(out / "cap-05" / "assignment.csv") if row["moved"] == "1"]
    total = sum(float(row["sales_cny"]) for row in rows(out / "cap-05" / "assignment.csv"))
    assert 0 < sum(float(row["sales_cny"]) for row in moved) <= 0.05 * total + 1e-6
    assert "of free gain" in said
    assert "moves" in {json.loads(line)["stage"] for line in progress.splitlines()}
    first = (out / "curve.csv").read_bytes()
    stored = sorted(path.stat().st_mtime_ns for path in (out / "journal").iterdir())
    assert call(capsys, *words)[0] == 0
    assert (out / "curve.csv").read_bytes() == first
    assert sorted(path.stat().st_mtime_ns for path in (out / "journal").iterdir()) == stored


def test_moves_as_json_and_in_chinese(capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path) -> None:
    words = ("moves", str(tables), "--caps", "5", "--workers", "1", "--balance", "scenario", "--objective", "scenario")
    code, said, _ = call(capsys, *words, "--out", str(tmp_path / "j"), "--json")
    assert code == 0
    assert [point["cap_percent"] for point in json.loads(said)["points"]] == [5.0, 100.0]
    code, said, _ = call(capsys, *words, "--out", str(tmp_path / "z"), "--lang", "zh", "--quiet")
    assert (code, said) == (0, "")
    assert "现状" in (tmp_path / "z" / "curve.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("caps", ["five", "120", "2,,5"])
def test_a_cap_that_is_no_percentage_is_refused(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path, caps: str
) -> None:
    code, _, err = call(capsys, "moves", str(tables), "--caps", caps, "--out", str(tmp_path / "m"))
    assert code == 2
    assert "0,2,5,10,20" in err


def test_interrupted_moves_keep_what_had_ended(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class InterruptedSoon(CancelToken):
        looks = 0

        @property
        def is_cancelled(self) -> bool:
            self.looks += 1
            return self.looks > 4

    monkeypatch.setattr("territory.cli.common.CancelToken", InterruptedSoon)
    out = tmp_path / "o"
    code, _, _ = call(capsys, "moves", str(tables), "--out", str(out), "--quiet", "--workers", "1")
    assert code == 130
    assert (out / "curve.csv").exists()
    assert len(list((out / "journal").iterdir())) == 4


def test_roles_need_skills_and_a_pooled_or_named_team(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    code, _, err = call(capsys, "roles", str(tables), "--out", str(tmp_path / "r"), "--quiet")
    assert code == 2
    assert "--team" in err
    team = rows(tables / "reps.csv")[0]["team_id"]
    code, _, err = call(capsys, "roles", str(tables), "--team", team, "--out", str(tmp_path / "r"), "--quiet")
    assert code == 2
    assert "role_communication" in err


def test_roles_are_fitted_proved_and_written(capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path) -> None:
    folder = edited(tables, tmp_path / "skilled")
    reps = rows(folder / "reps.csv")
    team = reps[0]["team_id"]
    for number, rep in enumerate(reps):
        rep |= {"role_communication": str(10 * number), "role_analysis": "50", "role_key_account": str(90 - number)}
    with (folder / "reps.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(reps[0]))
        writer.writeheader()
        writer.writerows(reps)
    out = tmp_path / "r"
    code, said, _ = call(capsys, "roles", str(folder), "--team", team, "--out", str(out), "--json")
    assert code == 0
    answer = json.loads(said)
    assert answer["teams"][0]["status"] == "OPTIMAL"
    members = {rep["rep_id"] for rep in reps if rep["team_id"] == team}
    assert {row["rep_id"] for row in rows(out / "roles.csv")} == members
    assert {row["role_en"] for row in rows(out / "roles.csv")} == {
        "communication",
        "market analysis",
        "key-account guidance",
    }


def test_split_on_two_levels_keeps_the_rules(capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path) -> None:
    folder = edited(tables, tmp_path / "two", levels='"two"')
    out = tmp_path / "s"
    code, _, err = call(capsys, "split", str(folder), "--out", str(out), "--quiet")
    assert (code, err) == (0, "")
    assert call(capsys, "check", str(folder), "--plan", str(out))[0] == 0


def test_split_over_a_range_of_numbers_writes_the_table(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    folder = edited(tables, tmp_path / "range", territories="[3, 5]")
    out = tmp_path / "s"
    code, said, _ = call(capsys, "split", str(folder), "--out", str(out))
    assert code == 0
    found = rows(out / "numbers.csv")
    assert [row["territories"] for row in found] == ["3", "4", "5"]
    assert [bool(row["vanished"]) for row in found] == [True, False, False]
    assert [row["vacant"] for row in found] == ["", "", "vacant-1"]
    assert "territories" in said
    chosen = next(int(row["territories"]) for row in found if row["chosen"] == "True")
    served = {row["rep_id"] for row in rows(out / "assignment.csv")}
    assert len(served) == chosen


def test_run_goes_on_with_vacant_positions_and_without_vanished_reps(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    for number, name in ((3, "fewer"), (5, "more")):
        folder = edited(tables, tmp_path / name, territories=str(number))
        out = tmp_path / f"run-{name}"
        code, _, err = call(capsys, "run", str(folder), "--out", str(out), "--workers", "1", "--quiet", "--no-today")
        assert (code, err) == (0, "")
        served = {row["rep_id"] for row in rows(out / "assignment.csv")}
        assert len(served) == number
        assert ("vacant-1" in served) == (number == 5)


@pytest.mark.parametrize("more", [-1, 1])
def test_a_plan_with_another_number_of_territories_is_told_against_the_real_today(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path, more: int
) -> None:
    given = edited(tables, tmp_path / "given")
    reps = len(rows(given / "reps.csv"))
    numbered = edited(tables, tmp_path / "numbered", territories=str(reps + more))
    one, other = tmp_path / "one", tmp_path / "other"
    assert call(capsys, "split", str(given), "--out", str(one), "--quiet")[0] == 0
    assert call(capsys, "split", str(numbered), "--out", str(other), "--quiet")[0] == 0
    today = [{row["measure"]: row["today"] for row in rows(folder / "measures.csv")} for folder in (one, other)]
    assert today[0] == today[1]
    before = {row["outlet_id"]: row["rep_id"] for row in rows(numbered / "outlets.csv")}
    after = {row["outlet_id"]: row["rep_id"] for row in rows(other / "assignment.csv")}
    assert {row["outlet_id"] for row in rows(other / "moved.csv")} == {i for i in after if after[i] != before[i]}
    redrawn = {row["measure"]: float(row["redrawn"]) for row in rows(other / "measures.csv")}
    assert redrawn["moved_outlets"] == len(rows(other / "moved.csv"))
    # the verbs that follow know the number
    code, said, _ = call(capsys, "check", str(numbered), "--plan", str(other))
    assert code == 0, said
    outlet = next(iter(after))
    assert call(capsys, "explain", str(numbered), outlet, "--plan", str(other), "--quiet")[0] == 0
    gone = sorted({row["rep_id"] for row in rows(numbered / "reps.csv")} - set(after.values()))
    assert len(gone) == max(0, -more)
    for rep in gone:
        code, _, err = call(capsys, "why-not", str(numbered), outlet, rep, "--plan", str(other))
        assert code == 2
        assert "has no territory in this plan" in err


def test_broken_plan_rules_are_told_in_chinese(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    lines = (tables / "outlets.csv").read_text(encoding="utf-8-sig").splitlines()
    ids = [line.split(",")[0] for line in lines[1:]]
    rep = rows(tables / "reps.csv")[0]["rep_id"]
    table = "outlet_id,rep_id\n" + "".join(f"{outlet},{rep}\n" for outlet in ids)
    (tmp_path / "assignment.csv").write_text(table, encoding="utf-8")
    code, _, err = call(capsys, "check", str(tables), "--plan", str(tmp_path), "--lang", "zh")
    assert code == 3
    assert f"均衡(balance):{rep} 的工作量高于上限" in err
    assert not any(word in err for word in (" over ", " band", " by ", "/cycle"))


def test_a_curve_that_was_stopped_claims_no_share_of_the_free_gain(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CancelToken, "is_cancelled", property(lambda token: True))
    out = tmp_path / "stopped"
    code, said, _ = call(capsys, "moves", str(tables), "--caps", "5\uff0c20", "--out", str(out), "--workers", "1")
    assert code == 130
    assert "stopped early" in said
    assert [row["cap_percent"] for row in rows(out / "curve.csv")] == ["5.0", "20.0", "100.0"]
    assert {row["share_of_free_gain"] for row in rows(out / "curve.csv")} == {""}
