"""From tables to an assessment: everything wrong at once, nothing missing in silence, one month after another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.errors import ConfigError, ScenarioError
from territory.pipeline import open_scenario
from territory.pipeline.assessing import DeskAsk, DeskCase, desk_case
from territory.pipeline.desk_claims import violations_in
from territory.pipeline.desk_output import desk_view, people_of, write_desk, write_rep_pages
from territory.pipeline.desk_policy import desk_policy
from territory.policy import PolicyProblem, simulate
from territory.policy.model import DAYS_PER_MONTH
from tests.desk.desk_files import (
    MONTHS,
    REPS,
    DeskFolder,
    committee_rows,
    edited,
    judgement_rows,
    panel_rows,
    read_csv,
    write_csv,
)
from tests.desk.simulated import judged_without_noise
from tests.policy.policy_towns import policy
from tests.recipes import small_recipe


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return open_scenario(small_recipe(tmp_path_factory.mktemp("village")))


def case_of(village: Scenario, folder: DeskFolder, **ask: Any) -> DeskCase:
    """The case of a folder's tables."""
    paths = folder.written()
    name, rules = desk_policy(village, path=paths.pop("policies"), name=None)
    assignment = ask.pop("assignment", None)
    return desk_case(village, DeskAsk(**paths, **ask), policy_name=name, policy=rules, assignment=assignment)


def codes(village: Scenario, folder: DeskFolder, **ask: Any) -> list[tuple[str, str, int | None, str | None]]:
    """(code, file, row, column) of every issue, in order."""
    with pytest.raises(ScenarioError) as error:
        case_of(village, folder, **ask)
    for issue in error.value.issues:
        assert "{" not in issue.line("en") + issue.line("zh")
    return [(issue.code, issue.file, issue.row, issue.column) for issue in error.value.issues]


def test_a_month_is_assessed_from_files(village: Scenario, tmp_path: Path) -> None:
    """R004 in March: 91 of 100 visits, 103 % of the target, mid: weights .3 .5 .2."""
    case = case_of(village, DeskFolder(folder=tmp_path))
    scores, at = case.result.latest, case.problem.rep_ids.index("R004")
    outcome = 0.3 * 80 * 0.91 + 0.5 * 80 * 1.03 + 0.2 * 78
    behaviour = 0.3 * 76 + 0.3 * 80 * 0.91 + 0.4 * 83
    assert scores.plain[at] == pytest.approx(0.75 * outcome + 0.25 * behaviour)
    assert case.problem.months == MONTHS and not case.shows_year
    assert any("service centre" in note.en and "服务中心" in note.zh for note in case.score_notes)


def test_the_desk_scores_a_simulated_year_from_its_files_as_the_simulation_does(
    village: Scenario, tmp_path: Path
) -> None:
    problem = PolicyProblem.of(village, Assignment.today(village.outlets), None)
    text = "[evaluators]\nnoise = 0.0\nbias = 0.0\npeers = 0.2\nhead = 0.2\n[team_award]\nscore_bonus_points = 4\n"
    text += "[targets]\nteam_share = 0.3\n[ladder]\nmeritocracy = 0.6\nforced_distribution = 0.3\n"
    rules = policy(
        evaluators={"noise": 0.0, "bias": 0.0, "peers": 0.2, "head": 0.2},
        team_award={"score_bonus_points": 4.0},
        targets={"team_share": 0.3},
        ladder={"meritocracy": 0.6, "forced_distribution": 0.3},
    )
    year = simulate(problem, rules, seed=3, replication=0)
    judged = judged_without_noise(problem, year)
    panel: list[dict[str, Any]] = []
    told: list[dict[str, Any]] = []
    days = year.is_filled_day.reshape(12, DAYS_PER_MONTH, -1)
    for month in range(12):
        for slot in np.flatnonzero(days[month, -1]).tolist():
            rep, when = problem.slot_ids[slot], f"2027-{month + 1:02d}"
            panel.append(
                {
                    "month": when,
                    "rep_id": rep,
                    "grade": ("junior", "mid", "senior")[year.holder_grade[month, slot]],
                    "days_planned": int(days[month, :, slot].sum()),
                    "visits_planned": int(year.due_visits[month, slot].sum()),
                    "visits_made": int(year.done_visits[month, slot].sum()),
                    "sales_target": repr(float(year.target[month, slot])),
                    "sales_actual": repr(float(year.recorded_sales[month, slot])),
                }
            )
            names = ("quality", "inspection", "service_centre", "head", "peers")
            points = {name: repr(float(judged[month, slot, at])) for at, name in enumerate(names)}
            told.append({"rep_id": rep, "month": when} | points)
    case = case_of(village, DeskFolder(folder=tmp_path, panel=panel, judgements=told, policy=text))
    assert year.hires.sum() == 0, "one person in each position, so that ids are positions"
    for month, scores in enumerate(case.result.months):
        there = np.flatnonzero(days[month, -1])
        np.testing.assert_array_equal(scores.score[there], year.score[month, there])
        assert scores.is_abnormal == year.is_abnormal[month]
    assert case.shows_year
    ranked = np.flatnonzero(case.result.year.is_ranked)
    np.testing.assert_array_equal(case.result.year.annual[ranked], year.annual_score[0, ranked])
    np.testing.assert_array_equal(case.result.year.grade_next[ranked], year.grade_next[0, ranked])
    np.testing.assert_array_equal(case.result.year.step_next[ranked], year.step_next[0, ranked])


