"""Trial: which positions a lever covers that is tried out on a part of them, drawn at random."""

from __future__ import annotations

import numpy as np

from territory.domain.policy_rules import LEVERS, PolicyRules
from territory.policy._world.draws import Draws
from territory.policy._world.people import People
from territory.policy._world.strengths import Programme
from territory.policy.model import PolicyProblem
from territory.units import IntArray

COVERED, CONTROL, NOT_ASKED = 1, 0, -1


def levers_on_trial(policy: PolicyRules) -> tuple[str, ...]:
    """Levers that cover a part of the positions: `covered_share` between 0 and 1, at some strength."""
    found = ((name, getattr(policy, name, None)) for name in LEVERS)
    return tuple(name for name, lever in found if lever is not None and lever.strength and 0 < lever.covered_share < 1)


def arm_of_slot(problem: PolicyProblem, policy: PolicyRules, draws: Draws, lever: str) -> IntArray:
    """
    Arm of every position in one replication: COVERED, CONTROL, or NOT_ASKED where the lever is for others, shape (S,).

    Notes
    -----
    Who is asked goes by the holders of the first day. The draw belongs to the lever, the seed and the replication, and
    to nothing else: another policy with a trial of the same lever draws the same positions.
    """
    programme = Programme(problem=problem, policy=policy, draws=draws)
    asked = programme.is_for(policy.lever(lever), People.at_start(problem, draws))
    drawn = programme.is_drawn(lever, policy.lever(lever))
    return np.where(asked, np.where(drawn, COVERED, CONTROL), NOT_ASKED)
