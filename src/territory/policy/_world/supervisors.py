"""Supervisors' pay: one to a team, more where the span is smaller; part of it may follow the team."""

from __future__ import annotations

import numpy as np

from territory.policy._world.state import World
from territory.units import FloatArray


def pay_out(world: World) -> None:
    """
    The month's pay of each team's supervisors, shape (T,); a team without positions has none.

    Notes
    -----
    Per supervisor `supervisor_pay` of [year] x base pay of a junior, of which `incentive_share` follows the team's
    sales against target; `supervisor_share` of it comes on top when all visits are made. A team has 1 / `span_factor`.
    """
    problem, levers, month = world.problem, world.levers, world.month
    facts, in_team = world.facts.arrays, problem.groups.in_team
    teams, number = problem.team_idx[in_team], len(problem.team_ids)
    if not number:
        return

    def total(per_slot: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(teams, per_slot[in_team], minlength=number), dtype=np.float64)

    def ratio(done: FloatArray, asked: FloatArray) -> FloatArray:
        return np.where(asked > 0, np.maximum(0.0, done) / np.where(asked > 0, asked, 1.0), 1.0)

    members = total(np.ones(problem.num_slots))
    sold = ratio(total(facts["recorded_sales"][month]), total(world.target))
    visited = ratio(total(world.now.done.sum(axis=1)), total(world.month_plan.sum(axis=1)))

    def setting(lever: str, name: str) -> FloatArray:
        return total(levers.number(lever, name)) / np.maximum(1.0, members)

    follows = setting("supervisor", "incentive_share")
    part = 1.0 - follows + follows * sold + setting("activity_pay", "supervisor_share") * visited
    heads = np.where(members > 0, 1.0 / np.where(members > 0, setting("supervisor", "span_factor"), 1.0), 0.0)
    full = problem.year.supervisor_pay * problem.year.base_pay_per_month
    world.facts.write(month, supervisor_pay=heads * full * part)
