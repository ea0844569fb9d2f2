"""Several repairs of one part, at prices of change from low to high, and the one that moves least of the good ones.

How much a change saves is known only once the plan has been made anew: so it is made at every price, and the choice is
between plans that are there. What a change costs and where the search begins is in `_open_visits` and `_replan_search`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from territory.effort import CancelToken, Effort
from territory.standing import StopReason, Term
from territory.units import SECONDS_PER_MIN, IntArray
from territory.visits._differences import differences
from territory.visits._open_visits import Cause, ChangePrices, Ground, OpenVisit
from territory.visits._repair_mix import Mix
from territory.visits._replan_search import Placed, Routes, completed, driven_s, load_s, load_shares, place

# Prices of change as multiples of the given ones.
LADDER = (0.1, 0.3, 0.7, 1.0, 1.5, 2.5)
# Where no good repair moves few: so many more prices, each between the last that moves too many and the next that does
# not; where all move too many, dearer ones.
BETWEEN, DEARER = 5, 2.0
# Share of the untouched visits from which on too many move; of the driving and balance of the best repair that may be
# given away for fewer moves.
MOST_MOVED, GIVEN_AWAY = 0.05, 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class Repair:
    """
    One way to go on.

    Attributes
    ----------
    moved
        Untouched visits that change day or rep, or lose their place.
    terms
        The objective apart; changes are the last term.
    """

    placed: Placed
    moved: int
    terms: tuple[Term, ...]

    @property
    def value(self) -> float:
        """The objective without the price of changes, drive minutes."""
        return float(sum(term.points for term in self.terms if term.name != "change"))

    @property
    def missing(self) -> float:
        """Worth of the visits without a place, drive minutes."""
        return float(sum(term.points for term in self.terms if term.name == "missing"))

    @property
    def given_away(self) -> float:
        """Drive minutes that may be given away for fewer moves."""
        return GIVEN_AWAY * float(sum(term.points for term in self.terms if term.name in ("drive", "balance")))


def repairs(
    ground: Ground, drive_s: IntArray, *, effort: Effort, seed: int, cancel: CancelToken | None
) -> Iterator[Repair]:
    """
    Repairs at one price after the other, from low to high; then between two prices, while no good one moves few.

    Parameters
    ----------
    effort
        For all prices that may be tried, iterations per rep or seconds; equal shares.
    """
    share = effort.divided(len(LADDER) + BETWEEN)
    found: dict[float, Repair] = {}
    for turn in range(len(LADDER) + BETWEEN):
        if turn >= len(LADDER) and _good(ground, _fullest(list(found.values()))):
            return
        factor = LADDER[turn] if turn < len(LADDER) else _between(ground, found)
        there = replace(ground, prices=ground.prices.times(factor))
        placed = place(there, drive_s, effort=share, seed=seed, cancel=cancel)
        found[factor] = _repair(ground, drive_s, placed)
        yield found[factor]
        if placed.stopped_by is StopReason.CANCELLED:
            return


def mixed(ground: Ground, drive_s: IntArray, found: Sequence[Repair], *, seed: int) -> list[Repair]:
    """Repairs whose days come from several: the best, the best that moves few, the nearly best that moves least."""
    stopped_by = found[-1].placed.stopped_by
    mix = Mix(ground, drive_s, [repair.placed.routes for repair in found], seed=seed)
    problem = ground.problem(drive_s)
    made: list[Repair] = []

    def add(routes: Routes | None) -> None:
        if routes is not None:
            made.append(_repair(ground, drive_s, completed(problem, routes, stopped_by=stopped_by)))

    add(mix.cheapest())
    add(mix.cheapest(most_moved=max(0, math.ceil(MOST_MOVED * int(ground.free.sum())) - 1)))
    best = min([*found, *made], key=lambda repair: repair.value)
    add(mix.fewest_moves(most_min=best.value + best.given_away))
    return made


def _between(ground: Ground, found: Mapping[float, Repair]) -> float:
    """A price between the dearest at which too many move and the next at which few do."""
    low = max(
        (factor for factor, repair in found.items() if not moves_few(ground, repair)), default=min(found) / DEARER
    )
    high = min((factor for factor in found if factor > low), default=low * DEARER**2)
    return math.sqrt(low * high)


def chosen(ground: Ground, found: Sequence[Repair]) -> Repair:
    """
    Of the repairs that move few and make most visits, the one that moves least of those nearly as good as the best.

    Where all that make so many move many, each move buys a visit, and the good one that moves least is taken.
    """
    fullest = _fullest(found)
    good = _good(ground, fullest)
    if good:
        return min(good, key=lambda repair: (repair.moved, repair.value))
    few = [repair for repair in fullest if moves_few(ground, repair)]
    if few:
        return min(few, key=lambda repair: repair.value)
    return min(_near_best(fullest), key=lambda repair: (repair.moved, repair.value))


def _fullest(found: Sequence[Repair]) -> list[Repair]:
    """Repairs that leave out no more than any other, by worth and but for what may be given away."""
    least = min(repair.missing + repair.given_away for repair in found)
    return [repair for repair in found if repair.missing <= least]


def _near_best(found: Sequence[Repair]) -> list[Repair]:
    """Repairs nearly as good as the best of these."""
    best = min(found, key=lambda repair: repair.value)
    return [repair for repair in found if repair.value <= best.value + best.given_away]


def _good(ground: Ground, found: Sequence[Repair]) -> list[Repair]:
    """Repairs that move few and are nearly as good as the best."""
    return [repair for repair in _near_best(found) if moves_few(ground, repair)]


def moves_few(ground: Ground, repair: Repair) -> bool:
    """Fewer of the untouched visits move than may."""
    return repair.moved == 0 or repair.moved < MOST_MOVED * int(ground.free.sum())


def terms_of(ground: Ground, drive_s: IntArray, placed: Placed) -> tuple[Term, ...]:
    """The objective of the days that may change, apart."""
    part, visits = ground.part, ground.visits
    drives_s, loads_s, changed_s, changed = 0, dict[tuple[int, int], int](), 0, 0
    for lane, route in placed.routes.items():
        drives_s += driven_s(ground, drive_s, lane, route)
        loads_s[lane] = load_s(ground, drive_s, lane, route)
        prices_s = [change_price_s(visits[at], *lane, ground.prices) for at in route]
        changed_s += sum(prices_s)
        changed += sum(price > 0 for price in prices_s)
    total_s, shares = sum(loads_s.values()), load_shares(ground)
    above_s = sum(max(0.0, load - total_s * float(shares[rep])) for (rep, _), load in loads_s.items())
    missing_s = sum(int(part.missing_price_s[visits[at].outlet]) for at in placed.missing)
    above_min = above_s / SECONDS_PER_MIN
    return (
        Term(name="drive", amount=drives_s / SECONDS_PER_MIN, unit="min", points=drives_s / SECONDS_PER_MIN),
        Term(name="balance", amount=above_min, unit="min", points=above_min * part.rules.price_balance),
        Term(name="missing", amount=len(placed.missing), unit="visits", points=missing_s / SECONDS_PER_MIN),
        Term(name="change", amount=changed, unit="visits", points=changed_s / SECONDS_PER_MIN),
    )


def change_price_s(visit: OpenVisit, rep: int, day: int, prices: ChangePrices) -> int:
    """Drive seconds that this visit's change is worth to avoid."""
    away = abs(day - visit.day) if visit.day >= 0 else 0
    return (prices.day_s + prices.per_day_s * away if away else 0) + (prices.rep_s if rep != visit.rep else 0)


def _repair(ground: Ground, drive_s: IntArray, placed: Placed) -> Repair:
    changes = differences(ground, routes=placed.routes, missing=placed.missing)
    moved = sum(change.cause is Cause.NONE for change in changes)
    return Repair(placed=placed, moved=moved, terms=terms_of(ground, drive_s, placed))
