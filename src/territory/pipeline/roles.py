"""Role fit of the pooled teams of a scenario."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.errors import ConfigError
from territory.language import Text
from territory.pipeline.stages import reps_of_team
from territory.split.roles import ROLE_LABELS, RoleFit, RoleProblem, fit_roles


@dataclass(frozen=True, kw_only=True, eq=False)
class FittedTeam:
    """One team's problem and its answer."""

    problem: RoleProblem
    fit: RoleFit


def fitted_teams(scenario: Scenario, assignment: Assignment, team: str | None) -> list[FittedTeam]:
    """
    The roles of one team, or of every pooled team with members.

    Raises
    ------
    ConfigError
        When there is no such team, no pooled team, or no member has a skill in any role.
    """
    if team is not None:
        reps_of_team(scenario, team)
        chosen = [scenario.teams.team_ids.index(team)]
    else:
        chosen = np.flatnonzero(scenario.teams.pooled).tolist()
    chosen = [number for number in chosen if (scenario.reps.team_idx == number).any()]
    if not chosen:
        raise ConfigError(
            Text(
                "no team with members is pooled; mark one in teams.csv (pooled = yes) or name one with --team",
                "没有共同服务的团队;请在 teams.csv 中标记(pooled = 是)或用 --team 指定",
            )
        )
    found = []
    for number in chosen:
        problem = RoleProblem.of(scenario, assignment, number)
        if not problem.skill.any():
            raise ConfigError(
                Text(
                    f"no member of {problem.team_id} has a skill in any role; fill role_communication, role_analysis "
                    "and role_key_account in reps.csv (0 to 100)",
                    f"{problem.team_id} 的成员都没有角色技能;请在 reps.csv 中填写 role_communication、role_analysis、"
                    "role_key_account(0 到 100)",
                )
            )
        found.append(FittedTeam(problem=problem, fit=fit_roles(problem)))
    return found


def role_rows(scenario: Scenario, fitted: FittedTeam) -> list[dict[str, object]]:
    """One row per member and role."""
    names = dict(zip(scenario.reps.rep_ids, scenario.reps.names, strict=True))
    problem = fitted.problem
    return [
        {
            "team_id": problem.team_id,
            "rep_id": rep_id,
            "name": names[rep_id],
            "role_en": ROLE_LABELS[role].en,
            "role_zh": ROLE_LABELS[role].zh,
            "skill": float(problem.skill[member, role]),
            "need_of_role": round(float(problem.need[role]), 4),
            "holders_of_role": int(problem.seats[role]),
        }
        for member, rep_id in enumerate(problem.rep_ids)
        for role in fitted.fit.roles_of(member)
    ]
