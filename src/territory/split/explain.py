"""Why does an outlet lie where it lies, and why not with another rep? Counterfactual plans, judged by the checker.

Every amount is a difference between two reports of `check`: the plan as it is, and the plan with the outlet moved and
everything else fixed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.language import Text
from territory.split import kpi
from territory.split._pieces import Pieces, cut_by_plan
from territory.split.check import check
from territory.split.model import SplitProblem
from territory.units import BoolArray, FloatArray, IntArray
from territory.verify import CheckReport, Violation

_NUM_TIES = 5
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class TermChange:
    """One term of the objective, as it is and as it would be; `amount` and `points` are differences."""

    name: str
    unit: str
    before: float
    amount: float
    points: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """
    A counterfactual plan against the plan as it is.

    Attributes
    ----------
    plan
        The counterfactual plan, so that anybody can check it.
    outlet_idx
        Outlets whose rep differs, ascending.
    broken, mended
        Rules that it breaks, or mends: the amounts are differences too.
    """

    plan: Assignment
    outlet_idx: IntArray
    terms: tuple[TermChange, ...]
    broken: tuple[Violation, ...]
    mended: tuple[Violation, ...]

    @property
    def points(self) -> float:
        """Points that it costs (negative: saves)."""
        return float(sum(term.points for term in self.terms))


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """Load of a territory on one measure over its target, and how far it may be from 1 (infinite: not limited)."""

    label: Text
    territory_id: str
    share: float
    tolerance: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Tie:
    """
    What ties an outlet to a territory.

    Attributes
    ----------
    flow
        Flow per week, both ways, between the outlet's unit and the rest of the territory.
    home_min
        Minutes per cycle from the territory's home to the unit's outlets, one way.
    is_beside
        The unit touches the territory.
    """

    territory_id: str
    rep_id: str
    flow: float
    home_min: float
    is_beside: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Explanation:
    """
    Why an outlet lies where it lies.

    Attributes
    ----------
    unit_name, unit_outlets
        The basic unit that moves as one, and its outlets (positions).
    rep_id, today_rep_id
        None: nobody.
    ties
        Its own territory first (when it has one), then the others by flow.
    since_today
        What the plan changes against today's rep for this unit, everything else as planned; None when it stays.
    best_other
        The cheapest other rep: one without a broken rule before one with; None when there is none.
    """

    outlet_id: str
    unit_name: str
    unit_outlets: IntArray
    rep_id: str | None
    today_rep_id: str | None
    ties: tuple[Tie, ...]
    shares: tuple[Share, ...]
    since_today: Change | None
    best_other: tuple[str, Change] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One more unit that a repair moves."""

    unit_name: str
    num_outlets: int
    from_id: str
    to_id: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Repair:
    """Further moves after which no rule is broken more than before, and what everything together changes."""

    steps: tuple[Step, ...]
    change: Change


@dataclass(frozen=True, kw_only=True, eq=False)
class WhyNot:
    """
    What would happen if another rep served an outlet.

    Attributes
    ----------
    is_served
        The rep serves the outlet already.
    change
        The outlet's unit moved, everything else fixed.
    shares
        Loads of the two territories over their targets after the move.
    repair
        The cheapest small repair found when a rule would be broken; None: none needed, or none found.
    """

    outlet_id: str
    unit_name: str
    unit_outlets: IntArray
    from_rep_id: str | None
    to_rep_id: str
    is_served: bool
    change: Change
    shares: tuple[Share, ...]
    repair: Repair | None


def explain(problem: SplitProblem, plan: Assignment, outlet_id: str) -> Explanation:
    """
    Why an outlet lies where it lies: flow, travel, today's rep, balance, and the best alternative with its price.

    Raises
    ------
    ValueError
        When there is no such outlet.
    """
    case = Case.of(problem, plan, outlet_id)
    pull, touches = case.pull(), case.touches()
    own = case.territory
    others = [t for t in np.lexsort((np.arange(len(pull)), -pull)).tolist() if t != own]
    today = int(problem.today[case.outlet])
    before = NONE if today == NONE else int(problem.territory_of_rep[today])
    shown = [t for place, t in enumerate(others) if touches[t] or place < _NUM_TIES or t == before]
    ties = tuple(case.tie(t, pull, touches) for t in ([] if own == NONE else [own]) + shown)
    back = None if before in (NONE, own) else case.moved_to(before, today)
    best: tuple[tuple[int, float], str, Change] | None = None
    for t in shown:
        rep = problem.reps_of_territory[t][0]
        change = case.moved_to(t, rep)
        rank = (len(change.broken), change.points)
        if best is None or rank < best[0]:
            best = (rank, problem.rep_ids[rep], change)
    return Explanation(
        outlet_id=outlet_id,
        unit_name=case.cut.problem.unit_names[case.unit],
        unit_outlets=case.outlets,
        rep_id=_id(problem.rep_ids, int(plan.rep_of_outlet[case.outlet])),
        today_rep_id=_id(problem.rep_ids, today),
        ties=ties,
        shares=case.shares(problem.territories(plan), (own,)),
        since_today=None if back is None else reversed_change(back, plan),
        best_other=None if best is None else best[1:],
    )


def reversed_change(change: Change, plan: Assignment) -> Change:
    """The same difference seen from the other side: from the counterfactual plan to `plan`."""
    return Change(
        plan=plan,
        outlet_idx=change.outlet_idx,
        terms=tuple(
            TermChange(
                name=term.name,
                unit=term.unit,
                before=term.before + term.amount,
                amount=-term.amount,
                points=-term.points,
            )
            for term in change.terms
        ),
        broken=change.mended,
        mended=change.broken,
    )


