"""What a legal visit plan is: outlets with their frequencies and windows, reps with their days and skills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import combinations, product

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.calendar import LEGAL_VISITS, Calendar
from territory.domain.columns import NONE, Labels, frozen
from territory.domain.outlets import CLOSED
from territory.domain.rules import VisitRules
from territory.domain.scenario import Scenario
from territory.domain.travel import Places, Travel
from territory.standing import digest
from territory.units import (
    DAYS_PER_WEEK,
    MIN_PER_DAY,
    SECONDS_PER_MIN,
    WEEKS_PER_CYCLE,
    BoolArray,
    FloatArray,
    IntArray,
    parse_clock,
    round_half_up,
    seconds,
    seconds_of,
)

DaySet = tuple[int, ...]
MIDNIGHT_S = MIN_PER_DAY * SECONDS_PER_MIN
DAILY, THRICE_WEEKLY, TWICE_WEEKLY, WEEKLY, FORTNIGHTLY, MONTHLY = 20, 12, 8, 4, 2, 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Lunch:
    """Lunch in seconds: starts between `from_s` and `until_s`, lasts `length_s` (0: nobody has lunch)."""

    from_s: int
    until_s: int
    length_s: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DayBounds:
    """Limits of a rep's day, seconds after midnight: leaving home, first start, last end, arrival at home."""

    leave_s: int
    start_s: int
    end_s: int
    return_s: int


