"""Policy files: ready ones load, random ones come back, faults are told in their place with a remedy."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from territory.domain.policy_rules import GRADES, LEVERS, PolicyRules
from territory.errors import Issue, ScenarioError
from territory.io.issues import IssueLog
from territory.io.policy_files import read_policies
from territory.io.scenario_file import read_settings
from tests.domain.random_policies import body_of, lever_classes, policies, toml_of, toml_value
from tests.io.policy_faults import FAULTS, Fault

CATALOGUE = Path(__file__).resolve().parents[2] / "scenarios" / "policies"
HEAD = 'schema = "territory/scenario@1"\ncrs = "wgs84"\n'


def write(folder: Path, name: str, text: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(path: Path, team_ids: tuple[str, ...] | None = None) -> tuple[Issue, ...]:
    with pytest.raises(ScenarioError) as caught:
        read_policies(path, team_ids=team_ids)
    return caught.value.issues


def words(issue: Issue) -> str:
    return f"{issue.problem.en} {issue.remedy.en}"


def assert_worded(issue: Issue) -> None:
    for text in (issue.problem, issue.remedy):
        assert text.en
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh), text.zh
        assert "{}" not in text.en + text.zh


def test_there_are_at_least_forty_kinds_of_faults() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 40


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_told_in_its_place_with_what_would_be_right(fault: Fault, tmp_path: Path) -> None:
    path = write(tmp_path, "bold.toml", f"[policy.bold]\n{fault.lines}\n")
    (issue,) = refused(path)
    assert (issue.code, issue.file, issue.row, issue.column) == (
        fault.code,
        "bold.toml",
        fault.row,
        f"policy.bold.{fault.key}",
    )
    assert fault.remedy in words(issue)
    assert_worded(issue)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_same_fault_is_told_in_a_scenario_and_in_a_file_of_one_policy(fault: Fault, tmp_path: Path) -> None:
    log = IssueLog()
    read_settings(f"{HEAD}[policy.bold]\n{fault.lines}\n".encode(), log=log)
    (issue,) = log.issues()
    assert (issue.code, issue.row, issue.column) == (fault.code, fault.row + 2, f"policy.bold.{fault.key}")
    alone = fault.lines.replace("[policy.bold.", "[")
    (issue,) = refused(write(tmp_path, "bold.toml", alone + "\n"))
    assert (issue.code, issue.row, issue.column) == (fault.code, fault.row - 1, fault.key)
    assert fault.remedy in words(issue)


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    expected: list[tuple[str, str, int, str | None]] = []
    for part in range(3):
        text = ""
        for number, fault in list(enumerate(FAULTS))[part::3]:
            row = text.count("\n") + fault.row
            text += f"[policy.p{number}]\n{fault.lines}\n".replace("policy.bold", f"policy.p{number}")
            expected.append((fault.code, f"{part}.toml", row, f"policy.p{number}.{fault.key}"))
        write(tmp_path, f"{part}.toml", text)
    write(tmp_path, "9.toml", "why = \n")
    expected.append(("toml_syntax", "9.toml", 1, None))
    found = [(issue.code, issue.file, issue.row, issue.column) for issue in refused(tmp_path)]
    assert [place[1:3] for place in found] == sorted(place[1:3] for place in found)
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_several_faults_of_one_lever_are_told_at_once_and_none_is_made_up(tmp_path: Path) -> None:
    """The caps cannot be judged without `mid`, so nothing is said about their sum; the months can."""
    lines = '[policy.a.ladder]\nmid = "x"\nsenior = 0.4\nstep = 1\nstart_month = 5\nstop_month = 2\njump_share = 2\n'
    found = [(issue.code, issue.column) for issue in refused(write(tmp_path, "a.toml", lines))]
    assert sorted(found) == [
        ("unknown_key", "policy.a.ladder.step"),
        ("wrong_value", "policy.a.ladder.jump_share"),
        ("wrong_value", "policy.a.ladder.mid"),
        ("wrong_value", "policy.a.ladder.stop_month"),
    ]


FILES: list[tuple[str, Callable[[Path], Path], str, str]] = [
    ("nowhere", lambda it: it / "nowhere.toml", "nowhere.toml", "not there"),
    ("a folder that is not there", lambda it: it / "nowhere", "nowhere", "neither a folder nor a .toml"),
    ("a table", lambda it: write(it, "reps.csv", "a,b"), "reps.csv", "neither a folder nor a .toml"),
    ("an empty folder", lambda it: write(it / "empty", "README.md", "x").parent, "empty", "no policy file"),
    ("an empty file", lambda it: write(it, "a.toml", "# later\n"), "a.toml", "no policy in the file"),
    ("no policy below the head", lambda it: write(it, "a.toml", "[policy]\n"), "a.toml", "no policy in the file"),
    ("a folder named like a file", lambda it: write(it / "f" / "a.toml", "x", "").parents[1], "a.toml", "be read"),
    ("UTF-16", lambda it: write(it, "a.toml", 'why = "x"'.encode("utf-16")), "a.toml", "UTF-8"),
    ("no text at all", lambda it: write(it, "a.toml", b"\xff\xff\x00"), "a.toml", "UTF-8"),
    ("an open bracket", lambda it: write(it, "a.toml", "[policy.a\n"), "a.toml", "not valid TOML"),
    ("a policy twice", lambda it: write(it, "a.toml", "[policy.a]\n[policy.a]\n"), "a.toml", "not valid TOML"),
    ("a name in Chinese without quotes", lambda it: write(it, "a.toml", "[policy.大锅饭]\n"), "a.toml", "valid TOML"),
    ("a list without end", lambda it: write(it, "a.toml", "why = " + "[" * 9000), "a.toml", "not valid TOML"),
    ("a number of 9000 digits", lambda it: write(it, "a.toml", "budget_per_year = 1" + "0" * 9000), "a.toml", "TOML"),
    ("a hexadecimal one", lambda it: write(it, "a.toml", "budget_per_year = 0x" + "f" * 9000), "a.toml", "valid TOML"),
    ("policies in a list", lambda it: write(it, "a.toml", "policy = [1]\n"), "a.toml", "a section"),
    ("a policy that is a word", lambda it: write(it, "a.toml", '[policy]\nbold = "yes"\n'), "a.toml", "a section"),
    ("a slip in the head", lambda it: write(it, "a.toml", "[polcy.bold]\n"), "a.toml", "did you mean 'policy'"),
    ("a setting beside the policies", lambda it: write(it, "a.toml", "seed = 1\n[policy.a]\n"), "a.toml", "policy"),
    ("a name of nothing", lambda it: write(it, "a.toml", '[policy.""]\nwhy = "x"\n'), "a.toml", "a policy's name"),
    ("a name with a slash", lambda it: write(it, "a.toml", '[policy."a/b"]\nwhy = "x"\n'), "a.toml", "policy's name"),
    ("a long name", lambda it: write(it, "a.toml", f'[policy.{"a" * 61}]\nwhy = "x"\n'), "a.toml", "60 at most"),
    ("a file whose name is none", lambda it: write(it, "a.b.toml", 'why = "x"\n'), "a.b.toml", "policy's name"),
]


@pytest.mark.parametrize(("make", "file", "said"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_files_that_hold_no_policy_are_told(make: Callable[[Path], Path], file: str, said: str, tmp_path: Path) -> None:
    (issue,) = refused(make(tmp_path))
    assert issue.file == file
    assert said in words(issue)
    assert_worded(issue)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_one_may_not_read_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "a.toml", 'why = "x"')
    path.chmod(0)
    (issue,) = refused(path)
    assert "cannot be read" in words(issue)


def test_a_policy_that_stands_in_two_files_is_told_with_the_first_file(tmp_path: Path) -> None:
    write(tmp_path, "1.toml", '[policy.bold]\nwhy = "one"\n')
    write(tmp_path, "2.toml", '\n[policy.bold]\nwhy = "two"\n')
    write(tmp_path, "bold.toml", 'why = "three"\n')
    found = [(issue.file, issue.row, issue.column) for issue in refused(tmp_path)]
    assert found == [("2.toml", 2, "policy.bold"), ("bold.toml", None, None)]
    assert "1.toml" in words(refused(tmp_path)[0])


def test_a_team_that_the_scenario_does_not_have_is_told_only_where_teams_are_known(tmp_path: Path) -> None:
    path = write(tmp_path, "a.toml", '[policy.a.review]\nteams = ["T1", "T22"]\n')
    assert read_policies(path)["a"].review.teams == ("T1", "T22")
    assert "a" in read_policies(path, team_ids=("T1", "T22"))
    (issue,) = refused(path, team_ids=("T1", "T21"))
    assert (issue.row, issue.column, issue.value) == (2, "policy.a.review.teams", "T22")
    assert "did you mean 'T21'" in words(issue)
    assert_worded(issue)


def test_a_lever_without_the_policys_name_is_told_where_its_settings_belong(tmp_path: Path) -> None:
    (issue,) = refused(write(tmp_path, "a.toml", "[policy.commission]\nshare = 0.2\n"))
    assert "did you mean [policy.NAME.commission] share" in words(issue)


def test_shares_that_are_proposed_would_be_taken(tmp_path: Path) -> None:
    (issue,) = refused(write(tmp_path, "a.toml", "[ladder]\njunior = 0.7\nmid = 0.7\nsenior = 0.7\n"))
    proposed = dict(re.findall(r"(junior|mid|senior) (0\.\d+)", issue.remedy.en))
    assert read_policies(write(tmp_path, "a.toml", "[ladder]\n" + "".join(f"{k} = {v}\n" for k, v in proposed.items())))


def test_the_files_of_a_folder_are_read_in_the_order_of_their_names_and_nothing_else_is(tmp_path: Path) -> None:
    write(tmp_path, "2_late.toml", '[policy.b]\nwhy = "b"\n[policy.a]\nwhy = "a"\n')
    write(tmp_path, "1_first.toml", '﻿why = "alone"\r\n\r\n[commission]\r\nshare = 0.2\r\n')
    write(tmp_path, "._1_first.toml", b"\x00\x05")
    write(tmp_path, "README.md", "not a policy")
    write(tmp_path / "deeper", "3.toml", "wrong")
    found = read_policies(tmp_path)
    assert list(found) == ["1_first", "b", "a"]
    assert found["1_first"] == PolicyRules.model_validate({"why": "alone", "commission": {"share": 0.2}})


def test_a_chinese_name_and_an_old_encoding_are_read(tmp_path: Path) -> None:
    path = write(tmp_path, "a.toml", '[policy."大锅饭"]\nwhy = "现状"\n'.encode("gb18030"))
    assert read_policies(path)["大锅饭"].why == "现状"


@given(st.lists(policies(), min_size=1, max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_random_policies_come_back_from_their_file(tmp_path: Path, drawn: list[PolicyRules]) -> None:
    named = {f"p {number}": rules for number, rules in enumerate(drawn)}
    assert read_policies(write(tmp_path, "several.toml", toml_of(named))) == named
    assert read_policies(write(tmp_path, "alone.toml", "\n".join(body_of(drawn[0])))) == {"alone": drawn[0]}
    scenario = read_settings((HEAD + toml_of(named)).encode(), log=IssueLog())
    assert scenario is not None
    assert scenario.policy == named


ANYTHING = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text("abC 店1.-", max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["measure", "below", "x"]), inner),
    max_leaves=6,
)
KEYS = sorted({key for rules in lever_classes().values() for key in rules.model_fields})


@given(st.dictionaries(st.sampled_from([*LEVERS, "why", "pay"]), st.dictionaries(st.sampled_from(KEYS), ANYTHING)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_whatever_a_setting_holds_it_is_read_or_refused_in_words(
    tmp_path: Path, sections: dict[str, dict[str, object]]
) -> None:
    lines = [
        f"[{lever}]\n" + "".join(f"{key} = {toml_value(it)}\n" for key, it in sections[lever].items())
        for lever in sections
    ]
    path = write(tmp_path, "any.toml", "# a policy\n" + "".join(lines))
    try:
        read_policies(path)
    except ScenarioError as error:
        places = [(issue.row, issue.column) for issue in error.issues]
        assert len(set(places)) == len(places)
        for issue in error.issues:
            assert_worded(issue)
            assert issue.column is not None or not sections


READY = read_policies(CATALOGUE)


def test_the_catalogue_starts_with_the_ordinary_situation() -> None:
    name, first = next(iter(READY.items()))
    assert name == "big_pot"
    assert first.model_copy(update={"why": ""}) == PolicyRules()


def test_the_catalogue_has_fourteen_policies_and_moves_every_lever() -> None:
    assert len(READY) >= 14
    moved = {lever for rules in READY.values() for lever in LEVERS if rules.lever(lever) != PolicyRules().lever(lever)}
    assert moved == set(LEVERS)


@pytest.mark.parametrize("name", READY)
def test_a_ready_policy_says_why_and_moves_something(name: str) -> None:
    rules = READY[name]
    assert re.fullmatch(r"[A-Z].{30,118}\.", rules.why)
    if name != "big_pot":
        assert any(rules.lever(lever) != PolicyRules().lever(lever) for lever in LEVERS)


@pytest.mark.parametrize("path", sorted(CATALOGUE.glob("*.toml")), ids=lambda path: path.stem)
def test_a_ready_file_starts_with_its_chinese_name_is_indexed_and_named_like_its_policy(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert re.match(r"# [\u4e00-\u9fff]", first)
    assert list(read_policies(path)) == [path.stem[3:]]
    assert f"| `{path.name}` |" in (CATALOGUE / "README.md").read_text(encoding="utf-8")


def test_the_index_of_the_catalogue_names_no_file_that_is_not_there() -> None:
    index = (CATALOGUE / "README.md").read_text(encoding="utf-8")
    assert [
        name for name in re.findall(r"^\| `([^`]+)` \|", index, flags=re.M) if not (CATALOGUE / name).exists()
    ] == []


def test_the_measures_and_grades_that_the_index_explains_exist() -> None:
    index = (CATALOGUE / "README.md").read_text(encoding="utf-8")
    assert all(measure in index for measure in ("sales_attainment", "visit_completion", "turnover", "gaming"))
    assert set(GRADES) == {"junior", "mid", "senior"}
