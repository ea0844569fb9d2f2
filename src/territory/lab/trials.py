"""A trial on a part of the positions: what the covered and the others would show, and whether one trial would find it.

Arms are drawn anew in every replication, as another draw of positions would be in the company. The spread of the
difference over replications is therefore the standard error that one real trial of this size has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from territory.domain.policy_rules import LEVERS, MONTHS_PER_YEAR, PolicyRules
from territory.lab.estimates import ROUNDING, Estimate, estimate
from territory.lab.groups import WORKING
from territory.lab.series import MONEY, PERCENT, Shown
from territory.language import Text
from territory.measure import Direction
from territory.policy import Draws, PolicyProblem, YearResult
from territory.policy.model import WEEKS_PER_MONTH
from territory.policy.trial import CONTROL, COVERED, arm_of_slot, levers_on_trial
from territory.units import FloatArray

SIGNIFICANT = 0.05
FEWEST_IN_AN_ARM = 2
_COVERED, _CONTROL, _P_VALUE = range(3)


def _shown(unit: str, direction: Direction, en: str, zh: str) -> Shown:
    return Shown(label=Text(en, zh), unit=unit, direction=direction)


TRIAL_VALUES: Mapping[str, Shown] = {
    "sales": _shown("%", "up", "True sales, of normal sales", "真实销售占正常销售比例"),
    "visits_done": _shown("%", "up", "Planned visits made", "计划拜访完成率"),
    "pay": _shown(f"{MONEY}/month", "none", "Pay per rep", "人均薪酬"),
    "effort": _shown("", "none", "Effort on selling and serving", "销售与服务投入"),
    "skill": _shown("", "up", "Mean skill", "平均技能"),
    "turnover": _shown("%", "down", "Leavers per 100 positions and year", "每百岗位年离职人数"),
}


def trial_values(problem: PolicyProblem, policy: PolicyRules, draws: Draws, year: YearResult) -> FloatArray:
    """
    Means of both arms and the p-value of their difference, shape (25, 3, 1 + values), NaN for levers without a trial.

    The first column holds the positions of each arm (and, in the third row, NaN); the others are TRIAL_VALUES. A
    p-value is Welch's, position against position, and NaN where an arm is smaller than two or all numbers are alike.
    """
    found = np.full((len(LEVERS), 3, 1 + len(TRIAL_VALUES)), np.nan)
    levers = levers_on_trial(policy)
    if levers:
        by_slot = _by_slot(year)
        for lever in levers:
            arm = arm_of_slot(problem, policy, draws, lever)
            found[LEVERS.index(lever)] = _arms(by_slot[:, arm == COVERED], by_slot[:, arm == CONTROL])
    return found


def _by_slot(year: YearResult) -> FloatArray:
    """TRIAL_VALUES of every position over the horizon, shape (values, S); NaN where a position has none."""
    months, held = len(year.pool), year.is_filled
    held_months = held.sum(axis=0)

    def of(part: FloatArray, whole: FloatArray) -> FloatArray:
        return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)

    normal = WEEKS_PER_MONTH * year.potential.sum(axis=(0, 2))
    return np.stack(
        [
            PERCENT * of(year.true_sales.sum(axis=(0, 2)), normal),
            PERCENT * of(year.done_visits.sum(axis=(0, 2)), year.due_visits.sum(axis=(0, 2))),
            of(year.pay.sum(axis=(0, 2)), held_months),
            of(np.where(held, year.effort[:, :, WORKING].mean(axis=2), 0.0).sum(axis=0), held_months),
            of(np.where(held, year.skill.mean(axis=2), 0.0).sum(axis=0), held_months),
            PERCENT * MONTHS_PER_YEAR * year.quits.sum(axis=0) / months,
        ]
    )


def _arms(covered: FloatArray, control: FloatArray) -> FloatArray:
    found = np.full((3, 1 + len(TRIAL_VALUES)), np.nan)
    found[_COVERED, 0], found[_CONTROL, 0] = covered.shape[1], control.shape[1]
    for column, (one, other) in enumerate(zip(covered, control, strict=True), start=1):
        one, other = one[np.isfinite(one)], other[np.isfinite(other)]
        if len(one) and len(other):
            found[_COVERED, column], found[_CONTROL, column] = one.mean(), other.mean()
        if min(len(one), len(other)) >= FEWEST_IN_AN_ARM:
            found[_P_VALUE, column] = welch(one, other)
    return found


def welch(one: FloatArray, other: FloatArray) -> float:
    """P-value of no difference between the means of two samples (Welch 1947); NaN where all numbers are alike."""
    errors = [float(sample.var(ddof=1)) / len(sample) for sample in (one, other)]
    size = max(float(np.abs(one).max()), float(np.abs(other).max()))
    if sum(errors) <= (ROUNDING * size) ** 2:
        return np.nan
    t = (float(one.mean()) - float(other.mean())) / np.sqrt(sum(errors))
    freedom = sum(errors) ** 2 / sum(e**2 / (len(s) - 1) for e, s in zip(errors, (one, other), strict=True))
    return float(2 * stdtr(freedom, -abs(t)))


@dataclass(frozen=True, kw_only=True)
class TrialRow:
    """
    One number in both arms.

    Attributes
    ----------
    difference
        Covered less control over replications; its `sd` is the standard error of one trial.
    found_share
        Share of the trials that find the arms to differ (Welch, p below 0.05); None where nothing can differ.
    """

    value: str
    label: Text
    unit: str
    direction: Direction
    covered: Estimate
    control: Estimate
    difference: Estimate
    found_share: float | None


@dataclass(frozen=True, kw_only=True)
class TrialEffect:
    """A lever of a policy that is tried out on a part of the positions; how many each arm has, on average."""

    policy: str
    lever: str
    num_covered: float
    num_control: float
    rows: tuple[TrialRow, ...]


def trial_effects(policies: Sequence[str], table: FloatArray, currency: str) -> tuple[TrialEffect, ...]:
    """
    All trials, policy by policy.

    Parameters
    ----------
    table
        Shape (replications, policies, 25, 3, 1 + values), as `trial_values` gives them.
    """
    return tuple(
        TrialEffect(
            policy=policy,
            lever=lever,
            num_covered=float(found[:, _COVERED, 0].mean()),
            num_control=float(found[:, _CONTROL, 0].mean()),
            rows=tuple(_rows(found, currency)),
        )
        for place, policy in enumerate(policies)
        for row, lever in enumerate(LEVERS)
        if np.isfinite((found := table[:, place, row])[:, :_P_VALUE, 0]).all()
    )


def _rows(found: FloatArray, currency: str) -> list[TrialRow]:
    rows = []
    for column, (name, shown) in enumerate(TRIAL_VALUES.items(), start=1):
        covered, control = found[:, _COVERED, column], found[:, _CONTROL, column]
        both = np.isfinite(covered) & np.isfinite(control)
        if not both.any():
            continue
        p_values = found[:, _P_VALUE, column]
        known = np.isfinite(p_values)
        rows.append(
            TrialRow(
                value=name,
                label=shown.label,
                unit=shown.unit_in(currency),
                direction=shown.direction,
                covered=estimate(covered[both]),
                control=estimate(control[both]),
                difference=estimate(covered[both] - control[both], together=len(TRIAL_VALUES)),
                found_share=float((p_values[known] < SIGNIFICANT).mean()) if known.any() else None,
            )
        )
    return rows
