"""`territory replan`: a running visit plan after illness, closed outlets, urgent and missed visits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common

if TYPE_CHECKING:
    from territory.language import Lang
    from territory.pipeline.visit_replanning import Replanned

_SHOWN = 20
_WORTH_TELLING_MIN = 1.0
_KINDS_ZH = {"moved": "改期", "other_rep": "换人", "dropped": "取消", "added": "新增"}
_TERMS_ZH = {"drive": "行车", "balance": "均衡", "choice": "日期与人选偏好", "missing": "未排", "change": "改动"}
_UNITS_ZH = {"min": "分钟", "visits": "次"}
_KINDS_EN = {"moved": "another day", "other_rep": "another rep", "dropped": "dropped", "added": "added"}


def replan(
    scenario: common.Folder,
    now: Annotated[str, typer.Option("--now", help="The moment, such as 2026-12-02T10:30. 当前时刻。")],
    plan: common.PlanFolder = None,
    ill: Annotated[
        list[str] | None,
        typer.Option(
            "--ill",
            help="REP:DATE, REP:DATE..DATE or, leaving early, REP:DATE@14:00; may be repeated. "
            "病假:人员:日期、起止日期,或早退时刻;可重复。",
        ),
    ] = None,
    closed: Annotated[
        list[str] | None,
        typer.Option(
            "--closed", help="OUTLET:DATE or OUTLET:DATE..DATE; may be repeated. 停业:客户:日期或起止日期;可重复。"
        ),
    ] = None,
    urgent: Annotated[
        list[str] | None,
        typer.Option("--urgent", help="OUTLET:by=DATE, a visit by then; may be repeated. 加急:该日之前须拜访;可重复。"),
    ] = None,
    missed: Annotated[
        list[str] | None,
        typer.Option("--missed", help="OUTLET:DATE, a visit not made; may be repeated. 漏访:客户:日期;可重复。"),
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(
            "--events",
            help="Table of events (CSV or Excel): kind, id, date, until, time. "
            "事件表(类型、编码、日期、截止日期、时间)。",
        ),
    ] = None,
    data: common.Data = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for the new plan (default: the plan's, -replanned). 新方案写到哪里。"),
    ] = None,
    effort: Annotated[
        int | None,
        typer.Option(
            "--effort",
            min=1,
            help="Iterations per rep at most (default 55,000 to 140,000); repeats exactly. 每人迭代上限,可重现。",
        ),
    ] = None,
    time_limit: common.TimeLimit = None,
    seed: common.Seed = None,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Make the visit plan in --plan anew from --now on: what has started stays, little moves, every change is listed.

    Writes visits.csv, assignment.csv and changes.csv: what moved, to whom, and why.

    从 --now 起重排 --plan 中的拜访:已开始的不变,改动很少,逐条列出。写出 visits.csv、assignment.csv 与
    changes.csv:改了什么、改给谁、为什么。
    """
    from territory.effort import Effort
    from territory.errors import ConfigError
    from territory.language import Text
    from territory.pipeline.history.recording import Recorder, origin_of
    from territory.pipeline.job import claim
    from territory.pipeline.loop_folder import follow_replan
    from territory.pipeline.opening import open_with_files
    from territory.pipeline.visit_replanning import replan_visits, running_in, write_replanned

    folder = common.out_folder(plan, scenario)
    target = out if out is not None else folder.with_name(f"{folder.resolve().name}-replanned")
    with common.session(lang, quiet=quiet or as_json) as here:
        if effort is not None and time_limit is not None:
            raise ConfigError(Text("give --effort or --time-limit, not both", "--effort 与 --time-limit 只能选其一"))
        opened = open_with_files(scenario, data=data, progress=here.progress)
        case = opened.scenario
        recorder = Recorder.begin(target, who=who, why=why)
        found = replan_visits(
            running_in(case, folder),
            now=now,
            options={"ill": ill or (), "closed": closed or (), "urgent": urgent or (), "missed": missed or ()},
            table=events,
            effort=common.effort_of(time_limit) if effort is None else Effort(iterations=effort),
            seed=case.seed if seed is None else seed,
            progress=here.progress,
            cancel=here.cancel,
        )
        claim(target)
        recorder = recorder.record(
            found.running.scenario,
            opened.files,
            verb="replan",
            assignment=found.running.assignment,
            visits=found.result.plan,
            facts={"now": now, **origin_of(folder, target)},
            write=lambda: write_replanned(found, target),
        )
        follow_replan(found, folder=folder, target=target, scenario=scenario)
    common.tell_broken_locks(recorder.broken, lang.lang)
    if as_json:
        common.print_json({**content(found), "out": str(target)})
    elif not quiet:
        for line in page(found, lang.lang):
            typer.echo(line)
        typer.echo(str(target))
    common.leave_if_interrupted(found.result.stopped_by)


