"""Model: what the desk assesses from. Who was there in which month, what was done, what evaluators judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from territory.domain.columns import frozen
from territory.domain.levers_assessment import COMMITTEE, EVALUATORS
from territory.domain.policy_rules import GRADES, MONTHS_PER_YEAR, PolicyRules, YearRules
from territory.units import BoolArray, FloatArray, IntArray

MAX_POINTS = 100.0
JUDGEMENTS = ("quality", *EVALUATORS)
"""What is judged in points: quality of service (the management component), and behaviour by the evaluator groups."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PairRules:
    """
    What distance and load cost when pairs for next month are proposed.

    Attributes
    ----------
    points_per_km
        Points of gap that a kilometre between the two is worth giving up.
    points_per_load
        Points of gap for a mentor whose load is twice the mean; less load than the mean costs nothing.
    """

    points_per_km: float = 0.1
    points_per_load: float = 20.0

    def __post_init__(self) -> None:
        if not (0 <= self.points_per_km < np.inf and 0 <= self.points_per_load < np.inf):
            raise ValueError("prices of distance and load are finite and not negative")


@dataclass(frozen=True, kw_only=True, slots=True)
class PairStart:
    """
    A mentoring pair: positions of both, its first month (position in `DeskProblem.months`, negative before them).

    Attributes
    ----------
    until
        Last month when somebody ended it by hand, else None: the rules end it.
    score_at_start
        The mentee's last score before; None: the desk's own.
    """

    mentor: int
    mentee: int
    since: int
    until: int | None = None
    score_at_start: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class DeskProblem:
    """
    Input of the desk. S people (whoever stands in the panel), M calendar months in a row, Y years they touch.

    Attributes
    ----------
    months
        Calendar months ``YYYY-MM``; the last one is the month that is assessed.
    first_year
        The policy's month 1 is January of this year.
    num_positions
        Positions of account managers, which shares of all (pairs) are of.
    is_there, is_staff
        A row in the month's panel, shape (M, S); still there for what is proposed, shape (S,).
    team_idx, grade, is_formal, tenure_months
        In the month, shape (M, S): team (-1 for none), position in GRADES, contract, months of service at its start.
    step, star
        Step in the grade, 1 to 9, and stars so far, 0 where unknown, shape (S,).
    days_present
        Working days present, shape (M, S).
    visits_done, visits_asked
        Visits made or made up, and planned less those not yet reported on, shape (M, S).
    visits_pending
        Those not yet reported on, shape (M, S). Left out: none.
    sales, target
        Of the month, currency, shape (M, S); NaN where nobody wrote them down.
    judged
        Points 0 to 100 by JUDGEMENTS, shape (M, S, 5), means where several judged; NaN where nobody did.
    num_judges
        How many judged, shape (M, S, 5).
    supply, is_supply_given
        Supply against normal sales, shape (M,); whether it was given or follows from `[year]`.
    committee
        Points 0 to 100 by COMMITTEE, shape (Y, S, 4); NaN where no member gave any.
    unwilling
        Who takes no part in mentoring, shape (S,).
    place
        Where people are for a meeting, degrees [lat, lon], shape (S, 2); NaN where unknown.
    load
        Work against the mean rep's, shape (S,).
    redistribute
        Weights of what is missing are shared out among the rest; otherwise its points are simply missing.
    """

    policy_name: str
    policy: PolicyRules
    year: YearRules
    rep_ids: tuple[str, ...]
    names: tuple[str, ...]
    months: tuple[str, ...]
    first_year: int
    team_ids: tuple[str, ...]
    num_positions: int
    is_there: BoolArray
    is_staff: BoolArray
    team_idx: IntArray
    grade: IntArray
    is_formal: IntArray
    tenure_months: FloatArray
    step: IntArray
    star: IntArray
    days_present: IntArray
    visits_done: IntArray
    visits_asked: IntArray
    sales: FloatArray
    target: FloatArray
    judged: FloatArray
    num_judges: IntArray
    supply: FloatArray
    is_supply_given: BoolArray
    committee: FloatArray
    unwilling: BoolArray
    place: FloatArray
    load: FloatArray
    visits_pending: IntArray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    pairs: tuple[PairStart, ...] = ()
    currency: str = ""
    seed: int = 0
    redistribute: bool = False
    pair_rules: PairRules = field(default_factory=PairRules)

    def __post_init__(self) -> None:
        m, s = len(self.months), len(self.rep_ids)
        if m == 0 or s == 0:
            raise ValueError("a desk needs at least one month and one rep")
        if not self.visits_pending.size:
            object.__setattr__(self, "visits_pending", np.zeros((m, s), dtype=np.int64))
        shapes: dict[str, tuple[type, tuple[int, ...]]] = {
            "is_there": (np.bool_, (m, s)),
            "is_staff": (np.bool_, (s,)),
            "team_idx": (np.int64, (m, s)),
            "grade": (np.int64, (m, s)),
            "is_formal": (np.int64, (m, s)),
            "tenure_months": (np.float64, (m, s)),
            "step": (np.int64, (s,)),
            "star": (np.int64, (s,)),
            "days_present": (np.int64, (m, s)),
            "visits_done": (np.int64, (m, s)),
            "visits_asked": (np.int64, (m, s)),
            "visits_pending": (np.int64, (m, s)),
            "sales": (np.float64, (m, s)),
            "target": (np.float64, (m, s)),
            "judged": (np.float64, (m, s, len(JUDGEMENTS))),
            "num_judges": (np.int64, (m, s, len(JUDGEMENTS))),
            "supply": (np.float64, (m,)),
            "is_supply_given": (np.bool_, (m,)),
            "committee": (np.float64, (len(self.years), s, len(COMMITTEE))),
            "unwilling": (np.bool_, (s,)),
            "place": (np.float64, (s, 2)),
            "load": (np.float64, (s,)),
        }
        for name, (kind, shape) in shapes.items():
            values = frozen(getattr(self, name), kind)
            object.__setattr__(self, name, values)
            if values.shape != shape:
                raise ValueError(f"{name} has shape {values.shape}, not {shape}")
        if len(set(self.rep_ids)) != s:
            raise ValueError("an id stands twice")
        if self.months != tuple(month_after(self.months[0], ahead) for ahead in range(m)):
            raise ValueError("months do not follow each other")
        if self.policy_month(0) < 0:
            raise ValueError("the first month lies before the policy's first year")
        if (self.grade[self.is_there] < 0).any() or (self.grade[self.is_there] >= len(GRADES)).any():
            raise ValueError("grade points outside the grades")
        for name in ("judged", "committee"):
            values = getattr(self, name)
            known = values[np.isfinite(values)]
            if (known < 0).any() or (known > MAX_POINTS).any():
                raise ValueError(f"{name} holds points outside 0 to {MAX_POINTS:g}")
        for pair in self.pairs:
            if pair.mentor == pair.mentee or not (0 <= pair.mentor < s and 0 <= pair.mentee < s):
                raise ValueError("a pair is of two people of the desk")

    @property
    def num_people(self) -> int:
        """S."""
        return len(self.rep_ids)

    @property
    def last(self) -> int:
        """Position of the month that is assessed."""
        return len(self.months) - 1

    def policy_month(self, month: int) -> int:
        """Month of the policy, from 0, of a position in `months`."""
        year, number = ordinal_of(self.months[0])
        return (year - self.first_year) * MONTHS_PER_YEAR + number - 1 + month

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Calendar years that the months touch."""
        return tuple(sorted({ordinal_of(month)[0] for month in self.months}))

    @cached_property
    def tie(self) -> IntArray:
        """Place of every id in their order, which decides where scores are equal, shape (S,)."""
        return np.asarray(np.argsort(np.argsort(np.array(self.rep_ids), kind="stable"), kind="stable"))

    def months_of_year(self, year: int) -> tuple[int, ...]:
        """Positions of the months of a calendar year."""
        return tuple(at for at, month in enumerate(self.months) if ordinal_of(month)[0] == year)


def ordinal_of(month: str) -> tuple[int, int]:
    """Year and number of a month ``YYYY-MM``."""
    return int(month[:4]), int(month[5:7])


def month_after(month: str, ahead: int = 1) -> str:
    """The month so many months later (earlier where negative)."""
    year, number = ordinal_of(month)
    whole = year * MONTHS_PER_YEAR + number - 1 + ahead
    return f"{whole // MONTHS_PER_YEAR:04d}-{whole % MONTHS_PER_YEAR + 1:02d}"


def months_between(first: str, last: str) -> int:
    """Months from the first to the last, negative where that lies before."""
    (a, b), (c, d) = ordinal_of(first), ordinal_of(last)
    return (c - a) * MONTHS_PER_YEAR + d - b