def test_all_missing_and_wrong_cells_are_told_at_once(village: Scenario, tmp_path: Path) -> None:
    folder = DeskFolder(folder=tmp_path)
    assert folder.judgements is not None
    folder.panel[1]["sales_actual"] = ""  # R002 in January; others have sales
    folder.panel[2]["visits_made"] = "?"
    folder.judgements[3]["head"] = ""  # R004 in January
    folder.judgements[5]["quality"] = "120"
    folder.judgements[6]["rep_id"] = "R03"
    folder.pairs = [{"mentor_id": "R001", "mentee_id": "R002", "since": "2027-01"}]
    assert codes(village, folder, unwilling=("R9",)) == [
        ("not_a_number", "panel.csv", 4, "visits_made"),
        ("out_of_range", "judgements.csv", 7, "quality"),
        ("unknown_person", "judgements.csv", 8, "rep_id"),
        ("unknown_person", "--not-paired", None, None),
        ("needed_cell", "panel.csv", 3, "sales_actual"),
        ("needed_cell", "judgements.csv", 5, "head"),
        ("start_unknown", "pairs.csv", 2, "score_at_start"),
        ("needed_row", "judgements.csv", None, None),
    ]


def test_a_cell_that_could_not_be_read_is_not_called_missing_as_well(village: Scenario, tmp_path: Path) -> None:
    folder = DeskFolder(folder=tmp_path)
    folder.panel[0]["sales_actual"] = "lots"
    assert codes(village, folder) == [("not_a_number", "panel.csv", 2, "sales_actual")]


def test_a_grade_that_nobody_knows_is_an_issue(village: Scenario, tmp_path: Path) -> None:
    folder = DeskFolder(folder=tmp_path)
    folder.panel.append(folder.panel[-1] | {"rep_id": "R9", "grade": ""})
    folder.judgements = None
    assert ("no_grade", "panel.csv", 14, "grade") in codes(village, folder)


def test_a_step_that_nobody_knows_is_an_issue_where_the_year_is_shown(village: Scenario, tmp_path: Path) -> None:
    stepless = replace(village, reps=replace(village.reps, step=np.zeros(4, dtype=np.int64)))
    rows = [row | {"step": ""} for row in panel_rows(MONTHS[:1])]
    folder = DeskFolder(folder=tmp_path, panel=rows, judgements=None)
    assert [code for code, *_ in codes(stepless, folder, shows_year=True)] == ["no_step"] * 4
    assert not case_of(stepless, folder).shows_year


def test_a_month_without_anything_to_score_by_is_an_issue(village: Scenario, tmp_path: Path) -> None:
    rows = [row | {"visits_planned": 0, "sales_target": "", "sales_actual": ""} for row in panel_rows(MONTHS[:1])]
    folder = DeskFolder(folder=tmp_path, panel=rows, judgements=None)
    assert [code for code, *_ in codes(village, folder)] == ["no_source"]


