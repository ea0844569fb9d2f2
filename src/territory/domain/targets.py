"""What is expected of each rep in a month, and what is known about outlets beside their master data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from territory.domain.columns import frozen
from territory.units import FloatArray, IntArray

SALES = "sales"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """
    One rep's target of one month.

    Attributes
    ----------
    month
        Its first day.
    measure
        "sales", or a word of the company's own ("volume", "陈列达标户").
    category, brand
        What part of the measure; both empty for all of it.
    target, actual
        In `unit`; `actual` is what was reached up to `as_of`, that day included; both None where not known.
    """

    month: dt.date
    rep_id: str
    measure: str
    category: str
    brand: str
    target: float
    unit: str
    actual: float | None = None
    as_of: dt.date | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class OutletFacts:
    """
    What changes about outlets from week to week, as columns of length `num_outlets`.

    Attributes
    ----------
    sales_last_4w, sales_before_4w
        Sales of the last four weeks and of the four before, the scenario's currency; NaN where not known.
    stock_days
        Days that the stock lasts; NaN where not known.
    complaints_open
        Complaints that wait for an answer; 0 for none.
    last_display_check
        Proleptic ordinal of the date (`date.toordinal`), 0 where not known.
    complaint, focus
        What the first complaint is about; a service focus set by hand. Empty for none.
    """

    sales_last_4w: FloatArray
    sales_before_4w: FloatArray
    stock_days: FloatArray
    complaints_open: IntArray
    last_display_check: IntArray
    complaint: tuple[str, ...]
    focus: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in ("sales_last_4w", "sales_before_4w", "stock_days"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64))
        for name in ("complaints_open", "last_display_check"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.int64))
        if len({len(getattr(self, name)) for name in self.__dataclass_fields__}) > 1:
            raise ValueError("columns of outlet facts differ in length")

    def __len__(self) -> int:
        return len(self.focus)

    @classmethod
    def none(cls, num_outlets: int) -> OutletFacts:
        """Nothing is known."""
        unknown = np.full(num_outlets, np.nan)
        zero = np.zeros(num_outlets, dtype=np.int64)
        return cls(
            sales_last_4w=unknown,
            sales_before_4w=unknown,
            stock_days=unknown,
            complaints_open=zero,
            last_display_check=zero,
            complaint=("",) * num_outlets,
            focus=("",) * num_outlets,
        )
