"""What the pages of an assessment show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from territory.desk import DeskProblem, DeskResult
from territory.desk.words import GRADE_WORDS
from territory.domain.policy_rules import GRADES
from territory.language import Lang, Text
from territory.report.amounts import DASH, MINUS


@dataclass(frozen=True, kw_only=True)
class DeskView:
    """
    One assessment with its frame.

    Attributes
    ----------
    why
        The policy's own sentence.
    shows_year
        Stars, grades and steps are shown; otherwise the year so far alone.
    score_notes, notes, committee_note
        What is missing or assumed of scores; of other things; of the committee.
    facts
        What is needed to repeat it: label and value.
    """

    scenario: str
    problem: DeskProblem
    result: DeskResult
    why: str
    shows_year: bool
    score_notes: Sequence[Text]
    notes: Sequence[Text]
    committee_note: Text | None
    facts: Sequence[tuple[Text, Text]]

    @property
    def month(self) -> str:
        """The month that is assessed."""
        return self.problem.months[-1]

    @property
    def winner(self) -> int:
        """The team that is crowned; -1 for none, and where the policy honours nobody."""
        lever = self.problem.policy.team_award
        honours = lever.score_bonus_points or lever.symbolic or lever.prize_per_member
        return self.result.latest.winner if honours else -1

    def who(self, person: int, lang: Lang) -> str:
        """Name and id."""
        name, rep_id = self.problem.names[person], self.problem.rep_ids[person]
        if name == rep_id:
            return rep_id
        return f"{name} ({rep_id})" if lang == "en" else f"{name}({rep_id})"

    def short(self, person: int) -> str:
        """Name and id for a table."""
        name, rep_id = self.problem.names[person], self.problem.rep_ids[person]
        return rep_id if name == rep_id else f"{name} {rep_id}"

    def by_rank(self) -> list[int]:
        """Who stands in the month's panel: by rank, the others last, by id."""
        scores = self.result.latest
        there = np.flatnonzero(scores.is_there).tolist()
        return sorted(there, key=lambda s: (not scores.is_assessed[s], int(scores.rank[s]), self.problem.rep_ids[s]))

    def by_place(self) -> list[int]:
        """Who is ranked in the year, by place."""
        year = self.result.year
        return sorted(np.flatnonzero(year.is_ranked).tolist(), key=lambda s: int(year.place[s]))

    def team(self, person: int, month: int = -1) -> str:
        """The team's id, "" without one."""
        team = int(self.problem.team_idx[month, person])
        return self.problem.team_ids[team] if team >= 0 else ""


def grade_word(code: int, lang: Lang) -> str:
    """A grade by its position in GRADES; a dash for none."""
    return GRADE_WORDS[GRADES[code]].in_(lang) if code >= 0 else DASH


def number(value: float | None, digits: int = 2, *, signed: bool = False) -> str:
    """A number with so many decimals, a true minus sign, a dash for None and for what is not a number."""
    if value is None or not np.isfinite(value):
        return DASH
    text = f"{abs(value):,.{digits}f}"
    is_nothing = not text.strip("0.,")
    sign = MINUS if value < 0 and not is_nothing else "+" if signed and not is_nothing else ""
    return sign + text


def share(value: float) -> str:
    """A share as a percentage, decimals only where there are some."""
    return f"{100 * value:.1f}".rstrip("0").rstrip(".") + " %"
