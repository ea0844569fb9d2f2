"""`[source]` of a scenario: which tables are prepared, and by which settings. Unknown keys are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from territory.domain.rules import NotNegative, Positive, Rules, Share
from territory.errors import ScenarioError
from territory.io.issues import IssueLog
from territory.io.scenario_file import FILE
from territory.io.setting_errors import log_setting_error, row_of_key
from territory.language import Text

Count = Annotated[int, Field(ge=1)]


class StaffedSource(Rules):
    """What every kind of source needs: a seed, reps, and how full their days are."""

    seed: int = Field(default=1, description="root of every draw of the preparation")
    num_reps: Count
    num_teams: Count
    target_load: Annotated[float, Field(gt=0.0, lt=1.0)] = Field(
        default=0.76, description="workload / capacity; the modelled service minutes are scaled to reach it"
    )
    capacity_min: Positive = Field(9600.0, description="minutes of work per rep and four-week cycle")

    @model_validator(mode="after")
    def _teams_have_reps(self) -> Self:
        if self.num_teams > self.num_reps:
            raise ValueError(f"num_teams = {self.num_teams} is more than num_reps = {self.num_reps}")
        return self


class GeneratedSource(StaffedSource):
    """A region made from a seed."""

    kind: Literal["generated"]
    center_lat: Annotated[float, Field(ge=-70, le=70)]
    center_lon: Annotated[float, Field(ge=-180, le=180)]
    width_km: Positive
    height_km: Positive
    num_outlets: Annotated[int, Field(ge=50)]
    num_towns: Annotated[int, Field(ge=2)] = Field(description="townships; the largest are cut into street districts")
    borders: Literal["around_towns", "through_towns"] = Field(
        default="around_towns",
        description="administrative borders run between the towns, or (roads, rivers) through the middle of them",
    )
    num_areas: Annotated[int, Field(ge=2)] = Field(description="market areas")
    pooled_teams: Annotated[int, Field(ge=0)] = 0
    pooled_team_reps: Annotated[int, Field(ge=2)] = 6
    mean_sales_per_week: Positive = Field(6000.0, description="currency per outlet and week")
    flow_decay_per_km: NotNegative = 0.08
    flow_noise_sd: NotNegative = Field(0.5, description="sd of log flow around the Huff model")
    flow_reach_km: Positive = 40.0
    flow_partners: Count = Field(150, description="strongest destinations kept per market area")
    duplicate_share: Share = Field(0.05, description="outlets that share an exact point with another")
    turnover_share: Share = Field(0.10, description="outlets closing, and opening, within a year")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.num_areas * 4 > self.num_outlets:
            raise ValueError(f"num_areas = {self.num_areas} leaves fewer than 4 outlets per market area")
        if self.num_towns * 10 > self.num_outlets:
            raise ValueError(f"num_towns = {self.num_towns} leaves fewer than 10 outlets per town")
        pooled_reps = self.pooled_teams * self.pooled_team_reps
        other_teams = self.num_teams - self.pooled_teams
        if self.pooled_teams and (other_teams < 1 or self.num_reps - pooled_reps < other_teams):
            raise ValueError("pooled_teams x pooled_team_reps leaves too few reps or teams for the rest")
        return self


class IowaSource(StaffedSource):
    """The public Iowa liquor wholesale data."""

    kind: Literal["iowa_liquor"]
    flows: Literal["short", "wide"] = Field("short", description="shopping trips of 12 km on average, or of 33 km")


class PaTobaccoSource(StaffedSource):
    """Pennsylvania tobacco licences."""

    kind: Literal["pa_tobacco"]
    mean_sales_per_week: Positive = Field(4000.0, description="currency per outlet and week (modelled)")
    flow_decay_per_km: NotNegative = 0.08
    flow_reach_km: Positive = 60.0
    flow_partners: Count = 150


Source = GeneratedSource | IowaSource | PaTobaccoSource
_MODELS: Mapping[str, type[GeneratedSource] | type[IowaSource] | type[PaTobaccoSource]] = {
    "generated": GeneratedSource,
    "iowa_liquor": IowaSource,
    "pa_tobacco": PaTobaccoSource,
}


def parse_source(section: Mapping[str, object], *, text: str) -> Source:
    """
    The settings of `[source]`.

    Parameters
    ----------
    text
        The whole of `scenario.toml`, to tell the line of each mistake.

    Raises
    ------
    ScenarioError
        With every unknown key (and the nearest known one), missing setting and value out of range.
    """
    log = IssueLog()
    kind = section.get("kind")
    model = _MODELS.get(str(kind))
    if model is None:
        known = ", ".join(f'"{name}"' for name in _MODELS)
        path = ("source", "kind")
        if kind is None:
            log.add(
                "missing_key",
                file=FILE,
                row=row_of_key(text, path[:1]),
                column="source.kind",
                example=f"kind = {known}",
            )
        else:
            reason, wanted = (
                Text("there is no such kind of source", "没有这种数据来源"),
                Text(f"one of {known}", f"{known} 之一"),
            )
            row = row_of_key(text, path)
            log.add(
                "wrong_value", file=FILE, row=row, column="source.kind", value=str(kind), reason=reason, wanted=wanted
            )
        raise ScenarioError(log.issues())
    try:
        return model.model_validate(dict(section), strict=True)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            detail["loc"] = ("source", *detail["loc"])
            log_setting_error(detail, known={("source",): list(model.model_fields)}, text=text, file=FILE, log=log)
        raise ScenarioError(log.issues()) from None
