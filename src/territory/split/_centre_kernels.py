"""The compiled part of the compactness bound: one continuous two-sided knapsack per possible centre.

Units carry moments (weight, weight x, weight y, weight (x^2 + y^2)), so what a unit costs at centre c is
m0 |c|^2 - 2 (m1, m2) . c + m3. `rest` below is m3 less the unit's price, `twice_x` is 2 m1, `twice_y` is 2 m2.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from territory.units import FloatArray, IntArray


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def screen(
    weight: FloatArray,
    twice_x: FloatArray,
    twice_y: FloatArray,
    rest: FloatArray,
    amount: FloatArray,
    centre: FloatArray,
    slope: FloatArray,
    lower: float,
    upper: float,
    first: int,
    last: int,
    value: FloatArray,
) -> None:
    """Lower bounds on the knapsacks of centres `first` to `last`, at the load prices `slope` of their last solution."""
    for j in range(first, last):
        x, y, t = centre[j, 0], centre[j, 1], slope[j]
        square = x * x + y * y
        total = 0.0
        for i in range(len(weight)):
            reduced = weight[i] * square - twice_x[i] * x - twice_y[i] * y + rest[i] - t * amount[i]
            total += min(0.0, reduced)
        value[j] = total + (t * lower if t > 0.0 else (t * upper if t < 0.0 else 0.0))


@njit(cache=True, nogil=True)
def knapsack(
    weight: FloatArray,
    twice_x: FloatArray,
    twice_y: FloatArray,
    rest: FloatArray,
    amount: FloatArray,
    x: float,
    y: float,
    lower: float,
    upper: float,
    reduced: FloatArray,
    ratio: FloatArray,
    order: IntArray,
    taken: FloatArray,
) -> tuple[float, float]:
    """
    The cheapest fractions of units with a load inside the band: their value and the price of load.

    Fills `taken` with the fractions; infinite when all units together are too light.
    """
    square = x * x + y * y
    load, value = 0.0, 0.0
    for i in range(len(weight)):
        reduced[i] = weight[i] * square - twice_x[i] * x - twice_y[i] * y + rest[i]
        taken[i] = 1.0 if reduced[i] < 0.0 else 0.0
        if reduced[i] < 0.0:
            load += amount[i]
            value += reduced[i]
    if lower <= load <= upper:
        return value, 0.0
    # Too heavy: of the units that pay, keep the best per load. Too light: add the cheapest per load.
    drop = load > upper
    room = upper if drop else lower - load
    low, high = 0, 0
    for i in range(len(weight)):
        if amount[i] > 0.0 and (reduced[i] < 0.0) == drop:
            if drop:
                value -= reduced[i]
                taken[i] = 0.0
            ratio[i] = reduced[i] / amount[i]
            order[high] = i
            high += 1
    price = 0.0
    while low < high and room >= 0.0:
        a, b, c = ratio[order[low]], ratio[order[(low + high) // 2]], ratio[order[high - 1]]
        pivot = max(min(a, b), min(max(a, b), c))
        less, more, at, load_less, load_same = low, high, low, 0.0, 0.0
        while at < more:
            i = order[at]
            if ratio[i] < pivot:
                order[at], order[less] = order[less], i
                load_less += amount[i]
                less += 1
                at += 1
            elif ratio[i] > pivot:
                more -= 1
                order[at], order[more] = order[more], i
            else:
                load_same += amount[i]
                at += 1
        if load_less > room:
            high = less
            continue
        share = min(1.0, (room - load_less) / load_same)
        for at in range(low, more):
            i = order[at]
            taken[i] = 1.0 if at < less else share
            value += taken[i] * reduced[i]
        room -= load_less + share * load_same
        price = pivot
        low = more
        if share < 1.0:
            break
    if not drop and room > 1e-9 * lower:
        return np.inf, price
    return value, price


@njit(cache=True, nogil=True)
def cheapest_centres(
    weight: FloatArray,
    twice_x: FloatArray,
    twice_y: FloatArray,
    rest: FloatArray,
    amount: FloatArray,
    centre: FloatArray,
    fee: FloatArray,
    slope: FloatArray,
    value: FloatArray,
    order: IntArray,
    lower: float,
    upper: float,
    chosen: IntArray,
    chosen_value: FloatArray,
    used: FloatArray,
) -> int:
    """
    The exactly k cheapest centres, solving only those that the screen cannot rule out.

    Parameters
    ----------
    fee
        What each centre costs beside its knapsack, shape (num_centres,).
    value, order
        Screened knapsacks plus fees, and the centres in their ascending order; solved ones are replaced.
    chosen, chosen_value, used
        Filled: the k centres, their values ascending, and how often each unit is used by them together.

    Returns
    -------
    int
        Number of centres found: less than k when the others can carry no load within the band.
    """
    n, k = len(weight), len(chosen)
    reduced, ratio, taken = np.empty(n), np.empty(n), np.empty(n)
    places = np.empty(n, dtype=np.int64)
    found = 0
    for at in range(len(order)):
        j = order[at]
        if (found == k and value[j] >= chosen_value[k - 1]) or value[j] == np.inf:
            break
        best, slope[j] = knapsack(
            weight, twice_x, twice_y, rest, amount, centre[j, 0], centre[j, 1], lower, upper,
            reduced, ratio, places, taken,
        )  # fmt: skip
        value[j] = best + fee[j]
        if value[j] == np.inf or (found == k and value[j] >= chosen_value[k - 1]):
            continue
        spot = min(found, k - 1)
        found = min(found + 1, k)
        while spot > 0 and chosen_value[spot - 1] > value[j]:
            chosen_value[spot], chosen[spot] = chosen_value[spot - 1], chosen[spot - 1]
            spot -= 1
        chosen_value[spot], chosen[spot] = value[j], j
    used[:] = 0.0
    for spot in range(found):
        j = chosen[spot]
        knapsack(
            weight, twice_x, twice_y, rest, amount, centre[j, 0], centre[j, 1], lower, upper,
            reduced, ratio, places, taken,
        )  # fmt: skip
        used += taken
    return found
