"""Travel times: great circle, a given table."""

from __future__ import annotations

from territory.domain.rules import TravelRules
from territory.domain.travel import Travel
from territory.roads.great_circle import GreatCircleTravel
from territory.roads.table import TableTravel, TravelTable

__all__ = ["GreatCircleTravel", "TableTravel", "TravelTable", "build_travel"]


def build_travel(rules: TravelRules, table: TravelTable | None) -> Travel:
    """The travel model of a scenario: the given table where it speaks, else great-circle times by `rules`."""
    computed = GreatCircleTravel(rules)
    return computed if table is None else TableTravel(table, computed)
