"""A rep leaves: the same ground with one territory fewer, and the plan with the outlets left behind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.split.model import SplitProblem
from territory.units import BoolArray, IntArray


def without_territory(problem: SplitProblem, territory: int) -> SplitProblem:
    """
    The problem without one territory and its reps; the others' targets rise in proportion.

    Units, neighbourhood and flow are the same arrays, so this takes no time to speak of. Outlets of the reps who go
    have no rep today, their locks and seed points are released (units that lay apart because of a lock may go on
    doing so). `SplitProblem.of` a scenario without the rep builds the units anew instead.

    Raises
    ------
    ValueError
        When it is the only territory.
    """
    if problem.num_territories < 2:
        raise ValueError("the only territory cannot go")
    stays, rep_stays = _stays(problem, territory)
    place, rep_place = _renumbered(stays), _renumbered(rep_stays)
    today = rep_place[problem.today]
    measures = tuple(
        replace(measure, target=measure.target[stays] * (measure.target.sum() / measure.target[stays].sum()))
        for measure in problem.measures
    )
    home_min = np.ascontiguousarray(problem.home_min[:, stays])
    home_min.setflags(write=False)
    return replace(
        problem,
        rep_ids=tuple(rep_id for rep_id, keep in zip(problem.rep_ids, rep_stays.tolist(), strict=True) if keep),
        territory_ids=tuple(t_id for t_id, keep in zip(problem.territory_ids, stays.tolist(), strict=True) if keep),
        territory_of_rep=place[problem.territory_of_rep[rep_stays]],
        reps_of_territory=tuple(
            tuple(rep_place[list(group)].tolist())
            for group, keep in zip(problem.reps_of_territory, stays.tolist(), strict=True)
            if keep
        ),
        rep_lat=problem.rep_lat[rep_stays],
        rep_lon=problem.rep_lon[rep_stays],
        measures=measures,
        today=today,
        locked=problem.locked & (today != NONE),
        home_min=home_min,
        allowed=problem.allowed[:, stays],
        team_of_territory=problem.team_of_territory[stays]
        if len(problem.team_of_territory)
        else problem.team_of_territory,
        seed_territory=place[problem.seed_territory],
        affinity=None if problem.affinity is None else problem.affinity[:, np.flatnonzero(stays)],
    )


def left_behind(problem: SplitProblem, plan: Assignment, territory: int) -> Assignment:
    """A plan of `problem` as a plan of `without_territory(problem, territory)`: its outlets have no rep."""
    _, rep_stays = _stays(problem, territory)
    return Assignment(rep_of_outlet=_renumbered(rep_stays)[plan.rep_of_outlet])


def _stays(problem: SplitProblem, territory: int) -> tuple[BoolArray, BoolArray]:
    """Which territories, and which reps, stay."""
    stays = np.arange(problem.num_territories) != territory
    return stays, stays[problem.territory_of_rep]


def _renumbered(stays: BoolArray) -> IntArray:
    """New positions, -1 for those who go; one more entry at the end answers for -1."""
    return np.append(np.where(stays, np.cumsum(stays) - 1, NONE), NONE).astype(np.int64)
