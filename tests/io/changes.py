"""Ways to change the valid town, and what a case expects of the changed folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from territory.domain.scenario import Scenario
from tests.io.town_folder import TOML, Change, Town

Place = tuple[str, str, int | None, str | None]


@dataclass(frozen=True)
class Refused:
    """`issues`: code, file, row and column of everything that is reported, in any order."""

    name: str
    change: Change
    issues: tuple[Place, ...]


@dataclass(frozen=True)
class Loaded:
    """`holds` tells whether the scenario has the right values; `warnings`: code, file, row and column of each."""

    name: str
    change: Change
    holds: Callable[[Scenario], bool]
    warnings: tuple[Place, ...] = ()


def cell(table: str, position: int, column: str, text: str) -> Change:
    def change(it: Town) -> None:
        it.tables[table][position][column] = text

    return change


def cells(table: str, position: int, **texts: str) -> Change:
    def change(it: Town) -> None:
        it.tables[table][position].update(texts)

    return change


def both(*changes: Change) -> Change:
    def change(it: Town) -> None:
        for one in changes:
            one(it)

    return change


def toml(text: str) -> Change:
    """Replace the settings."""

    def change(it: Town) -> None:
        it.toml = text

    return change


def toml_line(line: str, *, after: str = 'crs = "wgs84"\n') -> Change:
    return toml(TOML.replace(after, after + line + "\n"))


def toml_end(lines: str) -> Change:
    return toml(TOML + lines)


def file(name: str, content: bytes) -> Change:
    def change(it: Town) -> None:
        it.files[name] = content

    return change


def missing(name: str) -> Change:
    return lambda it: it.left_out.add(name)


def line(table: str, row: int, text: str) -> Change:
    return lambda it: it.replace_line(table, row, text)


def extra_row(table: str, **texts: str) -> Change:
    return lambda it: it.tables[table].append(it.tables[table][-1] | texts)


def outlet_cell(name: str, column: str, text: str, code: str, *, shown: str | None = None) -> Refused:
    """The third outlet (row 4) with one bad cell."""
    return Refused(name, cell("outlets", 2, column, text), ((code, "outlets.csv", 4, shown or column),))


def rep_cell(name: str, column: str, text: str, code: str) -> Refused:
    """The second rep (row 3) with one bad cell."""
    return Refused(name, cell("reps", 1, column, text), ((code, "reps.csv", 3, column),))


def setting(name: str, change: Change, code: str, row: int | None, key: str | None) -> Refused:
    return Refused(name, change, ((code, "scenario.toml", row, key),))


BARE_TOML = 'schema = "territory/scenario@1"\ncrs = "wgs84"\n'
