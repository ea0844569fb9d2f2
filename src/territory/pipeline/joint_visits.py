"""Visits of two reps at once: wishes as people write them in, tables out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from territory.domain.columns import NONE
from territory.errors import Issue, ScenarioError
from territory.io import write_rows
from territory.language import Lang, Text
from territory.pipeline.names import nearest
from territory.pipeline.visit_replanning import Running
from territory.units import DAYS_PER_WEEK, MIN_PER_DAY, SECONDS_PER_MIN, WEEKDAYS_EN, WEEKDAYS_ZH, format_clock
from territory.visits.joint import JointResult, JointVisit, Wish, joint_visits
from territory.visits.planning import planned_service_s

JOINT_COLUMNS = (
    *("outlet_id", "name", "date", "weekday", "start", "service_min", "rep_id", "partner_id"),
    *("is_planned", "extra_drive_min", "reason"),
)
DAY_COLUMNS = ("rep_id", "date", "weekday", "order", "outlet_id", "start", "service_min", "leave", "lunch", "return")
_OPTION = "--wish"


def joint_of(running: Running, texts: Sequence[str]) -> JointResult:
    """
    The joint visits wished for, each written as OUTLET, OUTLET:REP or OUTLET:REP:MINUTES.

    Raises
    ------
    ScenarioError
        With everything that is wrong with the wishes.
    """
    reader = _Reader(running=running)
    wishes = [wish for text in texts if (wish := reader.wish(text)) is not None]
    if not texts:
        reader.reject(
            "",
            Text("nothing is wished for", "没有填写需求"),
            Text("Write an outlet and who comes along, such as A0017:R02", "请填写客户与同行人,例如 A0017:R02"),
        )
    if reader.issues:
        raise ScenarioError(reader.issues)
    return joint_visits(running.problem, running.plan, wishes)


def write_joint(running: Running, found: JointResult, target: Path, lang: Lang) -> None:
    """joint.csv: every wish, with its day or the reason why there is none; joint_days.csv: every day that changes."""
    write_rows(joint_rows(running, found, lang), target / "joint.csv", columns=JOINT_COLUMNS)
    write_rows(day_rows(running, found, lang), target / "joint_days.csv", columns=DAY_COLUMNS)


def joint_rows(running: Running, found: JointResult, lang: Lang) -> list[dict[str, object]]:
    """One row per wish; those without a place last."""
    outlets = running.scenario.outlets
    rows = [_row(running, visit, lang) for visit in found.visits]
    for unmet in found.unmet:
        row: dict[str, object] = dict.fromkeys(JOINT_COLUMNS)
        row |= {"outlet_id": outlets.outlet_ids[unmet.outlet], "name": outlets.names[unmet.outlet]}
        rows.append(row | {"reason": unmet.reason.in_(lang)})
    return rows


def _row(running: Running, visit: JointVisit, lang: Lang) -> dict[str, object]:
    outlets, reps = running.scenario.outlets, running.scenario.reps
    return {
        "outlet_id": outlets.outlet_ids[visit.outlet],
        "name": outlets.names[visit.outlet],
        **_date(running, visit.day, lang),
        "start": _clock(visit.start_s),
        "service_min": round(visit.service_s / SECONDS_PER_MIN, 2),
        "rep_id": reps.rep_ids[visit.reps[0]],
        "partner_id": reps.rep_ids[visit.reps[1]],
        "is_planned": visit.is_planned,
        "extra_drive_min": round(visit.extra_drive_s / SECONDS_PER_MIN, 2),
        "reason": None,
    }


def day_rows(running: Running, found: JointResult, lang: Lang) -> list[dict[str, object]]:
    """Every stop of the days that change, in driving order."""
    outlets, reps = running.scenario.outlets, running.scenario.reps
    return [
        {
            "rep_id": reps.rep_ids[day.rep_idx],
            **_date(running, day.day, lang),
            "order": order,
            "outlet_id": outlets.outlet_ids[outlet],
            "start": _clock(start_s),
            "service_min": round(service_s / SECONDS_PER_MIN, 2),
            "leave": _clock(day.leave_s),
            "lunch": None if day.lunch_s == NONE else _clock(day.lunch_s),
            "return": _clock(day.return_s),
        }
        for day in found.days
        for order, (outlet, start_s, service_s) in enumerate(day.stops(), start=1)
    ]


def _date(running: Running, day: int, lang: Lang) -> dict[str, object]:
    weekdays = WEEKDAYS_ZH if lang == "zh" else WEEKDAYS_EN
    return {"date": running.scenario.calendar.date_of(day).isoformat(), "weekday": weekdays[day % DAYS_PER_WEEK]}


def _clock(seconds: int) -> str:
    return format_clock(seconds / SECONDS_PER_MIN)


@dataclass(kw_only=True)
class _Reader:
    """Reads wishes; what is wrong is collected."""

    running: Running
    issues: list[Issue] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def wish(self, text: str) -> Wish | None:
        """One wish, or its issues."""
        parts = [part.strip() for part in text.replace("\uff1a", ":").split(":")]
        if len(parts) > 3 or not parts[0]:
            self.reject(
                text,
                Text("this is no wish", "格式不正确"),
                Text("Write OUTLET:REP or OUTLET:REP:MINUTES", "请写成 客户:客户经理 或 客户:客户经理:分钟"),
            )
            return None
        name, partner, minutes = (*parts, "", "")[:3]
        before = len(self.issues)
        outlet, rep = self._outlet(text, name), self._partner(text, partner)
        service_s = self._service_s(text, minutes)
        if outlet is not None and rep is not None and self._visits_alone(outlet, rep):
            self.reject(
                text,
                Text(f"{partner} visits {name} anyway", f"{partner} 本来就拜访 {name}"),
                Text("Name somebody else to come along", "请指定另一名同行人"),
            )
        if outlet is None or len(self.issues) > before:
            return None
        return Wish(outlet=outlet, partners=None if rep is None else (rep,), service_s=service_s)

    def reject(self, value: str, problem: Text, remedy: Text) -> None:
        """One thing that is wrong."""
        self.issues.append(
            Issue(code="bad_wish", file=_OPTION, row=None, column=None, value=value, problem=problem, remedy=remedy)
        )

    def _outlet(self, text: str, name: str) -> int | None:
        known = self.running.scenario.outlets.outlet_ids
        if name not in known:
            self.reject(text, Text(f"there is no outlet {name!r}", f"没有客户 {name!r}"), nearest(name, known))
            return None
        outlet = known.index(name)
        if outlet not in self.running.problem.outlet_idcs:
            self.reject(
                text,
                Text("nobody serves this outlet", "该客户无人服务"),
                Text("Give it a rep in assignment.csv", "请在 assignment.csv 中指定客户经理"),
            )
            return None
        if outlet in self.seen:
            self.reject(
                text,
                Text("the outlet is wished for twice", "该客户重复填写"),
                Text("Keep one wish per outlet", "每个客户只保留一条"),
            )
            return None
        self.seen.add(outlet)
        return outlet

    def _partner(self, text: str, name: str) -> int | None:
        known = self.running.scenario.reps.rep_ids
        if not name:
            return None
        if name not in known:
            self.reject(text, Text(f"there is no rep {name!r}", f"没有客户经理 {name!r}"), nearest(name, known))
            return None
        return known.index(name)

    def _service_s(self, text: str, minutes: str) -> int | None:
        if not minutes:
            return None
        try:
            value = float(minutes)
        except ValueError:
            value = NONE
        if not 0 < value < MIN_PER_DAY:
            self.reject(
                text,
                Text(f"{minutes!r} is no number of minutes", f"{minutes!r} 不是分钟数"),
                Text("Write for instance 30", "例如可写 30"),
            )
            return None
        return planned_service_s(self.running.problem.rules, value)

    def _visits_alone(self, outlet: int, rep: int) -> bool:
        """Nobody else than this rep visits the outlet, or may."""
        plan, problem = self.running.plan, self.running.problem
        visiting = set(plan.rep_idx[plan.outlet_idx == outlet].tolist())
        if not visiting:
            local = int(np.flatnonzero(problem.outlet_idcs == outlet)[0])
            visiting = set(problem.rep_idcs[list(problem.reps_of(local))].tolist())
        return visiting == {rep}
