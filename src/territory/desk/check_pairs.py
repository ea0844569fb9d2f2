"""Rules of the checker about mentoring: verdicts, how many pairs, who may, their worth, and that none beats them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from territory.desk.check_month import GROUPS, VISITS_GROUP, month_of
from territory.desk.found import Found, differs
from territory.desk.levers import in_force
from territory.desk.model import DeskProblem
from territory.desk.result import DeskResult, ProposedPair
from territory.domain.policy_rules import COMPONENTS
from territory.streams import Streams
from territory.units import EARTH_RADIUS_KM

MOST_PAIRS_SHARE = 0.5
BETTER = 1e-7


def _last_score(problem: DeskProblem, result: DeskResult, person: int, before: int) -> float:
    """The last score before a month, NaN without one."""
    for at in range(before - 1, -1, -1):
        if result.months[at].is_assessed[person]:
            return float(result.months[at].score[person])
    return math.nan


def _verdicts(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(1) A pair is judged month by month from its start, and goes on while it misses the target and may be renewed."""
    lever = problem.policy.mentoring
    told = {(verdict.pair, verdict.month): verdict for verdict in result.pairs.verdicts}
    wanted = set()
    for at, pair in enumerate(problem.pairs):
        subject = f"pair {problem.rep_ids[pair.mentor]} {problem.rep_ids[pair.mentee]}"
        start = pair.score_at_start
        if start is None:
            start = _last_score(problem, result, pair.mentee, pair.since)
        for month in range(max(0, pair.since), len(problem.months)):
            there = bool(problem.is_there[month, pair.mentor] and problem.is_there[month, pair.mentee])
            if not there or (pair.until is not None and month > pair.until):
                break
            wanted.add((at, month))
            verdict = told.get((at, month))
            if verdict is None:
                yield Found(subject=subject, amount=1.0, unit="verdicts")
                break
            gained = float(result.months[month].score[pair.mentee]) - start
            yield from differs(subject, verdict.gained, gained)
            end = _end_of(problem, month, at, reached=gained >= lever.target_gain_points)
            right = (gained >= lever.target_gain_points, month - pair.since, end)
            if (verdict.has_reached, verdict.renewals, verdict.end) != right:
                yield Found(subject=subject, amount=1.0, unit="verdicts")
            if end:
                break
    if set(told) - wanted:
        yield Found(subject="verdicts", amount=float(len(set(told) - wanted)), unit="verdicts")
    going_on = {pair for (pair, month), verdict in told.items() if month == problem.last and not verdict.end}
    if going_on != set(result.pairs.running):
        yield Found(subject="running", amount=float(len(going_on ^ set(result.pairs.running))), unit="pairs")


def _end_of(problem: DeskProblem, month: int, at: int, *, reached: bool) -> str:
    pair = problem.pairs[at]
    stays = problem.is_staff if month == problem.last else problem.is_there[month + 1]
    if reached:
        return "reached"
    if not (stays[pair.mentor] and stays[pair.mentee]):
        return "left"
    if month - pair.since >= problem.policy.mentoring.max_renewals:
        return "renewals"
    if not in_force(problem, month + 1, np.array([pair.mentee])).acts("mentoring")[0]:
        return "uncovered"
    return "ended" if pair.until == month else ""


