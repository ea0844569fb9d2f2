"""A rep's week as a list of stops with times, A4: what to drive by; the one-page sheet is what to work by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from territory.compute import write_bytes_atomically
from territory.language import Lang, Text
from territory.report.fonts import NO_GLYPH, SheetFonts, _typst, sheet_fonts

_MADE = 0  # seconds since 1970 written into the PDF: a fixed time, so that a rerun gives the same bytes

_HEADS = {
    "order": Text("No.", "序"),
    "start": Text("start", "到店"),
    "end": Text("end", "离店"),
    "outlet": Text("outlet", "客户"),
    "id": Text("id", "客户编码"),
    "area": Text("area", "商圈"),
    "tier": Text("tier", "档位"),
    "drive": Text("drive min", "行车(分)"),
    "done": Text("done", "完成"),
}
_LEAVE, _BACK, _LUNCH = Text("leave", "出发"), Text("back", "返回"), Text("lunch", "午餐")
_NOTHING = Text("no visits this week", "本周没有拜访")
_TITLE = Text("Route list", "拜访路线单")


@dataclass(frozen=True, kw_only=True, slots=True)
class ItineraryStop:
    """One stop: clock times HH:MM, whole minutes of driving to it."""

    start: str
    end: str
    name: str
    outlet_id: str
    area: str
    tier: str
    drive_min: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ItineraryDay:
    """One day of the week; `lunch_before` is the number of stops before lunch, None for a day without."""

    title: str
    leave: str
    back: str
    drive_min: int
    stops: tuple[ItineraryStop, ...]
    lunch: str | None = None
    lunch_before: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Itinerary:
    """One rep's week."""

    rep: str
    week: str
    dates: str
    days: tuple[ItineraryDay, ...]


def write_itineraries(itineraries: Sequence[Itinerary], path: Path, *, lang: Lang) -> Path:
    """
    One PDF, each week on a page of its own (or on several, when it is long); the same bytes every time.

    Raises
    ------
    MissingExtraError
        When the typesetter or a Chinese font is not installed.
    """
    write_bytes_atomically(path, _press().pdf(itineraries, lang))
    return path


@lru_cache(maxsize=1)
def _press() -> _Press:
    """One press per process: loading the fonts costs more than a page."""
    return _Press(sheet_fonts())


class _Press:
    """The typesetter, set up once for many lists."""

    def __init__(self, fonts: SheetFonts) -> None:
        self.template = resources.files("territory.report").joinpath("itinerary.typ").read_bytes()
        self.fonts = fonts
        self.compiler: Any = _typst().Compiler(font_paths=fonts.book)

    def pdf(self, itineraries: Sequence[Itinerary], lang: Lang) -> bytes:
        pages = json.dumps([_page(one, lang) for one in itineraries], ensure_ascii=False)
        missing = self.fonts.missing([pages])
        pages = pages.translate({ord(letter): NO_GLYPH for letter in missing})
        inputs = {"pages": pages, "fonts": json.dumps(self.fonts.families), "lang": lang}
        # tags of every cell would make the file fifteen times as large
        made = self.compiler.compile(self.template, format="pdf", sys_inputs=inputs, timestamp=_MADE, pdf_tags=False)
        return bytes(made)


def _page(one: Itinerary, lang: Lang) -> dict[str, Any]:
    return {
        "title": _TITLE.in_(lang),
        "rep": one.rep,
        "week": one.week,
        "dates": one.dates,
        "nothing": _NOTHING.in_(lang),
        "heads": [text.in_(lang) for text in _HEADS.values()],
        "days": [_day(day, lang) for day in one.days],
    }


def _day(day: ItineraryDay, lang: Lang) -> dict[str, Any]:
    count = len(day.stops)
    amounts = Text(
        f"{count} visit{'' if count == 1 else 's'}, {day.drive_min} min driving",
        f"拜访 {count} 户,行车 {day.drive_min} 分钟",
    )
    rows: list[dict[str, Any]] = []
    for number, stop in enumerate(day.stops):
        if day.lunch is not None and day.lunch_before == number:
            rows.append({"lunch": f"{day.lunch}  {_LUNCH.in_(lang)}"})
        cells = (str(number + 1), stop.start, stop.end, stop.name, stop.outlet_id, stop.area, stop.tier)
        rows.append({"cells": [*cells, str(stop.drive_min)]})
    if day.lunch is not None and day.lunch_before == count:
        rows.append({"lunch": f"{day.lunch}  {_LUNCH.in_(lang)}"})
    return {
        "title": day.title,
        "ends": f"{_LEAVE.in_(lang)} {day.leave}   {_BACK.in_(lang)} {day.back}",
        "amounts": amounts.in_(lang),
        "rows": rows,
    }
