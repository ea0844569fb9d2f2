"""How many territories? Fewer than reps: some vanish, one at a time by least loss. More: vacant positions appear.

Each number is solved with the same effort; points are those of the scenario's own objective, so that numbers compare.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE, Labels
from territory.domain.reps import Reps
from territory.domain.scenario import Scenario
from territory.effort import CancelToken, Effort
from territory.errors import ConfigError
from territory.language import Text
from territory.progress import SILENT, Progress
from territory.split import kpi
from territory.split._neighbours import plane_km
from territory.split.check import objective_terms
from territory.split.model import SplitProblem
from territory.split.result import SplitResult
from territory.split.solve import redraw
from territory.split.staffing import without_territory
from territory.streams import Streams
from territory.units import FloatArray, IntArray

VACANT = "vacant"
STAGE = "numbers"
# Part of a number's effort that goes into trying whose territory vanishes, over all candidates.
_TRIAL_SHARE = 0.3

Solve = Callable[[SplitProblem, Effort, int], SplitResult]


@dataclass(frozen=True, kw_only=True, eq=False)
class Staffed:
    """
    A scenario with so many territories.

    Attributes
    ----------
    scenario
        With the vacant positions among its reps; reps whose territory vanished are still in it and serve nobody.
    problem
        Over the territories that are left.
    vanished
        Ids of the territories that are gone, in the order they went.
    vacancies
        Ids of the positions that are new.
    """

    scenario: Scenario
    problem: SplitProblem
    vanished: tuple[str, ...] = ()
    vacancies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class NumberTried:
    """One number of territories: its split, and its points by the scenario's own objective; infinite without one."""

    staffed: Staffed
    result: SplitResult
    points: float
    flow_kept: float
    worst_workload: float

    @property
    def territories(self) -> int:
        """Number of territories."""
        return self.staffed.problem.num_territories


@dataclass(frozen=True, kw_only=True, eq=False)
class NumbersTried:
    """All numbers tried, ascending, and the one with the fewest points with `price_territory` for each territory."""

    tried: tuple[NumberTried, ...]
    best: NumberTried
    price_territory: float
    runtime_s: float


def numbers_wanted(scenario: Scenario) -> range | None:
    """The numbers of territories that `[split] territories` asks for; None when it asks for none."""
    wanted = scenario.split.territories
    if wanted is None:
        return None
    ends = (wanted, wanted) if isinstance(wanted, int) else wanted
    return range(min(ends), max(ends) + 1)


def redraw_numbers(
    scenario: Scenario,
    numbers: Sequence[int],
    *,
    effort: Effort,
    seed: int,
    solve: Solve | None = None,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
) -> NumbersTried:
    """
    A split for each number of territories, and the best number.

    Parameters
    ----------
    numbers
        Numbers of territories (a pooled team's counts as one).
    effort
        Of all numbers together; each has the same part.
    solve
        How a problem is split; `redraw` when None.

    Raises
    ------
    ConfigError
        When a number is below 1 or leaves no territory that may go.

    Notes
    -----
    A territory vanishes with its reps: the other targets rise in proportion, its outlets have no rep today, its locks
    are released. Which one goes is decided greedily: each candidate's absence is tried with a short run, and the one
    whose absence costs the fewest points goes. A pooled team's territory never goes.

    A vacant position has the mean capacity and a home that is free: it is put at the outlet that, as one more home,
    shortens the workload's way to the nearest home the most.
    """
    begun = time.perf_counter()
    solver = solve or _redraw
    wanted = sorted(set(numbers))
    whole = SplitProblem.of(scenario)
    if not wanted or wanted[0] < 1:
        raise ConfigError(Text("territories must be 1 or more", "territories 至少为 1"))
    streams = Streams(seed)
    each = _part(effort, 1.0 / len(wanted))
    progress.started(STAGE, len(wanted))
    grounds = {whole.num_territories: Staffed(scenario=scenario, problem=whole)}
    for k in range(whole.num_territories + 1, wanted[-1] + 1):
        more = with_vacancy(grounds[k - 1].scenario, number=k - whole.num_territories)
        grounds[k] = Staffed(
            scenario=more,
            problem=SplitProblem.of(more),
            vacancies=(*grounds[k - 1].vacancies, more.reps.rep_ids[-1]),
        )
    for k in range(whole.num_territories - 1, wanted[0] - 1, -1):
        grounds[k] = _one_fewer(
            grounds[k + 1], whole, _part(each, _TRIAL_SHARE), streams.child("numbers", "trial", k), solver
        )
    tried: list[NumberTried] = []
    for done, k in enumerate(wanted, start=1):
        if cancel is not None and cancel.is_cancelled and tried:
            break
        ground = grounds[k]
        share = 1.0 - _TRIAL_SHARE if ground.vanished else 1.0
        result = solver(ground.problem, _part(each, share), streams.child("numbers", "split", k))
        tried.append(_tried(ground, whole, result))
        progress.stepped(STAGE, done, len(wanted))
    price = scenario.split.price_territory
    best = min(tried, key=lambda one: (one.points + price * one.territories, one.territories))
    progress.ended(STAGE, Text(f"{best.territories} territories", f"{best.territories} 个区域"))
    return NumbersTried(tried=tuple(tried), best=best, price_territory=price, runtime_s=time.perf_counter() - begun)


