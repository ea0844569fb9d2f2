"""Check: does an assessment follow from its inputs? Recomputed person by person, from problem and policy alone.

Every rule takes what it rests on as the result says it and recomputes the next step, so that one fault is one
violation. Nothing of `policy.scoring`, `ladder_rules` or `pairing_rules` is used here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from territory.desk import check_month, check_pairs, check_year
from territory.desk.found import Found
from territory.desk.model import DeskProblem
from territory.desk.result import DeskResult
from territory.verify import CheckReport, Violation

Rule = Callable[[DeskProblem, DeskResult], Iterator[Found]]

RULES: dict[str, Rule] = check_month.RULES | check_year.RULES | check_pairs.RULES


def check(problem: DeskProblem, result: DeskResult) -> CheckReport:
    """Every rule of `RULES` that the result breaks, with subject, amount and unit."""
    violations = [
        Violation(rule=name, subject=found.subject, amount=found.amount, unit=found.unit)
        for name, rule in RULES.items()
        for found in rule(problem, result)
    ]
    return CheckReport(violations=tuple(violations), terms=())