@dataclass(frozen=True, kw_only=True, eq=False)
class VisitsProblem:
    """
    Whose outlets are to be visited how often, when they are open, and when their reps work.

    Outlets and reps are counted locally, 0 to n-1; `outlet_idcs` and `rep_idcs` are their positions in the
    scenario, which plans speak of. `parts()` cuts the problem into pieces that share nothing.

    Attributes
    ----------
    frequency
        Visits due in a cycle, shape (num_outlets,): 20, 12, 8, 4, 2, 1 or 0.
    service_s
        Seconds one visit takes, service and access.
    windows_s
        Seconds after midnight, shape (num_outlets, 7, 2, 2); -1 where there is no window.
    priority
        0 to 100, shape (num_outlets,).
    rep_of_outlet
        Local position of the assigned rep.
    shift_s, works
        Shapes (num_reps, 2) and (num_reps, 7).
    pool_of_rep
        Reps with the same number share their outlets, shape (num_reps,).
    input_hashes
        For the run card.

    Notes
    -----
    (1) An outlet is visited on one of its legal sets of days (`legal_day_sets`), (2) always by the same rep,
    (3) who is the assigned one or one of the same pool, and has the outlet's skill; (4) service starts inside a
    window; (5) the day stays inside the shift; (6) lunch is taken when the day needs one.
    The objective, in drive minutes, is drive + price_balance x (day loads above the mean) + price of missing
    visits. Day load is drive and service. The mean of a day is the part's load shared out over the
    rep-days worked, in proportion to shift length. The price of a missing visit is higher than anything its absence
    can save, and grows with priority up to double.
    """

    outlet_idcs: IntArray
    outlets: Places
    frequency: IntArray
    service_s: IntArray
    windows_s: IntArray
    priority: FloatArray
    skill: Labels
    tier: Labels
    rep_of_outlet: IntArray
    rep_idcs: IntArray
    homes: Places
    shift_s: IntArray
    works: BoolArray
    rep_skills: tuple[frozenset[str], ...]
    pool_of_rep: IntArray
    calendar: Calendar
    rules: VisitRules
    travel: Travel
    input_hashes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in _INT_COLUMNS:
            object.__setattr__(self, name, frozen(getattr(self, name), np.int64))
        object.__setattr__(self, "priority", frozen(self.priority, np.float64))
        object.__setattr__(self, "works", frozen(self.works, np.bool_))
        n, reps = len(self.outlet_idcs), len(self.rep_idcs)
        for name in ("outlets", "frequency", "service_s", "windows_s", "priority", "skill", "tier", "rep_of_outlet"):
            if len(getattr(self, name)) != n:
                raise ValueError(f"{name} does not have one row per outlet")
        for name in ("homes", "shift_s", "works", "rep_skills", "pool_of_rep"):
            if len(getattr(self, name)) != reps:
                raise ValueError(f"{name} does not have one row per rep")
        if n and not np.isin(self.frequency, LEGAL_VISITS).all():
            raise ValueError(f"visits per cycle are one of {LEGAL_VISITS}")
        if n and not (self.rep_of_outlet.min() >= 0 and self.rep_of_outlet.max() < reps):
            raise ValueError("an outlet names a rep that is not there")
        if n and self.service_s.min() < 0:
            raise ValueError("service takes no negative time")

    @classmethod
    def of(cls, scenario: Scenario, assignment: Assignment) -> VisitsProblem:
        """The scenario's problem under an assignment; outlets that the assignment gives to nobody are not in it."""
        outlets, reps, rules = scenario.outlets, scenario.reps, scenario.visits
        served, everyone = np.flatnonzero(assignment.rep_of_outlet != NONE), np.arange(len(reps))
        windows_min = outlets.windows_min[served]
        pool = everyone.copy()
        for team in np.flatnonzero(scenario.teams.pooled).tolist():
            members = np.flatnonzero(reps.team_idx == team)
            pool[members] = members.min(initial=len(reps))
        return cls(
            outlet_idcs=served,
            outlets=Places.of_outlets(outlets, served),
            frequency=outlets.visits_per_cycle[served],
            service_s=seconds(outlets.service_min[served] + rules.access_min),
            windows_s=np.where(windows_min == CLOSED, CLOSED, windows_min * SECONDS_PER_MIN),
            priority=outlets.priority[served],
            skill=outlets.skill.take(served),
            tier=outlets.tier.take(served),
            rep_of_outlet=assignment.rep_of_outlet[served],
            rep_idcs=everyone,
            homes=Places.of_reps(reps, everyone),
            shift_s=reps.shift_min * SECONDS_PER_MIN,
            works=reps.works,
            rep_skills=reps.skills,
            pool_of_rep=pool,
            calendar=scenario.calendar,
            rules=rules,
            travel=scenario.travel,
            input_hashes=scenario.input_hashes,
        )

    @property
    def num_outlets(self) -> int:
        """Number of outlets."""
        return len(self.outlet_idcs)

    @property
    def num_reps(self) -> int:
        """Number of reps."""
        return len(self.rep_idcs)

    @property
    def name(self) -> str:
        """The reps' ids joined: what this part is called."""
        return "+".join(self.homes.ids)

    def parts(self) -> tuple[VisitsProblem, ...]:
        """Problems that share nothing: one per rep or pooled team with visits due, in the order of reps."""
        pool = self.pool_of_rep[self.rep_of_outlet]
        found = []
        for number in dict.fromkeys(self.pool_of_rep.tolist()):
            outlets = np.flatnonzero((pool == number) & (self.frequency > 0))
            if len(outlets):
                found.append(self._part(outlets, np.flatnonzero(self.pool_of_rep == number)))
        return tuple(found)

    def _part(self, outlets: IntArray, reps: IntArray) -> VisitsProblem:
        local = np.full(self.num_reps, NONE, dtype=np.int64)
        local[reps] = np.arange(len(reps))
        return replace(
            self,
            outlet_idcs=self.outlet_idcs[outlets],
            outlets=_places(self.outlets, outlets),
            frequency=self.frequency[outlets],
            service_s=self.service_s[outlets],
            windows_s=self.windows_s[outlets],
            priority=self.priority[outlets],
            skill=self.skill.take(outlets),
            tier=self.tier.take(outlets),
            rep_of_outlet=local[self.rep_of_outlet[outlets]],
            rep_idcs=self.rep_idcs[reps],
            homes=_places(self.homes, reps),
            shift_s=self.shift_s[reps],
            works=self.works[reps],
            rep_skills=tuple(self.rep_skills[rep] for rep in reps.tolist()),
            pool_of_rep=np.zeros(len(reps), dtype=np.int64),
        )

    @cached_property
    def lunch(self) -> Lunch:
        """Lunch in seconds."""
        return Lunch(
            from_s=parse_clock(self.rules.lunch_from) * SECONDS_PER_MIN,
            until_s=parse_clock(self.rules.lunch_until) * SECONDS_PER_MIN,
            length_s=seconds_of(self.rules.lunch_min),
        )

    @cached_property
    def holidays(self) -> DaySet:
        """Cycle days on which nobody works."""
        return tuple(np.flatnonzero(~self.calendar.is_workday()).tolist())

    @cached_property
    def is_open(self) -> BoolArray:
        """Shape (num_outlets, 7): the outlet has a window on that weekday."""
        return np.asarray((self.windows_s[:, :, :, 0] != CLOSED).any(axis=2))

    def works_on(self) -> BoolArray:
        """Shape (num_reps, 28): the rep works on that day of the cycle."""
        days = np.tile(self.works, (1, WEEKS_PER_CYCLE))
        days[:, list(self.holidays)] = False
        return days

    def bounds(self, rep: int) -> DayBounds:
        """Limits of the rep's days; unpaid drives to and from home are bounded by midnight only."""
        start_s, end_s = self.shift_s[rep].tolist()
        if self.rules.first_drive_paid:
            return DayBounds(leave_s=start_s, start_s=start_s, end_s=end_s, return_s=end_s)
        return DayBounds(leave_s=0, start_s=start_s, end_s=end_s, return_s=MIDNIGHT_S)

    def drive_s(self) -> IntArray:
        """Seconds of driving between all places, shape (n + reps, n + reps): outlets first, then homes."""
        places = self.outlets + self.homes
        return np.ascontiguousarray(self.travel.seconds(places, places), dtype=np.int64)

    def reps_of(self, outlet: int) -> tuple[int, ...]:
        """Reps who may visit the outlet: the assigned one and those of the same pool, with its skill."""
        skill = self.skill[outlet]
        mates = np.flatnonzero(self.pool_of_rep == self.pool_of_rep[self.rep_of_outlet[outlet]]).tolist()
        return tuple(rep for rep in mates if not skill or skill in self.rep_skills[rep])

    def day_sets(self, outlet: int, rep: int, frequency: int | None = None) -> tuple[DaySet, ...]:
        """Legal sets of days for the outlet with this rep, at its own frequency or a lower one."""
        usable = self.works[rep] & self.is_open[outlet]
        return legal_day_sets(
            int(self.frequency[outlet]) if frequency is None else frequency,
            weekdays=tuple(np.flatnonzero(usable).tolist()),
            holidays=self.holidays,
            min_gap_days=self.rules.min_gap_days,
            same_weekday=self.rules.same_weekday,
        )

    def visits_due(self, outlet: int) -> int:
        """Visits of the best legal set of days (holidays take some); the frequency when there is no legal set."""
        sizes = [len(days) for rep in self.reps_of(outlet) for days in self.day_sets(outlet, rep)]
        return max(sizes, default=int(self.frequency[outlet]))

    @cached_property
    def due(self) -> IntArray:
        """`visits_due` of every outlet, shape (num_outlets,)."""
        return frozen([self.visits_due(outlet) for outlet in range(self.num_outlets)], np.int64).astype(np.int64)

    @cached_property
    def missing_price_s(self) -> IntArray:
        """Drive seconds that one missing visit is worth, shape (num_outlets,): more than it can save."""
        longest = int((self.shift_s[:, 1] - self.shift_s[:, 0]).max(initial=0))
        if not self.rules.first_drive_paid:
            longest = MIDNIGHT_S
        base = (longest + SECONDS_PER_MIN) * (1.0 + self.rules.price_balance)
        return round_half_up(base * (1.0 + np.asarray(self.priority) / 100.0))

    def content_digest(self) -> str:
        """A hash of everything a plan of this problem depends on, drive times included."""
        blobs = [np.ascontiguousarray(getattr(self, name)).tobytes() for name in (*_INT_COLUMNS, "priority", "works")]
        texts = [
            self.rules.model_dump_json(),
            repr((self.outlets.ids, self.homes.ids, self.skill.texts(), self.holidays)),
            repr([sorted(skills) for skills in self.rep_skills]),
        ]
        return digest(*blobs, *(text.encode() for text in texts), self.drive_s().tobytes())