def _redraw(problem: SplitProblem, effort: Effort, seed: int) -> SplitResult:
    return redraw(problem, effort=effort, seed=seed)


def _tried(ground: Staffed, whole: SplitProblem, result: SplitResult) -> NumberTried:
    if result.plan is None:
        return NumberTried(
            staffed=ground,
            result=result,
            points=float("inf"),
            flow_kept=float("nan"),
            worst_workload=float("nan"),
        )
    territory = ground.problem.territories(result.plan)
    return NumberTried(
        staffed=ground,
        result=result,
        points=_points(ground, whole, result.plan),
        flow_kept=kpi.flow_kept(ground.problem, territory).share_between,
        worst_workload=kpi.worst_deviation(ground.problem, ground.problem.measures[0], territory),
    )


def _points(ground: Staffed, whole: SplitProblem, plan: Assignment) -> float:
    """Points by the scenario's own objective: outlets of a rep whose territory vanished count as moved."""
    if ground.problem.num_territories > whole.num_territories:
        return sum(term.points for term in objective_terms(ground.problem, ground.problem.territories(plan)))
    return sum(term.points for term in objective_terms(whole, whole.territories(plan)))


def _one_fewer(ground: Staffed, whole: SplitProblem, effort: Effort, seed: int, solve: Solve) -> Staffed:
    """The same without the territory whose absence costs least."""
    problem = ground.problem
    single = [t for t, group in enumerate(problem.reps_of_territory) if len(group) == 1]
    if problem.num_territories < 2 or not single:
        raise ConfigError(
            Text(
                f"no territory of the {problem.num_territories} that are left can go: pooled teams stay",
                f"剩余 {problem.num_territories} 个区域均不能取消:共同服务团队保留",
            )
        )
    best: tuple[float, int, Staffed] | None = None
    for t in single:
        fewer = Staffed(
            scenario=ground.scenario,
            problem=vanishing(problem, t),
            vanished=(*ground.vanished, problem.territory_ids[t]),
        )
        found = solve(fewer.problem, _part(effort, 1.0 / len(single)), Streams(seed).child("without", t))
        points = float("inf") if found.plan is None else _points(fewer, whole, found.plan)
        if best is None or (points, t) < best[:2]:
            best = (points, t, fewer)
    assert best is not None
    return best[2]


def vanishing(problem: SplitProblem, territory: int) -> SplitProblem:
    """
    `without_territory`, with all reps still in their places, so that an assignment means the same in both problems.

    A rep who goes has territory -1, and stands at a home of the last territory, so that the growth of starts, which
    looks homes up by territory, is not led astray.
    """
    fewer = without_territory(problem, territory)
    kept = np.flatnonzero(problem.territory_of_rep != territory)
    territory_of_rep = np.full(len(problem.rep_ids), NONE, dtype=np.int64)
    stays = np.flatnonzero(np.arange(problem.num_territories) != territory)
    place = np.full(problem.num_territories + 1, NONE, dtype=np.int64)
    place[stays] = np.arange(len(stays))
    territory_of_rep[kept] = place[problem.territory_of_rep[kept]]
    today = problem.today
    gone = (today != NONE) & (territory_of_rep[np.maximum(today, 0)] == NONE)
    last = problem.reps_of_territory[int(stays[-1])][0]
    home = np.where(territory_of_rep == NONE, last, np.arange(len(problem.rep_ids)))
    return replace(
        fewer,
        rep_ids=problem.rep_ids,
        rep_lat=problem.rep_lat[home],
        rep_lon=problem.rep_lon[home],
        territory_of_rep=territory_of_rep,
        reps_of_territory=tuple(problem.reps_of_territory[t] for t in stays.tolist()),
        today=np.where(gone, NONE, today),
    )


