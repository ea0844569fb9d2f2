"""Rules of the checker about months: who is assessed, points, weights, awards, scores, ranks, contests."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache

from territory.desk.found import Found, differs
from territory.desk.levers import company, in_force
from territory.desk.model import JUDGEMENTS, DeskProblem
from territory.desk.result import DeskResult, MonthScores
from territory.domain.policy_rules import COMPONENTS, GRADES
from territory.policy.in_force import InForce

PAR, BEST, MOST = 80.0, 1.25, 100.0
FEWEST_DAYS = 10
NAMED_SHARE = 0.2
GROUPS = JUDGEMENTS[1:]
VISITS_GROUP = GROUPS.index("service_centre")


class Month:
    """One month of the problem, ready to be looked at person by person."""

    def __init__(self, problem: DeskProblem, month: int) -> None:
        self.problem = problem
        self.at = month
        self.there = [s for s in range(problem.num_people) if problem.is_there[month, s]]
        self.assessed = [s for s in self.there if problem.days_present[month, s] >= FEWEST_DAYS]
        self.levers: InForce = in_force(problem, month, problem.is_there[month].nonzero()[0])
        self._column = {s: column for column, s in enumerate(self.there)}

    def named(self, person: int) -> str:
        """Month and id, as violations are headed."""
        return f"{self.problem.months[self.at]} {self.problem.rep_ids[person]}"

    def number(self, lever: str, setting: str, person: int) -> float:
        """A lever's number for a person."""
        return float(self.levers.number(lever, setting)[self._column[person]])

    def covers(self, lever: str, person: int) -> bool:
        """Whether a lever acts on a person."""
        return bool(self.levers.acts(lever)[self._column[person]])

    def team(self, person: int) -> list[int]:
        """Everybody of the person's team who is there; alone without a team."""
        teams = self.problem.team_idx[self.at]
        if teams[person] < 0:
            return [person]
        return [s for s in self.there if teams[s] == teams[person]]

    @cached_property
    def has_visits(self) -> bool:
        """Whether visits were asked for of anybody assessed."""
        return any(self.problem.visits_asked[self.at, s] > 0 for s in self.assessed)

    @cached_property
    def has_sales(self) -> bool:
        """Whether anybody assessed has sales."""
        return any(math.isfinite(self.problem.sales[self.at, s]) for s in self.assessed)

    @cached_property
    def has_judgement(self) -> dict[str, bool]:
        """Whether anybody assessed was judged, by source."""
        return {name: any(math.isfinite(self._judged(name, s)) for s in self.assessed) for name in JUDGEMENTS}

    def _judged(self, name: str, person: int) -> float:
        return float(self.problem.judged[self.at, person, JUDGEMENTS.index(name)])

    def visits(self, person: int) -> float:
        """Visits made over asked; 1 where none was asked for."""
        asked = int(self.problem.visits_asked[self.at, person])
        return int(self.problem.visits_done[self.at, person]) / asked if asked > 0 else 1.0

    def attained(self, person: int) -> tuple[float, float]:
        """Sales over target, the own alone and with the team's part."""
        problem, part = self.problem, self.number("targets", "team_share", person)
        sales, target = problem.sales[self.at], problem.target[self.at]

        def over(sold: float, asked: float) -> float:
            return sold / asked if asked > 0 else 1.0

        own = over(_known(sales[person]), _known(target[person]))
        team = self.team(person)
        together = over(sum(_known(sales[s]) for s in team), sum(_known(target[s]) for s in team))
        return own, (1 - part) * own + part * together

    def parts(self, person: int) -> list[float | None]:
        """Points of the components; None without a source."""
        return [
            _points(self.visits(person)) if self.has_visits else None,
            _points(self.attained(person)[1]) if self.has_sales else None,
            self._judged("quality", person) if self.has_judgement["quality"] else None,
        ]

    def seen(self, person: int) -> list[float | None]:
        """Points by evaluator group; None without a source. Who nobody judged in the service centre counts visits."""
        found: list[float | None] = [
            self._judged(name, person) if self.has_judgement[name] else None for name in GROUPS
        ]
        if found[VISITS_GROUP] is None and self.has_visits:
            found[VISITS_GROUP] = _points(self.visits(person))
        return found

    def asked(self, person: int) -> tuple[list[float], list[float]]:
        """The policy's weights of components and groups."""
        grade = GRADES[int(self.problem.grade[self.at, person])]
        components = self.levers.numbers("component_weights", grade)[self._column[person]].tolist()
        return components, [self.number("evaluators", name, person) for name in GROUPS]

    def weights(self, person: int) -> tuple[list[float], list[float], float]:
        """Weights of components and groups, and of outcome, as they have to be applied."""
        components, groups = self.asked(person)
        outcome = self.number("outcome_weight", "abnormal" if self.is_abnormal else "normal", person)
        if not self.problem.redistribute:
            return components, groups, outcome
        components, has_outcome = _scaled(components, [part is not None for part in self.parts(person)])
        groups, has_behaviour = _scaled(groups, [part is not None for part in self.seen(person)])
        if has_outcome != has_behaviour:
            outcome = 1.0 if has_outcome else 0.0
        return components, groups, outcome

    @cached_property
    def is_abnormal(self) -> bool:
        """Supply below the company's limit."""
        return bool(self.problem.supply[self.at] < company(self.levers, "outcome_weight", "abnormal_below"))