def test_a_column_that_is_empty_for_all_leaves_its_item_out_and_says_so(village: Scenario, tmp_path: Path) -> None:
    rows = [row | {"sales_actual": "", "sales_target": ""} for row in panel_rows()]
    case = case_of(village, DeskFolder(folder=tmp_path, panel=rows))
    assert case.result.latest.has_component.tolist() == [True, False, True]
    note = next(note for note in case.score_notes if "no source for" in note.en)
    assert "mid 50 %" in note.en and "not shared out" in note.en and "62.5 points" in note.en
    assert "中级 50 %" in note.zh and "不分摊" in note.zh
    shared = case_of(village, DeskFolder(folder=tmp_path, panel=rows), redistribute=True)
    assert any("shared out among" in note.en for note in shared.score_notes)


def test_a_month_can_be_named_and_later_ones_do_not_matter(village: Scenario, tmp_path: Path) -> None:
    whole = case_of(village, DeskFolder(folder=tmp_path), month="2027年2月")
    alone = case_of(
        village, DeskFolder(folder=tmp_path, panel=panel_rows(MONTHS[:2]), judgements=judgement_rows(MONTHS[:2]))
    )
    np.testing.assert_array_equal(whole.result.latest.score, alone.result.latest.score)


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        ({"month": "2027-09"}, "missing_month"),
        ({"month": "2026-01"}, "no_months"),
        ({"month": "soon"}, "not_a_month"),
        ({"first_year": 2028}, "before_policy"),
    ],
)
def test_months_that_cannot_be_assessed(village: Scenario, tmp_path: Path, ask: dict[str, Any], code: str) -> None:
    assert [found[0] for found in codes(village, DeskFolder(folder=tmp_path), **ask)] == [code]


def test_a_gap_between_months_is_told_and_counts_for_nobody(village: Scenario, tmp_path: Path) -> None:
    months = ("2027-01", "2027-03")
    folder = DeskFolder(folder=tmp_path, panel=panel_rows(months), judgements=judgement_rows(months))
    case = case_of(village, folder)
    assert case.result.year.num_months.tolist() == [2, 2, 2, 2]
    assert any("2027-02" in note.en for note in case.score_notes)


def test_supply_is_given_or_follows_from_the_scenarios_year(village: Scenario, tmp_path: Path) -> None:
    """August is short by `[year]`; a table overrules it."""
    months = ("2027-08",)
    tables: dict[str, Any] = {"panel": panel_rows(months), "judgements": judgement_rows(months)}
    by_year = case_of(village, DeskFolder(folder=tmp_path, **tables))
    assert by_year.result.latest.is_abnormal and by_year.problem.supply.tolist() == [0.85]
    assert any("not given" in note.en for note in by_year.score_notes)
    given = case_of(village, DeskFolder(folder=tmp_path, **tables, supply=[{"month": "2027-08", "supply": 1.1}]))
    assert not given.result.latest.is_abnormal


def test_visits_not_reported_on_do_not_count_and_are_told(village: Scenario, tmp_path: Path) -> None:
    folder = DeskFolder(folder=tmp_path)
    folder.panel[-1] |= {"visits_pending": 9, "visits_made": 89}
    case = case_of(village, folder)
    assert case.result.latest.visits[3] == 1.0
    assert any("9 visits" in note.en and "9 次" in note.zh for note in case.score_notes)


def test_days_present_of_the_judgements_overrule_those_planned(village: Scenario, tmp_path: Path) -> None:
    folder = DeskFolder(folder=tmp_path)
    assert folder.judgements is not None
    for row in folder.judgements:
        row["days_present"] = 4 if (row["rep_id"], row["month"]) == ("R002", "2027-03") else ""
    case = case_of(village, folder)
    assert case.result.latest.is_assessed.tolist() == [True, False, True, True]
    assert any("R002 (4 days)" in note.en for note in case.notes)


