"""The valid town, read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from territory.domain.scenario import Scenario
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.io import read_scenario
from tests.io.town_folder import town


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    """Six outlets (001 to 006), reps R1 and R2, cycle from 2026-11-30."""
    return read_scenario(town().write(tmp_path / "town"))


@pytest.fixture
def plan() -> VisitPlan:
    """R1 on the first Monday (two stops, lunch between) and R2 on the last Friday; three visits without a place."""
    return VisitPlan(
        rep_idx=np.array([0, 0, 1]),
        day=np.array([0, 0, 25]),
        outlet_idx=np.array([2, 0, 5]),
        drive_s=np.array([601, 59, 1]),
        start_s=np.array([9 * 3600 + 1, 13 * 3600, 8 * 3600 + 3599]),
        service_s=np.array([990, 991, 3661]),
        route_rep_idx=np.array([0, 1]),
        route_day=np.array([0, 25]),
        leave_s=np.array([8 * 3600 + 1800, 8 * 3600]),
        return_drive_s=np.array([777, 0]),
        return_s=np.array([14 * 3600, 10 * 3600]),
        lunch_s=np.array([11 * 3600 + 1800, -1]),
        unplaced_outlet_idx=np.array([4, 3]),
        unplaced_visits=np.array([2, 1]),
        unplaced_reason=(UnplacedReason.NO_TIME, UnplacedReason.SKILL),
    )
