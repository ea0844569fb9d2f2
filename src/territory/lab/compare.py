"""Compare policies: the same replications for every policy, paired differences against the first one."""

from __future__ import annotations

import concurrent.futures as futures
import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from territory.compute import Journal, run_all
from territory.domain.policy_rules import PolicyRules
from territory.effort import CancelToken
from territory.errors import ConfigError
from territory.lab.estimates import FEWEST_FOR_A_VERDICT, ROUNDING, Estimate, estimate, verdict
from territory.language import Text
from territory.measure import Direction, Measure
from territory.policy import Draws, PolicyProblem, measures, simulate
from territory.progress import SILENT, Progress
from territory.standing import RunCard, digest, package_versions
from territory.units import FloatArray

STAGE = "policy"
RETURN_MEASURES = ("gross_margin", "payroll", "programme_cost")


@dataclass(frozen=True, kw_only=True)
class HalfWidthStop:
    """
    Stop before all replications are run, once the first policies are told apart well enough.

    Attributes
    ----------
    measure
        Name of the measure that is watched.
    share
        Target half-width of every paired difference (all policies at once), as a share of the first policy's mean.
    """

    measure: str = "true_sales"
    share: float = 0.005


@dataclass(frozen=True, kw_only=True)
class PolicyEstimate:
    """
    One policy on one measure.

    Attributes
    ----------
    level
        The measure under the policy.
    difference
        Policy less first policy on matched replications; None for the first policy itself.
    verdict
        What the difference shows, in words; None for the first policy.
    """

    policy: str
    level: Estimate
    difference: Estimate | None
    verdict: Text | None


@dataclass(frozen=True, kw_only=True)
class MeasureRow:
    """One measure under all policies, in their order."""

    name: str
    label: Text
    unit: str
    direction: Direction
    policies: tuple[PolicyEstimate, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """
    What the experiment showed.

    Attributes
    ----------
    policies, whys
        Names in order, the first is the baseline; the sentence each policy states for itself.
    rows
        One per measure.
    returns
        By policy other than the first: extra gross margin less extra pay and programme cost, per unit of that extra
        cost (1.0 = the cost comes back twice). None where the policy costs no more than the first.
    values
        Every measure of every replication, shape (replications, policies, measures).
    """

    policies: tuple[str, ...]
    whys: tuple[str, ...]
    replications: int
    rows: tuple[MeasureRow, ...]
    returns: Mapping[str, Estimate | None]
    values: FloatArray
    run_card: RunCard

    def row(self, name: str) -> MeasureRow:
        """The row of one measure.

        Raises
        ------
        KeyError
            When there is no measure of that name.
        """
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Comparison)
            and self.policies == other.policies
            and self.rows == other.rows
            and np.array_equal(self.values, other.values)
        )

    def __hash__(self) -> int:
        return hash((self.policies, self.values.tobytes()))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Task:
    """One replication of all policies, so that they share its draws."""

    problem: PolicyProblem
    policies: tuple[PolicyRules, ...]
    seed: int
    replication: int


def _replicate(task: _Task) -> FloatArray:
    """Measures of one replication, shape (policies, measures)."""
    draws = Draws.of(task.problem, seed=task.seed, replication=task.replication)
    return np.array([[m.value for m in _measured(task, policy, draws)] for policy in task.policies])


def _measured(task: _Task, policy: PolicyRules, draws: Draws) -> tuple[Measure, ...]:
    year = simulate(task.problem, policy, seed=task.seed, replication=task.replication, draws=draws)
    return measures(task.problem, year)


def compare(
    problem: PolicyProblem,
    policies: Mapping[str, PolicyRules],
    *,
    replications: int,
    seed: int,
    stop: HalfWidthStop | None = None,
    executor: futures.Executor | None = None,
    journal: Journal | None = None,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
) -> Comparison:
    """
    Every policy in the same replications, and what the paired differences against the first policy show.

    Parameters
    ----------
    replications
        At least 2; with fewer than 10 intervals are given, but no verdict. With `stop` the most that are run.
    stop
        Run 10 replications, then on in steps of 5 until the watched differences are known well enough.
    journal
        Finished replications are kept there and not run again.

    Raises
    ------
    ConfigError
        When there is no policy, fewer than 2 replications, or `stop` names an unknown measure.
    CancelledError
        When `cancel` was set; finished replications are in the journal.

    Notes
    -----
    Draws are addressed by seed, replication, purpose and month, so the answer depends neither on the number of
    workers nor on which policies are compared beside each other.
    """
    if not policies:
        raise ConfigError(Text("there is no policy to compare", "没有可比较的政策"))
    if replications < 2:
        raise ConfigError(
            Text(f"replications = {replications}: give at least 2", f"重复次数 = {replications}:至少需要 2 次")
        )
    rules = tuple(policies.values())
    described = _described(problem, rules[0], seed)
    names = [measure.name for measure in described]
    if stop is not None and stop.measure not in names:
        known = ", ".join(names)
        raise ConfigError(
            Text(f"no measure {stop.measure!r}; known: {known}", f"没有指标 {stop.measure!r};可选:{known}")
        )
    key = _key_of(problem, rules, seed)
    values: list[FloatArray] = []
    for size in _batches(replications, stop):
        tasks = [
            _Task(problem=problem, policies=rules, seed=seed, replication=number)
            for number in range(len(values), len(values) + size)
        ]
        values += run_all(
            _replicate,
            tasks,
            stage=STAGE,
            executor=executor,
            progress=progress,
            cancel=cancel,
            stored=None if journal is None else lambda task: _stored(journal, key, task),
            store=None if journal is None else lambda task, result: journal.write(_name(key, task), {"values": result}),
        )
        if stop is not None and _is_settled(np.array(values)[:, :, names.index(stop.measure)], stop):
            break
    table = np.array(values)
    table.setflags(write=False)
    progress.ended(STAGE, f"{len(values)} replications of {len(rules)} policies")
    return Comparison(
        policies=tuple(policies),
        whys=tuple(rule.why for rule in rules),
        replications=len(values),
        rows=tuple(_row(measure, tuple(policies), table[:, :, j]) for j, measure in enumerate(described)),
        returns=_returns(tuple(policies), table, names),
        values=table,
        run_card=RunCard(
            seed=seed,
            effort={"replications": len(values)},
            input_hashes={"problem and policies": key},
            versions=package_versions(),
        ),
    )


