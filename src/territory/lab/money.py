"""What a policy brings and costs: extra margin, extra cost, the return on it and the month it is paid back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from territory.lab.estimates import Estimate, estimate, paired
from territory.lab.series import SERIES, Band, band
from territory.units import BoolArray, FloatArray

MARGIN = "gross_margin"
COSTS = ("payroll", "programme_cost")


@dataclass(frozen=True, kw_only=True, eq=False)
class Payback:
    """
    When the extra margin has made up for the extra cost, both added up from the first month; months from 1.

    Attributes
    ----------
    month
        First month from which the mean extra margin so far covers the mean extra cost so far, to the horizon's end;
        None when it does not within the horizon.
    earliest, latest
        The same for the upper and the lower edge of the band of `net`: with 95 % confidence the month lies between
        them. None: not within the horizon.
    share_by_month
        Share of replications paid back for good by the end of each month, shape (M,).
    net
        Extra margin less extra cost so far, with a band for all months at once.

    Notes
    -----
    A month in which the cost is covered and then is not again does not count: a lever that is paid for at the
    year's end is not paid back in spring.
    """

    month: int | None
    earliest: int | None
    latest: int | None
    share_by_month: FloatArray
    net: Band


@dataclass(frozen=True, kw_only=True, eq=False)
class MoneyEffect:
    """
    One policy against the first, in the problem's currency over the horizon, on matched replications.

    Attributes
    ----------
    extra_margin, extra_cost, net
        Gross margin; pay, programmes and hiring; the first less the second.
    returns
        `net` per unit of extra cost (1.0 = the cost comes back twice); None where the policy costs no more.
    payback
        None where the policy costs no more.
    """

    policy: str
    extra_margin: Estimate
    extra_cost: Estimate
    net: Estimate
    returns: Estimate | None
    payback: Payback | None


def money_effects(policies: Sequence[str], table: FloatArray) -> tuple[MoneyEffect, ...]:
    """
    All policies but the first.

    Parameters
    ----------
    table
        Monthly series, shape (replications, policies, series, M), series in the order of `series.SERIES`.
    """
    names = list(SERIES)
    margin = table[:, :, names.index(MARGIN)]
    cost = np.sum([table[:, :, names.index(name)] for name in COSTS], axis=0)
    together = max(1, len(policies) - 1)
    return tuple(
        _effect(
            name, paired(margin[:, position], margin[:, 0]), paired(cost[:, position], cost[:, 0]), together=together
        )
        for position, name in enumerate(policies[1:], start=1)
    )


def _effect(policy: str, margin: FloatArray, cost: FloatArray, *, together: int) -> MoneyEffect:
    gained, spent = margin.sum(axis=1), cost.sum(axis=1)
    costs_more = spent.mean() > 0
    return MoneyEffect(
        policy=policy,
        extra_margin=estimate(gained, together=together),
        extra_cost=estimate(spent, together=together),
        net=estimate(gained - spent, together=together),
        returns=return_on_cost(gained, spent, together=together) if costs_more else None,
        payback=payback(margin, cost) if costs_more else None,
    )


def return_on_cost(gained: FloatArray, spent: FloatArray, *, together: int = 1) -> Estimate | None:
    """
    Extra margin less extra cost, per unit of extra cost; None where the mean extra cost is not positive.

    Parameters
    ----------
    gained, spent
        Extra margin and extra cost of each replication, shape (replications,).

    Notes
    -----
    A ratio of means with the spread of its linearisation (delta method).
    """
    if spent.mean() <= 0:
        return None
    ratio = float(gained.mean() / spent.mean())
    linear = ratio - 1 + (gained - ratio * spent) / float(spent.mean())
    return estimate(linear, together=together)


def payback(margin: FloatArray, cost: FloatArray) -> Payback:
    """
    When the cost is paid back.

    Parameters
    ----------
    margin, cost
        Extra margin and extra cost by month, shape (replications, M).
    """
    runs = np.cumsum(margin - cost, axis=1)
    net = band(runs)
    begins = _first(np.cumsum(cost.mean(axis=0)) > 0) or 1
    has_begun = np.arange(1, runs.shape[1] + 1) >= begins
    lasting = np.array([_stays_covered(run) for run in runs]) & has_begun
    return Payback(
        month=_month(net.mean, begins),
        earliest=_month(net.high, begins),
        latest=_month(net.low, begins),
        share_by_month=lasting.mean(axis=0),
        net=net,
    )


def _stays_covered(net: FloatArray) -> BoolArray:
    """Months from which on `net` is never negative again, shape (M,)."""
    return np.logical_and.accumulate((net >= 0)[::-1])[::-1]


def _first(holds: BoolArray) -> int | None:
    """The first month, from 1."""
    return int(np.argmax(holds)) + 1 if holds.any() else None


def _month(net: FloatArray, begins: int) -> int | None:
    """The month of payback; nothing is paid back before there is a cost."""
    found = _first(_stays_covered(net))
    return None if found is None else max(found, begins)
