"""A review as rows of tables and as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import fields

from territory.domain.panel import VisitCounts
from territory.language import Lang
from territory.review import Fate, History, OwedVisit, Review, Totals, replan_events

EVENT_COLUMNS = ("kind", "id", "date", "name", "served_by", "why")
VISIT_COLUMNS = (
    "outlet_id",
    "name",
    "tier",
    "rep_id",
    "date",
    "first_date",
    "fate",
    "standing",
    "made_on",
    "made_by",
    "cause",
    "reason",
    "note",
    "overtaken_on",
    "due",
    "planned_on",
    "record",
)


def event_rows(history: History, seen: Review, now: dt.date | None = None) -> list[dict[str, object]]:
    """Rows of a table of events for `territory replan`: debts that no plan has given a new day yet."""
    return [
        {
            "kind": one.kind,
            "id": one.outlet_id,
            "date": one.date.isoformat(),
            "name": seen.outlet_name(one.outlet_id),
            "served_by": history.outlets[one.outlet_id].rep_id,
            "why": one.why,
        }
        for one in replan_events(history, seen.ledger, now or seen.today)
    ]


def total_row(row: Totals) -> dict[str, object]:
    """One rep, team or all as a row."""
    cells: dict[str, object] = {"rep_id": row.rep_id, "name": row.name, "team_id": row.team_id}
    cells |= {f"visits_{field.name}": getattr(row.visits, field.name) for field in fields(row.visits)}
    share, goals = row.visits.compliance, row.goal_completion
    cells["compliance"] = None if share is None else round(share, 4)
    for name in _PLAIN:
        cells[name] = getattr(row, name)
    cells["goal_completion"] = None if goals is None else round(goals, 4)
    for tier, visits in row.by_tier.items():
        cells |= {f"visits_{name}:{tier}": getattr(visits, name) for name in ("planned", "made", "made_up", "missed")}
    return cells


_PLAIN = (
    "waiting",
    "overtaken",
    "gone",
    "moved",
    "added",
    "closed",
    "extra",
    "debts",
    "overdue",
    "sheets_due",
    "sheets_received",
    "sheets_late",
    "days_planned",
    "days_worked",
    "tasks_set",
    "tasks_done",
    "problems_opened",
    "problems_closed",
    "problems_open",
)


def visit_row(seen: Review, visit: OwedVisit) -> dict[str, object]:
    """One owed visit as a row."""
    return {
        "outlet_id": visit.outlet_id,
        "name": seen.outlet_name(visit.outlet_id),
        "tier": visit.tier,
        "rep_id": visit.rep_id,
        "date": visit.date.isoformat(),
        "first_date": visit.first_date.isoformat(),
        "fate": visit.fate.value,
        "standing": visit.standing.value,
        "made_on": _iso(visit.made_on),
        "made_by": visit.made_by,
        "cause": visit.cause.value,
        "reason": visit.reason,
        "note": visit.note,
        "overtaken_on": _iso(visit.overtaken_on),
        "due": _iso(visit.due),
        "planned_on": _iso(visit.planned_on),
        "record": visit.entry or "",
    }


def _iso(date: dt.date | None) -> str:
    return "" if date is None else date.isoformat()


GOAL_COLUMNS = ("rep_id", "team_id", "key", "goal", "actual", "set", "reported", "met", "completion")
PROBLEM_COLUMNS = ("key", "rep_id", "opened_week", "closed_week", "date", "text", "measure")
DAY_COLUMNS = (
    "date", "rep_id", "planned", "made", "made_up", "missed", "indicators", "adhoc", "problem", "improvement",
)  # fmt: skip
REMARK_COLUMNS = ("record", "sheet_id", "source", "code", "outlet_id", "date", "remark")


def goal_rows(rows: Sequence[Totals]) -> list[dict[str, object]]:
    """Goals of every row by key."""
    return [
        {
            "rep_id": row.rep_id,
            "team_id": row.team_id,
            "key": goal.key,
            "goal": round(goal.goal, 4),
            "actual": round(goal.actual, 4),
            "set": goal.num_set,
            "reported": goal.num_reported,
            "met": goal.num_met,
            "completion": None if goal.completion is None else round(goal.completion, 4),
        }
        for row in rows
        for goal in row.goals
    ]


def problem_rows(seen: Review) -> list[dict[str, object]]:
    """The list of problems."""
    return [
        {
            "key": one.key,
            "rep_id": one.rep_id,
            "opened_week": one.opened_week,
            "closed_week": one.closed_week,
            "date": _iso(one.date),
            "text": one.text,
            "measure": one.measure,
        }
        for one in seen.problems
    ]


def day_rows(seen: Review) -> list[dict[str, object]]:
    """Panel 3 of every sheet, with the day's visits."""
    found = []
    for line in seen.days:
        said = line.said
        found.append(
            {
                "date": line.date.isoformat(),
                "rep_id": line.rep_id,
                "planned": line.visits.planned,
                "made": line.visits.made,
                "made_up": line.visits.made_up,
                "missed": line.visits.missed,
                "indicators": "" if said is None else said.indicators,
                "adhoc": "" if said is None else said.adhoc,
                "problem": "" if said is None else said.problem,
                "improvement": "" if said is None else said.improvement,
            }
        )
    return found


def remark_rows(seen: Review, lang: Lang) -> list[dict[str, object]]:
    """What a person should look at."""
    return [
        {
            "record": one.entry,
            "sheet_id": one.sheet_id,
            "source": one.source,
            "code": one.code,
            "outlet_id": one.outlet_id,
            "date": _iso(one.date),
            "remark": one.text.in_(lang),
        }
        for one in seen.remarks
    ]


def review_json(seen: Review) -> dict[str, object]:
    """The review as plain values, for `--json` and review.json."""
    closing = seen.closing
    return {
        "period": {
            "kind": seen.period.kind,
            "name": seen.period.name,
            "first": seen.period.first,
            "last": seen.period.last,
        },
        "today": seen.today,
        "closed": None
        if closing is None
        else {"who": closing.who, "when": closing.when.isoformat(), "why": closing.why},
        "rows": [total_row(row) for row in seen.rows],
        "debts": [{**visit_row(seen, debt), "overdue": seen.is_overdue(debt)} for debt in seen.debts],
        "made_up": [visit_row(seen, visit) for visit in seen.made_up],
        "short": [visit_row(seen, visit) for visit in seen.short],
        "goals": goal_rows(seen.rows),
        "problems": problem_rows(seen),
        "outstanding": [{"rep_id": rep_id, "iso_week": week} for rep_id, week in seen.outstanding],
        "changes_since_closing": [
            {"rep_id": one.rep_id, "closed": _counts(one.closed), "now": _counts(one.now)} for one in seen.changes
        ],
        "unplaced": [
            {"outlet_id": one.outlet_id, "rep_id": one.rep_id, "visits": one.visits, "reason": one.reason}
            for one in seen.unplaced
        ],
        "remarks": [
            {"record": one.entry, "sheet_id": one.sheet_id, "code": one.code, "en": one.text.en, "zh": one.text.zh}
            for one in seen.remarks
        ],
        "pending": sum(visit.fate is Fate.PENDING for visit in seen.visits),
    }


def _counts(counts: VisitCounts) -> dict[str, int]:
    return {field.name: getattr(counts, field.name) for field in fields(counts)}
