"""The shortest detour to one more stop of a day, by plain trial of every position."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from territory.visits._reasons import DayClock, Windows


@dataclass(frozen=True, kw_only=True, slots=True)
class Insertion:
    """After how many stops one more goes, and the seconds of driving it adds."""

    at: int
    detour_s: int


def shortest_detour(
    clock: DayClock,
    *,
    legs_s: Sequence[int],
    there_s: Sequence[int],
    back_s: Sequence[int],
    opening: Windows,
    service_s: int,
    is_short_enough: Callable[[int], bool] | None = None,
) -> Insertion | None:
    """
    The position with the shortest detour at which the stop fits, or None.

    Parameters
    ----------
    legs_s
        Seconds driven today: home to first stop, between stops, last stop to home.
    there_s, back_s
        Seconds from home and each stop to the new one, and from the new one to each stop and home; as long as `legs_s`.
    is_short_enough
        Whether the day with the stop after so many others is no longer than it may be; None: it may be of any length.
    """
    detours = [there + back - leg for there, back, leg in zip(there_s, back_s, legs_s, strict=True)]
    for at in sorted(range(len(detours)), key=detours.__getitem__):
        fits = clock.admits(at, there_s=there_s[at], back_s=back_s[at], opening=opening, service_s=service_s)
        if fits and (is_short_enough is None or is_short_enough(at)):
            return Insertion(at=at, detour_s=detours[at])
    return None
