"""`territory export`: a plan as files of other programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common
from territory.cli.robustness import Result, ScenarioFolder

if TYPE_CHECKING:
    from territory.io.export import Counts
    from territory.language import Lang
    from territory.pipeline.exporting import Exported


class Events(StrEnum):
    """What one event of a calendar is."""

    VISIT = "visit"
    DAY = "day"


def export(
    result: Result,
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            help="xlsx, csv, json, geojson, kml, gpx, ics, pdf or all; several with commas. "
            "格式,多个用逗号分隔;all 为全部。",
        ),
    ] = None,
    scenario: ScenarioFolder = None,
    rep: Annotated[
        list[str] | None, typer.Option("--rep", help="Only this rep; may be repeated. 只含该客户经理;可重复。")
    ] = None,
    week: Annotated[
        str | None,
        typer.Option(
            "--week",
            help="1 to 4, or an ISO week such as 2026-W49 (default: all four). 第 1 至 4 周,或 ISO 周次(默认全部)。",
        ),
    ] = None,
    events: Annotated[
        Events,
        typer.Option(
            "--events", help="ics: an event for each visit, or one for each day. 日历:每次拜访一项,或每天一项。"
        ),
    ] = Events.VISIT,
    time_zone: Annotated[
        str | None,
        typer.Option(
            "--time-zone", help="ics, gpx, kml: IANA name (default: the scenario's). 时区名称(默认取场景的)。"
        ),
    ] = None,
    data: common.Data = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Folder for the files (default: RESULT_FOLDER/export). 文件写到哪里(默认 RESULT_FOLDER/export)。",
        ),
    ] = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Write the plan of RESULT_FOLDER as Excel, CSV, JSON, GeoJSON, KML, GPX, calendars (ICS) or PDF route lists.

    `territory import` reads xlsx, csv, json and geojson back; calendars exported into the same folder again
    update the same events.

    把 RESULT_FOLDER 的方案导出为 Excel、CSV、JSON、GeoJSON、KML、GPX、日历(ICS)或 PDF 路线单。territory import 可读回
    xlsx、csv、json、geojson;再次导出到同一文件夹的日历会更新原有日程。
    """
    from territory.pipeline.exporting import ExportSettings, content_of, export_plan, formats_named
    from territory.pipeline.job import claim
    from territory.pipeline.visit_answers import ground_of

    target = out if out is not None else result / "export"
    with common.session(lang, quiet=quiet or as_json) as here:
        settings = ExportSettings(
            formats=formats_named(to or ["xlsx"]),
            reps=tuple(rep) if rep else None,
            week=week,
            events=events.value,
            time_zone=time_zone,
            lang=lang.lang,
        )
        ground = ground_of(result, scenario=scenario, data=data, progress=here.progress)
        content = content_of(ground, result, settings)
        claim(target)
        found = export_plan(content, settings, target, progress=here.progress)
    if as_json:
        common.print_json(as_values(found, target))
    elif not quiet:
        for line in page(found, target, lang.lang):
            typer.echo(line)


def as_values(found: Exported, target: Path) -> dict[str, object]:
    """The answer as plain values."""
    counts = found.calendar
    return {
        "files": {name: [str(path) for path in paths] for name, paths in found.files.items()},
        "calendar": None
        if counts is None
        else {
            "new": counts.new,
            "changed": counts.changed,
            "cancelled": counts.cancelled,
            "unchanged": counts.unchanged,
        },
        "out": str(target),
    }


def page(found: Exported, target: Path, lang: Lang) -> list[str]:
    """What was written, format by format."""
    lines: list[str] = []
    for name, paths in found.files.items():
        where = paths[0] if len(paths) == 1 else target / name
        files = f"{len(paths)} 个文件" if lang == "zh" else common.counted(len(paths), "file")
        lines.append(f"  {name:<8}{files:<10}  {where}")
        if name == "ics" and found.calendar is not None:
            lines.append(f"{'':<18}{_events(found.calendar, lang)}")
    return lines


def _events(counts: Counts, lang: Lang) -> str:
    """What happens to the events that people have."""
    if lang == "zh":
        return f"日程:新增 {counts.new},更新 {counts.changed},取消 {counts.cancelled},不变 {counts.unchanged}"
    changes = f"{counts.new:,} new, {counts.changed:,} changed, {counts.cancelled:,} cancelled"
    return f"events: {changes}, {counts.unchanged:,} unchanged"
