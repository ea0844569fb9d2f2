"""What `explain` and `why-not` print, as a page for people and as plain values for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from territory.language import Lang, Text
from territory.verify import UNITS_ZH

if TYPE_CHECKING:
    from territory.domain.scenario import Scenario
    from territory.split.explain import Change, Explanation, Share, WhyNot

TERMS = {
    "flow_cut": Text("flow cut", "切断流量"),
    "moved_sales": Text("moved sales", "调动销售额"),
    "home_travel": Text("home travel", "住地路程"),
    "lost_affinity": Text("lost affinity", "亲和度损失"),
    "compactness": Text("compactness", "紧凑度"),
}


def explanation_page(found: Explanation, scenario: Scenario, lang: Lang) -> Iterator[str]:
    """Lines of the page of `explain`."""
    zh = lang == "zh"
    yield _head(found.outlet_id, found.unit_name, len(found.unit_outlets), scenario, zh)
    now, today = _rep(found.rep_id, scenario, zh), _rep(found.today_rep_id, scenario, zh)
    yield f"方案中:{now};今日:{today}" if zh else f"in the plan: {now}; today: {today}"
    yield "与各区域的联系(单元整体):" if zh else "ties of its unit to territories:"
    for tie in found.ties:
        far = "" if tie.is_beside else (",不相邻" if zh else ", not beside it")
        yield (
            f"  {tie.territory_id}: 流量 {tie.flow:,.2f}/周,住地路程 {tie.home_min:,.0f} 分钟/周期{far}"
            if zh
            else f"  {tie.territory_id}: flow {tie.flow:,.2f}/week, home travel {tie.home_min:,.0f} min/cycle{far}"
        )
    yield from _shares(found.shares, zh)
    if found.since_today is not None:
        yield f"相对今日({today}),其余不变:" if zh else f"against today ({today}), everything else as planned:"
        yield from _change(found.since_today, zh)
    if found.best_other is None:
        yield "没有其他可选客户经理" if zh else "there is no other rep to consider"
    else:
        rep, change = found.best_other
        name = _rep(rep, scenario, zh)
        yield f"最佳替代:{name},其余不变:" if zh else f"best alternative: {name}, everything else fixed:"
        yield from _change(change, zh)


def why_not_page(found: WhyNot, scenario: Scenario, lang: Lang) -> Iterator[str]:
    """Lines of the page of `why-not`."""
    zh = lang == "zh"
    yield _head(found.outlet_id, found.unit_name, len(found.unit_outlets), scenario, zh)
    frm, to = _rep(found.from_rep_id, scenario, zh), _rep(found.to_rep_id, scenario, zh)
    if found.is_served:
        yield f"该客户已由 {to} 服务" if zh else f"{to} serves it already"
        return
    yield f"{frm} -> {to},其余不变:" if zh else f"{frm} -> {to}, everything else fixed:"
    yield from _change(found.change, zh)
    yield from _shares(found.shares, zh)
    if not found.change.broken:
        verdict = found.change.points
        if zh:
            yield "可行:" + ("更优" if verdict < 0 else "代价更高,故未选择")
        else:
            yield "possible: " + ("and better" if verdict < 0 else "it only costs more")
    elif found.repair is None:
        yield "未找到小幅修复办法" if zh else "no small repair was found"
    else:
        yield "最便宜的小幅修复:" if zh else "cheapest small repair:"
        for step in found.repair.steps:
            outlets = f"{step.num_outlets} 家客户" if zh else _outlets(step.num_outlets)
            yield f"  {step.unit_name} ({outlets}): {step.from_id} -> {step.to_id}"
        yield "合计:" if zh else "everything together:"
        yield from _change(found.repair.change, zh)


def explanation_content(found: Explanation, scenario: Scenario, lang: Lang) -> dict[str, object]:
    """`explain` as plain values."""
    best = None
    if found.best_other is not None:
        best = {"rep_id": found.best_other[0], **_change_content(found.best_other[1], scenario)}
    return {
        "outlet_id": found.outlet_id,
        "unit": found.unit_name,
        "unit_outlets": _ids(found.unit_outlets, scenario),
        "rep_id": found.rep_id,
        "today_rep_id": found.today_rep_id,
        "ties": [asdict(tie) for tie in found.ties],
        "shares": _shares_content(found.shares, lang),
        "since_today": None if found.since_today is None else _change_content(found.since_today, scenario),
        "best_other": best,
    }


def why_not_content(found: WhyNot, scenario: Scenario, lang: Lang) -> dict[str, object]:
    """`why-not` as plain values."""
    repair = None
    if found.repair is not None:
        steps = [asdict(step) for step in found.repair.steps]
        repair = {"steps": steps, **_change_content(found.repair.change, scenario)}
    return {
        "outlet_id": found.outlet_id,
        "unit": found.unit_name,
        "unit_outlets": _ids(found.unit_outlets, scenario),
        "from_rep_id": found.from_rep_id,
        "to_rep_id": found.to_rep_id,
        "is_served": found.is_served,
        "change": _change_content(found.change, scenario),
        "shares": _shares_content(found.shares, lang),
        "repair": repair,
    }


def _head(outlet_id: str, unit: str, count: int, scenario: Scenario, zh: bool) -> str:
    name = scenario.outlets.names[scenario.outlets.outlet_ids.index(outlet_id)]
    if zh:
        return f"{outlet_id} {name}(单元 {unit},共 {count} 家客户一并移动)"
    return f"{outlet_id} {name} (unit {unit}: {_outlets(count)} {'moves' if count == 1 else 'move'} as one)"


def _outlets(count: int) -> str:
    return f"{count} outlet{'' if count == 1 else 's'}"


def _rep(rep_id: str | None, scenario: Scenario, zh: bool) -> str:
    if rep_id is None:
        return "无" if zh else "nobody"
    return f"{rep_id} {scenario.reps.names[scenario.reps.rep_ids.index(rep_id)]}"


def _change(change: Change, zh: bool) -> Iterator[str]:
    for term in change.terms:
        if term.amount or term.points:
            label = TERMS[term.name].in_("zh" if zh else "en")
            unit, points = (UNITS_ZH.get(term.unit, term.unit), "分") if zh else (term.unit, "points")
            yield f"  {label} {term.amount:+,.2f} {unit} = {term.points:+.4f} {points}"
    yield f"  合计 {change.points:+.4f} 分" if zh else f"  together {change.points:+.4f} points"
    for violations, en, chinese in ((change.broken, "breaks", "违反"), (change.mended, "mends", "修复")):
        for violation in violations:
            yield f"  {chinese} {violation.in_('zh')}" if zh else f"  {en} {violation}"


def _shares(shares: tuple[Share, ...], zh: bool) -> Iterator[str]:
    for share in shares:
        limit = ""
        if np.isfinite(share.tolerance):
            low, high = 100 * max(0.0, 1 - share.tolerance), 100 * (1 + share.tolerance)
            limit = f"(允许 {low:.0f}-{high:.0f} %)" if zh else f" (allowed {low:.0f}-{high:.0f} %)"
        label = share.label.in_("zh" if zh else "en")
        target = "目标的" if zh else "of target"
        shown = f"{100 * share.share:.1f} %"
        yield (
            f"  {share.territory_id} {label}:{target} {shown}{limit}"
            if zh
            else (f"  {share.territory_id} {label}: {shown} {target}{limit}")
        )


def _change_content(change: Change, scenario: Scenario) -> dict[str, object]:
    return {
        "points": change.points,
        "terms": {
            term.name: {"before": term.before, "change": term.amount, "unit": term.unit, "points": term.points}
            for term in change.terms
        },
        "broken": [asdict(violation) for violation in change.broken],
        "mended": [asdict(violation) for violation in change.mended],
        "outlets": _ids(change.outlet_idx, scenario),
    }


def _shares_content(shares: tuple[Share, ...], lang: Lang) -> list[dict[str, object]]:
    return [
        {
            "measure": share.label.in_(lang),
            "territory_id": share.territory_id,
            "share_of_target": share.share,
            "tolerance": share.tolerance if np.isfinite(share.tolerance) else None,
        }
        for share in shares
    ]


def _ids(positions: np.ndarray[tuple[int, ...], np.dtype[np.int64]], scenario: Scenario) -> list[str]:
    return [scenario.outlets.outlet_ids[i] for i in positions.tolist()]
