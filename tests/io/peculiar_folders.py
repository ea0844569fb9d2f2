"""Folders that look unusual and are right."""

from __future__ import annotations

from typing import Any

import numpy as np

from territory.domain.promises import SETTLED_WEEKS
from territory.domain.scenario import Scenario
from tests.io.changes import (
    BARE_TOML,
    Change,
    Loaded,
    both,
    cell,
    cells,
    extra_row,
    file,
    missing,
    toml,
    toml_end,
    toml_line,
)
from tests.io.town_folder import TOML, Town


def no_areas(it: Town) -> None:
    for row in it.outlets:
        row["area"] = row["district"] = ""
    it.left_out |= {"flows.csv", "adjacency.csv"}


CHINESE = {
    "outlet_id": "零售户编码",
    "name": "客户名称",
    "lat": "纬度",
    "lon": "经度",
    "district": "行政区",
    "area": "商圈",
    "segment": "业态",
    "tier": "客户档位",
    "sales_cny": "周销售额（元）",
    "service_min": "服务分钟",
    "visits_per_cycle": "每周期拜访次数",
    "cadence": "拜访频率",
    "open": "营业时间",
    "priority": "优先级",
    "skill": "技能",
    "rep_id": "客户经理编码",
    "locked": "锁定",
    "group": "分组",
    "territory": "片区",
    "apart": "分开",
}
PROMISES = ("last_visit", "opened", "delivery_days", "fixed_day", "fixed_time", "promotion_weeks")


def encoded(table: str, encoding: str, **options: Any) -> Change:
    return lambda it: it.files.update({f"{table}.csv": it.csv(table, **options).encode(encoding)})


def is_the_town(it: Scenario) -> bool:
    return (
        it.outlets.outlet_ids == ("001", "002", "003", "004", "005", "006")
        and it.outlets.names[5] == "店6"
        and it.outlets.area[0] == "north"
        and it.outlets.sales_per_week.tolist() == [1000, 2000, 3000, 4000, 5000, 6000]
        and it.outlets.rep_idx.tolist() == [0, 0, 0, 1, 1, 1]
        and it.outlets.visits_per_cycle.tolist() == [2, 1, 4, 2, 1, 4]
    )


def has_no_ties(it: Scenario) -> bool:
    return set(it.outlets.apart.texts()) == {""} and it.reps.seed_outlet_idx.tolist() == [-1, -1]


def outlet_level_flow(it: Town) -> None:
    it.tables["flows"] = [{"from": "001", "to": "006", "weight": "2"}]


def ambiguous(it: Town) -> None:
    for row in it.outlets:
        row["area"] = "001" if row["area"] == "north" else "002"
    it.tables["flows"] = [{"from": "001", "to": "002", "weight": "2"}]
    it.tables["adjacency"] = [{"area_a": "001", "area_b": "002"}]


