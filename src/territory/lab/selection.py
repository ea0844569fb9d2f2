"""Select the best policy with a guarantee, running only the policies that may still win."""

from __future__ import annotations

import concurrent.futures as futures
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from territory.compute import Journal
from territory.domain.policy_rules import PolicyRules
from territory.effort import CancelToken
from territory.errors import ConfigError
from territory.lab.estimates import CONFIDENCE, FEWEST_FOR_A_VERDICT
from territory.lab.race import Survivors, keep_the_best
from territory.lab.replicate import STAGE, Arm, Experiment
from territory.lab.years import MEASURES, described, years
from territory.language import Text
from territory.measure import Measure
from territory.policy import PolicyProblem
from territory.progress import SILENT, Progress
from territory.standing import RunCard, package_versions
from territory.units import FloatArray


@dataclass(frozen=True, kw_only=True)
class Eliminated:
    """A policy dropped out after so many replications; `outrun_by` was then the furthest ahead of it."""

    policy: str
    replications: int
    outrun_by: str


@dataclass(frozen=True, kw_only=True)
class Selection:
    """
    Which policy is best, with a guarantee.

    Attributes
    ----------
    status
        "selected": with 95 % confidence the survivor is the best, or less than `indifference` behind it.
        "undecided": the allowed replications ran out while several were in; nothing is guaranteed.
    survivors
        Who is left, the best mean first.
    eliminated
        In order of dropping out.
    replications
        Replications until the end.
    used, means
        By policy: replications looked at, and the measure's mean over them.
    measure, indifference
        What is selected on, and the smallest difference worth telling apart, in its unit.
    """

    status: Literal["selected", "undecided"]
    survivors: tuple[str, ...]
    eliminated: tuple[Eliminated, ...]
    replications: int
    used: Mapping[str, int]
    means: Mapping[str, float]
    measure: str
    label: Text
    unit: str
    indifference: float
    run_card: RunCard

    @property
    def policy(self) -> str | None:
        """The selected policy; None when undecided."""
        return self.survivors[0] if self.status == "selected" else None

    @property
    def said(self) -> Text:
        """The outcome in words."""
        allowed = f"{self.indifference:,.4g} {self.unit}".strip()
        if self.status == "selected":
            return Text(
                f"{self.survivors[0]} selected after {self.replications} replications: best with "
                f"{CONFIDENCE:.0%} confidence, or less than {allowed} behind the best",
                f"{self.replications} 次重复后选定 {self.survivors[0]}:"
                f"有 {CONFIDENCE:.0%} 的把握为最优,或与最优相差不足 {allowed}",
            )
        return Text(
            f"undecided after {self.replications} replications between {', '.join(self.survivors)}",
            f"{self.replications} 次重复后仍无法在 {'、'.join(self.survivors)} 之间判定",
        )


def select_best(
    problem: PolicyProblem,
    policies: Mapping[str, PolicyRules],
    *,
    measure: str = "profit",
    indifference_share: float = 0.001,
    most: int = 200,
    seed: int,
    first: int = FEWEST_FOR_A_VERDICT,
    executor: futures.Executor | None = None,
    journal: Journal | None = None,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
) -> Selection:
    """
    The best policy on one measure: policies drop out as soon as they are too far behind, and are not run on.

    Parameters
    ----------
    measure
        Name of a measure that has a better direction.
    indifference_share
        The smallest difference worth telling apart, as a share of the mean of all policies in the first replications.
    most
        Replications at most, not fewer than `first`.
    first
        Replications of all policies before the first may drop out; at least 10.
    journal
        Shared with `compare`: what one has run, the other does not run again.

    Raises
    ------
    ConfigError
        When there are fewer than two policies, fewer than 10 first replications, or no such measure to be best on.
    CancelledError
        When `cancel` was set; finished replications are in the journal.
    """
    names = sorted(policies)  # ties go by name, not by the order in which policies happen to be listed
    _refuse_impossible(names, first, most)
    arms = tuple(Arm(problem=problem, policy=policies[name]) for name in names)
    watched, column = _watched(described(arms[0], seed), measure)
    sign = -1.0 if watched.direction == "down" else 1.0
    experiment = Experiment(
        arms=arms,
        trial=years,
        seed=seed,
        most=most,
        executor=executor,
        journal=journal,
        progress=progress,
        cancel=cancel,
    )

    def sample(alternatives: tuple[int, ...], replications: range) -> FloatArray:
        return sign * experiment.run(replications, alternatives)[MEASURES][:, :, column]

    found = keep_the_best(
        sample,
        len(arms),
        indifference=lambda opening: indifference_share * abs(float(opening.mean())),
        most=most,
        first=first,
    )
    runs, left, many = found.replications, len(found.survivors), len(arms)
    progress.ended(
        STAGE,
        Text(f"{runs} replications, {left} of {many} policies left", f"{runs} 次模拟,{many} 项政策余 {left} 项"),
    )
    return _selection(found, names, watched, sign, seed, experiment.digest())


def _refuse_impossible(names: list[str], first: int, most: int) -> None:
    if len(names) < 2:
        raise ConfigError(Text("selection needs at least two policies", "择优至少需要两项政策"))
    if first < FEWEST_FOR_A_VERDICT or most < first:
        raise ConfigError(
            Text(
                f"first = {first}, most = {most}: at least {FEWEST_FOR_A_VERDICT} replications first, no fewer in all",
                f"首批 = {first}、上限 = {most}:首批至少 {FEWEST_FOR_A_VERDICT} 次,且上限不小于首批",
            )
        )


def _watched(measured: tuple[Measure, ...], name: str) -> tuple[Measure, int]:
    known = [measure.name for measure in measured if measure.direction != "none"]
    if name not in known:
        listed = ", ".join(known)
        raise ConfigError(
            Text(
                f"no measure {name!r} to be best on; known: {listed}",
                f"没有可据以择优的指标 {name!r};可选:{listed}",
            )
        )
    column = [measure.name for measure in measured].index(name)
    return measured[column], column


def _selection(found: Survivors, names: list[str], watched: Measure, sign: float, seed: int, key: str) -> Selection:
    return Selection(
        status=found.status,
        survivors=tuple(names[position] for position in found.survivors),
        eliminated=tuple(
            Eliminated(policy=names[out.position], replications=out.replications, outrun_by=names[out.outrun_by])
            for out in found.eliminations
        ),
        replications=found.replications,
        used=dict(zip(names, found.used, strict=True)),
        means={name: sign * mean for name, mean in zip(names, found.means, strict=True)},
        measure=watched.name,
        label=watched.label,
        unit=watched.unit,
        indifference=found.indifference,
        run_card=RunCard(
            seed=seed,
            effort={"replications": found.replications},
            input_hashes={"problem and policies": key},
            versions=package_versions(),
        ),
    )
