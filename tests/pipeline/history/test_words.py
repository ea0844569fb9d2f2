"""Every event, step and standing is told in Chinese as well as in English."""

from __future__ import annotations

import re

import pytest

from territory.language import Text
from territory.pipeline.history.editing import OBSTACLES
from territory.pipeline.history.fold import STATES
from territory.pipeline.history.review import STANDINGS, Standing
from territory.pipeline.history.words import KINDS, STEPS, describe
from territory.visits.best_day import Obstacle

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PAYLOADS: dict[str, dict[str, object]] = {
    "scenario": {"name": "county"},
    "split": {"counts": {"assignment": 1800, "tables": 1}},
    "plan": {"counts": {"routes": 240, "unplaced": 1, "locks": 2}},
    "edit": {"orders": [["a", "甲"], ["b", "乙"], ["c", "丙"], ["d", "丁"]]},
    "undo": {"event": 4},
    "redo": {"event": 4},
    "restore": {"point": 3, "counts": {"assignment": 1}},
    "branch": {"from": 3},
    "record": {"sheet_id": "R01 2026-W49"},
    "visit_plan": {"plan_id": "abc", "since": "2026-12-07T00:00"},
    "closing": {"period": "2026-W49"},
    "reopening": {"period": "2026-W49"},
    "comment": {"text": "early", "outlet_id": "003"},
    "review": {"step": "approve"},
    "publication": {"effective": "2027-01-04"},
}


def is_in_both(text: Text) -> bool:
    return bool(text.en) and not CHINESE.search(text.en) and bool(CHINESE.search(text.zh))


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_of_event_is_told_in_both_languages(kind: str) -> None:
    assert is_in_both(KINDS[kind])
    told = describe(kind, PAYLOADS[kind])
    assert is_in_both(told)
    assert len(told.en) > len(KINDS[kind].en)
    assert is_in_both(describe(kind, {}))


def test_long_lists_of_edits_are_cut() -> None:
    assert describe("edit", PAYLOADS["edit"]).en == "edit: a; b; c; and 1 more"


def test_a_kind_that_is_not_known_keeps_its_name() -> None:
    assert describe("market_day", {"text": "Friday"}) == Text("market_day: Friday", "market_day:Friday")


def test_steps_standings_and_obstacles_are_told_in_both_languages() -> None:
    assert set(KINDS) >= STATES
    assert set(STANDINGS) == set(Standing)
    assert set(OBSTACLES) == set(Obstacle)
    texts = [*STEPS.values(), *STANDINGS.values()]
    assert all(map(is_in_both, texts))
    assert all(CHINESE.search(text.zh) for text in OBSTACLES.values())
