"""Who gains and who loses: differences between policies by grade, tenure, ability, contract and team.

Positions are grouped by who held them when the year began; a newcomer counts in the group of the position. Numbers
are added up per group inside the replication, so that nothing per position has to be kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from territory.domain.policy_rules import GRADES, MONTHS_PER_YEAR
from territory.lab.estimates import Estimate, estimate, paired, verdict
from territory.lab.series import MONEY, PERCENT, Shown, share
from territory.language import Text
from territory.measure import Direction
from territory.policy import PolicyProblem, YearResult
from territory.policy.result import ACTIVITIES
from territory.units import BoolArray, FloatArray

DIMENSIONS = ("grade", "tenure", "ability", "contract", "team")
WORKING = [ACTIVITIES.index(name) for name in ("sell", "serve")]
_GRADE_LABELS = {"junior": Text("junior", "初级"), "mid": Text("mid", "中级"), "senior": Text("senior", "高级")}
_TENURE_BANDS = (
    (0.0, 1.0, "under_1", Text("under 1 year", "不满 1 年")),
    (1.0, 3.0, "1_2", Text("1-2 years", "1-2 年")),
    (3.0, 5.0, "3_4", Text("3-4 years", "3-4 年")),
    (5.0, 7.0, "5_6", Text("5-6 years", "5-6 年")),
    (7.0, np.inf, "7_up", Text("7 years and more", "7 年及以上")),
)
_TERCILES = (
    ("low", Text("lowest third", "能力较低三分之一")),
    ("middle", Text("middle third", "能力居中三分之一")),
    ("high", Text("highest third", "能力较高三分之一")),
)
_CONTRACTS = (("contract", Text("contract", "合同工")), ("formal", Text("formal", "正式工")))


def _shown(unit: str, direction: Direction, en: str, zh: str) -> Shown:
    return Shown(label=Text(en, zh), unit=unit, direction=direction)


GROUP_VALUES: Mapping[str, Shown] = {
    "true_sales": _shown(f"{MONEY}/month", "up", "True sales per position", "岗均真实销售额"),
    "pay": _shown(f"{MONEY}/month", "up", "Pay per rep", "人均薪酬"),
    "effort": _shown("", "none", "Effort on selling and serving", "销售与服务投入"),
    "skill": _shown("", "up", "Mean skill", "平均技能"),
    "visits_done": _shown("%", "up", "Planned visits made", "计划拜访完成率"),
    "turnover": _shown("%", "down", "Turnover per year", "年离职率"),
    "gaming": _shown("%", "down", "Dumped or pulled forward, of true sales", "窜货与压货占真实销售比例"),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """Positions that share a trait when the year begins; `members` has shape (S,)."""

    dimension: str
    name: str
    label: Text
    members: BoolArray

    @property
    def num_slots(self) -> int:
        """Positions in the group."""
        return int(self.members.sum())


def groups_of(problem: PolicyProblem) -> tuple[Group, ...]:
    """The groups that have members, in the order of DIMENSIONS. Positions without a team are in no team's group."""
    found = (
        Group(dimension=dimension, name=name, label=label, members=members)
        for dimension, split in zip(DIMENSIONS, (_grades, _tenures, _abilities, _contracts, _teams), strict=True)
        for name, label, members in split(problem)
    )
    return tuple(group for group in found if group.members.any())


Named = Iterator[tuple[str, Text, BoolArray]]


def _grades(problem: PolicyProblem) -> Named:
    return ((name, _GRADE_LABELS[name], problem.grade == place) for place, name in enumerate(GRADES))


def _tenures(problem: PolicyProblem) -> Named:
    years = problem.tenure_months / MONTHS_PER_YEAR
    return ((name, label, (years >= low) & (years < high)) for low, high, name, label in _TENURE_BANDS)


def _abilities(problem: PolicyProblem) -> Named:
    """Thirds by rank; equal ability is ordered by the slot's name, so that the order of slots does not matter."""
    order = np.lexsort((np.array(problem.slot_ids), problem.ability))
    third = np.empty(len(order), dtype=np.int64)
    third[order] = np.arange(len(order)) * len(_TERCILES) // len(order)
    return ((name, label, third == place) for place, (name, label) in enumerate(_TERCILES))


def _contracts(problem: PolicyProblem) -> Named:
    return ((name, label, problem.is_formal == kind) for kind, (name, label) in enumerate(_CONTRACTS))


