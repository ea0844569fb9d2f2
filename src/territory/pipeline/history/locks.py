"""Locks of hand edits: an outlet stays with its rep (key ``OUTLET``), a visit on its day (key ``OUTLET DATE``)."""

from __future__ import annotations

import re

from territory.pipeline.history.state import PlanState, day_and_rep, stops_of

_VISIT = re.compile(r"(?P<outlet>.+) (?P<date>\d{4}-\d{2}-\d{2})\Z")


def lock_key(outlet_id: str, date: str | None) -> str:
    """The key of a lock."""
    return outlet_id if date is None else f"{outlet_id} {date}"


def broken_locks(state: PlanState) -> list[str]:
    """Keys of locks that the state does not keep."""
    visits = (
        {(stop[0], *day_and_rep(key)) for key, route in state["routes"].items() for stop in stops_of(route)}
        if state["locks"]
        else set()
    )
    broken = []
    for key, rep in state["locks"].items():
        match = _VISIT.match(key)
        if key in state["assignment"] or match is None:
            kept = state["assignment"].get(key) == rep
        else:
            kept = (match["outlet"], match["date"], str(rep)) in visits
        if not kept:
            broken.append(key)
    return sorted(broken)
