"""The market: goodwill, sales response, goods sold over the border, orders pulled forward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.policy._world.state import World
from territory.policy.model import WEEKS_PER_MONTH, Behaviour
from territory.units import FloatArray


def response(effort: FloatArray, behaviour: Behaviour) -> FloatArray:
    """Sales against normal sales for goodwill in reference effort: ADBUDG with exponent 1, concave."""
    low, high, half = behaviour.response_low, behaviour.response_high, behaviour.response_half
    return np.asarray(low + (high - low) * effort / (half + effort), dtype=np.float64)


def elasticity(behaviour: Behaviour) -> float:
    """Long-run elasticity of sales in visits at reference effort."""
    low, high, half = behaviour.response_low, behaviour.response_high, behaviour.response_half
    at_one = low + (high - low) / (half + 1)
    return (high - low) * half / (half + 1) ** 2 / at_one


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
    Consumption stays as it is.
    """
    pushed = (game * true_sales)[:, None] * cross_flow
    arriving = (1 - leak) * pushed.sum(axis=0)
    room = inflow_limit * true_sales
    factor = np.where(arriving > room, room / np.where(arriving > 0, arriving, 1.0), 1.0)
    pushed = pushed * factor
    return Dumping(out=pushed.sum(axis=1), taken_in=(1 - leak) * pushed.sum(axis=0))


def sell(world: World) -> None:
    """Close the month's market: goodwill from the visits made, true and recorded sales, each written down."""
    problem, behaviour, month = world.problem, world.problem.behaviour, world.month
    required = problem.required_visits
    ratio = np.where(required > 0, world.now.effective / np.where(required > 0, required, 1.0), 1.0)
    carry = problem.year.goodwill_carry
    world.goodwill = carry * world.goodwill + (1 - carry) * ratio
    supply = float(world.facts.arrays["supply"][month])
    noise = behaviour.month_sd * world.draws.normals("sales", month)[:, 0]
    common = behaviour.company_sd * world.draws.company("demand", month)
    spread = (behaviour.month_sd**2 + behaviour.company_sd**2) * problem.year.noise**2 / 2
    level = problem.season[month] * WEEKS_PER_MONTH * np.exp(noise + common - spread)
    true = problem.potential * np.minimum(response(world.goodwill, behaviour), supply) * level[:, None]
    own = true.sum(axis=1)
    moved = dump(
        true_sales=own,
        game=world.people.effort[:, 3] * world.people.is_filled,
        cross_flow=problem.cross_flow,
        leak=problem.year.leak_share,
        inflow_limit=behaviour.dump_inflow_limit,
    )
    pulled = behaviour.pull_limit * world.pull_share * world.people.is_filled * own
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
    )