LOADED = [
    Loaded("the valid town", lambda it: None, is_the_town),
    Loaded("UTF-8 with BOM", encoded("outlets", "utf-8-sig"), is_the_town),
    Loaded("GB18030", encoded("outlets", "gb18030"), is_the_town),
    Loaded("Chinese headers in GB18030", encoded("outlets", "gb18030", headers=CHINESE), is_the_town),
    Loaded("semicolons", encoded("outlets", "utf-8", delimiter=";"), is_the_town),
    Loaded("tabs", encoded("outlets", "utf-8", delimiter="\t"), is_the_town),
    Loaded(
        "Windows line ends",
        lambda it: it.files.update({"outlets.csv": it.csv("outlets").replace("\n", "\r\n").encode()}),
        is_the_town,
    ),
    Loaded(
        "headers in capitals with spaces",
        encoded("outlets", "utf-8", headers={"outlet_id": " Outlet ID ", "lat": "LAT"}),
        is_the_town,
    ),
    Loaded("settings with BOM", lambda it: it.files.update({"scenario.toml": TOML.encode("utf-8-sig")}), is_the_town),
    Loaded(
        "empty rows at the end",
        lambda it: it.files.update({"outlets.csv": (it.csv("outlets") + ",,,\n\n\n").encode()}),
        is_the_town,
    ),
    Loaded(
        "an empty row in the middle",
        lambda it: it.files.update({"teams.csv": b"team_id,name\nT1,East\n\nT2,West\n"}),
        lambda it: it.teams.team_ids == ("T1", "T2"),
        (("blank_row", "teams.csv", 3, None),),
    ),
    Loaded("cells with blanks around", cell("outlets", 0, "rep_id", " R1\u3000"), is_the_town),
    Loaded("a name with a comma", cell("outlets", 0, "name", '"A, B"'), lambda it: it.outlets.names[0] == "A, B"),
    Loaded(
        "a name made safe from formulas", cell("outlets", 0, "name", "'=1+1"), lambda it: it.outlets.names[0] == "=1+1"
    ),
    Loaded("no name takes the id", cell("outlets", 0, "name", ""), lambda it: it.outlets.names[0] == "001"),
    Loaded(
        "an unknown column",
        lambda it: it.rename_column("outlets", "priority", "priorty"),
        is_the_town,
        (("unknown_column", "outlets.csv", 1, "priorty"),),
    ),
    Loaded(
        "a column without a name",
        encoded("outlets", "utf-8", headers={"segment": ""}),
        is_the_town,
        (("unnamed_column", "outlets.csv", 2, None),),
    ),
    Loaded(
        "no sales",
        lambda it: it.drop_column("outlets", "sales_cny"),
        lambda it: not it.outlets.sales_per_week.any(),
        (("no_sales", "outlets.csv", 1, "sales_cny"),),
    ),
    Loaded(
        "sales in dollars",
        both(toml_line('currency = "usd"'), lambda it: it.rename_column("outlets", "sales_cny", "sales_usd")),
        lambda it: it.currency == "USD" and it.outlets.sales_per_week.sum() == 21000,
    ),
    Loaded(
        "no flows",
        missing("flows.csv"),
        lambda it: it.flow.total == 0 and it.flow.num_places == 2,
        (("no_flow", "flows.csv", None, None),),
    ),
    Loaded(
        "neither areas nor flows",
        no_areas,
        lambda it: it.flow.num_places == 0 and it.adjacency is None and it.outlets.area.names == (),
        (("no_flow", "flows.csv", None, None),),
    ),
    Loaded(
        "area falls back on district",
        lambda it: [row.update(district=row["area"], area="") for row in it.outlets],
        lambda it: it.outlets.area.names == ("north", "south"),
    ),
    Loaded(
        "flow between outlets",
        outlet_level_flow,
        lambda it: it.flow.level == "outlet" and it.flow.weight[0, 5] == 2,
    ),
    Loaded(
        "names that are areas and outlets",
        ambiguous,
        lambda it: it.flow.level == "area" and it.flow.weight[0, 1] == 2,
        (("ambiguous_flow", "flows.csv", None, None),),
    ),
    Loaded(
        "flow twice is added",
        extra_row("flows", weight="4"),
        lambda it: it.flow.weight[0, 0] == 5.5 and it.flow.weight[0, 1] == 5 and it.flow.weight[1, 0] == 3,
        (("duplicate_pair", "flows.csv", 5, "to"),),
    ),
    Loaded(
        "a skill no rep has",
        cell("outlets", 2, "skill", "wine"),
        lambda it: it.outlets.skill[2] == "wine",
        (("skill_missing", "outlets.csv", 4, "skill"),),
    ),
    Loaded(
        "adjacency under from and to",
        lambda it: it.files.update({"adjacency.csv": b"from,to\nnorth,south\nsouth,north\n"}),
        lambda it: it.adjacency is not None and it.adjacency.todense().tolist() == [[0, 1], [1, 0]],
    ),
    Loaded(
        "opening hours in Chinese",
        cell("outlets", 0, "open", "周一至周五 08:00-12:00，14:00-18:00；周六 9:00-12:00"),
        lambda it: (
            it.outlets.windows_min[0, 4].tolist() == [[480, 720], [840, 1080]]
            and it.outlets.windows_min[0, 5].tolist() == [[540, 720], [-1, -1]]
            and not it.outlets.is_open()[0, 6]
        ),
    ),
    Loaded(
        "hours by default",
        toml_end('[defaults]\nopen = "Mon-Fri 09:00-17:00"\n'),
        lambda it: it.outlets.windows_min[3, 0, 0].tolist() == [540, 1020] and not it.outlets.is_open()[3, 5],
    ),
    Loaded(
        "a cadence in Chinese",
        cell("outlets", 0, "cadence", "每周两次"),
        lambda it: it.outlets.visits_per_cycle[0] == 8,
    ),
    Loaded(
        "a cadence in English",
        cell("outlets", 0, "cadence", "Twice weekly"),
        lambda it: it.outlets.visits_per_cycle[0] == 8,
    ),
    Loaded(
        "visits beat the tier",
        cell("outlets", 0, "visits_per_cycle", "20"),
        lambda it: it.outlets.visits_per_cycle[0] == 20,
    ),
    Loaded("an unknown tier", cell("outlets", 0, "tier", "Z"), lambda it: it.outlets.visits_per_cycle[0] == 2),
    Loaded(
        "locks and groups",
        both(cells("outlets", 0, locked="是", group="g", territory="T1"), cells("outlets", 1, group="g")),
        lambda it: it.outlets.locked.tolist() == [True] + [False] * 5 and it.outlets.group.texts()[:2] == ["g", "g"],
    ),
    Loaded(
        "outlets kept apart, under a Chinese header",
        both(
            *(cell("outlets", position, "apart", "竞品") for position in (0, 4)),
            encoded("outlets", "utf-8", headers={"apart": "互斥组"}),
        ),
        lambda it: it.outlets.apart.texts() == ["竞品", "", "", "", "竞品", ""],
    ),
    Loaded(
        "a single outlet to keep apart",
        cell("outlets", 3, "apart", "rivals"),
        lambda it: it.outlets.apart[3] == "rivals",
        (("apart_alone", "outlets.csv", 5, "apart"),),
    ),
    Loaded(
        "seed points under a Chinese header",
        both(
            cell("reps", 0, "seed_outlet", "002"),
            encoded("reps", "gb18030", headers={"seed_outlet": "种子客户"}),
        ),
        lambda it: it.reps.seed_outlet_idx.tolist() == [1, -1],
    ),
    Loaded(
        "a seed point locked to its own rep",
        both(cell("reps", 0, "seed_outlet", "002"), cells("outlets", 1, locked="1", territory="T1")),
        lambda it: it.reps.seed_outlet_idx.tolist() == [1, -1],
    ),
    Loaded(
        "promises under Chinese headers",
        both(
            cells("outlets", 0, last_visit="2026/11/20", opened="2026-11-18", delivery_days="周二、周四"),
            cells("outlets", 1, fixed_day="周三；2026年12月4日", fixed_time="09：30", promotion_weeks="第2周；4"),
            encoded(
                "outlets",
                "gb18030",
                headers={
                    "last_visit": "上次拜访日期",
                    "opened": "开业日期",
                    "delivery_days": "送货日",
                    "fixed_day": "约定拜访日",
                    "fixed_time": "约定时间",
                    "promotion_weeks": "促销周",
                },
            ),
        ),
        lambda it: (
            it.outlets.promises.last_visit_days_ago.tolist() == [10, 0, 0, 0, 0, 0]
            and it.outlets.promises.weeks_open.tolist()[:2] == [1, SETTLED_WEEKS]
            and np.flatnonzero(it.outlets.promises.delivery[0]).tolist() == [1, 3]
            and np.flatnonzero(it.outlets.promises.fixed_days[1]).tolist() == [2, 4, 9, 16, 23]
            and it.outlets.promises.fixed_time_min.tolist()[:3] == [-1, 570, -1]
            and it.outlets.promises.promotion.tolist()[1] == [False, True, False, True]
            and not it.outlets.promises.promotion[0].any()
        ),
    ),
    Loaded(
        "an outlet that opens in the cycle",
        both(cell("outlets", 0, "opened", "2026-12-01"), cell("outlets", 1, "opened", "2026-12-07")),
        lambda it: it.outlets.promises.weeks_open.tolist()[:2] == [-1, -1],
    ),
    Loaded(
        "agreed days in ranges, with dates outside the cycle",
        cells("outlets", 2, fixed_day="Mon-Tue; 2026-12-24..2027-01-02", promotion_weeks="1-2"),
        lambda it: (
            np.flatnonzero(it.outlets.promises.fixed_days[2]).tolist() == [0, 1, 7, 8, 14, 15, 21, 22, 24, 25, 26, 27]
            and it.outlets.promises.promotion[2].tolist() == [True, True, False, False]
        ),
    ),
    Loaded(
        "leave under a Chinese header",
        both(
            cell("reps", 0, "leave", "2026-12-02；2026-12-07至2026-12-09、2027-05-01"),
            encoded("reps", "gb18030", headers={"leave": "休假"}),
        ),
        lambda it: (
            np.flatnonzero(it.reps.leave[0]).tolist() == [2, 7, 8, 9]
            and not it.reps.leave[1].any()
            and it.reps.capacity_min.tolist() == [16 * 480.0, 20 * 480.0]
        ),
    ),
    Loaded(
        "no promises and no leave",
        lambda it: [it.drop_column("outlets", name) for name in PROMISES] and it.drop_column("reps", "leave"),
        lambda it: it.outlets.promises.are_none and not it.reps.leave.any(),
    ),
    Loaded("no seed points", lambda it: it.drop_column("reps", "seed_outlet"), has_no_ties),
    Loaded("nothing apart", lambda it: it.drop_column("outlets", "apart"), has_no_ties),
    Loaded(
        "affinities under Chinese headers",
        both(
            toml_end("[split]\nprice_affinity = 0.1\n"),
            file("affinities.csv", "客户编码,客户经理,亲和度\n001,R2,0.25\n006,R1,1\n".encode("gb18030")),
        ),
        lambda it: (
            it.affinity is not None
            and it.affinity.toarray()[[0, 5]].tolist() == [[0, 0.25], [1, 0]]
            and it.affinity.nnz == 2
        ),
    ),
    Loaded(
        "affinities that do not count",
        file("affinities.csv", b"outlet_id,rep_id,affinity\n001,R1,1\n"),
        lambda it: it.affinity is not None and it.affinity.nnz == 1,
        (("affinities_unpriced", "affinities.csv", None, None),),
    ),
    Loaded(
        "a price for affinities that are not given",
        toml_end("[split]\nprice_affinity = 0.1\n"),
        lambda it: it.affinity is None and it.split.price_affinity == 0.1,
        (("no_affinities", "affinities.csv", None, None),),
    ),
    Loaded(
        "split rules by their names",
        toml_end('[split]\ncount_tolerance = 0.5\nprice_compactness = 0.2\nhomes = "free"\n'),
        lambda it: (it.split.count_tolerance, it.split.price_compactness, it.split.homes) == (0.5, 0.2, "free"),
    ),
    Loaded("an outlet nobody serves", cell("outlets", 5, "rep_id", ""), lambda it: it.outlets.rep_idx[5] == -1),
    Loaded(
        "capacity from the shift, less lunch and holidays",
        both(
            toml_line("holidays = [2026-12-02, 2026-12-05]\nlunch_min = 30", after="[visits]\n"),
            cells("reps", 0, shift="09:00-17:00", days="周一、周三"),
        ),
        lambda it: it.reps.capacity_min.tolist() == [450 * 7, 510 * 19],
    ),
    Loaded(
        "capacity as given", cell("reps", 0, "capacity_min", "9000.5"), lambda it: it.reps.capacity_min[0] == 9000.5
    ),
    Loaded(
        "skills, grade and time of service",
        cells("reps", 1, skills="a|b；c", grade="高级", hired="2025/11/30", contract="正式", star="5", step="9"),
        lambda it: (
            it.reps.skills[1] == {"a", "b", "c"}
            and it.reps.grade[1] == "senior"
            and it.reps.contract[1] == "formal"
            and abs(it.reps.tenure_years[1] - 1) < 0.01
            and (it.reps.star[1], it.reps.step[1]) == (5, 9)
        ),
    ),
    Loaded(
        "teams made from the reps' team ids",
        missing("teams.csv"),
        lambda it: it.teams.team_ids == ("T1", "T2") and not it.teams.pooled.any(),
    ),
    Loaded(
        "a year of another margin", toml_end("[year]\nmargin_share = 0.3\n"), lambda it: it.year.margin_share == 0.3
    ),
    Loaded("a pooled team", lambda it: None, lambda it: it.teams.pooled.tolist() == [False, True]),
    Loaded(
        "a name from the folder and a policy by default",
        toml(BARE_TOML),
        lambda it: it.name == "town" and list(it.policies) == ["baseline"] and it.seed == 1,
    ),
    Loaded(
        "barriers as lines and polygons",
        file(
            "barriers.geojson",
            b'{"type": "FeatureCollection", "features": ['
            b'{"type": "Feature", "geometry": {"type": "LineString", "coordinates": '
            b"[[121.4, 31.2], [121.5, 31.3, 9]]}},"
            b'{"type": "Feature", "geometry": {"type": "GeometryCollection", "geometries": ['
            b'{"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [1, 2]], [[5, 6], [7, 8]]]}]}},'
            b'{"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [[[[1, 2], [3, 4]]]]}}]}',
        ),
        lambda it: len(it.barriers) == 4 and it.barriers[0].tolist() == [[31.2, 121.4], [31.3, 121.5]],
    ),
    Loaded(
        "Amap coordinates become GPS ones",
        lambda it: setattr(it, "toml", it.toml.replace("wgs84", "gcj02")),
        lambda it: (
            abs(it.outlets.lat[0] - (31.225 + 0.00194)) < 2e-4 and abs(it.outlets.lon[0] - (121.445 - 0.0045)) < 2e-4
        ),
    ),
    Loaded(
        "a named file",
        both(
            missing("outlets.csv"),
            toml_end('[tables]\noutlets = "stores.txt"\n'),
            lambda it: it.files.update({"stores.txt": it.csv("outlets").encode()}),
        ),
        is_the_town,
    ),
    Loaded(
        "an address too long for a code on paper",
        toml_end('[sheet.links]\nbase = "https://a.example/' + "x" * 90 + '"\n'),
        lambda it: it.sheet_links.base is not None,
        (("link_too_long", "scenario.toml", None, "sheet.links.base"),),
    ),
]
