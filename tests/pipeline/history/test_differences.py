"""Two points compared: every outlet and visit that differs stands in the rows, and nothing else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.errors import ConfigError
from territory.pipeline.history.desk import Desk, Signed
from territory.pipeline.history.difference_rows import compared, write_compared
from territory.pipeline.history.differences import VisitChangeKind, outlet_changes, visit_changes
from territory.pipeline.history.editing import edited
from territory.pipeline.history.orders import read_orders
from territory.pipeline.history.points import point_named, reserved
from territory.pipeline.history.state import PlanState, day_and_rep, stops_of
from tests.pipeline.history.drafts import drafted, random_edit

Where = tuple[str, str, str, int]


def all_visits(state: PlanState) -> Counter[Where]:
    """Outlet, date, rep, start."""
    return Counter(
        (outlet, *day_and_rep(key), start)
        for key, route in state["routes"].items()
        for outlet, start, _, _ in stops_of(route)
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 12))
def test_the_rows_turn_one_point_into_the_other(seed: int, count: int) -> None:
    draw, before = np.random.default_rng(seed), drafted(12, 3)
    after = before
    for _ in range(count):
        after = after.apply(random_edit(after, draw))
    reps = dict(before["assignment"])
    for change in outlet_changes(before, after):
        assert reps[change.outlet_id] == change.rep_before != change.rep
        reps[change.outlet_id] = change.rep
    assert reps == after["assignment"]
    visits = all_visits(before)
    for change in visit_changes(before, after):
        if change.before is not None:
            visits[change.outlet_id, change.before.date, change.before.rep_id, change.before.start_s] -= 1
        if change.after is not None:
            visits[change.outlet_id, change.after.date, change.after.rep_id, change.after.start_s] += 1
        assert change.before != change.after
    assert +visits == all_visits(after)
    assert min(visits.values(), default=0) >= 0


def routes(*visits: tuple[str, str, str, int]) -> PlanState:
    """Visits as (outlet, rep, date, start)."""
    found: dict[str, object] = {}
    for outlet, rep, date, start in visits:
        found.setdefault(f"{date} {rep}", {"stops": []})["stops"].append([outlet, start, 0, 0])  # type: ignore[index]
    return PlanState().having(routes=found)


@pytest.mark.parametrize(
    ("after", "kinds"),
    [
        ([("A", "R1", "2026-12-01", 900)], []),
        ([("A", "R1", "2026-12-01", 960)], ["time"]),
        ([("A", "R2", "2026-12-01", 900)], ["other_rep"]),
        ([("A", "R2", "2026-12-03", 900)], ["moved"]),
        ([], ["dropped"]),
        ([("A", "R1", "2026-12-01", 900), ("A", "R1", "2026-12-08", 900)], ["added"]),
        ([("A", "R1", "2026-12-01", 960), ("A", "R1", "2026-12-08", 900)], ["time", "added"]),
        ([("B", "R1", "2026-12-01", 900)], ["dropped", "added"]),
    ],
)
def test_each_difference_has_its_kind(after: list[tuple[str, str, str, int]], kinds: list[str]) -> None:
    found = visit_changes(routes(("A", "R1", "2026-12-01", 900)), routes(*after))
    assert [change.kind for change in found] == [VisitChangeKind(kind) for kind in kinds]


def test_points_have_numbers_and_names(desk: Desk) -> None:
    edit_and_branch(desk)
    assert point_named(desk, "3").state == 3
    assert point_named(desk, "main").state == 3
    assert point_named(desk, "what-if").state == point_named(desk, "now").state == 5
    assert point_named(desk, "1").state == 0
    for name in ("99", "published", "published@2027-01-01", "published@soon", "man"):
        with pytest.raises(ConfigError):
            point_named(desk, name)
    with pytest.raises(ConfigError, match="no plan yet"):
        compared(desk, "1", "now")
    assert all(reserved(name) for name in ("12", "now", "published", "published@2027-01-01"))


def edit_and_branch(desk: Desk) -> None:
    desk.note("branch", {"from": 3}, Signed(who="li"), branch="what-if")
    scenario = desk.scenario(desk.state)
    found = edited(scenario, desk.state, read_orders(scenario, options={"assign": ["003:R2"]}))
    desk.record("edit", found.state, Signed(who="wang"))


def test_branches_are_compared_as_tables(desk: Desk, tmp_path: Path) -> None:
    edit_and_branch(desk)
    found = compared(desk, "main", "what-if")
    assert [(row["outlet_id"], row["name"], row["rep_id_before"], row["rep_id"]) for row in found.outlets] == [
        ("003", "店3", "R1", "R2")
    ]
    assert Counter(row["change"] for row in found.visits)["other_rep"] == 4
    assert compared(desk, "main", "3").visits == ()
    for path, rows in zip(write_compared(found, tmp_path), (found.outlets, found.visits), strict=True):
        assert len(path.read_text(encoding="utf-8-sig").splitlines()) == 1 + len(rows)
