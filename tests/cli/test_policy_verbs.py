"""`territory simulate` and `territory compare` as a manager meets them."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.test_verbs import call

ONE = ("--workers", "1")
FILE = """
[policy.audits]
why = "Audits keep goods inside."
[policy.audits.anti_gaming]
audit_rate = 0.2
[policy.bold]
[policy.bold.bonus]
share = 0.9
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("policies") / "more.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def written(tables: Path, file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one comparison."""
    from territory.cli import main

    out = tmp_path_factory.mktemp("written") / "out"
    with pytest.raises(SystemExit) as left:
        main(["simulate", str(tables), "--policies", str(file), "--replications", "10", "--out", str(out), *ONE])
    assert not left.value.code
    return out


def test_simulate_compares_the_scenarios_policies(capsys: pytest.CaptureFixture[str], tables: Path) -> None:
    code, said, progress = call(capsys, "simulate", str(tables), *ONE)
    assert code == 0
    lines = said.splitlines()
    assert lines[0] == "village · today's split, routes estimated · one year · 4 replications"
    for words in ("True sales", "Recorded sales", "Profit", "Payroll", "Turnover", "Gini", "Cost and return"):
        assert words in said
    assert said.count("pay_for_results") >= 9
    assert "no verdict: 4 replications" in said
    events = [json.loads(line) for line in progress.splitlines()]
    steps = [event["done"] for event in events if event["event"] == "stepped" and event["stage"] == "policy"]
    assert steps[-1] == 4


def test_simulate_speaks_chinese(capsys: pytest.CaptureFixture[str], tables: Path, file: Path) -> None:
    code, said, _ = call(capsys, "simulate", str(tables), "--policies", str(file), "--lang", "zh", "--quiet", *ONE)
    assert (code, said) == (0, "")
    code, said, _ = call(capsys, "simulate", str(tables), "--policies", str(file), "--lang", "zh", *ONE)
    assert code == 0
    for words in ("真实销售额", "与 big_pot 相比", "成本与回报", "阅读须知", "配额供货"):
        assert words in said


def test_columns_stand_under_each_other(capsys: pytest.CaptureFixture[str], tables: Path) -> None:
    from rich.cells import cell_len

    for lang in ("en", "zh"):
        _, said, _ = call(capsys, "simulate", str(tables), "--lang", lang, *ONE)
        lines = said.splitlines()
        head = next(line for line in lines if "big_pot" in line and ("against" in line or "相比" in line))
        mean_ends = cell_len(head[: head.index("mean" if lang == "en" else "均值") + (4 if lang == "en" else 2)])
        row = next(line for line in lines if line.startswith("  big_pot"))
        assert cell_len(row.split()[0]) < mean_ends
        shown = row.split()[1]
        assert cell_len(row[: row.index(shown) + len(shown)]) == mean_ends


def test_a_files_policies_meet_the_scenarios_first_and_warnings_are_told(
    capsys: pytest.CaptureFixture[str], tables: Path, file: Path
) -> None:
    code, said, _ = call(capsys, "simulate", str(tables), "--policies", str(file), "--replications", "2", *ONE)
    assert code == 0
    assert "against big_pot" in said
    assert "pay_for_results" not in said
    assert "Goods are allocated in this year" in said
    assert "bold, bonus: share = 0.9 (covered: 0 to 0.3)" in said
    assert "audits, anti_gaming (audit_rate): no study" in said


def test_simulate_as_json_holds_numbers_intervals_and_the_run_card(
    capsys: pytest.CaptureFixture[str], tables: Path
) -> None:
    code, said, progress = call(capsys, "simulate", str(tables), "--json", "--replications", "10", *ONE)
    assert (code, progress) == (0, "")
    answer = json.loads(said)
    sales = answer["measures"]["true_sales"]["policies"]["pay_for_results"]
    low, high = sales["difference_interval"]
    assert low <= sales["difference"] <= high
    assert 0 <= sales["probability_best"] <= 1
    assert answer["replications"] == 10
    assert [policy["name"] for policy in answer["policies"]] == ["big_pot", "pay_for_results"]
    assert answer["money"][0]["policy"] == "pay_for_results"
    assert answer["note"]
    assert answer["run_card"]["versions"]["numpy"]


