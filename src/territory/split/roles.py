"""Role fit: inside a pooled team, who advises, who analyses, who looks after key accounts.

An exact assignment with a proof: prices of roles and members whose value no fit exceeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.domain.reps import ROLES
from territory.domain.scenario import Scenario
from territory.errors import SolverError
from territory.language import Text
from territory.standing import Status
from territory.units import FloatArray, IntArray
from territory.verify import Violation

KEY_TIER = "A"
ROLE_LABELS = (
    Text("communication", "客户沟通"),
    Text("market analysis", "市场分析"),
    Text("key-account guidance", "重点客户指导"),
)
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class RoleProblem:
    """
    Maximise the skill that meets the customers' needs: sum over roles of need x mean skill of its holders.

    Attributes
    ----------
    team_id, rep_ids
        The team and its members.
    skill
        0 to 100, shape (num_members, num_roles), columns as `domain.reps.ROLES`.
    need
        Weight of each role, sums to 1, shape (num_roles,).
    seats
        Holders each role has, shape (num_roles,).

    Notes
    -----
    Rules: (1) every role has as many holders as seats; (2) every member has a role, exactly one where members are as
    many as roles or more; (3) nobody holds a role twice.
    """

    team_id: str
    rep_ids: tuple[str, ...]
    skill: FloatArray
    need: FloatArray
    seats: IntArray

    def __post_init__(self) -> None:
        if self.skill.shape != (len(self.rep_ids), len(self.need)) or len(self.seats) != len(self.need):
            raise ValueError("skill is (num_members, num_roles)")
        if len(self.rep_ids) == 0 or int(self.seats.max(initial=0)) > len(self.rep_ids):
            raise ValueError("a role has more seats than the team has members")

    @classmethod
    def of(cls, scenario: Scenario, assignment: Assignment, team: int) -> RoleProblem:
        """
        The role problem of a team (its position) under an assignment.

        Needs (docs/moves.md): key-account guidance is the share of the team's sales with key accounts (tier A or in a
        group), market analysis the mix of segments (1 - sum of squared sales shares), communication the share of
        outlets that are no key accounts; together scaled to 1.
        """
        members = np.flatnonzero(scenario.reps.team_idx == team)
        need = needs_of(scenario, np.isin(assignment.rep_of_outlet, members))
        return cls(
            team_id=scenario.teams.team_ids[team],
            rep_ids=tuple(scenario.reps.rep_ids[rep] for rep in members.tolist()),
            skill=scenario.reps.role_skill[members],
            need=need,
            seats=seats_of(need, len(members)),
        )

    @property
    def has_one_role_each(self) -> bool:
        """False in a team with fewer members than roles, where a member may hold several."""
        return len(self.rep_ids) >= len(self.need)

    def worth(self) -> FloatArray:
        """What a member in a seat adds, shape (num_members, num_roles)."""
        return np.asarray(self.skill * (self.need / np.maximum(self.seats, 1))[None, :])


@dataclass(frozen=True, kw_only=True, eq=False)
class RoleFit:
    """
    The best roles, with their proof.

    Attributes
    ----------
    holds
        The member holds the role, shape (num_members, num_roles).
    objective, bound
        Needed skill met, 0 to 100; no fit exceeds the bound.
    role_price, member_price
        The proof: `price_bound` of them is the bound.
    """

    status: Status
    holds: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    objective: float
    bound: float
    role_price: FloatArray
    member_price: FloatArray

    def roles_of(self, member: int) -> list[int]:
        """Roles of a member, ascending."""
        found: list[int] = np.flatnonzero(self.holds[member]).tolist()
        return found


def fit_roles(problem: RoleProblem) -> RoleFit:
    """
    The roles that meet the most need.

    Raises
    ------
    SolverError
        When the linear programme is refused: a bug.

    Notes
    -----
    The rules are those of a transport problem, whose vertices are whole numbers, so the simplex method's answer is a
    fit; its dual prices prove that none is better.
    """
    worth, k = problem.worth(), len(problem.need)
    n = len(problem.rep_ids)
    rows, columns = np.divmod(np.arange(n * k), k)
    ones = np.ones(n * k)
    per_role = sp.csr_matrix((ones, (columns, np.arange(n * k))), shape=(k, n * k))
    per_member = sp.csr_matrix((ones, (rows, np.arange(n * k))), shape=(n, n * k))
    exactly_one = problem.has_one_role_each
    answer = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrices
        -worth.ravel(),
        A_eq=sp.vstack([per_role, per_member]) if exactly_one else per_role,
        b_eq=np.concatenate([problem.seats, np.ones(n)]) if exactly_one else problem.seats,
        A_ub=None if exactly_one else -per_member,
        b_ub=None if exactly_one else -np.ones(n),
        bounds=(0.0, 1.0),
        method="highs-ds",
    )
    if answer.status != 0:
        raise SolverError(f"the role fit of {problem.team_id} was refused: {answer.message}")
    holds = np.asarray(answer.x.reshape(n, k) > 0.5)
    role_price = -np.asarray(answer.eqlin.marginals[:k])
    member_price = (
        -np.asarray(answer.eqlin.marginals[k:])
        if exactly_one
        else np.minimum(0.0, np.asarray(answer.ineqlin.marginals))
    )
    broken = check_roles(problem, holds)
    if broken:
        raise SolverError(f"the role fit of {problem.team_id} breaks {broken[0]}")
    objective = met(problem, holds)
    bound = price_bound(problem, role_price, member_price)
    return RoleFit(
        status=Status.OPTIMAL if bound <= objective + _ROUNDING else Status.FEASIBLE,
        holds=holds,
        objective=objective,
        bound=max(bound, objective),
        role_price=role_price,
        member_price=member_price,
    )


def met(problem: RoleProblem, holds: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
    """Needed skill met: sum over roles of need x mean skill of its holders."""
    return float(problem.worth()[holds].sum())


def price_bound(problem: RoleProblem, role_price: FloatArray, member_price: FloatArray) -> float:
    """
    What no fit exceeds, for any prices of roles and members (weak duality).

    Where members may hold several roles, prices of members above 0 prove nothing and count as 0.
    """
    member_price = member_price if problem.has_one_role_each else np.minimum(member_price, 0.0)
    above = problem.worth() - role_price[None, :] - member_price[:, None]
    return float(problem.seats @ role_price + member_price.sum() + np.maximum(above, 0.0).sum())


def check_roles(problem: RoleProblem, holds: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[Violation]:
    """Every broken rule of a fit, also of one made by hand."""
    found = [
        Violation(rule="seats", subject=ROLES[r], amount=float(abs(count - seats)), unit="holders")
        for r, (count, seats) in enumerate(zip(holds.sum(axis=0).tolist(), problem.seats.tolist(), strict=True))
        if count != seats
    ]
    most = 1 if problem.has_one_role_each else len(problem.need)
    found += [
        Violation(rule="member", subject=rep_id, amount=float(count), unit="roles")
        for rep_id, count in zip(problem.rep_ids, holds.sum(axis=1).tolist(), strict=True)
        if not 1 <= count <= most
    ]
    return found


def needs_of(scenario: Scenario, served: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> FloatArray:
    """Weight of each role for these outlets, sums to 1; equal where there are no outlets. See `RoleProblem.of`."""
    outlets = scenario.outlets
    rows = np.flatnonzero(served)
    if not len(rows):
        return np.full(len(ROLES), 1.0 / len(ROLES))
    sales = outlets.sales_per_week[rows]
    sales = sales / sales.sum() if sales.sum() > 0 else np.full(len(rows), 1.0 / len(rows))
    tier = np.array(outlets.tier.texts(), dtype=object)[rows]
    is_key = (tier == KEY_TIER) | (outlets.group.codes[rows] != NONE)
    segment = outlets.segment.codes[rows]
    shares = np.bincount(segment + 1, weights=sales)
    raw = np.array([1.0 - is_key.mean(), 1.0 - float((shares**2).sum()), float(sales[is_key].sum())])
    raw = np.maximum(raw, 0.0)
    return np.asarray(raw / raw.sum()) if raw.sum() > 0 else np.full(len(ROLES), 1.0 / len(ROLES))


def seats_of(need: Sequence[float] | FloatArray, num_members: int) -> IntArray:
    """
    Holders per role: one each, the other members by largest remainder of the needs (ties: the earlier role).

    With fewer members than roles every role has one holder, and members hold several.
    """
    weights = np.asarray(need, dtype=np.float64)
    seats = np.ones(len(weights), dtype=np.int64)
    rest = num_members - len(weights)
    if rest <= 0:
        return seats
    ideal = weights * num_members
    while rest > 0:
        seats[int(np.argmax(ideal - seats))] += 1
        rest -= 1
    return seats
