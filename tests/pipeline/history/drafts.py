"""A made-up plan as a state, and random edits of it; no scenario is needed to go back and forth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from territory.pipeline.history.state import Change, PlanState, day_and_rep, route_key

DATES = tuple(f"2026-12-{day:02d}" for day in (*range(1, 5), *range(7, 12), *range(14, 19), *range(21, 26)))


def drafted(num_outlets: int, num_reps: int) -> PlanState:
    """Every outlet has a rep and one visit on a day of the cycle; some have a visit without a place."""
    reps = [f"R{rep:02d}" for rep in range(num_reps)]
    outlets = [f"{outlet:05d}" for outlet in range(num_outlets)]
    assignment: dict[str, object] = {name: reps[at % num_reps] for at, name in enumerate(outlets)}
    routes: dict[str, object] = {}
    for at, name in enumerate(outlets):
        key = route_key(DATES[at // num_reps % len(DATES)], reps[at % num_reps])
        routes[key] = _with_stops(routes.get(key), [*_stops(routes.get(key)), [name, 0, 0, 0]])
    return PlanState().having(
        scenario={"name": "town"},
        assignment=assignment,
        routes=routes,
        unplaced={name: [1, "no_time"] for name in outlets[::17]},
    )


def random_edit(state: PlanState, draw: np.random.Generator) -> tuple[Change, ...]:
    """An outlet to another rep, a visit to another day, a visit dropped, a lock put on or taken off."""
    changes: tuple[Change, ...] = ()
    while not changes:
        changes = _tried(state, draw)
    return changes


def _tried(state: PlanState, draw: np.random.Generator) -> tuple[Change, ...]:
    """One draw, which may change nothing."""
    outlets, kind = list(state["assignment"]), int(draw.integers(4))
    outlet = outlets[int(draw.integers(len(outlets)))]
    if kind == 0:
        reps = sorted({str(rep) for rep in state["assignment"].values()})
        rep = reps[int(draw.integers(len(reps)))]
        after = state.having(assignment={**state["assignment"], outlet: rep})
    elif kind == 1 and outlet in state["locks"]:
        after = state.having(locks={key: rep for key, rep in state["locks"].items() if key != outlet})
    elif kind == 1:
        after = state.having(locks={**state["locks"], outlet: state["assignment"][outlet]})
    else:
        after = _rerouted(state, draw, is_dropped=kind == 3)
    return state.changes_to(after)


def _rerouted(state: PlanState, draw: np.random.Generator, *, is_dropped: bool) -> PlanState:
    keys = sorted(state["routes"])
    if not keys:
        return state
    key = keys[int(draw.integers(len(keys)))]
    stops = _stops(state["routes"][key])
    stop = stops.pop(int(draw.integers(len(stops))))
    routes = {**state["routes"], key: _with_stops(state["routes"][key], stops)}
    if not stops:
        del routes[key]
    if not is_dropped:
        other = route_key(DATES[int(draw.integers(len(DATES)))], day_and_rep(key)[1])
        routes[other] = _with_stops(routes.get(other), [*_stops(routes.get(other)), stop])
    return state.having(routes=routes)


def _stops(route: object) -> list[list[object]]:
    return [] if route is None else [list(stop) for stop in route["stops"]]  # type: ignore[index]


def _with_stops(route: object, stops: Sequence[Sequence[object]]) -> dict[str, object]:
    timed = [[stop[0], 28_800 + 1200 * at, 300, 900] for at, stop in enumerate(stops)]
    return {"leave": 28_000, "back": 600, "home": 28_800 + 1200 * len(timed), "lunch": -1, "stops": timed}