@pytest.mark.parametrize("words", [("--replications", "1"), ("--replication", "0")])
def test_one_replication_shows_one_possible_year(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, words: tuple[str, ...]
) -> None:
    picked = ("--plan", str(planned), "--policy", "big_pot")
    code, said, _ = call(capsys, "simulate", str(tables), *picked, *words)
    assert code == 0
    assert "an example, not an estimate" in said
    assert "big_pot: Today's practice." in said
    code, said, _ = call(capsys, "simulate", str(tables), *picked, *words, "--json")
    assert code == 0
    assert json.loads(said)["years"]["big_pot"]["true_sales"] > 0


def test_other_draws_make_another_year(capsys: pytest.CaptureFixture[str], tables: Path) -> None:
    years = [
        json.loads(call(capsys, "simulate", str(tables), "--replication", number, "--json")[1])["years"]
        for number in ("0", "1", "0")
    ]
    assert years[0] == years[2] != years[1]
    assert list(years[0]) == ["big_pot", "pay_for_results"]


def test_one_policy_alone_gets_levels_and_no_comparison(capsys: pytest.CaptureFixture[str], tables: Path) -> None:
    code, said, _ = call(capsys, "simulate", str(tables), "--policy", "big_pot", *ONE)
    assert code == 0
    assert "against" not in said
    assert "Cost and return" not in said


def test_out_writes_tables_report_pictures_and_model_report(written: Path) -> None:
    expected = {
        "policies.csv",
        "policies_money.csv",
        "policies_months.csv",
        "policies_groups.csv",
        "policies.json",
        "policies.html",
        "policies.pdf",
        "model_report.md",
        "model_report.zh.md",
        "model_report.html",
    }
    assert expected <= {path.name for path in written.iterdir()}
    pictures = sorted(path.name for path in (written / "pictures").iterdir())
    assert "policies_months_changes.svg" in pictures
    assert "policies_time.svg" in pictures
    for name in pictures:
        ET.fromstring((written / "pictures" / name).read_text(encoding="utf-8"))
    assert (written / "policies.pdf").read_bytes().startswith(b"%PDF")


