"""Small parts of reading: coordinates, hours, messages, settings, workbook columns."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from territory.domain.outlets import CLOSED
from territory.io import check_folder, scenario_json_schema, write_tables
from territory.io.column_reader import ColumnReader
from territory.io.crs import Points, gcj02_to_bd09, to_wgs84, wgs84_to_gcj02
from territory.io.excel import column_letters, read_sheet
from territory.io.hours import HoursError, parse_days, parse_shift, parse_windows
from territory.io.issues import MOST_OF_A_KIND, IssueLog
from territory.io.messages import MESSAGES
from territory.io.scenario_file import read_settings
from territory.io.tables import Table
from territory.units import great_circle_km
from tests.io.town_folder import workbook

MADE_UP = Points(
    lat=np.random.default_rng(1).uniform(18.0, 53.0, 2000), lon=np.random.default_rng(2).uniform(74.0, 134.0, 2000)
)


def farthest_m(first: Points, second: Points) -> float:
    return float(great_circle_km(first.lat, first.lon, second.lat, second.lon).max() * 1000)


def test_amap_coordinates_come_back_to_a_metre() -> None:
    assert farthest_m(to_wgs84(wgs84_to_gcj02(MADE_UP), "gcj02"), MADE_UP) < 1.0


def test_baidu_coordinates_come_back_to_a_metre() -> None:
    assert farthest_m(to_wgs84(gcj02_to_bd09(wgs84_to_gcj02(MADE_UP)), "bd09"), MADE_UP) < 1.0


def test_the_offsets_are_the_published_ones() -> None:
    """Tiananmen in the three systems, as the coordtransform and eviltransform packages print it."""
    point = Points(lat=np.array([39.915]), lon=np.array([116.404]))
    gcj, bd = wgs84_to_gcj02(point), gcj02_to_bd09(point)
    assert (gcj.lat[0], gcj.lon[0]) == pytest.approx((39.91640428150164, 116.41024449916938), abs=1e-9)
    assert (bd.lat[0], bd.lon[0]) == pytest.approx((39.92133699351021, 116.41036949371029), abs=1e-9)


def test_points_outside_china_stay() -> None:
    abroad = Points(lat=np.array([40.7, -33.9]), lon=np.array([-74.0, 151.2]))
    moved = to_wgs84(abroad, "gcj02")
    assert np.array_equal(moved.lat, abroad.lat)
    assert np.array_equal(moved.lon, abroad.lon)
    assert to_wgs84(abroad, "wgs84") is abroad


clocks = st.integers(0, 24 * 60 - 1)


@given(st.lists(clocks, min_size=4, max_size=4, unique=True), st.integers(0, 6), st.integers(0, 6))
def test_windows_written_out_are_the_windows_read(minutes: list[int], first: int, last: int) -> None:
    a, b, c, d = sorted(minutes)
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

    def shown(minute: int) -> str:
        return f"{minute // 60:02d}:{minute % 60:02d}"

    text = f"{days[first]}-{days[last]} {shown(c)}-{shown(d)} {shown(a)}-{shown(b)}"
    windows = parse_windows(text)
    meant = {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    for day in range(7):
        assert windows[day].tolist() == ([[a, b], [c, d]] if day in meant else [[CLOSED, CLOSED]] * 2)


@pytest.mark.parametrize(
    ("text", "open_days"),
    [
        ("08:00-20:00", range(7)),
        ("每天 08:00~20:00", range(7)),
        ("Mon, Wed 08:00-20:00", [0, 2]),
        ("周一、周三：08:00—20:00", [0, 2]),
        ("周一至五 08:00-20:00", range(5)),
        ("Sat-Mon 08:00-20:00", [0, 5, 6]),
        ("weekdays 08:00 - 20:00; Sat closed", range(5)),
        ("08:00-20:00; Sun closed", range(6)),
        ("周日休息；08:00-20:00", range(6)),
        ("Monday: 08:00-20:00", [0]),
    ],
)
def test_ways_to_write_the_same_hours(text: str, open_days: list[int]) -> None:
    windows = parse_windows(text)
    for day in range(7):
        assert windows[day, 0].tolist() == ([480, 1200] if day in open_days else [CLOSED, CLOSED])


@pytest.mark.parametrize(
    "text", ["", " ; ", "Mon-Xyz 08:00-09:00", "Mon 08:00-09:00 Tue", "closed 08:00-09:00", "08:61-09:00"]
)
def test_hours_that_say_nothing_are_refused(text: str) -> None:
    with pytest.raises(HoursError):
        parse_windows(text)


def test_shifts_and_days() -> None:
    assert parse_shift("8:30~17:30") == (510, 1050)
    assert parse_days("周一-周五").tolist() == [True] * 5 + [False] * 2
    assert parse_days("Mon,Wed;Fri").tolist() == [True, False, True, False, True, False, False]
    assert not parse_days("休息").any()


def test_a_kind_of_issue_is_cut_short_and_counted() -> None:
    log = IssueLog()
    for row in range(MOST_OF_A_KIND + 5):
        log.add("missing_value", file="a.csv", row=row, column="lat")
        log.add("blank_row", file="a.csv", row=row)
    log.add("missing_value", file="a.csv", row=9, column="lon")
    issues = log.issues()
    assert len(issues) == 2 * MOST_OF_A_KIND + 1 + 2
    cut = [issue for issue in issues if issue.code == "more"]
    assert [(issue.column, issue.severity) for issue in cut] == [("lat", "error"), (None, "warning")]
    assert "5 more" in cut[0].line("en")
    assert "另有 5 个" in cut[0].line("zh")


def test_long_values_are_shortened() -> None:
    log = IssueLog()
    log.add("missing_value", file="a.csv", value="x" * 500)
    assert len(log.issues()[0].value or "") == 80


def test_every_message_is_written_in_both_languages() -> None:
    for code, message in MESSAGES.items():
        for text in (message.problem, message.remedy):
            assert text.en.isascii(), code
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh), code


def issues_of_settings(text: str | bytes) -> list[tuple[str, str | None]]:
    log = IssueLog()
    read_settings(text if isinstance(text, bytes) else text.encode(), log=log)
    return [(issue.code, issue.column) for issue in log.issues()]


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        (b"\xff\xff", [("encoding", None)]),
        ("x = [", [("toml_syntax", None)]),
        ("visits = 3", [("wrong_value", "visits")]),
        ("policy = [1]", [("wrong_value", "policy")]),
        ('[policy]\nbold = "yes"', [("wrong_value", "policy.bold")]),
        ("[visits]\nholidays = [2026-12-25, 3.5]", [("wrong_value", "visits.holidays")]),
        ("seed = -1", [("wrong_value", "seed")]),
        ('seed = "7"', [("wrong_value", "seed")]),
        ('currency = "yuan"', [("wrong_value", "currency")]),
        ('time_zone = "Mars/Olympus"', [("wrong_value", "time_zone")]),
        ('time_zone = "../etc"', [("wrong_value", "time_zone")]),
        ('time_zone = "America/New_York"', []),
        ("name = 5", [("wrong_value", "name")]),
        ("[visits]\nfirst_drive_paid = 1", [("wrong_value", "visits.first_drive_paid")]),
        ("[travel]\ntown_kmh = 0", [("wrong_value", "travel.town_kmh")]),
        ("[lab]\nreplications = 2.5", [("wrong_value", "lab.replications")]),
        ("[year]\nseason = [1, 2]", [("wrong_value", "year.season")]),
        ("[policy.a.bonus]\nstart_month = 5\nstop_month = 3", [("wrong_value", "policy.a.bonus.stop_month")]),
        ("[policy.a.pays]\nx = 1\n[effort]\nx = 1", [("unknown_key", "policy.a.pays"), ("unknown_key", "effort.x")]),
        ("zzz = 1", [("unknown_key", "zzz")]),
        ('[split]\ncount_tolerance = "some"', [("wrong_value", "split.count_tolerance")]),
        ('[split]\npotential_tolerance = "0.3"', [("wrong_value", "split.potential_tolerance")]),
        ("[split]\npotential_tolerance = -1", [("wrong_value", "split.potential_tolerance")]),
    ],
)
def test_wrong_settings_are_named_by_their_dotted_key(text: str | bytes, issues: list[tuple[str, str | None]]) -> None:
    if isinstance(text, str) and not text.startswith("x = ["):
        text = 'schema = "territory/scenario@1"\ncrs = "wgs84"\n' + text
    assert issues_of_settings(text) == issues


def test_right_settings_beside_wrong_ones_are_kept() -> None:
    log = IssueLog()
    text = 'schema = "territory/scenario@1"\ncrs = "gcj02"\nnam = 1\n[split]\nmax_moved_share = 0.2\nprice_moved = -1\n'
    settings = read_settings(text.encode(), log=log)
    assert settings is not None
    assert len(log.issues()) == 2
    assert (settings.crs, settings.split.max_moved_share) == ("gcj02", 0.2)


def test_cells_of_a_workbook_read_as_their_owner_sees_them(tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("reps")
    sheet.write_row(0, 0, [7.0, 7.5, "007", True])
    formats = {"date": "yyyy-mm-dd", "time": "hh:mm:ss", "both": "yyyy-mm-dd hh:mm", "long": "[h]:mm:ss"}
    styles = {name: book.add_format({"num_format": code}) for name, code in formats.items()}
    sheet.write_datetime(0, 4, dt.date(2020, 3, 1), styles["date"])
    sheet.write_datetime(0, 5, dt.time(8, 30), styles["time"])
    sheet.write_datetime(0, 6, dt.datetime(2020, 3, 1, 5, 6), styles["both"])
    sheet.write_number(0, 7, 26 / 24, styles["long"])
    book.close()
    rows = read_sheet(path.read_bytes(), file="reps.xlsx", table="reps", log=IssueLog())
    assert rows == [("7", "7.5", "007", "true", "2020-03-01", "08:30:00", "2020-03-01 05:06:00", "26:00:00")]


def test_an_empty_workbook_has_no_rows(tmp_path: Path) -> None:
    content = workbook(tmp_path / "made.xlsx", {"a & b": []})
    assert read_sheet(content, file="reps.xlsx", table="reps", log=IssueLog()) == []


def test_columns_have_the_letters_of_a_spreadsheet() -> None:
    assert [column_letters(place) for place in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_the_schema_is_published_under_the_names_of_the_file() -> None:
    schema = scenario_json_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert set(schema["required"]) == {"schema", "crs"}
    assert schema["additionalProperties"] is False


def test_forty_thousand_outlets_are_read_and_checked_in_seconds(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    count = 40_000
    outlets = pd.DataFrame(
        {
            "outlet_id": [f"{number:06d}" for number in range(count)],
            "name": "店",
            "lat": rng.uniform(31, 32, count),
            "lon": rng.uniform(121, 122, count),
            "area": [f"a{number % 1500}" for number in range(count)],
            "tier": rng.choice(list("ABC"), count),
            "sales_cny": rng.uniform(0, 1000, count),
            "open": "Mon-Fri 08:00-12:00 14:00-18:00; Sat 09:00-12:00",
            "rep_id": [f"R{number % 244}" for number in range(count)],
        }
    )
    reps = pd.DataFrame({"rep_id": [f"R{number}" for number in range(244)], "lat": 31.5, "lon": 121.5})
    toml = 'schema = "territory/scenario@1"\ncrs = "gcj02"\n'
    folder = write_tables(tmp_path / "city", outlets=outlets, reps=reps, toml_text=toml)
    started_s = time.process_time()
    checked = check_folder(folder)
    assert checked.scenario is not None
    assert time.process_time() - started_s < 4.0
    outlets["rep_id"] = [f"S{number}" for number in range(count)]
    outlets["lat"] = "north"
    write_tables(tmp_path / "city", outlets=outlets, reps=reps, toml_text=toml)
    started_s = time.process_time()
    checked = check_folder(folder)
    assert len(checked.errors) == 2 * (MOST_OF_A_KIND + 1)
    assert time.process_time() - started_s < 4.0


def test_lost_leading_zeros_are_recognised_in_long_lists_of_ids() -> None:
    table = Table(file="a.csv", rows=[2, 3], cells={"outlet_id": ["17", "x"]}, headers={})
    log = IssueLog()
    known = {f"{number:05d}": number for number in range(5000)}
    for position in (0, 1):
        ColumnReader(table, log).add_unknown("unknown_outlet", position, "outlet_id", known)
    assert "did you mean '00017'?" in log.issues()[0].line("en")
    assert "did you mean" not in log.issues()[1].line("en")
