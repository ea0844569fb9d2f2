"""Tables of an assessment that came back, perhaps edited by hand: what they claim, and whether it holds."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from territory.desk import DeskResult, check
from territory.desk.check_pairs import Candidates
from territory.desk.model import month_after
from territory.desk.result import MonthScores, PairsOutcome, YearOutcome
from territory.domain.policy_rules import COMPONENTS
from territory.errors import ConfigError, ScenarioError
from territory.io.column_reader import ColumnReader
from territory.io.desk_tables import parse_month, read_pairs
from territory.io.headers import Headers
from territory.io.issues import IssueLog
from territory.io.reps_table import GRADE_WORDS
from territory.io.tables import read_table
from territory.language import Text
from territory.pipeline.assessing import DeskCase
from territory.pipeline.desk_output import PAIRS, SCORES, YEAR
from territory.pipeline.desk_rows import DIGITS
from territory.verify import Violation

_CODES = {"junior": 0, "mid": 1, "senior": 2}
_WRITTEN_WITHIN = 0.51 * 10.0**-DIGITS


def violations_in(case: DeskCase, folder: Path) -> tuple[Violation, ...]:
    """
    What the tables in a folder break, recomputed from the inputs: scores.csv, year.csv, pairs_next.csv.

    Raises
    ------
    ConfigError
        When the folder has none of them.
    ScenarioError
        When a table cannot be read.
    """
    log = IssueLog()
    result, read = case.result, 0
    for name, reader in ((SCORES, _scores), (YEAR, _year), (PAIRS, _pairs)):
        if (folder / name).exists():
            result = reader(case, result, folder / name, log)
            read += 1
    if not read:
        raise ConfigError(
            Text(
                f"{folder} has none of {SCORES}, {YEAR}, {PAIRS}; name the folder of an earlier assessment",
                f"{folder} 中没有 {SCORES}、{YEAR}、{PAIRS};请指定以前考核的文件夹",
            )
        )
    errors = [issue for issue in log.issues() if issue.severity == "error"]
    if errors:
        raise ScenarioError(errors)
    return check(case.problem, result).violations


def _opened(path: Path, kind: str, log: IssueLog) -> ColumnReader | None:
    table = read_table(path.read_bytes(), file=path.name, headers=Headers(kind, ""), log=log)
    return None if table is None else ColumnReader(table, log)


def _scores(case: DeskCase, result: DeskResult, path: Path, log: IssueLog) -> DeskResult:
    reader = _opened(path, "desk_scores", log)
    if reader is None:
        return result
    problem = case.problem
    months: list[dict[str, Any]] = [_editable(scores) for scores in result.months]
    told = np.zeros(problem.is_there.shape, dtype=np.bool_)
    columns = {
        name: reader.numbers(name).tolist()
        for name in ("plain", "forced", "award_team", "award_pairs", "score", "rank")
    }
    judged = [reader.numbers(f"{name}_points").tolist() for name in (*COMPONENTS, "behaviour")]
    assessed = reader.yes_or_no("is_assessed")
    at = {rep_id: person for person, rep_id in enumerate(problem.rep_ids)}
    for row, (rep_id, cell) in enumerate(zip(reader.table.column("rep_id"), reader.table.column("month"), strict=True)):
        month = parse_month(cell)
        if rep_id not in at or month not in problem.months:
            reader.add("unknown_person" if rep_id not in at else "not_a_month", row, "rep_id", hint="")
            continue
        place, person = problem.months.index(month), at[rep_id]
        told[place, person] = True
        fields = months[place]
        fields["is_assessed"][person] = assessed[row]
        for number, column in enumerate(judged):
            _claim(fields["judged"], (person, number), column[row])
        for name, column in columns.items():
            _claim(fields["shift" if name == "forced" else name], (person,), column[row])
    for place, fields in enumerate(months):
        fields["is_assessed"] &= told[place]
    return replace(
        result, months=tuple(replace(scores, **fields) for scores, fields in zip(result.months, months, strict=True))
    )


def _editable(scores: MonthScores) -> dict[str, Any]:
    names = ("is_assessed", "judged", "plain", "shift", "award_team", "award_pairs", "score", "rank")
    return {name: getattr(scores, name).copy() for name in names}


def _claim(values: Any, place: tuple[int, ...], claimed: float) -> None:
    """Take the cell over where it says something else than what was written."""
    if math.isfinite(claimed) and abs(claimed - float(values[place])) > _WRITTEN_WITHIN:
        values[place] = claimed


def _year(case: DeskCase, result: DeskResult, path: Path, log: IssueLog) -> DeskResult:
    reader = _opened(path, "desk_year", log)
    if reader is None:
        return result
    year = result.year
    numbers = ("annual", "committee", "stars", "standing", "place", "step_next")
    flags = {"held_back": "is_held_back", "replaced": "is_replaced", "promoted_out": "is_promoted_out"}
    fields: dict[str, Any] = {name: getattr(year, name).copy() for name in (*numbers, *flags.values(), "grade_next")}
    columns = {name: reader.numbers(name).tolist() for name in numbers if name in reader.table}
    grades = reader.words("grade_next", GRADE_WORDS)
    at = {rep_id: person for person, rep_id in enumerate(case.problem.rep_ids)}
    for row, rep_id in enumerate(reader.table.column("rep_id")):
        if rep_id not in at:
            reader.add("unknown_person", row, "rep_id", hint="")
            continue
        for name, column in columns.items():
            _claim(fields[name], (at[rep_id],), column[row])
        if grades[row]:
            fields["grade_next"][at[rep_id]] = _CODES[grades[row]]
    for name, field in flags.items():
        if name in reader.table:
            answers = reader.yes_or_no(name)
            for row, rep_id in enumerate(reader.table.column("rep_id")):
                if rep_id in at and reader.table.column(name)[row]:
                    fields[field][at[rep_id]] = answers[row]
    changed: YearOutcome = replace(year, **fields)
    return replace(result, year=changed)


def _pairs(case: DeskCase, result: DeskResult, path: Path, log: IssueLog) -> DeskResult:
    """Pairs that begin in the month to come are those proposed; what is wrong about their numbers cannot be claimed."""
    file = read_pairs(path, log)
    if file is None:
        return result
    problem, found = case.problem, result.pairs
    since = month_after(problem.months[-1])
    at = {rep_id: person for person, rep_id in enumerate(problem.rep_ids)}
    agreed = {(pair.mentor, pair.mentee) for pair in problem.pairs if pair.since > problem.last}
    known = {(pair.mentor, pair.mentee): pair for pair in found.proposed}
    candidates = Candidates(problem, result)
    proposed = []
    for row in file.rows:
        if row.since != since or row.mentor_id not in at or row.mentee_id not in at:
            continue
        both = at[row.mentor_id], at[row.mentee_id]
        if both not in agreed:
            proposed.append(known.get(both) or candidates.proposal(*both))
    changed: PairsOutcome = replace(found, proposed=tuple(proposed))
    return replace(result, pairs=changed)
