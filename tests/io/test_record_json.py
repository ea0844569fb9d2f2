"""Records as JSON: what goes in comes back, and a machine's line that is wrong is told and never half read."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.records import (
    ChannelRecord,
    DayRecord,
    GoalRecord,
    ProblemRecord,
    SheetRecord,
    TaskRecord,
    VisitOutcome,
    VisitRecord,
)
from territory.io.messages_loop import LOOP_MESSAGES
from territory.io.record_json import read_record_lines, record_digest, record_json, record_of

DAY = dt.date(2026, 12, 1)
FULL = SheetRecord(
    sheet_id="007 2026-W49",
    rep_id="007",
    iso_week="2026-W49",
    plan_id="abc",
    goals=(GoalRecord(key="sales", goal=1.5, actual=None),),
    tasks=(TaskRecord(number=1, rule="own.1.2", done=None, note="=1+1", what="做好 䶮"),),
    visits=(VisitRecord(outlet_id="0001", date=DAY, order=1, outcome=VisitOutcome.CLOSED, made_on=DAY, note="关"),),
    days=(DayRecord(date=DAY, problem="雨"),),
    problems=(ProblemRecord(key="007 2026-W49/problem.1", text="x", closed=False),),
    channel=(ChannelRecord(part="customers", ticks=("ideas",), content="…", means=("talk",)),),
    worst_gap="gap",
    work="work",
    source="a.xlsx",
)


def test_every_field_of_a_record_comes_back() -> None:
    assert record_of(json.loads(json.dumps(record_json(FULL)))) == FULL


texts = st.text(max_size=12)


@settings(max_examples=40, deadline=None)
@given(
    st.builds(
        SheetRecord,
        sheet_id=texts,
        rep_id=texts,
        iso_week=texts,
        goals=st.lists(
            st.builds(
                GoalRecord,
                key=texts,
                goal=st.none() | st.floats(allow_nan=False, allow_infinity=False),
                actual=st.none() | st.floats(allow_nan=False, allow_infinity=False),
            ),
            max_size=3,
        ).map(tuple),
        visits=st.lists(
            st.builds(
                VisitRecord,
                outlet_id=texts,
                date=st.dates(),
                order=st.integers(0, 99),
                outcome=st.sampled_from(list(VisitOutcome)),
                made_on=st.none() | st.dates(),
                note=texts,
            ),
            max_size=3,
        ).map(tuple),
    )
)
def test_any_record_survives_json(record: SheetRecord) -> None:
    assert record_of(json.loads(json.dumps(record_json(record)))) == record


def test_the_same_sheet_from_another_file_is_the_same_record() -> None:
    assert record_digest(FULL) == record_digest(replace(FULL, source="b.csv"))
    assert record_digest(FULL) != record_digest(replace(FULL, work="other"))


def test_a_record_of_a_newer_version_is_still_read_from_the_store() -> None:
    assert record_of({**record_json(FULL), "mood": "good"}) == FULL


def line_with(**changes: object) -> str:
    return json.dumps({"sheet_id": "R1 2026-W49", "rep_id": "R1", "iso_week": "2026-W49", **changes})


VISIT = {"outlet_id": "0001", "date": "2026-12-01", "order": 1, "outcome": "done"}
WRONG = {
    "bad_json_line": "{",
    "record_missing": json.dumps({"sheet_id": "R1 2026-W49", "rep_id": "R1"}),
    "record_value": line_with(visits=[{**VISIT, "outcome": "went"}]),
    "record_key": line_with(visits=[{**VISIT, "outcom": "done"}]),
    "record_week": line_with(iso_week="2026-W60"),
    "record_sheet_id": line_with(sheet_id="R2 2026-W49"),
}


@pytest.mark.parametrize("code", list(WRONG))
def test_a_wrong_line_is_told_with_its_row_and_the_others_are_read(code: str, tmp_path: Path) -> None:
    file = tmp_path / "sent.jsonl"
    good = line_with(visits=[VISIT])
    file.write_text(f"{good}\n\n{WRONG[code]}\n{line_with(work='x')}\n", encoding="utf-8")
    found = read_record_lines([file])
    assert [(record.source, len(record.visits)) for record in found.records] == [("sent.jsonl", 1), ("sent.jsonl", 0)]
    assert {(issue.code, issue.row, issue.severity) for issue in found.issues} == {(code, 3, "error")}
    assert all(issue.problem.zh and issue.remedy.zh for issue in found.issues)


def test_every_message_about_the_loop_has_a_case() -> None:
    """Those about the panel are in `test_panel_file`."""
    assert set(LOOP_MESSAGES) == {*WRONG, "no_records", "bad_month", "visits_sum", "double_month"}


def test_a_missing_an_empty_and_an_unreadable_file_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    (tmp_path / "utf16.jsonl").write_bytes("{}".encode("utf-16"))
    found = read_record_lines([tmp_path / name for name in ("none.jsonl", "empty.jsonl", "utf16.jsonl")])
    assert found.records == ()
    assert [issue.code for issue in found.issues] == ["missing_file", "no_records", "encoding"]