_INT_COLUMNS = (
    "outlet_idcs",
    "frequency",
    "service_s",
    "windows_s",
    "rep_of_outlet",
    "rep_idcs",
    "shift_s",
    "pool_of_rep",
)


def _places(places: Places, idcs: IntArray) -> Places:
    return Places(ids=tuple(places.ids[i] for i in idcs.tolist()), lat=places.lat[idcs], lon=places.lon[idcs])


@lru_cache(maxsize=4096)
def legal_day_sets(
    frequency: int, *, weekdays: tuple[int, ...], holidays: DaySet, min_gap_days: int, same_weekday: bool
) -> tuple[DaySet, ...]:
    """
    All sets of days on which an outlet may be visited, without holidays, in ascending order.

    Parameters
    ----------
    frequency
        Visits per cycle.
    weekdays
        Weekdays (Monday 0) that the rep works and the outlet is open.
    holidays
        Cycle days that drop out of every set and are not replaced.
    min_gap_days
        Days between two visits of a week, counted around the week; three a week need `min(min_gap_days, 2)`.
    same_weekday
        False: weekly and fortnightly visits may fall on one of two neighbouring weekdays.

    Notes
    -----
    (a) Five a week: five weekdays. (b) Three and two a week: as many weekdays, with the gap. (c) Weekly: one
    weekday. (d) Fortnightly: one weekday in weeks 1 and 3, or 2 and 4. (e) Four-weekly: any day. Fortnightly and
    four-weekly outlets avoid holidays as far as they can: only the sets that lose the fewest visits are legal.
    """
    if frequency == 0:
        return ((),)
    days = [tuple(sorted(chosen)) for chosen in _nominal_sets(frequency, weekdays, min_gap_days, same_weekday)]
    kept = [tuple(day for day in chosen if day not in holidays) for chosen in days]
    if frequency <= FORTNIGHTLY and kept:
        most = max(len(chosen) for chosen in kept)
        kept = [chosen for chosen in kept if len(chosen) == most]
    return tuple(sorted(dict.fromkeys(kept)))


