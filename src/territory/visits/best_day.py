"""The best day for one more visit, or a whole pattern of visits, in a plan as it stands: detours in minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from territory.domain.columns import NONE, Labels
from territory.domain.promises import Promises
from territory.domain.travel import Places
from territory.domain.visit_plan import VisitPlan
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, SECONDS_PER_MIN, BoolArray, IntArray
from territory.visits._insertion import OneMore, RouteOfDay, shortest_detour
from territory.visits._reasons import NEVER, Windows, windows_on
from territory.visits._replay import positions
from territory.visits.model import DaySet, VisitsProblem

ANYTIME: Windows = ((0, NEVER),)
NEAREST = 10  # a new place is offered to the reps of so many outlets around it


class Obstacle(StrEnum):
    """Why a day does not take the visit."""

    DAY_OFF = "day_off"
    CLOSED = "closed"
    PLANNED = "planned"  # the outlet is visited on that day already
    TOO_FAR = "too_far"
    WINDOW = "window"
    NO_TIME = "no_time"
    CARRY = "carry"


@dataclass(frozen=True, kw_only=True, eq=False)
class NewPlace:
    """
    An outlet that is in no plan yet.

    Attributes
    ----------
    place
        One place.
    service_s
        Seconds one visit takes, service and access.
    windows_s
        Seconds after midnight, shape (7, 2, 2); -1 where there is no window.
    """

    place: Places
    service_s: int
    windows_s: IntArray

    def __post_init__(self) -> None:
        if len(self.place) != 1 or self.windows_s.shape != (DAYS_PER_WEEK, 2, 2):
            raise ValueError("a new place is one place with windows of shape (7, 2, 2)")


@dataclass(frozen=True, kw_only=True, slots=True)
class DayOffer:
    """
    One more visit on a rep's day.

    Attributes
    ----------
    detour_s
        Seconds of driving it adds; 0 when it does not fit.
    position
        After how many of the day's stops; -1 when it does not fit.
    obstacle
        Why it does not fit; None when it does.
    """

    rep_idx: int
    day: int
    detour_s: int = 0
    position: int = NONE
    obstacle: Obstacle | None = None

    @property
    def fits(self) -> bool:
        """The visit can be made without moving another."""
        return self.obstacle is None

    @property
    def detour_min(self) -> float:
        """Minutes of driving it adds."""
        return self.detour_s / SECONDS_PER_MIN


@dataclass(frozen=True, kw_only=True, slots=True)
class PatternOffer:
    """
    All visits of a cycle by one rep on a legal set of days; detours added up.

    Attributes
    ----------
    price_s
        Drive seconds that the rules put on these days and this rep (`price_weekday_min` and the like).
    """

    rep_idx: int
    days: DaySet
    detour_s: int
    price_s: int = 0

    @property
    def detour_min(self) -> float:
        """Minutes of driving per cycle."""
        return self.detour_s / SECONDS_PER_MIN

    @property
    def price_min(self) -> float:
        """Minutes per cycle that the rules add."""
        return self.price_s / SECONDS_PER_MIN


@dataclass(frozen=True, kw_only=True)
class BestDays:
    """
    Where a visit goes, best first.

    Attributes
    ----------
    days
        Every day of every rep who may come: those that fit by detour, then the others by day.
    patterns
        Legal sets of days on all of which it fits, by detour and price; empty unless a frequency was asked for.
    """

    days: tuple[DayOffer, ...]
    patterns: tuple[PatternOffer, ...] = field(default=())


def best_days(
    problem: VisitsProblem,
    plan: VisitPlan,
    wanted: int | NewPlace,
    *,
    reps: Sequence[int] | None = None,
    days: Sequence[int] = range(DAYS_PER_CYCLE),
    frequency: int | None = None,
) -> BestDays:
    """
    Every day ranked for one more visit; nothing else in the plan moves.

    Parameters
    ----------
    wanted
        An outlet of the problem, position in the scenario, or a new place.
    reps
        Positions in the scenario. Default: those who may visit the outlet, and the reps around a new place.
    days
        Days of the cycle to look at.
    frequency
        Visits per cycle of a new pattern.

    Raises
    ------
    ValueError
        When the outlet or a rep is not in the problem.
    """
    visit = _Wanted.of(problem, plan, wanted, reps)
    table = _Table(problem, plan, visit)
    offers = [table.offer(rep, day) for rep in visit.reps for day in days]
    offers.sort(key=lambda o: (not o.fits, o.detour_s, o.day, o.rep_idx))
    patterns = () if frequency is None else _patterns(problem, visit, offers, frequency)
    return BestDays(days=tuple(offers), patterns=patterns)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Wanted:
    """
    The visit to place: a place with its hours, and the reps (local) who may make it.

    Attributes
    ----------
    own_rep
        The assigned rep, local; -1 for a new place.
    """

    place: Places
    own_rep: int
    promises: Promises | None
    service_s: int
    windows_s: IntArray
    carried: int
    reps: tuple[int, ...]
    planned_on: frozenset[int]

    @classmethod
    def of(cls, problem: VisitsProblem, plan: VisitPlan, wanted: int | NewPlace, reps: Sequence[int] | None) -> _Wanted:
        chosen = None if reps is None else tuple(positions(problem.rep_idcs, np.array(reps, dtype=np.int64)).tolist())
        if chosen is not None and NONE in chosen:
            raise ValueError("a rep is not in the problem")
        if isinstance(wanted, NewPlace):
            return cls(
                place=wanted.place,
                own_rep=NONE,
                promises=None,
                service_s=wanted.service_s,
                windows_s=wanted.windows_s,
                carried=0,
                reps=_around(problem, wanted.place) if chosen is None else chosen,
                planned_on=frozenset(),
            )
        outlet = int(positions(problem.outlet_idcs, np.array([wanted]))[0])
        if outlet == NONE:
            raise ValueError(f"outlet {wanted} is not in the problem")
        return cls(
            place=problem.outlets.take(np.array([outlet])),
            own_rep=int(problem.rep_of_outlet[outlet]),
            promises=None if problem.promises is None else problem.promises.take(np.array([outlet])),
            service_s=int(problem.service_s[outlet]),
            windows_s=problem.windows_s[outlet],
            carried=0 if problem.carried is None else int(problem.carried[outlet]),
            reps=problem.reps_of(outlet) if chosen is None else chosen,
            planned_on=frozenset(plan.day[plan.outlet_idx == wanted].tolist()),
        )

    def opening(self, day: int) -> Windows:
        rows = self.windows_s[day % DAYS_PER_WEEK].tolist()
        return tuple((opens_s, closes_s) for opens_s, closes_s in rows if opens_s != NONE)


class _Table:
    """The days of the reps in question: their stops, legs, clocks."""

    def __init__(self, problem: VisitsProblem, plan: VisitPlan, visit: _Wanted) -> None:
        self.problem, self.plan, self.visit = problem, plan, visit
        self.works: BoolArray = problem.works_on()
        mine = problem.rep_idcs[list(visit.reps)]
        rows = np.flatnonzero(np.isin(plan.rep_idx, mine))
        self.stop_rows: dict[tuple[int, int], list[int]] = {}
        for row, rep_idx, day in zip(rows.tolist(), plan.rep_idx[rows].tolist(), plan.day[rows].tolist(), strict=True):
            self.stop_rows.setdefault((rep_idx, day), []).append(row)
        self.outlet_of = positions(problem.outlet_idcs, plan.outlet_idx)
        self.return_s = {
            (rep_idx, day): drive_s
            for rep_idx, day, drive_s in zip(
                plan.route_rep_idx.tolist(), plan.route_day.tolist(), plan.return_drive_s.tolist(), strict=True
            )
        }
        # one row of drives each way, for all stops and homes in question
        outlets = np.unique(self.outlet_of[rows])
        outlets = outlets[outlets != NONE]
        places = problem.outlets.take(outlets) + problem.homes.take(np.array(visit.reps, dtype=np.int64))
        there_s = problem.travel.seconds(places, visit.place)[:, 0].tolist()
        back_s = problem.travel.seconds(visit.place, places)[0].tolist()
        self.drives = dict(zip(outlets.tolist(), zip(there_s, back_s, strict=False), strict=False))
        homes = zip(there_s[len(outlets) :], back_s[len(outlets) :], strict=True)
        self.home_drives = dict(zip(visit.reps, homes, strict=True))

    def offer(self, rep: int, day: int) -> DayOffer:
        """One more visit on this day."""
        empty = DayOffer(rep_idx=int(self.problem.rep_idcs[rep]), day=day)
        obstacle = self._obstacle(rep, day)
        if obstacle is not None:
            return replace(empty, obstacle=obstacle)
        problem, visit, opening = self.problem, self.visit, self.visit.opening(day)
        rows = self.stop_rows.get((empty.rep_idx, day), [])
        stops = self.outlet_of[rows].tolist()
        home_there_s, home_back_s = self.home_drives[rep]
        legs_s = [0]
        if rows:
            legs_s = [*self.plan.drive_s[rows].tolist(), self.return_s[empty.rep_idx, day]]
        found = shortest_detour(
            problem,
            RouteOfDay(
                rep=rep,
                legs_s=legs_s,
                windows=[windows_on(problem, stop, day) for stop in stops],
                services_s=self.plan.service_s[rows].tolist(),
            ),
            OneMore(
                there_s=[home_there_s, *(self.drives[stop][0] for stop in stops)],
                back_s=[*(self.drives[stop][1] for stop in stops), home_back_s],
                opening=opening,
                service_s=visit.service_s,
            ),
        )
        if found is None:
            return replace(empty, obstacle=self._why_not(rep, opening))
        return replace(empty, detour_s=found.detour_s, position=found.at)

    def _obstacle(self, rep: int, day: int) -> Obstacle | None:
        """What rules the day out before any clock is looked at."""
        problem, visit = self.problem, self.visit
        if not self.works[rep, day]:
            return Obstacle.DAY_OFF
        if not visit.opening(day):
            return Obstacle.CLOSED
        if day in visit.planned_on:
            return Obstacle.PLANNED
        if problem.carried is not None and problem.carry_limit is not None:
            rows = self.stop_rows.get((int(problem.rep_idcs[rep]), day), [])
            if problem.carried[self.outlet_of[rows]].sum() + visit.carried > problem.carry_limit[rep]:
                return Obstacle.CARRY
        return None

    def _why_not(self, rep: int, opening: Windows) -> Obstacle:
        """Alone on the day, would it fit?"""
        if not self._fits_alone(rep, ANYTIME):
            return Obstacle.TOO_FAR
        return Obstacle.NO_TIME if self._fits_alone(rep, opening) else Obstacle.WINDOW

    def _fits_alone(self, rep: int, opening: Windows) -> bool:
        there_s, back_s = self.home_drives[rep]
        empty = RouteOfDay(rep=rep, legs_s=(0,), windows=(), services_s=())
        stop = OneMore(there_s=(there_s,), back_s=(back_s,), opening=opening, service_s=self.visit.service_s)
        return shortest_detour(self.problem, empty, stop) is not None


def _patterns(
    problem: VisitsProblem, visit: _Wanted, offers: Sequence[DayOffer], frequency: int
) -> tuple[PatternOffer, ...]:
    """Legal sets of days that fit, by detour and price."""
    rep_idcs = problem.rep_idcs.tolist()
    detour_s = {(offer.rep_idx, offer.day): offer.detour_s for offer in offers if offer.fits}
    found = [
        PatternOffer(
            rep_idx=rep_idcs[choice.rep],
            days=choice.days,
            detour_s=sum(detour_s[rep_idcs[choice.rep], day] for day in choice.days),
            price_s=choice.price_s,
        )
        for choice in _alone(problem, visit, frequency).choices(0)
        if choice.days and all((rep_idcs[choice.rep], day) in detour_s for day in choice.days)
    ]
    return tuple(sorted(found, key=lambda o: (o.detour_s + o.price_s, o.days, o.rep_idx)))


def _alone(problem: VisitsProblem, visit: _Wanted, frequency: int) -> VisitsProblem:
    """The visit as the only outlet of the problem, all of it by one rep: its choices are the legal sets of days."""
    one = np.zeros(1, dtype=np.int64)
    rules = {"same_rep": True} | ({"price_other_rep": 0.0} if visit.own_rep == NONE else {})
    return replace(
        problem,
        outlet_idcs=one,
        outlets=visit.place,
        frequency=one + frequency,
        service_s=one + visit.service_s,
        windows_s=visit.windows_s[None],
        priority=np.zeros(1),
        skill=Labels.empty(1),
        tier=Labels.empty(1),
        rep_of_outlet=one + max(0, visit.own_rep),
        rules=problem.rules.model_copy(update=rules),
        explicit=None,
        reps_allowed=np.isin(np.arange(problem.num_reps), visit.reps)[None],
        carried=None,
        carry_limit=None,
        visit_value_s=None,
        longest_day_s=None,
        promises=visit.promises,
    )


def _around(problem: VisitsProblem, place: Places) -> tuple[int, ...]:
    """Reps of the nearest outlets, nearest first."""
    if not problem.num_outlets:
        return tuple(range(problem.num_reps))
    away = np.hypot(
        problem.outlets.lat - place.lat[0], (problem.outlets.lon - place.lon[0]) * np.cos(np.radians(place.lat[0]))
    )
    near = np.argsort(away, kind="stable")[:NEAREST]
    return tuple(dict.fromkeys(problem.rep_of_outlet[near].tolist()))
