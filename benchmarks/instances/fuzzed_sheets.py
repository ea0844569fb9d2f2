"""Sheets that nobody would write but somebody's data will hold: long and rare names, no visits or sixty, odd ids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np

from territory.domain.records import ProblemRecord
from territory.language import Text
from territory.sheet.content import (
    MAX_GOALS,
    MAX_TASKS,
    Day,
    Goal,
    KeyTask,
    Link,
    SheetContent,
    Visit,
    short_codes,
    visits_in_full,
)
from territory.sheet.words import CHECKLIST

MOST_VISITS = 60
LONGEST_NAME = 60
RARE = "䶮㛃㺹龘犇骉嫑㬎㕛煊玥昇珺翀喆頔䴖䌹"
COMMON = "王李张刘陈杨赵黄周吴便民超市烟酒商行副食店百货人民路建设街中心市场东关西河南门北桥新村老街车站"
LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMWXYZ"
SIGNS = "()-—·…,。:;!?《》“”‘’%#$*_`\\/&<>[]{}@~^|+='\" 0123456789"
STRANGE = "\u200b\u00ad\t\n\u0301é😀مرحبا\ufeff\u3000Ａ１ﬁΩЖ"
KINDS = ("own", "make_up", "complaints", "falling", "understocked", "display_due", "key_outlets", "once_a_cycle")
MONDAY = dt.date(2026, 11, 30)


def fuzzed_sheets(count: int, seed: int, *, most_visits: int = MOST_VISITS) -> Iterator[SheetContent]:
    """`count` sheets; the same ones for the same seed."""
    for number in range(count):
        yield _Fuzz(np.random.default_rng((seed, number)), most_visits).sheet(number)


class _Fuzz:
    def __init__(self, rng: np.random.Generator, most_visits: int) -> None:
        self.rng = rng
        self.most_visits = most_visits

    def sheet(self, number: int) -> SheetContent:
        days = self.days()
        carried = tuple(
            ProblemRecord(key=f"p{i}", text=self.name(80), measure=self.maybe(self.name(40)) or "")
            for i in range(self.upto(7))
        )
        rep_id, iso_week = self.word(12) or "R", "2026-W49"
        sheet_id = f"{rep_id}{number} {iso_week}"
        return SheetContent(
            scenario=self.name(LONGEST_NAME),
            rep_id=f"{rep_id}{number}",
            rep_name=self.name(LONGEST_NAME),
            team=self.name(LONGEST_NAME),
            week=0,
            iso_week=iso_week,
            first_day=MONDAY,
            last_day=MONDAY + dt.timedelta(days=6),
            territory=self.text(LONGEST_NAME),
            goals=tuple(self.goal(i) for i in range(self.upto(MAX_GOALS))),
            tasks=tuple(self.task(i) for i in range(self.upto(MAX_TASKS))),
            days=days,
            links=self.links(sheet_id),
            sheet_id=sheet_id,
            plan_id=self.maybe("a1b2c3d4e5f6") or "",
            carried=carried,
            carried_week="2026-W48" if carried else "",
            more_goals=self.upto(30),
        )

    def upto(self, most: int) -> int:
        return int(self.rng.integers(most + 1))

    def one(self, choices: Sequence[str]) -> str:
        return choices[int(self.rng.integers(len(choices)))]

    def maybe(self, text: str, share: float = 0.5) -> str | None:
        return text if self.rng.random() < share else None

    def word(self, longest: int) -> str:
        return "".join(self.one(LATIN + "0123456789") for _ in range(self.upto(longest)))

    def name(self, longest: int) -> str:
        """Of any kind: Chinese, rare Chinese, Latin words, one endless word, signs, everything mixed."""
        length = longest if self.rng.random() < 0.3 else self.upto(longest)
        kind = self.rng.integers(6)
        if kind == 0:
            letters = COMMON
        elif kind == 1:
            letters = COMMON + RARE * 3
        elif kind == 2:
            return " ".join(self.word(9) for _ in range(longest // 4))[:length]
        elif kind == 3:
            letters = "W" if self.rng.random() < 0.3 else LATIN
        elif kind == 4:
            letters = COMMON + LATIN + SIGNS
        else:
            letters = COMMON + RARE + LATIN + SIGNS + STRANGE
        return "".join(self.one(letters) for _ in range(length))

    def text(self, longest: int) -> Text:
        return Text(self.name(longest), self.name(longest))

    def number(self) -> str:
        return f"{10 ** self.rng.uniform(0, 9):,.0f}"

    def goal(self, place: int) -> Goal:
        return Goal(
            key=f"goal{place}",
            label=self.text(LONGEST_NAME),
            goal=self.maybe(self.number(), 0.8),
            unit=Text(*(self.one(("元", "箱", "hours", "", "CNY")) for _ in range(2))),
            last_actual=self.maybe(self.number()),
            last_gap=self.maybe("−" + self.number()),
            month=self.maybe(self.number()),
            span=self.maybe("12-01–12-04", 0.2) or "",
        )

    def task(self, place: int) -> KeyTask:
        item = self.upto(len(CHECKLIST) - 1)
        sub_item = self.upto(len(CHECKLIST[item].sub_items) - 1)
        return KeyTask(
            rule=f"rule{place}",
            item=item,
            sub_item=sub_item,
            what=self.text(160),
            how=self.text(320),
            outlet_ids=(),
        )

    def days(self) -> tuple[Day, ...]:
        num_days = int(self.rng.choice([5, 5, 5, 6, 7]))
        long_ids = self.rng.random() < 0.3
        ids = [f"{i:011d}" if not long_ids else f"{self.word(20)}-{i}" for i in range(4 * self.most_visits)]
        codes = short_codes(tuple(ids))
        return tuple(self.day(number, ids, codes) for number in range(num_days))

    def day(self, number: int, ids: list[str], codes: dict[str, str]) -> Day:
        count = int(self.rng.choice([0, self.upto(12), self.upto(self.most_visits), self.most_visits]))
        chosen = self.rng.choice(len(ids), count, replace=False).tolist()
        full = set(self.rng.permutation(count)[: visits_in_full(count)].tolist())
        visits = tuple(
            Visit(
                order=place + 1,
                time=f"{8 + place // 6:02d}:{place % 6}0",
                outlet_id=ids[i],
                code=codes[ids[i]],
                name=self.name(LONGEST_NAME),
                tier=self.one(("A", "B", "", "特级")),
                focus=self.text(40),
                in_full=place in full,
                kinds=(self.one(KINDS),),
                detail=self.text(12) if self.rng.random() < 0.5 else None,
            )
            for place, i in enumerate(chosen)
        )
        has_gap = bool(visits) and self.rng.random() < 0.7
        return Day(
            date=MONDAY + dt.timedelta(days=number),
            status=self.one(("work", "work", "work", "off", "holiday")),
            place=self.name(LONGEST_NAME),
            focus=self.text(LONGEST_NAME) if visits else None,
            visits=visits,
            leave="08:00" if visits else None,
            home="18:45" if visits else None,
            drive_min=int(self.rng.integers(2000)) if visits else None,
            worst_gap=self.text(LONGEST_NAME) if has_gap else None,
            worst_gap_outlet=visits[0].outlet_id if has_gap else "",
        )

    def links(self, sheet_id: str) -> tuple[Link, ...]:
        with_address = self.rng.random() < 0.5
        found = []
        for key in ("area", "customers", "history", "archive"):
            url = f"https://{self.word(60).lower() or 'a'}.example/{key}/1" if with_address else ""
            code = url or (sheet_id if key == "archive" else "")
            fact = self.text(LONGEST_NAME) if self.rng.random() < 0.7 else None
            found.append(Link(label=self.text(30), fact=fact, key=key, url=url, code=code))
        return tuple(found)
