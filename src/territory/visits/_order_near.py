"""The best order among all that are near a given one: every stop may move by some places, all at once."""

from __future__ import annotations

import numpy as np

from territory.effort import CancelToken, Effort
from territory.visits import _order_bound_kernels as kernels
from territory.visits._order import Day, Order, keeps_clock
from territory.visits._order_bound_kernels import NOWHERE
from territory.visits._order_frame import MOST_LABELS, MOST_STOPS, SCALE, StepMeter, frame_of, labels_of, stops_of

PRICE_ROUNDS = 100
FIRST_WIDTH, WIDER = 6, 2  # places
GROWTH = 1.5  # a wider program takes so many times the labels at least; one that would not end is not begun


def best_near(day: Day, order: Order, *, effort: Effort, cancel: CancelToken | None = None) -> Order:
    """
    An order with a shorter drive near the given one, or that one.

    Parameters
    ----------
    order
        An order that keeps the clock.
    effort
        Iterations are thousands of labels looked at.

    Notes
    -----
    A dynamic program over the sets of stops made and the time, in which no stop lies more than some places from where
    it was; again about each order found, and with more places when there is none. Prices of a 1-tree on the places
    tell what the rest of the day costs at least, which cuts most of it. Lunch and gaps between two windows are not
    seen: an order that they forbid ends the search. Days of more than 63 stops are left as they are.

    References
    ----------
    Balas and Simonetti (2001), Linear time dynamic-programming algorithms for new classes of restricted TSPs. Departs
    from it by pruning with prices and by widening.
    """
    frame = frame_of(day) if 2 < day.num_stops <= MOST_STOPS else None
    if frame is None or order.stops is None:
        return order
    count, meter = day.num_stops, StepMeter(effort, cancel)
    weight, banned = frame.edges()
    prices = np.zeros(count + 1)
    kernels.branch(weight, banned, prices, order.drive_s, PRICE_ROUNDS, 1)
    half = np.round(prices * SCALE).astype(np.int64)
    net, offset = frame.net(half, is_back=False), 2 * int(half.sum())
    everything = np.full(count + 1, (1 << count) - 1, dtype=np.uint64)
    nothing, walks = labels_of(count, 0), labels_of(count, MOST_LABELS)
    width = FIRST_WIDTH
    while meter.left() and width < count:
        at = np.zeros(count + 1, dtype=np.int64)
        at[np.array(order.stops) + 1] = np.arange(1, count + 1)
        earliest, latest = np.maximum(net.earliest, at - width), np.minimum(net.latest, at + width)
        earliest[0] = 0
        near = net._replace(earliest=earliest, latest=latest)
        limit = (order.drive_s - 1) * SCALE + offset
        value, last, used = kernels.walk(near, everything, nothing, limit, meter.left(), True, walks)
        meter.spend(used)
        if value == -NOWHERE:
            break
        if value == NOWHERE:
            width += WIDER
            if used * GROWTH > meter.left():
                break
            continue
        stops = tuple((stops_of(walks, last)[::-1] - 1).tolist())
        if not keeps_clock(day, stops):
            break
        order = Order(stops=stops, drive_s=(value - offset) // SCALE)
    return order
