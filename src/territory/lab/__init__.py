"""lab: experiments over policy runs."""

from territory.lab.best import Best, BestEntry
from territory.lab.compare import HalfWidthStop, compare, compare_arms
from territory.lab.estimates import Estimate
from territory.lab.groups import GroupEffects, GroupRow
from territory.lab.money import MoneyEffect, Payback
from territory.lab.race import keep_the_best
from territory.lab.replicate import Arm, Experiment
from territory.lab.result import Comparison, MeasureRow, PolicyEstimate, Precision
from territory.lab.selection import Selection, select_best
from territory.lab.sensitivity import Parameter, Sensitivity, sensitivity
from territory.lab.series import Band, SeriesBands, monthly
from territory.lab.stopping import StoppedRun, StoppingRule, run_until
from territory.lab.trials import TrialEffect, TrialRow
from territory.lab.variance import VarianceReduction, variance_reduction

__all__ = [
    "Arm",
    "Band",
    "Best",
    "BestEntry",
    "Comparison",
    "Estimate",
    "Experiment",
    "GroupEffects",
    "GroupRow",
    "HalfWidthStop",
    "MeasureRow",
    "MoneyEffect",
    "Parameter",
    "Payback",
    "PolicyEstimate",
    "Precision",
    "Selection",
    "Sensitivity",
    "SeriesBands",
    "StoppedRun",
    "StoppingRule",
    "TrialEffect",
    "TrialRow",
    "VarianceReduction",
    "compare",
    "compare_arms",
    "keep_the_best",
    "monthly",
    "run_until",
    "select_best",
    "sensitivity",
    "variance_reduction",
]
