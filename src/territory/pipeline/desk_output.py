"""An assessment as files: tables, JSON, the page for the manager, a page for each rep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from territory.desk import DeskProblem
from territory.desk.model import JUDGEMENTS
from territory.domain.levers_assessment import COMMITTEE
from territory.domain.scenario import Scenario
from territory.errors import ConfigError
from territory.io import write_json, write_rows
from territory.language import Lang, Text
from territory.pipeline.assessing import DeskCase
from territory.pipeline.desk_notes import committee_note
from territory.pipeline.desk_rows import (
    ARITHMETIC_COLUMNS,
    PAIR_COLUMNS,
    PROPOSAL_COLUMNS,
    SCORE_COLUMNS,
    VERDICT_COLUMNS,
    YEAR_COLUMNS,
    arithmetic_rows,
    desk_json,
    pair_rows,
    proposal_rows,
    score_rows,
    verdict_rows,
    year_rows,
)
from territory.pipeline.names import nearest
from territory.report.blocks_html import write_page
from territory.report.blocks_pdf import write_pdf
from territory.report.desk_pages import company_blocks
from territory.report.desk_rep_page import rep_blocks
from territory.report.desk_view import DeskView

LANGUAGES: tuple[Lang, ...] = ("en", "zh")
SCORES, YEAR, PAIRS = "scores.csv", "year.csv", "pairs_next.csv"
REPS = "reps"
ALL = "all"
_UNSAFE = re.compile(r"[^\w.-]")


def desk_view(case: DeskCase, scenario: Scenario, *, why: str) -> DeskView:
    """What pages show of an assessment."""
    problem = case.problem
    facts = [
        (Text("policy", "政策"), _same(problem.policy_name)),
        (Text("policy's month 1", "政策第 1 个月"), _same(f"{problem.first_year}-01")),
        (
            Text("weight of missing sources", "缺失数据的权重"),
            Text("shared out among the rest", "分摊给其余各项")
            if problem.redistribute
            else Text("not shared out", "不分摊"),
        ),
        *((_same(name), _same(digest)) for name, digest in case.hashes.items()),
        (Text("seed", "随机种子"), _same(str(problem.seed))),
    ]
    return DeskView(
        scenario=scenario.name,
        problem=problem,
        result=case.result,
        why=why,
        shows_year=case.shows_year,
        score_notes=case.score_notes,
        notes=case.notes,
        committee_note=committee_note(problem, case.result),
        facts=facts,
    )


def _same(text: str) -> Text:
    return Text(text, text)


def write_desk(case: DeskCase, view: DeskView, target: Path, lang: Lang) -> list[Path]:
    """All tables and the manager's page."""
    write_rows(score_rows(case), target / SCORES, columns=SCORE_COLUMNS)
    write_rows(arithmetic_rows(case, lang), target / "arithmetic.csv", columns=ARITHMETIC_COLUMNS)
    write_rows(year_rows(case), target / YEAR, columns=YEAR_COLUMNS)
    write_rows(verdict_rows(case, lang), target / "pairs_judged.csv", columns=VERDICT_COLUMNS)
    write_rows(proposal_rows(case, lang), target / "pairs_proposed.csv", columns=PROPOSAL_COLUMNS)
    write_rows(pair_rows(case), target / PAIRS, columns=PAIR_COLUMNS)
    write_json(desk_json(case), target / "assessment.json")
    return [
        write_page({key: company_blocks(view, key) for key in LANGUAGES}, target / "assessment.html", lang),
        write_pdf(company_blocks(view, lang), target / "assessment.pdf", lang),
    ]


def write_blank(problem: DeskProblem, target: Path) -> list[Path]:
    """Tables to fill in for the month and its year: a row for everybody in the panel, the points left empty."""
    month = problem.months[-1]
    year = int(month[:4])
    people = [s for s in range(problem.num_people) if problem.is_there[-1, s]]
    judged = ("rep_id", "name", "month", "judge", *JUDGEMENTS, "days_present")
    members = ("rep_id", "name", "year", *COMMITTEE)
    rows = [{"rep_id": problem.rep_ids[s], "name": problem.names[s], "month": month, "year": year} for s in people]
    return [
        write_rows(rows, target / f"judgements_{month}.csv", columns=judged),
        write_rows(rows, target / f"committee_{year}.csv", columns=members),
    ]


def people_of(case: DeskCase, rep_ids: Sequence[str]) -> list[int]:
    """
    Positions of reps named by id; `all` for everybody in the month's panel.

    Raises
    ------
    ConfigError
        When an id is not in the month's panel.
    """
    problem = case.problem
    there = [s for s in range(problem.num_people) if problem.is_there[-1, s]]
    known = {problem.rep_ids[s]: s for s in there}
    if list(rep_ids) == [ALL]:
        return there
    for rep_id in rep_ids:
        if rep_id not in known:
            hint, month = nearest(rep_id, list(known)), problem.months[-1]
            raise ConfigError(
                Text(
                    f"{rep_id} is not in the panel of {month}. {hint.en}",
                    f"{month} 的面板中没有 {rep_id}。{hint.zh}",
                )
            )
    return [known[rep_id] for rep_id in rep_ids]


def write_rep_pages(view: DeskView, people: Sequence[int], target: Path, lang: Lang) -> list[Path]:
    """reps/ID.html in both languages and reps/ID.pdf in one, for everybody named."""
    written = []
    for person in people:
        name = _UNSAFE.sub("_", view.problem.rep_ids[person])
        folder = target / REPS
        written += [
            write_page({key: rep_blocks(view, person, key) for key in LANGUAGES}, folder / f"{name}.html", lang),
            write_pdf(rep_blocks(view, person, lang), folder / f"{name}.pdf", lang),
        ]
    return written
