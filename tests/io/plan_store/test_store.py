"""The plan store: what goes in comes out, in one order, and nothing is overwritten."""

from __future__ import annotations

import concurrent.futures as futures
import datetime as dt
import hashlib
import json
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import territory.io.plan_store
from territory.errors import ConfigError, ConflictError, ExitCode
from territory.io.plan_store import HeadMovedError, PlanStore, StoreDamagedError, canonical
from tests.io.plan_store.logs import NOON, written_log
from tests.io.plan_store.memory_ledger import MemoryLedger

PAYLOADS = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=9),
        lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3), part, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)
WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PlanStore:
    """On both databases there are: whatever keeps to `Ledger` is a store."""
    if request.param == "memory":
        return PlanStore(ledger=MemoryLedger())
    return PlanStore.open(tmp_path / "plan.sqlite")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=PAYLOADS, why=WORDS, who=WORDS.filter(str.strip))
def test_what_was_written_comes_back(store: PlanStore, payload: dict[str, object], why: str, who: str) -> None:
    event = store.append(kind="edit", payload=payload, who=who, why=why, when=NOON)
    assert event.payload == payload
    assert store.event(event.number) == event
    assert (event.who, event.why, event.when) == (who, why, NOON)
    assert store.verify() == []


def test_each_event_holds_the_digest_of_the_one_before(tmp_path: Path) -> None:
    events = written_log(tmp_path / "plan.sqlite")
    assert [event.number for event in events] == list(range(1, 13))
    assert [event.previous for event in events] == ["0" * 64, *(event.digest for event in events[:-1])]


def test_the_digest_is_that_of_the_events_canonical_json(tmp_path: Path) -> None:
    event = written_log(tmp_path / "plan.sqlite")[4]
    content = {
        "schema": "territory/plan-event@1",
        "number": event.number,
        "branch": event.branch,
        "kind": event.kind,
        "payload": event.payload,
        "who": event.who,
        "when": "2026-11-30T12:05:00.000000+00:00",
        "why": event.why,
        "previous": event.previous,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode("utf-8")).hexdigest() == event.digest


def test_events_are_picked_by_branch_kind_and_number(tmp_path: Path) -> None:
    events = written_log(tmp_path / "plan.sqlite")
    with PlanStore.open(tmp_path / "plan.sqlite") as store:
        assert store.events(branch=None) == events
        assert store.events() == [event for event in events if event.branch == "main"]
        assert store.events(branch="what-if", kind="edit", after=3) == [
            event for event in events if event.branch == "what-if" and event.kind == "edit" and event.number > 3
        ]
        assert store.head().digest == events[-1].digest


def test_a_long_log_is_read_whole(store: PlanStore) -> None:
    for number in range(1, 1203):
        store.append(kind="edit", payload={"n": number}, who="li")
    assert [event.payload["n"] for event in store.events()] == list(range(1, 1203))
    assert store.verify() == []


def test_a_blob_is_kept_once_under_its_digest(store: PlanStore) -> None:
    content = b"outlet_id\n007\n"
    digest = store.put_blob(content)
    assert digest == "sha256:" + hashlib.sha256(content).hexdigest()
    assert store.put_blob(content) == digest
    assert store.blob(digest) == content
    assert store.blob(store.put_blob(b"")) == b""
    assert len(store.ledger.blob_digests()) == 2


def test_an_event_may_not_name_a_blob_that_is_not_there(store: PlanStore) -> None:
    digest = "sha256:" + "ab" * 32
    with pytest.raises(ConfigError, match="no blob"):
        store.append(kind="plan", payload={"parts": [{"visits": digest}]}, who="li")
    with pytest.raises(ConfigError, match="no blob"):
        store.blob(digest)
    assert store.events() == []


@pytest.mark.parametrize("payload", [{"x": float("nan")}, {"x": {1, 2}}, {"x": "\ud800"}, {"x": b"bytes"}])
def test_what_has_no_json_form_is_refused(store: PlanStore, payload: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="cannot be kept"):
        store.append(kind="edit", payload=payload, who="li")
    assert store.head().number == 0


@pytest.mark.parametrize(
    "words",
    [
        {"kind": "Edit!"},
        {"kind": ""},
        {"branch": "12"},
        {"branch": "a b"},
        {"branch": ""},
        {"who": " "},
        {"why": "\udcff"},
    ],
)
def test_names_that_cannot_be_used_are_refused(store: PlanStore, words: dict[str, str]) -> None:
    arguments: dict[str, str] = {"kind": "edit", "who": "li", "branch": "main", "why": ""} | words
    with pytest.raises(ConfigError):
        store.append(payload={}, **arguments)  # type: ignore[arg-type]


def test_a_time_without_a_zone_is_local_and_kept_in_utc(store: PlanStore) -> None:
    naive = dt.datetime(2026, 12, 1, 8, 30)
    event = store.append(kind="edit", payload={}, who="li", when=naive)
    assert event.when == naive.astimezone(dt.UTC)
    assert event.when.utcoffset() == dt.timedelta(0)


