"""Is a visit plan true? Every rule and every term of the objective, recomputed from the problem alone."""

from __future__ import annotations

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import VisitPlan
from territory.standing import Term
from territory.units import DAYS_PER_CYCLE, SECONDS_PER_MIN, BoolArray, FloatArray, IntArray
from territory.verify import CheckReport, Violation
from territory.visits._clock_rules import ClockRules
from territory.visits._outlet_rules import OutletRules, Stated, visits_by_outlet
from territory.visits._replay import UNKNOWN, Replay, fill_drives, positions, replay
from territory.visits.model import VisitsProblem

RULES = {
    "unknown_rep": "every stop names a rep of the problem",
    "unknown_outlet": "every stop and missing visit names an outlet of the problem",
    "day_range": "days are 0 to 27",
    "row_order": "stops are sorted by rep, day and order; routes and missing visits ascend without repeats",
    "route_rows": "there is one route row for every rep and day with stops, and no other",
    "wrong_rep": "an outlet is visited by its rep, or by one of the same pool",
    "several_reps": "all visits of an outlet are made by one rep",
    "skill": "the rep has the outlet's skill",
    "twice_a_day": "an outlet is visited once a day at most",
    "holiday": "nobody works on a holiday",
    "closed_day": "an outlet is visited on weekdays on which it opens",
    "day_off": "a rep works on working days only",
    "weekday_pattern": "the days of an outlet's visits are a legal set for its frequency",
    "spacing": "two visits of a week are far enough apart",
    "visit_missing": "visits placed and visits accounted for as unplaced are as many as are due",
    "visit_surplus": "no outlet has more visits, placed or unplaced, than are due",
    "false_reason": "the reason of a missing visit is true",
    "service_time": "a stop takes the outlet's service and access time",
    "drive_time": "a stop's drive is the travel time from the place before",
    "window": "service starts inside a window",
    "time_order": "a stop starts after the one before, the drive and lunch",
    "return_drive": "the last drive is the travel time to the rep's home",
    "return_time": "arrival at home is the end of the last service (or lunch) and the last drive",
    "shift_start": "nobody starts before the shift",
    "shift_end": "nobody ends after the shift",
    "longest_day": "from leaving home to coming back, no day is longer than allowed",
    "carry_limit": "a day's visits take no more than the rep can carry",
    "lunch_missing": "a day that needs lunch has one",
    "lunch_time": "lunch starts between the stated times",
    "lunch_overlap": "lunch neither overlaps a service nor interrupts a drive",
}


def check(problem: VisitsProblem, plan: VisitPlan) -> CheckReport:
    """Every violation of a plan (`RULES` says of what), and its objective's terms in drive minutes."""
    found: list[Violation] = []
    replayed = replay(problem, plan, found)
    partial = _partial_routes(problem, plan, replayed)
    stated = _stated(problem, plan)
    above_s, missing, price_s, choice_s = 0.0, 0, 0.0, 0.0
    unvisited = np.flatnonzero(problem.frequency == 0)
    _never_due(problem, replayed, stated, unvisited, found)
    for part in problem.parts():
        outlet_of, rep_of = positions(part.outlet_idcs, problem.outlet_idcs), positions(part.rep_idcs, problem.rep_idcs)
        drive_s = part.drive_s()
        fill_drives(replayed, part=part, outlet_of=outlet_of, rep_of=rep_of, drive_s=drive_s, partial=partial)
        rules = OutletRules(
            part,
            visits=visits_by_outlet(outlet=outlet_of[replayed.outlet], rep=rep_of[replayed.rep], day=replayed.day),
            stated={int(outlet_of[at]): entry for at, entry in stated.items() if outlet_of[at] != NONE},
            drive_s=drive_s,
            found=found,
        )
        absent = rules.check()
        missing += int(absent.sum())
        price_s += float((absent * part.missing_price_s).sum())
        choice_s += rules.choice_price_s
        above_s += _above_mean_s(part, problem, replayed, rep_of)
    ClockRules(problem, plan, replayed, found).check()
    drive_s_total = float(
        replayed.drive_s[replayed.drive_s != UNKNOWN].sum()
        + replayed.return_drive_s[replayed.return_drive_s != UNKNOWN].sum()
    )
    terms = objective_terms(
        problem, drive_s=drive_s_total, above_s=above_s, missing=missing, price_s=price_s, choice_s=choice_s
    )
    return CheckReport(violations=tuple(found), terms=terms)


