"""How much room territories have, what must be placed, and how few of them can take it: an argument with amounts.

The territories that a mended plan changes must hold what they hold now and what nobody serves, so their rooms (upper
limit less load) must add up to it. `_neighbour_program` has the stronger argument, with neighbourhood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse.csgraph import connected_components

from territory.domain.columns import NONE
from territory.language import Lang, Text
from territory.split._instance import Instance
from territory.units import BoolArray, FloatArray, IntArray
from territory.verify import UNITS_ZH

_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Rooms:
    """
    Territories as vessels.

    Attributes
    ----------
    load, lower, upper
        Load and band of every territory for the m limited measures, shape (num_territories, m).
    must
        Territories that every mended plan changes, shape (num_territories,).
    regrouped
        Territories that change because an outlet goes where the rest of its group is, shape (num_territories,).
    hole
        Load of each connected cluster of unserved units, shape (num_holes, m).
    loose
        Load of unserved units that may lie anywhere, shape (m,).
    movable
        Load of a territory's units that may lie anywhere, shape (num_territories, m).
    touching
        Pairs of neighbouring territories and holes (holes follow the territories), shape (num_pairs, 2).
    is_bare
        The territory holds no units that contiguity is judged on, shape (num_territories,).
    """

    load: FloatArray
    lower: FloatArray
    upper: FloatArray
    must: BoolArray
    regrouped: BoolArray
    hole: FloatArray
    loose: FloatArray
    movable: FloatArray
    touching: IntArray
    is_bare: BoolArray

    @property
    def num_territories(self) -> int:
        """Number of territories."""
        return len(self.load)

    @property
    def unserved(self) -> FloatArray:
        """Load that nobody serves, shape (m,)."""
        return np.asarray(self.hole.sum(axis=0) + self.loose)

    @property
    def has_trouble(self) -> bool:
        """True when something must change."""
        return bool(self.must.any()) or len(self.hole) > 0 or bool((self.loose > 0).any())


@dataclass(frozen=True, kw_only=True, eq=False)
class Proof:
    """
    Why fewer than `least` changed territories cannot do.

    Attributes
    ----------
    kind
        "broken": so many break a rule; "room" and "surplus": what must be placed, or given, against the largest
        rooms or surpluses; "neighbours": only territories beside one another can change.
    """

    least: int
    kind: Literal["broken", "room", "surplus", "neighbours"]
    text: Text


def rooms_of(instance: Instance, label: IntArray, must: BoolArray, regrouped: BoolArray) -> Rooms:
    """The vessels of an instance under a labelling; `must` names territories known to change, balance is added."""
    k, m = instance.num_territories, instance.amount.shape[1]
    served, free = label != NONE, np.flatnonzero(label == NONE)
    holder = np.where(served, label, k)
    load = _sums(holder, instance.amount, k + 1)[:k]
    regular_free = free[~instance.exempt[free]]
    count, cluster = connected_components(instance.graph[regular_free][:, regular_free], directed=False)
    node = np.where(instance.exempt, NONE, label)
    node[regular_free] = k + cluster
    links = instance.graph.tocoo()
    a, b = node[links.row], node[links.col]
    pair = np.unique((a * np.int64(k + count) + b)[(a < b) & (a != NONE)])
    choices = instance.may_serve(slice(None)).sum(axis=1) > 1
    roams = np.flatnonzero(instance.exempt & served & choices)
    slack = _ROUNDING * instance.target
    broken = ((load > instance.upper + slack) | (load < instance.lower - slack)).any(axis=1)
    return Rooms(
        load=load,
        lower=instance.lower - slack,
        upper=instance.upper + slack,
        regrouped=regrouped,
        must=must | broken | (np.bincount(holder, minlength=k + 1)[:k] == 0),
        hole=_sums(cluster.astype(np.int64), instance.amount[regular_free], count),
        loose=np.asarray(instance.amount[free[instance.exempt[free]]].sum(axis=0)).reshape(m),
        movable=_sums(label[roams], instance.amount[roams], k),
        touching=np.column_stack([pair // (k + count), pair % (k + count)]),
        is_bare=np.bincount(np.where(instance.exempt, k, holder), minlength=k + 1)[:k] == 0,
    )


def _sums(owner: IntArray, amount: FloatArray, count: int) -> FloatArray:
    """Amounts per owner, shape (count, m)."""
    columns = [np.bincount(owner, weights=amount[:, m], minlength=count) for m in range(amount.shape[1])]
    return np.column_stack(columns).astype(np.float64) if columns else np.zeros((count, 0))


def by_room(
    rooms: Rooms, names: tuple[str, ...], labels: tuple[tuple[Text, str], ...], *, takes_in: bool = False
) -> Proof | None:
    """
    The room argument, the strongest over measures and both sides of the band.

    Parameters
    ----------
    names
        Ids of the territories.
    labels
        Name and unit of each limited measure.
    takes_in
        Some unserved outlet already counts as its group's territory's, which changes when it takes the outlet in.

    Returns
    -------
    Proof or None
        None when nothing must change. `least` is above the number of territories when no plan can exist.
    """
    if not rooms.has_trouble:
        return None
    forced = int(rooms.must.sum())
    # what one territory gives up another takes in; unserved units may be all that is taken in
    is_closed = not takes_in and not len(rooms.hole) and not (rooms.loose > 0).any()
    best = _broken(rooms, names, max(2 if is_closed else 1, forced))
    for m, (label, unit) in enumerate(labels):
        for kind, spare, need in (
            ("room", rooms.upper[:, m] - rooms.load[:, m], float(rooms.unserved[m])),
            ("surplus", rooms.load[:, m] - rooms.lower[:, m], -float(rooms.unserved[m])),
        ):
            need -= float(spare[rooms.must].sum())
            if need <= 0:
                continue
            others = np.flatnonzero(~rooms.must)
            order = others[np.lexsort((others, -spare[others]))]
            held = np.cumsum(np.maximum(spare[order], 0.0))
            more = int(np.searchsorted(held, need - _ROUNDING * max(1.0, need))) + 1
            if forced + more > best.least:
                best = Proof(
                    least=forced + more,
                    kind="room" if kind == "room" else "surplus",
                    text=_spare_text(kind, label, unit, need, forced, more, order, spare, names),
                )
    return best


def _broken(rooms: Rooms, names: tuple[str, ...], least: int) -> Proof:
    who = [names[t] for t in np.flatnonzero(rooms.must).tolist()]
    shown, shown_zh = _listed(who, ", ", " and {} more"), _listed(who, "、", "及另外 {} 个")
    if not who:
        text = Text("unserved outlets must join some territory", "无人服务的客户必须并入某个区域")
    elif least > len(who):
        text = Text(
            f"{shown} breaks a rule, and what one territory gives up another takes in",
            f"{shown_zh} 违反规则,而一个区域放弃的客户须由另一个区域接收",
        )
    else:
        text = Text(f"{shown} must change: each breaks a rule", f"{shown_zh} 必须改变:均违反规则")
    return Proof(least=least, kind="broken", text=text)


def _listed(words: list[str], joint: str, rest: str) -> str:
    most = 6
    return joint.join(words[:most]) + (rest.format(len(words) - most) if len(words) > most else "")


def amount_text(amount: float, unit: str, lang: Lang = "en") -> str:
    """An amount with its unit, if it has one."""
    return f"{amount:,.0f} {UNITS_ZH.get(unit, unit) if lang == 'zh' else unit}".rstrip()


def _spare_text(
    kind: str,
    label: Text,
    unit: str,
    need: float,
    forced: int,
    more: int,
    order: IntArray,
    spare: FloatArray,
    names: tuple[str, ...],
) -> Text:
    largest = order[: more - 1]
    held = float(np.maximum(spare[largest], 0.0).sum())
    shown = [f"{names[t]} {spare[t]:,.0f}" for t in largest.tolist()]
    beside = f" besides the {forced} that break{'s' if forced == 1 else ''} a rule" if forced else ""
    beside_zh = f"(除 {forced} 个违规区域外)" if forced else ""
    if more > len(order):
        return Text(
            f"{amount_text(need, unit)} of {label.en} too {'much' if kind == 'room' else 'little'}: "
            f"all territories together have {'room' if kind == 'room' else 'a surplus'} of {held:,.0f} only",
            f"{label.zh}{'多出' if kind == 'room' else '缺少'} {amount_text(need, unit, 'zh')}:全部区域合计仅有"
            f"{'余量' if kind == 'room' else '富余'} {held:,.0f}",
        )
    if kind == "room":
        en, zh = (
            f"{amount_text(need, unit)} of {label.en} must find room{beside}",
            f"有 {amount_text(need, unit, 'zh')}的{label.zh}需要安置{beside_zh}",
        )
        en_rest, zh_rest = (
            f"; the {more - 1} largest rooms hold {held:,.0f}",
            f";最大的 {more - 1} 个余量合计 {held:,.0f}",
        )
    else:
        en, zh = (
            f"{amount_text(need, unit)} of {label.en} is missing{beside}",
            f"缺少 {amount_text(need, unit, 'zh')}的{label.zh}{beside_zh}",
        )
        en_rest, zh_rest = (
            f"; the {more - 1} largest surpluses hold {held:,.0f}",
            f";最大的 {more - 1} 个富余合计 {held:,.0f}",
        )
    if shown:
        en += en_rest + f" ({_listed(shown, ', ', ' and {} more')})"
        zh += zh_rest + f"({_listed(shown, '、', '及另外 {} 个')})"
    return Text(en, zh)
