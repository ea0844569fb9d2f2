"""A year under policies on one ground: what `territory simulate` answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from territory.domain.policy_rules import PolicyRules
from territory.domain.rules import LabRules
from territory.domain.scenario import Scenario
from territory.lab import Comparison, HalfWidthStop, compare
from territory.lab.estimates import FEWEST_FOR_A_VERDICT
from territory.language import Text
from territory.measure import Measure
from territory.pipeline.checking import VISITS, assignment_in, visits_if_any
from territory.pipeline.plan_ground import staffed
from territory.pipeline.policy_view import policy_report
from territory.pipeline.stages import Bench
from territory.policy import Draws, PolicyProblem, measures, simulate
from territory.report.data import Fact
from territory.report.policy_view import PolicyReport

MOST_FOR_A_HALF_WIDTH = 200
SOON_YEARS = 240  # simulated years of all policies together that a first answer takes


@dataclass(frozen=True, kw_only=True, eq=False)
class PolicyGround:
    """What the year is simulated on: the scenario, the company with its territories and routes, and their names."""

    scenario: Scenario
    problem: PolicyProblem
    label: Text


@dataclass(frozen=True, kw_only=True, eq=False)
class PolicyAnswer:
    """
    What the policies do, and everything its report shows.

    Attributes
    ----------
    notes
        What a reader might not expect about how it was run.
    """

    ground: PolicyGround
    policies: Mapping[str, PolicyRules]
    comparison: Comparison
    report: PolicyReport
    notes: tuple[Text, ...] = ()


def policy_ground(scenario: Scenario, plan: Path | None) -> PolicyGround:
    """
    Today's split with estimated routes, or the split and the visits in the folder of an earlier run.

    Raises
    ------
    ConfigError
        When the folder has no split.
    ScenarioError
        When its tables do not fit the scenario.
    """
    case = staffed(scenario, plan)
    problem = PolicyProblem.of(case, assignment_in(case, plan), visits_if_any(case, plan), year=case.year)
    return PolicyGround(scenario=case, problem=problem, label=_label(plan))


def _label(plan: Path | None) -> Text:
    if plan is None:
        return Text("today's split, routes estimated", "现行划分,线路为估算")
    if (plan / VISITS).exists():
        return Text(f"the split and the planned visits in {plan.name}", f"{plan.name} 中的划分与拜访计划")
    return Text(f"the split in {plan.name}, routes estimated", f"{plan.name} 中的划分,线路为估算")


def policy_answer(
    ground: PolicyGround,
    policies: Mapping[str, PolicyRules],
    bench: Bench,
    *,
    replications: int | None = None,
    half_width_share: float | None = None,
) -> PolicyAnswer:
    """
    The policies compared on one ground.

    Parameters
    ----------
    replications
        Simulated years per policy, with a half-width the most of them; None: `[lab] replications`, fewer where there
        are many policies (see `soon_enough`), or 200 with a half-width.
    half_width_share
        Stop once every policy's true sales are told from the first one's to this share; None: as `[lab]` says.

    Raises
    ------
    ConfigError
        When there is no policy, or fewer than 2 replications.
    CancelledError
        When cancelled; finished replications are in the journal.
    """
    lab = ground.scenario.lab
    share = lab.half_width_share if half_width_share is None else half_width_share
    most = replications or (MOST_FOR_A_HALF_WIDTH if half_width_share else soon_enough(lab, len(policies)))
    comparison = compare(
        ground.problem,
        policies,
        replications=most,
        seed=bench.seed,
        stop=HalfWidthStop(share=share) if share > 0 else None,
        executor=bench.executor,
        journal=bench.journal,
        progress=bench.progress,
        cancel=bench.cancel,
    )
    report = policy_report(
        comparison,
        policies,
        scenario=ground.scenario.name,
        currency=ground.problem.currency,
        ground=ground.label,
        year=ground.problem.year,
        facts=input_facts(ground.scenario),
    )
    notes = () if replications or half_width_share or most == lab.replications else (_fewer(most, len(policies)),)
    return PolicyAnswer(ground=ground, policies=policies, comparison=comparison, report=report, notes=notes)


def soon_enough(lab: LabRules, policies: int) -> int:
    """
    Replications when none are asked for: those of `[lab]`, and with many policies fewer, but enough for a verdict.

    A manager who compares a whole catalogue sees an answer soon and asks for more where it is open.
    """
    return min(lab.replications, max(FEWEST_FOR_A_VERDICT, SOON_YEARS // max(1, policies)))


def _fewer(replications: int, policies: int) -> Text:
    return Text(
        f"{replications} replications, because there are {policies} policies; --replications asks for more",
        f"因政策多达 {policies} 项,每项仅重复 {replications} 次;可用 --replications 增加",
    )


def input_facts(scenario: Scenario) -> tuple[Fact, ...]:
    """Lines of the run card about the scenario: its name and the hashes of its files."""
    return (
        Fact(label=Text("scenario", "情景"), value=scenario.name),
        *(
            Fact(label=Text(f"hash of {name}", f"{name} 校验值"), value=value)
            for name, value in scenario.input_hashes.items()
        ),
    )


def single_years(
    ground: PolicyGround, policies: Mapping[str, PolicyRules], *, seed: int, replication: int
) -> dict[str, tuple[Measure, ...]]:
    """One possible year under each policy, all on the same draws: an example, not an estimate."""
    draws = Draws.of(ground.problem, seed=seed, replication=replication)
    return {
        name: measures(ground.problem, simulate(ground.problem, rules, seed=seed, replication=replication, draws=draws))
        for name, rules in policies.items()
    }


def without_journal(bench: Bench) -> Bench:
    """The same bench, which neither reads nor keeps finished parts."""
    return replace(bench, journal=None)
