"""The model of re-planning: which visits of a running plan are open again, and where each of them may go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from territory.domain.columns import NONE, Labels
from territory.domain.travel import Places
from territory.domain.visit_plan import VisitPlan
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, SECONDS_PER_MIN, WEEKS_PER_CYCLE, BoolArray, IntArray
from territory.visits._cadences import days_before_opening, fixed_days, visits_per_week
from territory.visits._known_travel import KnownTravel
from territory.visits._replay import positions
from territory.visits.disruption import Events, Now
from territory.visits.model import ANYONE, MIDNIGHT_S, Choice, VisitsProblem

NOTICE_S = 2 * 60 * SECONDS_PER_MIN  # shifts that start sooner are left alone
# Fewest days between two visits of an outlet when one of them moves. Twice and three times a week: the rules' gap.
FEWEST_DAYS = {1: 14, 2: 7, 4: 3}
MOST_VISITS = 2500  # open visits of one part; days long after the disruption are left alone beyond that
DAYS_AFTER = 7


class Cause(StrEnum):
    """Why a visit is open again."""

    ILL = "ill"
    CLOSED = "closed"
    MISSED = "missed"
    URGENT = "urgent"
    NONE = "none"  # as planned; may make room for another


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangePrices:
    """
    What it is worth to leave a planned visit alone, drive seconds.

    Attributes
    ----------
    day_s, per_day_s
        For another day, and on top for each day away from the planned one.
    rep_s
        For another rep.
    order_s
        For a day's visits in another order: a smaller saving is not taken.
    """

    day_s: int = 90
    per_day_s: int = 10
    rep_s: int = 60
    order_s: int = 300

    def times(self, factor: float) -> ChangePrices:
        """Dearer changes of day and rep."""
        return replace(
            self,
            day_s=round(self.day_s * factor),
            per_day_s=round(self.per_day_s * factor),
            rep_s=round(self.rep_s * factor),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenVisit:
    """
    One visit that may still be placed: local positions, days of the cycle.

    Attributes
    ----------
    rep, day
        As planned; the outlet's own rep and -1 for a visit on top.
    row
        The plan's row, -1 for a visit on top.
    first, last
        Days from which and until which spacing lets it be made.
    """

    outlet: int
    rep: int
    day: int
    row: int
    cause: Cause
    first: int
    last: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """
    One part of a running plan: what is fixed, what is lost, what is open.

    Attributes
    ----------
    part
        A part of the problem; its positions are the local ones.
    plan
        The whole running plan.
    """

    part: VisitsProblem
    plan: VisitPlan
    events: Events
    now: Now
    prices: ChangePrices

    @cached_property
    def rows(self) -> IntArray:
        """Stops of this part, positions in the plan."""
        return np.flatnonzero(
            (positions(self.part.rep_idcs, self.plan.rep_idx) != NONE)
            & (positions(self.part.outlet_idcs, self.plan.outlet_idx) != NONE)
        )

    @cached_property
    def outlet(self) -> IntArray:
        """Local outlet of each of `rows`."""
        return positions(self.part.outlet_idcs, self.plan.outlet_idx[self.rows])

    @cached_property
    def rep(self) -> IntArray:
        """Local rep of each of `rows`."""
        return positions(self.part.rep_idcs, self.plan.rep_idx[self.rows])

    @property
    def day(self) -> IntArray:
        """Day of each of `rows`."""
        return self.plan.day[self.rows]

    @cached_property
    def ill_from_s(self) -> IntArray:
        """Seconds after midnight from which a rep is away, shape (num_reps, 28); midnight for not at all."""
        away = np.full((self.part.num_reps, DAYS_PER_CYCLE), MIDNIGHT_S + 1, dtype=np.int64)
        reps = positions(self.part.rep_idcs, np.array([ill.rep_idx for ill in self.events.ill], dtype=np.int64))
        for rep, ill in zip(reps.tolist(), self.events.ill, strict=True):
            if rep != NONE:
                away[rep, ill.day] = min(int(away[rep, ill.day]), ill.from_min * SECONDS_PER_MIN)
        return away

    @cached_property
    def closed_on(self) -> BoolArray:
        """Shape (num_outlets, 28): the outlet cannot be visited: as always on that weekday, not yet, or for once."""
        shut = np.tile(~self.part.is_open, (1, DAYS_PER_CYCLE // DAYS_PER_WEEK))
        for outlet in range(self.part.num_outlets):
            shut[outlet, : days_before_opening(self.part.promises, outlet)] = True
        outlets = positions(self.part.outlet_idcs, np.array([e.outlet_idx for e in self.events.closed], dtype=np.int64))
        for outlet, closed in zip(outlets.tolist(), self.events.closed, strict=True):
            if outlet != NONE:
                shut[outlet, closed.day] = True
        return shut

    @cached_property
    def started(self) -> BoolArray:
        """Shape (num_reps, 28): the shift is over, has started or starts within two hours."""
        days_s = np.arange(DAYS_PER_CYCLE) * MIDNIGHT_S
        starts_s = np.array([self.part.bounds(rep).start_s for rep in range(self.part.num_reps)], dtype=np.int64)
        return np.asarray(days_s[None, :] + starts_s[:, None] < self.now.instant_s + NOTICE_S)

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """Of each of `rows`: why the visit cannot be made as planned."""
        plan, rows, found = self.plan, self.rows, [Cause.NONE] * len(self.rows)
        start_s, day = plan.start_s[rows], self.day
        begins_s = day * MIDNIGHT_S + start_s
        missed = {(e.outlet_idx, e.day) for e in self.events.missed}
        closed = {(e.outlet_idx, e.day) for e in self.events.closed}
        ends_s = start_s + plan.service_s[rows]
        is_ill = ends_s > self.ill_from_s[self.rep, day]
        for at, key in enumerate(zip(plan.outlet_idx[rows].tolist(), day.tolist(), strict=True)):
            if key in missed:
                found[at] = Cause.MISSED
            elif is_ill[at]:
                found[at] = Cause.ILL
            elif key in closed and begins_s[at] >= self.now.instant_s:
                found[at] = Cause.CLOSED
        return tuple(found)

    @cached_property
    def lost(self) -> BoolArray:
        """Of each of `rows`: the visit cannot be made as planned."""
        return np.array([cause is not Cause.NONE for cause in self.causes], dtype=np.bool_)

    @cached_property
    def on_top(self) -> tuple[tuple[int, int], ...]:
        """Urgent visits that no planned one answers: local outlet and last day."""
        return tuple((outlet, by) for outlet, by in self._deadlines.items() if outlet not in self._answers)

    @cached_property
    def _deadlines(self) -> dict[int, int]:
        """Last day of the urgent visit of a local outlet."""
        outlets = positions(self.part.outlet_idcs, np.array([e.outlet_idx for e in self.events.urgent], dtype=np.int64))
        found: dict[int, int] = {}
        for outlet, urgent in zip(outlets.tolist(), self.events.urgent, strict=True):
            if outlet != NONE:
                found[outlet] = min(urgent.by_day, found.get(outlet, urgent.by_day))
        return dict(sorted(found.items()))

    @cached_property
    def _answers(self) -> dict[int, int]:
        """The planned visit (of `rows`) that answers an outlet's urgent one: still to come by then, or lost by then."""
        begins_s = self.day * MIDNIGHT_S + self.plan.start_s[self.rows]
        ahead = (begins_s >= self.now.instant_s) & ~self.lost
        found: dict[int, int] = {}
        for outlet, by in self._deadlines.items():
            mine = (self.outlet == outlet) & (self.day <= by)
            for rows in (np.flatnonzero(mine & ahead), np.flatnonzero(mine & self.lost)):
                if len(rows) and outlet not in found:
                    found[outlet] = int(rows[np.argmin(self.day[rows])])
        return found

    @property
    def is_touched(self) -> bool:
        """Something happened to this part."""
        return bool(self.lost.any() or self.on_top)

    @cached_property
    def open_lanes(self) -> BoolArray:
        """Shape (num_reps, 28): days of reps that may change."""
        lanes = self.part.works_on() & ~self.started & (self.ill_from_s > MIDNIGHT_S)
        count = np.cumsum(np.bincount(self.day[lanes[self.rep, self.day]], minlength=DAYS_PER_CYCLE))
        touched = [*self.day[self.lost].tolist(), *(by for _, by in self.on_top), self.now.day]
        horizon = max(touched) + DAYS_AFTER
        last = max(horizon, int(np.searchsorted(count, MOST_VISITS, side="right")) - 1)
        lanes[:, last + 1 :] = False
        return lanes

    @cached_property
    def free(self) -> BoolArray:
        """Of each of `rows`: planned as before, on a day that may change."""
        return np.asarray(self.open_lanes[self.rep, self.day] & ~self.lost)

    @cached_property
    def visits(self) -> tuple[OpenVisit, ...]:
        """Every visit that may be placed anew: free ones and lost ones in the plan's order, then those on top."""
        windows = self._windows()
        found = [
            OpenVisit(
                outlet=int(self.outlet[at]),
                rep=int(self.rep[at]),
                day=int(self.day[at]),
                row=int(self.rows[at]),
                cause=self.causes[at],
                first=max(self.now.day, first),
                last=last,
            )
            for at, (first, last) in sorted(windows.items())
        ]
        for outlet, by in self.on_top:
            own = int(self.part.rep_of_outlet[outlet])
            found.append(
                OpenVisit(outlet=outlet, rep=own, day=NONE, row=NONE, cause=Cause.URGENT, first=self.now.day, last=by)
            )
        return tuple(found)

    def _windows(self) -> dict[int, tuple[int, int]]:
        """First and last day of every open visit; those of one outlet do not overlap, so each can move alone."""
        on_top, deadline_of = dict(self.on_top), {at: self._deadlines[o] for o, at in self._answers.items()}
        order = np.lexsort((self.day, self.outlet))
        windows: dict[int, tuple[int, int]] = {}
        for chain in np.split(order, np.flatnonzero(np.diff(self.outlet[order])) + 1) if len(order) else []:
            if not (self.free[chain] | self.lost[chain]).any():
                continue
            outlet = int(self.outlet[chain[0]])
            room = _room(self.day[chain], self._ease(chain), self._gap(outlet))
            for at, (early, late) in zip(chain.tolist(), room, strict=True):
                if self.free[at] or self.lost[at]:
                    day = int(self.day[at])
                    first, last = day - early, min(DAYS_PER_CYCLE - 1, day + late)
                    first = max(first, on_top.get(outlet, NONE) + 1)  # the days until then are the urgent visit's
                    windows[at] = (first, min(last, deadline_of.get(at, last)))
        return windows

    def _ease(self, chain: IntArray) -> list[int]:
        """How freely each visit moves: 0 fixed, 1 as planned, 2 lost, which has the first claim on the slack."""
        return [2 if self.lost[at] else 1 if self.free[at] else 0 for at in chain.tolist()]

    def _gap(self, outlet: int) -> int:
        """Fewest days between two visits; where it is new or promoted, those of its busiest week."""
        frequency, rule = int(self.part.frequency[outlet]), self.part.rules.min_gap_days
        special = visits_per_week(self.part.promises, outlet, frequency)
        frequency = frequency if special is None else WEEKS_PER_CYCLE * max(special)
        return FEWEST_DAYS.get(frequency, max(1, min(rule, 2) if frequency == 12 else rule if frequency == 8 else 1))

    def days_of(self, visit: OpenVisit) -> tuple[int, ...]:
        """Days on which spacing and the outlet let the visit be made; nothing but a loss moves it off agreed days."""
        days = [day for day in range(visit.first, visit.last + 1) if not self.closed_on[visit.outlet, day]]
        agreed = fixed_days(self.part.promises, visit.outlet)
        if visit.cause is Cause.NONE and agreed is not None:
            days = [day for day in days if day in agreed or day == visit.day]
        return tuple(days)

    def choices(self, visit: OpenVisit) -> tuple[Choice, ...]:
        """Where the visit may go, with what it is worth to leave it alone; its own rep's last."""
        own: list[Choice] = []
        others: list[Choice] = []
        prices, part = self.prices, self.part
        reps = part.reps_of(visit.outlet)
        mates = [rep for rep in reps if rep != visit.rep]
        for day in self.days_of(visit):
            price_s = 0
            if visit.day not in (NONE, day):
                price_s = prices.day_s + prices.per_day_s * abs(day - visit.day)
            if visit.rep in reps and self.open_lanes[visit.rep, day]:
                own.append(Choice(rep=visit.rep, days=(day,), price_s=price_s))
            may_swap = visit.cause is not Cause.NONE or (day == visit.day and not part.rules.same_rep)
            if may_swap and mates and self.open_lanes[mates, day].any():
                others.append(Choice(rep=ANYONE, days=(day,), price_s=price_s + prices.rep_s))
        return (*others, *own)

    def problem(self, drive_s: IntArray) -> VisitsProblem:
        """The open visits as a problem of their own: one outlet each, one visit each, on the open days."""
        part, visits = self.part, self.visits
        outlets = np.array([visit.outlet for visit in visits], dtype=np.int64)
        names = tuple(f"v{at}" for at in range(len(visits)))
        homes = tuple(f"h{rep}" for rep in range(part.num_reps))
        rows = {name: int(outlet) for name, outlet in zip(names, outlets, strict=True)}
        rows |= {name: part.num_outlets + rep for rep, name in enumerate(homes)}
        allowed = np.zeros((len(visits), part.num_reps), dtype=np.bool_)
        for at, visit in enumerate(visits):
            allowed[at, list(part.reps_of(visit.outlet))] = True
        return replace(
            part,
            outlet_idcs=np.arange(len(visits)),
            outlets=Places(ids=names, lat=part.outlets.lat[outlets], lon=part.outlets.lon[outlets]),
            frequency=np.ones(len(visits), dtype=np.int64),
            service_s=part.service_s[outlets],
            windows_s=part.windows_s[outlets],
            priority=part.priority[outlets],
            skill=Labels.empty(len(visits)),
            tier=part.tier.take(outlets),
            rep_of_outlet=np.array([visit.rep for visit in visits], dtype=np.int64),
            rep_idcs=np.arange(part.num_reps),
            homes=Places(ids=homes, lat=part.homes.lat, lon=part.homes.lon),
            travel=KnownTravel(rows=rows, table_s=drive_s),
            explicit=tuple(self.choices(visit) for visit in visits),
            reps_allowed=allowed,
            works_days=self.open_lanes,
            carried=None if part.carried is None else part.carried[outlets],
            visit_value_s=part.missing_price_s[outlets],
            promises=None,  # hours are in the windows, days in the choices
        )


