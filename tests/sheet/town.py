"""A believable small region made from a seed, for looking at sheets and reports: towns, shops, reps, a plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from territory.domain.assignment import Assignment
from territory.domain.calendar import Calendar
from territory.domain.columns import Labels
from territory.domain.flow import Flow
from territory.domain.outlets import Outlets, always_open
from territory.domain.reps import Reps, Teams
from territory.domain.rules import EffortRules, SplitRules, VisitRules
from territory.domain.scenario import Scenario
from territory.domain.travel import Places
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.streams import Streams
from territory.units import FloatArray, IntArray, great_circle_km

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英建国海燕"
SHOPS = ("便民超市", "烟酒商行", "副食店", "百货店", "生活超市", "批发部", "综合商店", "小卖部")
STREETS = ("人民路", "建设街", "中心市场", "东关", "西河", "南门", "北桥", "新村", "老街", "车站")
TOWNS = ("城关", "柳河", "石桥", "青山", "龙泉", "大王庄", "马集", "白沙", "南李", "黄岗", "三官", "双庙")
REP_NAMES = ("王建国", "李敏", "张伟", "刘䶮", "陈静", "杨㛃", "赵海燕", "黄超", "周磊", "吴娟", "徐勇", "孙芳")


class StraightTravel:
    """Great-circle minutes at 40 km/h."""

    def seconds(self, frm: Places, to: Places) -> IntArray:
        km = great_circle_km(frm.lat[:, None], frm.lon[:, None], to.lat[None, :], to.lon[None, :])
        return np.floor(km * 90 + 0.5).astype(np.int64)

    def pair_minutes(self, frm: Places, to: Places) -> FloatArray:
        return great_circle_km(frm.lat, frm.lon, to.lat, to.lon) * 1.5

    def describe(self) -> dict[str, object]:
        return {"travel": "straight"}


@dataclass(frozen=True)
class Town:
    """The region, the split after the redraw, a plan."""

    scenario: Scenario
    assignment: Assignment
    plan: VisitPlan


def town(
    *,
    num_outlets: int = 300,
    num_reps: int = 6,
    visits_per_day: int = 8,
    seed: int = 7,
    with_sales: bool = True,
    flow_level: str = "area",
    days_off: tuple[int, ...] = (5, 6),
) -> Town:
    """`visits_per_day` stops per rep and workday, drawn from the rep's outlets; 0 makes an empty plan."""
    rng = Streams(seed).rng("town", num_outlets, num_reps)
    num_towns = len(TOWNS)
    centre = np.column_stack([34.2 + 0.42 * rng.random(num_towns), 113.3 + 0.62 * rng.random(num_towns)])
    size = rng.dirichlet(np.full(num_towns, 2.0))
    in_town = np.sort(rng.choice(num_towns, num_outlets, p=size))
    wide = rng.choice([0.012, 0.055], num_outlets, p=[0.6, 0.4])  # in the town, or in a village around it
    lat = centre[in_town, 0] + rng.normal(0, 1, num_outlets) * wide
    lon = centre[in_town, 1] + rng.normal(0, 1.2, num_outlets) * wide
    home_town = (
        np.argsort(-size, kind="stable")[:num_reps] if num_reps <= num_towns else np.arange(num_reps) % num_towns
    )
    home_lat = centre[home_town, 0] + rng.normal(0, 0.01, num_reps)
    home_lon = centre[home_town, 1] + rng.normal(0, 0.01, num_reps)
    km = great_circle_km(lat[:, None], lon[:, None], home_lat[None, :], home_lon[None, :])
    after = _evened(km, num_outlets)
    stripe = np.argsort(np.argsort(home_lon, kind="stable"), kind="stable")
    edges = np.quantile(lon, np.linspace(0, 1, num_reps + 1)[1:-1])
    today = np.argsort(stripe, kind="stable")[np.searchsorted(edges, lon)]
    tier = rng.choice(["A", "B", "C"], num_outlets, p=[0.2, 0.45, 0.35])
    sales = np.exp(rng.normal(8.2, 1.0, num_outlets)) if with_sales else np.zeros(num_outlets)
    cadence = np.array([{"A": 4, "B": 2, "C": 1}[t] for t in tier])
    half = (lat > centre[in_town, 0]).astype(int)
    areas = [f"{TOWNS[t]}{'北' if h else '南'}片" for t, h in zip(in_town, half, strict=True)]
    area = Labels.of(areas)
    outlets = Outlets(
        outlet_ids=tuple(f"4101{i + 1:07d}" for i in range(num_outlets)),
        names=tuple(_shop(rng) for _ in range(num_outlets)),
        lat=lat,
        lon=lon,
        district=Labels.of([TOWNS[t] for t in in_town]),
        area=area,
        segment=Labels.empty(num_outlets),
        tier=Labels.of(tier.tolist()),
        sales_per_week=np.round(sales),
        service_min=rng.uniform(10, 25, num_outlets),
        visits_per_cycle=cadence,
        windows_min=always_open(num_outlets),
        priority=np.full(num_outlets, 50.0),
        skill=Labels.empty(num_outlets),
        rep_idx=today,
        locked=np.zeros(num_outlets, dtype=bool),
        group=Labels.empty(num_outlets),
        team=Labels.empty(num_outlets),
    )
    works = np.ones((num_reps, 7), dtype=bool)
    works[:, list(days_off)] = False
    reps = Reps(
        rep_ids=tuple(f"R{i + 1:02d}" for i in range(num_reps)),
        names=tuple(REP_NAMES[i % len(REP_NAMES)] for i in range(num_reps)),
        lat=home_lat,
        lon=home_lon,
        team_idx=np.arange(num_reps) % 2,
        shift_min=np.tile([510, 1050], (num_reps, 1)),
        works=works,
        capacity_min=np.full(num_reps, 9600.0),
        skills=tuple(frozenset() for _ in range(num_reps)),
        grade=Labels.empty(num_reps),
        contract=Labels.empty(num_reps),
        step=np.zeros(num_reps),
        star=np.zeros(num_reps),
        tenure_years=np.ones(num_reps),
        ability=np.ones(num_reps),
    )
    places = len(area.names) if flow_level == "area" else num_outlets
    place = area.codes if flow_level == "area" else np.arange(num_outlets)
    mid = np.column_stack([np.bincount(place, weights=v, minlength=places) for v in (lat, lon)])
    mid /= np.bincount(place, minlength=places)[:, None]
    apart = great_circle_km(mid[:, :1], mid[:, 1:], mid[None, :, 0], mid[None, :, 1])
    weight = np.exp(-0.12 * apart) * np.bincount(place, minlength=places)[None, :] * rng.lognormal(0, 0.4, apart.shape)
    weight[apart > 45] = 0.0
    scenario = Scenario(
        name="南河县",
        currency="CNY",
        seed=seed,
        outlets=outlets,
        reps=reps,
        teams=Teams(team_ids=("T1", "T2"), names=("城区一组", "乡镇二组"), pooled=np.zeros(2, dtype=bool)),
        flow=Flow(level="area" if flow_level == "area" else "outlet", weight=sp.csr_matrix(weight)),
        travel=StraightTravel(),
        calendar=Calendar(start=dt.date(2026, 11, 30)),
        split=SplitRules(),
        visits=VisitRules(),
        policies={},
        effort=EffortRules(),
    )
    assignment = Assignment(rep_of_outlet=after)
    return Town(scenario=scenario, assignment=assignment, plan=_plan(scenario, assignment, visits_per_day, rng))


