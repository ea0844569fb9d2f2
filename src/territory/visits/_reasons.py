"""Why a visit is not in a plan, found out by plain trial: one stop at a time, no search, no compiled code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from territory.domain.columns import NONE
from territory.domain.visit_plan import UnplacedReason
from territory.units import DAYS_PER_WEEK, BoolArray, IntArray
from territory.visits.model import ANYONE, Choice, DayBounds, Lunch, VisitsProblem

Windows = Sequence[tuple[int, int]]
Route = tuple[int, int]
NEVER = 1 << 40


def can_run(
    drives_s: Sequence[int], windows: Sequence[Windows], services_s: Sequence[int], bounds: DayBounds, lunch: Lunch
) -> bool:
    """
    Whether a day can be driven in this order, with lunch wherever it fits.

    Parameters
    ----------
    drives_s
        Seconds, shape (num_stops + 1,): from home to the first stop, between stops, from the last stop to home.
    windows, services_s
        Per stop: when service may start, and how long it takes.
    """
    hungry, fed = bounds.leave_s, max(bounds.leave_s, lunch.from_s + lunch.length_s)
    for drive_s, opening, service_s in zip(drives_s, windows, services_s, strict=False):
        fed = min(fed + drive_s, _after_lunch(hungry, drive_s, lunch))
        hungry += drive_s
        hungry = _served(hungry, opening, service_s, bounds)
        fed = _served(fed, opening, service_s, bounds)
    home_hungry, home_fed = hungry + drives_s[-1], min(fed + drives_s[-1], _after_lunch(hungry, drives_s[-1], lunch))
    latest_hungry_s = lunch.until_s if lunch.length_s else NEVER - 1
    return home_fed <= bounds.return_s or home_hungry <= min(bounds.return_s, latest_hungry_s)


def _served(arrival_s: int, opening: Windows, service_s: int, bounds: DayBounds) -> int:
    """Earliest end of service after arriving at `arrival_s`; `NEVER` when there is none inside the day."""
    ready_s = max(arrival_s, bounds.start_s)
    starts = [max(ready_s, opens_s) for opens_s, closes_s in opening if ready_s <= closes_s]
    end_s = min(starts, default=NEVER) + service_s
    return end_s if end_s <= bounds.end_s else NEVER


def _after_lunch(end_s: int, drive_s: int, lunch: Lunch) -> int:
    """Earliest arrival, fed, at the next place after service ended hungry at `end_s`: eat there, or before driving."""
    if end_s + drive_s <= lunch.until_s:
        return max(end_s + drive_s, lunch.from_s) + lunch.length_s
    if end_s <= lunch.until_s:
        return max(end_s, lunch.from_s) + lunch.length_s + drive_s
    return NEVER


def _latest_start(end_s: int, opening: Windows, service_s: int, bounds: DayBounds) -> int:
    """Latest start inside a window so that service is over by `end_s`; -`NEVER` when there is none in the day."""
    limit_s = min(end_s, bounds.end_s) - service_s
    start_s = max([min(closes_s, limit_s) for opens_s, closes_s in opening if opens_s <= limit_s], default=-NEVER)
    return start_s if start_s >= bounds.start_s else -NEVER


def _before_lunch(start_s: int, drive_s: int, lunch: Lunch) -> int:
    """Latest end of service, hungry, from which the next place is reached, fed, by `start_s`."""
    latest_s, first_s = -NEVER, lunch.from_s + lunch.length_s
    if first_s <= start_s:
        latest_s = min(lunch.until_s, start_s - lunch.length_s) - drive_s
    if first_s + drive_s <= start_s:
        latest_s = max(latest_s, min(lunch.until_s, start_s - lunch.length_s - drive_s))
    return latest_s


@dataclass(frozen=True, kw_only=True, slots=True)
class DayClock:
    """
    A day's slack, so that one more stop is tried at a position without driving the whole day again.

    Attributes
    ----------
    hungry_s, fed_s
        Earliest departure from home and from each stop, before and after lunch.
    latest_hungry_s, latest_fed_s
        Latest arrival at each stop and at home from which the rest works, with lunch to come and without.
    """

    hungry_s: tuple[int, ...]
    fed_s: tuple[int, ...]
    latest_hungry_s: tuple[int, ...]
    latest_fed_s: tuple[int, ...]
    bounds: DayBounds
    lunch: Lunch

    @classmethod
    def of(
        cls,
        drives_s: Sequence[int],
        windows: Sequence[Windows],
        services_s: Sequence[int],
        bounds: DayBounds,
        lunch: Lunch,
    ) -> DayClock:
        """The slack of a day; arguments as in `can_run`."""
        hungry, fed = [bounds.leave_s], [max(bounds.leave_s, lunch.from_s + lunch.length_s)]
        for drive_s, opening, service_s in zip(drives_s, windows, services_s, strict=False):
            fed.append(
                _served(min(fed[-1] + drive_s, _after_lunch(hungry[-1], drive_s, lunch)), opening, service_s, bounds)
            )
            hungry.append(_served(hungry[-1] + drive_s, opening, service_s, bounds))
        late_fed = [bounds.return_s]
        late_hungry = [min(bounds.return_s, lunch.until_s) if lunch.length_s else bounds.return_s]
        for drive_s, opening, service_s in zip(drives_s[:0:-1], windows[::-1], services_s[::-1], strict=True):
            end_s = max(late_hungry[-1] - drive_s, _before_lunch(late_fed[-1], drive_s, lunch))
            late_hungry.append(_latest_start(end_s, opening, service_s, bounds))
            late_fed.append(_latest_start(late_fed[-1] - drive_s, opening, service_s, bounds))
        return cls(
            hungry_s=tuple(hungry),
            fed_s=tuple(fed),
            latest_hungry_s=tuple(late_hungry[::-1]),
            latest_fed_s=tuple(late_fed[::-1]),
            bounds=bounds,
            lunch=lunch,
        )

    def admits(self, at: int, *, there_s: int, back_s: int, opening: Windows, service_s: int) -> bool:
        """Whether one more stop fits after `at` stops, `there_s` away from the place before, `back_s` from the next."""
        reached_s = _after_lunch(self.hungry_s[at], there_s, self.lunch)
        fed = _served(min(self.fed_s[at] + there_s, reached_s), opening, service_s, self.bounds)
        hungry = _served(self.hungry_s[at] + there_s, opening, service_s, self.bounds)
        return (
            fed + back_s <= self.latest_fed_s[at]
            or hungry + back_s <= self.latest_hungry_s[at]
            or _after_lunch(hungry, back_s, self.lunch) <= self.latest_fed_s[at]
        )


def shortest_day_s(
    drives_s: Sequence[int], windows: Sequence[Windows], services_s: Sequence[int], bounds: DayBounds
) -> int:
    """
    Seconds from leaving home, as late as the windows allow, to coming back; one window per stop, no lunch.

    Parameters are those of `can_run`, for a day that can be driven.
    """
    busy_s, now_s, latest_s = 0, bounds.leave_s, NEVER
    for drive_s, opening, service_s in zip(drives_s, windows, services_s, strict=False):
        (opens_s, closes_s), *_ = opening
        busy_s, now_s = busy_s + drive_s, max(now_s + drive_s, opens_s, bounds.start_s) + service_s
        latest_s = min(latest_s, closes_s - busy_s)
        busy_s += service_s
    busy_s, now_s = busy_s + drives_s[-1], now_s + drives_s[-1]
    latest_s = min(latest_s, bounds.return_s - busy_s)
    return max(busy_s, now_s - latest_s)


def windows_on(problem: VisitsProblem, outlet: int, day: int) -> Windows:
    """Opening windows of the outlet on a day of the cycle, seconds after midnight."""
    rows = problem.windows_s[outlet, day % DAYS_PER_WEEK].tolist()
    return tuple((opens_s, closes_s) for opens_s, closes_s in rows if opens_s != NONE)


@dataclass(kw_only=True)
class Trials:
    """
    Trial visits beside the routes of a plan of one part.

    Attributes
    ----------
    drive_s
        `problem.drive_s()`.
    routes
        Outlets in driving order per (rep, day), local positions.
    """

    problem: VisitsProblem
    drive_s: IntArray
    routes: Mapping[Route, Sequence[int]]
    _alone: dict[tuple[int, int, int, bool], bool] = field(default_factory=dict)
    _works: BoolArray = field(init=False)
    _clocks: dict[tuple[int, int, tuple[int, ...]], DayClock] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._works = self.problem.works_on()

    def reason(self, outlet: int) -> UnplacedReason:
        """Why the outlet cannot have all its visits, whatever else is planned; `NO_TIME` when alone it could."""
        problem = self.problem
        choices = problem.choices(outlet)
        if not problem.reps_of(outlet):
            return UnplacedReason.SKILL
        if not choices:
            return UnplacedReason.CLOSED
        if not any(self._whole(outlet, choice, anytime=True) for choice in choices):
            return UnplacedReason.TOO_FAR
        if not any(self._whole(outlet, choice, anytime=False) for choice in choices):
            return UnplacedReason.WINDOW
        return UnplacedReason.NO_TIME

    def _whole(self, outlet: int, choice: Choice, *, anytime: bool) -> bool:
        """Alone on each of the days, the outlet could be visited."""
        reps = self._reps(outlet, choice)
        return all(any(self._fits_alone(outlet, rep, day, anytime=anytime) for rep in reps) for day in choice.days)

    def _reps(self, outlet: int, choice: Choice) -> tuple[int, ...]:
        return self.problem.reps_of(outlet) if choice.rep == ANYONE else (choice.rep,)

    def place_for(self, outlet: int) -> Choice | None:
        """A choice all visits of which fit beside the other outlets' visits, or None."""
        known: dict[Route, bool] = {}
        for choice in self.problem.choices(outlet):
            reps = self._reps(outlet, choice)
            for day in choice.days:
                for rep in reps:
                    if (rep, day) not in known:
                        known[rep, day] = self._fits_on(outlet, rep, day)
                    if known[rep, day]:
                        break
                else:
                    break
            else:
                return choice
        return None

    def _fits_alone(self, outlet: int, rep: int, day: int, *, anytime: bool) -> bool:
        key = (outlet, rep, day % DAYS_PER_WEEK, anytime)
        if key not in self._alone:
            home = self.problem.num_outlets + rep
            self._alone[key] = can_run(
                [int(self.drive_s[home, outlet]), int(self.drive_s[outlet, home])],
                [((0, NEVER),) if anytime else windows_on(self.problem, outlet, day)],
                [int(self.problem.service_s[outlet])],
                self.problem.bounds(rep),
                self.problem.lunch,
            ) and self._is_short_enough((outlet,), rep, day)
        return self._alone[key]

    def _fits_on(self, outlet: int, rep: int, day: int) -> bool:
        """Whether one visit fits somewhere between the other stops of the day, in their order."""
        if not self._works[rep, day]:
            return False
        stops = tuple(stop for stop in self.routes.get((rep, day), ()) if stop != outlet)
        carried, limit = self.problem.carried, self.problem.carry_limit
        if carried is not None and limit is not None and carried[[outlet, *stops]].sum() > limit[rep]:
            return False
        home = self.problem.num_outlets + rep
        key = (rep, day, stops)
        if key not in self._clocks:
            self._clocks[key] = self._clock(stops, rep, day)
        clock = self._clocks[key]
        there_s = self.drive_s[[home, *stops], outlet].tolist()
        back_s = self.drive_s[outlet, [*stops, home]].tolist()
        opening, service_s = windows_on(self.problem, outlet, day), int(self.problem.service_s[outlet])
        return any(
            clock.admits(at, there_s=there_s[at], back_s=back_s[at], opening=opening, service_s=service_s)
            and self._is_short_enough((*stops[:at], outlet, *stops[at:]), rep, day)
            for at in range(len(stops) + 1)
        )

    def _is_short_enough(self, stops: Sequence[int], rep: int, day: int) -> bool:
        """The day is no longer than the rep's longest one."""
        if self.problem.longest_day_s is None:
            return True
        path = [self.problem.num_outlets + rep, *stops, self.problem.num_outlets + rep]
        least_s = shortest_day_s(
            self.drive_s[path[:-1], path[1:]].tolist(),
            [windows_on(self.problem, stop, day) for stop in stops],
            self.problem.service_s[list(stops)].tolist(),
            self.problem.bounds(rep),
        )
        return least_s <= int(self.problem.longest_day_s[rep])

    def _clock(self, stops: Sequence[int], rep: int, day: int) -> DayClock:
        path = [self.problem.num_outlets + rep, *stops, self.problem.num_outlets + rep]
        return DayClock.of(
            self.drive_s[path[:-1], path[1:]].tolist(),
            [windows_on(self.problem, outlet, day) for outlet in stops],
            self.problem.service_s[list(stops)].tolist(),
            self.problem.bounds(rep),
            self.problem.lunch,
        )
