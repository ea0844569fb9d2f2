"""A plan out of a run's folder into the files of other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from territory import __version__
from territory.errors import ConfigError
from territory.io.export import (
    Counts,
    EventKind,
    PlanContent,
    publish,
    read_ledger,
    wanted_events,
    write_csv,
    write_geojson,
    write_gpx,
    write_ics,
    write_json,
    write_kml,
    write_ledger,
    write_xlsx,
)
from territory.io.export.as_gpx import gpx_library
from territory.io.export.as_ics import ical_library
from territory.io.export.published import Event, Wanted
from territory.io.zones import is_zone
from territory.language import Lang, Text
from territory.pipeline.checking import reps_named, weeks_named
from territory.pipeline.itineraries import itineraries_of
from territory.pipeline.job import RUN_FILE
from territory.pipeline.names import nearest
from territory.pipeline.visit_answers import Ground
from territory.progress import SILENT, Progress
from territory.report.itinerary_pdf import write_itineraries
from territory.report.sheet_pdf import safe_name
from territory.units import DAYS_PER_WEEK
from territory.visits.why_closed import why_closed

FORMATS = ("xlsx", "csv", "json", "geojson", "kml", "gpx", "ics", "pdf")


@dataclass(frozen=True, kw_only=True)
class ExportSettings:
    """
    What to export.

    Attributes
    ----------
    formats
        Some of `FORMATS`.
    reps, week
        Ids of reps, and 1 to 4 or an ISO week; None: all.
    events
        Calendars have an event for each visit, or one for each day.
    time_zone
        IANA name; None: the scenario's.
    """

    formats: tuple[str, ...] = ("xlsx",)
    reps: tuple[str, ...] | None = None
    week: str | None = None
    events: EventKind = "visit"
    time_zone: str | None = None
    lang: Lang = "en"


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What was written, and what it did to events that people have in their calendars."""

    files: dict[str, tuple[Path, ...]] = field(default_factory=dict)
    calendar: Counts | None = None


def formats_named(texts: Sequence[str]) -> tuple[str, ...]:
    """
    Formats as people write them: several with commas between, in any case; "all" for every one.

    Raises
    ------
    ConfigError
        When there is no such format.
    """
    names = [name.strip().casefold() for text in texts for name in text.replace("，", ",").split(",") if name.strip()]
    for name in names:
        if name not in FORMATS and name != "all":
            hint = nearest(name, FORMATS)
            known = ", ".join(FORMATS)
            raise ConfigError(
                Text(
                    f"there is no format {name!r}; known: {known}, all. {hint.en}",
                    f"没有格式 {name!r};可选:{known}, all。{hint.zh}",
                )
            )
    return FORMATS if "all" in names else tuple(name for name in FORMATS if name in names)


def content_of(ground: Ground, result: Path, settings: ExportSettings) -> PlanContent:
    """
    The part of a plan that is asked for.

    Raises
    ------
    ConfigError
        When a rep, the week or the time zone is unknown.
    """
    scenario = ground.scenario
    zone = settings.time_zone
    if zone is not None and not is_zone(zone):
        raise ConfigError(
            Text(
                f"there is no time zone {zone!r}; write it as Asia/Shanghai", f"没有时区 {zone!r};请写成 Asia/Shanghai"
            )
        )
    reps = reps_named(scenario, settings.reps)
    return PlanContent(
        scenario=scenario if zone is None else replace(scenario, time_zone=zone),
        assignment=ground.assignment,
        plan=ground.plan,
        lang=settings.lang,
        reps=None if reps is None else tuple(reps),
        weeks=None if settings.week is None else tuple(weeks_named(scenario, settings.week)),
        run_card=_run_card(result),
        why=why_closed(scenario, ground.assignment, ground.plan),
    )


def export_plan(
    content: PlanContent, settings: ExportSettings, target: Path, *, progress: Progress = SILENT
) -> Exported:
    """
    Write the files; each is replaced as a whole, and the same plan gives the same bytes.

    Raises
    ------
    MissingExtraError
        When a library that one of the formats needs is not installed; nothing is written then.
    ConflictError
        When calendars were published into `target` and what they held is no longer known.
    """
    if "gpx" in settings.formats:
        gpx_library()
    if "ics" in settings.formats:
        ical_library()
    files: dict[str, tuple[Path, ...]] = {}
    calendar: Counts | None = None
    progress.started("export", len(settings.formats))
    for done, name in enumerate(settings.formats, start=1):
        if name == "ics":
            published = _calendars(content, settings.events, target / "ics")
            files[name], calendar = published.files[name], published.calendar
        else:
            files[name] = tuple(_WRITERS[name](content, target))
        progress.stepped("export", done, len(settings.formats))
    progress.ended("export", str(target))
    return Exported(files=files, calendar=calendar)