def _teams(problem: PolicyProblem) -> Named:
    return ((name, Text(name, name), problem.team_idx == place) for place, name in enumerate(problem.team_ids))


def group_values(groups: Sequence[Group], result: YearResult) -> FloatArray:
    """
    Numbers of every group over the whole horizon, shape (groups, values), in the order of GROUP_VALUES.

    Notes
    -----
    Pay, effort and skill are means over the months that end with a holder; sales are per position, vacant or not.
    Sums go through `einsum`: a matrix product may add up in another order where more threads are about.
    """
    members = np.array([group.members for group in groups], dtype=np.float64)

    def total(per_slot: FloatArray) -> FloatArray:
        return np.asarray(np.einsum("gs,s->g", members, np.asarray(per_slot, dtype=np.float64)), dtype=np.float64)

    months = result.quits.shape[0]
    slots = members.sum(axis=1)
    held = result.is_filled
    holder_months = total(held.sum(axis=0))

    def while_held(per_month: FloatArray) -> FloatArray:
        return share(total(np.where(held, per_month, 0.0).sum(axis=0)), holder_months)

    sales = total(result.true_sales.sum(axis=(0, 2)))
    return np.stack(
        [
            sales / (slots * months),
            share(total(result.pay.sum(axis=(0, 2))), holder_months),
            while_held(result.effort[:, :, WORKING].mean(axis=2)),
            while_held(result.skill.mean(axis=2)),
            PERCENT * share(total(result.done_visits.sum(axis=(0, 2))), total(result.due_visits.sum(axis=(0, 2)))),
            PERCENT * MONTHS_PER_YEAR * total(result.quits.sum(axis=0)) / (slots * months),
            PERCENT * share(total((result.dumped_out + result.pulled).sum(axis=0)), sales),
        ],
        axis=1,
    )


@dataclass(frozen=True, kw_only=True)
class GroupPolicy:
    """
    One group under one policy other than the first.

    Attributes
    ----------
    difference
        Policy less first policy on matched replications; `together` holds for all groups of the dimension and all
        policies at once.
    """

    policy: str
    difference: Estimate
    verdict: Text


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """One number of one group: its level under the first policy and what the others change."""

    dimension: str
    group: str
    group_label: Text
    num_slots: int
    value: str
    value_label: Text
    unit: str
    direction: Direction
    baseline: Estimate
    policies: tuple[GroupPolicy, ...]


@dataclass(frozen=True, kw_only=True)
class GroupEffects:
    """Who gains and who loses: one row per group and number."""

    rows: tuple[GroupRow, ...]

    def of(self, dimension: str, value: str) -> tuple[GroupRow, ...]:
        """The rows of one dimension (see DIMENSIONS) and one number (see GROUP_VALUES), in the groups' order."""
        return tuple(row for row in self.rows if row.dimension == dimension and row.value == value)


def group_effects(groups: Sequence[Group], policies: Sequence[str], table: FloatArray, currency: str) -> GroupEffects:
    """
    The differences by group.

    Parameters
    ----------
    table
        Shape (replications, policies, groups, values), as `group_values` gives them; the first policy is the baseline.
    """
    rows = []
    for place, group in enumerate(groups):
        alike = sum(other.dimension == group.dimension for other in groups)
        together = alike * max(1, len(policies) - 1)
        for column, (value, shown) in enumerate(GROUP_VALUES.items()):
            numbers = table[:, :, place, column]
            rows.append(
                GroupRow(
                    dimension=group.dimension,
                    group=group.name,
                    group_label=group.label,
                    num_slots=group.num_slots,
                    value=value,
                    value_label=shown.label,
                    unit=shown.unit_in(currency),
                    direction=shown.direction,
                    baseline=estimate(numbers[:, 0], together=alike),
                    policies=tuple(
                        _policy(name, paired(numbers[:, position], numbers[:, 0]), shown.direction, together)
                        for position, name in enumerate(policies[1:], start=1)
                    ),
                )
            )
    return GroupEffects(rows=tuple(rows))


def _policy(name: str, differences: FloatArray, direction: Direction, together: int) -> GroupPolicy:
    difference = estimate(differences, together=together)
    return GroupPolicy(
        policy=name,
        difference=difference,
        verdict=verdict(difference, direction=direction, together=together),
    )
