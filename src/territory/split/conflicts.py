"""Why no split can exist: necessary conditions, each a named proof when it fails."""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import connected_components

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.language import Text
from territory.split.check import check
from territory.split.model import SplitProblem
from territory.verify import listed


def proof_of_infeasibility(problem: SplitProblem) -> Text | None:
    """The first necessary condition that fails, in words with amounts; None when all hold."""
    return (
        _too_few_units(problem)
        or _nobody_allowed(problem)
        or _heavy_unit(problem)
        or _locked_load(problem)
        or _component(problem)
        or _nothing_may_move(problem)
    )


def _nothing_may_move(problem: SplitProblem) -> Text | None:
    """With a cap of zero today's split is the only candidate (when every outlet has a rep and sells something)."""
    if problem.max_moved_share > 0 or (problem.today == NONE).any() or (problem.sales <= 0).any():
        return None
    broken = check(problem, Assignment(rep_of_outlet=problem.today)).violations
    if not broken:
        return None
    return Text(
        f"no outlet may change rep (max_moved_share = 0), and today's split breaks {listed(broken, most=3)}. "
        "Raise max_moved_share or widen the tolerance.",
        f"不允许任何客户更换客户经理(max_moved_share = 0),而今日划分违反:{listed(broken, most=3)}。"
        "请提高 max_moved_share 或放宽容差。",
    )


def _too_few_units(problem: SplitProblem) -> Text | None:
    if problem.num_units >= problem.num_territories:
        return None
    n, k = problem.num_units, problem.num_territories
    return Text(
        f"{k} territories need at least {k} basic units; there are {n}. Lower max_area_share or use fewer reps.",
        f"{k} 个区域至少需要 {k} 个基本单元,现只有 {n} 个。请降低 max_area_share 或减少客户经理。",
    )


def _nobody_allowed(problem: SplitProblem) -> Text | None:
    for unit in range(problem.num_units):
        members = np.flatnonzero(problem.unit_of_outlet == unit)
        ok = problem.allowed[members].all(axis=0)
        locked = members[problem.locked[members]]
        if len(locked):
            own = np.unique(problem.today_territory()[locked])
            if len(own) > 1:
                names = ", ".join(problem.outlet_ids[i] for i in locked[:3].tolist())
                return Text(
                    f"{problem.unit_names[unit]}: its locked outlets ({names}) stay with different reps. Unlock one.",
                    f"{problem.unit_names[unit]}:被锁定的客户({names})属于不同客户经理,请解锁其一。",
                )
            ok &= np.isin(np.arange(problem.num_territories), own)
        if not ok.any():
            names = ", ".join(problem.outlet_ids[i] for i in members[:3].tolist())
            return Text(
                f"{problem.unit_names[unit]}: no rep may serve all its outlets ({names}). Change team, skill or lock.",
                f"{problem.unit_names[unit]}:没有客户经理可以服务其全部客户({names}),请修改团队、技能或锁定。",
            )
    return None


def _heavy_unit(problem: SplitProblem) -> Text | None:
    for measure in problem.measures:
        if not measure.is_limited:
            continue
        load = np.bincount(problem.unit_of_outlet, weights=measure.amount, minlength=problem.num_units)
        most = float((measure.target * (1 + measure.tolerance)).max())
        worst = int(np.argmax(load))
        if load[worst] > most * (1 + 1e-9):
            name, amount = problem.unit_names[worst], f"{load[worst]:,.0f} {measure.unit}"
            return Text(
                f"{name} alone has {measure.label.en} {amount}; a territory may carry at most {most:,.0f}. "
                f"Cut it (max_area_share), ungroup it, or widen the tolerance.",
                f"{name} 单独的{measure.label.zh}为 {amount},而一个区域最多 {most:,.0f}。"
                f"请拆分(max_area_share)、取消分组或放宽容差。",
            )
    return None


def _locked_load(problem: SplitProblem) -> Text | None:
    today = problem.today_territory()
    for measure in problem.measures:
        if not measure.is_limited:
            continue
        held = problem.locked & (today != NONE)
        load = np.bincount(today[held], weights=measure.amount[held], minlength=problem.num_territories)
        most = measure.target * (1 + measure.tolerance)
        over = np.flatnonzero(load > most * (1 + 1e-9))
        if len(over):
            t = int(over[0])
            return Text(
                f"outlets locked to {problem.territory_ids[t]} have {measure.label.en} {load[t]:,.0f}; "
                f"at most {most[t]:,.0f} {measure.unit} fit. Unlock some or widen the tolerance.",
                f"锁定给 {problem.territory_ids[t]} 的客户{measure.label.zh}为 {load[t]:,.0f},"
                f"最多 {most[t]:,.0f} {measure.unit}。请解锁部分客户或放宽容差。",
            )
    return None


def _component(problem: SplitProblem) -> Text | None:
    """A part cut off by barriers must hold a whole number of territories within the band."""
    regular = np.flatnonzero(~problem.is_exempt)
    if not len(regular) or not len(problem.measures) or not problem.measures[0].is_limited:
        return None
    count, label = connected_components(problem.neighbours[regular][:, regular], directed=False)
    measure = problem.measures[0]
    load = np.bincount(problem.unit_of_outlet, weights=measure.amount, minlength=problem.num_units)
    low = float((measure.target * (1 - measure.tolerance)).min())
    high = float((measure.target * (1 + measure.tolerance)).max())
    # Exempt units may top a territory up, so only the upper side is certain when there are any.
    slack = float(load[problem.is_exempt].sum())
    for part in range(count if count > 1 else 0):
        inside = regular[label == part]
        amount = float(load[inside].sum())
        most = int((amount + slack) / low + 1e-9) if low > 0 else len(inside)
        least = int(np.ceil(amount / high - 1e-9))
        if most < max(1, least):
            name = problem.unit_names[int(inside[0])]
            return Text(
                f"the {len(inside)} units around {name} are cut off from the rest and have {measure.label.en} "
                f"{amount:,.0f}: too little or too much for whole territories of {low:,.0f} to {high:,.0f} "
                f"{measure.unit}. Open a barrier or widen the tolerance.",
                f"{name} 周围的 {len(inside)} 个单元与其余部分隔断,{measure.label.zh} {amount:,.0f} "
                f"无法组成每个 {low:,.0f} 至 {high:,.0f} {measure.unit} 的完整区域。请打开屏障或放宽容差。",
            )
    return None
