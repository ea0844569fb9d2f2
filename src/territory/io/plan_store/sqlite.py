"""All SQL of the plan store: a `Ledger` in one SQLite file with a write-ahead log."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from territory.errors import ConfigError
from territory.io.plan_store.chain import NOTHING_BEFORE, Entry
from territory.io.plan_store.errors import StoreBusyError, damaged, foreign, not_there
from territory.io.plan_store.ledger import Head
from territory.language import Text

T = TypeVar("T")
APPLICATION_ID = 0x7E221708
VERSION = 1
PATIENCE_S = 60.0
_PAGE = 500
_FIELDS = "number, branch, kind, payload, who, at, why, previous, digest"
_TEXTS = ("branch", "kind", "payload", "who", "at", "why", "previous", "digest")
_TABLES = {"event", "blob", "head", "note"}
_SCHEMA = (
    f"""CREATE TABLE event (
        number INTEGER PRIMARY KEY,
        {", ".join(f"{name} TEXT NOT NULL CHECK (typeof({name}) = 'text')" for name in _TEXTS)})""",
    """CREATE TABLE blob (
        digest TEXT PRIMARY KEY NOT NULL CHECK (typeof(digest) = 'text'),
        packed BLOB NOT NULL CHECK (typeof(packed) = 'blob'),
        packed_digest TEXT NOT NULL CHECK (typeof(packed_digest) = 'text'))""",
    "CREATE TABLE note (name TEXT PRIMARY KEY NOT NULL, text TEXT NOT NULL)",
    """CREATE TABLE head (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        number INTEGER NOT NULL CHECK (typeof(number) = 'integer'),
        digest TEXT NOT NULL CHECK (typeof(digest) = 'text'))""",
    *(
        f"""CREATE TRIGGER {table}_{what.lower()} BEFORE {what} ON {table}
        BEGIN SELECT RAISE(ABORT, 'the log only grows'); END"""
        for table in ("event", "blob")
        for what in ("UPDATE", "DELETE")
    ),
    f"INSERT INTO head VALUES (1, 0, '{NOTHING_BEFORE}')",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {VERSION}",
)


class SqliteLedger:
    """A ledger in a file; one object may be shared by threads, each process opens its own."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        """
        Open the store at `path`, or make it.

        Raises
        ------
        ConfigError
            When there is none and `create` is False, or the place cannot be written.
        ConflictError
            When the file is another program's, or of a newer version.
        StoreDamagedError
            When it cannot be read.
        """
        self._path, self._lock, self._writer = path, threading.RLock(), 0
        if not create and not path.exists():
            raise not_there(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._worded():
            self._db = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
        self._db.text_factory = _text
        try:
            self._patiently(self._prepare)
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        """A store that exists is recognised; an empty file becomes one."""
        if not self._within("BEGIN", self._is_store):
            self._db.execute("PRAGMA journal_mode = WAL")
            self._within("BEGIN IMMEDIATE", self._make)
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA fullfsync = ON")  # where the system's fsync alone does not reach the disk

    def _make(self) -> None:
        """The tables, unless another process was faster."""
        if not self._is_store():
            for statement in _SCHEMA:
                self._db.execute(statement)

    def _within(self, begin: str, work: Callable[[], T]) -> T:
        """One transaction: all of it or nothing, and one moment for all that is read."""
        self._db.execute(begin)
        try:
            answer = work()
            self._db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise
        return answer

    def _is_store(self) -> bool:
        """False for an empty database; anything but ours is refused."""
        (app,), (version,) = (
            self._db.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
        )
        tables = {name for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if app == APPLICATION_ID and version > VERSION:
            raise foreign(self._path, f"it is of version {version}", f"其版本为 {version}")
        if app == APPLICATION_ID and tables >= _TABLES:
            return True
        if app == 0 and not tables and version == 0:
            return False
        if app == APPLICATION_ID or tables >= _TABLES:
            raise damaged(self._path, "its tables are not all there")
        raise foreign(self._path, "another program made it", "由其他程序生成")

    @property
    def is_writing(self) -> bool:
        """Whether this thread is inside `transact`."""
        return self._writer == threading.get_ident()

    def transact(self, work: Callable[[], T]) -> T:
        """Run `work` in a transaction that locks out other writers; see `Ledger.transact`."""
        with self._lock:
            if self.is_writing:
                return work()
            self._writer = threading.get_ident()
            try:
                return self._patiently(lambda: self._within("BEGIN IMMEDIATE", work))
            finally:
                self._writer = 0

    def _patiently(self, work: Callable[[], T]) -> T:
        """Again while another process holds the lock; the pauses differ from process to process."""
        deadline, pause_s = time.monotonic() + PATIENCE_S, 0.001 + 0.0001 * (os.getpid() % 37)
        with self._worded():
            while True:
                try:
                    return work()
                except sqlite3.OperationalError as error:
                    is_busy = (error.sqlite_errorcode or 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
                    if not is_busy:
                        raise
                    if time.monotonic() > deadline:
                        raise _busy(self._path) from None
                time.sleep(pause_s)
                pause_s = min(0.1, pause_s * 1.7)

    def head(self) -> Head:
        """The head as it was sealed with the last insert."""
        row = self._row("SELECT number, digest FROM head")
        if row is None:
            raise damaged(self._path, "the head is gone")
        if not isinstance(row[0], int):
            raise damaged(self._path, "the head is no number")
        return Head(number=row[0], digest=str(row[1]))

    def insert(self, entry: Entry) -> None:
        """Put an event at the end."""
        values = (
            *(entry.number, entry.branch, entry.kind, entry.payload),
            *(entry.who, entry.when, entry.why, entry.previous, entry.digest),
        )
        with self._lock, self._worded():
            self._db.execute(f"INSERT INTO event ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            self._db.execute("UPDATE head SET number = ?, digest = ?", (entry.number, entry.digest))

    def entries(self, *, branch: str | None = None, kind: str | None = None, after: int = 0) -> Iterator[Entry]:
        """Events by number, ascending."""
        wanted, values = ["number > ?"], []
        for name, value in (("branch", branch), ("kind", kind)):
            if value is not None:
                wanted.append(f"{name} = ?")
                values.append(value)
        query = f"SELECT {_FIELDS} FROM event WHERE {' AND '.join(wanted)} ORDER BY number LIMIT {_PAGE}"
        while True:
            rows = self._all(query, after, *values)
            yield from map(_entry, rows)
            if len(rows) < _PAGE:
                return
            after = rows[-1][0]

    def entry(self, number: int) -> Entry | None:
        """One event."""
        row = self._row(f"SELECT {_FIELDS} FROM event WHERE number = ?", number)
        return None if row is None else _entry(row)

    def put_blob(self, digest: str, content: bytes) -> None:
        """Keep a blob, packed."""
        packed = zlib.compress(content, 6)
        sum_of_packed = hashlib.sha256(packed).hexdigest()
        self.transact(
            lambda: self._db.execute(
                "INSERT OR IGNORE INTO blob (digest, packed, packed_digest) VALUES (?, ?, ?)",
                (digest, packed, sum_of_packed),
            )
        )

    def has_blob(self, digest: str) -> bool:
        """Whether a blob is kept."""
        return self._row("SELECT 1 FROM blob WHERE digest = ?", digest) is not None

    def blob(self, digest: str) -> bytes | None:
        """A blob's content; None when there is none, or its packing is broken."""
        row = self._row("SELECT packed, packed_digest FROM blob WHERE digest = ?", digest)
        if row is None or not isinstance(row[0], bytes) or hashlib.sha256(row[0]).hexdigest() != row[1]:
            return None
        try:
            return zlib.decompress(row[0])
        except zlib.error:
            return None

    def blob_digests(self) -> list[str]:
        """Digests of all blobs, sorted."""
        return sorted(str(digest) for (digest,) in self._all("SELECT digest FROM blob NOT INDEXED"))

    def keep(self, name: str, text: str) -> None:
        """Remember a text under a name, in place of the one before."""
        query = "INSERT INTO note VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET text = excluded.text"
        self.transact(lambda: self._db.execute(query, (name, text)))

    def kept(self, name: str) -> str | None:
        """What was remembered."""
        row = self._row("SELECT text FROM note WHERE name = ?", name)
        return None if row is None else str(row[0])

    def damage(self) -> list[str]:
        """What SQLite finds when it walks through every page and index."""
        try:
            with self._lock:
                found = [str(line) for (line,) in self._db.execute("PRAGMA integrity_check(20)")]
        except (sqlite3.Error, UnicodeError) as error:  # even the words of the complaint may be damaged
            return [str(error)]
        return [] if found == ["ok"] else found

    def close(self) -> None:
        """Let go of the file; the last one to do so folds the write-ahead log into it."""
        with self._lock:
            self._db.close()

    def _row(self, query: str, *values: object) -> tuple[Any, ...] | None:
        rows = self._all(query, *values)
        return rows[0] if rows else None

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        def read() -> list[tuple[Any, ...]]:
            with self._lock:
                return self._db.execute(query, values).fetchall()

        return self._patiently(read)

    @contextlib.contextmanager
    def _worded(self) -> Iterator[None]:
        """Troubles of the database in the planner's words; a busy database is for `_patiently`."""
        try:
            yield
        except UnicodeError as error:
            raise damaged(self._path, str(error)) from error
        except sqlite3.Error as error:
            code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            if code in _USERS:
                raise _unusable(self._path, str(error)) from error
            raise damaged(self._path, str(error)) from error


_USERS = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


def _text(content: bytes) -> str:
    """Bytes that are no text stay visible as what they are, so that a damaged event can be read and named."""
    return content.decode("utf-8", "surrogateescape")


def _entry(row: tuple[object, ...]) -> Entry:
    number, *texts = row
    branch, kind, payload, who, at, why, previous, digest = map(str, texts)
    return Entry(
        number=int(str(number)),
        branch=branch,
        kind=kind,
        payload=payload,
        who=who,
        when=at,
        why=why,
        previous=previous,
        digest=digest,
    )


def _busy(path: Path) -> StoreBusyError:
    return StoreBusyError(
        Text(
            f"{path}: another program has been writing for {PATIENCE_S:.0f} s; wait for it, or end it, and try again",
            f"{path}:其他程序已持续写入 {PATIENCE_S:.0f} 秒;请等待或结束该程序后重试",
        )
    )


def _unusable(path: Path, reason: str) -> ConfigError:
    return ConfigError(
        Text(
            f"{path}: {reason}. Free some space, change its permissions, or name another folder.",
            f"{path}:{reason}。请释放空间、修改权限或更换文件夹。",
        )
    )
