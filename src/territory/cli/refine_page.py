"""What `territory refine` prints: what was broken, what changed and why, the proof, measures before and after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from territory.language import Lang
    from territory.pipeline.replanning import Refined
    from territory.verify import Violation

_SHOWN = 10


def page(found: Refined, lang: Lang) -> Iterator[str]:
    """Lines of the page."""
    answer, situation, zh = found.answer, found.situation, lang == "zh"
    ids = situation.problem.territory_ids
    for count, en, chinese in (
        (len(situation.orphaned), "outlets of reps who leave", "家客户的客户经理离岗"),
        (len(situation.released), "of them were locked; the lock is released", "家曾被锁定,现已解锁"),
        (len(situation.opened), "outlets are new to the plan", "家客户为方案新增"),
    ):
        if count:
            yield f"{count:,} {chinese}" if zh else f"{count:,} {en}"
    if not answer.mended:
        yield "方案未违反任何规则" if zh else "the plan breaks no rule"
        if not len(answer.changed):
            if not found.around:
                yield "可用 --around REP 局部改进" if zh else "--around REP improves it locally"
            else:
                names = ", ".join(found.around)
                yield (
                    f"{names} 周围未找到更优方案;可增加 --effort"
                    if zh
                    else (f"nothing better was found around {names}; more --effort may")
                )
    else:
        yield ("已修复:" if zh else "mended: ") + _by_rule(answer.mended, lang)
    touched = ", ".join(ids[t] for t in answer.touched.tolist()) or "-"
    if zh:
        yield f"改动区域 {len(answer.touched)} 个:{touched}"
    else:
        yield f"territories touched: {len(answer.touched)} ({touched})"
    if answer.proof is not None:
        text = answer.proof.text.in_(lang)
        yield f"至少 {answer.least} 个:{text}" if zh else f"at least {answer.least}: {text}"
    yield f"改动客户 {len(found.changes)} 家" if zh else f"outlets that change rep: {len(found.changes):,}"
    for row in found.changes[:_SHOWN]:
        yield _change_line(row, zh)
    if len(found.changes) > _SHOWN:
        yield "  … changes.csv"
    yield from _measures(found, lang)


def content(found: Refined, lang: Lang) -> dict[str, object]:
    """The answer as plain values."""
    answer, situation = found.answer, found.situation
    ids, outlet_ids = situation.problem.territory_ids, situation.scenario.outlets.outlet_ids
    return {
        "status": answer.result.status,
        "stopped_by": answer.result.stopped_by,
        "mended": [str(violation) for violation in answer.mended],
        "touched": [ids[t] for t in answer.touched.tolist()],
        "least": answer.least,
        "proof": None if answer.proof is None else answer.proof.text.in_(lang),
        "opened": [outlet_ids[i] for i in situation.opened.tolist()],
        "orphaned": [outlet_ids[i] for i in situation.orphaned.tolist()],
        "released": [outlet_ids[i] for i in situation.released.tolist()],
        "changes": list(found.changes),
        "objective": answer.result.objective,
        "terms": {
            term.name: {"amount": term.amount, "unit": term.unit, "points": term.points} for term in answer.result.terms
        },
        "before": {measure.name: measure.value for measure in found.before},
        "after": {measure.name: measure.value for measure in found.after},
    }


def _by_rule(violations: tuple[Violation, ...], lang: Lang) -> str:
    """The first violation of each rule, and how many more of it there are."""
    shown = []
    for rule in dict.fromkeys(violation.rule for violation in violations):
        of_rule = [violation for violation in violations if violation.rule == rule]
        more = len(of_rule) - 1
        rest = "" if more == 0 else f"(另有 {more} 处)" if lang == "zh" else f" (and {more} more)"
        shown.append(of_rule[0].in_(lang) + rest)
    return "; ".join(shown)


def _change_line(row: dict[str, object], zh: bool) -> str:
    frm = row["rep_id_before"] or ("无" if zh else "nobody")
    line = f"  {row['outlet_id']} {row['name']}: {frm} -> {row['rep_id']}"
    gain, saved = row["flow_gain_per_week"], row["home_travel_saved_min_per_cycle"]
    if isinstance(gain, float) and isinstance(saved, float):
        line += (
            f"  流量 {gain:+,.1f}/周,路程 {-saved:+,.0f} 分钟/周期"
            if zh
            else (f"  flow {gain:+,.1f}/week, home travel {-saved:+,.0f} min/cycle")
        )
    return line


def _measures(found: Refined, lang: Lang) -> Iterator[str]:
    old = {measure.name: measure for measure in found.before}
    rows = [("指标", "调整前", "调整后") if lang == "zh" else ("measure", "before", "after")]
    rows += [(m.label.in_(lang), old[m.name].shown(lang) if m.name in old else "-", m.shown(lang)) for m in found.after]
    for name, before, after in rows:
        yield "  " + "  ".join((_padded(name, 36), _padded(before, 16), after))


def _padded(text: str, width: int) -> str:
    """Padded to a width in columns; Chinese characters take two."""
    return text + " " * max(0, width - cell_len(text))