def _nominal_sets(frequency: int, weekdays: tuple[int, ...], min_gap_days: int, same_weekday: bool) -> list[list[int]]:
    weeks = range(WEEKS_PER_CYCLE)
    if frequency >= TWICE_WEEKLY:
        per_week = frequency // WEEKS_PER_CYCLE
        gap = {5: 1, 3: min(min_gap_days, 2), 2: min_gap_days}[per_week]
        chosen = [days for days in combinations(weekdays, per_week) if _smallest_gap(days) >= gap]
        return [[DAYS_PER_WEEK * week + day for week in weeks for day in days] for days in chosen]
    if frequency == MONTHLY:
        return [[DAYS_PER_WEEK * week + day] for week in weeks for day in weekdays]
    phases = [list(weeks)] if frequency == WEEKLY else [[0, 2], [1, 3]]
    choices: list[tuple[int, ...]] = [(day,) for day in weekdays]
    if not same_weekday:
        choices += [(day, day + 1) for day in weekdays if day + 1 in weekdays]
    return [
        [DAYS_PER_WEEK * week + day for week, day in zip(phase, days, strict=True)]
        for phase in phases
        for choice in choices
        for days in product(choice, repeat=len(phase))
    ]


def _smallest_gap(days: tuple[int, ...]) -> int:
    """Days between neighbouring visits, counted around the week."""
    turned = [*days[1:], days[0] + DAYS_PER_WEEK]
    return min(after - before for before, after in zip(days, turned, strict=True))


def lower_frequencies(frequency: int) -> tuple[int, ...]:
    """Frequencies to fall back to when an outlet cannot be visited as often as due, highest first."""
    return tuple(f for f in (THRICE_WEEKLY, TWICE_WEEKLY, WEEKLY, FORTNIGHTLY, MONTHLY) if f < frequency)
