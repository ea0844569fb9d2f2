"""Sheets in every form they are handed out in: on paper, as a workbook, as a page, as a plain table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.errors import ConfigError, ConflictError
from territory.io.sheet_forms import read_sheets
from territory.language import Text
from territory.report.sheet_layout import SheetLang
from territory.report.sheet_pdf import file_names, safe_name, write_week
from territory.sheet import SheetContent
from territory.standing import digest

_MOST_NAMED = 5


class SheetFormat(StrEnum):
    """What a sheet can be handed out as; the value is the file's ending."""

    PDF = "pdf"
    XLSX = "xlsx"
    HTML = "html"
    CSV = "csv"


@dataclass(frozen=True, kw_only=True)
class SheetJob:
    """One file to write: some sheets, or one rep's."""

    contents: tuple[SheetContent, ...]
    path: Path
    lang: SheetLang
    format: SheetFormat = SheetFormat.PDF


def formats_named(words: Sequence[str]) -> tuple[SheetFormat, ...]:
    """
    Formats out of words such as ``pdf,xlsx``, each once, in the order given.

    Raises
    ------
    ConfigError
        When a word is no format, or there is none.
    """
    names = [name.strip().lower() for word in words for name in word.replace("，", ",").split(",") if name.strip()]
    known = [one.value for one in SheetFormat]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        given = ", ".join(unknown) or "''"
        raise ConfigError(
            Text(
                f"there is no sheet format {given}; known: {', '.join(known)}",
                f"没有表格格式 {given};可选:{', '.join(known)}",
            )
        )
    return tuple(dict.fromkeys(SheetFormat(name) for name in names))


def plan_id_of(scenario: Scenario, plan: VisitPlan) -> str:
    """Short hash of who visits what on which day in which order, as printed on sheets; clock times do not count."""
    reps, outlets, calendar = scenario.reps.rep_ids, scenario.outlets.outlet_ids, scenario.calendar
    rows = [
        f"{reps[rep]}\t{calendar.date_of(day).isoformat()}\t{outlets[idx]}"
        for rep, day, idx in zip(plan.rep_idx.tolist(), plan.day.tolist(), plan.outlet_idx.tolist(), strict=True)
    ]
    return digest("\n".join(rows).encode())[:12]


def sheet_jobs(
    scenario: Scenario,
    contents: Sequence[SheetContent],
    reps: Sequence[int],
    folder: Path,
    *,
    is_apart: bool,
    lang: SheetLang,
    formats: Sequence[SheetFormat],
) -> list[SheetJob]:
    """
    The files of one week.

    A PDF per team; a workbook and a table with all reps; and where `is_apart`, each rep's own file in a folder of
    the week. Pages are always one per rep, since each keeps what is typed into it.

    Parameters
    ----------
    reps
        Positions of the reps whose sheets `contents` are, in the same order.
    """
    week = contents[0].iso_week if contents else ""
    names = file_names(contents)
    jobs: list[SheetJob] = []
    for form in formats:
        if form is SheetFormat.PDF:
            by_team: dict[int, list[SheetContent]] = {}
            for rep, content in zip(reps, contents, strict=True):
                by_team.setdefault(int(scenario.reps.team_idx[rep]), []).append(content)
            for team, some in sorted(by_team.items()):
                title = f"{week}_{scenario.teams.team_ids[team]}" if team >= 0 else f"{week}_no_team"
                jobs.append(SheetJob(contents=tuple(some), path=folder / f"{safe_name(title)}.pdf", lang=lang))
        elif form is not SheetFormat.HTML and len(contents) > 1:
            path = folder / f"{week}_all.{form.value}"
            jobs.append(SheetJob(contents=tuple(contents), path=path, lang=lang, format=form))
        if is_apart or form is SheetFormat.HTML:
            jobs += [
                SheetJob(contents=(content,), path=folder / week / f"{name}.{form.value}", lang=lang, format=form)
                for name, content in zip(names, contents, strict=True)
            ]
    return jobs


def refuse_to_overwrite_entries(jobs: Sequence[SheetJob]) -> None:
    """
    Stop before a form that somebody has filled in, right where it was made, is replaced by an empty one.

    A file that cannot be read as an empty form counts as filled in.

    Raises
    ------
    ConflictError
        Naming all such files.
    """
    there = [job.path for job in jobs if job.format in (SheetFormat.XLSX, SheetFormat.CSV) and job.path.exists()]
    filled = [path for path in there if not _is_blank(path)]
    if filled:
        names = ", ".join(str(path) for path in filled[:_MOST_NAMED]) + (", ..." if len(filled) > _MOST_NAMED else "")
        raise ConflictError(
            Text(
                f"forms that are filled in already, or cannot be read, would be overwritten ({len(filled)}): {names}. "
                "Record them and move them away, or name another folder with --out.",
                f"以下 {len(filled)} 份表格已填写或无法读取,覆盖会丢失内容:{names}。"
                "请先登记并移走,或用 --out 指定其他文件夹。",
            )
        )


def _is_blank(path: Path) -> bool:
    found = read_sheets([path])
    return not found.records and all(issue.code == "sheet_empty" for issue in found.issues)


def write_sheet_file(job: SheetJob) -> Path:
    """Write one file; a worker process can do it."""
    if job.format is SheetFormat.XLSX:
        from territory.report.sheet_workbook import write_workbook

        return write_workbook(job.contents, job.path, lang=job.lang)
    if job.format is SheetFormat.HTML:
        from territory.report.sheet_page import write_sheet_page

        (content,) = job.contents
        return write_sheet_page(content, job.path, lang=job.lang)
    if job.format is SheetFormat.CSV:
        from territory.io.sheet_csv import write_sheet_csv

        return write_sheet_csv(job.contents, job.path, lang=job.lang)
    return write_week(job.contents, job.path, lang=job.lang)
