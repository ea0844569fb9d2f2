"""policy: a year of account managers under incentive, assessment, career and mentoring rules."""

from territory.policy._world.draws import Draws
from territory.policy.behaviour import Behaviour
from territory.policy.kpi import measures
from territory.policy.model import PolicyProblem
from territory.policy.result import YearResult
from territory.policy.simulate import simulate

__all__ = ["Behaviour", "Draws", "PolicyProblem", "YearResult", "measures", "simulate"]
