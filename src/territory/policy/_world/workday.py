"""A working day: which of the due visits are made before the minutes run out.

`day_block` resolves the block of all slots and visits at once, in compiled code. `day_by_events` walks every visit
through SimPy timeouts; on the same draws it gives the same numbers and is kept as the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt
import simpy

from territory.units import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class DayTask:
    """
    What a day asks for.

    Attributes
    ----------
    due
        Visits due by class, in order of importance, shape (S, K).
    budget_min
        Minutes for driving and service, shape (S,).
    drive_min, service_min
        Mean minutes per visit, shapes (S,) and (S, K).
    drive_factor, service_factor
        Factors of the day's possible visits, shape (S, wide); visits beyond `wide` are not possible.
    """

    due: IntArray
    budget_min: FloatArray
    drive_min: FloatArray
    service_min: FloatArray
    drive_factor: npt.NDArray[np.float32]
    service_factor: npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class DayWork:
    """Visits made by class, shape (S, K), and minutes driven and spent at outlets, shape (S,)."""

    done: IntArray
    drive_min: FloatArray
    service_min: FloatArray


DayRunner = Callable[[DayTask], DayWork]


def day_block(task: DayTask) -> DayWork:
    """All slots at once: visits are made in order of class while the running total stays within the budget."""
    slots = len(task.drive_min)
    if task.drive_factor.shape[0] != slots or task.service_factor.shape != task.drive_factor.shape:
        raise ValueError("drive and service factors have one row per slot and one column per visit")
    work = DayWork(done=np.zeros_like(task.due), drive_min=np.zeros(slots), service_min=np.zeros(slots))
    _resolve(
        task.due,
        task.budget_min,
        task.drive_min,
        task.service_min,
        task.drive_factor,
        task.service_factor,
        work.done,
        work.drive_min,
        work.service_min,
    )
    return work


@nb.njit(cache=True)
def _resolve(
    due: IntArray,
    budget_min: FloatArray,
    drive_min: FloatArray,
    service_min: FloatArray,
    drive_factor: npt.NDArray[np.float32],
    service_factor: npt.NDArray[np.float32],
    done: IntArray,
    driven_min: FloatArray,
    served_min: FloatArray,
) -> None:
    """Fill the last three arrays, slot by slot and visit by visit."""
    slots, wide = drive_factor.shape
    for slot in range(slots):
        budget, leg = budget_min[slot], drive_min[slot]
        spent, driven, served = 0.0, 0.0, 0.0
        visit, is_over = 0, False
        for outlet_class in range(due.shape[1]):
            at_outlet, made = service_min[slot, outlet_class], 0
            while made < due[slot, outlet_class] and visit < wide:
                drive = leg * drive_factor[slot, visit]
                service = at_outlet * service_factor[slot, visit]
                if spent + (drive + service) > budget:
                    is_over = True
                    break
                spent += drive + service
                driven += drive
                served += service
                made += 1
                visit += 1
            done[slot, outlet_class] = made
            if is_over:
                break
        driven_min[slot], served_min[slot] = driven, served


def day_by_events(task: DayTask) -> DayWork:
    """Every visit is an event: the rep drives, serves, looks at the clock, goes on or stops."""
    slots, wide = task.drive_factor.shape
    done = np.zeros_like(task.due)
    drive_min, service_min = np.zeros(slots), np.zeros(slots)
    env = simpy.Environment()

    def rep(slot: int) -> Generator[simpy.Event, None, None]:
        classes = np.repeat(np.arange(task.due.shape[1]), task.due[slot])[:wide]
        for visit, outlet_class in enumerate(classes.tolist()):
            drive = float(task.drive_min[slot] * task.drive_factor[slot, visit])
            service = float(task.service_min[slot, outlet_class] * task.service_factor[slot, visit])
            if env.now + (drive + service) > task.budget_min[slot]:
                return
            yield env.timeout(drive + service)
            done[slot, outlet_class] += 1
            drive_min[slot] += drive
            service_min[slot] += service

    for slot in range(slots):
        env.process(rep(slot))
    env.run()
    return DayWork(done=done, drive_min=drive_min, service_min=service_min)