def test_several_judges_of_a_group_count_with_their_mean(village: Scenario, tmp_path: Path) -> None:
    folder = DeskFolder(folder=tmp_path)
    assert folder.judgements is not None
    for row in folder.judgements:
        row["judge"] = "Wang"
    folder.judgements.append(folder.judgements[-1] | {"judge": "Li", "head": 93, "quality": "", "inspection": ""})
    case = case_of(village, folder)
    assert case.result.latest.seen[3, 2] == 88.0
    assert case.problem.num_judges[-1, 3].tolist() == [1, 1, 0, 2, 0]


def test_a_pair_that_overlaps_another_is_an_issue(village: Scenario, tmp_path: Path) -> None:
    pairs = [
        {"mentor_id": "R001", "mentee_id": "R002", "since": "2027-01", "score_at_start": 99},
        {"mentor_id": "R003", "mentee_id": "R002", "since": "2027-02", "score_at_start": 99},
    ]
    assert codes(village, DeskFolder(folder=tmp_path, pairs=pairs)) == [("pair_overlaps", "pairs.csv", 3, "mentee_id")]
    ended = [pairs[0] | {"until": "2027-01"}, pairs[1] | {"until": ""}]
    assert case_of(village, DeskFolder(folder=tmp_path, pairs=ended)).result.pairs.running == (1,)


def test_levers_that_a_desk_cannot_apply_are_refused(village: Scenario, tmp_path: Path) -> None:
    text = (
        "[evaluators]\ncovered_share = 0.5\n[team_award]\nsymbolic = 1.0\n"
        'when = { measure = "turnover", above = 0.1 }\n[ladder]\nwhen = { measure = "sales_attainment", below = 1.0 }\n'
    )
    found = codes(village, DeskFolder(folder=tmp_path, policy=text))
    assert [(code, column) for code, _, _, column in found] == [
        ("lever_unknowable", "evaluators.covered_share"),
        ("lever_unknowable", "team_award.when"),
    ]


def test_distance_is_between_homes_or_between_territories(village: Scenario, tmp_path: Path) -> None:
    homes = case_of(village, DeskFolder(folder=tmp_path)).problem.place
    np.testing.assert_allclose(homes[:, 0], village.reps.lat)
    today = Assignment.today(village.outlets)
    middles = case_of(village, DeskFolder(folder=tmp_path), assignment=today).problem.place
    mine = village.outlets.lat[today.rep_of_outlet == 0]
    assert middles[0, 0] == pytest.approx(mine.mean())


def test_next_months_table_of_pairs_leads_to_next_months_verdict(village: Scenario, tmp_path: Path) -> None:
    """What is proposed in February is judged in March from February's score, and its points come in April."""
    february = case_of(village, DeskFolder(folder=tmp_path), month="2027-02")
    (pair,) = february.result.pairs.proposed
    view = desk_view(february, village, why="")
    write_desk(february, view, tmp_path / "out", "en")
    pairs = read_csv(tmp_path / "out" / "pairs_next.csv")
    assert [row["since"] for row in pairs] == ["2027-03"]
    march = case_of(village, DeskFolder(folder=tmp_path, pairs=pairs))
    (verdict,) = march.result.pairs.verdicts
    assert verdict.month == 2
    assert verdict.score_at_start == february.result.latest.score[pair.mentee]
    # A pair that has begun next month already is not proposed again.
    again = case_of(village, DeskFolder(folder=tmp_path, pairs=pairs), month="2027-02")
    assert again.result.pairs.proposed == () and again.result.pairs.reason == "enough"


@pytest.fixture
def written(village: Scenario, tmp_path: Path) -> tuple[DeskCase, Path]:
    """A closed year's assessment, and the folder it was written to."""
    months = tuple(f"2027-{number:02d}" for number in range(1, 13))
    folder = DeskFolder(
        folder=tmp_path, panel=panel_rows(months), judgements=judgement_rows(months), committee=committee_rows()
    )
    case = case_of(village, folder)
    out = tmp_path / "out"
    view = desk_view(case, village, why="Results count.")
    write_desk(case, view, out, "zh")
    write_rep_pages(view, people_of(case, ["all"]), out, "zh")
    return case, out