def with_vacancy(scenario: Scenario, *, number: int) -> Scenario:
    """The scenario with one more position, `vacant-NUMBER`, at the most useful home."""
    reps, outlets = scenario.reps, scenario.outlets
    spot = _best_home(scenario)
    near = int(np.argmin(_squared_km(scenario)[spot]))
    team = int(reps.team_idx[near])
    if team != NONE and scenario.teams.pooled[team]:
        team = NONE
    extra = {
        "rep_ids": (*reps.rep_ids, f"{VACANT}-{number}"),
        "names": (*reps.names, f"{VACANT}-{number}"),
        "lat": np.append(reps.lat, outlets.lat[spot]),
        "lon": np.append(reps.lon, outlets.lon[spot]),
        "team_idx": np.append(reps.team_idx, team),
        "shift_min": np.vstack([reps.shift_min, reps.shift_min[near]]),
        "works": np.vstack([reps.works, reps.works[near]]),
        "leave": np.vstack([reps.leave, np.zeros(reps.leave.shape[1], dtype=np.bool_)]),
        "capacity_min": np.append(reps.capacity_min, reps.capacity_min.mean()),
        "skills": (*reps.skills, frozenset[str]()),
        "grade": Labels.of([*reps.grade.texts(), ""], reps.grade.names),
        "contract": Labels.of([*reps.contract.texts(), ""], reps.contract.names),
        "step": np.append(reps.step, 0),
        "star": np.append(reps.star, 0),
        "tenure_years": np.append(reps.tenure_years, 0.0),
        "ability": np.append(reps.ability, 1.0),
        "seed_outlet_idx": np.append(reps.seed_outlet_idx, NONE),
        "role_skill": np.vstack([reps.role_skill, np.zeros(reps.role_skill.shape[1])]),
    }
    affinity = scenario.affinity
    if affinity is not None:
        affinity = sp.csr_matrix(sp.hstack([affinity, sp.csr_matrix((len(outlets), 1))]))
    return replace(scenario, reps=Reps(**extra), affinity=affinity)  # type: ignore[arg-type]


def _squared_km(scenario: Scenario) -> FloatArray:
    """Squared kilometres from outlets to homes, shape (num_outlets, num_reps)."""
    outlets, reps = scenario.outlets, scenario.reps
    points = plane_km(np.r_[outlets.lat, reps.lat], np.r_[outlets.lon, reps.lon])
    spot, home = points[: len(outlets)], points[len(outlets) :]
    return np.asarray(((spot[:, None, :] - home[None, :, :]) ** 2).sum(axis=2))


def _best_home(scenario: Scenario) -> int:
    """The outlet that, as one more home, saves the most kilometres to the nearest home, weighted by visits."""
    outlets = scenario.outlets
    points = plane_km(outlets.lat, outlets.lon)
    weight = outlets.visits_per_cycle.astype(np.float64) + 1e-9
    now = np.sqrt(_squared_km(scenario).min(axis=1))
    best, most = 0, -1.0
    for candidate in _spread(len(outlets)).tolist():
        far = np.sqrt(((points - points[candidate]) ** 2).sum(axis=1))
        saved = float(weight @ np.maximum(now - far, 0.0))
        if saved > most:
            best, most = candidate, saved
    return best


def _spread(num: int, most: int = 2_000) -> IntArray:
    """At most `most` positions, evenly spread."""
    return np.unique(np.linspace(0, num - 1, min(num, most)).astype(np.int64))


def _part(effort: Effort, share: float) -> Effort:
    if effort.iterations is not None:
        return Effort(iterations=int(effort.iterations * share))
    return Effort(seconds=(effort.seconds or 0.0) * share)
