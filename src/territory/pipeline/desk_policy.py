"""Which policy the desk assesses by: one of the scenario's, or of a policy file."""

from __future__ import annotations

from pathlib import Path

from territory.domain.policy_rules import PolicyRules
from territory.domain.scenario import Scenario
from territory.errors import ConfigError
from territory.io.policy_files import read_policies
from territory.language import Text
from territory.pipeline.names import nearest


def desk_policy(scenario: Scenario, *, path: Path | None, name: str | None) -> tuple[str, PolicyRules]:
    """
    Name and rules of the policy.

    Parameters
    ----------
    path
        A policy file or a folder of them; None: the scenario's policies.
    name
        None: the scenario's first policy, or the only one of the files.

    Raises
    ------
    ConfigError
        When there is none of that name, or several to choose from.
    ScenarioError
        When a policy file is wrong.
    """
    known = dict(scenario.policies) if path is None else read_policies(path, team_ids=scenario.teams.team_ids)
    if name is None and len(known) > 1 and path is not None:
        listed = ", ".join(known)
        raise ConfigError(
            Text(
                f"{path} has several policies; name one with --policy: {listed}",
                f"{path} 中有多项政策;请用 --policy 指定一项:{listed}",
            )
        )
    chosen = next(iter(known), "") if name is None else name
    if chosen not in known:
        hint = nearest(chosen, list(known))
        raise ConfigError(Text(f"there is no policy {chosen!r}. {hint.en}", f"没有政策 {chosen!r}。{hint.zh}"))
    return chosen, known[chosen]
