"""Today's split: reps own whole administrative districts, grown from their homes until the map is full."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from territory.generate.homes import require_places
from territory.language import Text
from territory.units import FloatArray, IntArray

FREE = -1


def split_along_borders(
    *, load: FloatArray, adjacency: sp.csr_matrix, centre_km: FloatArray, home_km: FloatArray
) -> IntArray:
    """
    A rep for every district, shape (num_districts,): territories of whole districts, connected where the map is.

    Parameters
    ----------
    load
        Workload of each district, any unit.
    adjacency
        Neighbouring districts, symmetric.
    centre_km, home_km
        Flat kilometres, shape (num_districts, 2) and (num_reps, 2).

    Notes
    -----
    (1) Each rep starts in the free district nearest to home; (2) the least loaded rep that still has a free neighbour
    takes the one nearest to home; (3) border districts then move from a fuller to an emptier rep while that evens the
    loads and leaves both territories connected. A district larger than a fair share stays whole: this is as even as
    borders allow, not as even as one would wish.

    Raises
    ------
    ConfigError
        When there are fewer districts than reps.
    """
    num_reps = len(home_km)
    require_places(len(load), num_reps, what=Text("administrative districts", "行政区"))
    distance = np.hypot(centre_km[:, None, 0] - home_km[None, :, 0], centre_km[:, None, 1] - home_km[None, :, 1])
    neighbour_lists = [
        adjacency.indices[adjacency.indptr[u] : adjacency.indptr[u + 1]].tolist() for u in range(len(load))
    ]
    rep_of = _seeds(distance)
    _grow(rep_of, load, neighbour_lists, distance)
    _even_out(rep_of, load, neighbour_lists)
    return rep_of


def _seeds(distance: FloatArray) -> IntArray:
    """(1) Nearest pairs of home and free district first, each rep once."""
    rep_of = np.full(distance.shape[0], FREE, dtype=np.int64)
    seeded = np.zeros(distance.shape[1], dtype=bool)
    for flat in np.argsort(distance, axis=None, kind="stable").tolist():
        district, rep = divmod(flat, distance.shape[1])
        if rep_of[district] == FREE and not seeded[rep]:
            rep_of[district] = rep
            seeded[rep] = True
            if seeded.all():
                break
    return rep_of


def _grow(rep_of: IntArray, load: FloatArray, neighbour_lists: list[list[int]], distance: FloatArray) -> None:
    """(2) Fill the map; districts on islands go to the rep nearest by."""
    num_reps = distance.shape[1]
    amount = np.bincount(rep_of[rep_of >= 0], weights=load[rep_of >= 0], minlength=num_reps)
    fringe: list[dict[int, None]] = [{} for _ in range(num_reps)]
    for district in np.flatnonzero(rep_of >= 0).tolist():
        fringe[rep_of[district]].update(dict.fromkeys(neighbour_lists[district]))
    while True:
        taken = False
        for rep in np.argsort(amount, kind="stable").tolist():
            free = [district for district in fringe[rep] if rep_of[district] == FREE]
            fringe[rep] = dict.fromkeys(free)
            if free:
                district = min(free, key=lambda d: (distance[d, rep], d))
                rep_of[district] = rep
                amount[rep] += load[district]
                fringe[rep].update(dict.fromkeys(neighbour_lists[district]))
                taken = True
                break
        if not taken:
            break
    alone = np.flatnonzero(rep_of == FREE)
    rep_of[alone] = np.argmin(distance[alone], axis=1)


def _even_out(rep_of: IntArray, load: FloatArray, neighbour_lists: list[list[int]], passes: int = 20) -> None:
    """(3) Move border districts while the sum of squared loads falls."""
    num_reps = int(rep_of.max()) + 1
    amount = np.bincount(rep_of, weights=load, minlength=num_reps)
    for _ in range(passes):
        moved = False
        for district in np.argsort(-amount[rep_of], kind="stable").tolist():
            frm = int(rep_of[district])
            others = sorted({int(rep_of[other]) for other in neighbour_lists[district]} - {frm})
            if not others:
                continue
            to = min(others, key=lambda rep: (amount[rep], rep))
            if amount[to] + load[district] < amount[frm] and _stays_connected(district, rep_of, neighbour_lists):
                rep_of[district] = to
                amount[frm] -= load[district]
                amount[to] += load[district]
                moved = True
        if not moved:
            return


def _stays_connected(district: int, rep_of: IntArray, neighbour_lists: list[list[int]]) -> bool:
    """True when the district's rep keeps at least one district, and no fewer joined than before."""
    rep = rep_of[district]
    around = [other for other in neighbour_lists[district] if rep_of[other] == rep]
    if not around:
        return bool((rep_of == rep).sum() > 1)
    seen = {district, around[0]}
    stack = [around[0]]
    while stack:
        for other in neighbour_lists[stack.pop()]:
            if rep_of[other] == rep and other not in seen:
                seen.add(other)
                stack.append(other)
    return all(other in seen for other in around)
