"""Basic units: what a split moves as one piece.

A unit is a market area (or one outlet). Areas too heavy for a good balance are cut on the map first. Locked
outlets, groups that span areas and outlets whose skill few reps have become units of their own that need not
touch their territory ("exempt"). Two outlets that must lie in different territories (kept apart, or seed points
of two territories) never share a unit: where they would, each becomes a unit of its own, with its group if it has
one, that is tied to the nearest part of its area and to nothing it was not near before.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

from territory.domain.columns import NONE
from territory.domain.outlets import Outlets
from territory.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Units:
    """`unit_of_outlet` (num_outlets,), `names` and `is_exempt` (num_units,); `ties` (num_ties, 2) are neighbours."""

    unit_of_outlet: IntArray
    names: tuple[str, ...]
    is_exempt: BoolArray
    ties: IntArray = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))


def make_units(
    outlets: Outlets,
    *,
    by_area: bool,
    heavy: FloatArray,
    max_share: float,
    skill_is_rare: BoolArray,
    x_km: FloatArray,
    seed_territory: IntArray,
) -> Units:
    """
    Basic units of a scenario.

    Parameters
    ----------
    by_area
        True: units are market areas; False: single outlets.
    heavy
        Each outlet's share of a mean territory, shape (num_outlets,): the largest over the limited measures.
    max_share
        An area above this share is cut.
    skill_is_rare
        The outlet needs a skill that not every territory has, shape (num_outlets,).
    x_km
        Points on a plane, shape (num_outlets, 2).
    seed_territory
        The territory whose seed point the outlet is, -1 for none, shape (num_outlets,).
    """
    n = len(outlets)
    base = outlets.area.codes if by_area else np.arange(n, dtype=np.int64)
    spans = _spanning_groups(outlets, base)
    keys: list[tuple[str, ...]] = []
    exempt: dict[tuple[str, ...], bool] = {}
    for i in range(n):
        place = outlets.area[i] if by_area else outlets.outlet_ids[i]
        group = int(outlets.group.codes[i])
        key: tuple[str, ...]
        if group != NONE and spans[group]:
            key, free = ("group", outlets.group[i]), True
        elif outlets.locked[i]:
            key, free = ("locked", place, str(int(outlets.rep_idx[i]))), True
        elif skill_is_rare[i]:
            key, free = ("skill", place, outlets.skill[i], outlets.team[i]), True
        else:
            key, free = ("unit", place, outlets.team[i]), False
        keys.append(key)
        exempt[key] = free
    single = _singled_out(outlets, keys, seed_territory)
    for i in np.flatnonzero(single).tolist():
        own = (*keys[i], f"group {outlets.group[i]}" if outlets.group[i] else outlets.outlet_ids[i])
        exempt[own] = exempt[keys[i]]
        keys[i] = own
    exempt = {key: exempt[key] for key in keys}
    ordered = sorted(exempt)
    number = {key: position for position, key in enumerate(ordered)}
    unit = np.array([number[key] for key in keys], dtype=np.int64)
    names = [_name(key) for key in ordered]
    is_exempt = [exempt[key] for key in ordered]
    share = np.bincount(unit, weights=heavy, minlength=len(names))
    for position in np.flatnonzero((share > max_share) & ~np.array(is_exempt)).tolist():
        members = np.flatnonzero(unit == position)
        atoms = _atoms(outlets, members)
        pieces = _cut(members, atoms, heavy, x_km, parts=int(np.ceil(share[position] / max_share)))
        for count, piece in enumerate(pieces[1:], start=2):
            unit[piece] = len(names)
            names.append(f"{names[position]}#{count}")
            is_exempt.append(False)
    exempt_units = np.array(is_exempt, dtype=np.bool_)
    ties = _ties(unit, exempt_units, base, single, x_km)
    return Units(unit_of_outlet=unit, names=tuple(names), is_exempt=exempt_units, ties=ties)


_LENGTH_OF_KIND = {"group": 2, "locked": 3, "skill": 4, "unit": 3}


def _name(key: tuple[str, ...]) -> str:
    kind, place = key[0], key[1]
    notes = [] if kind == "unit" else [kind]
    notes += key[_LENGTH_OF_KIND[kind] :]
    return f"{place} ({', '.join(notes)})" if notes else place


def _singled_out(outlets: Outlets, keys: list[tuple[str, ...]], seed_territory: IntArray) -> BoolArray:
    """Outlets that may not stay in the unit they share: it holds another of their label, or another's seed point."""
    single = np.zeros(len(keys), dtype=np.bool_)
    inside: dict[tuple[str, ...], list[int]] = {}
    for i in np.flatnonzero((outlets.apart.codes != NONE) | (seed_territory != NONE)).tolist():
        if keys[i][0] in ("unit", "skill"):
            inside.setdefault(keys[i], []).append(i)
    for rows in inside.values():
        label = outlets.apart.codes[rows]
        labels, count = np.unique(label, return_counts=True)
        single[rows] = np.isin(label, labels[(count > 1) & (labels != NONE)])
        seeds = [i for i in rows if seed_territory[i] != NONE]
        single[seeds] |= len(np.unique(seed_territory[seeds])) > 1
    grouped = np.flatnonzero(single & (outlets.group.codes != NONE)).tolist()
    pieces = {(keys[i], int(outlets.group.codes[i])) for i in grouped}
    for i in np.flatnonzero(outlets.group.codes != NONE).tolist() if pieces else ():
        single[i] |= (keys[i], int(outlets.group.codes[i])) in pieces
    return single


