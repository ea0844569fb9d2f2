"""A reader of calendars by the letter of RFC 5545, which shares nothing with what writes them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

_LINE = re.compile(r'(?P<name>[A-Z0-9-]+)(?P<params>(?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]*))*):(?P<value>.*)\Z', re.S)
_UNESCAPED = {"\\n": "\n", "\\N": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}
_ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "SEQUENCE", "GEO")


@dataclass
class Component:
    """BEGIN to END: properties with their parameters, and the components inside."""

    name: str
    properties: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    inside: list[Component] = field(default_factory=list)

    def value(self, name: str) -> str | None:
        """The value of a property that stands once at most."""
        found = [value for key, _, value in self.properties if key == name]
        assert len(found) <= 1, f"{name} stands {len(found)} times"
        return found[0] if found else None

    def text(self, name: str) -> str:
        """A text, without its escapes; an unescaped comma or semicolon would be a second value."""
        raw = self.value(name) or ""
        assert not re.search(r"(?<!\\)(?:\\\\)*[,;]", raw), raw
        return re.sub(r"\\[nN,;\\]", lambda match: _UNESCAPED[match[0]], raw)

    def all(self, name: str) -> list[Component]:
        """The components of this name inside."""
        return [part for part in self.inside if part.name == name]


def read_calendar(content: bytes) -> Component:
    """The calendar in a file; fails on anything that the standard forbids and that is looked at here."""
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines), "unfolded or bare"
    for line in lines:
        line.decode("utf-8")  # no fold inside a character
    text = b"\r\n".join(lines).replace(b"\r\n ", b"").decode("utf-8")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
    stack: list[Component] = [Component("")]
    for line in text.split("\r\n"):
        match = _LINE.match(line)
        assert match is not None, line
        if match["name"] == "BEGIN":
            stack.append(Component(match["value"]))
        elif match["name"] == "END":
            ended = stack.pop()
            assert ended.name == match["value"]
            stack[-1].inside.append(ended)
        else:
            params = dict(part.split("=", 1) for part in match["params"].split(";")[1:])
            stack[-1].properties.append((match["name"], params, match["value"]))
    (calendar,) = stack[0].inside
    assert (calendar.name, calendar.value("VERSION")) == ("VCALENDAR", "2.0")
    assert calendar.value("PRODID")
    for event in calendar.all("VEVENT"):
        assert event.value("UID") and event.value("DTSTAMP")
        for name in _ONCE:
            event.value(name)
    return calendar


def moment(calendar: Component, event: Component, name: str) -> dt.datetime:
    """A local time in UTC, by the rules of the calendar's own VTIMEZONE."""
    (params, value), *more = [(params, value) for key, params, value in event.properties if key == name]
    assert not more
    local = dt.datetime.strptime(value, "%Y%m%dT%H%M%S")
    (zone,) = [part for part in calendar.all("VTIMEZONE") if part.value("TZID") == params["TZID"]]
    rules: list[tuple[dt.datetime, str]] = []
    for part in zone.inside:
        for key, _, onsets in part.properties:
            if key in ("DTSTART", "RDATE"):
                rules += [
                    (dt.datetime.strptime(onset, "%Y%m%dT%H%M%S"), part.value("TZOFFSETTO") or "")
                    for onset in onsets.split(",")
                ]
    onset, offset = max(rule for rule in rules if rule[0] <= local)
    assert onset <= local
    hours = dt.timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5])) * (-1 if offset[0] == "-" else 1)
    return (local - hours).replace(tzinfo=dt.UTC)
