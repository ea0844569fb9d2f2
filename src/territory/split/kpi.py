"""Is it good? The measures of a split, each with one formula, from the problem and the assignment alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.language import Text
from territory.measure import Measure
from territory.split._neighbours import plane_km
from territory.split.model import BalanceMeasure, SplitProblem
from territory.units import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowKept:
    """Weight per week kept inside territories, and all there is: everything, and between different places only."""

    kept: float
    total: float
    kept_between: float
    total_between: float

    @property
    def share_between(self) -> float:
        """Share of the flow between places that stays inside territories; 1 where there is none."""
        return self.kept_between / self.total_between if self.total_between > 0 else 1.0

    @property
    def share(self) -> float:
        """Share of all flow that stays inside territories; 1 where there is none."""
        return self.kept / self.total if self.total > 0 else 1.0


def place_shares(problem: SplitProblem, owner: IntArray) -> sp.csr_matrix:
    """P[a, r]: the share of place a's sales with owner r (a territory or a team); shape (num_places, num_owners)."""
    served = owner != NONE
    return sp.csr_matrix(
        (problem.share_of_place[served], (problem.place_of_outlet[served], owner[served])),
        shape=(problem.flow.shape[0], problem.num_territories),
    )


def flow_kept(problem: SplitProblem, territory: IntArray) -> FlowKept:
    """
    Sum over places a, b and territories r of F[a, b] P[a, r] P[b, r], and the part with a != b.

    Teams may stand in for territories: give each outlet's team, and the flow kept inside teams comes out.
    """
    shares = place_shares(problem, territory)
    kept = float(shares.multiply(problem.flow @ shares).sum())
    own = problem.flow.diagonal()
    squares = np.asarray(shares.multiply(shares).sum(axis=1)).ravel()
    total, own_total = float(problem.flow.sum()), float(own.sum())
    return FlowKept(
        kept=kept,
        total=total,
        kept_between=kept - float(own @ squares),
        total_between=total - own_total,
    )


def loads(problem: SplitProblem, measure: BalanceMeasure, territory: IntArray) -> FloatArray:
    """Amount of a measure per territory, shape (num_territories,)."""
    served = territory != NONE
    return np.asarray(
        np.bincount(territory[served], weights=measure.amount[served], minlength=problem.num_territories),
        dtype=np.float64,
    )


def pieces(problem: SplitProblem, territory: IntArray) -> IntArray:
    """Connected pieces of each territory over the regular units it touches, shape (num_territories,); 0 if none."""
    regular = (territory != NONE) & ~problem.is_exempt[problem.unit_of_outlet]
    touched = np.unique(
        territory[regular] * np.int64(problem.num_units) + problem.unit_of_outlet[regular]
    )  # one node per (territory, unit)
    owner, unit = touched // problem.num_units, touched % problem.num_units
    coo = problem.neighbours.tocoo()
    row, col = coo.row.astype(np.int64), coo.col.astype(np.int64)
    frm_list: list[IntArray] = []
    to_list: list[IntArray] = []
    # A unit may be shared by several territories after edits by hand, so edges join (territory, unit) nodes.
    by_unit = np.argsort(unit, kind="stable")
    starts = np.searchsorted(unit[by_unit], np.arange(problem.num_units + 1))
    most = int(np.diff(starts).max()) if len(touched) else 0
    for k in range(most):
        has = starts[:-1] + k < starts[1:]
        node = np.where(has, by_unit[np.minimum(starts[:-1] + k, len(by_unit) - 1)], NONE)
        frm = node[row]
        ok = frm != NONE
        wanted = owner[frm[ok]] * np.int64(problem.num_units) + col[ok]
        place = np.searchsorted(touched, wanted)
        found = (place < len(touched)) & (touched[np.minimum(place, len(touched) - 1)] == wanted)
        frm_list.append(frm[ok][found])
        to_list.append(place[found])
    frm_all = np.concatenate(frm_list) if frm_list else np.zeros(0, dtype=np.int64)
    to_all = np.concatenate(to_list) if to_list else np.zeros(0, dtype=np.int64)
    graph = sp.csr_matrix((np.ones(len(frm_all), dtype=np.int8), (frm_all, to_all)), shape=(len(touched), len(touched)))
    count, label = connected_components(graph, directed=False)
    owner_of_piece = np.zeros(count, dtype=np.int64)
    owner_of_piece[label] = owner
    return np.bincount(owner_of_piece, minlength=problem.num_territories)


def moved_sales(problem: SplitProblem, territory: IntArray) -> float:
    """Sales per week of outlets that have a rep today and go to another territory."""
    today = problem.today_territory()
    return float(problem.sales[(today != NONE) & (territory != today)].sum())


def home_travel_min(problem: SplitProblem, territory: IntArray) -> float:
    """Minutes from home to the outlets, one way, for all visits of a cycle."""
    served = np.flatnonzero(territory != NONE)
    return float(problem.home_min[served, territory[served]].sum(dtype=np.float64))