def _ties(unit: IntArray, is_exempt: BoolArray, base: IntArray, single: BoolArray, x_km: FloatArray) -> IntArray:
    """Every unit that was singled out is a neighbour of the nearest other unit of its area, in a chain if need be."""
    found: list[tuple[int, int]] = []
    regular = ~is_exempt[unit]
    for area in np.unique(base[single & regular]).tolist():
        rows = np.flatnonzero((base == area) & regular)
        rest, apart = rows[~single[rows]], np.unique(unit[rows[single[rows]]])
        for number, piece in enumerate(apart.tolist()):
            own = rows[unit[rows] == piece]
            if not len(rest) and not number:
                rest = own
                continue
            distance, near = cKDTree(x_km[rest]).query(x_km[own])
            found.append((piece, int(unit[rest[np.asarray(near)[int(np.argmin(distance))]]])))
            if single[rest[0]]:
                rest = np.r_[rest, own]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _spanning_groups(outlets: Outlets, base: IntArray) -> BoolArray:
    """For each group: do its outlets lie in different base units (or differ in lock or team)?"""
    spans = np.zeros(len(outlets.group.names), dtype=np.bool_)
    for group in range(len(spans)):
        members = np.flatnonzero(outlets.group.codes == group)
        kinds = {(int(base[i]), bool(outlets.locked[i]), int(outlets.team.codes[i])) for i in members.tolist()}
        spans[group] = len(kinds) > 1
    return spans


def _atoms(outlets: Outlets, members: IntArray) -> IntArray:
    """What a cut may not part: outlets of one group, and outlets at the very same point."""
    point = np.unique(np.column_stack([outlets.lat[members], outlets.lon[members]]), axis=0, return_inverse=True)[1]
    atom = np.asarray(point, dtype=np.int64).ravel().copy()
    group = outlets.group.codes[members]
    for code in np.unique(group[group != NONE]).tolist():
        inside = np.flatnonzero(group == code)
        for other in np.unique(atom[inside]).tolist():
            atom[atom == other] = atom[inside[0]]
    return atom


def _cut(members: IntArray, atoms: IntArray, heavy: FloatArray, x_km: FloatArray, *, parts: int) -> list[IntArray]:
    """Cut a crowd of outlets across its longer side into `parts` of like weight, atom by atom."""
    present, inverse = np.unique(atoms, return_inverse=True)
    if parts <= 1 or len(present) < 2:
        return [members]
    parts = min(parts, len(present))
    weight = np.bincount(inverse, weights=heavy[members], minlength=len(present))
    count = np.bincount(inverse, minlength=len(present))
    centre = np.column_stack(
        [np.bincount(inverse, weights=x_km[members, axis], minlength=len(present)) / count for axis in (0, 1)]
    )
    axis = int(np.ptp(centre[:, 1]) > np.ptp(centre[:, 0]))
    order = np.lexsort((centre[:, 1 - axis], centre[:, axis]))
    left_parts = parts // 2
    running = np.cumsum(weight[order])
    goal = running[-1] * left_parts / parts
    split = int(np.clip(np.searchsorted(running, goal) + 1, left_parts, len(order) - (parts - left_parts)))
    is_left = np.isin(inverse, order[:split])
    left, right = members[is_left], members[~is_left]
    return _cut(left, atoms[is_left], heavy, x_km, parts=left_parts) + _cut(
        right, atoms[~is_left], heavy, x_km, parts=parts - left_parts
    )
