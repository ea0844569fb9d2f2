"""Which assumptions an effect hangs on: Morris' elementary effects of parameters on a policy's effect."""

from __future__ import annotations

import concurrent.futures as futures
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from territory.compute import Journal
from territory.domain.policy_rules import PolicyRules, YearRules
from territory.effort import CancelToken
from territory.errors import ConfigError
from territory.lab.estimates import Estimate, estimate
from territory.lab.replicate import STAGE, Arm, Experiment
from territory.lab.years import MEASURES, described, years
from territory.language import Text
from territory.policy import Behaviour, PolicyProblem
from territory.progress import SILENT, Progress
from territory.streams import Streams
from territory.units import FloatArray

LEVELS = 4
STEP = LEVELS / (2 * (LEVELS - 1))
FEWEST_WALKS = 2


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A number of `[year]` ("year.leak_share") or of the behaviour ("behaviour.diligence"), and its plausible range."""

    name: str
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ConfigError(
                Text(
                    f"{self.name}: low {self.low:g} is not below high {self.high:g}",
                    f"{self.name}:下限 {self.low:g} 不小于上限 {self.high:g}",
                )
            )


@dataclass(frozen=True, kw_only=True)
class ParameterEffect:
    """
    What one parameter does to the answer when it crosses its range, in the answer's unit.

    Attributes
    ----------
    size
        Mean absolute elementary effect (mu*), with a 95 % interval over walks: how much the answer hangs on it.
    direction
        Mean elementary effect (mu): its sign says which way, against `size` whether always the same way.
    sd
        Of the elementary effects: large against `size` means curvature or interplay with other parameters.
    """

    parameter: Parameter
    size: Estimate
    direction: Estimate
    sd: float


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """
    Parameters in order of what the answer hangs on.

    Attributes
    ----------
    measure, unit
        The answer: the mean paired difference of this measure between the two policies.
    low, high
        Smallest and largest answer met on the walks.
    """

    effects: tuple[ParameterEffect, ...]
    measure: str
    label: Text
    unit: str
    low: float
    high: float


def walks_through_the_cube(parameters: int, walks: int, *, seed: int) -> FloatArray:
    """
    Morris' walks: every step moves one coordinate by 2/3 of its range, every coordinate is moved once.

    Returns
    -------
    array
        Points of the unit cube, shape (walks, parameters + 1, parameters); four levels per coordinate.

    References
    ----------
    Morris
    """
    found = np.empty((walks, parameters + 1, parameters))
    starts = np.arange(LEVELS // 2) / (LEVELS - 1)
    for number in range(walks):
        rng = Streams(seed).rng("lab.morris", number)
        low = rng.choice(starts, parameters)
        is_up = rng.random(parameters) < 0.5
        found[number, 0] = np.where(is_up, low, low + STEP)
        for step, moved in enumerate(rng.permutation(parameters), start=1):
            found[number, step] = found[number, step - 1]
            found[number, step, moved] += STEP if is_up[moved] else -STEP
    return found


def elementary_effects(points: FloatArray, answers: FloatArray) -> FloatArray:
    """
    Change of the answer per range of each parameter, shape (walks, parameters).

    Parameters
    ----------
    points
        As `walks_through_the_cube` gives them.
    answers
        Shape (walks, parameters + 1).
    """
    moves, changes = np.diff(points, axis=1), np.diff(answers, axis=1)
    moved = np.abs(moves).argmax(axis=2)
    effects = np.empty(moved.shape)
    by = np.take_along_axis(moves, moved[:, :, None], axis=2)[:, :, 0]
    np.put_along_axis(effects, moved, changes / by, axis=1)
    return effects


def parameter_effects(
    parameters: Sequence[Parameter], points: FloatArray, answers: FloatArray
) -> tuple[ParameterEffect, ...]:
    """The parameters with what they do, the most important first."""
    effects = elementary_effects(points, answers)
    together = len(parameters)
    found = [
        ParameterEffect(
            parameter=parameter,
            size=estimate(np.abs(effects[:, place]), together=together),
            direction=estimate(effects[:, place], together=together),
            sd=float(effects[:, place].std(ddof=1)),
        )
        for place, parameter in enumerate(parameters)
    ]
    return tuple(sorted(found, key=lambda effect: (-effect.size.mean, effect.parameter.name)))


def sensitivity(
    problem: PolicyProblem,
    policies: Mapping[str, PolicyRules],
    parameters: Sequence[Parameter],
    *,
    measure: str = "true_sales",
    walks: int = 8,
    replications: int = 3,
    seed: int,
    executor: futures.Executor | None = None,
    journal: Journal | None = None,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
) -> Sensitivity:
    """
    How the effect of the second policy against the first hangs on parameters of the world and of behaviour.

    Runs walks x (parameters + 1) x 2 x replications years, all points on the same draws.

    Parameters
    ----------
    policies
        Two: the baseline, then the policy whose effect is asked about.
    walks
        At least 2; 8 to 20 are usual.
    replications
        Matched replications behind every answer.

    Raises
    ------
    ConfigError
        When there are not two policies, fewer than two walks, no parameter, or a name or value that does not exist.
    CancelledError
        When `cancel` was set; finished replications are in the journal.
    """
    if len(policies) != 2 or walks < FEWEST_WALKS or not parameters or replications < 1:
        raise ConfigError(
            Text(
                "sensitivity needs two policies, a parameter, 2 walks and a replication at least",
                "敏感性分析需要两项政策、至少一个参数、2 条路径和 1 次重复",
            )
        )
    points = walks_through_the_cube(len(parameters), walks, seed=seed)
    companies = [at_point(problem, parameters, point) for walk in points for point in walk]
    arms = tuple(Arm(problem=company, policy=policy) for company in companies for policy in policies.values())
    measured = described(arms[0], seed)
    names = [found.name for found in measured]
    if measure not in names:
        raise ConfigError(
            Text(f"no measure {measure!r}; known: {', '.join(names)}", f"没有指标 {measure!r};可选:{', '.join(names)}")
        )
    experiment = Experiment(
        arms=arms,
        trial=years,
        seed=seed,
        most=replications,
        executor=executor,
        journal=journal,
        progress=progress,
        cancel=cancel,
    )
    values = experiment.run(range(replications))[MEASURES][:, :, names.index(measure)]
    answers = (values[:, 1::2] - values[:, 0::2]).mean(axis=0).reshape(points.shape[:2])
    tried, many = len(companies), len(parameters)
    progress.ended(STAGE, Text(f"{tried} points of {many} parameters", f"{many} 个参数,{tried} 个点"))
    return Sensitivity(
        effects=parameter_effects(parameters, points, answers),
        measure=measure,
        label=measured[names.index(measure)].label,
        unit=measured[names.index(measure)].unit,
        low=float(answers.min()),
        high=float(answers.max()),
    )


def at_point(problem: PolicyProblem, parameters: Sequence[Parameter], point: FloatArray) -> PolicyProblem:
    """
    The company in a world where each parameter stands at a share of its range.

    Raises
    ------
    ConfigError
        When a parameter does not exist, is not a number, or may not have the value.
    """
    settings: dict[str, dict[str, float]] = {"year": {}, "behaviour": {}}
    for parameter, at in zip(parameters, point, strict=True):
        section, _, name = parameter.name.partition(".")
        if parameter.name not in known_parameters():
            known = ", ".join(known_parameters())
            raise ConfigError(
                Text(f"no parameter {parameter.name!r}; known: {known}", f"没有参数 {parameter.name!r};可选:{known}")
            )
        settings[section][name] = parameter.low + float(at) * (parameter.high - parameter.low)
    try:
        year = type(problem.year).model_validate(problem.year.model_dump() | settings["year"])
        behaviour = replace(problem.behaviour, **settings["behaviour"])
    except ValueError as error:
        raise ConfigError(Text(f"not a possible world: {error}", f"参数取值无效:{error}")) from error
    return replace(problem, year=year, behaviour=behaviour)


def known_parameters() -> tuple[str, ...]:
    """Names of all numbers that can be varied."""
    year = [name for name, setting in YearRules().model_dump().items() if type(setting) is float]
    behaviour = [item.name for item in fields(Behaviour) if type(item.default) is float]
    return tuple(f"year.{name}" for name in year) + tuple(f"behaviour.{name}" for name in behaviour)
