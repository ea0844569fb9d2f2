"""What a legal visit plan is: outlets with their frequencies and windows, reps with their days and skills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.calendar import LEGAL_VISITS, Calendar
from territory.domain.columns import NONE, Labels, frozen
from territory.domain.promises import CLOSED, Promises
from territory.domain.rules import VisitRules
from territory.domain.scenario import Scenario
from territory.domain.travel import Places, Travel
from territory.standing import digest
from territory.units import SECONDS_PER_MIN, BoolArray, FloatArray, IntArray, round_half_up, seconds, seconds_of
from territory.visits._cadences import (
    Rota,
    cadence_of,
    kind_of_promises,
    legal_day_sets,
    lower_frequencies,
    visits_per_week,
)
from territory.visits._values import ANYONE, MIDNIGHT_S, Choice, Choices, DayBounds, Lunch, choices_of_part
from territory.visits.patterns import Cadence, DaySet, PerWeek, patterns

__all__ = [
    "ANYONE",
    "MIDNIGHT_S",
    "Choice",
    "DayBounds",
    "DaySet",
    "Lunch",
    "VisitsProblem",
    "legal_day_sets",
    "lower_frequencies",
]


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
    explicit
        Legal choices per outlet in place of those that follow from its frequency; then there are no lower ones.
    reps_allowed
        Shape (num_outlets, num_reps): who may visit, in place of assignment, pool and skill.
    works_days
        Shape (num_reps, 28): days worked, in place of `works` and the holidays. Days of `works` that are neither
        in it nor holidays are leave.
    carried, carry_limit
        Goods or display material: units one visit takes, shape (num_outlets,); units a rep carries a day, (num_reps,).
    longest_day_s
        Seconds from leaving home to coming back at most, inside the shift, shape (num_reps,).
    visit_value_s
        Drive seconds that one missing visit is worth, shape (num_outlets,), in place of the rule by priority.
    promises
        What is agreed about visits; days of delivery and fixed times are in `windows_s` already. None: nothing.

    Notes
    -----
    (1) An outlet is visited on one of its legal sets of days (`choices`), (2) always by the same rep unless the
    choice says anyone, (3) who is the assigned one or one of the same pool, and has the outlet's skill; (4) service
    starts inside a window; (5) the day stays inside the shift; (6) lunch is taken when the day needs one; (7) a day's
    visits take no more than the rep can carry.
    The objective, in drive minutes, is drive + price_balance x (day loads above the mean) + prices of the choices +
    price of missing visits. Day load is drive and service. The mean of a day is the part's load shared out over the
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
    explicit: Choices | None = None
    reps_allowed: BoolArray | None = None
    works_days: BoolArray | None = None
    carried: IntArray | None = None
    carry_limit: IntArray | None = None
    visit_value_s: IntArray | None = None
    longest_day_s: IntArray | None = None
    promises: Promises | None = None
    _known: dict[tuple[object, ...], tuple[Choice, ...]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for name in _INT_COLUMNS:
            object.__setattr__(self, name, frozen(getattr(self, name), np.int64))
        object.__setattr__(self, "priority", frozen(self.priority, np.float64))
        object.__setattr__(self, "works", frozen(self.works, np.bool_))
        for name, dtype in _OPTIONAL_COLUMNS.items():
            if getattr(self, name) is not None:
                object.__setattr__(self, name, frozen(getattr(self, name), dtype))
        if (self.carried is None) != (self.carry_limit is None):
            raise ValueError("carried and carry_limit come together")
        if self.longest_day_s is not None and (self.rules.lunch_min or (self.windows_s[:, :, 1] != CLOSED).any()):
            raise ValueError("a longest day goes with one window a day and without lunch")
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
        if self.promises is not None and self.explicit is None and len(self.promises) != n:
            raise ValueError("promises do not have one row per outlet")
        if n and self.service_s.min() < 0:
            raise ValueError("service takes no negative time")

    @classmethod
    def of(cls, scenario: Scenario, assignment: Assignment) -> VisitsProblem:
        """The problem of an assignment, whatever `plan_quantile` says; outlets given to nobody are not in it."""
        outlets, reps, rules = scenario.outlets, scenario.reps, scenario.visits
        served, everyone = np.flatnonzero(assignment.rep_of_outlet != NONE), np.arange(len(reps))
        promises = outlets.promises.take(served)
        windows_min = promises.windows_min(outlets.windows_min[served])
        rota = Rota.of(reps.works, None, scenario.calendar.is_workday())
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
            works_days=rota.worked & ~reps.leave if reps.leave.any() else None,
            promises=None if promises.are_none else promises,
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
            outlets=self.outlets.take(outlets),
            frequency=self.frequency[outlets],
            service_s=self.service_s[outlets],
            windows_s=self.windows_s[outlets],
            priority=self.priority[outlets],
            skill=self.skill.take(outlets),
            tier=self.tier.take(outlets),
            rep_of_outlet=local[self.rep_of_outlet[outlets]],
            rep_idcs=self.rep_idcs[reps],
            homes=self.homes.take(reps),
            shift_s=self.shift_s[reps],
            works=self.works[reps],
            rep_skills=tuple(self.rep_skills[rep] for rep in reps.tolist()),
            pool_of_rep=np.zeros(len(reps), dtype=np.int64),
            explicit=choices_of_part(self.explicit, outlets, local),
            reps_allowed=None if self.reps_allowed is None else self.reps_allowed[np.ix_(outlets, reps)],
            works_days=None if self.works_days is None else self.works_days[reps],
            carried=None if self.carried is None else self.carried[outlets],
            carry_limit=None if self.carry_limit is None else self.carry_limit[reps],
            visit_value_s=None if self.visit_value_s is None else self.visit_value_s[outlets],
            longest_day_s=None if self.longest_day_s is None else self.longest_day_s[reps],
            promises=None if self.promises is None else self.promises.take(outlets),
        )

    @cached_property
    def lunch(self) -> Lunch:
        """Lunch in seconds."""
        return Lunch.of(self.rules)

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
        return np.array(self._rota.worked)

    @cached_property
    def _rota(self) -> Rota:
        return Rota.of(self.works, self.works_days, self.calendar.is_workday())

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
        if self.reps_allowed is not None:
            return tuple(np.flatnonzero(self.reps_allowed[outlet]).tolist())
        skill = self.skill[outlet]
        mates = np.flatnonzero(self.pool_of_rep == self.pool_of_rep[self.rep_of_outlet[outlet]]).tolist()
        return tuple(rep for rep in mates if not skill or skill in self.rep_skills[rep])

    def choices(self, outlet: int, frequency: int | None = None) -> tuple[Choice, ...]:
        """Ways to serve the outlet in full, or those at a lower frequency, which explicit choices do not have."""
        if self.explicit is not None:
            return self.explicit[outlet] if frequency is None else ()
        kind = self.kind_of_choices(outlet, frequency)
        if kind not in self._known:
            found = self._legal(outlet, frequency, avoid_leave=True) or self._legal(outlet, frequency)
            self._known[kind] = tuple(c for c in found if c.days) or found  # a set that drops out serves nobody
        return self._known[kind]

    def _legal(self, outlet: int, frequency: int | None, *, avoid_leave: bool = False) -> tuple[Choice, ...]:
        away_s, unpriced = seconds_of(self.rules.price_other_rep), (ANYONE, int(self.rep_of_outlet[outlet]))
        return tuple(
            Choice(
                rep=rep,
                days=pattern.days,
                price_s=seconds_of(pattern.price_min) + (0 if rep in unpriced else away_s * len(pattern.days)),
            )
            for rep, cadence in self.cadences(outlet, frequency, avoid_leave=avoid_leave)
            for pattern in patterns(cadence)
        )

    def cadences(
        self, outlet: int, frequency: int | None = None, *, avoid_leave: bool = False
    ) -> Iterator[tuple[int, Cadence]]:
        """Who may serve the outlet, and with which cadence; with `avoid_leave` colleagues stand in for each other."""
        reps = self.reps_of(outlet)
        is_shared = not self.rules.same_rep and len(reps) > 1
        for rep in (ANYONE,) if is_shared else reps:
            stands_in = avoid_leave and len(reps) > 1 and not is_shared
            cadence = cadence_of(
                outlet,
                visits_per_cycle=int(self.frequency[outlet]) if frequency is None else frequency,
                per_week=self._visits_per_week(outlet) if frequency is None else None,
                days=self._rota.days(reps if is_shared else (rep,), avoid_leave=stands_in),
                is_open=self.is_open[outlet],
                promises=self.promises,
                rules=self.rules,
            )
            yield rep, cadence

    def _visits_per_week(self, outlet: int) -> PerWeek | None:
        return visits_per_week(self.promises, outlet, int(self.frequency[outlet]))

    def kind_of_choices(self, outlet: int, frequency: int | None = None) -> tuple[object, ...]:
        """Outlets of the same kind have the same choices."""
        reps = self.reps_of(outlet)
        if self.explicit is not None:
            return (self.choices(outlet, frequency), reps)
        first = int(self.rep_of_outlet[outlet]) if self.rules.price_other_rep else ANYONE
        wanted = int(self.frequency[outlet]) if frequency is None else frequency
        per_week = self._visits_per_week(outlet) if frequency is None else None
        return (wanted, per_week, reps, first, self.is_open[outlet].tobytes(), *kind_of_promises(self.promises, outlet))

    def likeness_of_rep(self, rep: int) -> tuple[object, ...]:
        """Reps of the same likeness can stand in for each other on a day both work."""
        may = None if self.reps_allowed is None else self.reps_allowed[:, rep].tobytes()
        home = (float(self.homes.lat[rep]), float(self.homes.lon[rep]))
        limit = None if self.carry_limit is None else int(self.carry_limit[rep])
        is_named = self.explicit is None or any(choice.rep == rep for row in self.explicit for choice in row)
        name = rep if is_named else ANYONE
        longest = None if self.longest_day_s is None else int(self.longest_day_s[rep])
        return (home, tuple(self.shift_s[rep].tolist()), may, self.rep_skills[rep], limit, longest, name)

    def visits_due(self, outlet: int) -> int:
        """Visits of the best legal set of days (holidays take some); the frequency when there is no legal set."""
        per_week = self._visits_per_week(outlet)
        regular = int(self.frequency[outlet]) if per_week is None else sum(per_week)
        return max((len(choice.days) for choice in self.choices(outlet)), default=regular)

    @cached_property
    def due(self) -> IntArray:
        """`visits_due` of every outlet, shape (num_outlets,)."""
        return frozen([self.visits_due(outlet) for outlet in range(self.num_outlets)], np.int64).astype(np.int64)

    @cached_property
    def missing_price_s(self) -> IntArray:
        """Drive seconds that one missing visit is worth, shape (num_outlets,): more than it can save."""
        if self.visit_value_s is not None:
            return self.visit_value_s
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
            repr(self.explicit),
        ]
        blobs += [b"-" if (column := getattr(self, name)) is None else column.tobytes() for name in _OPTIONAL_COLUMNS]
        blobs += [] if self.promises is None else self.promises.blobs()
        return digest(*blobs, *(text.encode() for text in texts), self.drive_s().tobytes())


_INT_COLUMNS = (
    *("outlet_idcs", "frequency", "service_s", "windows_s", "rep_of_outlet"),
    *("rep_idcs", "shift_s", "pool_of_rep"),
)
_OPTIONAL_COLUMNS: Mapping[str, type[np.generic]] = {
    "reps_allowed": np.bool_,
    "works_days": np.bool_,
    "carried": np.int64,
    "carry_limit": np.int64,
    "visit_value_s": np.int64,
    "longest_day_s": np.int64,
}
