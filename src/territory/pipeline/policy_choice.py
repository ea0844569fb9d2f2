"""Which policies are compared: those of the scenario, those of policy files, and which one stands first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from territory.domain.policy_rules import PolicyRules
from territory.domain.scenario import Scenario
from territory.errors import ConfigError
from territory.io.policy_files import read_policies
from territory.language import Text
from territory.pipeline.names import nearest

ORDINARY = "ordinary"
_WHY = "The ordinary situation of the trade: every lever at its default. 行业常态:各项政策均取默认值。"


@dataclass(frozen=True, kw_only=True, eq=False)
class Chosen:
    """
    The policies in their order; the first is the one that all others are compared with.

    Attributes
    ----------
    notes
        What a reader might not expect: a policy of a file in place of the scenario's, a baseline that was added.
    """

    policies: Mapping[str, PolicyRules]
    notes: tuple[Text, ...] = ()


def chosen_policies(scenario: Scenario, *, path: Path | None = None, names: Sequence[str] = ()) -> Chosen:
    """
    What a command compares.

    Parameters
    ----------
    path
        A policy file or a folder of them: its policies are compared with the scenario's first one. None: the
        scenario's own policies.
    names
        Only these, in this order, from the scenario and the files together.

    Raises
    ------
    ScenarioError
        When a policy file is wrong; all mistakes at once.
    ConfigError
        When a name is unknown, or there is no policy at all.
    """
    own = dict(scenario.policies)
    if path is None:
        return _picked(own, names) if names else Chosen(policies=_some(own))
    given = read_policies(path, team_ids=scenario.teams.team_ids)
    notes = tuple(
        Text(f"{name}: as in {path.name}, not as in the scenario", f"{name}:取自 {path.name},而非情景文件")
        for name in given
        if name in own and not _same(own[name], given[name])
    )
    if names:
        picked = _picked(own | given, names)
        return Chosen(policies=picked.policies, notes=tuple(n for n in notes if n.en.split(":")[0] in picked.policies))
    if own:
        first = next(iter(own))
        return Chosen(policies={first: given.get(first, own[first])} | given, notes=notes)
    added = Text(
        f"the scenario has no policy: compared with {ORDINARY!r}, every lever at its default",
        f"情景中没有政策:与 {ORDINARY!r}(所有杠杆取默认值)相比",
    )
    if len(given) == 1 and ORDINARY not in given:
        return Chosen(policies={ORDINARY: PolicyRules(why=_WHY)} | given, notes=(added,))
    return Chosen(policies=given)


def _picked(known: Mapping[str, PolicyRules], names: Sequence[str]) -> Chosen:
    for name in names:
        if name not in known:
            hint = nearest(name, list(known))
            raise ConfigError(
                Text(f"there is no policy {name!r}. {hint.en}", f"没有政策 {name!r}。{hint.zh}"),
            )
    return Chosen(policies={name: known[name] for name in names})


def _some(own: Mapping[str, PolicyRules]) -> Mapping[str, PolicyRules]:
    if own:
        return own
    raise ConfigError(
        Text(
            "the scenario has no [policy.NAME] section; name a policy file or folder with --policies",
            "情景中没有 [policy.NAME] 部分;请用 --policies 指定政策文件或文件夹",
        )
    )


def _same(one: PolicyRules, other: PolicyRules) -> bool:
    return one.model_dump(exclude={"why"}) == other.model_dump(exclude={"why"})
