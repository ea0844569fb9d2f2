"""Mentoring: last month's pairs are judged, next month's proposed by single items, distance and load."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.desk.levers import in_force
from territory.desk.model import DeskProblem
from territory.desk.result import MonthScores, PairsOutcome, PairVerdict, ProposedPair
from territory.domain.levers_assessment import EVALUATORS
from territory.domain.policy_rules import COMPONENTS
from territory.policy import pairing_rules
from territory.streams import Streams
from territory.units import BoolArray, FloatArray, IntArray, great_circle_km

ITEMS = (*COMPONENTS, *EVALUATORS)
DIGITS = 9  # what differs less is a tie


@dataclass(kw_only=True, eq=False)
class Judged:
    """
    What is known of people and pairs while the months go by.

    Attributes
    ----------
    last_score
        Score of the last month with one, shape (S,); NaN before the first.
    renewals, score_at_start
        Of the pairs that are running, by their position.
    """

    last_score: FloatArray
    renewals: dict[int, int]
    score_at_start: dict[int, float]
    verdicts: list[PairVerdict]
    over: set[int]

    @classmethod
    def of(cls, problem: DeskProblem) -> Judged:
        """Before the first month."""
        return cls(
            last_score=np.full(problem.num_people, np.nan), renewals={}, score_at_start={}, verdicts=[], over=set()
        )

    def remember(self, scores: MonthScores) -> None:
        """The month's scores become the last ones."""
        self.last_score = np.where(scores.is_assessed, scores.score, self.last_score)


def judge_pairs(problem: DeskProblem, judged: Judged, month: int, score: FloatArray) -> FloatArray:
    """Verdicts on the month's pairs; award points for the month to come, shape (S,)."""
    lever = problem.policy.mentoring
    won = np.zeros(problem.num_people)
    for at, pair in enumerate(problem.pairs):
        both = [pair.mentor, pair.mentee]
        if month < pair.since or at in judged.over:
            continue
        if not problem.is_there[month][both].all() or (pair.until is not None and month > pair.until):
            judged.over.add(at)
            continue
        if at not in judged.renewals:
            known = judged.last_score[pair.mentee] if pair.score_at_start is None else pair.score_at_start
            judged.score_at_start[at] = float(known)
            judged.renewals[at] = month - pair.since
        start, renewals = judged.score_at_start[at], judged.renewals[at]
        now = float(score[pair.mentee])
        reached = pairing_rules.has_reached_target(
            score=now, score_at_start=start, target_gain=lever.target_gain_points
        )
        stays = _stays(problem, month)[both]
        if reached:
            won[both] += lever.joint_points * stays
        goes_on = pairing_rules.goes_on(has_reached=reached, renewals=renewals, max_renewals=lever.max_renewals)
        end = _end(problem, month, mentee=pair.mentee, reached=reached, goes_on=goes_on, stays=bool(stays.all()))
        if end == "" and pair.until == month:
            end = "ended"
        judged.verdicts.append(
            PairVerdict(
                pair=at,
                month=month,
                renewals=renewals,
                score_at_start=start,
                score=now,
                gained=now - start,
                has_reached=reached,
                end=end,
            )
        )
        judged.renewals[at] += 1
        if end:
            judged.over.add(at)
    return won


def _stays(problem: DeskProblem, month: int) -> BoolArray:
    """Who is there in the month after, shape (S,)."""
    return problem.is_staff if month == problem.last else problem.is_there[month + 1]


def _end(problem: DeskProblem, month: int, *, mentee: int, reached: bool, goes_on: bool, stays: bool) -> str:
    if reached:
        return "reached"
    if not stays:
        return "left"
    if not goes_on:
        return "renewals"
    return "" if in_force(problem, month + 1, np.array([mentee])).acts("mentoring")[0] else "uncovered"


