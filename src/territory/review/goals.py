"""Goals of the week against what was written as reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from territory.domain.records import GoalRecord
from territory.language import Text

SALES_KEYS = ("target:sales", "sales")
"""The goal of sales: of the month's target, else from the outlets' mean sales."""
DRIVE_HOURS = "drive_hours"
STAY_UNDER = frozenset({DRIVE_HOURS})
"""Goals that are met by staying at or under the number."""

LABELS: Mapping[str, Text] = {
    "sales": Text("Sales, territory", "辖区销售额"),
    "sales_visited": Text("Sales, visited", "拜访客户销售额"),
    "visits": Text("Visits", "拜访次数"),
    "outlets_visited": Text("Outlets visited", "拜访户数"),
    "drive_hours": Text("Driving, hours", "行车时间(小时)"),
}
_MEASURES: Mapping[str, Text] = {
    "sales": Text("Sales", "销售额"),
    "volume": Text("Volume", "销量"),
    "visits": Text("Visits", "拜访次数"),
    "orders": Text("Orders", "订单数"),
    "outlets": Text("Outlets", "户数"),
    "display": Text("Display outlets", "陈列达标户"),
}

GoalState = Literal["met", "short", "open"]


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalTotal:
    """
    One goal over some sheets.

    Attributes
    ----------
    goal, actual
        Sums over the sheets that have both numbers, in the goal's own unit.
    num_set, num_reported, num_met
        Sheets with a goal, with an actual number too, and of those where it was met.
    shares
        Sum over reported sheets of the share reached, each at most 1.
    """

    key: str
    goal: float = 0.0
    actual: float = 0.0
    num_set: int = 0
    num_reported: int = 0
    num_met: int = 0
    shares: float = 0.0

    @property
    def completion(self) -> float | None:
        """Mean share reached of the reported goals, each at most 1; None without any."""
        return self.shares / self.num_reported if self.num_reported else None


def label_of(key: str) -> Text:
    """What a goal is called: one of the sheet's own, of the month's targets (with category and brand), or the rep's."""
    if key in LABELS:
        return LABELS[key]
    kind, _, name = key.partition(":")
    if kind != "target" or not name:
        return Text(name or key, name or key)
    measure, *parts = name.split("/")
    label = _MEASURES.get(measure, Text(measure, measure))
    return Text(" · ".join([label.en, *parts]), " · ".join([label.zh, *parts]))


def sales_of(goals: Iterable[GoalTotal]) -> GoalTotal | None:
    """The goal of sales among others; None without one."""
    by_key = {goal.key: goal for goal in goals}
    return next((by_key[key] for key in SALES_KEYS if key in by_key), None)


def share_reached(goal: GoalRecord) -> float | None:
    """How much of a goal was reached, 0 to 1; None where a number is missing or the goal is not above 0."""
    if goal.goal is None or goal.actual is None or goal.goal <= 0:
        return None
    if goal.key in STAY_UNDER:
        return 1.0 if goal.actual <= goal.goal else goal.goal / goal.actual
    return min(1.0, max(0.0, goal.actual / goal.goal))


def goal_totals(goals: Iterable[GoalRecord]) -> tuple[GoalTotal, ...]:
    """Goals summed by key, in the order in which the keys first come."""
    found: dict[str, GoalTotal] = {}
    for goal in goals:
        known = found.get(goal.key, GoalTotal(key=goal.key))
        share = share_reached(goal)
        is_set = goal.goal is not None and goal.goal > 0
        found[goal.key] = GoalTotal(
            key=goal.key,
            goal=known.goal + (goal.goal or 0.0 if share is not None else 0.0),
            actual=known.actual + (goal.actual or 0.0 if share is not None else 0.0),
            num_set=known.num_set + is_set,
            num_reported=known.num_reported + (share is not None),
            num_met=known.num_met + (share is not None and share >= 1.0),
            shares=known.shares + (share or 0.0),
        )
    return tuple(found.values())


def completion(goals: Iterable[GoalTotal]) -> float | None:
    """Mean share reached over all reported goals; None without any."""
    reported = [(goal.shares, goal.num_reported) for goal in goals]
    count = sum(number for _, number in reported)
    return sum(shares for shares, _ in reported) / count if count else None