def test_whoever_expects_another_head_is_shown_both_edits(store: PlanStore) -> None:
    first = store.append(kind="edit", payload={"outlet": "1"}, who="li", why="closer")
    store.append(kind="edit", payload={"outlet": "1"}, who="wang", why="knows the owner", expect=first.number)
    with pytest.raises(HeadMovedError) as caught:
        store.append(kind="edit", payload={"outlet": "1"}, who="zhao", why="new school", expect=first.number)
    error = caught.value
    assert error.exit_code is ExitCode.CONFLICT
    assert [event.who for event in error.theirs] == ["wang"]
    for lang in ("en", "zh"):
        told = error.in_(lang)
        assert all(word in told for word in ("wang", "knows the owner", "zhao", "new school"))
    assert store.head().number == 2


def test_only_events_that_count_move_the_head(store: PlanStore) -> None:
    store.append(kind="edit", payload={}, who="li")
    store.append(kind="record", payload={}, who="robot")
    store.append(kind="edit", payload={}, who="li", branch="what-if")
    assert store.append(kind="edit", payload={}, who="li", expect=1, among=("edit", "undo")).number == 4
    with pytest.raises(HeadMovedError):
        store.append(kind="edit", payload={}, who="li", expect=1, among=("edit", "undo"))


def test_several_events_are_written_together_or_not_at_all(store: PlanStore) -> None:
    def two() -> None:
        store.append(kind="edit", payload={"n": 1}, who="li")
        store.append(kind="edit", payload={"n": 2}, who="li")

    def two_and_a_mistake() -> None:
        two()
        raise ValueError("no")

    store.transact(two)
    with pytest.raises(ValueError, match="no"):
        store.transact(two_and_a_mistake)
    assert [event.number for event in store.events()] == [1, 2]
    assert store.verify() == []
    assert store.append(kind="edit", payload={}, who="li").number == 3


def test_a_note_is_no_part_of_the_log(store: PlanStore) -> None:
    assert store.kept("shown") is None
    store.keep("shown", "a")
    store.keep("shown", "b")
    assert (store.kept("shown"), store.events(), store.verify()) == ("b", [], [])


def test_the_log_refuses_to_be_changed(tmp_path: Path) -> None:
    written_log(tmp_path / "plan.sqlite")
    db = sqlite3.connect(tmp_path / "plan.sqlite")
    for statement in (
        "UPDATE event SET who = 'x'",
        "DELETE FROM event",
        "UPDATE blob SET packed = x'00'",
        "DELETE FROM blob",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            db.execute(statement)
    db.close()


def test_a_commit_reaches_the_disk_before_it_is_confirmed(tmp_path: Path) -> None:
    db = PlanStore.open(tmp_path / "plan.sqlite").ledger._db  # type: ignore[attr-defined]
    assert db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_store_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no history yet"):
        PlanStore.open(tmp_path / "plan.sqlite", create=False)
    assert list(tmp_path.iterdir()) == []


def test_files_of_other_programs_are_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.sqlite")
    other.execute("CREATE TABLE mine (x)")
    other.commit()
    other.close()
    before = (tmp_path / "other.sqlite").read_bytes()
    with pytest.raises(ConflictError, match="another program"):
        PlanStore.open(tmp_path / "other.sqlite")
    assert (tmp_path / "other.sqlite").read_bytes() == before
    (tmp_path / "letter.sqlite").write_text("dear all, " * 200, encoding="utf-8")
    with pytest.raises(StoreDamagedError):
        PlanStore.open(tmp_path / "letter.sqlite")
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(ConfigError):
        PlanStore.open(tmp_path / "folder.sqlite")


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    written_log(tmp_path / "plan.sqlite")
    db = sqlite3.connect(tmp_path / "plan.sqlite")
    db.execute("PRAGMA user_version = 2")
    db.close()
    with pytest.raises(ConflictError, match="version 2"):
        PlanStore.open(tmp_path / "plan.sqlite")


def test_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": "文"}) == canonical({"a": "文", "b": 1}) == '{"a":"文","b":1}'


def test_threads_that_share_a_store_lose_nothing(store: PlanStore) -> None:
    def write(writer: int) -> None:
        for n in range(25):
            store.append(kind="edit", payload={"n": n}, who=f"writer-{writer}")

    with futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert len({(event.who, event.payload["n"]) for event in store.events()}) == 100
    assert store.verify() == []
    if store.seal is not None:
        assert store.seal.read() == store.head()


def test_all_sql_lies_in_one_file() -> None:
    room = Path(territory.io.plan_store.__file__).parents[2]
    assert [path.name for path in room.rglob("*.py") if "sqlite3" in path.read_text(encoding="utf-8")] == ["sqlite.py"]
