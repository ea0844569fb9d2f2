"""How often an outlet is visited: tiers by sales, rhythm by orders."""

from __future__ import annotations

import numpy as np

from territory.streams import Streams
from territory.units import FloatArray, IntArray

TIERS = ("A", "B", "C")
TOP_SHARE = 0.20
NEXT_SHARE = 0.45
VISITS_BY_TIER = np.array([4, 2, 1], dtype=np.int64)
PRIORITY_BY_TIER = np.array([90.0, 60.0, 40.0])
_RHYTHM_DAYS = (9.0, 18.0)  # orders at most this far apart: weekly, fortnightly; else monthly

# Measured order gaps: days and shares; the other 14 % fall anywhere between.
GAP_DAYS = (7, 14, 21, 28)
GAP_SHARES = (0.62, 0.16, 0.06, 0.02)
_OTHER_GAPS = (3, 41)


def tiers_of(sales: FloatArray) -> IntArray:
    """Tier of each outlet (0, 1, 2 for A, B, C): top 20 % by sales, next 45 %, rest. Ties go by position."""
    order = np.argsort(-sales, kind="stable")
    rank = np.empty(len(sales), dtype=np.int64)
    rank[order] = np.arange(len(sales))
    bounds = np.round(np.cumsum([TOP_SHARE, NEXT_SHARE]) * len(sales))
    return np.asarray(np.searchsorted(bounds, rank, side="right"), dtype=np.int64)


def visits_by_rhythm(tier: IntArray, gap_days: FloatArray) -> IntArray:
    """
    Visits in four weeks: no more often than the outlet orders, and no more often than its tier is worth.

    Parameters
    ----------
    tier
        0, 1, 2 for A, B, C; shape (num_outlets,).
    gap_days
        Median days between two orders; NaN where fewer than two orders are known (counts as monthly).
    """
    slowest = np.where(np.isnan(gap_days), np.inf, gap_days)
    rhythm = np.where(slowest <= _RHYTHM_DAYS[0], 4, np.where(slowest <= _RHYTHM_DAYS[1], 2, 1))
    return np.minimum(rhythm, VISITS_BY_TIER[tier]).astype(np.int64)


def draw_order_gaps(num_outlets: int, streams: Streams) -> IntArray:
    """Median days between orders, clustered at whole weeks as the real ones are, shape (num_outlets,)."""
    rng = streams.rng("order gaps")
    loose = np.setdiff1d(np.arange(_OTHER_GAPS[0], _OTHER_GAPS[1] + 1), GAP_DAYS)
    days = np.concatenate([np.array(GAP_DAYS), loose])
    shares = np.concatenate([np.array(GAP_SHARES), np.full(len(loose), (1 - sum(GAP_SHARES)) / len(loose))])
    return np.asarray(rng.choice(days, size=num_outlets, p=shares), dtype=np.int64)
