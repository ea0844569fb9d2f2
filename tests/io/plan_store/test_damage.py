"""Whatever is changed, cut off or exchanged in a store is found, and the first bad event is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from territory.errors import ConfigError
from territory.io.plan_store import Event, Fault, PlanStore, StoreDamagedError
from territory.io.plan_store.chain import blob_digest
from territory.io.plan_store.ledger import Head
from territory.io.plan_store.seal import Seal
from territory.io.plan_store.sqlite import SqliteLedger
from tests.io.plan_store.logs import NUM_EVENTS, copied, opened, written_log

TEXTS = ("branch", "kind", "payload", "who", "at", "why", "previous", "digest")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "plan.sqlite"
    written_log(path)
    return path


@pytest.fixture
def spoilt(log: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return copied(log, tmp_path / "spoilt")


def faults_of(path: Path) -> list[Fault]:
    with PlanStore.open(path, create=False) as store:
        return store.verify()


def test_a_log_that_nobody_touched_is_clean(log: Path) -> None:
    assert faults_of(log) == []


@pytest.mark.parametrize("column", TEXTS)
def test_any_byte_of_any_column_is_found_and_the_event_named(log: Path, tmp_path: Path, column: str) -> None:
    draw = np.random.default_rng(TEXTS.index(column))
    for number in range(1, NUM_EVENTS + 1):
        path = copied(log, tmp_path / f"{number}")
        with opened(path) as db:
            (content,) = db.execute(f"SELECT CAST({column} AS BLOB) FROM event WHERE number = ?", (number,)).fetchone()
            at, flip = int(draw.integers(len(content))), 1 << int(draw.integers(8))
            changed = bytes([*content[:at], content[at] ^ flip, *content[at + 1 :]])
            db.execute(f"UPDATE event SET {column} = CAST(? AS TEXT) WHERE number = ?", (changed, number))
        found = faults_of(path)
        assert found, (number, at, flip)
        assert next(fault.number for fault in found if fault.number is not None) == number, found


def _removed(path: Path) -> None:
    with opened(path) as db:
        db.execute("DELETE FROM event WHERE number = 5")


def _removed_and_renumbered(path: Path) -> None:
    with opened(path) as db:
        db.execute("DELETE FROM event WHERE number = 5")
        db.execute("UPDATE event SET number = number - 1 WHERE number > 5")
        db.execute("UPDATE head SET number = number - 1")


def _exchanged(path: Path) -> None:
    with opened(path) as db:
        for frm, to in ((5, 99), (6, 5), (99, 6)):
            db.execute("UPDATE event SET number = ? WHERE number = ?", (to, frm))


def _put_in(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE event SET number = number + 100 WHERE number >= 5")
        db.execute(
            "INSERT INTO event SELECT 5, branch, kind, payload, who, at, why, previous, digest"
            " FROM event WHERE number = 4"
        )
        db.execute("UPDATE event SET number = number - 99 WHERE number > 100")


def _renumbered(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE event SET number = -3 WHERE number = 5")


@pytest.mark.parametrize(
    ("spoil", "number"),
    [(_removed, 5), (_removed_and_renumbered, 5), (_exchanged, 5), (_put_in, 5), (_renumbered, -3)],
)
def test_events_taken_out_put_in_or_exchanged_are_found(
    spoilt: Path, spoil: Callable[[Path], None], number: int
) -> None:
    spoil(spoilt)
    assert faults_of(spoilt)[0].number == number


def test_a_tail_cut_off_is_found_by_the_head(spoilt: Path) -> None:
    with opened(spoilt) as db:
        db.execute("DELETE FROM event WHERE number > 9")
    assert {fault.code for fault in faults_of(spoilt)} == {"head", "seal"}
    assert {fault.number for fault in faults_of(spoilt)} == {10}


def test_a_tail_cut_off_together_with_the_head_is_found_by_the_seal(spoilt: Path) -> None:
    with opened(spoilt) as db:
        db.execute("DELETE FROM event WHERE number > 9")
        db.execute("UPDATE head SET number = 9, digest = (SELECT digest FROM event WHERE number = 9)")
    (fault,) = faults_of(spoilt)
    assert (fault.code, fault.number) == ("seal", 10)
    with PlanStore.open(spoilt) as store, pytest.raises(StoreDamagedError, match="event 12, which was confirmed"):
        store.append(kind="edit", payload={}, who="li")


def _forge(path: Path, number: int) -> None:
    """Change an event and compute every digest from there on anew, head included: a forger who knows the recipe."""
    ledger = SqliteLedger(path)
    entries = list(ledger.entries())
    ledger.close()
    with opened(path) as db:
        previous = entries[number - 1].previous
        for entry in entries[number - 1 :]:
            who = "forger" if entry.number == number else entry.who
            forged = replace(entry, who=who, previous=previous).sealed()
            values = (forged.who, forged.previous, forged.digest, forged.number)
            db.execute("UPDATE event SET who = ?, previous = ?, digest = ? WHERE number = ?", values)
            previous = forged.digest
        db.execute("UPDATE head SET digest = ?", (previous,))


def test_a_log_forged_with_all_its_digests_is_found_by_the_seal(spoilt: Path) -> None:
    _forge(spoilt, 4)
    assert [fault.code for fault in faults_of(spoilt)] == ["seal"]


def test_a_log_forged_with_its_seal_is_found_by_a_digest_noted_elsewhere(log: Path, spoilt: Path) -> None:
    with PlanStore.open(log) as store:
        noted = {number: store.event(number).digest for number in (3, 7)}
    _forge(spoilt, 4)
    with PlanStore.open(spoilt) as store:
        store.reseal()
        assert store.verify() == []  # nothing inside the files can tell; docs/history.md says so
        (fault,) = store.verify(noted)
        assert (fault.code, fault.number) == ("known", 7)
        assert store.verify({3: noted[3][:12]}) == []
        assert [fault.number for fault in store.verify({99: noted[3], 3: ""})] == [3, 99]


@pytest.mark.parametrize("column", ["packed", "packed_digest", "digest"])
def test_any_byte_of_a_blob_is_found_and_the_event_named(log: Path, tmp_path: Path, column: str) -> None:
    draw = np.random.default_rng(7)
    for attempt in range(25):
        path = copied(log, tmp_path / f"{attempt}")
        with opened(path) as db:
            rowid, content = db.execute(f"SELECT rowid, CAST({column} AS BLOB) FROM blob ORDER BY random()").fetchone()
            at, flip = int(draw.integers(len(content))), 1 << int(draw.integers(7))
            changed = bytes([*content[:at], content[at] ^ flip, *content[at + 1 :]])
            kind = "BLOB" if column == "packed" else "TEXT"
            db.execute(f"UPDATE blob SET {column} = CAST(? AS {kind}) WHERE rowid = ?", (changed, rowid))
        codes = {fault.code for fault in faults_of(path)}
        assert codes & {"blob", "missing_blob"}
        with PlanStore.open(path) as store, pytest.raises(ConfigError):
            for content in (b"outlet_id,rep_id\n0017,R1\n" * 40, "计划".encode() * 30):
                store.blob(blob_digest(content))


def test_a_blob_taken_away_is_missed(spoilt: Path) -> None:
    with opened(spoilt) as db:
        db.execute("DELETE FROM blob")
    assert [(fault.code, fault.number) for fault in faults_of(spoilt)] == [("missing_blob", 1), ("missing_blob", 2)]


@pytest.mark.parametrize("content", [b"", b"territory/plan-seal@1 000000000012 ", b"x\n" * 2])
def test_an_unreadable_seal_is_a_fault_until_somebody_renews_it(spoilt: Path, content: bytes) -> None:
    Seal(spoilt).path.write_bytes(content)
    assert [fault.code for fault in faults_of(spoilt)] == ["seal"]
    with PlanStore.open(spoilt) as store:
        with pytest.raises(StoreDamagedError, match="seal is unreadable"):
            store.append(kind="edit", payload={}, who="li")
        store.reseal()
        assert store.verify() == []
        assert store.append(kind="edit", payload={}, who="li").number == 13


def test_half_a_seal_still_confirms_and_is_a_fault(spoilt: Path) -> None:
    content = Seal(spoilt).path.read_bytes()
    Seal(spoilt).path.write_bytes(content[:150] + b"?" + content[151:])
    assert [fault.code for fault in faults_of(spoilt)] == ["seal"]
    with PlanStore.open(spoilt) as store:
        assert store.append(kind="edit", payload={}, who="li").number == 13
        assert store.verify() == []


def test_a_missing_seal_is_a_fault(spoilt: Path) -> None:
    Seal(spoilt).path.unlink()
    assert [fault.code for fault in faults_of(spoilt)] == ["seal"]
    with PlanStore.open(spoilt) as store:
        with pytest.raises(StoreDamagedError, match="seal is missing"):
            store.append(kind="edit", payload={}, who="li")
        store.keep("shown", "x")
        assert [fault.code for fault in store.verify()] == ["seal"]
        store.reseal()
        assert store.verify() == []


def test_an_older_seal_is_no_fault_and_an_older_store_is(log: Path, spoilt: Path, tmp_path: Path) -> None:
    older = copied(spoilt, tmp_path / "older")
    with PlanStore.open(spoilt) as store:
        ninth = store.event(9)
        Seal(spoilt).write(Head(number=9, digest=ninth.digest))
        assert store.verify() == []
        assert store.append(kind="edit", payload={}, who="li").number == 13
    shutil.copyfile(older, spoilt)
    assert [(fault.code, fault.number) for fault in faults_of(spoilt)] == [("seal", 13)]


def test_a_store_that_vanished_is_not_begun_anew(spoilt: Path) -> None:
    spoilt.unlink()
    with pytest.raises(StoreDamagedError, match="it is gone"):
        PlanStore.open(spoilt)
    spoilt.write_bytes(b"")
    with pytest.raises(StoreDamagedError, match="it is gone"):
        PlanStore.open(spoilt)


def outcome(path: Path, events: list[Event], blobs: dict[str, bytes]) -> str:
    """What became of a store after a byte of its files changed; "unnoticed" is the one that must not happen."""
    try:
        with PlanStore.open(path, create=False) as store:
            found = store.verify()
            if found:
                return "found"
            same = store.events(branch=None) == events and all(store.blob(d) == blobs[d] for d in blobs)
            return "harmless" if same else "unnoticed"
    except ConfigError:
        return "refused"


def spoil_and_look(log: Path, folder: Path, places: list[tuple[str, int]], flips: list[int]) -> dict[str, int]:
    """How often each outcome comes, over single changed bytes at these places of the store's files."""
    with PlanStore.open(copied(log, folder / "good")) as store:
        events = store.events(branch=None)
        blobs = {digest: store.blob(digest) for digest in store.ledger.blob_digests()}
    counts = {"found": 0, "harmless": 0, "refused": 0, "unnoticed": 0}
    for (name, at), flip in zip(places, flips, strict=True):
        path = copied(log, folder / "bad")
        content = bytearray((path.parent / name).read_bytes())
        content[at] ^= flip
        (path.parent / name).write_bytes(content)
        counts[outcome(path, events, blobs)] += 1
        shutil.rmtree(folder / "bad")
    return counts


