"""Compiled lower bounds of a day's drive: 1-trees with branch and bound, and walks under windows by labels.

All compiled code is in this file on purpose: numba's cache on disk follows the file of the caller only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from territory.units import FloatArray, IntArray
from territory.visits._compiled import helper, making_helper, making_kernel

Masks = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
# An edge in the branch and bound.
FORCED, OPEN, BANNED = -1, 0, 1
FAR = 1e9  # more than any round trip, and small enough to be added and taken away without loss
ROUNDING = 1e-3
MOST_TRIALS = 400_000
MOST_EDGES = 4_000_000  # of all open nodes together
NOWHERE = 1 << 60
SORTING = 10  # steps that sorting takes per label
ONE = np.uint64(1)


@making_helper
def assign(to: FloatArray, frm: FloatArray) -> None:
    """`to[:] = frm` of a row: numba would compile all of broadcasting for that, its messages included."""
    for at in range(len(to)):
        to[at] = frm[at]


@making_helper
def assign_rows(to: IntArray, frm: IntArray) -> None:
    """The same of a table."""
    for row in range(to.shape[0]):
        for at in range(to.shape[1]):
            to[row, at] = frm[row, at]


@making_helper
def one_tree(weight: FloatArray, price: FloatArray, edge: IntArray, parent: IntArray, degree: IntArray) -> float:
    """
    Weight of the cheapest 1-tree about place 0 under node prices, plus FAR for each banned edge it needs.

    Fills degrees and, per place, its parent in the tree; the last two parents are those that home hangs on.
    """
    count = len(price)
    low = np.full(count, np.inf)
    is_in = np.zeros(count, np.bool_)
    degree[:] = 0
    total = 0.0
    now = 1
    is_in[1] = True
    for _ in range(count - 2):
        nearest = -1
        for to in range(1, count):
            if is_in[to]:
                continue
            length = weight[now, to] + price[now] + price[to] + FAR * edge[now, to]
            if length < low[to]:
                low[to] = length
                parent[to] = now
            if nearest < 0 or low[to] < low[nearest]:
                nearest = to
        now = nearest
        is_in[now] = True
        total += low[now] + (FAR if edge[parent[now], now] == FORCED else 0.0)
        degree[now] += 1
        degree[parent[now]] += 1
    for link in (count, count + 1):
        nearest, least = 0, np.inf
        for to in range(1, count):
            length = weight[0, to] + price[0] + price[to] + FAR * edge[0, to]
            if length < least and (link == count or to != parent[count]):
                nearest, least = to, length
        parent[link] = nearest
        degree[nearest] += 1
        total += least + (FAR if edge[0, nearest] == FORCED else 0.0)
    degree[0] = 2
    return total


@helper
def misses_forced(edge: IntArray, parent: IntArray) -> bool:
    """Whether a 1-tree leaves out a forced edge."""
    count = len(edge)
    missing = 0
    for a in range(count):
        for b in range(a):
            missing += edge[a, b] == FORCED
    for one in range(2, count + 2):
        missing -= edge[one if one < count else 0, parent[one]] == FORCED
    return missing > 0


@making_helper
def ascend(weight: FloatArray, price: FloatArray, edge: IntArray, upper: float, rounds: int, best: FloatArray) -> float:
    """Largest 1-tree bound met in a subgradient ascent from `price`; the prices of it go to `best`."""
    count = len(price)
    parent, degree, last = np.zeros(count + 2, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
    bound, scale, stalled = -np.inf, 2.0, 0
    patience = max(3, rounds // 12)
    for number in range(rounds):
        value = one_tree(weight, price, edge, parent, degree) - 2.0 * price.sum()
        if value > FAR / 2 or (number == 0 and misses_forced(edge, parent)):
            return FAR  # a banned edge is needed or a forced one does not fit: nothing here
        if value > bound:
            if value < bound + 1e-3 * abs(bound):
                stalled += 1
            else:
                stalled = 0
            bound = value
            assign(best, price)
        else:
            stalled += 1
        if bound > upper - 1.0 + ROUNDING:
            return bound
        norm = 0
        for place in range(count):
            norm += (degree[place] - 2) ** 2
        if norm == 0:
            assign(best, price)
            return float(value)
        if stalled >= patience:
            scale *= 0.6
            stalled = 0
        step = scale * max(upper - value, 1.0) / norm
        for place in range(count):
            turn = degree[place] - 2 if number == 0 else 0.7 * (degree[place] - 2) + 0.3 * last[place]
            price[place] += step * turn
            last[place] = degree[place] - 2
    return bound


@helper
def fix(edge: IntArray, a: int, b: int, kind: int) -> bool:
    """Force or ban an edge; a place with two forced edges bans its others. Whether no place has three forced ones."""
    edge[a, b] = edge[b, a] = kind
    if kind == FORCED:
        for place in (a, b):
            forced = 0
            for to in range(len(edge)):
                forced += edge[place, to] == FORCED
            if forced > 2:
                return False
            if forced == 2:
                for to in range(len(edge)):
                    if to != place and edge[place, to] == OPEN:
                        edge[place, to] = edge[to, place] = BANNED
    return True


@making_kernel
def branch(
    weight: FloatArray, banned: IntArray, price: FloatArray, upper: int, rounds: int, nodes: int
) -> tuple[float, int]:
    """
    Bound of the cheapest round trip over undirected edges, never above `upper`; `price` takes the root's prices.

    Returns the bound and the nodes used. When nodes run out it is the least bound among those left open.
    """
    count = len(price)
    depth = max(8, min(4 * count, MOST_EDGES // count**2))
    edges = np.zeros((depth + 2, count, count), np.int64)
    assign_rows(edges[0], banned)
    prices = np.zeros((depth + 2, count))
    bounds = np.zeros(depth + 2)
    parent, degree = np.zeros(count + 2, np.int64), np.zeros(count, np.int64)
    start = price.copy()
    cutoff = float(upper)
    bounds[0] = ascend(weight, start, edges[0], cutoff, rounds, prices[0])
    assign(price, prices[0])
    height, used, left_open = 1, 1, np.inf
    while height > 0:
        height -= 1
        if bounds[height] > cutoff - 1.0 + ROUNDING:
            continue
        if used >= nodes or height + 2 > depth:
            left_open = min(left_open, bounds[height])
            continue
        edge = edges[depth + 1]
        assign_rows(edge, edges[height])
        assign(start, prices[height])
        parent_bound = bounds[height]
        one_tree(weight, start, edge, parent, degree)
        # The place with most tree edges, and there the longest open one: banning it hurts.
        worst = 0
        for place in range(count):
            if degree[place] > degree[worst]:
                worst = place
        if degree[worst] == 2:  # a tour: nothing shorter in this branch
            cutoff = min(cutoff, np.ceil(parent_bound - ROUNDING))
            continue
        chosen, longest = -1, -np.inf
        for one in range(2, count + 2):
            a, b = (one, parent[one]) if one < count else (0, parent[one])
            if a != worst and b != worst:
                continue
            other = b if a == worst else a
            if edge[worst, other] == OPEN:
                length = weight[worst, other] + start[worst] + start[other]
                if length > longest:
                    chosen, longest = other, length
        if chosen < 0:
            continue  # three forced edges at one place
        for kind in (FORCED, BANNED):
            assign_rows(edges[height], edge)
            if not fix(edges[height], worst, chosen, kind):
                continue
            trial = start.copy()
            used += 1
            bound = ascend(weight, trial, edges[height], cutoff, 25, prices[height])
            if bound <= cutoff - 1.0 + ROUNDING:
                bounds[height] = max(bound, parent_bound)
                height += 1
    return min(cutoff, np.ceil(left_open - ROUNDING)), used


class Walks(NamedTuple):
    """Labels of walks from home, by bucket (stops made, last stop), cheapest first."""

    mask: Masks  # stops that may not be made next
    ready: IntArray  # earliest start of service at the last stop
    cost: IntArray
    parent: IntArray  # label before
    bucket: IntArray  # (m + 2, m + 2): first label; the labels of bucket (k, i) end where (k, i + 1) begins


class Net(NamedTuple):
    """What walks go on: arcs, times and costs of one direction of time; places are home (0) and stops 1..m."""

    cost: IntArray  # (m + 1, m + 1): with half the price of each end; NOWHERE for no arc
    span: IntArray  # (m + 1, m + 1): from start of service to start of service, at least
    reach: IntArray  # (m + 1, m + 1): the same over any stops between
    opens: IntArray
    closes: IntArray  # of home: latest return
    earliest: IntArray  # least and greatest position of a stop
    latest: IntArray


@making_helper
def rest_costs(net: Net) -> IntArray:
    """Least cost from the stop at position k, on and home, in any way: shape (m + 1, m + 1), [k, stop]."""
    count = len(net.opens) - 1
    rest = np.full((count + 1, count + 1), NOWHERE, np.int64)
    for at in range(count, 0, -1):
        for stop in range(1, count + 1):
            if at == count:
                rest[at, stop] = net.cost[stop, 0]
                continue
            for to in range(1, count + 1):
                if net.cost[stop, to] < NOWHERE and net.earliest[to] <= at + 1 <= net.latest[to]:
                    rest[at, stop] = min(rest[at, stop], net.cost[stop, to] + rest[at + 1, to])
    return rest


@helper
def completes(other: Walks, count: int, at: int, stop: int, mask: np.uint64, ready: int, room: int) -> bool:
    """Whether some walk of the other direction of time ends here and costs at most `room`."""
    bit = ONE << np.uint64(stop - 1)
    for label in range(other.bucket[count + 1 - at, stop], other.bucket[count + 1 - at, stop + 1]):
        if other.cost[label] > room:
            return False
        if ready + other.ready[label] <= 0 and (mask & other.mask[label]) == bit:
            return True
    return False


@making_kernel
def walk(
    net: Net, memory: Masks, other: Walks, limit: int, steps: int, is_exact: bool, walks: Walks
) -> tuple[int, int, int]:
    """
    Cheapest walk of m stops from home to home that costs at most `limit`, by labels in `walks`.

    `memory[j]` are the stops whose visit is remembered at stop j. With all of them the walk is an order of the day.
    Returns cost (NOWHERE for none, -NOWHERE when steps or room ran out), last label, and steps used.
    """
    count = len(net.opens) - 1
    rest = rest_costs(net)
    room = len(walks.cost)
    trial = min(4 * room, MOST_TRIALS)
    t_mask, t_from = np.empty(trial, np.uint64), np.empty(trial, np.int64)
    t_ready, t_cost = np.empty(trial, np.int64), np.empty(trial, np.int64)
    has_other = len(other.cost) > 0
    size, used = 0, 0
    walks.bucket[:] = 0
    for at in range(1, count + 1):
        for stop in range(1, count + 1):
            walks.bucket[at, stop] = size
            if not net.earliest[stop] <= at <= net.latest[stop]:
                continue
            bit = ONE << np.uint64(stop - 1)
            found = 0
            for frm in range(count + 1):
                leg = net.cost[frm, stop]
                if leg >= NOWHERE or (frm == 0) != (at == 1):
                    continue
                first, end = (0, 1) if frm == 0 else (walks.bucket[at - 1, frm], walks.bucket[at - 1, frm + 1])
                used += end - first + 1
                for label in range(first, end):
                    before = np.uint64(0) if frm == 0 else walks.mask[label]
                    ready = net.opens[0] if frm == 0 else walks.ready[label]
                    cost = leg if frm == 0 else walks.cost[label] + leg
                    ready = max(ready + net.span[frm, stop], net.opens[stop])
                    if (before & bit) or ready > net.closes[stop] or cost + rest[at, stop] > limit:
                        continue
                    mask = (before & memory[stop]) | bit
                    if has_other:
                        used += 1
                        if not completes(other, count, at, stop, mask, ready, limit - cost):
                            continue
                    if is_exact:
                        is_dead = False
                        used += count // 2
                        for to in range(1, count + 1):
                            if not (mask >> np.uint64(to - 1)) & ONE and ready + net.reach[stop, to] > net.closes[to]:
                                is_dead = True
                                break
                        if is_dead:
                            continue
                    if found >= trial or used > steps:
                        return -NOWHERE, -1, used
                    t_mask[found], t_ready[found], t_cost[found], t_from[found] = mask, ready, cost, label
                    found += 1
            used += SORTING * found
            order = np.argsort(t_cost[:found], kind="mergesort")
            if is_exact:
                order = order[np.argsort(t_mask[:found][order], kind="mergesort")]
            group = size
            for one in order:
                mask, ready = t_mask[one], t_ready[one]
                if is_exact and size > group and walks.mask[group] != mask:
                    group = size
                is_beaten = False
                for label in range(group, size):
                    used += 1
                    if walks.ready[label] <= ready and (walks.mask[label] & ~mask) == 0:
                        is_beaten = True
                        break
                if is_beaten:
                    continue
                if size >= room or used > steps:
                    return -NOWHERE, -1, used
                walks.mask[size], walks.ready[size], walks.cost[size] = mask, ready, t_cost[one]
                walks.parent[size] = t_from[one] if at > 1 else -1
                size += 1
        walks.bucket[at, count + 1] = size
    best, last = NOWHERE, -1
    for stop in range(1, count + 1):
        if net.cost[stop, 0] >= NOWHERE:
            continue
        for label in range(walks.bucket[count, stop], walks.bucket[count, stop + 1]):
            is_home = walks.ready[label] + net.span[stop, 0] <= net.closes[0]
            if is_home and walks.cost[label] + net.cost[stop, 0] < best:
                best, last = walks.cost[label] + net.cost[stop, 0], label
    return best, last, used