def _described(problem: PolicyProblem, policy: PolicyRules, seed: int) -> tuple[Measure, ...]:
    """Names, units and directions of the measures, which depend on the problem alone."""
    return measures(problem, simulate(problem, policy, seed=seed, replication=0))


def _batches(replications: int, stop: HalfWidthStop | None) -> list[int]:
    """How many replications to run before each look at the half-width."""
    if stop is None or replications <= FEWEST_FOR_A_VERDICT:
        return [replications]
    rest = replications - FEWEST_FOR_A_VERDICT
    step = 5
    return [FEWEST_FOR_A_VERDICT, *itertools.repeat(step, rest // step), *([rest % step] if rest % step else [])]


def _is_settled(values: FloatArray, stop: HalfWidthStop) -> bool:
    """Every paired difference of the watched measure is known to the asked share; `values` (replications, policies)."""
    together = max(1, values.shape[1] - 1)
    allowed = stop.share * abs(float(values[:, 0].mean()))
    differences = (values[:, 1:] - values[:, :1]).T
    return all(estimate(difference, together=together).half_width_together <= allowed for difference in differences)


def _row(measure: Measure, policies: tuple[str, ...], values: FloatArray) -> MeasureRow:
    together = max(1, len(policies) - 1)
    cells = []
    for position, name in enumerate(policies):
        level = estimate(values[:, position], together=len(policies))
        if position == 0:
            cells.append(PolicyEstimate(policy=name, level=level, difference=None, verdict=None))
            continue
        difference = estimate(_paired(values[:, position], values[:, 0]), together=together)
        said = verdict(difference, direction=measure.direction, together=together)
        cells.append(PolicyEstimate(policy=name, level=level, difference=difference, verdict=said))
    return MeasureRow(
        name=measure.name,
        label=measure.label,
        unit=measure.unit,
        direction=measure.direction,
        policies=tuple(cells),
    )


def _paired(values: FloatArray, baseline: FloatArray) -> FloatArray:
    """Differences per replication; what is only rounding of the two numbers counts as 0."""
    difference = values - baseline
    rounding = ROUNDING * np.maximum(np.abs(values), np.abs(baseline))
    return np.where(np.abs(difference) <= rounding, 0.0, difference)


def _returns(policies: tuple[str, ...], table: FloatArray, names: list[str]) -> dict[str, Estimate | None]:
    """Return on the extra cost: a ratio of means with the spread of its linearisation (delta method)."""
    margin, pay, programme = (table[:, :, names.index(name)] for name in RETURN_MEASURES)
    cost = pay + programme
    found: dict[str, Estimate | None] = {}
    for position, name in enumerate(policies[1:], start=1):
        gained, spent = margin[:, position] - margin[:, 0], cost[:, position] - cost[:, 0]
        if spent.mean() <= 0:
            found[name] = None
            continue
        ratio = float(gained.mean() / spent.mean())
        linear = ratio - 1 + (gained - ratio * spent) / float(spent.mean())
        found[name] = estimate(linear, together=max(1, len(policies) - 1))
    return found


def _key_of(problem: PolicyProblem, policies: tuple[PolicyRules, ...], seed: int) -> str:
    texts = [policy.model_dump_json().encode() for policy in policies]
    return digest(problem.digest().encode(), str(seed).encode(), package_versions()["territory"].encode(), *texts)


def _name(key: str, task: _Task) -> str:
    return f"policy-{key}-{task.replication}"


def _stored(journal: Journal, key: str, task: _Task) -> FloatArray | None:
    found = journal.read(_name(key, task))
    return None if found is None else np.asarray(found["values"], dtype=np.float64)
