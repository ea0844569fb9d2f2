"""Checks of policies that their types cannot make: names that can stand in a report, teams that exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from territory.domain.policy_rules import LEVERS, PolicyRules
from territory.io.headers import did_you_mean
from territory.io.issues import IssueLog
from territory.io.setting_errors import Path, row_of_key
from territory.language import Text

LONGEST_NAME = 60
_NAME = re.compile(r"\w[\w +-]*")
_NO_NAME = Text("this cannot be a policy's name", "不能作为政策名称")
_WANTED_NAME = Text(
    f"a name of letters, digits, spaces, _, + and -, of {LONGEST_NAME} at most",
    f"由文字、数字、空格、_、+、- 组成的名称，至多 {LONGEST_NAME} 字",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyChecks:
    """
    Where the policies stand that are looked at.

    Attributes
    ----------
    text
        The file's text, for the row of a key.
    above
        Keys above a policy's name: ("policy",); None when the file is one policy, whose keys have nothing above.
    """

    text: str
    file: str
    log: IssueLog
    above: Path | None = ("policy",)

    def names(self, names: Collection[str]) -> None:
        """Log names that could not stand in tables, file names and on the command line."""
        for name in names:
            if len(name) > LONGEST_NAME or _NAME.fullmatch(name) is None:
                self.wrong(self.place(name), name, _NO_NAME, _WANTED_NAME)

    def teams(self, policies: Mapping[str, PolicyRules], team_ids: Collection[str]) -> None:
        """Log teams that a lever names and the scenario does not have."""
        shown = {team_id.casefold(): team_id for team_id in team_ids}
        for name, rules in policies.items():
            for lever in LEVERS:
                for team_id in rules.lever(lever).teams:
                    if team_id not in team_ids:
                        hint = did_you_mean(team_id.casefold(), shown, cutoff=0.6)
                        self.wrong(
                            (*self.place(name), lever, "teams"),
                            team_id,
                            Text(f"there is no such team{hint.en}", f"没有该团队{hint.zh}"),
                            _one_of(sorted(team_ids)),
                        )

    def place(self, name: str) -> Path:
        """The section of the policy `name`."""
        return () if self.above is None else (*self.above, name)

    def wrong(self, at: Path, value: str, reason: Text, wanted: Text) -> None:
        """Log a value that cannot be used at the key `at`."""
        self.log.add(
            "wrong_value",
            file=self.file,
            row=row_of_key(self.text, at),
            column=".".join(at) or None,
            value=value,
            reason=reason,
            wanted=wanted,
        )


def _one_of(team_ids: list[str], most: int = 12) -> Text:
    listed = ", ".join(team_ids[:most]) + (", ..." if len(team_ids) > most else "")
    return Text(f"teams of the scenario: {listed or 'none'}", f"场景中的团队：{listed or '无'}")
