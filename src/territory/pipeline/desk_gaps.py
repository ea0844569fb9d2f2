"""Cells that the rules need and nobody filled in, and pairs that overlap, with the rows a spreadsheet shows."""

from __future__ import annotations

from territory.desk import DeskProblem, DeskResult
from territory.desk.gaps import Gap, gaps
from territory.desk.model import month_after
from territory.io.desk_tables import DeskFile, PairRow
from territory.io.issues import IssueLog
from territory.pipeline.desk_building import Tables

Told = set[tuple[str, int | None, str | None]]


def log_gaps(problem: DeskProblem, tables: Tables, log: IssueLog) -> None:
    """An issue for every gap; a cell that could not be read has one already, a missing row gets one for all columns."""
    told = {(issue.file, issue.row, issue.column) for issue in log.issues()}
    rows: dict[tuple[str, str, str], list[str]] = {}
    for gap in gaps(problem):
        if gap.table == "panel":
            _panel_gap(gap, problem, tables, log, told)
        elif gap.table == "pairs":
            _pair_gap(gap, problem, tables, log, told)
        else:
            _table_gap(gap, problem, tables, log, told, rows)
    for (file, rep_id, when), columns in rows.items():
        log.add("needed_row", file=file, value=rep_id, what=", ".join(columns), rep=rep_id, month=when)


def _panel_gap(gap: Gap, problem: DeskProblem, tables: Tables, log: IssueLog, told: Told) -> None:
    panel, month = tables.panel, problem.months[gap.month]
    if not gap.column:
        log.add("no_source", file=panel.file, value=month, month=month)
        return
    rep_id = problem.rep_ids[gap.person]
    row = next(row.row for row in panel.rows if row.month == month and row.rep_id == rep_id)
    if (panel.file, row, panel.header(gap.column)) in told:
        return
    log.add(
        "needed_cell",
        file=panel.file,
        row=row,
        column=panel.header(gap.column),
        value="",
        rep=rep_id,
        month=month,
    )


def _table_gap(
    gap: Gap,
    problem: DeskProblem,
    tables: Tables,
    log: IssueLog,
    told: Told,
    missing: dict[tuple[str, str, str], list[str]],
) -> None:
    """A missing judgement or a missing point of a member of the committee; those without a row are collected."""
    rep_id = problem.rep_ids[gap.person]
    if gap.table == "judgements" and tables.judgements is not None:
        file, when = tables.judgements.file, problem.months[gap.month]
        header = tables.judgements.header(gap.column)
        rows = [r.row for r in tables.judgements.rows if r.rep_id == rep_id and r.month == when]
    elif tables.committee is not None:
        file, when, header = tables.committee.file, str(gap.year), tables.committee.header(gap.column)
        rows = [r.row for r in tables.committee.rows if r.rep_id == rep_id and r.year == gap.year]
    else:
        return
    if not rows:
        missing.setdefault((file, rep_id, when), []).append(header)
    elif (file, rows[0], header) not in told:
        log.add("needed_cell", file=file, row=rows[0], column=header, value="", rep=rep_id, month=when)


def _pair_gap(gap: Gap, problem: DeskProblem, tables: Tables, log: IssueLog, told: Told) -> None:
    if tables.pairs is None:
        return
    row = _row_of(problem, tables.pairs, gap.pair)
    if (tables.pairs.file, row.row, tables.pairs.header("score_at_start")) in told:
        return
    log.add(
        "start_unknown",
        file=tables.pairs.file,
        row=row.row,
        column=tables.pairs.header("score_at_start"),
        value="",
        rep=row.mentee_id,
    )


def log_overlaps(problem: DeskProblem, result: DeskResult, tables: Tables, log: IssueLog) -> None:
    """An issue for everybody whom the rules keep in one pair while another one of theirs is judged, too."""
    if tables.pairs is None:
        return
    told: set[tuple[int, int, int]] = set()
    in_pair: dict[tuple[int, int], int] = {}
    for verdict in sorted(result.pairs.verdicts, key=lambda v: (v.month, problem.pairs[v.pair].since, v.pair)):
        pair = problem.pairs[verdict.pair]
        for person in (pair.mentor, pair.mentee):
            earlier = in_pair.setdefault((verdict.month, person), verdict.pair)
            if earlier == verdict.pair or (earlier, verdict.pair, person) in told:
                continue
            told.add((earlier, verdict.pair, person))
            row, rep_id = _row_of(problem, tables.pairs, verdict.pair), problem.rep_ids[person]
            log.add(
                "pair_overlaps",
                file=tables.pairs.file,
                row=row.row,
                column=tables.pairs.header("mentor_id" if row.mentor_id == rep_id else "mentee_id"),
                value=rep_id,
                rep=rep_id,
                month=problem.months[verdict.month],
                first=_row_of(problem, tables.pairs, earlier).row,
            )


def _row_of(problem: DeskProblem, file: DeskFile[PairRow], at: int) -> PairRow:
    pair = problem.pairs[at]
    ids = (problem.rep_ids[pair.mentor], problem.rep_ids[pair.mentee])
    since = month_after(problem.months[0], pair.since)
    return next(row for row in file.rows if (row.mentor_id, row.mentee_id, row.since) == (*ids, since))
