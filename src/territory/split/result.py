"""What came out? The split, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from territory.domain.assignment import Assignment
from territory.errors import InfeasibleError, NoPlanFoundError
from territory.language import Text
from territory.standing import RunCard, Status, StopReason, Term, gap_of


@dataclass(frozen=True, kw_only=True)
class SplitResult:
    """
    The answer of `redraw`.

    Attributes
    ----------
    plan
        Who serves which outlet; None when there is no plan (`reason` then says why).
    terms
        The objective, term by term; points are to be minimised.
    bound
        No plan costs fewer points than this.
    reason
        Why there is no plan: which requirement, by how much, and what would have to give.
    """

    status: Status
    stopped_by: StopReason
    plan: Assignment | None
    terms: tuple[Term, ...]
    bound: float
    run_card: RunCard
    reason: Text | None = None
    runtime_s: float = field(compare=False)

    @property
    def objective(self) -> float:
        """Points of the plan; infinite when there is none."""
        return float(sum(term.points for term in self.terms)) if self.plan is not None else float("inf")

    @property
    def gap(self) -> float | None:
        """(incumbent - bound) / incumbent; None without a plan."""
        if self.plan is None:
            return None
        return gap_of(objective=self.objective, bound=self.bound, maximise=False)

    def require_plan(self) -> Assignment:
        """
        The plan.

        Raises
        ------
        InfeasibleError
            When no plan can exist.
        NoPlanFoundError
            When the effort ended before one was found.
        """
        if self.plan is not None:
            return self.plan
        reason = self.reason or Text("the search ended before it found a plan", "搜索结束时仍未找到方案")
        if self.status is Status.INFEASIBLE:
            raise InfeasibleError(reason)
        raise NoPlanFoundError(reason)
