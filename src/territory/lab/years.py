"""What is kept of a simulated year: its measures, its numbers by group and its monthly series."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from territory.lab.groups import group_values, groups_of
from territory.lab.replicate import Arm, Observed
from territory.lab.series import monthly, stacked
from territory.lab.trials import trial_values
from territory.measure import Measure
from territory.policy import Draws, measures, simulate

MEASURES, GROUPS, SERIES_OF_YEAR, TRIALS = "measures", "groups", "series", "trials"


def years(arms: Sequence[Arm], seed: int, replication: int) -> list[Observed]:
    """One replication of the arms of one problem, which share its draws: arrays by name, see `observed_as`."""
    problem = arms[0].problem
    draws = Draws.of(problem, seed=seed, replication=replication)
    groups = groups_of(problem)
    found: list[Observed] = []
    for arm in arms:
        year = simulate(problem, arm.policy, seed=seed, replication=replication, draws=draws)
        found.append(
            {
                MEASURES: np.array([measure.value for measure in measures(problem, year)]),
                GROUPS: group_values(groups, year),
                SERIES_OF_YEAR: stacked(monthly(problem, year)),
                TRIALS: trial_values(problem, arm.policy, draws, year),
            }
        )
    return found


def described(arm: Arm, seed: int) -> tuple[Measure, ...]:
    """Names, units and directions of the measures, which depend on the problem alone."""
    return measures(arm.problem, simulate(arm.problem, arm.policy, seed=seed, replication=0))
