"""A working day: which of the due visits are made before the minutes run out.

`day_block` resolves all slots at once. `day_by_events` walks every visit through SimPy timeouts; on the same draws it
gives the same numbers and is kept as the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

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
    slots, wide = task.drive_factor.shape
    upto = np.cumsum(task.due, axis=1)
    position = np.arange(wide)
    drive = task.drive_min[:, None] * task.drive_factor
    service = np.empty((slots, wide))
    service[:] = task.service_min[:, -1:]
    for k in range(upto.shape[1] - 2, -1, -1):
        np.copyto(service, task.service_min[:, k : k + 1], where=position < upto[:, k : k + 1])
    service *= task.service_factor
    fits = np.cumsum(drive + service, axis=1) <= task.budget_min[:, None]
    fits &= position < upto[:, -1:]
    number = np.asarray(fits.sum(axis=1), dtype=np.int64)
    return DayWork(
        done=np.clip(number[:, None] - (upto - task.due), 0, task.due),
        drive_min=(drive * fits).sum(axis=1),
        service_min=(service * fits).sum(axis=1),
    )


def day_by_events(task: DayTask) -> DayWork:
    """Every visit is an event: the rep drives, serves, looks at the clock, goes on or stops."""
    slots, wide = task.drive_factor.shape
    done = np.zeros_like(task.due)
    drive_min, service_min = np.zeros((slots, wide)), np.zeros((slots, wide))
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
            drive_min[slot, visit], service_min[slot, visit] = drive, service

    for slot in range(slots):
        env.process(rep(slot))
    env.run()
    return DayWork(done=done, drive_min=drive_min.sum(axis=1), service_min=service_min.sum(axis=1))
