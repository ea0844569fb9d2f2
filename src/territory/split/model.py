"""What is allowed? The split problem: who may serve which outlet, and what makes one split better than another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from territory.domain.columns import NONE, frozen
from territory.language import Text
from territory.split._ground import (
    home_minutes,
    place_share,
    seed_territories,
    territories_of,
    territory_affinity,
    unit_neighbours,
    who_may_serve,
    workload_min,
)
from territory.split._neighbours import plane_km
from territory.split._units import make_units
from territory.units import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from collections.abc import Mapping

    from territory.domain.assignment import Assignment
    from territory.domain.scenario import Scenario

_UNLIMITED = np.inf


@dataclass(frozen=True, kw_only=True, eq=False)
class BalanceMeasure:
    """
    One thing to balance.

    Attributes
    ----------
    amount
        Per outlet, shape (num_outlets,), in `unit`.
    target
        Per territory, shape (num_territories,); sums to the total amount.
    tolerance
        Allowed deviation as a share of the target, both ways; infinite: reported, not limited.
    """

    name: str
    unit: str
    label: Text
    amount: FloatArray
    target: FloatArray
    tolerance: float

    @property
    def is_limited(self) -> bool:
        """True when the tolerance is a rule."""
        return bool(np.isfinite(self.tolerance))


@dataclass(frozen=True, kw_only=True, eq=False)
class SplitProblem:
    """
    Minimise points of flow cut + moved sales + travel from home, over assignments of outlets to territories.

    A territory is one rep's, or a pooled team's (which the visit plan then shares out inside the team).

    Attributes
    ----------
    territory_ids, territory_of_rep, reps_of_territory
        A rep's id or a pooled team's; position per rep, shape (num_reps,); members per territory.
    unit_of_outlet, unit_names, is_exempt, neighbours
        Basic units (see `_units`), and the symmetric 0/1 graph that contiguity is judged on.
    place_of_outlet, share_of_place, flow
        Flow place of each outlet, its share of the place's sales, directed flow between places (CSR).
    sales, today
        Sales per week and today's rep (-1: none) per outlet.
    home_min
        Minutes driven from home to the outlet for all visits of a cycle, one way, shape
        (num_outlets, num_territories), float32.
    allowed
        The territory may serve the outlet, shape (num_outlets, num_territories).
    max_moved_share, price_moved, price_travel
        See `domain.rules.SplitRules`.
    team_of_territory
        Team of each territory, -1 for none; empty where teams do not matter. Reported on, not a rule.
    apart
        Outlets with the same number lie in different territories, shape (num_outlets,); -1 for none; may be empty.
    seed_territory
        The territory that must hold the outlet (a seed point), shape (num_outlets,); -1 for none; may be empty.
    affinity
        How closely an outlet is bound to a territory, 0 to 1, shape (num_outlets, num_territories), CSR; None: not
        given.
    homes_are_fixed
        False: the reps' homes do not count; travel from them is reported and not priced (`price_travel` is 0).

    Notes
    -----
    Rules: (1) every outlet has one rep; (2) a locked outlet stays; (3) a group goes to one territory; (4) only an
    allowed territory serves an outlet; (5) each limited measure within tolerance, both ways; (6) the regular units
    that a territory touches are connected; (7) moved sales at most the cap; (8) no territory is empty; (9) outlets
    kept apart lie in different territories; (10) a seed point lies in its territory.

    Objective, in points (percent of the flow between places): 100 (flow cut) / (flow between places)
    + price_moved x 100 (moved sales) / (sales that have a rep today)
    + price_travel x 100 (home travel) / (today's home travel)
    + price_affinity x 100 (sales x (1 - affinity)) / (all sales)
    + price_compactness x 100 (inertia) / (inertia scale): inertia is the sum over territories of workload x squared
    kilometres to the territory's best central outlet; the scale is the whole region's inertia about its centroid
    over the number of territories.
    """

    outlet_ids: tuple[str, ...]
    rep_ids: tuple[str, ...]
    territory_ids: tuple[str, ...]
    territory_of_rep: IntArray
    reps_of_territory: tuple[tuple[int, ...], ...]
    rep_lat: FloatArray
    rep_lon: FloatArray
    lat: FloatArray
    lon: FloatArray
    unit_of_outlet: IntArray
    unit_names: tuple[str, ...]
    is_exempt: BoolArray
    neighbours: sp.csr_matrix
    place_of_outlet: IntArray
    share_of_place: FloatArray
    flow: sp.csr_matrix
    measures: tuple[BalanceMeasure, ...]
    sales: FloatArray
    today: IntArray
    locked: BoolArray
    group: IntArray
    home_min: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
    allowed: BoolArray
    max_moved_share: float
    price_moved: float
    price_travel: float
    team_of_territory: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    apart: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    seed_territory: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    affinity: sp.csr_matrix | None = None
    homes_are_fixed: bool = True
    price_affinity: float = 0.0
    price_compactness: float = 0.0
    input_hashes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("share_of_place", "sales", "lat", "lon", "rep_lat", "rep_lon"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64))
        for name in ("unit_of_outlet", "place_of_outlet", "today", "group", "territory_of_rep", "team_of_territory"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.int64))
        for name in ("apart", "seed_territory"):
            given = getattr(self, name)
            whole = given if len(given) else np.full(self.num_outlets, NONE)
            object.__setattr__(self, name, frozen(whole, np.int64))
        for name in ("locked", "is_exempt", "allowed"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.bool_))
        if self.num_outlets and int(self.place_of_outlet.min()) < 0:
            raise ValueError("every outlet has a flow place")
        if self.allowed.shape != (self.num_outlets, self.num_territories):
            raise ValueError("allowed is (num_outlets, num_territories)")
        if self.affinity is not None and self.affinity.shape != self.allowed.shape:
            raise ValueError("affinity is (num_outlets, num_territories)")

    @classmethod
    def of(cls, scenario: Scenario) -> SplitProblem:
        """The split problem of a scenario under its `[split]` rules."""
        return _problem_of(scenario)

    @property
    def num_outlets(self) -> int:
        """Number of outlets."""
        return len(self.outlet_ids)

    @property
    def num_units(self) -> int:
        """Number of basic units."""
        return len(self.unit_names)

    @property
    def num_territories(self) -> int:
        """Number of territories."""
        return len(self.territory_ids)

    @property
    def flow_between(self) -> float:
        """Flow between different places; 1 where there is none, so that shares are defined."""
        between = float(self.flow.sum() - self.flow.diagonal().sum())
        return between if between > 0 else 1.0

    @property
    def served_sales(self) -> float:
        """Sales of outlets that have a rep today; 1 where there are none."""
        total = float(self.sales[self.today != NONE].sum())
        return total if total > 0 else 1.0

    def today_territory(self) -> IntArray:
        """Today's territory per outlet, -1 where it has no rep."""
        return np.where(self.today == NONE, NONE, self.territory_of_rep[np.maximum(self.today, 0)])

    def home_travel_today(self) -> float:
        """Minutes of one-way home travel in today's split (the nearest territory where an outlet has none)."""
        today = self.today_territory()
        nearest = self.home_min.min(axis=1)
        own = self.home_min[np.arange(self.num_outlets), np.maximum(today, 0)]
        total = float(np.where(today == NONE, nearest, own).sum(dtype=np.float64))
        return total if total > 0 else 1.0

    def inertia_scale(self) -> float:
        """Minutes x square kilometres: workload about the region's centroid, over the number of territories."""
        weight, spot = self.measures[0].amount, plane_km(self.lat, self.lon)
        centre = weight @ spot / max(float(weight.sum()), 1e-12)
        inertia = float(weight @ ((spot - centre) ** 2).sum(axis=1)) / self.num_territories
        return inertia if inertia > 0 else 1.0

    def territories(self, assignment: Assignment) -> IntArray:
        """Territory per outlet under an assignment, -1 where no rep serves it."""
        rep = assignment.rep_of_outlet
        return np.where(rep == NONE, NONE, self.territory_of_rep[np.maximum(rep, 0)])


def _problem_of(scenario: Scenario) -> SplitProblem:
    outlets, reps, rules = scenario.outlets, scenario.reps, scenario.split
    territory_ids, territory_of_rep, members = territories_of(scenario)
    capacity = np.array([reps.capacity_min[list(group)].sum() for group in members])
    workload = workload_min(scenario)
    measures = _measures(scenario, workload, capacity)
    allowed, rare = who_may_serve(scenario, territory_of_rep, len(territory_ids))
    x_km = plane_km(outlets.lat, outlets.lon)
    by_area = scenario.flow.level == "area" if rules.basic_unit == "auto" else rules.basic_unit == "area"
    heavy = np.max(
        [measure.amount / max(float(measure.target.mean()), 1e-12) for measure in measures if measure.is_limited]
        or [np.zeros(len(outlets))],
        axis=0,
    )
    seed_territory = seed_territories(scenario, territory_of_rep)
    units = make_units(
        outlets,
        by_area=by_area,
        heavy=heavy,
        max_share=rules.max_area_share,
        skill_is_rare=rare,
        x_km=x_km,
        seed_territory=seed_territory,
    )
    place = outlets.area.codes if scenario.flow.level == "area" else np.arange(len(outlets), dtype=np.int64)
    return SplitProblem(
        outlet_ids=outlets.outlet_ids,
        rep_ids=reps.rep_ids,
        territory_ids=territory_ids,
        territory_of_rep=territory_of_rep,
        reps_of_territory=members,
        rep_lat=reps.lat,
        rep_lon=reps.lon,
        lat=outlets.lat,
        lon=outlets.lon,
        unit_of_outlet=units.unit_of_outlet,
        unit_names=units.names,
        is_exempt=units.is_exempt,
        neighbours=unit_neighbours(scenario, units, by_area),
        place_of_outlet=place,
        share_of_place=place_share(place, outlets.sales_per_week, scenario.flow.num_places),
        flow=scenario.flow.weight,
        measures=measures,
        sales=outlets.sales_per_week,
        today=outlets.rep_idx,
        locked=outlets.locked & (outlets.rep_idx != NONE),
        group=outlets.group.codes,
        home_min=home_minutes(scenario, members),
        allowed=allowed,
        max_moved_share=rules.max_moved_share,
        price_moved=rules.price_moved,
        price_travel=rules.price_travel if rules.homes == "fixed" else 0.0,
        homes_are_fixed=rules.homes == "fixed",
        team_of_territory=reps.team_idx[[group[0] for group in members]],
        apart=outlets.apart.codes,
        seed_territory=seed_territory,
        affinity=territory_affinity(scenario, members),
        price_affinity=rules.price_affinity,
        price_compactness=rules.price_compactness,
        input_hashes=dict(scenario.input_hashes),
    )


def _measures(scenario: Scenario, workload: FloatArray, capacity: FloatArray) -> tuple[BalanceMeasure, ...]:
    rules, sales = scenario.split, scenario.outlets.sales_per_week
    share = capacity / capacity.sum()
    potential = _UNLIMITED if rules.potential_tolerance == "unlimited" else rules.potential_tolerance
    measures = (
        BalanceMeasure(
            name="workload",
            unit="min/cycle",
            label=Text("workload", "工作量"),
            amount=workload,
            target=workload.sum() * share,
            tolerance=rules.workload_tolerance,
        ),
        BalanceMeasure(
            name="potential",
            unit=f"{scenario.currency}/week",
            label=Text("potential (sales)", "潜力(销售额)"),
            amount=sales,
            target=float(sales.sum()) * share,
            tolerance=potential,
        ),
    )
    if rules.count_tolerance == "unlimited":
        return measures
    count = BalanceMeasure(
        name="count",
        unit="outlets",
        label=Text("number of outlets", "客户数"),
        amount=np.ones(len(sales)),
        target=len(sales) * share,
        tolerance=rules.count_tolerance,
    )
    return (*measures, count)
