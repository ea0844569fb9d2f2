"""Day routes that a search came by, and the cheapest plan made of them: set partitioning by CP-SAT."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import linprog
from scipy.sparse import csr_array

from territory.errors import SolverError
from territory.units import IntArray
from territory.visits import _layout as layout
from territory.visits._start import Setup

MOST_ROUTES = 20_000
# Drives are whole seconds and prices may not be: the model counts in this part of a second.
SCALE = 100
# The relaxation leaves more routes than this only where it says little; then there is nothing to hope for.
ROUNDING = 1e-6
Key = tuple[int, frozenset[int]]
Order = tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DayRoute:
    """An order of stops that works on every lane of its twins, and its drive."""

    order: Order
    drive_s: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Mix:
    """A plan: the option of each outlet, the order of stops of each lane, and the objective in drive seconds."""

    option: IntArray
    orders: tuple[Order, ...]
    objective_s: float


@dataclass(kw_only=True)
class RoutePool:
    """The cheapest order known for each set of outlets on the lanes of one day that differ in nothing."""

    setup: Setup
    routes: dict[Key, DayRoute] = field(default_factory=dict)
    most: int = MOST_ROUTES
    _seen: IntArray | None = None
    _best_s: float = np.inf

    def look_at(self, state: layout.State) -> None:
        """Add the routes of the current plan, and those of the best one where it is a new one."""
        length, places = state.lane[:, layout.LENGTH], state.stops[:, layout.PLACE]
        now = np.column_stack([length, places])
        changed = range(len(now)) if self._seen is None else np.flatnonzero((now != self._seen).any(axis=1)).tolist()
        self._seen = now
        for lane in changed:
            self.add(lane, places[lane, 1 : length[lane] + 1].tolist())
        best_s = float(state.objective[layout.BEST])
        if best_s != self._best_s:
            self._best_s = best_s
            for lane, row in enumerate(state.best):
                self.add(lane, row[1 : row[0] + 1].tolist())

    def add(self, lane: int, order: Iterable[int]) -> None:
        """Keep a route that works on this lane, unless a cheaper order of its stops is known."""
        stops = tuple(order)
        if not stops:
            return
        key = (int(self.setup.tables.lane[lane, layout.TWIN]), frozenset(stops))
        known = self.routes.pop(key, None)
        if known is None or known.order != stops:
            drive_s = drive_of(self.setup, lane, stops)
            if known is None or drive_s < known.drive_s:
                known = DayRoute(order=stops, drive_s=drive_s)
        self.routes[key] = known  # last in line again
        if len(self.routes) > self.most:
            del self.routes[next(iter(self.routes))]


def drive_of(setup: Setup, lane: int, order: Order) -> int:
    """Seconds of driving from home by these stops and back home."""
    home = int(setup.tables.lane[lane, layout.HOME])
    path = (home, *order, home) if order else ()
    return int(sum(setup.drive_s[frm, to] for frm, to in zip(path[:-1], path[1:], strict=True)))


def mix_of(setup: Setup, state: layout.State) -> Mix:
    """The best plan of a state."""
    return Mix(
        option=np.array(state.best_option),
        orders=tuple(tuple(row[1 : row[0] + 1].tolist()) for row in state.best),
        objective_s=float(state.objective[layout.BEST]),
    )


def partitioned(
    setup: Setup, pool: RoutePool, incumbent: Mix, *, seed: int, deterministic_time: float
) -> Mix | None:
    """
    The cheapest plan made of the pool's routes, or None where none better than the incumbent is found.

    Notes
    -----
    The linear relaxation goes first: a column whose reduced cost exceeds the gap is in no better plan. Balance is
    priced over all lanes at once and has no columns; with a price on it the answer is None.
    """
    if setup.tables.share[-1] != 0.0:
        return None
    model = _Model.of(setup, pool, incumbent)
    if model is None:
        return None
    chosen = model.solve(incumbent, seed=seed, deterministic_time=deterministic_time)
    if chosen is None:
        return None
    mix = model.mix(chosen)
    return mix if mix.objective_s < incumbent.objective_s - ROUNDING else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Model:
    """
    Columns are the options of the outlets, their absence, and routes, in this order.

    Attributes
    ----------
    equal, bound
        Rows and their right hand sides; rows of `below` are at most theirs.
    """

    setup: Setup
    keys: tuple[Key, ...]
    routes: tuple[DayRoute, ...]
    cost: np.ndarray
    equal: csr_array
    equal_to: np.ndarray
    below: csr_array
    below_to: np.ndarray
    is_hint: np.ndarray

    @classmethod
    def of(cls, setup: Setup, pool: RoutePool, incumbent: Mix) -> _Model | None:
        """None where the lanes of a slot hold only some of a set of twins."""
        tables = setup.tables
        n, options = len(tables.outlet), len(tables.option)
        twin_of = tables.lane[:, layout.TWIN].tolist()
        lanes_of: dict[int, int] = {}
        for twin in twin_of:
            lanes_of[twin] = lanes_of.get(twin, 0) + 1
        twins_of_slot: list[tuple[int, ...]] = []
        for slot in tables.slot:
            twins = [twin_of[lane] for lane in slot[1 : slot[0] + 1].tolist()]
            if any(twins.count(twin) != lanes_of[twin] for twin in set(twins)):
                return None
            twins_of_slot.append(tuple(sorted(set(twins))))
        day_of = dict(zip(twin_of, tables.lane[:, layout.DAY].tolist(), strict=True))
        # an option belongs to every outlet of its kind: a column per outlet and option
        columns: list[tuple[int, int]] = []
        for outlet in range(n):
            first, end = setup.option_range[outlet].tolist()
            columns += [(outlet, option) for option in range(first, end)]
        columns += [(outlet, layout.ABSENT) for outlet in range(n)]
        keys = tuple(pool.routes)
        routes = tuple(pool.routes[key] for key in keys)
        equal, below = _Rows(), _Rows()
        equal_to: list[float] = []
        below_to: list[float] = []
        for outlet in range(n):
            equal.row(("outlet", outlet))
            equal_to.append(1.0)
        for at, (outlet, option) in enumerate(columns):
            equal.put(("outlet", outlet), at, 1.0)
            if option == layout.ABSENT:
                continue
            for slot in tables.option[option, 1 : tables.option[option, 0] + 1].tolist():
                twins_here = twins_of_slot[slot]
                equal.put(("day", outlet, day_of[twins_here[0]]), at, -1.0)
                for twin in twins_here:
                    below.put(("twin", outlet, twin), at, -1.0)
        for at, (twin, stops) in enumerate(keys, start=len(columns)):
            below.put(("lanes", twin), at, 1.0)
            for outlet in stops:
                equal.put(("day", outlet, day_of[twin]), at, 1.0)
                below.put(("twin", outlet, twin), at, 1.0)
        width = len(columns) + len(keys)
        equal_to += [0.0] * (len(equal.at) - len(equal_to))
        below_to = [float(lanes_of[int(name[1])]) if name[0] == "lanes" else 0.0 for name in below.at]
        cost = [
            float(tables.weight[layout.PRICE, outlet])
            if option == layout.ABSENT
            else float(tables.option_price[option])
            for outlet, option in columns
        ]
        held = {(twin_of[lane], frozenset(order)) for lane, order in enumerate(incumbent.orders) if order}
        hint = [incumbent.option[outlet] == option for outlet, option in columns] + [key in held for key in keys]
        del options
        return cls(
            setup=setup,
            keys=keys,
            routes=routes,
            cost=np.array([*cost, *(float(route.drive_s) for route in routes)]),
            equal=equal.array(width),
            equal_to=np.array(equal_to),
            below=below.array(width),
            below_to=np.array(below_to),
            is_hint=np.array(hint, dtype=np.bool_),
        )

    def solve(self, incumbent: Mix, *, seed: int, deterministic_time: float) -> IntArray | None:
        """Chosen columns."""
        import os, time
        t0 = time.process_time()
        relaxed = linprog(
            self.cost,
            A_ub=self.below,
            b_ub=self.below_to,
            A_eq=self.equal,
            b_eq=self.equal_to,
            bounds=(0, None),
            method="highs",
        )
        t1 = time.process_time()
        if relaxed.status != 0:
            return None
        gap_s = incumbent.objective_s - float(relaxed.fun)
        left = np.flatnonzero((relaxed.lower.marginals <= gap_s + ROUNDING) | self.is_hint)
        if os.environ.get("POOLDBG"):
            print("lp", round(t1 - t0, 3), "cols", len(self.cost), "routes", len(self.keys), "gap %.4f" % (gap_s / incumbent.objective_s), "left", len(left), flush=True)
        if gap_s <= ROUNDING:
            return None
        model = cp_model.CpModel()
        x = {column: model.new_bool_var("") for column in left.tolist()}
        for rows, to, is_equal in ((self.equal, self.equal_to, True), (self.below, self.below_to, False)):
            for row in range(rows.shape[0]):
                span = slice(rows.indptr[row], rows.indptr[row + 1])
                pairs = [(int(c), int(v)) for c, v in zip(rows.indices[span], rows.data[span], strict=True) if c in x]
                expr = cp_model.LinearExpr.weighted_sum([x[c] for c, _ in pairs], [v for _, v in pairs])
                if is_equal:
                    model.add(expr == int(to[row]))
                else:
                    model.add(expr <= int(to[row]))
        points = np.rint(self.cost[left] * SCALE).astype(np.int64).tolist()
        model.minimize(cp_model.LinearExpr.weighted_sum(list(x.values()), points))
        for column, var in x.items():
            model.add_hint(var, int(self.is_hint[column]))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed % (2**31)
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = deterministic_time
        t2 = time.process_time()
        status = solver.solve(model)
        if os.environ.get("POOLDBG"):
            print("cp", solver.status_name(status), "build", round(t2 - t1, 2), "cpu", round(time.process_time() - t2, 3), "det", deterministic_time, "obj %.5f" % (solver.objective_value / SCALE / incumbent.objective_s) if status in (2, 4) else "", flush=True)
        if status == cp_model.MODEL_INVALID:
            raise SolverError(f"CP-SAT refused the partition: {model.validate()}")
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return np.array([column for column, var in x.items() if solver.boolean_value(var)], dtype=np.int64)

    def mix(self, chosen: IntArray) -> Mix:
        """The plan that the columns make; twins take their routes in turn."""
        setup, tables = self.setup, self.setup.tables
        n = len(tables.outlet)
        option_of = [option for o in range(n) for option in range(*setup.option_range[o].tolist())]
        outlet_of = [o for o in range(n) for _ in range(*setup.option_range[o].tolist())]
        option = np.full(n, layout.ABSENT, dtype=np.int64)
        first_route = len(option_of) + n
        free: dict[int, list[int]] = {}
        for lane in range(len(tables.lane) - 1, -1, -1):
            free.setdefault(int(tables.lane[lane, layout.TWIN]), []).append(lane)
        orders: list[Order] = [()] * len(tables.lane)
        for column in chosen.tolist():
            if column < len(option_of):
                option[outlet_of[column]] = option_of[column]
            elif column >= first_route:
                twin = self.keys[column - first_route][0]
                orders[free[twin].pop()] = self.routes[column - first_route].order
        return Mix(option=option, orders=tuple(orders), objective_s=float(self.cost[chosen].sum()))


class _Rows:
    """A sparse matrix, row by row as they are named."""

    def __init__(self) -> None:
        self.at: dict[tuple[object, ...], int] = {}
        self.entries: list[tuple[int, int, float]] = []

    def row(self, name: tuple[object, ...]) -> int:
        return self.at.setdefault(name, len(self.at))

    def put(self, name: tuple[object, ...], column: int, value: float) -> None:
        self.entries.append((self.row(name), column, value))

    def array(self, width: int) -> csr_array:
        rows, columns, values = zip(*self.entries, strict=True) if self.entries else ((), (), ())
        return csr_array((values, (rows, columns)), shape=(len(self.at), width))
