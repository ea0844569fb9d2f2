"""A running plan made anew after a disruption: started work stays, little moves, every difference is explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from territory.domain.visit_plan import VisitPlan
from territory.effort import CancelToken, Effort, Meter
from territory.errors import ConfigError, VerificationError
from territory.language import Text
from territory.progress import SILENT, Progress
from territory.standing import RunCard, Status, StopReason, Term, package_versions
from territory.streams import Streams
from territory.units import SECONDS_PER_MIN, IntArray
from territory.verify import listed
from territory.visits._differences import Change, ChangeKind, differences
from territory.visits._open_visits import Cause, ChangePrices, Ground, OpenVisit, grounds
from territory.visits._replan_search import Placed, place
from territory.visits._splice import splice
from territory.visits.disruption import Closed, Events, Ill, Missed, Now, Urgent, complaints
from territory.visits.model import VisitsProblem
from territory.visits.replan_check import REPLAN_RULES, check_replan

__all__ = [
    "REPLAN_RULES",
    "Cause",
    "Change",
    "ChangeKind",
    "ChangePrices",
    "Closed",
    "Events",
    "Ill",
    "Missed",
    "Now",
    "ReplanResult",
    "Urgent",
    "check_replan",
    "replan",
]

STAGE = "replan"
PER_REP, PER_PART = 10_000, 25_000  # iterations, unless an effort is given: so many per rep, but so many at least
MOST_MOVED = 0.05  # share of untouched visits that may move; beyond it prices are raised, a few times at most
DEARER, TIMES = 1.25, 8


def default_effort(num_reps: int) -> Effort:
    """Iterations per rep of a part of this size."""
    return Effort(iterations=max(PER_REP, PER_PART // num_reps))


@dataclass(frozen=True, kw_only=True)
class ReplanResult:
    """
    A new plan with its standing.

    Attributes
    ----------
    changes
        Every visit that changes day or rep, is dropped or added.
    terms
        Of the days of touched reps that may change: drive, balance, missing visits, changes. Points are drive minutes.
    untouched
        Planned visits on those days that nothing happened to.
    retimed
        Visits that keep day and rep and start at another time.
    """

    plan: VisitPlan
    changes: tuple[Change, ...]
    status: Status
    stopped_by: StopReason
    terms: tuple[Term, ...]
    untouched: int
    retimed: int
    runtime_s: float = field(compare=False)
    run_card: RunCard

    @property
    def objective(self) -> float:
        """Sum of the terms' points, drive minutes."""
        return float(sum(term.points for term in self.terms))

    @property
    def moved_share(self) -> float:
        """Share of the untouched visits that change day or rep to make room."""
        return sum(change.cause is Cause.NONE for change in self.changes) / max(1, self.untouched)


def replan(
    problem: VisitsProblem,
    plan: VisitPlan,
    events: Events,
    now: Now,
    *,
    effort: Effort | None = None,
    seed: int,
    prices: ChangePrices | None = None,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
) -> ReplanResult:
    """
    A new plan from `now` on, near to the running one.

    Parameters
    ----------
    problem
        As the running plan was made for; the events say what is different.
    effort
        Iterations per rep of a touched part, or seconds per touched part; 10,000 iterations by default, more for one
        or two reps.

    Raises
    ------
    ConfigError
        When an event names nobody, or a visit that was not planned; with all of them.
    VerificationError
        When the checker finds a broken rule: a bug.

    Notes
    -----
    Every visit of a touched rep or team on a day that may change is a choice of its own: as planned at no price, or on
    another day that spacing leaves it, or with another rep of the pool, each at a price. Visits that were lost, and
    urgent ones, have such choices too; leaving one out costs what `VisitsProblem` says. The search begins from the
    running plan.
    """
    meter = Meter(effort=effort or default_effort(1))
    prices = prices or ChangePrices()
    wrong = complaints(problem, plan, events, now)
    if wrong:
        raise ConfigError(Text("\n".join(text.en for text in wrong), "\n".join(text.zh for text in wrong)))
    touched = grounds(problem, plan, events, now, prices)
    progress.started(STAGE, len(touched))
    new_plan, changes, stops = plan, list[Change](), list[StopReason]()
    parts: list[tuple[Term, ...]] = []
    for done, ground in enumerate(touched):
        drive_s = ground.part.drive_s()
        chosen = effort or default_effort(ground.part.num_reps)
        part_seed = Streams(seed).child("replan", ground.part.name)
        placed = _place(ground, drive_s, effort=chosen, seed=part_seed, cancel=cancel)
        new_plan = splice(new_plan, ground, drive_s, routes=placed.routes, missing=placed.missing)
        changes += differences(ground, routes=placed.routes, missing=placed.missing)
        parts.append(terms_of(ground, drive_s, placed))
        stops.append(placed.stopped_by)
        progress.stepped(STAGE, done + 1, len(touched))
    report = check_replan(problem, plan, new_plan, events, now)
    if report.violations:
        raise VerificationError(f"re-planning returned a plan that breaks rules: {listed(report.violations)}")
    progress.ended(STAGE, Text(f"{len(changes)} changes", f"{len(changes)} 处改动"))
    return ReplanResult(
        plan=new_plan,
        changes=tuple(changes),
        status=Status.FEASIBLE,
        stopped_by=StopReason.CANCELLED if StopReason.CANCELLED in stops else StopReason.EFFORT,
        terms=_sum(parts),
        untouched=sum(int(ground.free.sum()) for ground in touched),
        retimed=_retimed(plan, new_plan),
        runtime_s=meter.elapsed_s,
        run_card=RunCard(
            seed=seed,
            effort=(effort or default_effort(1)).describe(),
            input_hashes=problem.input_hashes,
            versions=package_versions(),
        ),
    )