def difference(
    problem: SplitProblem, plan: Assignment, other: Assignment, *, before: CheckReport | None = None
) -> Change:
    """What changes, by the checker's word, when `other` takes the place of `plan`."""
    old, new = before or check(problem, plan), check(problem, other)
    was = {(v.rule, v.subject, v.subject_zh, v.unit): v.amount for v in old.violations}
    will = {(v.rule, v.subject, v.subject_zh, v.unit): v.amount for v in new.violations}
    gaps = {key: will.get(key, 0.0) - was.get(key, 0.0) for key in (*will, *(key for key in was if key not in will))}
    terms = {term.name: term for term in old.terms}
    return Change(
        plan=other,
        outlet_idx=np.flatnonzero(plan.rep_of_outlet != other.rep_of_outlet),
        terms=tuple(
            TermChange(
                name=term.name,
                unit=term.unit,
                before=terms[term.name].amount,
                amount=term.amount - terms[term.name].amount,
                points=term.points - terms[term.name].points,
            )
            for term in new.terms
        ),
        broken=tuple(
            Violation(rule=rule, subject=subject, subject_zh=chinese, amount=gap, unit=unit)
            for (rule, subject, chinese, unit), gap in gaps.items()
            if gap > _ROUNDING
        ),
        mended=tuple(
            Violation(rule=rule, subject=subject, subject_zh=chinese, amount=-gap, unit=unit)
            for (rule, subject, chinese, unit), gap in gaps.items()
            if gap < -_ROUNDING
        ),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One outlet of a plan: its unit (as far as the plan keeps it together) and what ties it to territories."""

    problem: SplitProblem
    plan: Assignment
    cut: Pieces
    report: CheckReport
    outlet: int

    @classmethod
    def of(cls, problem: SplitProblem, plan: Assignment, outlet_id: str) -> Case:
        """The case of an outlet."""
        if outlet_id not in problem.outlet_ids:
            raise ValueError(f"there is no outlet {outlet_id!r}")
        return cls(
            problem=problem,
            plan=plan,
            cut=cut_by_plan(problem, plan),
            report=check(problem, plan),
            outlet=problem.outlet_ids.index(outlet_id),
        )

    @property
    def unit(self) -> int:
        """Position of the unit in `cut`."""
        return int(self.cut.problem.unit_of_outlet[self.outlet])

    @property
    def outlets(self) -> IntArray:
        """The unit's outlets, ascending positions."""
        return np.flatnonzero(self.cut.problem.unit_of_outlet == self.unit)

    @property
    def territory(self) -> int:
        """The territory the outlet lies in, -1 for none."""
        return int(self.problem.territories(self.plan)[self.outlet])

    def moved_to(self, territory: int, rep: int) -> Change:
        """The unit with another rep, everything else fixed."""
        other = self.plan.rep_of_outlet.copy()
        other[self.outlets] = rep
        return difference(self.problem, self.plan, Assignment(rep_of_outlet=other), before=self.report)

    def pull(self) -> FloatArray:
        """Flow per week between the unit and every territory without the unit, both ways, shape (num_territories,)."""
        problem, mine = self.problem, self.outlets
        places = problem.place_of_outlet[mine]
        unit = sp.csr_matrix(
            (problem.share_of_place[mine], (np.zeros(len(mine), dtype=np.int64), places)),
            shape=(1, problem.flow.shape[0]),
        )
        territory = problem.territories(self.plan).copy()
        territory[mine] = NONE
        shares = kpi.place_shares(problem, territory)
        out, back = unit @ problem.flow @ shares, (unit @ problem.flow.T) @ shares
        return np.asarray((out + back).todense()).ravel()

    def touches(self) -> BoolArray:
        """Territories that the unit touches, shape (num_territories,)."""
        graph = self.cut.problem.neighbours
        near = self.cut.label[graph.indices[graph.indptr[self.unit] : graph.indptr[self.unit + 1]]]
        found = np.zeros(self.problem.num_territories, dtype=np.bool_)
        found[near[near != NONE]] = True
        return found

    def tie(self, territory: int, pull: FloatArray, touches: BoolArray) -> Tie:
        """What ties the unit to a territory."""
        problem = self.problem
        rep = int(self.plan.rep_of_outlet[self.outlet]) if territory == self.territory else NONE
        rep = problem.reps_of_territory[territory][0] if rep == NONE else rep
        return Tie(
            territory_id=problem.territory_ids[territory],
            rep_id=problem.rep_ids[rep],
            flow=float(pull[territory]),
            home_min=float(problem.home_min[self.outlets, territory].sum(dtype=np.float64)),
            is_beside=bool(touches[territory]),
        )

    def shares(self, territory: IntArray, which: tuple[int, ...]) -> tuple[Share, ...]:
        """Loads over targets of some territories, measure by measure."""
        problem = self.problem
        return tuple(
            Share(
                label=measure.label,
                territory_id=problem.territory_ids[t],
                share=float(load[t] / measure.target[t]),
                tolerance=measure.tolerance,
            )
            for measure in problem.measures
            for load in (kpi.loads(problem, measure, territory),)
            for t in which
            if t != NONE
        )


def _id(names: tuple[str, ...], position: int) -> str | None:
    return None if position == NONE else names[position]