class Candidates:
    """Who could be paired next month, by the lever's rule, and what every pair would be worth."""

    def __init__(self, problem: DeskProblem, result: DeskResult) -> None:
        self.problem, self.result = problem, result
        self.month = month_of(problem, problem.last)
        self.items = self._items()
        there = problem.is_there[problem.last].nonzero()[0]
        levers = in_force(problem, problem.last + 1, there)
        self.covered = set(there[levers.acts("mentoring")].tolist())
        self.share = float(levers.number("mentoring", "pairs_share").max(initial=0.0))
        hours = levers.number("mentoring", "hours_per_week")[levers.acts("mentoring")]
        self.hours = float(hours.max(initial=0.0))
        agreed = [at for at, pair in enumerate(problem.pairs) if pair.since > problem.last]
        taken = [problem.pairs[at] for at in (*result.pairs.running, *agreed)]
        busy = {person for pair in taken for person in (pair.mentor, pair.mentee)}
        wanted = math.floor(min(MOST_PAIRS_SHARE, self.share) * problem.num_positions + 0.5) - len(taken)
        self.number = max(0, wanted) if self.share > 0 and self.hours > 0 else 0
        self.free = [
            s for s in self.month.assessed if problem.is_staff[s] and s not in busy and not problem.unwilling[s]
        ]
        self.key = {s: float(result.latest.score[s]) for s in self.free}
        if problem.policy.mentoring.rule == "random":
            drawn = Streams(problem.seed).rng("desk.pairing", problem.months[-1]).random(problem.num_people)
            self.key = {s: float(drawn[int(problem.tie[s])]) for s in self.free}
        self.pairs = self._rule_pairs()

    def _items(self) -> list[int]:
        """Items with a source of their own that weigh anything: positions in COMPONENTS and GROUPS."""
        scores = self.result.latest
        found = [
            at
            for at in range(len(COMPONENTS))
            if scores.has_component[at] and any(scores.weights[s, at] > 0 for s in self.month.assessed)
        ]
        for at in range(len(GROUPS)):
            own = bool(scores.has_group[at]) and not (at == VISITS_GROUP and scores.is_service_centre_counted)
            if own and any(scores.group_weights[s, at] > 0 for s in self.month.assessed):
                found.append(len(COMPONENTS) + at)
        return found

    def points(self, person: int, item: int) -> float:
        """A person's points on an item."""
        scores = self.result.latest
        if item < len(COMPONENTS):
            return float(scores.judged[person, item])
        return float(scores.seen[person, item - len(COMPONENTS)])

    def _rule_pairs(self) -> dict[tuple[int, int], tuple[int, float]]:
        """(mentor, mentee) that the rule allows, with the item to teach and the gap on it."""
        if not self.number or not self.free or not self.items:
            return {}
        if self.problem.policy.mentoring.rule == "skill_gap":
            return self._by_gap()
        return self._by_strength()

    def _by_gap(self) -> dict[tuple[int, int], tuple[int, float]]:
        level = {s: sum(self.points(s, item) for item in self.items) / len(self.items) for s in self.free}
        order = sorted(self.free, key=lambda s: (round(level[s], 9), self.problem.rep_ids[s]))
        half = len(order) // 2
        weak = [s for s in order[:half] if s in self.covered][: self.number]
        found = {}
        for mentee in weak:
            for mentor in order[half:]:
                gaps = {item: self.points(mentor, item) - self.points(mentee, item) for item in self.items}
                item = max(gaps, key=lambda item: (gaps[item], -item))
                if gaps[item] > 0:
                    found[mentor, mentee] = (item, gaps[item])
        return found

    def _by_strength(self) -> dict[tuple[int, int], tuple[int, float]]:
        rule, problem = self.problem.policy.mentoring.rule, self.problem
        in_team = rule == "strong_weak_in_team"
        teams = problem.team_idx[problem.last]
        order = sorted(self.free, key=lambda s: (-self.key[s], problem.rep_ids[s]))
        ahead = {person: at for at, person in enumerate(order)}
        left = list(order)
        drawn: list[tuple[int, int]] = []
        for mentee in reversed(order):
            if len(drawn) == self.number or mentee not in left or mentee not in self.covered:
                continue
            fitting = [s for s in left if ahead[s] < ahead[mentee] and (not in_team or teams[s] == teams[mentee])]
            if fitting:
                drawn.append((fitting[0], mentee))
                left.remove(fitting[0])
                left.remove(mentee)
        mean = {item: sum(self.points(s, item) for s in self.month.assessed) for item in self.items}
        found = {}
        for at, (_, mentee) in enumerate(drawn):
            behind = {item: self.points(mentee, item) - mean[item] / len(self.month.assessed) for item in self.items}
            item = min(behind, key=lambda item: (round(behind[item], 9), item))
            for other, (mentor, _) in enumerate(drawn):
                gap = self.points(mentor, item) - self.points(mentee, item)
                if rule == "random":
                    fits = at == other
                else:
                    fits = gap > 0 and ahead[mentor] < ahead[mentee]
                    fits = fits and (not in_team or bool(teams[mentor] == teams[mentee]))
                if fits:
                    found[mentor, mentee] = (item, gap)
        return found

    def worth(self, mentor: int, mentee: int) -> float:
        """Gap less what distance and load cost."""
        rules, gap = self.problem.pair_rules, self.pairs[mentor, mentee][1]
        km = self.distance_km(mentor, mentee)
        load = max(0.0, float(self.problem.load[mentor]) - 1.0)
        return gap - rules.points_per_km * (0.0 if math.isnan(km) else km) - rules.points_per_load * load

    def proposal(self, mentor: int, mentee: int) -> ProposedPair:
        """The pair with its numbers; NaN where the rule does not allow it."""
        item, gap = self.pairs.get((mentor, mentee), (0, math.nan))
        return ProposedPair(
            mentor=mentor,
            mentee=mentee,
            item=item,
            mentor_points=self.points(mentor, item),
            mentee_points=self.points(mentee, item),
            gap=gap,
            distance_km=self.distance_km(mentor, mentee),
            load=float(self.problem.load[mentor]),
            worth=self.worth(mentor, mentee) if (mentor, mentee) in self.pairs else math.nan,
        )

    def distance_km(self, mentor: int, mentee: int) -> float:
        """Great-circle kilometres by the spherical law of haversines; NaN where a place is unknown."""
        a, b = np.radians(self.problem.place[mentor]), np.radians(self.problem.place[mentee])
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            return math.nan
        half = math.sin((b[0] - a[0]) / 2) ** 2
        half += math.cos(a[0]) * math.cos(b[0]) * math.sin((b[1] - a[1]) / 2) ** 2
        return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))


