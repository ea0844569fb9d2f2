"""The next cycle's scenario folder: same tables and settings, a later start, last visits, nothing else touched."""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from territory.errors import ConfigError, ScenarioError
from territory.io import read_scenario
from territory.io.follows_file import Follows, read_follows, write_follows
from territory.io.next_scenario import Cleared, OutletUpdate, write_next_scenario
from tests.io.town_folder import Town, town, workbook

START = dt.date(2026, 12, 28)
VISITED = {"001": OutletUpdate(last_visit=dt.date(2026, 12, 22), priority=40.0, rep_id="R2")}


def moved_on(place: Town, folder: Path) -> tuple[Path, Cleared]:
    target = folder / "next"
    return target, write_next_scenario(place.write(folder / "town"), target, start=START, updates=VISITED)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_only_the_start_and_the_outlets_named_change(tmp_path: Path) -> None:
    target, cleared = moved_on(town(), tmp_path)
    before, after = rows_of(tmp_path / "town" / "outlets.csv"), rows_of(target / "outlets.csv")
    assert after[0] == {**before[0], "last_visit": "2026-12-22", "priority": "40", "rep_id": "R2"}
    assert after[1:] == before[1:]
    assert tomllib.loads((target / "scenario.toml").read_text())["visits"]["start"] == START
    assert (target / "reps.csv").read_bytes() == (tmp_path / "town" / "reps.csv").read_bytes()
    assert cleared == Cleared(fixed_days=(), promotions=())
    case = read_scenario(target)
    assert case.calendar.start == START
    assert case.outlets.promises.last_visit_days_ago[0] == 6


def test_chinese_headers_columns_of_ones_own_and_comments_stay(tmp_path: Path) -> None:
    place = town()
    place.rename_column("outlets", "outlet_id", "客户编码")
    place.rename_column("outlets", "last_visit", "上次拜访日期")
    for row in place.outlets:
        row["my note"] = "=danger"
    place.toml = place.toml.replace("start = 2026-11-30", "start = 2026-11-30  # a Monday")
    target, _ = moved_on(place, tmp_path)
    (first, *_) = rows_of(target / "outlets.csv")
    assert (first["客户编码"], first["上次拜访日期"], first["my note"]) == ("001", "2026-12-22", "'=danger")
    assert "start = 2026-12-28 # a Monday" in (target / "scenario.toml").read_text()


def test_a_workbook_of_outlets_becomes_a_table_and_keeps_its_zeros(tmp_path: Path) -> None:
    place = town()
    rows = [list(place.outlets[0]), *(list(row.values()) for row in place.outlets)]
    place.files["shops.xlsx"] = workbook(tmp_path / "x.xlsx", {"outlets": rows})
    place.left_out.add("outlets.csv")
    place.toml += '\n[tables]\noutlets = "shops.xlsx"\n'
    target, _ = moved_on(place, tmp_path)
    assert [row["outlet_id"] for row in rows_of(target / "outlets.csv")][:2] == ["001", "002"]
    assert not (target / "shops.xlsx").exists()
    assert read_scenario(target).outlets.outlet_ids[0] == "001"


def test_what_was_agreed_for_the_cycle_before_is_taken_out_and_told(tmp_path: Path) -> None:
    place = town()
    for row, cell in zip(place.outlets, ("2026-12-03", "2026-12-03; 2026-12-29", "Wed", "", "", ""), strict=True):
        row["fixed_day"] = cell
    place.outlets[4]["promotion_weeks"] = "2"
    target, cleared = moved_on(place, tmp_path)
    assert cleared == Cleared(fixed_days=("001",), promotions=("005",))
    assert [row["fixed_day"] for row in rows_of(target / "outlets.csv")][:3] == ["", "2026-12-03; 2026-12-29", "Wed"]
    read_scenario(target)


@pytest.mark.parametrize(
    "toml",
    [
        lambda text: text.replace("[visits]\nstart = 2026-11-30\n", ""),
        lambda text: text.replace("start = 2026-11-30", "access_min = 2"),
    ],
)
def test_a_start_that_is_not_written_down_is_added(toml: Callable[[str], str], tmp_path: Path) -> None:
    place = town()
    place.toml = toml(place.toml)
    target, _ = moved_on(place, tmp_path)
    assert tomllib.loads((target / "scenario.toml").read_text())["visits"]["start"] == START


def test_settings_that_cannot_be_changed_line_by_line_are_refused(tmp_path: Path) -> None:
    place = town()
    place.toml = place.toml.replace("[visits]\nstart = 2026-11-30\n", "").replace(
        'crs = "wgs84"', 'crs = "wgs84"\nvisits = { start = 2026-11-30 }'
    )
    with pytest.raises(ConfigError, match="cannot be replaced"):
        moved_on(place, tmp_path)


def test_a_folder_without_outlets_is_told(tmp_path: Path) -> None:
    place = town()
    place.left_out.add("outlets.csv")
    with pytest.raises(ScenarioError):
        moved_on(place, tmp_path)


def test_a_link_to_the_plan_before_survives_a_move_of_both_folders(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "old" / name).mkdir(parents=True)
    link = Follows(folder=tmp_path / "old" / "a", since=dt.datetime(2026, 12, 2, 10, 30))
    write_follows(tmp_path / "old" / "b", link)
    (tmp_path / "old").rename(tmp_path / "new")
    found = read_follows(tmp_path / "new" / "b")
    assert found is not None
    assert (found.folder.resolve(), found.scenario, found.since) == (tmp_path / "new" / "a", None, link.since)


def test_a_broken_link_and_one_that_leads_nowhere_are_told(tmp_path: Path) -> None:
    (tmp_path / "follows.json").write_text("{}")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_follows(tmp_path)
    write_follows(tmp_path, Follows(folder=tmp_path / "gone"))
    with pytest.raises(ConfigError, match="not there"):
        read_follows(tmp_path)
