"""Positions of reps made from a seed: the year that policy benchmarks simulate, without outlets and maps.

The staff is that of the trade's own account: 244 reps in 12 teams, 92 % on contract, three grades at their caps, 22
visits planned a day, outlets in classes A, B and C of which the few large ones sell most.
"""

from __future__ import annotations

import numpy as np

from territory.domain.policy_rules import MONTHS_PER_YEAR, YearRules
from territory.policy import Behaviour, PolicyProblem
from territory.policy.behaviour import SKILLS
from territory.policy.model import DAYS_PER_MONTH
from territory.streams import Streams
from territory.units import FloatArray

REPS, TEAMS = 244, 12
VISITS_PER_DAY = 22
CLASSES = ("A", "B", "C")
VISIT_SHARES = (0.20, 0.35, 0.45)
SALES_SHARES = (0.50, 0.30, 0.20)
SALES_PER_WEEK = 60_000.0
DRIVE_MIN = 5.0
SERVICE_MIN = (14.0, 10.0, 7.0)
WORKDAY_MIN = 480.0
FORMAL_SHARE = 0.08
GRADE_SHARES = (0.30, 0.60, 0.10)
TENURE_YEARS = 4.0
BORDER_SHARE = 0.10
"""Share of a territory's flow that crosses to each of its two neighbours."""


def slots(reps: int = REPS, *, teams: int = TEAMS, seed: int = 1, year: YearRules | None = None) -> PolicyProblem:
    """A problem of so many reps in (at most) so many teams; territories lie on a ring."""
    streams, behaviour = Streams(seed), Behaviour()

    def normals(what: str, wide: int = 1) -> FloatArray:
        return streams.rng(f"benchmarks.slots.{what}", reps).standard_normal((reps, wide))

    def uniforms(what: str) -> FloatArray:
        return streams.rng(f"benchmarks.slots.{what}", reps).random(reps)

    ability = np.exp(behaviour.ability_sd * normals("ability")[:, 0] - behaviour.ability_sd**2 / 2)
    visits = VISITS_PER_DAY * DAYS_PER_MONTH * np.exp(0.10 * normals("visits")) * VISIT_SHARES
    members = -(-reps // teams)
    team = np.arange(reps) // members
    return PolicyProblem(
        slot_ids=tuple(f"R{number:03d}" for number in range(reps)),
        classes=CLASSES,
        currency="CNY",
        potential=SALES_PER_WEEK * np.exp(0.25 * normals("potential")) * SALES_SHARES,
        required_visits=visits,
        planned_visits=visits,
        drive_min=DRIVE_MIN * np.exp(0.20 * normals("drive")[:, 0]),
        service_min=np.broadcast_to(SERVICE_MIN, (reps, len(CLASSES))),
        workday_min=np.full(reps, WORKDAY_MIN),
        cross_flow=_ring(reps),
        team_idx=team,
        grade=np.searchsorted(np.cumsum(GRADE_SHARES)[:-1], uniforms("grade")),
        is_formal=(uniforms("contract") < FORMAL_SHARE).astype(np.int64),
        tenure_months=np.floor(-TENURE_YEARS * MONTHS_PER_YEAR * np.log1p(-uniforms("tenure"))),
        ability=ability,
        plateau=behaviour.plateau_of(normals("plateau", 1 + len(SKILLS))),
        stream_row=np.arange(reps),
        step=1 + (9 * uniforms("step")).astype(np.int64),
        role=np.zeros(reps, dtype=np.int64),
        team_ids=tuple(f"T{number:02d}" for number in range(int(team.max()) + 1)),
        year=year or YearRules(),
        behaviour=behaviour,
    )


def _ring(reps: int) -> FloatArray:
    """Flow to the neighbour on either side; a rep alone has none."""
    flow = np.zeros((reps, reps))
    own = np.arange(reps)
    for side in (1, -1):
        flow[own, (own + side) % reps] += BORDER_SHARE
    np.fill_diagonal(flow, 0.0)
    return flow
