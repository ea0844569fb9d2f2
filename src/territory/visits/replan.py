"""A running plan made anew after a disruption: started work stays, little moves, every difference is explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from territory.domain.visit_plan import VisitPlan
from territory.effort import CancelToken, Effort, Meter
from territory.errors import ConfigError, VerificationError
from territory.language import Text
from territory.progress import SILENT, Progress
from territory.standing import RunCard, Status, StopReason, Term, package_versions
from territory.streams import Streams
from territory.verify import listed
from territory.visits._differences import Change, ChangeKind, differences
from territory.visits._open_visits import Cause, ChangePrices, grounds
from territory.visits._repairs import LADDER, Repair, chosen, mixed, repairs
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
PER_REP, PER_PART = 55_000, 140_000  # iterations, unless an effort is given: so many per rep, but so many at least


def default_effort(num_reps: int) -> Effort:
    """Iterations per rep of a part of this size."""
    return Effort(iterations=max(PER_REP, PER_PART // num_reps))


@dataclass(frozen=True, kw_only=True, slots=True)
class Freer:
    """What moving more would buy: untouched visits that would move, and drive minutes saved."""

    moved: int = 0
    saved_min: float = 0.0

    def plus(self, *, moved: int, saved_min: float) -> Freer:
        """With another part."""
        return Freer(moved=self.moved + moved, saved_min=self.saved_min + saved_min)


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
    freer
        The best plan found with changes nearly free.
    """

    plan: VisitPlan
    changes: tuple[Change, ...]
    status: Status
    stopped_by: StopReason
    terms: tuple[Term, ...]
    untouched: int
    retimed: int
    freer: Freer
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
        Iterations per rep of a touched part, or seconds per touched part, at most: half of it is spent where few
        visits need to move. 55,000 iterations by default, more for one or two reps.

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
    urgent ones, have such choices too; leaving one out costs what `VisitsProblem` says. Searches begin from the running
    plan, at several multiples of these prices; of the plans found, and of those that CP-SAT makes of their days, the
    one that moves least and is nearly as good as the best is taken (`_repairs.py`).
    """
    meter = Meter(effort=effort or default_effort(1))
    prices = prices or ChangePrices()
    wrong = complaints(problem, plan, events, now)
    if wrong:
        raise ConfigError(Text("\n".join(text.en for text in wrong), "\n".join(text.zh for text in wrong)))
    touched = grounds(problem, plan, events, now, prices)
    progress.started(STAGE, len(touched) * len(LADDER))
    new_plan, changes, stops = plan, list[Change](), list[StopReason]()
    parts: list[tuple[Term, ...]] = []
    freer = Freer()
    for done, ground in enumerate(touched):
        drive_s = ground.part.drive_s()
        limit = effort or default_effort(ground.part.num_reps)
        part_seed = Streams(seed).child("replan", ground.part.name)
        found: list[Repair] = []
        for repair in repairs(ground, drive_s, effort=limit, seed=part_seed, cancel=cancel):
            found.append(repair)
            progress.stepped(STAGE, min(len(LADDER), len(found)) + done * len(LADDER), len(touched) * len(LADDER))
        found += mixed(ground, drive_s, found, seed=part_seed)
        best, freest = chosen(ground, found), min(found, key=lambda repair: repair.value)
        routes, missing = best.placed.routes, best.placed.missing
        new_plan = splice(new_plan, ground, drive_s, routes=routes, missing=missing)
        changes += differences(ground, routes=routes, missing=missing)
        parts.append(best.terms)
        stops.append(best.placed.stopped_by)
        freer = freer.plus(moved=freest.moved, saved_min=best.value - freest.value)
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
        freer=freer,
        runtime_s=meter.elapsed_s,
        run_card=RunCard(
            seed=seed,
            effort=(effort or default_effort(1)).describe(),
            input_hashes=problem.input_hashes,
            versions=package_versions(),
        ),
    )


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
