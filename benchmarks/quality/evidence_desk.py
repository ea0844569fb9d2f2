"""Statistics of a desk study: managers' table of effort and sales. Nothing is simulated."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from benchmarks.quality.evidence_statistic import Arms, Statistic, ratio
from territory.domain.rules import NotNegative, Positive, Rules
from territory.policy.response import CallClass, best_calls, equal_calls, fit_response
from territory.units import FloatArray


class Table(Rules):
    """Managers' answers: sales at several levels of effort, both in per cent of today."""

    effort: tuple[NotNegative, ...]
    sales: tuple[NotNegative, ...]


class ResponseFitError(Statistic):
    """Largest distance between managers' table and the curve fitted to it; nothing is simulated."""

    unit: ClassVar[str] = "points"
    table: Table

    def moments(self, arms: Arms) -> FloatArray:
        """The distance."""
        effort = [percent / 100 for percent in self.table.effort]
        return np.array([fit_response(effort, self.table.sales).max_error])

    def value(self, moments: FloatArray) -> float:
        """The same."""
        return float(moments[0])


class CalledClass(Rules):
    """Outlets of one kind, called on alike."""

    name: str
    outlets: Annotated[int, Field(ge=1)]
    calls_today: Positive
    sales_today: Positive


class GainOfBestCalls(Statistic):
    """Sales of the best call plan over those of equal calls on all outlets, less 1; nothing is simulated."""

    table: Table
    classes: tuple[CalledClass, ...] = Field(min_length=2)
    total_calls: Positive

    def moments(self, arms: Arms) -> FloatArray:
        """Sales of both plans."""
        curve = fit_response([percent / 100 for percent in self.table.effort], self.table.sales).response
        market = [CallClass(**each.model_dump(), response=curve) for each in self.classes]
        return np.array([plan(market, self.total_calls).sales for plan in (best_calls, equal_calls)])

    def value(self, moments: FloatArray) -> float:
        """Relative gain."""
        return ratio(moments[0], moments[1]) - 1