def page(found: Replanned, lang: Lang) -> Iterator[str]:
    """What changes, how much else moves, and the first changes with their reasons."""
    result, zh = found.result, lang == "zh"
    kinds = [str(row["change"]) for row in found.changes]
    counts = {kind: kinds.count(kind) for kind in _KINDS_EN}
    words = _KINDS_ZH if zh else _KINDS_EN
    shown = ("，" if zh else ", ").join(f"{words[kind]} {count}" for kind, count in counts.items())
    yield f"变动拜访 {len(kinds)} 次:{shown}" if zh else f"visits that change: {len(kinds)} ({shown})"
    moved = f"{100 * result.moved_share:.1f} %"
    yield (
        f"未受影响的拜访 {result.untouched:,} 次,其中为腾出时间而移动 {moved};仅改时刻 {result.retimed} 次"
        if zh
        else f"untouched visits: {result.untouched:,}, of which {moved} move to make room; "
        f"{result.retimed} start at another time"
    )
    if result.freer.saved_min >= _WORTH_TELLING_MIN:
        saved, more = f"{result.freer.saved_min:,.0f}", result.freer.moved
        yield (
            f"若放开移动 {more} 次未受影响的拜访,还可再省 {saved} 分钟行驶"
            if zh
            else f"free to move {more} of the untouched visits, the plan would save {saved} more minutes of driving"
        )
    for row in found.changes[:_SHOWN]:
        yield _line(row, zh)
    if len(found.changes) > _SHOWN:
        yield "  … changes.csv"
    for term in result.terms:
        name, unit = _TERMS_ZH.get(term.name, term.name) if zh else term.name, _UNITS_ZH[term.unit] if zh else term.unit
        yield f"  {name}  {term.amount:,.{0 if term.unit == 'visits' else 1}f} {unit}"


def _line(row: dict[str, object], zh: bool) -> str:
    """One visit: where it was, where it is, why."""

    def place(rep: str, date: str, start: str) -> str:
        nowhere = "无" if zh else "none"
        return f"{row[rep]} {row[date]} {str(row[start])[:5]}" if row[date] else nowhere

    before, after = place("rep_id_before", "date_before", "start_before"), place("rep_id", "date", "start")
    why = row["why_zh"] if zh else row["why"]
    kind = (_KINDS_ZH if zh else _KINDS_EN)[str(row["change"])]
    return f"  {row['outlet_id']} {row['name']}: {before} -> {after}  [{kind}] {why}"


def content(found: Replanned) -> dict[str, object]:
    """The answer as plain values."""
    result = found.result
    return {
        "status": result.status,
        "stopped_by": result.stopped_by,
        "changes": list(found.changes),
        "untouched": result.untouched,
        "moved_share": result.moved_share,
        "retimed": result.retimed,
        "freer": {"moved": result.freer.moved, "saved_min": result.freer.saved_min},
        "terms": {t.name: {"amount": t.amount, "unit": t.unit, "points": t.points} for t in result.terms},
    }