def test_a_byte_flipped_anywhere_in_the_files_is_found_refused_or_harmless(log: Path, tmp_path: Path) -> None:
    draw = np.random.default_rng(11)
    files = {part.name: part.stat().st_size for part in log.parent.glob("plan.sqlite*")}
    names = [sorted(files)[i] for i in draw.integers(len(files), size=60)] + ["plan.sqlite"] * 240
    places = [(name, int(draw.integers(files[name]))) for name in names]
    counts = spoil_and_look(log, tmp_path, places, [1 << int(bit) for bit in draw.integers(8, size=len(places))])
    assert counts["unnoticed"] == 0
    assert counts["found"] > 0
    assert counts["refused"] > 0


def test_a_byte_flipped_in_the_write_ahead_log_is_found(log: Path, tmp_path: Path) -> None:
    """A journal page that cannot be trusted makes SQLite drop it and all later ones; the seal knows of them."""
    draw = np.random.default_rng(12)
    live = copied(log, tmp_path / "live")
    with PlanStore.open(live) as store:
        for number in range(20):
            store.append(kind="edit", payload={"n": number}, who="li", why="w" * 50)
        crashed = copied(live, tmp_path / "crashed")
    size = (crashed.parent / "plan.sqlite-wal").stat().st_size
    assert size > 20_000
    places = [("plan.sqlite-wal", int(at)) for at in draw.integers(size, size=120)]
    counts = spoil_and_look(crashed, tmp_path, places, [1 << int(bit) for bit in draw.integers(8, size=len(places))])
    assert counts["unnoticed"] == 0
    assert counts["found"] > 50
