"""The shortest detour to one more stop of a day, by plain trial of every position."""

from __future__ import annotations

from collections.abc import Sequence
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
) -> Insertion | None:
    """
    The position with the shortest detour at which the stop fits, or None.

    Parameters
    ----------
    legs_s
        Seconds driven today: home to first stop, between stops, last stop to home.
    there_s, back_s
        Seconds from home and each stop to the new one, and from the new one to each stop and home; as long as `legs_s`.
    """
    detours = [there + back - leg for there, back, leg in zip(there_s, back_s, legs_s, strict=True)]
    for at in sorted(range(len(detours)), key=detours.__getitem__):
        if clock.admits(at, there_s=there_s[at], back_s=back_s[at], opening=opening, service_s=service_s):
            return Insertion(at=at, detour_s=detours[at])
    return None
