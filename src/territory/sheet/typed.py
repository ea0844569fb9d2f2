"""What people type into a box, as values: numbers, dates, choices and ticks; None for what cannot be understood."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping

FARTHEST_DAYS = 60
AMBIGUOUS = "?"

_YES = "done yes y true ok 1 √ ✓ ✔ ☑ 是 对 有 完成 已完成 已做 做完"
_NO = "no n false 0 × ✗ ✘ 否 无 未 没有 未完成 没完成 未做 没做 notdone"
OUTCOME_WORDS = {
    "done": f"{_YES} visited made 已访 已拜访 拜访完成 到访 已到访 去了",
    "missed": f"{_NO} missed miss notvisited 未访 未拜访 没访 没去 未去 漏访",
    "closed": "closed shut 关门 已关门 店铺关门 关 歇业 停业 未营业 没开门 未开门",
}
DONE_WORDS = {"yes": _YES, "no": f"{_NO} open missed"}
CLOSED_WORDS = {
    "yes": f"{_YES} settled solved closed 已解决 解决 已关闭 关闭 解决了",
    "no": f"{_NO} open notsettled unsettled 未解决 没解决 未关闭 待解决",
}
TICK_WORDS = {"yes": f"{_YES} x ☒ ■ ● v", "": "no n false 0 否 无 未"}  # × in a box may be either
_CROSSES = frozenset({"x", "☒"})  # a "no" to whoever writes √ for yes, a mark like any other in English

_GAP = re.compile(r"\s+")
_END = re.compile("[.。!]+$")
_NUMBER = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)(.*)\Z")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?(?![\d,])")
_MYRIAD = "万"
_YEAR_FIRST = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?:[t ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\Z"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_MONTH_DAY = re.compile(r"(\d{1,2})(?:[-/.]|月)(\d{1,2})[日号]?\Z")
_DAY_ONLY = re.compile(r"(\d{1,2})[日号]\Z")
_SERIAL = re.compile(r"\d{5}(?:\.0*)?\Z")
_SERIAL_START = dt.date(1899, 12, 30)
_WEEKDAY = re.compile(
    r"(?:本?(?:周|星期|礼拜)([一二三四五六日天])"
    r"|\b(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\b\.?)"
)
_ZH_DAYS = "一二三四五六日"
_EN_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def plain(text: str) -> str:
    """Full-width characters made narrow, case folded, blanks at the ends gone and inside single."""
    return _GAP.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


def number_of(text: str, unit: str = "") -> float | None:
    """
    A number as people write it: full-width digits, thousands commas, its unit behind it, 万 for ten thousands.

    Parameters
    ----------
    unit
        Names of the unit, separated by "/"; any other word behind the number is not understood.
    """
    bare = plain(text).replace(" ", "").replace("，", ",")
    grouped = _GROUPED.match(bare)
    if grouped:
        bare = grouped[0].replace(",", "") + bare[grouped.end() :]
    match = _NUMBER.match(bare)
    if match is None:
        return None
    number, behind = float(match[1]), match[2]
    units = {plain(name).replace(" ", "") for name in unit.split("/")} | {""}
    if behind not in units:
        if not behind.startswith(_MYRIAD) or behind[1:] not in units or any(name.startswith(_MYRIAD) for name in units):
            return None
        number = float(f"{match[1]}e4") if "e" not in match[1] else number * 1e4
    return number if math.isfinite(number) else None


def date_of(text: str, monday: dt.date) -> dt.date | None:
    """
    A day as people write it, with or without its year or month, or as a weekday of the sheet's week.

    Parameters
    ----------
    monday
        First day of the sheet's week: a day without year or month is the nearest one to it.
    """
    bare = plain(text)
    weekdays = {_weekday(match) for match in _WEEKDAY.finditer(bare)}
    rest = _WEEKDAY.sub("", bare).strip(" ,()")
    if len(weekdays) > 1:
        return None
    if not rest:
        return monday + dt.timedelta(days=weekdays.pop()) if weekdays else None
    date = _date(rest, monday + dt.timedelta(days=3))
    return None if date is None or (weekdays and date.weekday() not in weekdays) else date


def _weekday(match: re.Match[str]) -> int:
    if match[1]:
        return _ZH_DAYS.index(match[1].replace("天", "日"))
    return _EN_DAYS.index(match[2])


def _date(bare: str, middle: dt.date) -> dt.date | None:
    match = _YEAR_FIRST.match(bare) or _COMPACT.match(bare)
    if match:
        return _day(int(match[1]), int(match[2]), int(match[3]))
    match = _MONTH_DAY.match(bare)
    if match:
        tries = [_day(middle.year + years, int(match[1]), int(match[2])) for years in (-1, 0, 1)]
        return _nearest(tries, middle)
    match = _DAY_ONLY.match(bare)
    if match:
        months = [middle.year * 12 + middle.month - 1 + step for step in (-1, 0, 1)]
        return _nearest([_day(month // 12, month % 12 + 1, int(match[1])) for month in months], middle)
    if _SERIAL.match(bare):  # a spreadsheet's own number of a day
        date = _SERIAL_START + dt.timedelta(days=int(float(bare)))
        return date if abs((date - middle).days) <= FARTHEST_DAYS else None
    return None


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _nearest(tries: list[dt.date | None], middle: dt.date) -> dt.date | None:
    days = [date for date in tries if date is not None]
    return min(days, key=lambda date: abs((date - middle).days)) if days else None


def word_of(text: str, known: Mapping[str, str], *, lang: str) -> str | None:
    """
    The value meant by a word or mark.

    Parameters
    ----------
    known
        Words of each value, separated by blanks.
    lang
        Language of the form. A plain "x" says no in a Chinese form and `AMBIGUOUS` in an English one.
    """
    bare = plain(text)
    meant = _meant(bare, known)
    if meant is not None or " " not in bare:
        return meant if meant is not None else _cross(bare, known, lang)
    for place, letter in enumerate(bare):  # "未完成 Not done"
        if letter == " " and (first := _meant(bare[:place], known)) is not None:
            return first if _meant(bare[place:], known) == first else None
    return None


def _meant(bare: str, known: Mapping[str, str]) -> str | None:
    word = _END.sub("", bare.replace(" ", ""))
    return next((value for value, some in known.items() if word in some.split()), None)


def _cross(bare: str, known: Mapping[str, str], lang: str) -> str | None:
    if bare not in _CROSSES:
        return None
    if lang == "en":
        return AMBIGUOUS
    return next((value for value, some in known.items() if "×" in some.split()), AMBIGUOUS)
