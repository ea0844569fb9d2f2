"""What each outlet's own data says in one week: falling, under- or overstocked, complaint, display due, new.

Computed once for all reps. A rule that is not in the rules' order holds nowhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from territory.domain.scenario import Scenario
from territory.domain.sheet_texts import TaskName
from territory.domain.targets import OutletFacts
from territory.units import DAYS_PER_WEEK, BoolArray, FloatArray

WEEKS_COMPARED = 4
GAPS: tuple[TaskName, ...] = ("falling", "understocked", "overstocked")


@dataclass(frozen=True, kw_only=True, eq=False)
class Conditions:
    """
    Conditions of all outlets in one week.

    Attributes
    ----------
    facts
        The data itself; unknown everywhere when the scenario has none.
    holds
        By rule, shape (num_outlets,).
    gap
        By rule of `GAPS`: the gap in the scenario's currency (per week for a fall), shape (num_outlets,); 0 where
        the rule does not hold.
    last_day
        Sunday of the week.
    """

    facts: OutletFacts
    holds: Mapping[TaskName, BoolArray]
    gap: Mapping[TaskName, FloatArray]
    last_day: dt.date

    @classmethod
    def of(cls, scenario: Scenario, week: int) -> Conditions:
        """
        Conditions in week 0 to 3.

        Notes
        -----
        (1) falling: sales of the last four weeks lie below those of the four before by `fall_share` or more;
        gap = the fall divided by four weeks.
        (2) understocked: stock for less than `low_stock_days`; gap = the missing days times a day's sales.
        (3) overstocked: stock for more than `high_stock_days`; gap = the days above times a day's sales.
        (4) complaints: at least one is open. (5) display_due: at the end of the week the last check is
        `display_days` or more ago; an outlet without a known check is not due. (6) new_outlets: opened less than
        `new_weeks` before the week, and not after it.
        A day's sales are those of the last four weeks, else of the outlets' table, divided by days.
        """
        outlets, rules = scenario.outlets, scenario.sheet_rules
        facts = scenario.outlet_facts or OutletFacts.none(len(outlets))
        last_day = scenario.calendar.date_of(week * DAYS_PER_WEEK + DAYS_PER_WEEK - 1)
        last, before, stock = facts.sales_last_4w, facts.sales_before_4w, facts.stock_days
        known = np.isfinite(last) & np.isfinite(before) & (np.nan_to_num(before) > 0)
        per_day = np.where(np.isfinite(last), last / WEEKS_COMPARED, outlets.sales_per_week) / DAYS_PER_WEEK
        low, high = rules.task.understocked.low_stock_days, rules.task.overstocked.high_stock_days
        with np.errstate(invalid="ignore"):
            falls = known & (last < before) & (before - last >= rules.task.falling.fall_share * before)
            is_low, is_high = stock < low, stock > high
        weeks_open = outlets.promises.weeks_open + week
        since = last_day.toordinal() - facts.last_display_check
        holds: dict[TaskName, BoolArray] = {
            "complaints": facts.complaints_open > 0,
            "falling": falls,
            "understocked": is_low,
            "overstocked": is_high,
            "display_due": (facts.last_display_check > 0) & (since >= rules.task.display_due.display_days),
            "new_outlets": (weeks_open >= 0) & (weeks_open < rules.task.new_outlets.new_weeks),
        }
        holds = {name: held if name in rules.order else np.zeros_like(held) for name, held in holds.items()}
        amounts = {
            "falling": (before - last) / WEEKS_COMPARED,
            "understocked": (low - stock) * per_day,
            "overstocked": (stock - high) * per_day,
        }
        gap = {name: np.where(holds[name], amounts[name], 0.0) for name in GAPS}
        return cls(facts=facts, holds=holds, gap=gap, last_day=last_day)
