"""Desk: a run's folder with its history. Changes are written as events first, then the folder shows them."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import cast

from territory.compute import write_bytes_atomically
from territory.domain.events import Event
from territory.domain.scenario import Scenario
from territory.errors import ConfigError, ConflictError
from territory.io.plan_store import STORE, HeadMovedError, PlanStore, canonical
from territory.io.plan_store.chain import blob_digest
from territory.io.plan_store.errors import Unwritten
from territory.io.reading import read_stored_scenario
from territory.io.results import assignment_table
from territory.io.scenario_writer import csv_bytes
from territory.io.visit_plan_file import visit_plan_table
from territory.language import Text
from territory.pipeline.checking import VISITS
from territory.pipeline.history.conversion import assignment_of, plan_of
from territory.pipeline.history.fold import MOVES, History, undone_events
from territory.pipeline.history.state import Change, PlanState, day_and_rep
from territory.pipeline.history.words import describe
from territory.pipeline.plan_ground import ASSIGNMENT, assignment_path, with_positions

FILES = (ASSIGNMENT, VISITS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """
    Who does something, why, and when (None: now).

    Attributes
    ----------
    expect
        The last event of the branch that the person has seen; None: whatever is there.
    """

    who: str
    why: str = ""
    when: dt.datetime | None = None
    expect: int | None = None


class Desk:
    """
    The history of one folder, read; used as a context manager.

    Attributes
    ----------
    history
        As of the last `refresh`.
    """

    def __init__(self, folder: Path, store: PlanStore) -> None:
        self.folder, self.store = folder, store
        self.history = History(store.blob)
        self._scenarios: dict[str, Scenario] = {}
        self.refresh()

    @classmethod
    def open(cls, folder: Path, *, create: bool = False) -> Desk:
        """
        The desk of a folder.

        Raises
        ------
        ConfigError
            When the folder has no history and `create` is False.
        StoreDamagedError
            When the history cannot be trusted.
        """
        store = PlanStore.open(folder / STORE, create=create)
        try:
            return cls(folder, store)
        except BaseException:
            store.close()
            raise

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.store.close()

    def refresh(self) -> None:
        """Take in what was written since."""
        self.history.extend(self.store.events(branch=None, after=len(self.history.events)))

    @property
    def state(self) -> PlanState:
        """The plan as it stands on the branch that the folder shows."""
        return self.history.now()

    def write(
        self,
        kind: str,
        payload: Mapping[str, object],
        signed: Signed,
        *,
        branch: str | None = None,
        among: Collection[str] = MOVES,
    ) -> Event:
        """
        Write one event on a branch (the current one for None) that still is where this desk has seen it.

        Raises
        ------
        HeadMovedError
            When somebody else was faster, or `signed.expect` is older than the branch.
        """
        name = self.history.current if branch is None else branch
        event = self._append(kind, payload, signed, name, self.history.here(name).last, among)
        self.refresh()
        return event

    def require_seen(self, kind: str, payload: Mapping[str, object], signed: Signed) -> None:
        """
        Do nothing when the branch has not moved since the event that the person has seen.

        Raises
        ------
        HeadMovedError
            When it has: with what was done since, and what was to be done.
        """
        here = self.history.here()
        if signed.expect is not None and here.last > signed.expect:
            since = [
                event for event in self.store.events(branch=here.branch, after=signed.expect) if event.kind in MOVES
            ]
            mine = Unwritten(kind=kind, payload=payload, who=signed.who, why=signed.why)
            raise HeadMovedError(mine=mine, theirs=since, expected=signed.expect, describe=describe)

    def _append(
        self,
        kind: str,
        payload: Mapping[str, object],
        signed: Signed,
        branch: str,
        last: int | None,
        among: Collection[str],
    ) -> Event:
        """The event on a branch whose last move is `last` (None: whatever it is), or the conflict in words."""
        seen = [number for number in (last, signed.expect) if number is not None]
        try:
            return self.store.append(
                kind=kind,
                payload=payload,
                who=signed.who,
                why=signed.why,
                when=signed.when,
                branch=branch,
                expect=min(seen, default=None),
                among=among,
            )
        except HeadMovedError as error:
            raise error.told(describe) from None

    def note(self, kind: str, payload: Mapping[str, object], signed: Signed, *, branch: str | None = None) -> Event:
        """Write an event that moves no plan: a comment, a review, a publication, a scenario version, a branch."""
        return self.write(kind, payload, signed, branch=branch, among=())

    def record(
        self, kind: str, state: PlanState, signed: Signed, *, extra: Mapping[str, object] | None = None
    ) -> Event | None:
        """
        Write the event that makes `state` of the current one; None when they are equal.

        Small changes are written as such, with the whole state now and then; else the state is written whole.
        """
        before = self.state
        changes = before.changes_to(state)
        if not changes:
            return None
        payload: dict[str, object] = {**(extra or {}), "counts": counted(changes)}
        if kind == "edit":
            payload["changes"] = [change.row() for change in changes]
        if kind != "edit" or self.history.wants_snapshot():
            payload["state"] = self.store.put_blob(state.to_bytes())
        return self.write(kind, payload, signed)

    def begin_branch(self, name: str, point: int, signed: Signed) -> Event:
        """
        Begin a branch at the state after event `point`; the folder's plan is then the branch's.

        Raises
        ------
        ConflictError
            When somebody else has just begun one of this name.
        """

        def work() -> Event:
            self.refresh()
            if name in self.history.branches:
                raise ConflictError(Text(f"branch {name} exists by now", f"分支 {name} 已存在"))
            return self._append("branch", {"from": point}, signed, name, None, ())

        event = self.store.transact(work)
        self.refresh()
        return event

    def undo(self, signed: Signed, *, steps: int = 1) -> list[Event]:
        """
        Take back the last changes of the branch; the first plan of a history stays.

        Raises
        ------
        ConfigError
            When there are not so many; nothing is taken back then.
        """
        line = list(islice(self.history.line(self.history.here()), steps + 1))[:-1]
        if len(line) < steps:
            raise ConfigError(
                Text(
                    f"only {counted_changes(len(line)).en} can be taken back, not {steps}",
                    f"可撤销的修改只有 {len(line)} 次,不足 {steps} 次",
                )
                if line
                else Text(
                    "there is nothing to take back; the first plan of a history stays",
                    "没有可撤销的修改;历史中的第一个方案始终保留",
                )
            )
        return self._steps("undo", line, signed)

    def redo(self, signed: Signed, *, steps: int = 1) -> list[Event]:
        """
        Do again what was taken back last.

        Raises
        ------
        ConfigError
            When not so much was, or something else was done since; nothing is done then.
        """
        line = list(islice(undone_events(self.history.here()), steps))
        if len(line) < steps:
            raise ConfigError(
                Text(
                    f"only {counted_changes(len(line)).en} can be done again, not {steps}",
                    f"可重做的修改只有 {len(line)} 次,不足 {steps} 次",
                )
                if line
                else Text(
                    "there is nothing to do again: nothing was taken back last",
                    "没有可重做的修改:最近一步不是撤销",
                )
            )
        return self._steps("redo", line, signed)

    def _steps(self, kind: str, line: Sequence[int], signed: Signed) -> list[Event]:
        """One event for each step, all of them or none."""
        last = self.history.here().last

        def work() -> list[Event]:
            first = self._append(kind, {"event": line[0]}, signed, self.history.current, last, MOVES)
            later = replace(signed, expect=None)
            rest = [
                self._append(kind, {"event": event}, later, self.history.current, None, MOVES) for event in line[1:]
            ]
            return [first, *rest]

        events = self.store.transact(work)
        self.refresh()
        return events

    def restore(self, number: int, signed: Signed) -> Event | None:
        """The state after event `number` becomes the branch's, as a new event; None when it is that already."""
        state = self.history.state(self.history.at(number).state)
        return self.record("restore", state, signed, extra={"point": number})

    def scenario(self, state: PlanState) -> Scenario:
        """
        The scenario version that a state stands on, with the vacant positions that it names.

        Raises
        ------
        ConfigError
            When the state has none.
        """
        if not state["tables"]:
            raise ConfigError(Text("this point of the history has no scenario yet", "历史的这一点尚无场景"))
        name = str(state["scenario"]["name"])
        files = {file: str(digest) for file, digest in state["tables"].items()}
        key = repr((name, sorted(files.items())))
        if key not in self._scenarios:
            content = {file: self.store.blob(digest) for file, digest in files.items()}
            self._scenarios = {key: read_stored_scenario(name, content)}
        named = {*map(str, state["assignment"].values()), *(day_and_rep(route)[1] for route in state["routes"])}
        return with_positions(self._scenarios[key], named)

    def rendered(self, state: PlanState) -> dict[str, bytes]:
        """The files that a state makes."""
        found: dict[str, bytes] = {}
        if state.has_split:
            scenario = self.scenario(state)
            assignment, plan = assignment_of(scenario, state), plan_of(scenario, state)
            found[ASSIGNMENT] = csv_bytes(assignment_table(scenario, assignment))
            if plan is not None:
                found[VISITS] = csv_bytes(visit_plan_table(scenario, assignment, plan))
        return found

    def files(self, state: int) -> dict[str, bytes]:
        """The files that the state of an event makes; those that its verb wrote differently come as they were."""
        if not state:
            return {}
        written = cast("Mapping[str, str]", self.history.events[state - 1].payload.get("files", {}))
        return self.rendered(self.history.state(state)) | {
            name: self.store.blob(digest) for name, digest in written.items()
        }

    def show(self) -> None:
        """
        Make the folder show the current state: assignment.csv and visits.csv are replaced, or removed.

        No other process can write to the history meanwhile, so that the folder never shows an older state than it.
        """
        is_shown = False
        while not is_shown:
            self.refresh()
            wanted = self.announce()
            is_shown = self.store.transact(lambda files=wanted: self._put(files))  # type: ignore[misc]

    def announce(self) -> dict[str, bytes]:
        """Say which files come next, before they do: whoever is killed in between leaves nothing unknown behind."""
        wanted, known = self.files(self.history.here().state), self._shown()
        self._keep_shown({name: [*known.get(name, ()), *_digests(wanted, name)][-4:] for name in FILES})
        return wanted

    def _put(self, files: Mapping[str, bytes]) -> bool:
        """Write the files, unless the history has moved on since they were made."""
        if self.store.head().number != len(self.history.events):
            return False
        for name in FILES:
            if name in files:
                write_bytes_atomically(self.folder / name, files[name])
            else:
                (self.folder / name).unlink(missing_ok=True)
        self._keep_shown({name: _digests(files, name) for name in FILES})
        return True

    def _shown(self) -> Mapping[str, list[str]]:
        """Digests that the folder's files may have."""
        text = self.store.kept("shown")
        try:
            return {} if text is None else cast("Mapping[str, list[str]]", json.loads(text))
        except ValueError:  # a note is no part of the chain; without it every file counts as unknown
            return {}

    def _keep_shown(self, shown: Mapping[str, list[str]]) -> None:
        self.store.keep("shown", canonical(dict(shown)))

    def take_as_shown(self) -> None:
        """What the folder holds now is what the history knows."""
        there = {name: (self.folder / name).read_bytes() for name in FILES if (self.folder / name).exists()}
        self._keep_shown({name: _digests(there, name) for name in FILES})

    def foreign_files(self) -> list[str]:
        """Files that somebody changed beside the history, such as in a spreadsheet."""
        shown, found = self._shown(), []
        for name in FILES:
            path = self.folder / name
            if path.exists() and blob_digest(path.read_bytes()) not in shown.get(name, ()):
                found.append(name)
        workbook = assignment_path(self.folder)
        return found + ([workbook.name] if workbook.name != ASSIGNMENT else [])

    def require_known(self) -> None:
        """
        Do nothing when the folder holds what the history knows.

        Raises
        ------
        ConflictError
            When a file was changed beside the history; nothing of it is overwritten.
        """
        found = self.foreign_files()
        if found:
            names = ", ".join(found)
            raise ConflictError(
                Text(
                    f"{names} in {self.folder} was changed beside the history. `territory edit OUT --adopt` checks and "
                    "records it; `territory restore OUT now --overwrite` brings back what the history knows.",
                    f"{self.folder} 中的 {names} 在历史之外被修改。`territory edit OUT --adopt` 可检查并记录该修改;"
                    "`territory restore OUT now --overwrite` 可恢复历史中的内容。",
                )
            )


def _digests(files: Mapping[str, bytes], name: str) -> list[str]:
    return [blob_digest(files[name])] if name in files else []


def counted_changes(number: int) -> Text:
    """So many changes."""
    return Text(f"{number} change{'' if number == 1 else 's'}", f"{number} 次修改")


def counted(changes: Sequence[Change]) -> dict[str, int]:
    """Changes by section."""
    return dict(sorted(Counter(change.section for change in changes).items()))
