"""Scenario: the business case, read and checked, with everything the three jobs need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import scipy.sparse as sp

from territory.domain.calendar import Calendar
from territory.domain.flow import Flow
from territory.domain.outlets import Outlets
from territory.domain.policy_rules import PolicyRules, YearRules
from territory.domain.reps import Reps, Teams
from territory.domain.rules import EffortRules, LabRules, SplitRules, VisitRules
from territory.domain.sheet_rules import SheetLinks, SheetRules
from territory.domain.targets import OutletFacts, Target
from territory.domain.travel import Travel
from territory.units import FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Scenario:
    """
    One business case.

    Attributes
    ----------
    adjacency
        Neighbouring market areas as a symmetric CSR matrix over `outlets.area.names`, or None: the split
        then builds neighbourhood from the outlets' points.
    affinity
        How closely each outlet is bound to each rep, 0 to 1, CSR, shape (num_outlets, num_reps); pairs that are not
        given count as 0. None: the scenario has no table of affinities.
    barriers
        Polylines that neighbourhood may not cross: arrays of shape (num_points, 2), degrees [lat, lon].
    year
        The world every policy meets.
    lab
        How surely policies are told apart.
    policies
        By name; the first is the baseline that others are compared with.
    targets
        The reps' targets of the months; empty: the sheets' goals come from sales and visits.
    outlet_facts
        What changes about outlets from week to week; None: nothing is known.
    sheet_rules, sheet_links
        Which tasks the weekly sheets pick and in which words; where their links lead.
    input_hashes
        Content hash per input file, for the run card.
    time_zone
        IANA name of the zone that the clock times of days are in.
    """

    name: str
    currency: str
    seed: int
    outlets: Outlets
    reps: Reps
    teams: Teams
    flow: Flow
    travel: Travel
    calendar: Calendar
    split: SplitRules
    visits: VisitRules
    policies: Mapping[str, PolicyRules]
    effort: EffortRules
    year: YearRules = field(default_factory=YearRules)
    lab: LabRules = field(default_factory=LabRules)
    adjacency: sp.csr_matrix | None = None
    affinity: sp.csr_matrix | None = None
    barriers: tuple[FloatArray, ...] = ()
    targets: tuple[Target, ...] = ()
    outlet_facts: OutletFacts | None = None
    sheet_rules: SheetRules = field(default_factory=SheetRules)
    sheet_links: SheetLinks = field(default_factory=SheetLinks)
    input_hashes: Mapping[str, str] = field(default_factory=dict)
    time_zone: str = "Asia/Shanghai"

    def __post_init__(self) -> None:
        places = len(self.outlets.area.names) if self.flow.level == "area" else len(self.outlets)
        if self.flow.num_places != places:
            raise ValueError(f"flow has {self.flow.num_places} places, the scenario {places}")
        if self.adjacency is not None and self.adjacency.shape[0] != len(self.outlets.area.names):
            raise ValueError("adjacency is over market areas")
        if len(self.outlets) and int(np.max(self.outlets.rep_idx)) >= len(self.reps):
            raise ValueError("an outlet names a rep that is not there")
        if len(self.reps) and int(np.max(self.reps.seed_outlet_idx)) >= len(self.outlets):
            raise ValueError("a rep's seed point is an outlet that is not there")
        if self.affinity is not None and self.affinity.shape != (len(self.outlets), len(self.reps)):
            raise ValueError("affinity is (num_outlets, num_reps)")
        if self.outlet_facts is not None and len(self.outlet_facts) != len(self.outlets):
            raise ValueError("outlet facts are columns over all outlets")

    def with_split(self, rules: SplitRules) -> Scenario:
        """The same case under other split rules."""
        return replace(self, split=rules)
