"""PlanStore: the append-only event log of a plan, with who, when, why, a hash chain, and content-addressed blobs."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from territory.domain.events import MAIN, Event
from territory.errors import ConfigError
from territory.io.plan_store.chain import NOTHING_BEFORE, Entry, blob_digest, blobs_named, canonical, moment
from territory.io.plan_store.errors import HeadMovedError, Unwritten, damaged
from territory.io.plan_store.ledger import Head, Ledger
from territory.io.plan_store.seal import Seal
from territory.io.plan_store.sqlite import SqliteLedger
from territory.io.plan_store.verify import Fault, faults
from territory.language import Text

T = TypeVar("T")
STORE = "plan.sqlite"
_NAME = re.compile(r"(?!\d+\Z)[^\s\x00-\x1f@]{1,60}\Z")


@dataclass(frozen=True, slots=True)
class PlanStore:
    """
    The log and the blobs, on whatever database `ledger` is; several processes may have the same store open.

    `seal` watches over the end of the log where the database is a file that could be cut or replaced.
    """

    ledger: Ledger
    seal: Seal | None = None

    @classmethod
    def open(cls, path: Path | str, *, create: bool = True) -> PlanStore:
        """
        The store at `path`, by convention ``plan.sqlite`` in a run's folder; made when absent.

        Raises
        ------
        ConfigError
            When there is none and `create` is False, or the place cannot be used.
        ConflictError
            When the file is no plan store, or was made by a newer version.
        StoreDamagedError
            When the file is broken, or is gone while its seal is still there.
        """
        place = Path(path)
        seal = Seal(place)
        if seal.path.exists() and not (place.exists() and place.stat().st_size):
            raise damaged(place, "it is gone, while its seal is still there")
        ledger = SqliteLedger(place, create=create)
        if create and not seal.path.exists() and not ledger.head().number:
            seal.advance(Head(number=0, digest=NOTHING_BEFORE))
        return cls(ledger=ledger, seal=seal)

    def append(
        self,
        *,
        kind: str,
        payload: Mapping[str, object],
        who: str,
        why: str = "",
        when: dt.datetime | None = None,
        branch: str = MAIN,
        expect: int | None = None,
        among: Collection[str] | None = None,
    ) -> Event:
        """
        Write one event at the end. When this returns the event is confirmed: neither a killed process nor a power
        cut loses it.

        Parameters
        ----------
        payload
            What happened, as JSON values. Blobs that it names have to be in the store.
        when
            The moment; now for None.
        expect
            Number of the last event of the branch as the writer knows it, 0 for none; None does not ask.
        among
            Kinds that count for `expect`; all by default.

        Raises
        ------
        HeadMovedError
            When the branch has events after `expect`; nothing is written.
        ConfigError
            When the payload has no JSON form, a name cannot be used, or a blob is not there.
        StoreDamagedError
            When the store has lost confirmed events since.
        """
        _check_names(kind, branch, who)
        text, at = canonical(payload), moment(when)
        canonical([who, why])

        def work() -> Entry:
            last = self._trusted_head()
            if expect is not None:
                self._expect(expect, among, branch, Unwritten(kind=kind, payload=payload, who=who, why=why))
            for digest in sorted(set(blobs_named(payload))):
                if not self.ledger.has_blob(digest):
                    raise ConfigError(Text(f"no blob {digest} in the store", f"方案库中没有内容 {digest}"))
            open_entry = Entry(
                number=last.number + 1,
                branch=branch,
                kind=kind,
                payload=text,
                who=who,
                when=at,
                why=why,
                previous=last.digest,
                digest="",
            )
            entry = open_entry.sealed()
            self.ledger.insert(entry)
            return entry

        return self.transact(work).event()

    def _advance_seal(self) -> None:
        """Seal what is written; once more when somebody wrote in between, so that no slower writer sets it back."""
        written = self.ledger.head()
        while self.seal is not None and written.number and self.seal.path.exists():
            self.seal.advance(written)
            last = self.ledger.head()
            if last.number <= written.number:
                return
            written = last

    def _trusted_head(self) -> Head:
        """The head, when everything that was confirmed before is still there."""
        head = self.ledger.head()
        if self.seal is not None:
            try:
                sealed = self.seal.read()
            except ValueError:
                raise damaged(self.seal.path, "the seal is unreadable") from None
            if sealed is None and head.number:
                raise damaged(self.seal.path, "the seal is missing")
            if sealed is not None and sealed.number > 0:
                at = head if sealed.number == head.number else None
                entry = None if at is not None else self.ledger.entry(sealed.number)
                digest = at.digest if at is not None else "" if entry is None else entry.digest
                if digest != sealed.digest:
                    raise damaged(self.seal.store, f"event {sealed.number}, which was confirmed, is not there any more")
        return head

    def _expect(self, expect: int, among: Collection[str] | None, branch: str, mine: Unwritten) -> None:
        since = [
            self._event(entry)
            for entry in self.ledger.entries(branch=branch, after=expect)
            if among is None or entry.kind in among
        ]
        if since:
            raise HeadMovedError(mine=mine, theirs=since, expected=expect)

    def events(self, branch: str | None = MAIN, kind: str | None = None, after: int = 0) -> list[Event]:
        """Events of a branch (None: of all) and a kind (None: of any), numbered above `after`, in order.

        Raises
        ------
        StoreDamagedError
            When one of them was changed.
        """
        return [self._event(entry) for entry in self.ledger.entries(branch=branch, kind=kind, after=after)]

    def event(self, number: int) -> Event:
        """
        One event.

        Raises
        ------
        ConfigError
            When there is none of that number.
        StoreDamagedError
            When it was changed.
        """
        entry = self.ledger.entry(number)
        if entry is None:
            last = self.ledger.head().number
            raise ConfigError(
                Text(f"there is no event {number}; the last one is {last}", f"没有第 {number} 条记录;最后一条为 {last}")
            )
        return self._event(entry)

    def _event(self, entry: Entry) -> Event:
        if not entry.is_true:
            raise damaged(self.place, f"event {entry.number} was changed")
        return entry.event()

    def head(self) -> Head:
        """Number and digest of the last event of the store."""
        return self.ledger.head()

    def put_blob(self, content: bytes) -> str:
        """Keep `content`; its digest (``sha256:...``) is its name. The same content is kept once."""
        digest = blob_digest(content)
        if not self.ledger.has_blob(digest):
            self.ledger.put_blob(digest, content)
        return digest

    def blob(self, digest: str) -> bytes:
        """
        The content of a blob, checked against its name.

        Raises
        ------
        ConfigError
            When there is none.
        StoreDamagedError
            When it was changed.
        """
        if not self.ledger.has_blob(digest):
            raise ConfigError(Text(f"no blob {digest} in the store", f"方案库中没有内容 {digest}"))
        content = self.ledger.blob(digest)
        if content is None or blob_digest(content) != digest:
            raise damaged(self.place, f"blob {digest} was changed")
        return content

    def transact(self, work: Callable[[], T]) -> T:
        """Run `work`, which may append, while no other process writes; all that it wrote counts, or nothing."""
        answer = self.ledger.transact(work)
        if not self.ledger.is_writing:
            self._advance_seal()
        return answer

    def keep(self, name: str, text: str) -> None:
        """Remember a text that is no part of the history, such as what a folder shows, in place of the one before."""
        self.ledger.keep(name, text)

    def kept(self, name: str) -> str | None:
        """What was remembered under a name."""
        return self.ledger.kept(name)

    def verify(self, known: Mapping[int, str] | None = None) -> list[Fault]:
        """
        Everything that was changed or lost, the first bad event first; empty when all is as it was written.

        Parameters
        ----------
        known
            Digests by number that were noted elsewhere, such as those printed on a publication. Nothing inside the
            store's files can prove that all of them were not rewritten together; these can.
        """
        return faults(self.ledger, self.seal, known or {})

    def reseal(self) -> Head:
        """Write the seal anew for the log as it is: a decision of the person who has looked at `verify`."""
        head = self.ledger.head()
        if self.seal is not None:
            self.seal.write(head)
        return head

    @property
    def place(self) -> Path:
        """The file, where there is one."""
        return Path(STORE) if self.seal is None else self.seal.store

    def close(self) -> None:
        """Let go of the store."""
        self.ledger.close()

    def __enter__(self) -> PlanStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.suppress(ConfigError):
            self.close()


def _check_names(kind: str, branch: str, who: str) -> None:
    if not re.fullmatch(r"[a-z][a-z_]{0,39}", kind):
        raise ConfigError(Text(f"{kind!r} is no kind of event", f"{kind!r} 不是记录类型"))
    if not is_branch_name(branch):
        raise ConfigError(
            Text(
                f"{branch!r} cannot name a branch: up to 60 characters without spaces and @, not only digits",
                f"{branch!r} 不能作为分支名:最多 60 个字符,不含空格和 @,不能全为数字",
            )
        )
    if not who.strip():
        raise ConfigError(Text("say who you are with --who", "请用 --who 写明操作人"))


def is_branch_name(name: str) -> bool:
    """Whether a branch may be called this."""
    return bool(_NAME.match(name))