def _place(ground: Ground, drive_s: IntArray, *, effort: Effort, seed: int, cancel: CancelToken | None) -> Placed:
    """Places for the open visits; at higher prices when too many others moved."""
    placed = place(ground, drive_s, effort=effort, seed=seed, cancel=cancel)
    prices = ground.prices
    for _ in range(TIMES):
        changes = differences(ground, routes=placed.routes, missing=placed.missing)
        moved = sum(change.cause is Cause.NONE for change in changes)
        if moved <= MOST_MOVED * ground.free.sum() or placed.stopped_by is StopReason.CANCELLED:
            break
        prices = prices.times(DEARER)
        placed = place(replace(ground, prices=prices), drive_s, effort=effort, seed=seed, cancel=cancel)
    return placed


def terms_of(ground: Ground, drive_s: IntArray, placed: Placed) -> tuple[Term, ...]:
    """The objective of the days that may change, apart."""
    part, visits = ground.part, ground.visits
    driven_s, loads_s, changed_s, changed = 0, dict[tuple[int, int], int](), 0, 0
    for (rep, day), route in placed.routes.items():
        home = part.num_outlets + rep
        stops = [visits[at].outlet for at in route]
        path = [home, *stops, home]
        there_s = int(drive_s[path[:-1], path[1:]].sum()) if stops else 0
        driven_s += there_s
        loads_s[rep, day] = there_s + int(part.service_s[stops].sum())
        prices_s = [change_price_s(visits[at], rep, day, ground.prices) for at in route]
        changed_s += sum(prices_s)
        changed += sum(price > 0 for price in prices_s)
    length_s = part.shift_s[:, 1] - part.shift_s[:, 0]
    whole_s = max(1, int((length_s * ground.open_lanes.sum(axis=1)).sum()))
    total_s = sum(loads_s.values())
    above_s = sum(max(0.0, load - total_s * int(length_s[rep]) / whole_s) for (rep, _), load in loads_s.items())
    missing_s = sum(int(part.missing_price_s[visits[at].outlet]) for at in placed.missing)
    above_min = above_s / SECONDS_PER_MIN
    return (
        Term(name="drive", amount=driven_s / SECONDS_PER_MIN, unit="min", points=driven_s / SECONDS_PER_MIN),
        Term(name="balance", amount=above_min, unit="min", points=above_min * part.rules.price_balance),
        Term(name="missing", amount=len(placed.missing), unit="visits", points=missing_s / SECONDS_PER_MIN),
        Term(name="change", amount=changed, unit="visits", points=changed_s / SECONDS_PER_MIN),
    )


def change_price_s(visit: OpenVisit, rep: int, day: int, prices: ChangePrices) -> int:
    """Drive seconds that this visit's change is worth to avoid."""
    away = abs(day - visit.day) if visit.day >= 0 else 0
    return (prices.day_s + prices.per_day_s * away if away else 0) + (prices.rep_s if rep != visit.rep else 0)


def _sum(parts: Sequence[tuple[Term, ...]]) -> tuple[Term, ...]:
    if not parts:
        return ()
    return tuple(
        Term(
            name=term.name,
            amount=sum(part[at].amount for part in parts),
            unit=term.unit,
            points=sum(part[at].points for part in parts),
        )
        for at, term in enumerate(parts[0])
    )


def _retimed(before: VisitPlan, after: VisitPlan) -> int:
    """Visits with the same day and rep and another start."""

    def starts(plan: VisitPlan) -> dict[tuple[int, int, int], int]:
        keys = zip(plan.rep_idx.tolist(), plan.day.tolist(), plan.outlet_idx.tolist(), strict=True)
        return dict(zip(keys, plan.start_s.tolist(), strict=True))

    old = starts(before)
    return sum(old.get(key, start_s) != start_s for key, start_s in starts(after).items())
