"""Compare policies: the same replications for every policy, paired differences against the first one."""

from __future__ import annotations

import concurrent.futures as futures
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from territory.compute import Journal
from territory.domain.policy_rules import PolicyRules
from territory.effort import CancelToken
from territory.errors import ConfigError
from territory.lab.best import best
from territory.lab.estimates import Estimate, estimate, paired, verdict
from territory.lab.groups import group_effects, groups_of
from territory.lab.money import COSTS, MARGIN, money_effects, return_on_cost
from territory.lab.replicate import STAGE, Arm, Experiment
from territory.lab.result import Comparison, MeasureRow, PolicyEstimate, Precision
from territory.lab.series import series_bands
from territory.lab.stopping import Look, StoppingRule, allowance, half_width_share
from territory.lab.trials import trial_effects
from territory.lab.years import GROUPS, MEASURES, SERIES_OF_YEAR, TRIALS, described, years
from territory.language import Text
from territory.measure import Measure
from territory.policy import PolicyProblem
from territory.progress import SILENT, Progress
from territory.standing import RunCard, package_versions
from territory.units import FloatArray

__all__ = ["Comparison", "HalfWidthStop", "MeasureRow", "PolicyEstimate", "compare", "compare_arms"]

WATCHED = "true_sales"


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
        With a single policy: of its own mean.
    rule
        When the half-width is looked at, and how long it must stay reached.
    """

    measure: str = WATCHED
    share: float = 0.005
    rule: StoppingRule = field(default_factory=StoppingRule)

    def __post_init__(self) -> None:
        if not self.share > 0:
            raise ConfigError(
                Text(f"half-width {self.share:g}: give a positive share", f"半宽 {self.share:g}:须为正的比例")
            )


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
        Go on until the watched differences are known well enough.
    journal
        Finished replications are kept there, policy by policy, and not run again.

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
    return compare_arms(
        {name: Arm(problem=problem, policy=rules) for name, rules in policies.items()},
        replications=replications,
        seed=seed,
        stop=stop,
        executor=executor,
        journal=journal,
        progress=progress,
        cancel=cancel,
    )


def compare_arms(
    arms: Mapping[str, Arm],
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
    As `compare`, for policies in companies that may differ in split and routes, such as today's and a redrawn one.

    Raises
    ------
    ConfigError
        As `compare`; and when the companies differ in outlet classes, currency, months or who works there, so that
        their numbers do not stand beside each other.
    """
    _refuse_impossible(arms, replications)
    first = next(iter(arms.values()))
    measured = described(first, seed)
    names = [measure.name for measure in measured]
    if stop is not None and stop.measure not in names:
        known = ", ".join(names)
        raise ConfigError(
            Text(f"no measure {stop.measure!r}; known: {known}", f"没有指标 {stop.measure!r};可选:{known}")
        )
    watched = stop.measure if stop is not None else WATCHED
    experiment = Experiment(
        arms=tuple(arms.values()),
        trial=years,
        seed=seed,
        most=replications,
        executor=executor,
        journal=journal,
        progress=progress,
        cancel=cancel,
    )
    seen, looks, is_reached = _run(experiment, replications, stop, names.index(watched))
    table = seen[MEASURES]
    table.setflags(write=False)
    policies = tuple(arms)
    watch = _half_width_shares(table[:, :, names.index(watched)])
    shares = [0.0] * (len(arms) - len(watch)) + watch  # the first of several policies has no difference
    widened = [
        allowance(ratio / stop.share, len(table)) if stop is not None and is_reached else 1.0 for ratio in shares
    ]
    many, runs = len(policies), len(table)
    progress.ended(STAGE, Text(f"{runs} replications of {many} policies", f"{many} 项政策,各 {runs} 次模拟"))
    return Comparison(
        policies=policies,
        whys=tuple(arm.policy.why for arm in arms.values()),
        replications=len(table),
        rows=tuple(_row(measure, policies, table[:, :, j], widened, seed) for j, measure in enumerate(measured)),
        returns=_returns(policies, table, names),
        values=table,
        run_card=RunCard(
            seed=seed,
            effort={"replications": len(table)},
            input_hashes={"problem and policies": experiment.digest()},
            versions=package_versions(),
        ),
        precision=Precision(
            measure=watched,
            asked_share=None if stop is None else stop.share,
            achieved_share={
                name: share * widened[-len(watch) + place]
                for place, (name, share) in enumerate(zip(policies[-len(watch) :], watch, strict=True))
            },
            is_reached=None if stop is None else is_reached,
            looks=looks,
        ),
        money=money_effects(policies, seen[SERIES_OF_YEAR]),
        groups=group_effects(groups_of(first.problem), policies, seen[GROUPS], first.problem.currency),
        series=series_bands(policies, seen[SERIES_OF_YEAR], first.problem.currency),
        trials=trial_effects(policies, seen[TRIALS], first.problem.currency),
    )


