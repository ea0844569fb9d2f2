"""`territory best-day`: the best day for one more visit in a plan as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common

if TYPE_CHECKING:
    from territory.language import Lang
    from territory.pipeline.visit_replanning import Running
    from territory.visits.best_day import BestDays

_SHOWN = 10
_OBSTACLES_ZH = {
    "day_off": "休息",
    "closed": "停业",
    "planned": "当日已有拜访",
    "too_far": "路程过远",
    "window": "营业时间不合",
    "no_time": "已排满",
    "carry": "携带量已满",
}
_OBSTACLES_EN = {
    "day_off": "day off",
    "closed": "outlet closed",
    "planned": "already visited",
    "too_far": "too far",
    "window": "opening hours",
    "no_time": "day full",
    "carry": "load full",
}


def best_day(
    scenario: common.Folder,
    plan: common.PlanFolder = None,
    outlet: Annotated[
        str | None, typer.Option("--outlet", help="outlet_id of an outlet in the plan. 方案中某客户的编码。")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="LAT,LON (WGS-84) of a new place. 新地点的纬度,经度(WGS-84)。")
    ] = None,
    service_min: Annotated[
        float, typer.Option("--service-min", min=0, help="Minutes of a visit of a new place. 新地点每次拜访的分钟数。")
    ] = 15.0,
    opening: Annotated[
        str | None,
        typer.Option("--open", help="Opening hours of a new place, such as 'Mon-Fri 09:00-18:00'. 新地点的营业时间。"),
    ] = None,
    rep: Annotated[
        list[str] | None, typer.Option("--rep", help="Only this rep (rep_id); may be repeated. 只看该客户经理;可重复。")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="First date to look at. 从哪一天开始看。")] = None,
    visits: Annotated[
        int | None,
        typer.Option(
            "--visits",
            help="Visits per cycle: rank whole patterns (20, 12, 8, 4, 2 or 1). 四周拜访次数:按整套日期排序。",
        ),
    ] = None,
    data: common.Data = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Rank the days for one more visit by the minutes of detour; nothing else in the plan moves.

    Days that do not take it say why.

    按绕行分钟排列新增一次拜访的日期,其余不变;排不下的日期会说明原因。
    """
    from territory.domain.calendar import LEGAL_VISITS
    from territory.errors import ConfigError
    from territory.language import Text
    from territory.pipeline import open_scenario
    from territory.pipeline.visit_replanning import best_days_of, running_in

    with common.session(lang, quiet=quiet or as_json) as here:
        if visits is not None and (visits not in LEGAL_VISITS or not visits):
            known = ", ".join(str(count) for count in LEGAL_VISITS if count)
            raise ConfigError(Text(f"--visits is one of {known}", f"--visits 可选:{known}"))
        case = open_scenario(scenario, data=data, progress=here.progress)
        running = running_in(case, common.out_folder(plan, scenario))
        found = best_days_of(
            running,
            outlet=outlet,
            at=at,
            service_min=service_min,
            hours=opening,
            reps=rep or (),
            first=first,
            visits=visits,
        )
    if as_json:
        common.print_json(content(running, found))
    elif not quiet:
        for line in page(running, found, lang.lang):
            typer.echo(line)


def page(running: Running, found: BestDays, lang: Lang) -> Iterator[str]:
    """Patterns if asked for, the best days, and how many days do not take the visit, by reason."""
    zh = lang == "zh"
    for pattern in found.patterns[:_SHOWN]:
        dates = " ".join(_date(running, day) for day in pattern.days)
        unit = "分钟/周期" if zh else "min/cycle"
        rep = running.scenario.reps.rep_ids[pattern.rep_idx]
        price = f" + {pattern.price_min:.1f} {'偏好' if zh else 'priced'}" if pattern.price_s else ""
        yield f"  {rep}  {pattern.detour_min:6.1f} {unit}{price}  {dates}"
    if found.patterns:
        return
    fitting = [offer for offer in found.days if offer.fits]
    for offer in fitting[:_SHOWN]:
        where = f"第 {offer.position} 站后" if zh else f"after stop {offer.position}"
        if not offer.position:
            where = "当天首站" if zh else "first of the day"
        unit = "分钟绕行" if zh else "min detour"
        rep = running.scenario.reps.rep_ids[offer.rep_idx]
        yield f"  {_date(running, offer.day)}  {rep}  {offer.detour_min:6.1f} {unit}  {where}"
    reasons = [str(offer.obstacle.value) for offer in found.days if offer.obstacle is not None]
    words = _OBSTACLES_ZH if zh else _OBSTACLES_EN
    shown = ", ".join(f"{words[reason]} {reasons.count(reason)}" for reason in words if reason in reasons)
    if shown:
        yield f"不可行的日子:{shown}" if zh else f"days that do not take it: {shown}"
    if not fitting:
        yield "没有一天可以排入" if zh else "no day takes the visit"


def content(running: Running, found: BestDays) -> dict[str, object]:
    """The answer as plain values."""
    reps = running.scenario.reps.rep_ids
    return {
        "days": [
            {
                "date": _date(running, offer.day),
                "rep_id": reps[offer.rep_idx],
                "fits": offer.fits,
                "detour_min": round(offer.detour_min, 2) if offer.fits else None,
                "after_stops": offer.position if offer.fits else None,
                "reason": None if offer.obstacle is None else offer.obstacle.value,
            }
            for offer in found.days
        ],
        "patterns": [
            {
                "dates": [_date(running, day) for day in pattern.days],
                "rep_id": reps[pattern.rep_idx],
                "detour_min_per_cycle": round(pattern.detour_min, 2),
                "price_min_per_cycle": round(pattern.price_min, 2),
            }
            for pattern in found.patterns
        ],
    }


def _date(running: Running, day: int) -> str:
    return running.scenario.calendar.date_of(day).isoformat()
