"""Service focus of a visit and the day's single worst gap (问最执一), from the outlet's own data."""

from __future__ import annotations

from collections import Counter

from territory.domain.sheet_texts import FiguredRule, FocusRule, GapRule, TaskName
from territory.language import Text
from territory.sheet.conditions import GAPS
from territory.sheet.facts import WeekFacts
from territory.units import IntArray

OWN = "own"
"""Kind of a focus that the outlet facts give word for word."""

ROUTINE = "routine"


def kinds_of(facts: WeekFacts, outlet_idx: int) -> tuple[str, ...]:
    """Everything the data says about an outlet, most urgent first; a focus set by hand comes before all rules."""
    own = (OWN,) if facts.conditions.facts.focus[outlet_idx] else ()
    return own + facts.kinds_of(outlet_idx)


def focus_of(facts: WeekFacts, outlet_idx: int, kinds: tuple[str, ...]) -> Text:
    """The service focus: of the first kind, or routine."""
    if kinds and kinds[0] == OWN:
        own = facts.conditions.facts.focus[outlet_idx]
        return Text(own, own)
    return label(facts, kinds[0] if kinds else ROUTINE)


def label(facts: WeekFacts, kind: str) -> Text:
    """What a kind of call is called."""
    rule = getattr(facts.rules.task, kind, None)
    return rule.focus.text if isinstance(rule, FocusRule) else facts.rules.routine.text


def detail_of(facts: WeekFacts, outlet_idx: int, kinds: tuple[str, ...]) -> Text | None:
    """The figure behind the focus; None where the focus has none."""
    rule = getattr(facts.rules.task, kinds[0], None) if kinds else None
    if not isinstance(rule, FiguredRule):
        return None
    known = facts.conditions.facts
    values: dict[str, str] = {}
    if kinds[0] == "complaints":
        values["open"] = str(int(known.complaints_open[outlet_idx]))
    elif kinds[0] == "falling":
        before, last = float(known.sales_before_4w[outlet_idx]), float(known.sales_last_4w[outlet_idx])
        values["share"] = f"{100 * (before - last) / before:.0f} %"
    elif kinds[0] == "display_due":
        values["since"] = str(facts.conditions.last_day.toordinal() - int(known.last_display_check[outlet_idx]))
    else:
        values["stock"] = f"{float(known.stock_days[outlet_idx]):.0f}"
    return rule.figure.filled(**{name: Text(value, value) for name, value in values.items()})


def day_focus(facts: WeekFacts, kinds_of_visits: list[tuple[str, ...]]) -> Text:
    """The kind of call that comes most often besides routine ones, and how often; ties go to the more urgent one."""
    firsts = [kinds[0] for kinds in kinds_of_visits if kinds and kinds[0] != OWN]
    counts = Counter(firsts)
    order = list(facts.rules.order)
    kind = min(counts, key=lambda name: (-counts[name], order.index(name))) if counts else ROUTINE  # type: ignore[arg-type]
    count = counts[kind] if counts else len(kinds_of_visits)
    words = label(facts, kind)
    return Text(f"{words.en} {count}", f"{words.zh} {count} 户")


def worst_gap(facts: WeekFacts, outlet_idcs: IntArray) -> tuple[int, Text] | None:
    """
    The day's single worst gap: its outlet and what to say.

    Of all gaps in money at the day's outlets (`Conditions.gap`: fall per week, missing stock, stock above the
    limit) the largest one; ties go to the more urgent rule, then to the earlier visit. None when there is no gap.
    """
    best: tuple[float, int, int] | None = None
    gaps: list[TaskName] = [name for name in facts.rules.order if name in GAPS]
    for rank, name in enumerate(gaps):
        for position, amount in enumerate(facts.conditions.gap[name][outlet_idcs].tolist()):
            found = (-amount, rank, position)
            if amount > 0 and (best is None or found < best):
                best = found
    if best is None:
        return None
    amount, rank, position = -best[0], best[1], best[2]
    rule = facts.rules.task.rule(gaps[rank])
    assert isinstance(rule, GapRule)
    return int(outlet_idcs[position]), rule.gap.filled(amount=facts.in_money(amount))
