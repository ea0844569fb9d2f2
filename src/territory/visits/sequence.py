"""Is every day driven in the best order? The drive of each day beside a number that no order can beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import VisitPlan
from territory.effort import CancelToken, Effort
from territory.language import Text
from territory.visits._order import MOST_TRIED, Day, best_order
from territory.visits._order_bound import order_bound
from territory.visits._replay import positions
from territory.visits.model import VisitsProblem

NOTHING = Effort(iterations=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class DayOrder:
    """One day of one rep: the drive of the plan, and what every order of the same stops drives at least."""

    rep_id: str
    day: int
    stops: int
    drive_s: int
    bound_s: int

    @property
    def is_proved(self) -> bool:
        """No order of these stops has a shorter drive."""
        return self.bound_s >= self.drive_s


@dataclass(frozen=True, kw_only=True)
class SequenceReport:
    """The days of a plan, sorted by rep and day, with totals."""

    days: tuple[DayOrder, ...]

    @property
    def drive_s(self) -> int:
        """Seconds driven on all days."""
        return sum(day.drive_s for day in self.days)

    @property
    def bound_s(self) -> int:
        """Seconds that the same visits on the same days take at least, in any order."""
        return sum(day.bound_s for day in self.days)

    @property
    def gap(self) -> float:
        """Share of the drive that better orders could save at most, 0 to 1."""
        return (self.drive_s - self.bound_s) / self.drive_s if self.drive_s else 0.0

    @property
    def share_proved(self) -> float:
        """Share of the days whose order is proved to be the best one; 1 without days."""
        return sum(day.is_proved for day in self.days) / len(self.days) if self.days else 1.0

    @property
    def note(self) -> Text:
        """The finding in one sentence."""
        most, proved = f"{100 * self.gap:.2f}", sum(day.is_proved for day in self.days)
        return Text(
            en=f"Given who is visited on each day, the order is within {most} % of the best; "
            f"{proved} of {len(self.days)} days are proved to have the shortest drive",
            zh=f"在每天拜访对象既定的前提下，行车顺序与最优相差不超过 {most}%；"
            f"{len(self.days)} 天中有 {proved} 天已证明行车时间最短",
        )


def sequence_gap(
    problem: VisitsProblem, plan: VisitPlan, *, effort: Effort, cancel: CancelToken | None = None
) -> SequenceReport:
    """
    How far the order of each day's stops is from the best one, at most.

    Parameters
    ----------
    effort
        Per day: iterations are thousands of labels looked at; a tenth of a second proves most days of 25 stops.
    cancel
        Days after it get no bound, 0.

    Raises
    ------
    ValueError
        When a stop names an outlet or rep that the problem does not have.

    Notes
    -----
    Who is visited on which day is taken as given. Up to 8 stops all orders are tried. Beyond, the bound ignores lunch
    and gaps between two windows of a day, so a day that lunch makes longer may be best without being proved.
    """
    days: list[DayOrder] = []
    for part in problem.parts():
        routes = _routes(part, plan)
        drive_s = part.drive_s() if routes else np.zeros((0, 0), dtype=np.int64)
        for (rep, at), stops in routes.items():
            home = part.num_outlets + rep
            driven_s = int(drive_s[[home, *stops], [*stops, home]].sum())
            day = Day.of(part, drive_s, rep=rep, day=at, stops=stops)
            days.append(
                DayOrder(
                    rep_id=part.homes.ids[rep],
                    day=at,
                    stops=len(stops),
                    drive_s=driven_s,
                    bound_s=_bound_s(day, driven_s, effort, cancel),
                )
            )
    if sum(day.stops for day in days) != plan.num_stops:
        raise ValueError("the plan has stops that name no outlet or rep of the problem")
    rank = {rep_id: rep for rep, rep_id in enumerate(problem.homes.ids)}
    return SequenceReport(days=tuple(sorted(days, key=lambda day: (rank[day.rep_id], day.day))))


def _routes(part: VisitsProblem, plan: VisitPlan) -> dict[tuple[int, int], list[int]]:
    """The stops of each day of the part's reps in their order, local positions."""
    reps, outlets = positions(part.rep_idcs, plan.rep_idx), positions(part.outlet_idcs, plan.outlet_idx)
    mine = np.flatnonzero((reps != NONE) & (outlets != NONE))
    routes: dict[tuple[int, int], list[int]] = {}
    for at in mine.tolist():
        routes.setdefault((int(reps[at]), int(plan.day[at])), []).append(int(outlets[at]))
    return routes


def _bound_s(day: Day, driven_s: int, effort: Effort, cancel: CancelToken | None) -> int:
    """Seconds that every order drives at least, never above what is driven."""
    if cancel is not None and cancel.is_cancelled:
        return 0
    if day.num_stops <= MOST_TRIED:
        tried = best_order(day, seed=0, effort=NOTHING)
        return min(driven_s, tried.drive_s) if tried.is_feasible else driven_s
    return order_bound(day, upper_s=driven_s, effort=effort, cancel=cancel).bound_s
