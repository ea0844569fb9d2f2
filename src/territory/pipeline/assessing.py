"""The desk's case: tables read and checked against scenario and policy, all faults at once, and the assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from territory.desk import DeskProblem, DeskResult, PairRules, assess
from territory.desk.levers import unknowable
from territory.desk.model import month_after, months_between
from territory.domain.assignment import Assignment
from territory.domain.policy_rules import PolicyRules
from territory.domain.scenario import Scenario
from territory.errors import Issue, ScenarioError
from territory.io.desk_tables import (
    DeskFile,
    PanelRow,
    parse_month,
    read_committee,
    read_judgements,
    read_pairs,
    read_panel,
    read_supply,
)
from territory.io.issues import IssueLog
from territory.language import Text
from territory.pipeline.desk_building import Building, Tables
from territory.pipeline.desk_gaps import log_gaps, log_overlaps
from territory.pipeline.desk_notes import other_notes, score_notes


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskAsk:
    """
    What the desk is asked: its tables and choices.

    Attributes
    ----------
    month
        Month to assess, ``YYYY-MM``; None: the last one of the panel.
    first_year
        The policy's month 1 is January of this year; None: the year of the panel's first month.
    shows_year
        Whether the year is looked at although it has not ended.
    unwilling
        Ids of reps who take no part in mentoring.
    """

    panel: Path
    judgements: Path | None = None
    committee: Path | None = None
    pairs: Path | None = None
    supply: Path | None = None
    month: str | None = None
    first_year: int | None = None
    shows_year: bool = False
    unwilling: Sequence[str] = ()
    redistribute: bool = False
    pair_rules: PairRules = field(default_factory=PairRules)
    seed: int | None = None


@dataclass(frozen=True, kw_only=True)
class DeskCase:
    """
    The problem, its answer, and what a reader should know about both.

    Attributes
    ----------
    shows_year
        The year ends with the month that is assessed, or was asked for.
    score_notes, notes
        What is missing, assumed or left out, of scores and of other things; never silent.
    hashes
        Content hash by file.
    """

    problem: DeskProblem
    result: DeskResult
    shows_year: bool
    score_notes: tuple[Text, ...]
    notes: tuple[Text, ...]
    hashes: Mapping[str, str]


def desk_case(
    scenario: Scenario,
    ask: DeskAsk,
    *,
    policy_name: str,
    policy: PolicyRules,
    assignment: Assignment | None = None,
) -> DeskCase:
    """
    Everything read, checked, laid out and assessed.

    Parameters
    ----------
    assignment
        Given: two people meet between their territories; otherwise between their homes.

    Raises
    ------
    ScenarioError
        With every issue of every table, all at once: cells that cannot be read, and cells that the rules need and
        nobody filled in.
    """
    laid = _laid_out(scenario, ask, policy_name=policy_name, policy=policy, assignment=assignment)
    problem, tables, building, log = laid.problem, laid.tables, laid.building, laid.log
    for lever, setting, why in unknowable(problem):
        log.add(
            "lever_unknowable", file=policy_name, column=f"{lever}.{setting}", lever=lever, setting=setting, why=why
        )
    log_gaps(problem, tables, log)
    if log.has_errors:
        raise ScenarioError(_errors(log))
    result = assess(problem)
    log_overlaps(problem, result, tables, log)
    if log.has_errors:
        raise ScenarioError(_errors(log))
    return DeskCase(
        problem=problem,
        result=result,
        shows_year=laid.shows_year,
        score_notes=(*building.notes, *score_notes(problem, result, tables)),
        notes=(*building.pair_notes, *other_notes(scenario, problem, result)),
        hashes=tables.hashes(),
    )


def desk_people(scenario: Scenario, ask: DeskAsk, *, policy_name: str, policy: PolicyRules) -> DeskProblem:
    """
    Who is to be assessed, before anything is judged: numbers that the rules need may still be missing.

    Raises
    ------
    ScenarioError
        With every cell that cannot be read.
    """
    laid = _laid_out(scenario, ask, policy_name=policy_name, policy=policy, assignment=None)
    if laid.log.has_errors:
        raise ScenarioError(_errors(laid.log))
    return laid.problem


@dataclass(frozen=True, kw_only=True)
class _Laid:
    """The tables as a problem, and what is wrong with them so far."""

    tables: Tables
    building: Building
    problem: DeskProblem
    shows_year: bool
    log: IssueLog


def _laid_out(
    scenario: Scenario, ask: DeskAsk, *, policy_name: str, policy: PolicyRules, assignment: Assignment | None
) -> _Laid:
    log = IssueLog()
    tables = _tables(ask, log)
    if tables is None:
        raise ScenarioError(_errors(log))
    months = _months(tables.panel, ask, log)
    if not months:
        raise ScenarioError(_errors(log))
    shows_year = ask.shows_year or months[-1].endswith("-12")
    building = Building(scenario, tables, months, log)
    problem = building.problem(
        policy_name=policy_name,
        policy=policy,
        first_year=ask.first_year or int(months[0][:4]),
        assignment=assignment,
        unwilling=ask.unwilling,
        redistribute=ask.redistribute,
        pair_rules=ask.pair_rules,
        seed=scenario.seed if ask.seed is None else ask.seed,
        shows_year=shows_year,
    )
    return _Laid(tables=tables, building=building, problem=problem, shows_year=shows_year, log=log)


def _errors(log: IssueLog) -> list[Issue]:
    return [issue for issue in log.issues() if issue.severity == "error"]


def _tables(ask: DeskAsk, log: IssueLog) -> Tables | None:
    panel = read_panel(ask.panel, log)
    judgements = None if ask.judgements is None else read_judgements(ask.judgements, log)
    committee = None if ask.committee is None else read_committee(ask.committee, log)
    pairs = None if ask.pairs is None else read_pairs(ask.pairs, log)
    supply = None if ask.supply is None else read_supply(ask.supply, log)
    if panel is None:
        return None
    return Tables(panel=panel, judgements=judgements, committee=committee, pairs=pairs, supply=supply)


def _months(panel: DeskFile[PanelRow], ask: DeskAsk, log: IssueLog) -> tuple[str, ...]:
    """From the panel's first month to the one that is assessed; empty after an issue."""
    found = sorted({row.month for row in panel.rows if row.month})
    if not found:
        return ()
    known = ", ".join(found)
    wanted = found[-1] if ask.month is None else parse_month(ask.month)
    if wanted is None:
        log.add("not_a_month", file="--month", value=ask.month)
        return ()
    if wanted < found[0]:
        log.add("no_months", file=panel.file, column=panel.header("month"), month=wanted, known=known)
        return ()
    if wanted not in found:
        log.add("missing_month", file=panel.file, column=panel.header("month"), month=wanted, known=known)
        return ()
    if ask.first_year is not None and int(found[0][:4]) < ask.first_year:
        log.add("before_policy", file=panel.file, value=found[0], month=found[0], year=ask.first_year)
        return ()
    return tuple(month_after(found[0], ahead) for ahead in range(months_between(found[0], wanted) + 1))
