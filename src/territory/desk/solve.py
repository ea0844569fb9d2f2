"""The assessment: months one after the other, since each hands award points to the next; then year and pairs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from territory.desk.check import check
from territory.desk.gaps import gaps
from territory.desk.model import DeskProblem
from territory.desk.month import score_month
from territory.desk.pairs import Judged, judge_pairs, propose
from territory.desk.result import DeskResult, MonthScores
from territory.desk.year import close_year
from territory.errors import VerificationError
from territory.policy import scoring
from territory.policy.in_force import InForce
from territory.units import FloatArray
from territory.verify import listed


def assess(problem: DeskProblem) -> DeskResult:
    """
    Scores of all months, the year so far or closed, verdicts on pairs, and pairs proposed for the month to come.

    Raises
    ------
    ValueError
        When cells are missing that the policy's rules need (`gaps` lists them).
    VerificationError
        When the independent checker finds something else (a bug).
    """
    missing = gaps(problem)
    if missing:
        raise ValueError(f"{len(missing)} cells are missing, among them {missing[0]}")
    contest = _Contest(problem)
    judged = Judged.of(problem)
    months: list[MonthScores] = []
    award_team, award_pairs = np.zeros(problem.num_people), np.zeros(problem.num_people)
    for month in range(len(problem.months)):
        scores, levers = score_month(problem, month, award_team=award_team, award_pairs=award_pairs)
        scores, award_team = contest.close(month, scores, levers)
        award_pairs = judge_pairs(problem, judged, month, scores.score)
        judged.remember(scores)
        months.append(scores)
    result = DeskResult(
        months=tuple(months), year=close_year(problem, tuple(months)), pairs=propose(problem, judged, months[-1])
    )
    report = check(problem, result)
    if report.violations:
        raise VerificationError(f"the assessment breaks its own rules: {listed(report.violations)}")
    return result


class _Contest:
    """The running period of the team contest."""

    def __init__(self, problem: DeskProblem) -> None:
        self.problem = problem
        self.points = np.zeros(problem.num_people)
        self.months = np.zeros(problem.num_people)

    def close(self, month: int, scores: MonthScores, levers: InForce) -> tuple[MonthScores, FloatArray]:
        """The month with its winners, and the points they take along into the next, shape (S,)."""
        problem = self.problem
        none = np.zeros(problem.num_people)
        self.points = self.points + scores.score
        self.months = self.months + scores.is_assessed
        if (problem.policy_month(month) + 1) % problem.policy.team_award.period_months:
            return scores, none
        counted = self.months > 0
        mean = scoring.contest_mean(self.points, self.months)
        self.points, self.months = np.zeros_like(none), np.zeros_like(none)
        if not levers.acts("team_award").any():
            return scores, none
        who = np.flatnonzero(problem.is_there[month])
        best = scoring.winning_team(score=mean, is_assessed=counted, team_idx=problem.team_idx[month])
        won = np.zeros(problem.num_people)
        if best >= 0:
            members = (problem.team_idx[month][who] == best) & levers.acts("team_award")
            won[who] = levers.number("team_award", "score_bonus_points") * members
        named = np.zeros(problem.num_people, dtype=np.bool_)
        if levers.number("team_award", "individual").any() and counted.any():
            named = scoring.recognised(mean, counted)
        return replace(scores, winner=best, is_recognised=named), won
