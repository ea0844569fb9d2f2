"""The market: goodwill, sales response, goods sold over the border, orders pulled forward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.policy_rules import MONTHS_PER_YEAR
from territory.policy._world.state import GAME, SERVE, World
from territory.policy.model import WEEKS_PER_MONTH
from territory.units import FloatArray

MOST_CONCAVE = 0.5
STUFFED_LATE = 0.5  # of goods pushed over the border or ordered ahead of need, this part is paid late


def sales_response(effort: FloatArray, *, elasticity: float) -> FloatArray:
    """
    Sales against normal sales for goodwill in reference effort x: 1 at x = 1, with the given elasticity there.

    Notes
    -----
    Up to an elasticity of 0.5: ADBUDG with exponent 1, a + (b - a) x / (1 + x) with a = 1 - 2 e and b = 1 + 2 e.
    Above, where that would sell less than nothing: x to the power of the elasticity.
    """
    if elasticity > MOST_CONCAVE:
        return np.asarray(effort**elasticity, dtype=np.float64)
    return np.asarray(1 - 2 * elasticity + 4 * elasticity * effort / (1 + effort), dtype=np.float64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Dumping:
    """Sales pushed out and sales displaced, shape (S,)."""

    out: FloatArray
    taken_in: FloatArray


def dump(
    *, true_sales: FloatArray, game: FloatArray, cross_flow: FloatArray, leak: float, inflow_limit: float
) -> Dumping:
    """
    Goods sold over the border by slots that game with strength `game` (0 to 1); all of shape (S,).

    Notes
    -----
    Slot i can push out at most its share of border-crossing flow of its own sales, to the slots its flow leads to.
    What does not leak away displaces sales there; no slot takes in more than `inflow_limit` of its own sales.
    Consumption stays as it is. Sums go through `einsum`, which adds up in the same order on any number of threads.
    """
    if not game.any():
        return Dumping(out=np.zeros_like(true_sales), taken_in=np.zeros_like(true_sales))
    offered = game * true_sales
    arriving = (1 - leak) * np.einsum("s,sq->q", offered, cross_flow)
    room = inflow_limit * true_sales
    factor = np.where(arriving > room, room / np.where(arriving > 0, arriving, 1.0), 1.0)
    return Dumping(out=offered * np.einsum("sq,q->s", cross_flow, factor), taken_in=arriving * factor)


def month_season(world: World, month: int) -> FloatArray:
    """Demand of the month against the mean month at every slot, shape (S,): never less than nothing."""
    strength = world.levers.number("supply", "season_strength")
    swing = strength * (world.problem.season[month % MONTHS_PER_YEAR] - 1.0)
    return np.asarray(np.maximum(0.0, 1.0 + swing), dtype=np.float64)


def sell(world: World) -> None:
    """Close the month's market: goodwill from the visits made, true and recorded sales, each written down."""
    problem, behaviour, month = world.problem, world.problem.behaviour, world.month
    required = problem.required_visits
    ratio = np.where(required > 0, world.now.effective / np.where(required > 0, required, 1.0), 1.0)
    carry = problem.year.goodwill_carry
    world.goodwill = carry * world.goodwill + (1 - carry) * ratio
    noise = behaviour.month_sd * world.draws.normals("sales", month)[:, 0]
    common = behaviour.company_sd * world.draws.company("demand", month)
    spread = (behaviour.month_sd**2 + behaviour.company_sd**2) * problem.year.noise**2 / 2
    level = month_season(world, month) * WEEKS_PER_MONTH * np.exp(noise + common - spread)
    wanted = sales_response(world.goodwill, elasticity=problem.year.demand_elasticity)
    supply = float(world.facts.arrays["supply"][month])
    true = world.potential * np.minimum(wanted, supply) * level[:, None]
    own = true.sum(axis=1)
    filled = world.people.is_filled
    moved = dump(
        true_sales=own,
        game=world.people.effort[:, GAME] * filled * (1.0 - world.levers.number("anti_gaming", "market_watch")),
        cross_flow=problem.cross_flow,
        leak=problem.year.leak_share,
        inflow_limit=behaviour.dump_inflow_limit,
    )
    pulled = problem.year.movable_share * world.pull_share * filled * own
    serving = np.where(filled, world.people.effort[:, SERVE] - 1.0, 0.0)
    late_share = np.maximum(0.0, 1.0 - behaviour.collecting * serving)
    overdue = problem.year.overdue_share * late_share * own + STUFFED_LATE * (moved.out + pulled)
    recorded = own + moved.out - moved.taken_in + pulled - world.pulled_before
    world.pulled_before = pulled
    world.facts.write(
        month,
        goodwill=world.goodwill,
        true_sales=true,
        dumped_out=moved.out,
        dumped_in=moved.taken_in,
        pulled=pulled,
        recorded_sales=recorded,
        overdue=np.minimum(overdue, own + moved.out + pulled),
        lapsed=lapsed(world.potential, wanted),
    )


def lapsed(potential: FloatArray, wanted: FloatArray) -> FloatArray:
    """Part of normal sales, shape (S,), that outlets no longer bring because they are not looked after."""
    normal = potential.sum(axis=1)
    missing = (potential * np.maximum(0.0, 1.0 - wanted)).sum(axis=1)
    return np.asarray(np.where(normal > 0, missing / np.where(normal > 0, normal, 1.0), 0.0), dtype=np.float64)
