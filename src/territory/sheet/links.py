"""Panel 6: where the sheet leads, on a screen by address, on paper by QR code."""

from __future__ import annotations

from collections import Counter
from urllib.parse import quote

import numpy as np

from territory.domain.sheet_rules import LINK_KEYS, SheetLinks
from territory.language import Text
from territory.sheet.content import Link
from territory.sheet.facts import WeekFacts

_LABELS = {
    "area": Text("Area basics", "片区基本情况"),
    "customers": Text("Customer operations", "客户经营情况"),
    "history": Text("Historical statistics", "历史统计数据"),
    "archive": Text("Archive of sheets", "一张纸存档"),
}
ARCHIVE = "archive"


def links(facts: WeekFacts, sheet_id: str) -> tuple[Link, ...]:
    """
    The four entries, each with what the tables know already.

    An entry with an address leads there on a screen and shows it as a QR code on paper. Without one, the archive's
    code is the sheet's id, which is what a filled-in page is filed under; the others stay blank.
    """
    known = _facts(facts, sheet_id)
    return tuple(_link(facts, key, known[key], sheet_id) for key in LINK_KEYS)


def _link(facts: WeekFacts, key: str, fact: Text | None, sheet_id: str) -> Link:
    url = address(
        facts.scenario.sheet_links,
        key,
        rep_id=facts.scenario.reps.rep_ids[facts.rep_idx],
        iso_week=facts.scenario.calendar.iso_week(facts.week),
        sheet_id=sheet_id,
    )
    code = url or (sheet_id if key == ARCHIVE else "")
    return Link(label=_LABELS[key], fact=fact, key=key, url=url, code=code)


def address(given: SheetLinks, key: str, *, rep_id: str, iso_week: str, sheet_id: str) -> str:
    """The address an entry leads to: its own one, else made from the base; "" without either."""
    values = {
        "key": key,
        "rep_id": quote(rep_id, safe=""),
        "iso_week": iso_week,
        "sheet_id": quote(sheet_id, safe=""),
    }
    own = getattr(given, key)
    if own is not None:
        return str(own).format_map(values)
    if given.base is None:
        return ""
    return "/".join((given.base.format_map(values).rstrip("/"), key, values["sheet_id"]))


def territory_line(facts: WeekFacts) -> Text:
    """One line about the territory: outlets, market areas."""
    areas = np.unique(facts.scenario.outlets.area.codes[facts.served])
    num_areas = int((areas >= 0).sum())
    num = len(facts.served)
    outlets = Text(f"{num} outlet{'' if num == 1 else 's'}", f"{num} 户")
    if not num_areas:
        return outlets
    return Text(f"{outlets.en}, {num_areas} area{'' if num_areas == 1 else 's'}", f"{outlets.zh} · {num_areas} 个片区")


def _facts(facts: WeekFacts, sheet_id: str) -> dict[str, Text | None]:
    outlets = facts.scenario.outlets
    tiers = Counter(outlets.tier[i] for i in facts.served.tolist())
    tiers.pop("", None)
    by_tier = "  ".join(f"{name} {tiers[name]}" for name in sorted(tiers))
    sales = float(outlets.sales_per_week[facts.served].sum())
    own = facts.in_money(sales)
    return {
        "area": territory_line(facts),
        "customers": Text(by_tier, by_tier) if by_tier else None,
        "history": Text(f"{own.en}/week", f"周均 {own.zh}") if sales > 0 else None,
        ARCHIVE: Text(sheet_id, sheet_id),
    }