def inertia(problem: SplitProblem, territory: IntArray) -> FloatArray:
    """
    Workload x squared kilometres to the best central outlet, min km², per territory, shape (num_territories,).

    About an outlet at distance d from the centroid it is the inertia about the centroid plus the workload x d², so
    the best central outlet is the one nearest to the centroid (of the territory's own outlets).
    """
    k, served = problem.num_territories, np.flatnonzero(territory != NONE)
    own, spot = territory[served], plane_km(problem.lat, problem.lon)[served]
    weight = problem.measures[0].amount[served]
    total = np.bincount(own, weights=weight, minlength=k)
    heavy = np.where(total > 0, total, 1.0)
    centre = np.column_stack([np.bincount(own, weights=weight * spot[:, axis], minlength=k) for axis in (0, 1)])
    far = ((spot - (centre / heavy[:, None])[own]) ** 2).sum(axis=1)
    nearest = np.full(k, np.inf)
    np.minimum.at(nearest, own, far)
    about_centroid = np.bincount(own, weights=weight * far, minlength=k)
    return np.where(total > 0, about_centroid + total * np.where(np.isfinite(nearest), nearest, 0.0), 0.0)


def compactness_km(problem: SplitProblem, territory: IntArray) -> float:
    """Root mean square kilometres, weighted by workload, from outlets to their territory's best central outlet."""
    load = float(problem.measures[0].amount[territory != NONE].sum())
    return float(np.sqrt(inertia(problem, territory).sum() / load)) if load > 0 else 0.0


def affinity_kept(problem: SplitProblem, territory: IntArray) -> float:
    """Sales x affinity of the outlets to their territories, per week; 0 where no affinities are given."""
    if problem.affinity is None:
        return 0.0
    served = np.flatnonzero(territory != NONE)
    return float(problem.sales[served] @ np.asarray(problem.affinity[served, territory[served]]).ravel())


def worst_deviation(problem: SplitProblem, measure: BalanceMeasure, territory: IntArray) -> float:
    """Largest |amount - target| / target over the territories."""
    return float(np.max(np.abs(loads(problem, measure, territory) - measure.target) / measure.target))


def measures(problem: SplitProblem, assignment: Assignment) -> tuple[Measure, ...]:
    """What a planner compares before and after."""
    territory = problem.territories(assignment)
    flow = flow_kept(problem, territory)
    split_up = pieces(problem, territory)
    today = problem.today_territory()
    moved = (today != NONE) & (territory != today)
    visits_min = home_travel_min(problem, territory)
    found = [
        _percent("flow_kept_between", flow.share_between, "up", "flow kept between areas", "区域间流量保留率"),
        _percent("flow_kept", flow.share, "up", "flow kept, all", "总流量保留率"),
        *_inside_teams(problem, territory),
    ]
    for measure in problem.measures:
        name = measure.label
        load = loads(problem, measure, territory) / measure.target
        found += [
            _percent(
                f"{measure.name}_deviation",
                worst_deviation(problem, measure, territory),
                "down",
                f"{name.en}, worst deviation",
                f"{name.zh}最大偏差",
            ),
            Measure(
                name=f"{measure.name}_max",
                value=float(load.max()),
                unit="x",
                direction="down",
                label=Text(f"{name.en}, most loaded / target", f"{name.zh}最高/目标"),
            ),
            Measure(
                name=f"{measure.name}_min",
                value=float(load.min()),
                unit="x",
                direction="up",
                label=Text(f"{name.en}, least loaded / target", f"{name.zh}最低/目标"),
            ),
        ]
    found += [
        Measure(
            name="connected_territories",
            value=float((split_up == 1).sum()),
            unit=f"of {problem.num_territories}",
            direction="up",
            label=Text("territories in one piece", "连片区域数"),
        ),
        Measure(
            name="home_travel",
            value=visits_min / 60.0,
            unit="h/cycle",
            direction="down",
            label=Text("home to outlets, one way", "住地到客户单程")
            if problem.homes_are_fixed
            else Text("home to outlets, one way (homes free: not counted)", "住地到客户单程(住地不固定,不计入)"),
        ),
        *_shape_and_ties(problem, territory),
        Measure(
            name="moved_outlets",
            value=float(moved.sum()),
            unit="",
            direction="down",
            label=Text("outlets that change rep", "更换客户经理的客户数"),
        ),
        _percent(
            "moved_sales",
            moved_sales(problem, territory) / problem.served_sales,
            "down",
            "sales that change rep",
            "更换客户经理的销售额占比",
        ),
    ]
    return tuple(found)


def _shape_and_ties(problem: SplitProblem, territory: IntArray) -> list[Measure]:
    """How compact the territories are, and how much affinity they keep where affinities are given."""
    found = []
    if problem.measures:
        found.append(
            Measure(
                name="compactness",
                value=compactness_km(problem, territory),
                unit="km",
                direction="down",
                label=Text("typical distance to the territory's centre", "到区域中心的典型距离"),
            )
        )
    if problem.affinity is not None:
        sales = float(problem.sales.sum())
        share = affinity_kept(problem, territory) / sales if sales > 0 else 1.0
        found.append(_percent("affinity_kept", share, "up", "affinity kept, by sales", "按销售额计的亲和度保留率"))
    return found


def _inside_teams(problem: SplitProblem, territory: IntArray) -> list[Measure]:
    """Flow between areas that stays inside teams, when there are several teams and every territory has one."""
    teams = problem.team_of_territory
    if len(teams) == 0 or len(np.unique(teams)) < 2 or (teams == NONE).any():
        return []
    team = np.where(territory == NONE, NONE, teams[np.maximum(territory, 0)])
    kept = flow_kept(problem, team).share_between
    return [_percent("flow_kept_teams", kept, "up", "flow kept between areas, by team", "区域间流量保留率(按团队)")]


def _percent(name: str, share: float, direction: str, en: str, zh: str) -> Measure:
    return Measure(
        name=name,
        value=100.0 * share,
        unit="%",
        direction="up" if direction == "up" else "down",
        label=Text(en, zh),
    )
