"""A believable region from a seed: settlements, outlets, market areas that straddle administrative borders, sales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import Delaunay, cKDTree

from territory.generate.cadence import draw_order_gaps
from territory.generate.geometry import FlatMap, centres, nearest, totals
from territory.generate.names import street_name, town_names
from territory.generate.sales import GENERATED, draw_sales
from territory.generate.settings import GeneratedSource
from territory.generate.settlements import Settlements, scatter, settle
from territory.streams import Streams
from territory.units import BoolArray, FloatArray, IntArray

AREA_LOG_SD = 1.1  # sd of the log of outlets per market area, as on real ZIP areas
_STREET_DISTRICT_REPS = 0.8  # a township with more outlets than this many reps' worth is cut into street districts
_NEAR_CENTRES = 12
_PEOPLE_PER_OUTLET = 320.0
SEGMENTS = tuple(GENERATED)
_IN_TOWN = (0.40, 0.26, 0.09, 0.10, 0.15)
_IN_VILLAGE = (0.60, 0.22, 0.06, 0.07, 0.05)
SIDES = ("东", "东北", "北", "西北", "西", "西南", "南", "东南")
_CHAIN_SHARE = {"convenience": 0.25, "supermarket": 0.50}


@dataclass(frozen=True, kw_only=True, eq=False)
class Region:
    """
    A region before anyone serves it. Outlet columns have shape (num_outlets,), area columns (num_areas,).

    Attributes
    ----------
    xy_km, lat, lon
        Points on the flat map and in degrees (WGS-84).
    in_town
        True in the built-up part of a town.
    town, district, area
        Positions in `town_names`, `district_names`, `area_names`.
    segment
        Position in `SEGMENTS`.
    sales
        Currency per week.
    order_gap_days
        Median days between two orders.
    area_km, area_lat, area_lon, area_population
        Middle of each market area's outlets, and people living there.
    """

    flat: FlatMap
    settlements: Settlements
    xy_km: FloatArray
    lat: FloatArray
    lon: FloatArray
    in_town: BoolArray
    town: IntArray
    town_names: tuple[str, ...]
    district: IntArray
    district_names: tuple[str, ...]
    area: IntArray
    area_names: tuple[str, ...]
    area_km: FloatArray
    area_lat: FloatArray
    area_lon: FloatArray
    area_population: FloatArray
    segment: IntArray
    is_chain: BoolArray
    sales: FloatArray
    order_gap_days: IntArray

    @property
    def num_outlets(self) -> int:
        """Number of outlets."""
        return len(self.xy_km)


@dataclass(frozen=True, kw_only=True, eq=False)
class Turnover:
    """
    A year of closings and openings.

    Attributes
    ----------
    closing_month
        Month 1 to 12 in which each outlet closes, 0 for those that stay; shape (num_outlets,).
    opening_month, opening_lat, opening_lon, opening_area
        Per new outlet: month 1 to 12, degrees, position of its market area.
    """

    closing_month: IntArray
    opening_month: IntArray
    opening_lat: FloatArray
    opening_lon: FloatArray
    opening_area: IntArray


def make_region(source: GeneratedSource) -> Region:
    """The region that `source` describes; the same settings give the same region."""
    streams = Streams(source.seed)
    flat = FlatMap(lat=source.center_lat, lon=source.center_lon)
    settlements = settle(
        num_outlets=source.num_outlets,
        num_towns=source.num_towns,
        width_km=source.width_km,
        height_km=source.height_km,
        streams=streams,
    )
    xy_km = _share_points(scatter(settlements, streams), source.duplicate_share, streams)
    in_town = np.arange(source.num_outlets) < settlements.town_outlets.sum()
    lat, lon = flat.lat_of(xy_km), flat.lon_of(xy_km)
    away = np.hypot(
        xy_km[:, None, 0] - settlements.town_km[None, :, 0], xy_km[:, None, 1] - settlements.town_km[None, :, 1]
    )
    town = np.argmin(away - settlements.town_radius_km[None, :], axis=1)
    names = town_names(source.num_towns, streams)
    if source.borders == "through_towns":
        township, township_names = _between_towns(xy_km, settlements, names, source)
    else:
        township, township_names = town, names
    district, district_names = _districts(xy_km, township, township_names, source, streams)
    area, area_town = _market_areas(xy_km, in_town, town, settlements, source, streams)
    segment = _segments(in_town, streams)
    is_chain = _chains(segment, streams)
    num_areas = len(area_town)
    area_km = centres(xy_km, area, num_areas, np.ones(len(area)))
    counts = np.bincount(area, minlength=num_areas)
    people = counts * _PEOPLE_PER_OUTLET * np.exp(0.3 * streams.rng("population").standard_normal(num_areas))
    return Region(
        flat=flat,
        settlements=settlements,
        xy_km=xy_km,
        lat=lat,
        lon=lon,
        in_town=in_town,
        town=town,
        town_names=tuple(names),
        district=district,
        district_names=tuple(district_names),
        area=area,
        area_names=tuple(_area_names(area_town, names)),
        area_km=area_km,
        area_lat=flat.lat_of(area_km),
        area_lon=flat.lon_of(area_km),
        area_population=np.round(people),
        segment=segment,
        is_chain=is_chain,
        sales=draw_sales(segment, GENERATED, mean_per_week=source.mean_sales_per_week, streams=streams),
        order_gap_days=draw_order_gaps(source.num_outlets, streams),
    )


def annual_turnover(region: Region, source: GeneratedSource) -> Turnover:
    """A year of closings, and of openings near where outlets are already; same settings, same year."""
    streams = Streams(source.seed)
    rng = streams.rng("closings")
    closes = rng.random(region.num_outlets) < source.turnover_share
    month = rng.integers(1, 13, region.num_outlets)
    rng = streams.rng("openings")
    beside = rng.choice(region.num_outlets, size=round(source.turnover_share * region.num_outlets))
    xy_km = region.xy_km[beside] + rng.normal(0.0, 0.15, (len(beside), 2))
    return Turnover(
        closing_month=np.where(closes, month, 0),
        opening_month=rng.integers(1, 13, len(beside)),
        opening_lat=region.flat.lat_of(xy_km),
        opening_lon=region.flat.lon_of(xy_km),
        opening_area=region.area[beside],
    )


def _share_points(xy_km: FloatArray, share: float, streams: Streams) -> FloatArray:
    """Move half of `share` of the outlets onto the point of a near neighbour, so that `share` of them share one."""
    pairs = round(share * len(xy_km) / 2)
    near = np.asarray(cKDTree(xy_km).query(xy_km, k=[2])[1])[:, 0]
    moved, used = xy_km.copy(), np.zeros(len(xy_km), dtype=bool)
    for outlet in streams.rng("duplicates").permutation(len(xy_km)).tolist():
        if pairs == 0:
            break
        other = int(near[outlet])
        if not used[outlet] and not used[other]:
            moved[outlet] = xy_km[other]
            used[[outlet, other]] = True
            pairs -= 1
    return moved


def _districts(
    xy_km: FloatArray, town: IntArray, names: list[str], source: GeneratedSource, streams: Streams
) -> tuple[IntArray, list[str]]:
    """Townships as they are; large ones cut into street districts, as cities do."""
    limit = _STREET_DISTRICT_REPS * source.num_outlets / source.num_reps
    district = np.empty(len(town), dtype=np.int64)
    district_names: list[str] = []
    for code, name in enumerate(names):
        here = np.flatnonzero(town == code)
        if not len(here):
            continue
        parts = max(1, round(len(here) / limit))
        label = _around_seeds(xy_km[here], parts, streams.rng("street districts", code))
        for part in range(parts):
            inside = here[label == part]
            if len(inside):
                district[inside] = len(district_names)
                district_names.append(name if parts == 1 else street_name(name, part))
    return district, district_names


def _between_towns(
    xy_km: FloatArray, settlements: Settlements, names: list[str], source: GeneratedSource
) -> tuple[IntArray, list[str]]:
    """
    Townships whose borders meet in the towns, as old borders along market roads and rivers do.

    The seats are the middles of the triangles between neighbouring towns (and the corners of the region), so that a
    town lies where several townships meet, each named after the nearest town and a side.
    """
    half = np.array([source.width_km, source.height_km]) / 2
    corners = half * np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    points = np.concatenate([settlements.town_km, corners])
    seats = points[Delaunay(points).simplices].mean(axis=1)
    seats = seats[np.lexsort((seats[:, 1], seats[:, 0]))]
    owner = nearest(settlements.town_km, seats)
    east, north = (seats - settlements.town_km[owner]).T
    side = (np.round(np.arctan2(north, east) / (np.pi / 4)).astype(np.int64) % 8).tolist()
    labels: list[str] = []
    for seat, town in enumerate(owner.tolist()):
        label, count = f"{names[town][:-1]}{SIDES[side[seat]]}乡", 2
        while label in labels:
            label, count = f"{names[town][:-1]}{SIDES[side[seat]]}{count}乡", count + 1
        labels.append(label)
    return nearest(seats, xy_km), labels


def _around_seeds(xy_km: FloatArray, parts: int, rng: np.random.Generator) -> IntArray:
    """Which of `parts` drawn points is nearest, after they moved to the middle of their followers a few times."""
    middle = xy_km[rng.choice(len(xy_km), parts, replace=False)]
    label = np.zeros(len(xy_km), dtype=np.int64)
    for _ in range(4):
        label = nearest(middle, xy_km)
        count = np.bincount(label, minlength=parts)
        for axis in (0, 1):
            total = totals(label, xy_km[:, axis], parts)
            middle[:, axis] = np.where(count > 0, total / np.maximum(count, 1), middle[:, axis])
    return label


def _market_areas(
    xy_km: FloatArray,
    in_town: BoolArray,
    town: IntArray,
    settlements: Settlements,
    source: GeneratedSource,
    streams: Streams,
) -> tuple[IntArray, IntArray]:
    """
    Market area of each outlet, and the town each area is named after.

    Centres are shops in towns and market villages, chosen without regard to administrative borders. An outlet belongs
    to the centre with the least distance / pull; the spread of the pulls is set so that outlets per area have the
    measured log-sd.
    """
    rng = streams.rng("market centres")
    num_rural = min(len(settlements.village_outlets), round(source.num_areas * (~in_town).mean() * 1.1))
    size = settlements.village_outlets.astype(np.float64)
    village = rng.choice(len(size), size=num_rural, replace=False, p=size / size.sum())
    first_of_village = int(in_town.sum()) + np.cumsum(settlements.village_outlets) - settlements.village_outlets
    rural = _unlike(first_of_village[np.sort(village)], xy_km)
    urban = _unlike(rng.permutation(np.flatnonzero(in_town)), xy_km)[: source.num_areas - len(rural)]
    centre = np.concatenate([urban, rural])
    found_km, found = cKDTree(xy_km[centre]).query(xy_km, k=np.arange(1, min(_NEAR_CENTRES, len(centre)) + 1))
    km, near = np.asarray(found_km, dtype=np.float64), np.asarray(found, dtype=np.int64)
    pull = rng.standard_normal(len(centre))

    def areas(pull_sd: float) -> IntArray:
        best = np.argmin((km + 1e-9) / np.exp(pull_sd * pull)[near], axis=1)
        area: IntArray = near[np.arange(len(near)), best]
        area[centre] = np.arange(len(centre))
        return area

    low, high = 0.0, 2.5
    for _ in range(12):
        middle = (low + high) / 2
        if np.log(np.bincount(areas(middle), minlength=len(centre))).std() < AREA_LOG_SD:
            low = middle
        else:
            high = middle
    return areas((low + high) / 2), town[centre]


def _unlike(outlets: IntArray, xy_km: FloatArray) -> IntArray:
    """`outlets` in their order, without later ones at a point that an earlier one has."""
    _, first = np.unique(xy_km[outlets], axis=0, return_index=True)
    return outlets[np.sort(first)]


def _area_names(area_town: IntArray, names: list[str]) -> list[str]:
    seen: dict[int, int] = {}
    labels = []
    for town in area_town.tolist():
        seen[town] = seen.get(town, 0) + 1
        labels.append(f"{names[town]}商圈{seen[town]:02d}")
    return labels


def _segments(in_town: BoolArray, streams: Streams) -> IntArray:
    draw = streams.rng("segments").random(len(in_town))
    bounds = [np.cumsum(shares)[:-1] for shares in (_IN_VILLAGE, _IN_TOWN)]
    return np.where(
        in_town, np.searchsorted(bounds[1], draw, side="right"), np.searchsorted(bounds[0], draw, side="right")
    ).astype(np.int64)


def _chains(segment: IntArray, streams: Streams) -> BoolArray:
    share = np.array([_CHAIN_SHARE.get(name, 0.0) for name in SEGMENTS])
    return np.asarray(streams.rng("chains").random(len(segment)) < share[segment])
