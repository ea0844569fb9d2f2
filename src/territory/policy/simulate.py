"""Simulate: a year (or as many months as the horizon has) of account managers under one policy."""

from __future__ import annotations

import time
from typing import Literal

from territory.domain.policy_rules import PolicyRules
from territory.errors import VerificationError
from territory.policy._world.clock import Clock
from territory.policy._world.draws import Draws
from territory.policy._world.state import World
from territory.policy._world.workday import day_block, day_by_events
from territory.policy.check import check
from territory.policy.model import PolicyProblem
from territory.policy.result import YearResult
from territory.verify import listed


def simulate(
    problem: PolicyProblem,
    policy: PolicyRules,
    *,
    seed: int,
    replication: int,
    draws: Draws | None = None,
    mode: Literal["blocks", "visits"] = "blocks",
) -> YearResult:
    """
    The facts of one year under `policy`.

    Parameters
    ----------
    seed, replication
        The address of all chance. The same address gives every policy the same draws (common random numbers).
    draws
        Blocks already drawn for this problem, seed and replication; saves time, changes nothing.
    mode
        "visits" walks every visit through SimPy events instead of resolving a day at once; same numbers, slower.

    Raises
    ------
    ValueError
        When `draws` belong to another seed, replication or order of slots.
    VerificationError
        When the independent checker finds the records inconsistent (a bug).
    """
    started = time.perf_counter()
    if draws is None:
        draws = Draws.of(problem, seed=seed, replication=replication)
    if not draws.belong_to(problem, seed=seed, replication=replication):
        raise ValueError("these draws belong to another seed, replication or problem")
    world = World.start(problem, policy, draws)
    Clock(world, day_block if mode == "blocks" else day_by_events).run()
    result = YearResult(
        policy=policy,
        seed=seed,
        replication=replication,
        **world.facts.arrays,
        **world.facts.pair_columns(),
        runtime_s=time.perf_counter() - started,
    )
    report = check(problem, result)
    if report.violations:
        raise VerificationError(f"the simulated year breaks its own rules: {listed(report.violations)}")
    return result
