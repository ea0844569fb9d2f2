"""Publishing calendars into a folder: what a killed run leaves behind, and reps who are gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from territory.domain.visit_plan import VisitPlan
from territory.errors import ConfigError
from territory.io.export import PlanContent
from territory.pipeline import exporting
from territory.pipeline.exporting import FORMATS, ExportSettings, export_plan, formats_named, rep_files
from tests.io.export.calendar_reader import read_calendar
from tests.io.export.random_plans import worst_case
from tests.towns import line_of_shops, some_reps

ICS = ExportSettings(formats=("ics",))


def calendars(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "ics").iterdir())}


def later(content: PlanContent, seconds: int) -> PlanContent:
    return replace(content, plan=replace(content.plan, start_s=content.plan.start_s + seconds))


def test_a_publication_that_was_killed_is_finished_by_the_next_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = worst_case().content()
    export_plan(content, ICS, tmp_path / "killed")
    export_plan(content, ICS, tmp_path / "whole")
    with monkeypatch.context() as broken:
        broken.setattr(exporting, "write_ics", _killed)
        with pytest.raises(KeyboardInterrupt):
            export_plan(later(content, 600), ICS, tmp_path / "killed")
    export_plan(later(content, 600), ICS, tmp_path / "killed")
    export_plan(later(content, 600), ICS, tmp_path / "whole")
    assert calendars(tmp_path / "killed") == calendars(tmp_path / "whole")


def test_a_plan_that_changes_after_a_kill_never_uses_a_sequence_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = worst_case().content()
    export_plan(content, ICS, tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(exporting, "write_ics", _killed)
        with pytest.raises(KeyboardInterrupt):
            export_plan(later(content, 600), ICS, tmp_path)
    export_plan(later(content, 1200), ICS, tmp_path)
    found = [read_calendar(path.read_bytes()) for path in (tmp_path / "ics").glob("*.ics")]
    assert {event.value("SEQUENCE") for calendar in found for event in calendar.all("VEVENT")} == {"2"}


def _killed(*_: object, **__: object) -> Path:
    raise KeyboardInterrupt


def test_the_events_of_a_rep_who_is_gone_are_cancelled(tmp_path: Path) -> None:
    scenario, stops = line_of_shops(4, 2), np.array([0, 0, 1])
    plan = VisitPlan(
        rep_idx=stops,
        day=np.array([0, 1, 0]),
        outlet_idx=np.array([0, 1, 2]),
        drive_s=stops,
        start_s=stops + 32400,
        service_s=stops + 900,
        route_rep_idx=stops,
        route_day=np.array([0, 1, 0]),
        leave_s=stops + 30000,
        return_drive_s=stops,
        return_s=stops + 36000,
        lunch_s=stops - 1,
        unplaced_outlet_idx=stops[:0],
        unplaced_visits=stops[:0],
        unplaced_reason=(),
    )
    content = PlanContent(scenario=scenario, assignment=worst_case().assignment, plan=plan)
    export_plan(content, ICS, tmp_path)
    fewer = replace(
        scenario, reps=some_reps([30.0], [100.0]), outlets=replace(scenario.outlets, rep_idx=stops[:1].repeat(4))
    )
    left = replace(plan, **{name: getattr(plan, name)[:2] for name in _COLUMNS})
    found = export_plan(replace(content, scenario=fewer, plan=left), ICS, tmp_path)
    assert found.calendar is not None
    assert (found.calendar.cancelled, found.calendar.unchanged, found.calendar.changed) == (1, 2, 0)
    gone = read_calendar((tmp_path / "ics" / "R1_2026-11-30.ics").read_bytes())
    assert [event.value("STATUS") for event in gone.all("VEVENT")] == ["CANCELLED"]


_COLUMNS = (
    *("rep_idx", "day", "outlet_idx", "drive_s", "start_s", "service_s"),
    *("route_rep_idx", "route_day", "leave_s", "return_drive_s", "return_s", "lunch_s"),
)


def test_formats_are_read_as_people_write_them() -> None:
    assert formats_named(["ICS, xlsx", "csv，pdf"]) == ("xlsx", "csv", "ics", "pdf")
    assert formats_named(["all"]) == FORMATS
    with pytest.raises(ConfigError, match="Did you mean geojson"):
        formats_named(["geojsn"])


def test_two_reps_never_share_a_file() -> None:
    names = rep_files(("r/1", "r?1", "R:1", "r-1"))
    assert len({name.casefold() for name in names}) == 4
