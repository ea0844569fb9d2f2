"""Events in words: one line for the log, and for the two sides of a conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from territory.domain.events import Event
from territory.language import Lang, Text

KINDS = {
    "scenario": Text("scenario", "场景"),
    "split": Text("split", "划分"),
    "plan": Text("visits", "拜访计划"),
    "edit": Text("edit", "手工修改"),
    "undo": Text("undo", "撤销"),
    "redo": Text("redo", "重做"),
    "restore": Text("restore", "恢复"),
    "branch": Text("branch", "分支"),
    "record": Text("record", "回收记录"),
    "visit_plan": Text("plan in force", "计划生效"),
    "closing": Text("closed", "结算"),
    "reopening": Text("reopened", "撤销结算"),
    "comment": Text("comment", "备注"),
    "review": Text("review", "审核"),
    "publication": Text("publication", "发布"),
}
STEPS = {
    "submit": Text("submitted for review", "提交审核"),
    "approve": Text("approved", "审核通过"),
    "return": Text("sent back", "退回修改"),
}
_SHOWN = 3


def kind_word(kind: str) -> Text:
    """What a kind of event is called; one that is not known keeps its own name."""
    return KINDS.get(kind, Text(kind, kind))


def told(event: Event) -> Text:
    """An event in words."""
    return describe(event.kind, event.payload)


def describe(kind: str, payload: Mapping[str, object]) -> Text:
    """A payload in words, the kind first."""
    word, detail = kind_word(kind), _detail(kind, payload)
    if not detail.en:
        return word
    return Text(f"{word.en}: {detail.en}", f"{word.zh}:{detail.zh}")


def _detail(kind: str, payload: Mapping[str, object]) -> Text:
    if kind == "edit" and "orders" in payload:
        return _listed([_text(order) for order in cast("list[Sequence[str]]", payload["orders"])])
    if kind in ("split", "plan", "edit"):
        return counts_text(payload)
    if kind in ("undo", "redo"):
        return Text(f"event {payload.get('event')}", f"第 {payload.get('event')} 条")
    if kind == "restore":
        counts = counts_text(payload)
        return Text(
            f"as after event {payload.get('point')} ({counts.en})",
            f"恢复到第 {payload.get('point')} 条之后({counts.zh})",
        )
    if kind == "branch":
        frm = payload.get("from")
        return (
            Text("shown in the folder", "切换到该分支")
            if frm is None
            else Text(f"from event {frm}", f"始于第 {frm} 条")
        )
    if kind == "review":
        return STEPS.get(str(payload.get("step")), Text("", ""))
    if kind == "publication":
        return Text(f"in force from {payload.get('effective')}", f"自 {payload.get('effective')} 起生效")
    if kind == "visit_plan":
        since = str(payload.get("since", "")).replace("T", " ")
        return Text(f"{payload.get('plan_id')} from {since}", f"{payload.get('plan_id')},自 {since}")
    for name in ("text", "sheet_id", "name", "period"):
        if isinstance(payload.get(name), str):
            outlet = payload.get("outlet_id")
            shown = f"{outlet}: {payload[name]}" if kind == "comment" and outlet else str(payload[name])
            return Text(shown, shown)
    return Text("", "")


def counts_text(payload: Mapping[str, object]) -> Text:
    """How much a change changes: outlets that get another rep, days that become different."""
    counts = cast("Mapping[str, int]", payload.get("counts", {}))
    parts = [
        Text(f"{number:,} {en if number == 1 else en_many}", f"{zh} {number:,} {unit}")
        for name, en, en_many, zh, unit in _COUNTED
        if (number := int(counts.get(name, 0)))
    ]
    return Text(", ".join(part.en for part in parts), ",".join(part.zh for part in parts))


_COUNTED = (
    ("assignment", "outlet", "outlets", "客户", "家"),
    ("routes", "day", "days", "日程", "天"),
    ("unplaced", "outlet with unplaced visits", "outlets with unplaced visits", "未排入拜访的客户", "家"),
    ("locks", "lock", "locks", "锁定", "项"),
    ("tables", "table", "tables", "数据表", "张"),
)


def _text(order: Sequence[str]) -> Text:
    """An order is kept as [English, Chinese]."""
    return Text(str(order[0]), str(order[1]))


def _listed(orders: Sequence[Text]) -> Text:
    more = len(orders) - _SHOWN
    en, zh = "; ".join(o.en for o in orders[:_SHOWN]), ";".join(o.zh for o in orders[:_SHOWN])
    return Text(en, zh) if more <= 0 else Text(f"{en}; and {more} more", f"{zh};另 {more} 项")


def joined(texts: Sequence[Text], lang: Lang) -> str:
    """Texts on lines of their own."""
    return "\n".join(text.in_(lang) for text in texts)
