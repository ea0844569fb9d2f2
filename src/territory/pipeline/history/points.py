"""Points of a history as people name them: 57, a branch, now, published, published@2027-01-15."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from territory.errors import ConfigError
from territory.io.column_reader import parse_date
from territory.language import Text
from territory.pipeline.history.desk import Desk
from territory.pipeline.history.fold import NOWHERE
from territory.pipeline.history.state import PlanState
from territory.pipeline.names import nearest

NOW, PUBLISHED = "now", "published"


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A state of the history: the event after which it stood (0: before all), and the event that made it."""

    name: str
    number: int
    state: int


def point_named(desk: Desk, name: str) -> Point:
    """
    The point that a name means.

    Parameters
    ----------
    name
        The number of an event (the state of its branch after it), a branch (as it is now), ``now`` (the branch that
        the folder shows), ``published`` (in force today) or ``published@DATE``.

    Raises
    ------
    ConfigError
        When there is no such point.
    """
    from territory.pipeline.history.review import in_force

    history, word = desk.history, name.strip()
    if word.isdecimal():
        number = int(word)
        if number > len(history.events):
            desk.store.event(number)  # says which one is the last
        return Point(name=word, number=number, state=history.at(number).state)
    if word in history.branches or word == NOW:
        position = history.here(None if word == NOW else word)
        last = max((event.number for event in history.events if event.branch == position.branch), default=0)
        return Point(name=word, number=last, state=position.state)
    kind, _, text = word.partition("@")
    if kind == PUBLISHED:
        date = parse_date(text) if text else dt.datetime.now().astimezone().date()
        if date is None:
            raise ConfigError(
                Text(f"{text!r} is not a date; write it as 2027-01-15", f"{text!r} 不是日期;请写成 2027-01-15")
            )
        found = in_force(history.events, date)
        if found is None:
            raise ConfigError(Text(f"nothing is in force on {date}", f"{date} 没有生效的发布"))
        return Point(name=word, number=found.number, state=history.at(found.number).state)
    hint = nearest(word, [*history.branches, NOW, PUBLISHED])
    raise ConfigError(
        Text(
            f"{name!r} is no point of this history: give an event's number, a branch, now, or published. {hint.en}",
            f"{name!r} 不是历史中的点:请填写记录编号、分支名、now 或 published。{hint.zh}",
        )
    )


def reserved(name: str) -> bool:
    """Whether a name means a point already, so that no branch can have it."""
    return name.isdecimal() or name.partition("@")[0] in (NOW, PUBLISHED)


def state_at(desk: Desk, point: Point) -> PlanState:
    """
    The state of a point.

    Raises
    ------
    ConfigError
        When there was no plan yet.
    """
    if point.state == NOWHERE:
        raise ConfigError(Text(f"at {point.name} there was no plan yet", f"在 {point.name} 处尚无方案"))
    return desk.history.state(point.state)
