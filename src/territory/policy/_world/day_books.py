"""The day's books: what a day's visits and minutes add to the month, in compiled code."""

from __future__ import annotations

import numba as nb

from territory.policy._world.people import VACANT
from territory.policy._world.state import World
from territory.policy._world.time_use import DayTerms
from territory.policy._world.workday import DayWork
from territory.policy.result import MINUTE_KINDS
from territory.units import BoolArray, FloatArray, IntArray

DRIVE, SERVICE, IDLE = (MINUTE_KINDS.index(kind) for kind in ("drive", "service", "idle"))


def enter(world: World, *, day: int, terms: DayTerms, due: IntArray, work: DayWork) -> None:
    """Write down day `day` of the year (from 0); what was due and not made is due again tomorrow."""
    facts, now = world.facts.arrays, world.now
    facts["budget_min_day"][day] = terms.budget_min
    _enter(
        world.people.mode,
        terms.works,
        terms.quality,
        terms.before_visits,
        due,
        work.done,
        work.drive_min,
        work.service_min,
        world.backlog,
        now.done,
        now.effective,
        now.minutes,
        now.cover_min,
        now.days_filled,
        facts["is_filled_day"][day],
        facts["used_min_day"][day],
    )


@nb.njit(cache=True)
def _enter(
    mode: IntArray,
    works: FloatArray,
    quality: FloatArray,
    before_visits: FloatArray,
    due: IntArray,
    done: IntArray,
    driven_min: FloatArray,
    served_min: FloatArray,
    backlog: IntArray,
    done_so_far: IntArray,
    effective: FloatArray,
    minutes: FloatArray,
    cover_min: FloatArray,
    days_filled: IntArray,
    is_filled: BoolArray,
    used_min: FloatArray,
) -> None:
    """Add the day to the last eight arrays; neighbours' minutes count as cover, not as the holder's time."""
    for slot in range(len(mode)):
        for outlet_class in range(due.shape[1]):
            made = done[slot, outlet_class]
            backlog[slot, outlet_class] = due[slot, outlet_class] - made
            done_so_far[slot, outlet_class] += made
            effective[slot, outlet_class] += made * quality[slot]
        used = driven_min[slot] + served_min[slot]
        own = used * works[slot]
        for kind in range(minutes.shape[1]):
            minutes[slot, kind] += before_visits[slot, kind]
        minutes[slot, DRIVE] += driven_min[slot] * works[slot]
        minutes[slot, SERVICE] += served_min[slot] * works[slot]
        minutes[slot, IDLE] -= own
        cover_min[slot] += used - own
        is_filled[slot] = mode[slot] != VACANT
        days_filled[slot] += is_filled[slot]
        used_min[slot] = used