@lru_cache(maxsize=64)
def month_of(problem: DeskProblem, month: int) -> Month:
    """A month of a problem; kept for the rules that come back to it."""
    return Month(problem, month)


def _points(ratio: float) -> float:
    return PAR * min(BEST, max(0.0, ratio))


def _known(value: float) -> float:
    return 0.0 if math.isnan(value) else float(value)


def _scaled(weights: list[float], has_source: list[bool]) -> tuple[list[float], bool]:
    left = sum(w for w, has in zip(weights, has_source, strict=True) if has)
    if all(has_source):
        return weights, left > 0
    factor = sum(weights) / left if left > 0 else 0.0
    return [w * factor if has else 0.0 for w, has in zip(weights, has_source, strict=True)], left > 0


def _each(problem: DeskProblem, result: DeskResult) -> Iterator[tuple[Month, MonthScores]]:
    for month, scores in enumerate(result.months):
        yield month_of(problem, month), scores


def _assessed(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(1) Whoever was there for ten working days is assessed, nobody else; who is not has no points."""
    for month, scores in _each(problem, result):
        for person in range(problem.num_people):
            wanted = person in month.assessed
            if bool(scores.is_assessed[person]) != wanted:
                yield Found(subject=month.named(person), amount=1.0, unit="people")
            elif not wanted:
                yield from differs(month.named(person), scores.score[person], 0.0)


def _sources(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(2) A source is there when it says something about somebody assessed; a month is abnormal by its supply."""
    for month, scores in _each(problem, result):
        judged = [month.has_judgement[name] for name in JUDGEMENTS]
        counted = month.has_visits and not judged[1 + VISITS_GROUP]
        groups = [has or (at == VISITS_GROUP and month.has_visits) for at, has in enumerate(judged[1:])]
        wanted = [month.has_visits, month.has_sales, judged[0], *groups, counted, month.is_abnormal]
        claimed = [*scores.has_component, *scores.has_group, scores.is_service_centre_counted, scores.is_abnormal]
        wrong = sum(bool(claim) != has for claim, has in zip(claimed, wanted, strict=True))
        if month.assessed and wrong:
            yield Found(subject=problem.months[month.at], amount=float(wrong), unit="sources")


def _measures(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(3) Visits made over asked, sales over target, with the team's part."""
    for month, scores in _each(problem, result):
        for person in month.assessed:
            claimed = (scores.visits[person], scores.own_attained[person], scores.attained[person])
            for claim, wanted in zip(claimed, (month.visits(person), *month.attained(person)), strict=True):
                yield from differs(month.named(person), claim, wanted, "of what was asked")


def _components(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(4) Points of baseline, marketing and management follow from visits, sales and judged quality."""
    for month, scores in _each(problem, result):
        for person in month.assessed:
            for at, wanted in enumerate(month.parts(person)):
                yield from differs(f"{month.named(person)} {COMPONENTS[at]}", scores.judged[person, at], wanted or 0.0)


def _behaviour(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(5) Behaviour is the weighted sum of what the groups judged, between 0 and 100."""
    for month, scores in _each(problem, result):
        for person in month.assessed:
            _, groups, _ = month.weights(person)
            told = [part or 0.0 for part in month.seen(person)]
            wanted = min(MOST, sum(w * p for w, p in zip(groups, told, strict=True)))
            yield from differs(f"{month.named(person)} behaviour", scores.judged[person, 3], wanted)


def _weights(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(6) Weights are the policy's for the grade and the month's supply; a missing source is shared out or not."""
    for month, scores in _each(problem, result):
        for person in month.assessed:
            components, groups, outcome = month.weights(person)
            asked = [weight for weights in month.asked(person) for weight in weights]
            claimed = [*scores.weights[person], *scores.group_weights[person], scores.outcome[person]]
            claimed += [*scores.asked_weights[person], *scores.asked_group_weights[person]]
            for claim, wanted in zip(claimed, [*components, *groups, outcome, *asked], strict=True):
                yield from differs(month.named(person), claim, wanted, "of weight")


def _plain(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(7) Plain score = outcome weight * weighted components + the rest * behaviour."""
    for month, scores in _each(problem, result):
        for person in month.assessed:
            components, _, outcome = month.weights(person)
            told = scores.judged[person]
            wanted = outcome * sum(w * told[at] for at, w in enumerate(components)) + (1 - outcome) * told[3]
            yield from differs(month.named(person), scores.plain[person], wanted)


def _forced(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(8) A forced distribution moves a team's mean towards the company's, as far as the lever says."""
    for month, scores in _each(problem, result):
        for person in month.assessed:
            strength = month.number("ladder", "forced_distribution", person)
            team = [scores.plain[s] for s in month.team(person) if s in month.assessed]
            company = [scores.plain[s] for s in month.assessed]
            means = (sum(company) / len(company), sum(team) / len(team))
            yield from differs(month.named(person), scores.shift[person], strength * (means[0] - means[1]))
            yield from differs(month.named(person), scores.forced[person], strength, "of strength")
            yield from differs(month.named(person), scores.company_mean, means[0], "points of the company")
            yield from differs(month.named(person), scores.team_mean[person], means[1], "points of the team")


def _award_team(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(9) Award points of the contest go to the members, a month before, of the team that was crowned."""
    for month, scores in _each(problem, result):
        before = month_of(problem, month.at - 1) if month.at else None
        for person in month.assessed:
            wanted = 0.0
            if before is not None and person in before.there and before.covers("team_award", person):
                winner = result.months[month.at - 1].winner
                if winner >= 0 and int(problem.team_idx[month.at - 1, person]) == winner:
                    wanted = before.number("team_award", "score_bonus_points", person)
            yield from differs(month.named(person), scores.award_team[person], wanted)


def _award_pairs(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(10) Joint points go to both of a pair that reached its target the month before."""
    joint = problem.policy.mentoring.joint_points
    for month, scores in _each(problem, result):
        for person in month.assessed:
            won = [
                verdict
                for verdict in result.pairs.verdicts
                if verdict.month == month.at - 1
                and verdict.has_reached
                and person in (problem.pairs[verdict.pair].mentor, problem.pairs[verdict.pair].mentee)
            ]
            yield from differs(month.named(person), scores.award_pairs[person], joint * len(won))


def _score(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(11) Score = plain + shift + award points, between 0 and 100."""
    for month, scores in _each(problem, result):
        for person in month.assessed:
            total = scores.plain[person] + scores.shift[person] + scores.award_team[person] + scores.award_pairs[person]
            yield from differs(month.named(person), scores.score[person], min(MOST, max(0.0, total)))


def _rank(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(12) A rank is one more than the number of better scores."""
    for month, scores in _each(problem, result):
        for person in month.assessed:
            better = sum(scores.score[s] > scores.score[person] for s in month.assessed)
            yield from differs(month.named(person), scores.rank[person], 1 + better, "places")


def contest_of(problem: DeskProblem, result: DeskResult, month: int) -> dict[int, float]:
    """Mean score by person over the contest that ends with a month; empty when none ends."""
    period = problem.policy.team_award.period_months
    if (problem.policy_month(month) + 1) % period:
        return {}
    told: dict[int, list[float]] = {}
    for at in range(max(0, month - period + 1), month + 1):
        for person in month_of(problem, at).assessed:
            told.setdefault(person, []).append(float(result.months[at].score[person]))
    return {person: sum(scores) / len(scores) for person, scores in told.items()}


def _winner(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(13) The team with the best mean is crowned, where the lever acts and two teams have scores."""
    for month, scores in _each(problem, result):
        means = contest_of(problem, result, month.at)
        by_team: dict[int, list[float]] = {}
        for person, mean in sorted(means.items()):
            team = int(problem.team_idx[month.at, person])
            if team >= 0:
                by_team.setdefault(team, []).append(mean)
        acts = any(month.covers("team_award", person) for person in month.there)
        best = {team: sum(told) / len(told) for team, told in by_team.items()}
        if not acts or len(best) < 2:
            if scores.winner != -1:
                yield Found(subject=problem.months[month.at], amount=1.0, unit="teams")
            continue
        claimed = best.get(scores.winner, -math.inf)
        if claimed < max(best.values()) - 1e-9:
            yield Found(subject=problem.months[month.at], amount=1.0, unit="teams")


def _recognised(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(14) Where the lever names single reps, those of the best fifth of the contest are named, and nobody else."""
    for month, scores in _each(problem, result):
        means = contest_of(problem, result, month.at)
        acts = any(
            month.number("team_award", "individual", s) > 0 and month.covers("team_award", s) for s in month.there
        )
        for person in range(problem.num_people):
            wanted = False
            if acts and person in means:
                worse = sum(mean < means[person] for mean in means.values())
                equal = sum(mean == means[person] for mean in means.values())
                # The limit lies at the share of places counted from the lowest mean, between neighbours.
                wanted = worse + equal - 1 >= math.ceil((1 - NAMED_SHARE) * (len(means) - 1) - 1e-9)
            if bool(scores.is_recognised[person]) != wanted:
                yield Found(subject=month.named(person), amount=1.0, unit="people")


RULES: dict[str, Callable[[DeskProblem, DeskResult], Iterator[Found]]] = {
    "assessed": _assessed,
    "sources": _sources,
    "measures": _measures,
    "components": _components,
    "behaviour": _behaviour,
    "weights": _weights,
    "plain": _plain,
    "forced": _forced,
    "award_team": _award_team,
    "award_pairs": _award_pairs,
    "score": _score,
    "rank": _rank,
    "winner": _winner,
    "recognised": _recognised,
}
