"""The shortest detour to one more stop of a day, by plain trial of every position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from territory.visits._reasons import DayClock, Windows, shortest_day_s
from territory.visits.model import VisitsProblem


@dataclass(frozen=True, kw_only=True, slots=True)
class Insertion:
    """After how many stops one more goes, and the seconds of driving it adds."""

    at: int
    detour_s: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteOfDay:
    """
    A day as it is driven today.

    Attributes
    ----------
    rep
        Local position.
    legs_s
        Seconds driven: home to first stop, between stops, last stop to home.
    windows, services_s
        Per stop: when service may start, and how long it takes.
    """

    rep: int
    legs_s: Sequence[int]
    windows: Sequence[Windows]
    services_s: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class OneMore:
    """
    The stop to insert.

    Attributes
    ----------
    there_s, back_s
        Seconds from home and each stop to it, and from it to each stop and home; as many as the day has legs.
    """

    there_s: Sequence[int]
    back_s: Sequence[int]
    opening: Windows
    service_s: int


def shortest_detour(problem: VisitsProblem, route: RouteOfDay, stop: OneMore) -> Insertion | None:
    """The position with the shortest detour at which the stop fits and the day is not longer than the longest one."""
    clock = DayClock.of(route.legs_s, route.windows, route.services_s, problem.bounds(route.rep), problem.lunch)
    there_s, back_s = stop.there_s, stop.back_s
    detours = [there + back - leg for there, back, leg in zip(there_s, back_s, route.legs_s, strict=True)]
    for at in sorted(range(len(detours)), key=detours.__getitem__):
        fits = clock.admits(at, there_s=there_s[at], back_s=back_s[at], opening=stop.opening, service_s=stop.service_s)
        if fits and _is_short_enough(problem, route, stop, at):
            return Insertion(at=at, detour_s=detours[at])
    return None


def _is_short_enough(problem: VisitsProblem, route: RouteOfDay, stop: OneMore, at: int) -> bool:
    """With the stop after so many others the day is no longer than the rep's longest one."""
    if problem.longest_day_s is None:
        return True
    least_s = shortest_day_s(
        [*route.legs_s[:at], stop.there_s[at], stop.back_s[at], *route.legs_s[at + 1 :]],
        [*route.windows[:at], stop.opening, *route.windows[at:]],
        [*route.services_s[:at], stop.service_s, *route.services_s[at:]],
        problem.bounds(route.rep),
    )
    return least_s <= int(problem.longest_day_s[route.rep])