def test_a_trial_is_told_and_its_arms_are_written(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    file, out = tmp_path / "pilot.toml", tmp_path / "out"
    file.write_text("[policy.today]\n[policy.pilot.review]\ngoal_talk = 1.0\ncovered_share = 0.5\n", encoding="utf-8")
    code, said, _ = call(
        capsys, "simulate", str(tables), "--policies", str(file), "--replications", "10", "--out", str(out), *ONE
    )
    assert code == 0
    assert "pilot, review:" in said
    with (out / "trial_arms.csv").open(encoding="utf-8-sig", newline="") as opened:
        arms = list(csv.DictReader(opened))
    assert {row["arm"] for row in arms} <= {"covered", "control"}
    assert len({row["rep_id"] for row in arms}) == len(arms)
    with (out / "policies_trials.csv").open(encoding="utf-8-sig", newline="") as opened:
        values = {row["value"]: row for row in csv.DictReader(opened)}
    assert float(values["effort"]["difference"]) > 0
    assert "Trials on a part of the positions" in (out / "policies.html").read_text(encoding="utf-8")


def test_without_a_trial_no_arms_are_written(written: Path) -> None:
    assert not (written / "trial_arms.csv").exists()


def test_a_second_run_goes_on_from_the_journal_and_gives_the_same_table(
    capsys: pytest.CaptureFixture[str], tables: Path, file: Path, written: Path
) -> None:
    before = (written / "policies.csv").read_bytes()
    kept = sorted((written / "journal").iterdir())
    kept[0].unlink()
    words = ("simulate", str(tables), "--policies", str(file), "--replications", "10", "--out", str(written))
    assert call(capsys, *words, *ONE)[0] == 0
    assert (written / "policies.csv").read_bytes() == before
    assert sorted((written / "journal").iterdir()) == kept


def test_a_run_that_does_not_resume_leaves_the_journal_alone(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    words = ("simulate", str(tables), "--out", str(tmp_path / "o"), "--no-resume", *ONE)
    assert call(capsys, *words)[0] == 0
    assert not (tmp_path / "o" / "journal").exists()


def test_a_half_width_runs_until_it_is_reached(capsys: pytest.CaptureFixture[str], tables: Path) -> None:
    words = ("--half-width", "0.5", "--replications", "40", "--json", *ONE)
    code, said, _ = call(capsys, "simulate", str(tables), *words)
    assert code == 0
    assert 10 <= json.loads(said)["replications"] < 40


@pytest.mark.parametrize(
    ("verb", "words", "code", "message"),
    [
        ("simulate", ("--policy", "bigpot"), 2, "Did you mean big_pot"),
        ("simulate", ("--half-width", "5"), 2, "between 0 and 1"),
        ("simulate", ("--policies", "nowhere.toml"), 3, "nowhere.toml"),
        ("simulate", ("--plan", "nowhere"), 2, "--plan"),
        ("simulate", ("--replications", "1"), 2, "leave out --out"),
        ("compare", ("--policy", "bigpot"), 2, "Did you mean big_pot"),
        ("compare", ("--policies", "nowhere.toml"), 3, "nowhere.toml"),
    ],
)
def test_mistakes_are_told_without_a_traceback_in_both_languages(
    capsys: pytest.CaptureFixture[str],
    tables: Path,
    tmp_path: Path,
    verb: str,
    words: tuple[str, ...],
    code: int,
    message: str,
) -> None:
    ended, _, err = call(capsys, verb, str(tables), *words, "--out", str(tmp_path / "o"))
    assert ended == code
    assert message in err
    ended, _, err = call(capsys, verb, str(tables), *words, "--out", str(tmp_path / "o"), "--lang", "zh")
    assert ended == code
    assert any(ord(letter) > 0x2E7F for letter in err)


def test_a_folder_of_others_is_left_alone(capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    for verb in ("simulate", "compare"):
        assert call(capsys, verb, str(tables), "--out", str(tmp_path), *ONE)[0] == 7
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(("option", "given"), [("--splits", "tomorrow"), ("--routes", "best"), ("--splits", ",")])
def test_an_unknown_split_or_route_names_the_known(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path, option: str, given: str
) -> None:
    code, _, err = call(capsys, "compare", str(tables), option, given, "--out", str(tmp_path / "o"))
    assert code == 2
    assert option in err
    assert "today" in err


@pytest.fixture(scope="module")
def compared(tables: Path, planned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a comparison of all combinations."""
    from territory.cli import main

    out = tmp_path_factory.mktemp("compared") / "out"
    with pytest.raises(SystemExit) as left:
        main(["compare", str(tables), "--plan", str(planned), "--replications", "10", "--out", str(out), *ONE])
    assert not left.value.code
    return out


def test_compare_says_what_split_routes_and_policy_add(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, compared: Path
) -> None:
    words = ("compare", str(tables), "--plan", str(planned), "--replications", "10", "--out", str(compared), *ONE)
    code, said, _ = call(capsys, *words)
    assert code == 0
    assert "village · one year · 8 combinations · 10 replications · against today under big_pot" in said
    for line in ("redrawn split", "planned routes", "= split and routes together", "of which beyond the sum"):
        assert line in said
    assert "flow across borders" in said
    assert "drive share" in said
    assert "Goods are allocated" in said


def test_compare_takes_the_split_of_the_plan_and_makes_todays_visits(compared: Path, planned: Path) -> None:
    names = {path.name for path in compared.iterdir()}
    assert "assignment.csv" not in names
    assert "visits.csv" not in names
    assert {"visits_today.csv", "combinations.csv", "effects.csv", "grounds.csv", "combinations.pdf"} <= names
    assert (planned / "visits.csv").exists()


def test_compare_as_json_adds_up(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, compared: Path
) -> None:
    words = ("compare", str(tables), "--plan", str(planned), "--replications", "10", "--out", str(compared), *ONE)
    code, said, progress = call(capsys, *words, "--json")
    assert (code, progress) == (0, "")
    answer = json.loads(said)
    effects = {name: effect["difference"] for name, effect in answer["effects"]["true_sales"].items()}
    parts = effects["split"] + effects["routes"] + effects["pay_for_results"]
    whole = "split+routes+pay_for_results"
    assert parts + effects[f"{whole}:beyond"] == pytest.approx(effects[whole])
    assert len(answer["combinations"]["true_sales"]) == 8
    assert len(answer["grounds"]) == 4


def test_one_split_and_one_kind_of_routes_leave_the_policies(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    words = ("--splits", "today", "--routes", "today", "--replications", "2", "--out", str(tmp_path / "o"), "--json")
    code, said, _ = call(capsys, "compare", str(tables), *words, *ONE)
    assert code == 0
    assert list(json.loads(said)["effects"]["profit"]) == ["pay_for_results"]
