"""How long to search: a frozen description, and a meter that each solve starts anew."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Effort:
    """How much work a search may do.

    Iterations repeat exactly on every machine; seconds do not, and the run card says which was given. Seconds are
    wall seconds, for people who wait; CPU seconds of the searching process compare methods on a busy machine.
    """

    iterations: int | None = None
    seconds: float | None = None
    cpu_seconds: float | None = None

    def __post_init__(self) -> None:
        given = [value for value in (self.iterations, self.seconds, self.cpu_seconds) if value is not None]
        if len(given) != 1:
            raise ValueError("give effort as iterations, as seconds or as CPU seconds, one of them")
        if given[0] < 0:
            raise ValueError("effort cannot be negative")

    @property
    def is_deterministic(self) -> bool:
        """True when the same seed gives the same answer on every machine."""
        return self.iterations is not None

    def divided(self, parts: int) -> Effort:
        """One of so many equal parts; iterations are rounded up."""
        if self.iterations is not None:
            return Effort(iterations=-(-self.iterations // parts))
        if self.seconds is not None:
            return Effort(seconds=self.seconds / parts)
        return Effort(cpu_seconds=(self.cpu_seconds or 0.0) / parts)

    def describe(self) -> dict[str, object]:
        """For the run card."""
        if self.iterations is not None:
            return {"iterations": self.iterations}
        return {"seconds": self.seconds} if self.seconds is not None else {"cpu_seconds": self.cpu_seconds}


class CancelToken:
    """Lets another thread, or Ctrl-C, ask a search to stop and keep its best plan."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask for the stop."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """True once a stop was asked for."""
        return self._event.is_set()


@dataclass(slots=True)
class Meter:
    """Time and iterations spent by one solve."""

    effort: Effort
    started_s: float = field(default_factory=time.perf_counter)
    started_cpu_s: float = field(default_factory=time.process_time)
    iterations: int = 0

    @property
    def elapsed_s(self) -> float:
        """Wall seconds since this solve began."""
        return time.perf_counter() - self.started_s

    @property
    def is_spent(self) -> bool:
        """True when the effort is used up."""
        if self.effort.iterations is not None:
            return self.iterations >= self.effort.iterations
        return self._clock_s >= self._limit_s

    def share_spent(self) -> float:
        """Part of the effort used, 0 to 1."""
        if self.effort.iterations is not None:
            return min(1.0, self.iterations / max(1, self.effort.iterations))
        return min(1.0, self._clock_s / max(1e-9, self._limit_s))

    @property
    def _clock_s(self) -> float:
        """Seconds since this solve began, on the clock that the effort is measured with."""
        return self.elapsed_s if self.effort.cpu_seconds is None else time.process_time() - self.started_cpu_s

    @property
    def _limit_s(self) -> float:
        return self.effort.seconds or self.effort.cpu_seconds or 0.0
