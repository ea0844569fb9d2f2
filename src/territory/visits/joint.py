"""Visits that two people make together: on which day and when both can be there, at the least extra drive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from territory.domain.visit_plan import VisitPlan
from territory.errors import VerificationError
from territory.language import Text
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, SECONDS_PER_MIN, IntArray
from territory.verify import Violation, listed
from territory.visits._joint_day import Booked, DayPlan, JointDay, clock_faults, day_plans, drives_to
from territory.visits._replay import positions
from territory.visits.model import VisitsProblem

__all__ = ["JointDay", "JointResult", "JointVisit", "Unmet", "Wish", "check_joint", "joint_visits"]

GRID_S = 5 * SECONDS_PER_MIN
NO_SKILL = Text(
    en="no two people have the skills; name partners with them or train one", zh="没有两人具备所需技能;请指定或培训搭档"
)
NO_DAY = Text(
    en="the two never work on a day on which the outlet is open and may be visited",
    zh="两人没有在该客户营业且可拜访的日子同时上班",
)
NO_TIME = Text(
    en="on every common day one of the two has no room; shorten the visit, free a day or allow more partners",
    zh="所有共同工作日中至少一人没有时间;请缩短拜访、腾出一天或增加可选搭档",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """
    An outlet that wants two people at once; outlet and reps in scenario positions.

    Attributes
    ----------
    skills
        What each of the two must have, in either order; empty for nothing.
    partners
        Who may come along; None: everybody.
    service_s
        Seconds the visit takes with both; None: as long as any visit of the outlet.
    days
        Days of the cycle, 0 to 27; None: all.
    """

    outlet: int
    skills: tuple[str, str] = ("", "")
    partners: tuple[int, ...] | None = None
    service_s: int | None = None
    days: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class JointVisit:
    """
    A visit of two reps, in scenario positions: who visits the outlet anyway, and who comes along.

    Attributes
    ----------
    extra_drive_s
        Seconds more than in the plan, both reps together.
    is_planned
        A visit of the plan that becomes a joint one; otherwise it is one more visit.
    """

    outlet: int
    reps: tuple[int, int]
    day: int
    start_s: int
    service_s: int
    extra_drive_s: int
    is_planned: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmet:
    """A wish without a place, and why."""

    outlet: int
    reason: Text


@dataclass(frozen=True, kw_only=True)
class JointResult:
    """The joint visits, the wishes without one, and every day that they change."""

    visits: tuple[JointVisit, ...]
    unmet: tuple[Unmet, ...]
    days: tuple[JointDay, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """A way to have both there: local reps, the day, positions in their days; `at[0]` of a planned visit is its own."""

    extra_s: int
    day: int
    reps: tuple[int, int]
    at: tuple[int, int]
    is_planned: bool

    @property
    def order(self) -> tuple[object, ...]:
        """Least extra drive first, then the earliest day, a planned visit rather than another one."""
        return (self.extra_s, self.day, not self.is_planned, self.reps, self.at)


def joint_visits(problem: VisitsProblem, plan: VisitPlan, wanted: Sequence[Wish]) -> JointResult:
    """
    A day and a start for each wish, one after the other in the order given; the rest of the plan keeps its order.

    Raises
    ------
    ValueError
        When an outlet is wished for twice, or is not in the problem.
    VerificationError
        When the checker finds a fault: a bug.

    Notes
    -----
    Where the plan visits the outlet, one of these visits becomes the joint one and the partner's day gets a stop;
    elsewhere both get one. Joint visits start on whole five minutes. Among all pairs with the skills, days and places
    in both days, the first in order of extra drive at which both days can be driven (windows, lunch, shift, joint
    visits agreed before) is taken: for one wish and this grid the least extra drive there is.
    """
    asked = [wish.outlet for wish in wanted]
    if len(set(asked)) < len(asked) or not np.isin(asked, problem.outlet_idcs).all():
        raise ValueError("one wish per outlet, and outlets of the problem only")
    days = day_plans(problem, plan)
    visits, unmet = [], []
    for wish in wanted:
        found = _placed(problem, days, wish)
        if isinstance(found, Text):
            unmet.append(Unmet(outlet=wish.outlet, reason=found))
        else:
            visits.append(found)
    changed = tuple(days[key].timed(problem) for key in sorted(days) if days[key].is_changed)
    result = JointResult(visits=tuple(visits), unmet=tuple(unmet), days=changed)
    faults = check_joint(problem, plan, wanted, result)
    if faults:
        raise VerificationError(f"the joint visits break rules: {listed(faults)}")
    return result


def _placed(problem: VisitsProblem, days: dict[tuple[int, int], DayPlan], wish: Wish) -> JointVisit | Text:
    """The best place of a wish, booked in both days; or why there is none."""
    outlet = int(positions(problem.outlet_idcs, np.array([wish.outlet]))[0])
    service_s = int(problem.service_s[outlet]) if wish.service_s is None else wish.service_s
    if not any(True for _ in _pairs(problem, days, wish, outlet)):
        return NO_SKILL
    places = sorted(_places(problem, days, wish, outlet), key=lambda place: place.order)
    if not places:
        return NO_DAY
    known: dict[tuple[int, int, int], list[int]] = {}
    booked = Booked(outlet=outlet, service_s=service_s)

    def starts(place: _Place, which: int) -> list[int]:
        key = (place.reps[which], place.day, place.at[which])
        if key not in known:
            day, grid = days[key[:2]], list(_grid(problem, outlet, place.day))
            is_own = which == 0 and place.is_planned
            known[key] = day.starts_s(problem, place.at[which], booked, grid, instead=is_own)
        return known[key]

    for place in places:
        common = set(starts(place, 0)) & set(starts(place, 1)) if starts(place, 0) else set()
        if not common:
            continue
        own = days[place.reps[0], place.day]
        near_s = own.start_s[place.at[0]] if place.is_planned else 0
        start_s = min(common, key=lambda start: (abs(start - near_s), start))
        booked = replace(booked, start_s=start_s)
        own.book(place.at[0], booked, instead=place.is_planned)
        days[place.reps[1], place.day].book(place.at[1], booked, instead=False)
        return JointVisit(
            outlet=wish.outlet,
            reps=(int(problem.rep_idcs[place.reps[0]]), int(problem.rep_idcs[place.reps[1]])),
            day=place.day,
            start_s=start_s,
            service_s=service_s,
            extra_drive_s=place.extra_s,
            is_planned=place.is_planned,
        )
    return NO_TIME


def _grid(problem: VisitsProblem, outlet: int, day: int) -> Iterator[int]:
    """Starts on whole five minutes inside the outlet's windows."""
    for opens_s, closes_s in problem.windows_s[outlet, day % DAYS_PER_WEEK].tolist():
        if opens_s >= 0:
            yield from range(-(-opens_s // GRID_S) * GRID_S, closes_s + 1, GRID_S)


def _covers(problem: VisitsProblem, reps: tuple[int, int], skills: tuple[str, str]) -> bool:
    """Two people who have the two skills, one each."""
    one, other = (problem.rep_skills[rep] | {""} for rep in reps)
    return reps[0] != reps[1] and (
        (skills[0] in one and skills[1] in other) or (skills[1] in one and skills[0] in other)
    )


def _pairs(
    problem: VisitsProblem, days: dict[tuple[int, int], DayPlan], wish: Wish, outlet: int
) -> Iterator[tuple[int, int]]:
    """Who visits the outlet (or may), with everybody who may come along and has what is missing."""
    visiting = {rep for (rep, _), day in days.items() if outlet in day.outlets}
    partners = (
        range(problem.num_reps)
        if wish.partners is None
        else [at for at in positions(problem.rep_idcs, np.array(wish.partners, dtype=np.int64)).tolist() if at >= 0]
    )
    for own in sorted(visiting) or problem.reps_of(outlet):
        for partner in partners:
            if _covers(problem, (own, partner), wish.skills):
                yield (own, partner)


def _places(problem: VisitsProblem, days: dict[tuple[int, int], DayPlan], wish: Wish, outlet: int) -> Iterator[_Place]:
    """All days, pairs and positions; nothing is said of the clock yet."""
    is_planned = any(outlet in day.outlets for day in days.values())
    open_days = {day for day in range(DAYS_PER_CYCLE) if problem.is_open[outlet, day % DAYS_PER_WEEK]}
    detours: dict[tuple[int, int], list[int]] = {}
    for own, partner in _pairs(problem, days, wish, outlet):
        for day in sorted(open_days if wish.days is None else open_days & set(wish.days)):
            if (own, day) not in days or (partner, day) not in days or outlet in days[partner, day].outlets:
                continue
            if is_planned and outlet not in days[own, day].outlets:
                continue
            for rep in (own, partner):
                if (rep, day) not in detours:
                    detours[rep, day] = days[rep, day].detours_s(problem, outlet)
            if not is_planned:
                mine = list(enumerate(detours[own, day]))
            else:
                mine = [(days[own, day].outlets.index(outlet), 0)]
            for at, extra_s in mine:
                for there, more_s in enumerate(detours[partner, day]):
                    yield _Place(
                        extra_s=extra_s + more_s,
                        day=day,
                        reps=(own, partner),
                        at=(at, there),
                        is_planned=is_planned,
                    )


def check_joint(
    problem: VisitsProblem, plan: VisitPlan, wanted: Sequence[Wish], result: JointResult
) -> tuple[Violation, ...]:
    """Everything that joint visits break, from the problem and the plan alone."""
    found: list[Violation] = []

    def fault(rule: str, subject: str, amount: float = 1.0, unit: str = "visits") -> None:
        found.append(Violation(rule=rule, subject=subject, amount=amount, unit=unit))

    left = sorted([visit.outlet for visit in result.visits] + [wish.outlet for wish in result.unmet])
    if left != sorted(wish.outlet for wish in wanted):
        fault("joint_wanted", "visits and unmet wishes are not the wishes")
    wishes = {wish.outlet: wish for wish in wanted}
    rows = {(day.rep_idx, day.day): day for day in result.days}
    works = problem.works_on()
    for visit in result.visits:
        name = f"outlet row {visit.outlet}"
        if visit.outlet not in wishes:
            continue
        wish, outlet = wishes[visit.outlet], int(positions(problem.outlet_idcs, np.array([visit.outlet]))[0])
        local = positions(problem.rep_idcs, np.array(visit.reps))
        if (local < 0).any() or not _covers(problem, (int(local[0]), int(local[1])), wish.skills):
            fault("joint_skills", name)
            continue
        if wish.partners is not None and visit.reps[1] not in wish.partners:
            fault("joint_partner", name)
        off = (wish.days is not None and visit.day not in wish.days) or not works[local, visit.day].all()
        if off or visit.start_s not in _grid(problem, outlet, visit.day):
            fault("joint_day", name)
        for rep in visit.reps:
            row = rows.get((rep, visit.day))
            if row is None or (visit.outlet, visit.start_s, visit.service_s) not in row.stops():
                fault("joint_together", f"{name} rep row {rep}")
    extra_s = 0
    for row in result.days:
        name = f"rep row {row.rep_idx} day {row.day}"
        joint = [v.outlet for v in result.visits if v.day == row.day and row.rep_idx in v.reps]
        kept = [outlet for outlet in row.outlet_idx if outlet not in joint]
        stops = plan.stops_of(row.rep_idx, row.day)
        if kept != [outlet for outlet in plan.outlet_idx[stops].tolist() if outlet not in joint]:
            fault("joint_rest", name)
        if sorted(outlet for outlet in row.outlet_idx if outlet in joint) != sorted(joint):
            fault("joint_stops", name)
        found.extend(clock_faults(problem, row))
        extra_s += drives_to(problem, row.rep_idx, row.outlet_idx) - _planned_drive_s(plan, row, stops)
    claimed_s = sum(visit.extra_drive_s for visit in result.visits)
    if extra_s != claimed_s:
        fault("joint_drive", "extra drive", abs(extra_s - claimed_s) / SECONDS_PER_MIN, "min")
    return tuple(found)


def _planned_drive_s(plan: VisitPlan, row: JointDay, stops: IntArray) -> int:
    """Seconds driven on this day in the plan."""
    home = plan.return_drive_s[(plan.route_rep_idx == row.rep_idx) & (plan.route_day == row.day)]
    return int(plan.drive_s[stops].sum() + home.sum())
