"""From a sheet's content to the plain strings the template sets: one language, or both with Chinese first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from territory.language import Text
from territory.sheet import words
from territory.sheet.content import MAX_TASKS, Day, SheetContent
from territory.units import WEEKDAYS_EN, WEEKDAYS_ZH

SheetLang = Literal["en", "zh", "both"]
Duo = list[str]


def laid_out(content: SheetContent, lang: SheetLang) -> dict[str, object]:
    """The JSON value `sheet.typ` reads; a pair is [first language, second language or ""]."""
    duo = _duo(lang)
    return {
        "lang": lang,
        "title": duo(words.TITLE),
        "rep": f"{content.rep_name}  {content.rep_id}",
        "team": " · ".join(part for part in (content.scenario, content.team) if part),
        "week": f"{content.iso_week}   {content.first_day:%m-%d} — {content.last_day:%m-%d}",
        "territory": duo(content.territory),
        "panels": [[*duo(panel.heading), panel.pdca] for panel in words.PANELS],
        "steps": [[*duo(label), pdca] for label, pdca in words.STEPS],
        "goals": {
            "columns": [duo(label) for label in words.GOAL_COLUMNS],
            "rows": [[duo(goal.label), goal.goal or "", duo(goal.unit)[0]] for goal in content.goals],
            "worst": duo(words.WORST_GAP),
        },
        "tasks": _tasks(content, duo, lang),
        "plan": {
            "hidden": duo(words.NOT_LISTED)[0],
            "days": [_day(day, duo) for day in content.days],
        },
        "tracking": [duo(label) for label in words.TRACKING_COLUMNS],
        "measures": [duo(label) for label in words.MEASURE_BLOCKS],
        "channel": {
            "parts": [duo(label) for label in words.CHANNEL_PARTS],
            "ticks": [duo(label) for label in words.CHANNEL_TICKS],
            "content": duo(words.CHANNEL_CONTENT),
            "means": [duo(label) for label in words.CHANNEL_MEANS],
        },
        "links": [[duo(link.label), duo(link.fact) if link.fact else ["", ""]] for link in content.links],
        "id": content.sheet_id,
    }


def _duo(lang: SheetLang) -> Callable[[Text], Duo]:
    if lang == "zh":
        return lambda text: [text.zh, ""]
    if lang == "en":
        return lambda text: [text.en, ""]
    return lambda text: [text.zh, text.en if text.en != text.zh else ""]


def _tasks(content: SheetContent, duo: Callable[[Text], Duo], lang: SheetLang) -> dict[str, object]:
    ticked = {(task.item, task.sub_item): number + 1 for number, task in enumerate(content.tasks)}
    items = [
        {
            "label": duo(item.label if lang != "both" else Text(item.short, item.label.zh)),
            "subs": [[duo(label), ticked.get((i, j), 0)] for j, label in enumerate(item.sub_items)],
        }
        for i, item in enumerate(words.CHECKLIST)
    ]
    return {
        "carried": duo(words.CARRIED_IN),
        "top": duo(words.TOP_TASK),
        "first": duo(content.tasks[0].what) if content.tasks else ["", ""],
        "checklist": duo(words.CHECKLIST_TITLE),
        "items": items,
        "how": duo(words.HOW),
        "keys": [[duo(task.what), duo(task.how)] for task in content.tasks],
        "most": MAX_TASKS,
    }


def _day(day: Day, duo: Callable[[Text], Duo]) -> dict[str, object]:
    weekday = day.date.weekday()
    name = duo(Text(WEEKDAYS_EN[weekday], WEEKDAYS_ZH[weekday]))
    codes = [visit for visit in day.visits if not visit.in_full]
    summary = ""
    if day.leave and day.home:
        summary = f"{day.leave}–{day.home}"
    note = {"off": words.DAY_OFF, "holiday": words.HOLIDAY}.get(day.status)
    if note is None and not day.visits:
        note = words.NO_VISITS
    if day.visits:
        note = None
    drive = Text(f"{day.drive_min} min drive", f"行车 {day.drive_min} 分") if day.drive_min is not None else None
    count = Text(f"{len(day.visits)} calls", f"{len(day.visits)} 户") if day.visits else None
    return {
        "name": name,
        "date": f"{day.date:%m-%d}",
        "status": day.status,
        "note": duo(note) if note else ["", ""],
        "count": duo(count)[0] if count else "",
        "drive": duo(drive)[0] if drive else "",
        "minutes": duo(Text(f"{day.drive_min} min", f"{day.drive_min} 分"))[0] if day.drive_min is not None else "",
        "hours": summary,
        "place": day.place,
        "focus": duo(day.focus) if day.focus else ["", ""],
        "full": [
            [visit.order, visit.time, visit.code, visit.name, visit.tier, duo(visit.focus)]
            for visit in day.visits
            if visit.in_full
        ],
        "codes": [visit.code for visit in codes],
        "more": duo(words.more_visits(len(codes))) if codes else ["", ""],
    }
