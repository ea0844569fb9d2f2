"""`territory record`: filled-in sheets come back into the history of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common
from territory.cli.robustness import ScenarioFolder

if TYPE_CHECKING:
    from territory.language import Lang
    from territory.pipeline.recording import Recorded

Result = Annotated[
    Path,
    typer.Argument(metavar="OUT", help="Folder of the run that the sheets were printed from. 打印一张纸的运行文件夹。"),
]
Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILES",
        help="Filled-in sheets: xlsx, exports of the page, CSV, JSON lines, or folders. 填好的表:xlsx、网页导出、CSV、"
        "JSON 行,或文件夹。",
    ),
]
_SHOWN = 40


def record(
    result: Result,
    files: Files,
    scenario: ScenarioFolder = None,
    data: common.Data = None,
    who: common.Who = None,
    why: common.Why = "",
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help="Keep a sheet anew although a later one of its week has replaced it. 重新采用已被替换的旧表。",
        ),
    ] = False,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Keep the filled-in sheets of FILES in the history of OUT: checked, matched with the plan, nothing dropped.

    Good sheets are kept even when others cannot be read; the exit code is then 3. Doing it again changes nothing.

    录入填好的一张纸:检查、与计划对照并存入历史,什么也不丢。
    """
    from territory.errors import ExitCode
    from territory.pipeline.recording import record_files

    with common.session(lang, quiet=quiet or as_json) as here:
        done = record_files(
            result, files, scenario=scenario, data=data, who=who, why=why, again=again, progress=here.progress
        )
    for issue in done.issues:
        if issue.severity == "error" or not quiet:
            typer.echo(issue.line(lang.lang), err=True)
    if as_json:
        common.print_json(content(done))
    elif not quiet:
        for line in page(done, lang.lang):
            typer.echo(line)
    if done.errors:
        raise typer.Exit(int(ExitCode.INVALID_INPUT))


def page(done: Recorded, lang: Lang) -> Iterator[str]:
    """What was kept, sheet by sheet, and what to look at."""
    zh = lang == "zh"
    new, known = done.num_new, len(done.stored) - done.num_new
    replaced = sum(one.replaces > 0 for one in done.stored)
    yield (
        f"新录入 {new} 张(其中替换旧表 {replaced} 张),已录入过 {known} 张"
        if zh
        else f"{common.counted(new, 'sheet')} kept ({replaced} in place of an earlier one), {known} known already"
    )
    joint = "、" if zh else ", "
    for one in done.stored[:_SHOWN]:
        counts = Counter(visit.outcome.value for visit in one.record.visits)
        words = _OUTCOMES_ZH if zh else _OUTCOMES_EN
        told = joint.join(f"{words[name]} {counts[name]}" for name in words if counts[name]) or "-"
        state = ("新" if zh else "new") if one.is_new else ("已有" if zh else "known")
        yield f"  {one.number:>5}  {one.record.sheet_id}  {state}  {told}  {one.record.source}"
    if len(done.stored) > _SHOWN:
        yield "  …"
    if done.remarks:
        yield "需要核对" if zh else "to look at; nothing was dropped"
    for remark in done.remarks[:_SHOWN]:
        yield f"  {remark.sheet_id}: {remark.text.in_(lang)} [{remark.code}]"
    if len(done.remarks) > _SHOWN:
        more = len(done.remarks) - _SHOWN
        yield f"  … 另 {more} 条,见 territory review" if zh else f"  … {more} more in `territory review`"


_OUTCOMES_EN = {"done": "done", "missed": "missed", "closed": "closed", "extra": "extra"}
_OUTCOMES_ZH = {"done": "完成", "missed": "未访", "closed": "关门", "extra": "计划外"}


def content(done: Recorded) -> dict[str, object]:
    """The answer as plain values."""
    return {
        "sheets": [
            {
                "sheet_id": one.record.sheet_id,
                "record": one.number,
                "new": one.is_new,
                "replaces": one.replaces or None,
                "visits": len(one.record.visits),
                "source": one.record.source,
            }
            for one in done.stored
        ],
        "remarks": [
            {"record": one.entry, "sheet_id": one.sheet_id, "code": one.code, "en": one.text.en, "zh": one.text.zh}
            for one in done.remarks
        ],
        "issues": [
            {
                "severity": issue.severity,
                "code": issue.code,
                "file": issue.file,
                "row": issue.row,
                "column": issue.column,
                "value": issue.value,
                "problem": issue.problem.en,
                "remedy": issue.remedy.en,
            }
            for issue in done.issues
        ],
    }