def _evened(km: FloatArray, num_outlets: int) -> IntArray:
    """Nearest home after a toll per rep that rises while the rep has too many outlets."""
    toll = np.zeros(km.shape[1])
    for step in range(400):
        load = np.bincount(np.argmin(km + toll, axis=1), minlength=km.shape[1]) / num_outlets * km.shape[1]
        toll += (load - 1) * 3 / (1 + step / 40)
    return np.argmin(km + toll, axis=1)


def _shop(rng: np.random.Generator) -> str:
    owner = SURNAMES[rng.integers(len(SURNAMES))] + GIVEN[rng.integers(len(GIVEN))]
    street = STREETS[rng.integers(len(STREETS))]
    return f"{street}{owner}{SHOPS[rng.integers(len(SHOPS))]}"


def _plan(scenario: Scenario, assignment: Assignment, per_day: int, rng: np.random.Generator) -> VisitPlan:
    stops: list[tuple[int, ...]] = []
    routes: list[tuple[int, ...]] = []
    outlets, reps = scenario.outlets, scenario.reps
    for rep in range(len(reps)):
        mine = assignment.outlets_of(rep)
        calls = np.zeros(len(outlets))
        for day in range(28):
            count = min(per_day, len(mine))
            if not reps.works[rep, day % 7] or not count:
                continue
            fresh = mine[calls[mine] == calls[mine].min()]
            seedling = int(rng.choice(fresh))
            near = np.hypot(outlets.lat[mine] - outlets.lat[seedling], outlets.lon[mine] - outlets.lon[seedling])
            left = mine[np.argsort(near + calls[mine], kind="stable")[:count]].tolist()
            calls[left] += 1
            here, clock, legs = (float(reps.lat[rep]), float(reps.lon[rep])), 510 * 60, []
            while left:
                km = great_circle_km(outlets.lat[left], outlets.lon[left], np.array(here[0]), np.array(here[1]))
                nearest = int(np.argmin(km))
                drive = int(km[nearest] * 90) + 60
                service = int(outlets.service_min[left[nearest]] * 60) if per_day < 20 else 300
                clock += drive
                legs.append((rep, day, left[nearest], drive, clock, service))
                clock += service
                here = (float(outlets.lat[left[nearest]]), float(outlets.lon[left[nearest]]))
                left.pop(nearest)
            home = great_circle_km(*(np.array(v) for v in (*here, reps.lat[rep], reps.lon[rep])))
            back = int(home * 90) + 60
            stops += legs
            routes.append((rep, day, 510 * 60, back, clock + back, -1))
    s = np.array(stops, dtype=np.int64).reshape(-1, 6).T
    r = np.array(routes, dtype=np.int64).reshape(-1, 6).T
    missing = np.arange(0, len(outlets), 60) if per_day else np.zeros(0, dtype=np.int64)
    return VisitPlan(
        rep_idx=s[0],
        day=s[1],
        outlet_idx=s[2],
        drive_s=s[3],
        start_s=s[4],
        service_s=s[5],
        route_rep_idx=r[0],
        route_day=r[1],
        leave_s=r[2],
        return_drive_s=r[3],
        return_s=r[4],
        lunch_s=r[5],
        unplaced_outlet_idx=missing,
        unplaced_visits=np.ones(len(missing)),
        unplaced_reason=tuple((UnplacedReason.NO_TIME, UnplacedReason.TOO_FAR)[i % 2] for i in range(len(missing))),
    )