def _number(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(2) Wanted are as many new pairs as bring the running ones to the lever's share of all positions."""
    found = Candidates(problem, result)
    yield from differs("wanted", result.pairs.wanted, found.number, "pairs")
    if len(result.pairs.proposed) > found.number:
        yield Found(subject="proposed", amount=float(len(result.pairs.proposed) - found.number), unit="pairs")


def _allowed(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(3) A proposed pair is one that the lever's rule allows, and nobody is in two."""
    found = Candidates(problem, result)
    seen: set[int] = set()
    for pair in result.pairs.proposed:
        twice = {pair.mentor, pair.mentee} & seen
        if twice or (pair.mentor, pair.mentee) not in found.pairs:
            yield Found(subject=_named(problem, pair), amount=1.0, unit="pairs")
        seen |= {pair.mentor, pair.mentee}


def _numbers(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(4) Item, points, gap, distance, load and worth of a proposed pair are what scores and places make them."""
    found = Candidates(problem, result)
    for pair in result.pairs.proposed:
        if (pair.mentor, pair.mentee) not in found.pairs:
            continue
        item, gap = found.pairs[pair.mentor, pair.mentee]
        subject = _named(problem, pair)
        if pair.item != item:
            yield Found(subject=subject, amount=1.0, unit="items")
            continue
        yield from differs(subject, pair.mentor_points, found.points(pair.mentor, item))
        yield from differs(subject, pair.mentee_points, found.points(pair.mentee, item))
        yield from differs(subject, pair.gap, gap)
        yield from differs(subject, pair.load, float(problem.load[pair.mentor]), "of the mean load")
        km = found.distance_km(pair.mentor, pair.mentee)
        if math.isnan(km) != math.isnan(pair.distance_km) or abs(km - pair.distance_km) > BETTER:
            yield Found(subject=subject, amount=1.0, unit="km")
        if abs(pair.worth - found.worth(pair.mentor, pair.mentee)) > BETTER:
            yield Found(subject=subject, amount=abs(pair.worth - found.worth(pair.mentor, pair.mentee)), unit="points")


def _best(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """
    (5) No other choice of allowed pairs has more pairs, or as many that are worth more together.

    Notes
    -----
    A matching is best when no cycle of exchanges gains anything. Everybody without a partner is given an empty one,
    so that leaving and joining are exchanges, too; longest paths by Floyd and Warshall.
    """
    found = Candidates(problem, result)
    chosen = {(pair.mentor, pair.mentee) for pair in result.pairs.proposed}
    if not found.pairs or not chosen <= set(found.pairs):
        if found.pairs and not chosen:
            yield Found(subject="proposed", amount=1.0, unit="pairs too few")
        return
    mentors, mentees = sorted({a for a, _ in found.pairs}), sorted({b for _, b in found.pairs})
    size = len(mentors) + len(mentees)
    worth = {pair: found.worth(*pair) for pair in found.pairs}
    bonus = 1.0 + 2.0 * len(mentees) * max(abs(value) for value in worth.values())
    value = np.zeros((size, size))
    for (mentor, mentee), points in worth.items():
        value[mentees.index(mentee), mentors.index(mentor)] = points + bonus
    partner = _completed(
        {mentees.index(mentee): mentors.index(mentor) for mentor, mentee in chosen}, rows=len(mentees), size=size
    )
    allowed = value.copy()
    allowed[: len(mentees), : len(mentors)][value[: len(mentees), : len(mentors)] == 0.0] = -np.inf
    gain = allowed[:, partner] - allowed[np.arange(size), partner][:, None]
    np.fill_diagonal(gain, 0.0)
    for through in range(size):
        gain = np.maximum(gain, gain[:, through, None] + gain[None, through, :])
        best = float(np.diagonal(gain).max())
        if best > BETTER * bonus:
            few = best > bonus / 2
            yield Found(
                subject="proposed", amount=1.0 if few else best, unit="pairs too few" if few else "points to gain"
            )
            return


def _completed(partner: dict[int, int], *, rows: int, size: int) -> list[int]:
    """A column for every row, those without a partner with empty ones."""
    empty = [column for column in range(size) if column not in partner.values()]
    # Real rows take the empty columns at the end first, so that no real mentor is theirs by accident.
    empty.sort(key=lambda column: (column < size - rows, column))
    full = dict(partner)
    for row in range(size):
        if row not in full:
            full[row] = empty.pop(0)
    return [full[row] for row in range(size)]


def _named(problem: DeskProblem, pair: ProposedPair) -> str:
    return f"pair {problem.rep_ids[pair.mentor]} {problem.rep_ids[pair.mentee]}"


RULES: dict[str, Callable[[DeskProblem, DeskResult], Iterator[Found]]] = {
    "verdicts": _verdicts,
    "pairs_number": _number,
    "pairs_allowed": _allowed,
    "pairs_numbers": _numbers,
    "pairs_best": _best,
}