def objective_terms(
    problem: VisitsProblem, *, drive_s: float, above_s: float, missing: int, price_s: float, choice_s: float
) -> tuple[Term, ...]:
    """The objective apart: points are drive minutes."""
    drive_min, above_min = drive_s / SECONDS_PER_MIN, above_s / SECONDS_PER_MIN
    return (
        Term(name="drive", amount=drive_min, unit="min", points=drive_min),
        Term(name="balance", amount=above_min, unit="min", points=above_min * problem.rules.price_balance),
        Term(name="missing", amount=float(missing), unit="visits", points=price_s / SECONDS_PER_MIN),
        Term(name="choice", amount=choice_s / SECONDS_PER_MIN, unit="min", points=choice_s / SECONDS_PER_MIN),
    )


def day_load_s(problem: VisitsProblem, replayed: Replay) -> FloatArray:
    """Seconds of drive and service per route, shape (num_routes,)."""
    busy_s = replayed.drive_s.clip(min=0) + problem.service_s[replayed.outlet]
    load_s = np.bincount(replayed.route, weights=busy_s, minlength=len(replayed.route_rep))
    return np.asarray(load_s + replayed.return_drive_s.clip(min=0), dtype=np.float64)


def _above_mean_s(part: VisitsProblem, problem: VisitsProblem, replayed: Replay, rep_of: IntArray) -> float:
    """Seconds of day load above the part's mean, which is shared out in proportion to shift length."""
    length_s = (part.shift_s[:, 1] - part.shift_s[:, 0]).astype(np.float64)
    all_s = float((length_s * part.works_on().sum(axis=1)).sum())
    if not all_s:
        return 0.0
    rep = rep_of[replayed.route_rep]
    mine = rep != NONE
    load_s = day_load_s(problem, replayed)[mine]
    mean_s = load_s.sum() * length_s[rep[mine]] / all_s
    return float((load_s - mean_s).clip(min=0).sum())


def _partial_routes(problem: VisitsProblem, plan: VisitPlan, replayed: Replay) -> BoolArray:
    """Routes of which some stop names no outlet: their order cannot be driven."""
    lost = positions(problem.outlet_idcs, plan.outlet_idx) == NONE
    rep = positions(problem.rep_idcs, plan.rep_idx)
    keys = replayed.route_rep * DAYS_PER_CYCLE + replayed.route_day
    return np.isin(keys, rep[lost] * DAYS_PER_CYCLE + plan.day[lost])


def _stated(problem: VisitsProblem, plan: VisitPlan) -> dict[int, Stated]:
    """The plan's missing visits by local outlet."""
    stated: dict[int, Stated] = {}
    outlets = positions(problem.outlet_idcs, plan.unplaced_outlet_idx).tolist()
    for outlet, missing, reason in zip(outlets, plan.unplaced_visits.tolist(), plan.unplaced_reason, strict=True):
        if outlet != NONE:
            stated[outlet] = Stated(missing=missing, reason=reason)
    return stated


def _never_due(
    problem: VisitsProblem, replayed: Replay, stated: dict[int, Stated], outlets: IntArray, found: list[Violation]
) -> None:
    """Outlets without visits due have none, neither placed nor unplaced."""
    count = np.bincount(replayed.outlet, minlength=problem.num_outlets)
    for outlet in outlets.tolist():
        amount = int(count[outlet]) + (stated[outlet].missing if outlet in stated else 0)
        if amount:
            name = problem.outlets.ids[outlet]
            found.append(
                Violation(
                    rule="visit_surplus",
                    subject=f"outlet {name}",
                    subject_zh=f"客户 {name}",
                    amount=float(amount),
                    unit="visits",
                )
            )