def test_everything_is_written(written: tuple[DeskCase, Path]) -> None:
    _, out = written
    assert {path.name for path in out.iterdir()} == {
        "scores.csv",
        "arithmetic.csv",
        "year.csv",
        "pairs_judged.csv",
        "pairs_proposed.csv",
        "pairs_next.csv",
        "assessment.json",
        "assessment.html",
        "assessment.pdf",
        "reps",
    }
    assert {path.name for path in (out / "reps").iterdir()} == {
        f"{rep}.{kind}" for rep in REPS for kind in ("html", "pdf")
    }
    assert len(read_csv(out / "scores.csv")) == 48 and len(read_csv(out / "year.csv")) == 4


def test_written_tables_pass_the_check(written: tuple[DeskCase, Path]) -> None:
    case, out = written
    assert violations_in(case, out) == ()


@pytest.mark.parametrize(
    ("file", "rep", "column", "value", "rule"),
    [
        ("scores.csv", "R001", "score", "99", "score"),
        ("scores.csv", "R001", "baseline_points", "99", "components"),
        ("scores.csv", "R001", "award_team", "3", "award_team"),
        ("scores.csv", "R001", "is_assessed", "no", "assessed"),
        ("year.csv", "R001", "grade_next", "senior", "caps"),
        ("year.csv", "R001", "step_next", "9", "steps"),
        ("year.csv", "R004", "stars", "1", "stars"),
        ("year.csv", "R003", "replaced", "yes", "replaced"),
        ("year.csv", "R002", "promoted_out", "是", "promoted_out"),
    ],
)
def test_an_edited_table_fails_the_check(
    written: tuple[DeskCase, Path], file: str, rep: str, column: str, value: str, rule: str
) -> None:
    case, out = written

    def edit(row: dict[str, Any]) -> None:
        if row["rep_id"] == rep and row.get("month", "2027-12") == "2027-12":
            row[column] = value

    edited(out / file, edit)
    assert rule in {violation.rule for violation in violations_in(case, out)}


def test_a_pair_put_together_by_hand_fails_the_check(written: tuple[DeskCase, Path]) -> None:
    case, out = written
    (pair,) = case.result.pairs.proposed
    mentee = case.problem.rep_ids[pair.mentee]
    other = next(rep for rep in REPS if rep not in (mentee, case.problem.rep_ids[pair.mentor]))
    edited(out / "pairs_next.csv", lambda row: row.update({"mentor_id": other}))
    assert {violation.rule for violation in violations_in(case, out)} <= {"pairs_allowed", "pairs_best"}
    assert violations_in(case, out)


def test_a_folder_without_tables_cannot_be_checked(written: tuple[DeskCase, Path], tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        violations_in(written[0], tmp_path / "empty")


def test_a_rep_who_is_not_in_the_month_has_no_page(village: Scenario, tmp_path: Path) -> None:
    case = case_of(village, DeskFolder(folder=tmp_path))
    with pytest.raises(ConfigError, match="R001"):
        people_of(case, ["R01"])


def test_a_policy_file_with_several_policies_needs_a_name(village: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "two.toml"
    path.write_text("[policy.one]\n[policy.two]\n[policy.two.stars]\nprize_share = 1.0\n", encoding="utf-8")
    with pytest.raises(ConfigError):
        desk_policy(village, path=path, name=None)
    assert desk_policy(village, path=path, name="two")[1].stars.prize_share == 1.0
    assert desk_policy(village, path=None, name=None)[0] == "big_pot"


def test_excels_bom_and_chinese_headers_come_back(village: Scenario, tmp_path: Path) -> None:
    plain = case_of(village, DeskFolder(folder=tmp_path))
    names = {"month": "考核月份", "rep_id": "工号", "quality": "服务质量", "inspection": "督查组", "head": "部门负责人"}
    rows = [{names[key]: value for key, value in row.items()} for row in judgement_rows()]
    folder = DeskFolder(folder=tmp_path)
    paths = folder.written()
    write_csv(paths["judgements"], rows, encoding="gb18030")
    name, rules = desk_policy(village, path=paths.pop("policies"), name=None)
    case = desk_case(village, DeskAsk(**paths), policy_name=name, policy=rules)
    np.testing.assert_array_equal(case.result.latest.score, plain.result.latest.score)
