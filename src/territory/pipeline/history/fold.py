"""History: where every branch stands after its events, undo and redo included. Pure; blobs are looked up.

Every event that makes a new state hangs below the state it was made from, so the states are a tree. A branch is a
place in that tree; undo goes one step up, redo the same way down again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

from territory.domain.events import MAIN, Event
from territory.io.plan_store.errors import StoreDamagedError
from territory.language import Text
from territory.pipeline.history.state import Change, MisfitError, PlanState

STATES = frozenset({"split", "plan", "edit", "restore"})
MOVES = STATES | {"undo", "redo"}
NOWHERE = 0
SNAPSHOT_EVERY = 200
_REMEMBERED = 24


@dataclass(frozen=True, slots=True)
class Undone:
    """What redo finds: the state's event, and what was undone before it."""

    event: int
    rest: Undone | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """
    Where a branch stands.

    Attributes
    ----------
    state
        Number of the event that made its state; 0 for nothing yet.
    undone
        What can be redone, the next one first.
    last
        Number of the branch's last event that moved it; a writer who knows less is late.
    """

    branch: str
    state: int = NOWHERE
    undone: Undone | None = None
    last: int = 0


def undone_events(position: Position) -> Iterator[int]:
    """What can be redone, the next one first."""
    undone = position.undone
    while undone is not None:
        yield undone.event
        undone = undone.rest


class History:
    """
    The events of a store, folded. It grows by `extend` and is asked in between.

    Attributes
    ----------
    branches
        Where each branch stands now, in the order they were begun.
    current
        The branch that the folder shows.
    idle
        Events that cannot have happened, such as taking back what is not the last change: they have no effect.
    """

    def __init__(self, blob: Callable[[str], bytes]) -> None:
        self._blob = blob
        self.events: list[Event] = []
        self.branches: dict[str, Position] = {}
        self.current = MAIN
        self.idle: list[Event] = []
        self._before: dict[int, int] = {}
        self._depth: dict[int, int] = {NOWHERE: 0}
        self._positions: list[Position] = []
        self._states: OrderedDict[int, PlanState] = OrderedDict()

    def extend(self, events: Iterable[Event]) -> None:
        """
        Take in events that follow those known.

        Raises
        ------
        StoreDamagedError
            When they do not follow.
        """
        for event in events:
            if event.number != len(self.events) + 1:
                raise _impossible(event, "it does not follow", "与前一条不衔接")
            position = self._after(event)
            if position is None:
                self.idle.append(event)
                here = self.here(event.branch)
                position = replace(here, last=event.number) if event.kind in MOVES else here
            self.events.append(event)
            self.branches[event.branch] = position
            self._positions.append(position)

    def _after(self, event: Event) -> Position | None:
        """Where the event's branch stands after it; None when it cannot have happened."""
        here = self.here(event.branch)
        if event.kind in STATES:
            if not ("state" in event.payload or isinstance(event.payload.get("changes"), list)):
                return None
            self._before[event.number] = here.state
            has_base = "state" in event.payload
            self._depth[event.number] = 0 if has_base else self._depth[here.state] + 1
            return replace(here, state=event.number, undone=None, last=event.number)
        if event.kind == "undo":
            if here.state == NOWHERE or event.payload.get("event") != here.state:
                return None
            undone = Undone(here.state, here.undone)
            return replace(here, state=self._before[here.state], undone=undone, last=event.number)
        if event.kind == "redo":
            if here.undone is None or event.payload.get("event") != here.undone.event:
                return None
            return replace(here, state=here.undone.event, undone=here.undone.rest, last=event.number)
        if event.kind == "branch":
            return self._branched(event, here)
        return here

    def _branched(self, event: Event, here: Position) -> Position | None:
        frm = event.payload.get("from")
        if frm is None:
            self.current = event.branch
            return here
        if event.branch in self.branches or not isinstance(frm, int) or not 0 < frm <= len(self._positions):
            return None
        self.current = event.branch
        return Position(branch=event.branch, state=self.at(frm).state, last=event.number)

    def here(self, branch: str | None = None) -> Position:
        """Where a branch stands now; the current one for None."""
        name = self.current if branch is None else branch
        return self.branches.get(name, Position(branch=name))

    def at(self, number: int) -> Position:
        """Where the branch of an event stood after it; nowhere for 0."""
        return self._positions[number - 1] if number else Position(branch=MAIN)

    def before(self, state: int) -> int:
        """The state that a state was made from."""
        return self._before[state]

    def line(self, position: Position) -> Iterator[int]:
        """The states that a position rests on, the newest first."""
        state = position.state
        while state != NOWHERE:
            yield state
            state = self._before[state]

    def wants_snapshot(self, branch: str | None = None) -> bool:
        """Whether the next change should carry the whole state, so that no state is far from one."""
        return self._depth[self.here(branch).state] + 1 >= SNAPSHOT_EVERY

    def state(self, number: int) -> PlanState:
        """
        The state that an event made (`Position.state`).

        Raises
        ------
        StoreDamagedError
            When a change does not fit the state before it.
        """
        path: list[int] = []
        at = number
        while at != NOWHERE and at not in self._states and "state" not in self.events[at - 1].payload:
            path.append(at)
            at = self._before[at]
        state = self._base(at)
        for step in reversed(path):
            state = self._changed(state, step)
        self._remember(number, state)
        return state

    def now(self, branch: str | None = None) -> PlanState:
        """The state of a branch; of the current one for None."""
        return self.state(self.here(branch).state)

    def replayed(self) -> Iterator[tuple[int, str]]:
        """Events whose stored state is not what their changes make of the state before; none in a sound history."""
        for event in self.events:
            if event.kind in STATES and "state" in event.payload and "changes" in event.payload:
                before = self.state(self._before[event.number])
                try:
                    fits = self._changed(before, event.number).digest == event.payload["state"]
                except StoreDamagedError:
                    fits = False
                if not fits:
                    yield event.number, event.kind

    def _base(self, at: int) -> PlanState:
        if at in self._states:
            self._states.move_to_end(at)
            return self._states[at]
        if at == NOWHERE:
            return PlanState()
        return PlanState.from_bytes(self._blob(str(self.events[at - 1].payload["state"])))

    def _changed(self, state: PlanState, number: int) -> PlanState:
        event = self.events[number - 1]
        rows = cast("list[list[object]]", event.payload["changes"])
        try:
            return state.apply(Change.of(row) for row in rows)
        except (MisfitError, TypeError, ValueError) as error:
            raise _impossible(event, str(error), str(error)) from None

    def _remember(self, number: int, state: PlanState) -> None:
        self._states[number] = state
        self._states.move_to_end(number)
        while len(self._states) > _REMEMBERED:
            self._states.popitem(last=False)


def _impossible(event: Event, reason: str, reason_zh: str) -> StoreDamagedError:
    return StoreDamagedError(
        Text(
            f"event {event.number} ({event.kind}, {event.who}) cannot have happened: {reason}. "
            "Take it back with `territory undo`, or restore an earlier point.",
            f"第 {event.number} 条记录({event.kind},{event.who})不成立:{reason_zh}。"
            "可用 `territory undo` 撤销,或恢复更早的点。",
        )
    )
