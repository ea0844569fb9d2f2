"""What proofs of infeasibility look at: who may serve each unit and why, loads, and names in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from territory.domain.columns import NONE
from territory.language import Text
from territory.split.model import BalanceMeasure, SplitProblem
from territory.units import BoolArray, FloatArray, IntArray

# The checker forgives 1e-9 of a target; a proof must hold against more than that.
SURELY = 1.0 + 1e-7
_MOST_NAMES = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """A problem over its units: `may` serve (num_units, num_territories), limited measures, their loads per unit."""

    problem: SplitProblem
    may: BoolArray
    limited: tuple[BalanceMeasure, ...]
    loads: tuple[FloatArray, ...]

    @classmethod
    def of(cls, problem: SplitProblem) -> Evidence:
        """The evidence of a problem."""
        may = np.ones((problem.num_units, problem.num_territories), dtype=np.bool_)
        for permitted in permissions_by_rule(problem).values():
            may &= permitted
        limited = tuple(measure for measure in problem.measures if measure.is_limited)
        loads = tuple(
            np.bincount(problem.unit_of_outlet, weights=measure.amount, minlength=problem.num_units).astype(np.float64)
            for measure in limited
        )
        return cls(problem=problem, may=may, limited=limited, loads=loads)

    def amounts(self) -> Iterator[tuple[BalanceMeasure, FloatArray]]:
        """Each limited measure with its load per unit."""
        return iter(zip(self.limited, self.loads, strict=True))

    def members(self, unit: int) -> IntArray:
        """Outlets of a unit."""
        return np.flatnonzero(self.problem.unit_of_outlet == unit)


def permissions_by_rule(problem: SplitProblem) -> dict[str, BoolArray]:
    """Who may serve a unit by each rule alone, shape (num_units, num_territories); rules that forbid nothing are out.

    Rules: "allowed" (team, skill), "locked", "seed".
    """
    n, k, unit = problem.num_units, problem.num_territories, problem.unit_of_outlet
    found: dict[str, BoolArray] = {}
    if not problem.allowed.all():
        onto = sp.csr_matrix((np.ones(len(unit)), (unit, np.arange(len(unit)))), shape=(n, len(unit)))
        found["allowed"] = np.asarray((onto @ (~problem.allowed).astype(np.float64)) == 0)
    holders = {"locked": np.where(problem.locked, problem.today_territory(), NONE), "seed": problem.seed_territory}
    for rule, holder in holders.items():
        bound = np.flatnonzero(holder != NONE)
        if len(bound):
            others = np.ones((n, k), dtype=np.bool_)
            pair = np.unique(unit[bound] * np.int64(k) + holder[bound])
            several = np.bincount(pair // k, minlength=n) > 1
            others[pair // k] = False
            others[pair // k, pair % k] = True
            others[several] = False
            found[rule] = others
    return found


def outlet_permissions(problem: SplitProblem, rows: IntArray) -> BoolArray:
    """Who may serve each of some outlets by all rules, shape (number of outlets, num_territories)."""
    permitted = problem.allowed[rows].copy()
    everyone = np.arange(problem.num_territories)
    for holder in (np.where(problem.locked, problem.today_territory(), NONE)[rows], problem.seed_territory[rows]):
        permitted &= (holder == NONE)[:, None] | (holder[:, None] == everyone)
    return np.asarray(permitted)


def least_sales(problem: SplitProblem, measure: BalanceMeasure, outlets: BoolArray, amount: float) -> float:
    """Least sales that carry `amount` of a measure, in fractions of outlets; infinite when all do not suffice."""
    if amount <= 0:
        return 0.0
    rows = np.flatnonzero(outlets & (measure.amount > 0))
    rows = rows[np.argsort(problem.sales[rows] / measure.amount[rows], kind="stable")]
    filled, paid = np.cumsum(measure.amount[rows]), np.r_[0.0, np.cumsum(problem.sales[rows])]
    if not len(rows) or filled[-1] * SURELY < amount:
        return float("inf")
    last = min(int(np.searchsorted(filled, amount)), len(rows) - 1)
    left = max(0.0, amount - (filled[last - 1] if last else 0.0))
    return float(paid[last] + problem.sales[rows[last]] * min(1.0, left / measure.amount[rows[last]]))


def shrunk(names: Sequence[int], still_proves: Callable[[list[int]], bool]) -> list[int]:
    """A smallest part (no member can be left out) of what proves something, by leaving out one after the other."""
    kept = list(names)
    for name in names:
        without = [other for other in kept if other != name]
        if without and still_proves(without):
            kept = without
    return kept


def bound_words(problem: SplitProblem, outlet: int) -> Text:
    """An outlet with what binds it: a lock, a seed point, a team or skill."""
    name = problem.outlet_ids[outlet]
    holder = int(problem.today_territory()[outlet])
    notes: list[Text] = []
    if problem.locked[outlet] and holder != NONE:
        notes.append(Text(f"locked to {problem.territory_ids[holder]}", f"锁定给 {problem.territory_ids[holder]}"))
    seed = int(problem.seed_territory[outlet])
    if seed != NONE:
        notes.append(Text(f"seed point of {problem.territory_ids[seed]}", f"{problem.territory_ids[seed]} 的种子点"))
    if not problem.allowed[outlet].all():
        able = few([problem.territory_ids[t] for t in np.flatnonzero(problem.allowed[outlet]).tolist()], most=2)
        notes.append(
            Text(f"by team or skill only {able.en}", f"按团队或技能只限 {able.zh}")
            if able.en
            else Text("by team or skill nobody", "按团队或技能无人可服务")
        )
    if not notes:
        return Text(name, name)
    told = joined(notes, ";", ";")
    return Text(f"{name} ({told.en})", f"{name}({told.zh})")


def few(names: Sequence[str | Text], most: int = _MOST_NAMES) -> Text:
    """The first few names, and how many more there are."""
    texts = [name if isinstance(name, Text) else Text(name, name) for name in names]
    shown = joined(texts[:most])
    more = len(texts) - most
    return Text(f"{shown.en} and {more} more", f"{shown.zh} 等共 {len(texts)} 个") if more > 0 else shown


def joined(texts: Sequence[Text], en: str = ",", zh: str = "、") -> Text:
    """Texts one after the other."""
    return Text(f"{en} ".join(text.en for text in texts), zh.join(text.zh for text in texts))
