"""Whom a lever covers, and how far it has been rolled out: by calendar, team, grade, contract and tenure.

Conditions (`when`, `stop_when`), drawn arms (`covered_share`) and budgets are facts of a run and are applied there.
"""

from __future__ import annotations

import numpy as np

from territory.domain.policy_rules import GRADES, Lever
from territory.units import BoolArray, FloatArray, IntArray

GRADE_CODE = {grade: code for code, grade in enumerate(GRADES)}


def has_no_bounds(lever: Lever) -> bool:
    """True for a lever that covers everybody."""
    return (
        set(lever.grades) == set(GRADES)
        and lever.contract == "any"
        and not lever.teams
        and not lever.min_tenure_months
        and lever.max_tenure_months is None
        and lever.covered_share == 1.0
    )


def rolled_out(lever: Lever, month: int, *, team_idx: IntArray, num_teams: int) -> FloatArray:
    """Strength in `month` (from 0): teams start one after the other, slots without a team with the first."""
    position = np.maximum(0, team_idx) / max(1, max(1, num_teams) - 1)
    waits = np.floor(position * lever.rollout_months + 0.5).astype(np.int64)
    since = month + 1 - lever.start_month - waits
    return np.array([lever.level_after(int(months)) for months in since.tolist()])


def fits(
    lever: Lever,
    *,
    grade: IntArray,
    is_formal: IntArray,
    team_idx: IntArray,
    team_ids: tuple[str, ...],
    tenure_months: FloatArray,
) -> BoolArray:
    """Who is covered by grade, contract, team and tenure, shape (S,)."""
    found = np.isin(grade, [GRADE_CODE[name] for name in lever.grades])
    if lever.contract != "any":
        found &= is_formal == int(lever.contract == "formal")
    if lever.teams:
        found &= np.isin(team_idx, [at for at, team in enumerate(team_ids) if team in lever.teams])
    if lever.min_tenure_months:
        found &= tenure_months >= lever.min_tenure_months
    if lever.max_tenure_months is not None:
        found &= tenure_months <= lever.max_tenure_months
    return np.asarray(found)
