"""Basic units: what a split moves as one piece.

A unit is a market area (or one outlet). Areas too heavy for a good balance are cut on the map first. Locked
outlets, groups that span areas and outlets whose skill few reps have become units of their own that need not
touch their territory ("exempt").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.columns import NONE
from territory.domain.outlets import Outlets
from territory.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Units:
    """`unit_of_outlet` (num_outlets,), `names` and `is_exempt` (num_units,)."""

    unit_of_outlet: IntArray
    names: tuple[str, ...]
    is_exempt: BoolArray


def make_units(
    outlets: Outlets, *, by_area: bool, heavy: FloatArray, max_share: float, skill_is_rare: BoolArray, x_km: FloatArray
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
    return Units(unit_of_outlet=unit, names=tuple(names), is_exempt=np.array(is_exempt, dtype=np.bool_))


def _name(key: tuple[str, ...]) -> str:
    kind, place = key[0], key[1]
    return place if kind == "unit" else f"{place} ({kind})"


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