def propose(problem: DeskProblem, judged: Judged, scores: MonthScores) -> PairsOutcome:
    """
    Pairs for the month to come.

    Notes
    -----
    How many, who may be taught and who are the strong and the weak is the lever's rule, as in the simulation. Who is
    put together with whom is the assignment with most pairs in which the mentor leads, and among those the one whose
    gaps less distance and load add up to most. `random` leaves that to chance.
    """
    month = problem.last
    who = np.flatnonzero(problem.is_there[month])
    levers = in_force(problem, month + 1, who)
    last = [verdict for verdict in judged.verdicts if verdict.month == month]
    running = tuple(verdict.pair for verdict in last if not verdict.end)
    # A pair that begins next month has been agreed on already.
    agreed = [at for at, pair in enumerate(problem.pairs) if pair.since > month]
    busy = {slot for at in (*running, *agreed) for slot in (problem.pairs[at].mentor, problem.pairs[at].mentee)}
    share = float(levers.number("mentoring", "pairs_share").max(initial=0.0))
    hours = float(levers.number("mentoring", "hours_per_week")[levers.acts("mentoring")].max(initial=0.0))
    number = pairing_rules.pairs_wanted(share, positions=problem.num_positions, running=len(running) + len(agreed))
    proposed: tuple[ProposedPair, ...] = ()
    if share == 0.0 or hours == 0.0:
        reason, number = "lever", 0
    elif number <= 0:
        reason, number = "enough", 0
    else:
        covered = np.zeros(problem.num_people, dtype=np.bool_)
        covered[who] = levers.acts("mentoring")
        is_busy = np.isin(np.arange(problem.num_people), sorted(busy))
        free = np.asarray(scores.is_assessed & problem.is_staff & ~is_busy & ~problem.unwilling)
        proposed = _pairs(problem, judged, scores, free=free, taught=free & covered, number=number)
        reason = "" if len(proposed) == number else "nobody"
    return PairsOutcome(
        verdicts=tuple(judged.verdicts),
        wanted=number,
        running=running,
        items=ITEMS,
        proposed=proposed,
        hours_per_week=hours,
        reason=reason,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Choice:
    """
    Whom the rule lets be put together.

    Attributes
    ----------
    weak, strong
        Positions of possible mentees and mentors.
    item, gaps, may
        By mentee and mentor, shape (weak, strong): the usable item to teach, the mentor's lead on it, and whether the
        two may be a pair.
    """

    weak: IntArray
    strong: IntArray
    item: IntArray
    gaps: FloatArray
    may: BoolArray


def _pairs(
    problem: DeskProblem, judged: Judged, scores: MonthScores, *, free: BoolArray, taught: BoolArray, number: int
) -> tuple[ProposedPair, ...]:
    items = item_points(scores)
    if not items.shape[1]:
        return ()
    if problem.policy.mentoring.rule == "skill_gap":
        choice = _by_gap(problem, items, free=free, taught=taught, number=number)
    else:
        choice = _by_strength(problem, judged, items, scores, free=free, taught=taught, number=number)
    if not choice.may.any():
        return ()
    names = np.flatnonzero(usable_items(scores))
    weak, strong, item = choice.weak, choice.strong, choice.item
    worth, km = worths(problem, choice.gaps, weak=weak, strong=strong)
    return tuple(
        ProposedPair(
            mentor=int(strong[column]),
            mentee=int(weak[row]),
            item=int(names[item[row, column]]),
            mentor_points=float(items[strong[column], item[row, column]]),
            mentee_points=float(items[weak[row], item[row, column]]),
            gap=float(choice.gaps[row, column]),
            distance_km=float(km[row, column]),
            load=float(problem.load[strong[column]]),
            worth=float(worth[row, column]),
        )
        for row, column in most_worth(worth, choice.may)
    )


def _by_gap(problem: DeskProblem, items: FloatArray, *, free: BoolArray, taught: BoolArray, number: int) -> _Choice:
    """The weaker half with the stronger half, on the item where two differ most."""
    level = np.round(items.mean(axis=1), DIGITS)
    weak, strong = pairing_rules.halves(level, free=free, taught=taught, number=number, tie=problem.tie)
    if not len(weak) or not len(strong):
        return _nobody()
    gaps = pairing_rules.largest_gaps(items[weak], items[strong])
    item = (items[strong][None, :, :] - items[weak][:, None, :]).argmax(axis=2)
    return _Choice(weak=weak, strong=strong, item=item, gaps=gaps, may=np.asarray(gaps > 0))


def _by_strength(
    problem: DeskProblem,
    judged: Judged,
    items: FloatArray,
    scores: MonthScores,
    *,
    free: BoolArray,
    taught: BoolArray,
    number: int,
) -> _Choice:
    """Those whom the rule pairs by their last score, or by chance, on the item where the mentee is furthest behind."""
    rule, teams = problem.policy.mentoring.rule, problem.team_idx[problem.last]
    key = np.nan_to_num(judged.last_score, nan=-1.0)
    if rule == "random":
        key = Streams(problem.seed).rng("desk.pairing", problem.months[-1]).random(problem.num_people)[problem.tie]
    in_team = teams if rule == "strong_weak_in_team" else None
    drawn = pairing_rules.strong_with_weak(key, free=free, taught=taught, number=number, tie=problem.tie, teams=in_team)
    if not drawn:
        return _nobody()
    strong, weak = np.array(drawn, dtype=np.int64).T
    weakest = weakest_items(items, scores.is_assessed)[weak]
    gaps = items[strong][:, weakest].T - items[weak, weakest][:, None]
    if rule == "random":
        may = np.eye(len(weak), dtype=np.bool_)
    else:
        place = np.argsort(np.lexsort((problem.tie, -key)))
        may = (gaps > 0) & (place[strong][None, :] < place[weak][:, None])
        if in_team is not None:
            may &= in_team[strong][None, :] == in_team[weak][:, None]
    item = np.tile(weakest[:, None], (1, len(strong)))
    return _Choice(weak=weak, strong=strong, item=item, gaps=gaps, may=may)


def _nobody() -> _Choice:
    nobody, nothing = np.zeros(0, dtype=np.int64), np.zeros((0, 0))
    return _Choice(
        weak=nobody, strong=nobody, item=nothing.astype(np.int64), gaps=nothing, may=nothing.astype(np.bool_)
    )


def usable_items(scores: MonthScores) -> BoolArray:
    """Items with a source of their own that weigh anything for anybody, shape (7,)."""
    group = scores.has_group.copy()
    if scores.is_service_centre_counted:
        group[EVALUATORS.index("service_centre")] = False
    weighs = np.concatenate([(scores.weights > 0).any(axis=0), (scores.group_weights > 0).any(axis=0)])
    return np.asarray(np.concatenate([scores.has_component, group]) & weighs)


def item_points(scores: MonthScores) -> FloatArray:
    """Points of everybody on the usable items, shape (S, items)."""
    points = np.column_stack([scores.judged[:, : len(COMPONENTS)], scores.seen])
    return np.asarray(points[:, usable_items(scores)])


def weakest_items(items: FloatArray, assessed: BoolArray) -> IntArray:
    """On which item everyone lies furthest below the mean of those assessed, shape (S,)."""
    behind = np.round(items - items[assessed].mean(axis=0), DIGITS)
    return np.asarray(behind.argmin(axis=1), dtype=np.int64)


def worths(
    problem: DeskProblem, gaps: FloatArray, *, weak: IntArray, strong: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Gaps less what distance and the mentor's load cost, and kilometres (NaN where unknown); shape (weak, strong)."""
    rules, place = problem.pair_rules, problem.place
    km = great_circle_km(
        place[weak, 0][:, None], place[weak, 1][:, None], place[strong, 0][None, :], place[strong, 1][None, :]
    )
    over = np.maximum(0.0, problem.load[strong] - 1.0)
    cost = rules.points_per_km * np.nan_to_num(km) + rules.points_per_load * over[None, :]
    return np.asarray(gaps - cost), km


def most_worth(worth: FloatArray, may: BoolArray) -> list[tuple[int, int]]:
    """
    (row, column) of as many allowed pairs as there can be, and among those the pairs worth most together.

    Notes
    -----
    Every allowed pair gets a bonus larger than all worths can differ by, so that number comes before worth.
    """
    if not may.any():
        return []
    bonus = 1.0 + 2.0 * min(may.shape) * float(np.abs(worth[may]).max())
    found = pairing_rules.matched(np.where(may, worth + bonus, 0.0))
    return [(row, column) for row, column in found if may[row, column]]
