"""What a visit planning run came out with, and how a plan is stored as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.errors import NoPlanFoundError
from territory.language import Text
from territory.standing import RunCard, Status, StopReason, Term

_REASONS = tuple(UnplacedReason)


@dataclass(frozen=True, kw_only=True)
class VisitsResult:
    """
    A visit plan with its standing.

    Attributes
    ----------
    terms
        Drive, balance and missing visits, as the checker computed them; points are drive minutes.
    bound
        No legal plan has a smaller objective, drive minutes.
    gap
        (objective - bound) / objective.
    """

    plan: VisitPlan | None
    status: Status
    stopped_by: StopReason
    terms: tuple[Term, ...]
    bound: float
    gap: float
    runtime_s: float = field(compare=False)
    run_card: RunCard

    @property
    def objective(self) -> float:
        """Sum of the terms' points, drive minutes."""
        return float(sum(term.points for term in self.terms))

    def require_plan(self) -> VisitPlan:
        """
        The plan.

        Raises
        ------
        NoPlanFoundError
            When there is none.
        """
        if self.plan is None:
            raise NoPlanFoundError(
                Text(en="no visit plan was found before the run ended", zh="运行结束前没有找到拜访计划")
            )
        return self.plan


def to_arrays(plan: VisitPlan) -> dict[str, npt.NDArray[np.generic]]:
    """The plan as named integer arrays, for the journal."""
    arrays: dict[str, npt.NDArray[np.generic]] = {
        column.name: getattr(plan, column.name) for column in fields(VisitPlan) if column.name != "unplaced_reason"
    }
    arrays["unplaced_reason"] = np.array([_REASONS.index(reason) for reason in plan.unplaced_reason], dtype=np.int64)
    return arrays


def from_arrays(arrays: Mapping[str, npt.NDArray[np.generic]]) -> VisitPlan:
    """The plan that `to_arrays` made arrays of; entries with other names are ignored."""
    columns = {
        column.name: np.asarray(arrays[column.name], dtype=np.int64)
        for column in fields(VisitPlan)
        if column.name != "unplaced_reason"
    }
    reasons = np.asarray(arrays["unplaced_reason"], dtype=np.int64).tolist()
    return VisitPlan(**columns, unplaced_reason=tuple(_REASONS[code] for code in reasons))
