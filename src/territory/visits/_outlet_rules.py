"""The checker's rules about outlets: who visits them, on which days, how often, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from territory.domain.calendar import CADENCE_VISITS
from territory.domain.columns import NONE
from territory.domain.visit_plan import UnplacedReason
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, IntArray
from territory.verify import Violation
from territory.visits._cadences import fallback_frequencies
from territory.visits._reasons import Trials
from territory.visits.model import ANYONE, Choice, DaySet, VisitsProblem

FOREIGN = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """What a plan says of one outlet: visits missing and why."""

    missing: int
    reason: UnplacedReason | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """One visit in part positions; `rep` is `FOREIGN` for somebody who has no business here."""

    rep: int
    day: int


class OutletRules:
    """Checks the outlets of one part; violations are added to `found`."""

    def __init__(
        self,
        part: VisitsProblem,
        *,
        visits: Mapping[int, Sequence[Visit]],
        stated: Mapping[int, Stated],
        drive_s: IntArray,
        found: list[Violation],
    ) -> None:
        routes: dict[tuple[int, int], list[int]] = {}
        for outlet, made in visits.items():
            for visit in made:
                routes.setdefault((visit.rep, visit.day), []).append(outlet)
        self.part, self.visits, self.stated, self.found = part, visits, stated, found
        self.trials = Trials(problem=part, drive_s=drive_s, routes=routes)
        self.works = part.works_on()
        self.choice_price_s = 0

    def check(self) -> IntArray:
        """Visits missing per outlet, recomputed."""
        return np.array([self._outlet(outlet) for outlet in range(self.part.num_outlets)], dtype=np.int64)

    def _outlet(self, outlet: int) -> int:
        visits = self.visits.get(outlet, ())
        stated = self.stated.get(outlet, Stated(missing=0, reason=None))
        days = tuple(sorted({visit.day for visit in visits}))
        reps = sorted({visit.rep for visit in visits})
        due, placed = int(self.part.due[outlet]), len(days)
        matching = [
            choice for choice in self.part.choices(outlet) if choice.days == days and self._may(choice, outlet, reps)
        ]
        anyone = any(choice.rep == ANYONE for choice in self.part.choices(outlet))
        is_legal = self._people_and_days(outlet, visits, reps, days, one_rep=not anyone)
        if is_legal and reps and matching:
            self._count(outlet, "visit_surplus", stated.missing)
            self.choice_price_s += min(choice.price_s for choice in matching)
            return 0
        missing = max(0, due - placed)
        if is_legal:
            self._count(outlet, "visit_missing", due - placed - stated.missing)
            self._count(outlet, "visit_surplus", placed + stated.missing - due)
            if placed and placed + stated.missing == due:
                self._pattern(outlet, reps, days, reduced=stated.missing > 0)
        if stated.missing and is_legal:
            self._reason(outlet, stated)
        return missing

    def _may(self, choice: Choice, outlet: int, reps: list[int]) -> bool:
        """These reps serve the outlet as the choice says."""
        if choice.rep == ANYONE:
            return set(reps) <= set(self.part.reps_of(outlet))
        return reps == [choice.rep]

    def _people_and_days(
        self, outlet: int, visits: Sequence[Visit], reps: list[int], days: DaySet, *, one_rep: bool
    ) -> bool:
        """Rules on single visits; False when one is broken, and set rules would only repeat it."""
        part, before = self.part, len(self.found)
        own = [rep for rep in reps if rep != FOREIGN]
        self._count(outlet, "wrong_rep", sum(visit.rep == FOREIGN for visit in visits))
        if one_rep:
            self._count(outlet, "several_reps", len(own) - 1)
        if part.reps_allowed is not None:
            self._count(outlet, "wrong_rep", sum(not part.reps_allowed[outlet, rep] for rep in own))
        skill = part.skill[outlet] if part.reps_allowed is None else ""
        self._count(outlet, "skill", sum(bool(skill) and skill not in part.rep_skills[rep] for rep in own))
        apart = {(visit.rep if one_rep else FOREIGN, visit.day) for visit in visits}
        self._count(outlet, "twice_a_day", len(visits) - len(apart))
        holidays = [day for day in days if day in part.holidays]
        self._count(outlet, "holiday", len(holidays))
        self._count(outlet, "closed_day", sum(not part.is_open[outlet, day % DAYS_PER_WEEK] for day in days))
        off = [v for v in visits if v.rep != FOREIGN and v.day not in holidays and not self.works[v.rep, v.day]]
        self._count(outlet, "day_off", len(off))
        return len(self.found) == before

    def _pattern(self, outlet: int, reps: list[int], days: DaySet, *, reduced: bool) -> None:
        """The days are no legal set at full frequency: with missing visits a plain or lower one will do."""
        part = self.part
        plain = fallback_frequencies(part.promises, outlet, int(part.frequency[outlet])) if reduced else ()
        for frequency in plain:
            for choice in part.choices(outlet, frequency):
                if choice.days == days and self._may(choice, outlet, reps):
                    self.choice_price_s += choice.price_s
                    return
        seam = [days[0] + DAYS_PER_CYCLE] if part.rules.keep_seam else []
        short = int((np.diff([*days, *seam]) < part.rules.min_gap_days).sum())
        if part.frequency[outlet] == CADENCE_VISITS["twice_weekly"] and short:
            self._count(outlet, "spacing", short)
        else:
            self._count(outlet, "weekday_pattern", len(days))

    def _reason(self, outlet: int, stated: Stated) -> None:
        """The stated reason is the true one; for `no_time`, a trial finds no place beside the other visits."""
        reason = self.trials.reason(outlet)
        is_true = stated.reason == reason
        if is_true and reason == UnplacedReason.NO_TIME:
            is_true = self.trials.place_for(outlet) is None
        self._count(outlet, "false_reason", 0 if is_true else stated.missing)

    def _count(self, outlet: int, rule: str, amount: int) -> None:
        if amount > 0:
            name = self.part.outlets.ids[outlet]
            self.found.append(
                Violation(
                    rule=rule,
                    subject=f"outlet {name}",
                    subject_zh=f"客户 {name}",
                    amount=float(amount),
                    unit="visits",
                )
            )


def visits_by_outlet(*, outlet: IntArray, rep: IntArray, day: IntArray) -> dict[int, list[Visit]]:
    """Visits of each outlet, in route order; outlets at -1 are left out."""
    found: dict[int, list[Visit]] = {}
    for at, rep_at, day_at in zip(outlet.tolist(), rep.tolist(), day.tolist(), strict=True):
        if at != NONE:
            found.setdefault(at, []).append(Visit(rep=rep_at, day=day_at))
    return found