def _refuse_impossible(arms: Mapping[str, Arm], replications: int) -> None:
    if not arms:
        raise ConfigError(Text("there is no policy to compare", "没有可比较的政策"))
    if replications < 2:
        raise ConfigError(
            Text(f"replications = {replications}: give at least 2", f"重复次数 = {replications}:至少需要 2 次")
        )
    kinds = {
        (p.classes, p.currency, p.year.horizon_months, p.slot_ids, tuple((g.name, g.num_slots) for g in groups_of(p)))
        for p in {id(arm.problem): arm.problem for arm in arms.values()}.values()
    }
    if len(kinds) > 1:
        raise ConfigError(
            Text(
                "these companies differ in outlet classes, currency, months or who works there: compare them apart",
                "各方案的网点类别、货币、月数或人员构成不同,请分别比较",
            )
        )


def _run(
    experiment: Experiment, most: int, stop: HalfWidthStop | None, watched: int
) -> tuple[dict[str, FloatArray], tuple[Look, ...], bool]:
    """Replications until the half-width is reached or `most` are done; every look at it, and whether it was reached."""
    if stop is None:
        seen = experiment.run(range(most))
        return seen, (_look(seen[MEASURES][:, :, watched]),), False
    parts: list[dict[str, FloatArray]] = []
    looks: list[Look] = []
    done, is_reached = 0, False
    while not is_reached and (batch := stop.rule.next_batch(done, most=most)) > 0:
        parts.append(experiment.run(range(done, done + batch)))
        done += batch
        looks.append(_look(np.concatenate([part[MEASURES][:, :, watched] for part in parts])))
        is_reached = stop.rule.is_enough([look.half_width_share / stop.share for look in looks])
    seen = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return seen, tuple(looks), is_reached


def _look(values: FloatArray) -> Look:
    return Look(replications=len(values), half_width_share=max(_half_width_shares(values)))


def _half_width_shares(values: FloatArray) -> list[float]:
    """Half-widths of differences from the first policy, as shares of its mean; `values` (replications, policies)."""
    mean = float(values[:, 0].mean())
    if values.shape[1] == 1:
        return [half_width_share(estimate(values[:, 0]).half_width, mean)]
    together = values.shape[1] - 1
    differences = paired(values[:, 1:], values[:, :1]).T
    return [
        half_width_share(estimate(difference, together=together).half_width_together, mean)
        for difference in differences
    ]


def _row(
    measure: Measure, policies: tuple[str, ...], values: FloatArray, widened: Sequence[float], seed: int
) -> MeasureRow:
    together = max(1, len(policies) - 1)
    cells = []
    for position, name in enumerate(policies):
        alone = widened[position] if len(policies) == 1 else 1.0
        level = estimate(values[:, position], together=len(policies), widened=alone)
        if position == 0:
            cells.append(PolicyEstimate(policy=name, level=level, difference=None, verdict=None))
            continue
        difference = estimate(paired(values[:, position], values[:, 0]), together=together, widened=widened[position])
        said = verdict(difference, direction=measure.direction, together=together)
        cells.append(PolicyEstimate(policy=name, level=level, difference=difference, verdict=said))
    return MeasureRow(
        name=measure.name,
        label=measure.label,
        unit=measure.unit,
        direction=measure.direction,
        policies=tuple(cells),
        best=best(policies, values, direction=measure.direction, seed=seed),
    )


def _returns(policies: tuple[str, ...], table: FloatArray, names: list[str]) -> dict[str, Estimate | None]:
    margin = table[:, :, names.index(MARGIN)]
    cost = np.sum([table[:, :, names.index(name)] for name in COSTS], axis=0)
    return {
        name: return_on_cost(
            margin[:, position] - margin[:, 0], cost[:, position] - cost[:, 0], together=max(1, len(policies) - 1)
        )
        for position, name in enumerate(policies[1:], start=1)
    }