def _gpx(content: PlanContent, target: Path) -> list[Path]:
    names = rep_files(content.scenario.reps.rep_ids)
    chosen = content.chosen_reps
    return [write_gpx(content, rep, target / "gpx" / f"{names[rep]}{_part(content)}.gpx") for rep in chosen]


def _pdf(content: PlanContent, target: Path) -> list[Path]:
    names = rep_files(content.scenario.reps.rep_ids)
    return [
        write_itineraries(
            itineraries_of(content, rep),
            target / "pdf" / f"{names[rep]}{_part(content)}.pdf",
            lang=content.lang,
        )
        for rep in content.chosen_reps
    ]


_WRITERS: dict[str, Callable[[PlanContent, Path], Sequence[Path]]] = {
    "xlsx": lambda content, target: [write_xlsx(content, target / "plan.xlsx")],
    "csv": lambda content, target: write_csv(content, target / "csv"),
    "json": lambda content, target: [write_json(content, target / "plan.json")],
    "geojson": lambda content, target: [write_geojson(content, target / "plan.geojson")],
    "kml": lambda content, target: [write_kml(content, target / "plan.kml")],
    "gpx": _gpx,
    "pdf": _pdf,
}


def _part(content: PlanContent) -> str:
    """What tells a file of one week from that of the whole cycle."""
    if content.weeks is None:
        return ""
    return "".join(f"_{content.scenario.calendar.iso_week(week)}" for week in content.chosen_weeks)


def rep_files(rep_ids: Iterable[str]) -> list[str]:
    """A file name for each rep, without ending, safe for every file system and all different."""
    names: list[str] = []
    taken: set[str] = set()
    for rep_id in rep_ids:
        stem = name = safe_name(rep_id)
        number = 2
        while name.casefold() in taken:  # two ids that differ only in letters a file name cannot hold
            name, number = f"{stem}~{number}", number + 1
        taken.add(name.casefold())
        names.append(name)
    return names


def _calendars(content: PlanContent, kind: EventKind, folder: Path) -> Exported:
    """One calendar per rep, and the ledger of what is published; reps who are gone get their cancellations."""
    scenario = content.scenario
    cycle, first = scenario.calendar.start, scenario.calendar.date_of(0)
    chosen = {scenario.reps.rep_ids[rep] for rep in content.chosen_reps}

    def is_in_scope(event: Wanted) -> bool:
        week = (event.start.date() - first).days // DAYS_PER_WEEK
        by_rep = content.reps is None or event.rep_id in chosen
        return by_rep and (content.weeks is None or week in content.chosen_weeks)

    publication = publish(
        read_ledger(folder, cycle),
        wanted_events(content, kind),
        issuer=scenario.name,
        cycle=cycle,
        is_in_scope=is_in_scope,
    )
    by_rep: dict[str, list[Event]] = {}
    for event in publication.events:
        by_rep.setdefault(event.says.rep_id, []).append(event)
    everyone = (*scenario.reps.rep_ids, *(rep_id for rep_id in sorted(by_rep) if rep_id not in scenario.reps.rep_ids))
    stems = dict(zip(everyone, rep_files(everyone), strict=True))
    people = dict(zip(scenario.reps.rep_ids, scenario.reps.names, strict=True))
    # first: a run that is killed here, and a plan that changes then, must not count the same SEQUENCE twice
    ledger = write_ledger(publication.ledger, folder, cycle)
    written = [
        write_ics(
            events,
            folder / f"{stems[rep_id]}_{cycle.isoformat()}{_part(content)}.ics",
            name=f"{rep_id} {people.get(rep_id, '')}",
            cycle=cycle,
        )
        for rep_id, events in sorted(by_rep.items())
    ]
    return Exported(files={"ics": (*written, ledger)}, calendar=publication.counts)


def _run_card(result: Path) -> dict[str, str]:
    """The version that exports, and how the plan was made, where a finished run says so."""
    found = {"territory": __version__}
    try:
        card = json.loads((result / RUN_FILE).read_text(encoding="utf-8"))
        if card.get("state") != "finished":
            return found
        made = {"run seed": str(card["split"]["run_card"]["seed"])}
        for standing in card["standings"]:
            made[f"run {standing['job']}"] = f"{standing['status']}, objective {standing['objective']:.6g}"
    except (OSError, ValueError, KeyError, TypeError):
        return found
    return found | made
