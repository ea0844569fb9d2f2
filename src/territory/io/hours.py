"""Opening hours, shifts and weekdays from text, English or Chinese.

Opening hours are parts separated by ``;``. A part names weekdays (``Mon-Fri``, ``Mon,Wed``, ``周一至周五``; all
seven when it names none) and then up to two windows (``08:00-12:00 14:00-18:00``) or ``closed`` / ``休息``, which
wins over other parts.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from functools import lru_cache

import numpy as np

from territory.domain.outlets import CLOSED, MAX_WINDOWS
from territory.units import DAYS_PER_WEEK, WEEKDAYS_EN, WEEKDAYS_ZH, BoolArray, IntArray, parse_clock

_EVERY_DAY = tuple(range(DAYS_PER_WEEK))
_WEEKDAYS: dict[str, tuple[int, ...]] = {
    **{name.lower(): (day,) for day, name in enumerate(WEEKDAYS_EN)},
    **{
        name: (day,)
        for day, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
    },
    "tues": (1,),
    "thur": (3,),
    "thurs": (3,),
    **{name: (day,) for day, name in enumerate(WEEKDAYS_ZH)},
    **{f"星期{name}": (day,) for day, name in enumerate("一二三四五六日")},
    **{f"礼拜{name}": (day,) for day, name in enumerate("一二三四五六日")},
    "周天": (6,),
    "星期天": (6,),
    "礼拜天": (6,),
    "daily": _EVERY_DAY,
    "每天": _EVERY_DAY,
    "每日": _EVERY_DAY,
    "全周": _EVERY_DAY,
    "weekdays": (0, 1, 2, 3, 4),
    "工作日": (0, 1, 2, 3, 4),
    "weekend": (5, 6),
    "周末": (5, 6),
}
_SHORT_ZH = {name: (day,) for day, name in enumerate("一二三四五六日")}
_CLOSED_WORDS = frozenset({"closed", "off", "休息", "休", "不营业", "关门"})
_WINDOW = re.compile(r"(\d{1,2}:\d{2})(?::00)?-(\d{1,2}:\d{2})(?::00)?\Z")


class HoursError(ValueError):
    """What is wrong with the text: a message code and the part that is meant."""

    def __init__(self, code: str, part: str) -> None:
        self.code = code
        self.part = part
        super().__init__(f"{code}: {part}")


def _plain(text: str) -> str:
    """Text with ASCII punctuation, one kind of dash and none around the dash but the dash."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[‐‑‒–—―~〜至到]", "-", text)
    text = re.sub(r"\s*-\s*", "-", text)
    text = re.sub(r"[;。\n]+", ";", text)
    text = re.sub(r"([\u4e00-\u9fff]):?(?=\d|休|不|关)", r"\1 ", text)
    return re.sub(r"([a-z]):", r"\1", text)


def _days(token: str) -> tuple[int, ...] | None:
    """Weekdays of one token such as ``mon``, ``mon-fri``, ``sat-sun``; None when it names none."""
    if token in _WEEKDAYS:
        return _WEEKDAYS[token]
    first, dash, last = token.partition("-")
    if not dash:
        return None
    start = _WEEKDAYS.get(first)
    end = _WEEKDAYS.get(last, _SHORT_ZH.get(last))
    if start is None or end is None or len(start) != 1 or len(end) != 1:
        return None
    length = (end[0] - start[0]) % DAYS_PER_WEEK
    return tuple((start[0] + step) % DAYS_PER_WEEK for step in range(length + 1))


def _window(token: str, text: str) -> tuple[int, int]:
    match = _WINDOW.match(token)
    if match is None:
        raise HoursError("bad_clock", token or text)
    try:
        opens, closes = parse_clock(match[1]), parse_clock(match[2])
    except ValueError:
        raise HoursError("bad_clock", token) from None
    if closes <= opens:
        raise HoursError("window_order", token)
    return opens, closes


@lru_cache(maxsize=4096)
def parse_windows(text: str) -> IntArray:
    """
    Opening windows of a week, minutes after midnight, shape (7, MAX_WINDOWS, 2); `CLOSED` where there is none.

    Raises
    ------
    HoursError
        With the message code `bad_clock`, `window_order`, `window_overlap` or `too_many_windows`.
    """
    week: list[list[tuple[int, int]]] = [[] for _ in _EVERY_DAY]
    parts = [part for part in _plain(text).split(";") if part.strip()]
    if not parts:
        raise HoursError("bad_clock", text)
    closed: list[int] = []
    for part in parts:
        _read_part(part, week, closed)
    for day in closed:
        week[day].clear()
    windows = np.full((DAYS_PER_WEEK, MAX_WINDOWS, 2), CLOSED, dtype=np.int64)
    for day, found in enumerate(week):
        found.sort()
        for (_, closes), (opens, _) in itertools.pairwise(found):
            if opens < closes:
                raise HoursError("window_overlap", text)
        if len(found) > MAX_WINDOWS:
            raise HoursError("too_many_windows", text)
        for place, window in enumerate(found):
            windows[day, place] = window
    windows.setflags(write=False)
    return windows


def _read_part(part: str, week: list[list[tuple[int, int]]], closed: list[int]) -> None:
    """Add the windows of one part to its weekdays in `week`, or the weekdays to `closed`."""
    days: list[int] = []
    times: list[tuple[int, int]] = []
    is_closed = False
    for token in re.split(r"[\s,、]+", part.strip(" ,、")):
        named = _days(token)
        if named is not None and not times and not is_closed:
            days.extend(named)
        elif token in _CLOSED_WORDS:
            is_closed = True
        else:
            times.append(_window(token, part))
    if is_closed == bool(times):
        raise HoursError("bad_clock", part.strip())
    for day in dict.fromkeys(days or _EVERY_DAY):
        week[day].extend(times)
        if is_closed:
            closed.append(day)


def parse_shift(text: str) -> tuple[int, int]:
    """
    Start and end of a working day, minutes after midnight.

    Raises
    ------
    HoursError
        `bad_shift`, or `window_order` when it ends before it starts.
    """
    try:
        return _window(_plain(text).strip(), text)
    except HoursError as error:
        if error.code == "window_order":
            raise
        raise HoursError("bad_shift", text) from None


def parse_days(text: str) -> BoolArray:
    """
    Which weekdays are worked, shape (7,), Monday first; all false for ``none`` or ``休息``.

    Raises
    ------
    HoursError
        `bad_days`.
    """
    works = np.zeros(DAYS_PER_WEEK, dtype=np.bool_)
    plain = _plain(text).strip(" ,;、")
    if plain in _CLOSED_WORDS or plain == "none":
        return works
    for token in re.split(r"[\s,;、]+", plain):
        days = _days(token)
        if days is None:
            raise HoursError("bad_days", text)
        works[list(days)] = True
    return works