def _room(days: IntArray, ease: Sequence[int], gap: int) -> list[tuple[int, int]]:
    """
    Days each visit of an outlet may be early and late.

    The slack between two visits, days apart less `gap`, goes to the one that moves more freely, else half to each.
    The cycle is closed: before the first visit comes the last one of the cycle before, and so on.
    """
    count = len(days)
    early, late = [0] * count, [0] * count
    for at in range(-1, count):
        before, after = (at, at + 1) if at >= 0 else (None, 0)
        if before is None or after == count:
            turn = int(days[0]) + DAYS_PER_CYCLE - int(days[-1]) - gap
            if before is None:
                early[0] = max(0, turn)
            else:
                late[before] = max(0, turn)
            continue
        slack = max(0, int(days[after] - days[before]) - gap)
        if ease[before] == ease[after]:
            late[before], early[after] = slack - slack // 2, slack // 2
        elif ease[before] > ease[after]:
            late[before] = slack
        else:
            early[after] = slack
    return list(zip(early, late, strict=True))


def grounds(
    problem: VisitsProblem, plan: VisitPlan, events: Events, now: Now, prices: ChangePrices
) -> tuple[Ground, ...]:
    """The parts of a running plan that something happened to."""
    frequency = np.array(problem.frequency)
    urgent = positions(problem.outlet_idcs, np.array([e.outlet_idx for e in events.urgent], dtype=np.int64))
    urgent = urgent[urgent != NONE]
    frequency[urgent] = np.maximum(frequency[urgent], 1)  # without regular visits it would be in no part
    reps = [ill.rep_idx for ill in events.ill]
    outlets = [one.outlet_idx for one in events.closed] + [one.outlet_idx for one in events.urgent]
    outlets += [one.outlet_idx for one in events.missed]
    found = [
        Ground(part=part, plan=plan, events=events, now=now, prices=prices)
        for part in replace(problem, frequency=frequency).parts()
        if np.isin(part.rep_idcs, reps).any() or np.isin(part.outlet_idcs, outlets).any()
    ]
    return tuple(ground for ground in found if ground.is_touched)
