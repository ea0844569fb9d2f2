"""How long to search: a frozen description, and a meter that each solve starts anew."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Effort:
    """How much work a search may do.

    Iterations repeat exactly on every machine; seconds do not, and the run card says which was given.
    """

    iterations: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        if (self.iterations is None) == (self.seconds is None):
            raise ValueError("give effort as iterations or as seconds, not both and not neither")
        if (self.iterations or 0) < 0 or (self.seconds or 0.0) < 0:
            raise ValueError("effort cannot be negative")

    @property
    def is_deterministic(self) -> bool:
        """True when the same seed gives the same answer on every machine."""
        return self.iterations is not None

    def describe(self) -> dict[str, object]:
        """For the run card."""
        if self.iterations is not None:
            return {"iterations": self.iterations}
        return {"seconds": self.seconds}


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
        return self.elapsed_s >= (self.effort.seconds or 0.0)

    def share_spent(self) -> float:
        """Part of the effort used, 0 to 1."""
        if self.effort.iterations is not None:
            return min(1.0, self.iterations / max(1, self.effort.iterations))
        return min(1.0, self.elapsed_s / max(1e-9, self.effort.seconds or 0.0))
