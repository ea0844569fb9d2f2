"""Families `zero`, `crn` and `modes`: what a simulated year owes to the discipline of its random draws.

`zero`: a policy that changes nothing gives the year without it, bit for bit. `crn`: how much less a difference between
policies scatters on common random numbers than on independent ones. `modes`: a day resolved at once and a day walked
visit by visit through SimPy give the same numbers.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contract import BenchmarkError, Case, Outcome, Reference
from benchmarks.instances.lever_settings import STRONG, Sections, live_policies, rules
from benchmarks.instances.slots import REPS, slots
from benchmarks.options import count
from benchmarks.quality.year_facts import DAILY, facts_differing, relative_differences, year_hash
from benchmarks.speed.policy_rates import declare_rate, rate_case
from territory.domain.policy_rules import LEVERS, PolicyRules, YearRules
from territory.effort import Effort
from territory.policy import Draws, PolicyProblem, YearResult, simulate
from territory.streams import Streams
from territory.units import FloatArray

ZERO_REPS, ZERO_YEARS = 24, 20
ZERO_YEAR = YearRules(turnover_contract=0.5, vacancy_months=1.0)
BASELINE = "baseline"
CRN_REPLICATIONS = 40
MOST_REDUCTION = 1e6
MODES_REPS, NUM_SCENARIOS = (5, 8, 12, 16), 20
AGREE_TO = 1e-9

# Six ways of asking for nothing. The horizon of these years is 12 months; nobody has served for fifty years.
WAYS: Mapping[str, Mapping[str, Any]] = {
    "strength 0": {"strength": 0.0},
    "for no grade": {"grades": []},
    "after the horizon": {"start_month": ZERO_YEAR.horizon_months + 1},
    "condition never holds": {"when": {"measure": "turnover", "above": 1000.0}},
    "arm of nobody": {"covered_share": 0.0},
    "for tenures nobody has": {"min_tenure_months": 600},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Nothing:
    """A policy that must change nothing, and the one it must not change (none: the ordinary situation)."""

    name: str
    sections: Sections
    base: Sections = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def policy(self) -> PolicyRules:
        """The policy, its base included."""
        return rules({**self.base, **self.sections}, **self.more)


def lever_variants(ways: Sequence[str]) -> list[Nothing]:
    """Every lever, strong and with costs, in one way of nothing after the other."""
    return [
        Nothing(
            name=f"{lever}, {ways[at % len(ways)]}",
            sections={lever: {**STRONG[lever], "cost_per_month": 500.0, **WAYS[ways[at % len(ways)]]}},
        )
        for at, lever in enumerate(LEVERS)
    ]


SITUATIONS = (
    Nothing(
        name="pool 0, shared otherwise",
        sections={"egalitarian_pool": {"pool_share": 0.0, "egalitarian_share": 0.0}},
        base={"egalitarian_pool": {"pool_share": 0.0}},
    ),
    Nothing(name="commission 0, other limits", sections={"commission": {"floor": 0.5, "cap": 1.5}}),
    Nothing(name="bonus 0, other threshold and period", sections={"bonus": {"threshold": 0.5, "period_months": 12}}),
    Nothing(name="no goods, late", sections={"noncash": {"delay_months": 6}}),
    Nothing(name="no pairs, many hours", sections={"mentoring": {"hours_per_week": 10.0, "rule": "random"}}),
    Nothing(name="no course, other month", sections={"training": {"month": 9, "selling": 1.0, "cost_per_day": 90.0}}),
    Nothing(name="no audit, high penalty", sections={"anti_gaming": {"penalty_share": 5.0, "cost_per_audit": 900.0}}),
    Nothing(name="shock in no month", sections={"supply": {"shock_supply": 0.1}}),
    Nothing(name="no rides, dear ones", sections={"field_visits": {"cost_per_visit": 900.0}}),
    Nothing(name="other words, a budget", sections={}, more={"why": "the same", "budget_per_year": 1e9}),
)


def declare_zero(parser: argparse.ArgumentParser) -> None:
    """Options of `zero`."""
    parser.add_argument(
        "--years", type=count, default=ZERO_YEARS, metavar="N", help=f"seeded years per variant (default: {ZERO_YEARS})"
    )
    parser.add_argument("--reps", type=count, default=ZERO_REPS, metavar="N", help=f"reps (default: {ZERO_REPS})")
    parser.add_argument("--all", action="store_true", help="every lever in every way, not one way each")


def zero_cases(_folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """One case per variant; its objective is the number of years that differ."""
    ways = [(way,) for way in WAYS] if options.all else [tuple(WAYS)]
    variants = [variant for way in ways for variant in lever_variants(way)] + list(SITUATIONS)
    years = Years(reps=options.reps)
    return [_zero_case(variant, years, options.years) for variant in variants]


def _zero_case(variant: Nothing, years: Years, number: int) -> Case:
    return Case(
        instance=variant.name,
        sense="min",
        unit="years that differ",
        run=partial(_zero_outcome, variant, years, number),
        options={"reps": years.reps, "years": number},
        reference=Reference(value=0.0, source="a policy that changes nothing"),
        iterations=1,
        is_fixed_work=True,
    )


def _zero_outcome(variant: Nothing, years: Years, number: int, _effort: Effort, seed: int) -> Outcome:
    seeds = [Streams(seed).child("benchmarks.zero", at) for at in range(number)]
    return differing_years(years, rules(variant.base), variant.policy, seeds)


def differing_years(years: Years, base: PolicyRules, policy: PolicyRules, seeds: Sequence[int]) -> Outcome:
    """In how many years, one per seed, the policy gives another hash than its base; which facts then differ."""
    differing: set[str] = set()
    changed = 0
    for seed in seeds:
        without, found = years.kept(base, seed), years.simulated(policy, seed)
        if years.hash_of(found) != years.hash_of(without):
            changed += 1
            differing |= set(facts_differing(found, without)) or {"measures"}
    return Outcome(
        objective=float(changed),
        bound=None,
        violations=changed,
        status="fail" if changed else "pass",
        measures={"hash": years.hash_of(years.kept(base, seeds[0])), "facts_differing": sorted(differing)},
        note=f"changed {', '.join(sorted(differing))}" if changed else "",
    )


@dataclass(frozen=True, kw_only=True)
class Years:
    """Years of a restless staff in three teams; those that variants are compared with are simulated once."""

    reps: int
    _kept: dict[tuple[str, int], YearResult] = field(default_factory=dict)

    @cached_property
    def problem(self) -> PolicyProblem:
        """The positions."""
        return slots(self.reps, teams=3, year=ZERO_YEAR)

    def simulated(self, policy: PolicyRules, seed: int) -> YearResult:
        """A year with draws of its own."""
        return simulate(self.problem, policy, seed=seed, replication=0)

    def kept(self, policy: PolicyRules, seed: int) -> YearResult:
        """The same, remembered."""
        key = (policy.model_dump_json(), seed)
        if key not in self._kept:
            self._kept[key] = self.simulated(policy, seed)
        return self._kept[key]

    def hash_of(self, year: YearResult) -> str:
        """Hash of all facts and measures."""
        return year_hash(self.problem, year)


def declare_crn(parser: argparse.ArgumentParser) -> None:
    """Options of `crn`."""
    parser.add_argument(
        "--replications",
        type=count,
        default=CRN_REPLICATIONS,
        metavar="N",
        help=f"matched replications of every policy, 2 or more (default: {CRN_REPLICATIONS})",
    )
    parser.add_argument("--reps", type=count, default=REPS, metavar="N", help=f"reps (default: {REPS})")
    parser.add_argument("--lever", nargs="+", choices=LEVERS, metavar="NAME", help="only these levers")


def crn_cases(_folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """
    One case per lever; all of them share their replications, which the first one simulates.

    Raises
    ------
    BenchmarkError
        When there are too few replications for a variance.
    """
    if options.replications < 2:
        raise BenchmarkError("--replications is 2 or more")
    levers = tuple(options.lever or LEVERS)
    sales = cache(partial(yearly_sales, options.reps, options.replications, levers))
    return [_crn_case(lever, sales, options) for lever in levers]


def _crn_case(lever: str, sales: Callable[[int], Mapping[str, FloatArray]], options: argparse.Namespace) -> Case:
    def run(_effort: Effort, seed: int) -> Outcome:
        return reduction(sales(seed)[lever], sales(seed)[BASELINE])

    return Case(
        instance=lever,
        sense="max",
        unit="times less variance",
        run=run,
        options={"reps": options.reps, "replications": options.replications},
        iterations=1,
        is_fixed_work=True,
    )


def yearly_sales(reps: int, replications: int, levers: Sequence[str], seed: int) -> dict[str, FloatArray]:
    """True sales of a year under the ordinary situation and under each lever, shape (replications,)."""
    problem = slots(reps)
    policies = {BASELINE: rules(), **{lever: rules({lever: STRONG[lever]}) for lever in levers}}
    found: dict[str, list[float]] = {name: [] for name in policies}
    for replication in range(replications):
        draws = Draws.of(problem, seed=seed, replication=replication)
        for name, policy in policies.items():
            year = simulate(problem, policy, seed=seed, replication=replication, draws=draws)
            found[name].append(float(year.true_sales.sum()))
    return {name: np.array(values) for name, values in found.items()}


def reduction(policy: FloatArray, baseline: FloatArray) -> Outcome:
    """
    How many times the variance of the difference of two policies is smaller on matched than on independent numbers.

    At most `MOST_REDUCTION`, which is also that of a lever without any effect; shape (replications,) each.
    """
    difference = policy - baseline
    independent = float(policy.var(ddof=1) + baseline.var(ddof=1))
    factor = independent / max(float(difference.var(ddof=1)), independent / MOST_REDUCTION)
    mean = float(baseline.mean())
    return Outcome(
        objective=factor,
        bound=None,
        violations=0,
        status="pass" if difference.any() else "no effect",
        measures={
            "effect_share": float(difference.mean()) / mean,
            "effect_sd_share": float(difference.std(ddof=1)) / mean,
            "baseline_sd_share": float(baseline.std(ddof=1)) / mean,
        },
        note="" if difference.any() else "the lever does not change sales at all",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """A problem and a policy for which both modes must agree."""

    name: str
    reps: int
    policy: PolicyRules
    year: YearRules


YEARS = (
    YearRules(),
    YearRules(turnover_contract=0.5, vacancy_months=1.0),
    YearRules(noise=0.0),
    YearRules(supply_limited=False, demand_elasticity=0.8, noise=1.5),
    YearRules(horizon_months=18, abnormal_months=(1, 2, 3), visibility="all"),
)


def scenarios() -> list[Scenario]:
    """Twenty: each of the years with the ordinary situation, live policies and single strong levers."""
    live = list(live_policies().values())
    field_levers = ("visit_rules", "one_page_method", "territory", "mentoring", "onboarding", "training", "targets")
    single = [rules({lever: STRONG[lever]}) for lever in field_levers]
    policies = [rules(), rules(), *live, *single]
    return [
        Scenario(
            name=f"scenario_{at + 1:02d}",
            reps=MODES_REPS[at % len(MODES_REPS)],
            policy=policies[at % len(policies)],
            year=YEARS[at % len(YEARS)],
        )
        for at in range(NUM_SCENARIOS)
    ]


def declare_modes(parser: argparse.ArgumentParser) -> None:
    """Options of `modes`."""
    parser.add_argument(
        "--scenarios",
        type=count,
        default=NUM_SCENARIOS,
        metavar="N",
        help=f"the first N scenarios (default and most: {NUM_SCENARIOS})",
    )
    declare_rate(parser)


def modes_cases(_folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """One case per scenario, then the rate of the mode that walks every visit."""
    return [*(_modes_case(scenario) for scenario in scenarios()[: options.scenarios]), rate_case(options.reps)]


def _modes_case(scenario: Scenario) -> Case:
    problem = cache(lambda: slots(scenario.reps, teams=3, year=scenario.year))

    def run(_effort: Effort, seed: int) -> Outcome:
        block, walked = (
            simulate(problem(), scenario.policy, seed=seed, replication=0, mode=mode) for mode in ("blocks", "visits")
        )
        return agreement(problem(), block, walked)

    return Case(
        instance=scenario.name,
        sense="min",
        unit="relative difference",
        run=run,
        options={"reps": scenario.reps, "months": scenario.year.horizon_months},
        reference=Reference(value=0.0, source="the same draws"),
        iterations=1,
        is_fixed_work=True,
    )


def agreement(problem: PolicyProblem, block: YearResult, walked: YearResult) -> Outcome:
    """How far the facts of the two modes lie apart."""
    apart = relative_differences(block, walked)
    worst = max(apart, key=lambda name: apart[name])
    daily = max(apart[name] for name in DAILY)
    return Outcome(
        objective=daily,
        bound=None,
        violations=int(daily > AGREE_TO),
        status="pass" if daily <= AGREE_TO else "fail",
        measures={
            "largest_of_all": apart[worst],
            "same_bits": year_hash(problem, block) == year_hash(problem, walked),
            "visits": int(walked.done_visits.sum()),
        },
        note=f"{worst} differs by {apart[worst]:.2g}" if apart[worst] > AGREE_TO else "",
    )
