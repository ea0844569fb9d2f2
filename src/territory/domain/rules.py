"""The business rules of a scenario: sections of `scenario.toml`, validated by pydantic.

Parameters describe the business, with their unit in the key. Tuning lives in `[effort]` and may be absent.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
NotNegative = Annotated[float, Field(ge=0.0)]
Count = Annotated[int, Field(ge=1)]


class Rules(BaseModel):
    """Base of every section: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SplitRules(Rules):
    """`[split]`: what a good set of territories is."""

    workload_tolerance: Share = Field(default=0.10, description="workload may differ from a rep's target by this share")
    potential_tolerance: NotNegative | Literal["unlimited"] = Field(
        default=0.35, description='the same for sales; may exceed 1; "unlimited": potential is reported, not a rule'
    )
    count_tolerance: NotNegative | Literal["unlimited"] = Field(
        default="unlimited",
        description='the same for the number of outlets; "unlimited": the number is neither a rule nor reported',
    )
    max_area_share: Positive = Field(
        default=0.5, description="an area heavier than this share of a mean territory is cut on the map first"
    )
    max_moved_share: Share = Field(
        default=1.0, description="hard cap: share of sales that may change rep (a team's pooled outlets count per team)"
    )
    price_moved: NotNegative = Field(
        default=0.05, description="points of flow share that moving 1 point of sales share is worth"
    )
    price_travel: NotNegative = Field(
        default=0.05, description="points of flow share that 1 % more home-to-outlet travel (against today's) is worth"
    )
    price_compactness: NotNegative = Field(
        default=0.0,
        description="points of flow share that 1 % of the inertia scale is worth: workload x km² to a central outlet",
    )
    price_affinity: NotNegative = Field(
        default=0.0, description="points of flow share that losing 1 point of affinity, weighted by sales, is worth"
    )
    homes: Literal["fixed", "free"] = Field(
        default="fixed", description="free: the reps' homes do not count, price_travel is not applied"
    )
    levels: Literal["one", "two"] = Field(
        default="one", description="two: team territories first, then the reps' territories inside each team"
    )
    territories: Count | Annotated[list[Count], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="number of territories, or a range [20, 26]; absent: one per rep (or pooled team)"
    )
    price_territory: NotNegative = Field(
        default=0.0, description="points that one territory more costs when `territories` is a range"
    )
    basic_unit: Literal["auto", "area", "outlet"] = Field(
        default="auto", description="auto: the market area where flows are between areas, else the outlet"
    )


class VisitRules(Rules):
    """`[visits]`: what a legal plan is."""

    start: dt.date = Field(default=dt.date(2026, 11, 30), description="Monday the four-week cycle starts on")
    holidays: tuple[dt.date, ...] = Field(default=(), description="dates on which nobody works")
    access_min: NotNegative = Field(default=1.5, description="minutes to park and walk in, per stop")
    lunch_min: NotNegative = Field(default=60.0, description="minutes of lunch; 0 for none")
    lunch_from: str = Field(default="11:30", description="lunch starts at or after")
    lunch_until: str = Field(default="13:30", description="lunch starts at or before")
    first_drive_paid: bool = Field(default=True, description="the drives from and to home are inside the shift")
    min_gap_days: Annotated[int, Field(ge=0, le=3)] = Field(
        default=2, description="outlets visited twice a week: at least this many days between two visits"
    )
    same_weekday: bool = Field(
        default=True, description="weekly and rarer visits keep their weekday; false: or a neighbouring one"
    )
    price_weekday_min: NotNegative = Field(
        default=0.0, description="with `same_weekday = false`: drive minutes that a visit off its weekday is worth"
    )
    price_interval_min: NotNegative = Field(
        default=0.0,
        description="drive minutes that a day is worth by which an interval between visits differs from its ideal",
    )
    interval_tolerance_days: NotNegative = Field(default=1.0, description="days of such a difference that are free")
    keep_seam: bool = Field(
        default=True, description="gaps and intervals also hold from the last visit of a cycle to the next one's first"
    )
    same_rep: bool = Field(
        default=True, description="all visits of an outlet by one rep; false: by any of a pooled team"
    )
    price_other_rep: NotNegative = Field(
        default=0.0,
        description="drive minutes that a visit by another rep of the pooled team than the assigned is worth",
    )
    missing: Literal["priority", "value"] = Field(
        default="priority",
        description="what a missing visit costs: by priority, or by sales, priority and days since the last visit",
    )
    plan_quantile: Annotated[float, Field(gt=0.0, lt=1.0)] | None = Field(
        default=None, description="plan every visit and drive as long as it is at most with this probability"
    )
    service_cv: NotNegative = Field(
        default=0.35, description="spread of a visit's minutes: standard deviation divided by mean"
    )
    drive_cv: NotNegative = Field(default=0.20, description="the same of a drive's minutes")
    traffic_cv: NotNegative = Field(default=0.10, description="the same of a day's traffic, which all drives share")
    price_balance: NotNegative = Field(
        default=0.1, description="drive minutes that one minute of day load above the mean is worth"
    )


class TravelRules(Rules):
    """`[travel]`: how minutes are computed when no table is given."""

    town_km: NotNegative = Field(default=5.0, description="great-circle km at town pace; the rest of a leg is rural")
    town_circuity: Positive = Field(default=1.40, description="road km per great-circle km in town")
    rural_circuity: Positive = Field(default=1.20, description="the same in the country")
    town_kmh: Positive = Field(default=43.0, description="pace in town")
    rural_kmh: Positive = Field(default=50.0, description="pace in the country")


class DefaultRules(Rules):
    """`[defaults]`: what an empty cell or a missing column means."""

    service_min: Positive = Field(default=15.0, description="minutes of one visit")
    visits_per_cycle_by_tier: dict[str, int] = Field(
        default_factory=lambda: {"A": 4, "B": 2, "C": 1}, description="visits in four weeks by tier"
    )
    visits_per_cycle: Annotated[int, Field(ge=0)] = Field(
        default=2, description="visits in four weeks of a tier that is not named above, or of no tier"
    )
    open: str = Field(
        default="Mon-Sun 08:00-20:00", description="opening windows, e.g. 'Mon-Fri 08:00-12:00 14:00-18:00'"
    )
    shift: str = Field(default="08:30-17:30", description="working hours of reps, lunch included")
    days: str = Field(default="Mon-Fri", description="working days of reps")
    priority: Annotated[float, Field(ge=0, le=100)] = Field(default=50.0, description="worth of a visit, 0 to 100")


class EffortRules(Rules):
    """`[effort]`: tuning; may be absent. Iterations repeat exactly on every machine."""

    split_iterations: Annotated[int, Field(ge=0)] = Field(
        default=60_000_000, description="moves tried by the split over all its starts"
    )
    visit_iterations: Annotated[int, Field(ge=0)] = Field(
        default=165_000, description="ruin-and-recreate rounds per rep"
    )


class LabRules(Rules):
    """`[lab]`: how surely policies are told apart."""

    replications: Annotated[int, Field(ge=2)] = Field(
        default=20, description="simulated years per policy, at most; 10 at least for a verdict"
    )
    half_width_share: NotNegative = Field(
        default=0.0,
        description="stop earlier, once all policies' true sales are told from the first one's to this share; 0: never",
    )
