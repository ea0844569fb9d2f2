"""One planned day driven many times over: delays, waits, lunch and closed doors, all replications at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from territory.units import SECONDS_PER_MIN, BoolArray, FloatArray
from territory.visits.model import DayBounds, Lunch

LateRule = Literal["visit", "skip"]
PATIENCE_S = 30 * SECONDS_PER_MIN  # before a later window opens; who would wait longer is too late
EATEN = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedDay:
    """
    A day as planned, seconds.

    Attributes
    ----------
    drive_s, service_s
        Means; `drive_s` has one more, the drive home.
    windows
        [opens, closes] pairs per stop.
    lunch_gap
        Lunch is on the way to this stop; `num_stops` on the way home, more than that at home afterwards, `EATEN`
        before the day begins.
    """

    leave_s: int
    start_s: tuple[int, ...]
    return_s: int
    lunch_gap: int
    drive_s: tuple[int, ...]
    service_s: tuple[int, ...]
    windows: Sequence[Sequence[Sequence[int]]]
    bounds: DayBounds
    lunch: Lunch

    @property
    def num_stops(self) -> int:
        """Number of stops."""
        return len(self.start_s)

    def waits_s(self) -> list[float]:
        """Seconds the plan lets pass between being ready for a stop (or home) and its planned time."""
        ready_s, waits = float(self.leave_s), []
        for at, planned_s in enumerate((*self.start_s, self.return_s)):
            arrival = _arrival(self, at, np.array([ready_s]), np.array([float(self.drive_s[at])]))
            waits.append(max(0.0, planned_s - float((arrival.fed if at == self.lunch_gap else arrival.hungry)[0])))
            ready_s = float(planned_s + (self.service_s[at] if at < self.num_stops else 0))
        return waits


@dataclass(frozen=True, kw_only=True, slots=True)
class DrivenDay:
    """
    What became of a day, seconds after midnight.

    Attributes
    ----------
    start_s, in_window
        Shape (num_stops, replications); not a number where the door was shut and the visit not made.
    overtime_s, is_lunch_late
        Shape (replications,): beyond the limits of the day; lunch began after its latest time.
    """

    start_s: FloatArray
    in_window: BoolArray
    overtime_s: FloatArray
    is_lunch_late: BoolArray


@dataclass(frozen=True, kw_only=True, slots=True)
class _Arrival:
    """Arrival at a place without lunch on the way, with it, and when that lunch begins."""

    hungry: FloatArray
    fed: FloatArray
    lunch: FloatArray


def drive_day(day: PlannedDay, *, service_s: FloatArray, drive_s: FloatArray, late: LateRule) -> DrivenDay:
    """
    Drive the day once per replication.

    Parameters
    ----------
    service_s, drive_s
        Seconds they really take, shapes (num_stops, replications) and (num_stops + 1, replications).
    late
        Nobody opens when a stop is reached after its window: "visit" makes the visit at once, outside the window;
        "skip" drives on.

    Notes
    -----
    Who is ahead of the plan goes on and keeps the plan's waits; who is late uses them up. Lunch is where the plan has
    it, or earlier when one more visit of usual length would make it late; it is always taken in full. No visit is left
    out because the day is late.
    """
    now_s = np.full(service_s.shape[1], float(day.leave_s))
    last_end_s, waits = now_s.copy(), day.waits_s()
    is_hungry = np.full(len(now_s), day.lunch.length_s > 0 and day.lunch_gap != EATEN)
    is_lunch_late = np.zeros(len(now_s), dtype=np.bool_)
    starts, inside = np.full(service_s.shape, np.nan), np.zeros(service_s.shape, dtype=np.bool_)
    for at in range(day.num_stops + 1):
        is_home = at == day.num_stops
        arrival = _arrival(day, at, now_s, drive_s[at])
        usual_s = day.drive_s[at] + (0 if is_home else day.service_s[at])
        eats = is_hungry & ((at == day.lunch_gap) | (now_s + usual_s > day.lunch.until_s))
        is_hungry &= ~eats
        is_lunch_late |= eats & (arrival.lunch > day.lunch.until_s)
        there_s = np.where(eats, arrival.fed, arrival.hungry)
        planned_s = day.return_s if is_home else day.start_s[at]
        ready_s = np.maximum(there_s, np.minimum(float(planned_s), there_s + waits[at]))
        if is_home:
            now_s = ready_s
            break
        opened_s = _opened(day, at, np.maximum(ready_s, day.bounds.start_s))
        inside[at] = np.isfinite(opened_s)
        made = inside[at] | (late == "visit")
        start_s = np.where(inside[at], opened_s, np.maximum(there_s, day.bounds.start_s))
        starts[at, made] = start_s[made]
        now_s = np.where(made, start_s + service_s[at], there_s)
        last_end_s = np.where(made, now_s, last_end_s)
    over_s = np.maximum(last_end_s - day.bounds.end_s, now_s - day.bounds.return_s)
    return DrivenDay(start_s=starts, in_window=inside, overtime_s=over_s.clip(min=0.0), is_lunch_late=is_lunch_late)


def _arrival(day: PlannedDay, at: int, now_s: FloatArray, drive_s: FloatArray) -> _Arrival:
    """Lunch is eaten on arrival where that is not too late, else before the drive; before the drive home always."""
    lunch, hungry = day.lunch, now_s + drive_s
    on_arrival = (hungry <= lunch.until_s) & (at < day.num_stops)
    begins = np.maximum(np.where(on_arrival, hungry, now_s), lunch.from_s)
    return _Arrival(hungry=hungry, fed=begins + lunch.length_s + np.where(on_arrival, 0.0, drive_s), lunch=begins)


def _opened(day: PlannedDay, at: int, ready_s: FloatArray) -> FloatArray:
    """First start inside a window: up to the planned one, or a later one that opens soon; infinite when none is."""
    found = np.full(len(ready_s), np.inf)
    for opens, closes in day.windows[at]:
        start_s = np.maximum(ready_s, opens)
        is_meant = opens <= day.start_s[at]
        fits = (ready_s <= closes) & (is_meant | (start_s - ready_s <= PATIENCE_S))
        found = np.where(fits, np.minimum(found, start_s), found)
    return found
