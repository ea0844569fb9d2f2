"""The statistics a study file can name."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.quality.evidence_changes import (
    ChangeOfSpread,
    DifferenceOfChanges,
    Elasticity,
    LearntFromPeersToOwnPractice,
    LeastStepOfGains,
    PeerElasticity,
    PeriodAgainstMiddle,
    RatioOfChanges,
    RelativeChange,
)
from benchmarks.quality.evidence_desk import GainOfBestCalls, ResponseFitError
from benchmarks.quality.evidence_levels import (
    GroupAgainstGroup,
    Growth,
    HalfLife,
    RampDistance,
    RatioOfGrowths,
    ShareOf,
)
from benchmarks.quality.evidence_statistic import Statistic

STATISTICS: Mapping[str, type[Statistic]] = {
    "relative_change": RelativeChange,
    "change_of_spread": ChangeOfSpread,
    "difference_of_changes": DifferenceOfChanges,
    "ratio_of_changes": RatioOfChanges,
    "period_against_middle": PeriodAgainstMiddle,
    "growth": Growth,
    "ratio_of_growths": RatioOfGrowths,
    "group_against_group": GroupAgainstGroup,
    "least_step_of_gains": LeastStepOfGains,
    "peer_elasticity": PeerElasticity,
    "peers_to_own_practice": LearntFromPeersToOwnPractice,
    "elasticity": Elasticity,
    "share_of": ShareOf,
    "half_life": HalfLife,
    "ramp_distance": RampDistance,
    "response_fit_error": ResponseFitError,
    "gain_of_best_calls": GainOfBestCalls,
}
