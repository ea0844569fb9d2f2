"""Skill: learning by doing, forgetting what is not used, learning from a better one."""

from __future__ import annotations

import numpy as np

from territory.policy.model import Behaviour
from territory.units import FloatArray

WEEKS_IN_MONTH = 4.2
HOURS_OF_ORDINARY_MENTORING = 2.0


def after_practice(
    *, skill: FloatArray, plateau: FloatArray, practice: FloatArray, months: FloatArray | float, behaviour: Behaviour
) -> FloatArray:
    """
    Skill after `months` in which the share `practice` of the ordinary work was done; same shape as `skill`.

    Notes
    -----
    The gap to the plateau closes as exp(-practice * months / tau); skill is lost as
    0.5 ** ((1 - practice) * months / half-life). Skill above the plateau (learned from others) is not lost by work.
    """
    gap = np.maximum(0.0, plateau - skill)
    learned = gap * (1 - np.exp(-practice * months / behaviour.learning_months))
    kept = 0.5 ** ((1 - practice) * months / behaviour.forgetting_half_life_months)
    return np.asarray((skill + learned) * kept, dtype=np.float64)


def after_mentoring(
    *, mentee: FloatArray, mentor: FloatArray, weeks: float, hours_per_week: float, transfer_per_week: float
) -> FloatArray:
    """
    The mentee's skills after `weeks` with a mentor; never below what they were.

    Notes
    -----
    Two hours a week close `transfer_per_week` of the gap in each week; other hours raise the part that stays open
    to the power hours / 2.
    """
    stays_open = (1 - transfer_per_week) ** (weeks * hours_per_week / HOURS_OF_ORDINARY_MENTORING)
    return np.asarray(mentee + (1 - stays_open) * np.maximum(0.0, mentor - mentee), dtype=np.float64)
