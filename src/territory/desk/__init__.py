"""desk: the real month's and year's scores under a policy's rules, the arithmetic shown, and pairs for next month.

The rules are those of the simulated year: both call `policy.scoring`, `ladder_rules`, `pairing_rules` and `coverage`.
"""

from territory.desk.check import check
from territory.desk.model import DeskProblem, PairRules, PairStart
from territory.desk.result import DeskResult
from territory.desk.solve import assess

__all__ = ["DeskProblem", "DeskResult", "PairRules", "PairStart", "assess", "check"]
