"""Why no split can exist: necessary conditions, each a named proof when it fails, with as few names as it needs.

The proofs are about splits that move basic units whole, as the search does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components, maximum_bipartite_matching

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.language import Text
from territory.split._evidence import (
    SURELY,
    Evidence,
    bound_words,
    few,
    joined,
    least_sales,
    outlet_permissions,
    shrunk,
)
from territory.split.check import check
from territory.split.model import BalanceMeasure, SplitProblem
from territory.units import BoolArray, FloatArray
from territory.verify import listed


def proof_of_infeasibility(problem: SplitProblem) -> Text | None:
    """The first necessary condition that fails, in words with amounts; None when all hold, or today's split does."""
    evidence = Evidence.of(problem)
    found = next((text for proof in _PROOFS if (text := proof(evidence)) is not None), None)
    if found is None or check(problem, Assignment(rep_of_outlet=problem.today)).is_clean:
        return None
    return found


def _too_few_units(evidence: Evidence) -> Text | None:
    n, k = evidence.problem.num_units, evidence.problem.num_territories
    if n >= k:
        return None
    return Text(
        f"{k} territories need at least {k} basic units; there are {n}. Lower max_area_share or use fewer reps.",
        f"{k} 个区域至少需要 {k} 个基本单元,现只有 {n} 个。请降低 max_area_share 或减少客户经理。",
    )


def _nobody_allowed(evidence: Evidence) -> Text | None:
    """Outlets that move as one piece and that no territory may serve: the fewest of them that show it."""
    problem = evidence.problem
    stuck = np.flatnonzero(~evidence.may.any(axis=1))
    if not len(stuck):
        return None
    unit = int(stuck[0])
    rows = evidence.members(unit)
    permitted = outlet_permissions(problem, rows)
    first = np.unique(permitted, axis=0, return_index=True)[1]
    needed = shrunk(sorted(first.tolist()), lambda kept: not permitted[kept].all(axis=0).any())
    names = joined([bound_words(problem, int(i)) for i in rows[needed]])
    return Text(
        f"{problem.unit_names[unit]}: no territory may serve {names.en}"
        f"{' together, and they move as one piece' if len(needed) > 1 else ''}. "
        "Change team, skill, lock, group or seed point.",
        f"{problem.unit_names[unit]}:没有区域可以{'同时' if len(needed) > 1 else ''}服务 {names.zh}。"
        "请修改团队、技能、锁定、分组或种子点。",
    )


def _apart_impossible(evidence: Evidence) -> Text | None:
    """Outlets that all need different territories, with fewer territories that may serve them (Hall's condition)."""
    problem = evidence.problem
    rows = np.flatnonzero(problem.apart != NONE)
    units_of: dict[int, list[int]] = {}
    for i in rows.tolist():
        units_of.setdefault(int(problem.apart[i]), []).append(int(problem.unit_of_outlet[i]))
    for label in sorted(units_of):
        units = units_of[label]
        if len(set(units)) < len(units):
            twice = next(u for u in units if units.count(u) > 1)
            same = (problem.apart[rows] == label) & (problem.unit_of_outlet[rows] == twice)
            both = [problem.outlet_ids[i] for i in rows[same].tolist()]
            return Text(
                f"{both[0]} and {both[1]} are to be kept apart, but a group or a lock keeps them together. "
                "Empty one of the two.",
                f"{both[0]} 与 {both[1]} 须分开,但分组或锁定使其在一起。请取消其一。",
            )
    parted: dict[int, set[int]] = {}
    for units in units_of.values():
        for u in units:
            parted.setdefault(u, set()).update(v for v in units if v != u)
    for label in sorted(units_of):
        clique = _grown_clique(sorted(units_of[label]), parted)
        if _fit_apart(evidence.may, clique):
            continue
        needed = shrunk(clique, lambda kept: not _fit_apart(evidence.may, kept))
        open_to = np.flatnonzero(evidence.may[needed].any(axis=0))
        names = few([problem.unit_names[u] for u in needed], most=8)
        who = few([problem.territory_ids[t] for t in open_to.tolist()])
        return Text(
            f"{names.en} must lie in {len(needed)} different territories, but only {len(open_to)} may serve them "
            f"({who.en}). Empty a label in column apart, or change team, skill, lock or seed point.",
            f"{names.zh} 须分属 {len(needed)} 个不同区域,但只有 {len(open_to)} 个可以服务({who.zh})。"
            "请清空某个分开标签,或修改团队、技能、锁定或种子点。",
        )
    return None


def _grown_clique(clique: list[int], parted: dict[int, set[int]]) -> list[int]:
    """A clique of units kept apart pair by pair, grown by units that are parted from all its members."""
    grown = list(clique)
    for u in sorted(parted[clique[0]]):
        if u not in grown and parted[u].issuperset(grown):
            grown.append(u)
    return grown


def _fit_apart(may: BoolArray, units: Sequence[int]) -> bool:
    """Can these units have a territory each?"""
    matched = maximum_bipartite_matching(sp.csr_matrix(may[list(units)]), perm_type="column")
    return bool((np.asarray(matched) >= 0).all())


def _heavy_unit(evidence: Evidence) -> Text | None:
    problem = evidence.problem
    for measure, load in evidence.amounts():
        upper = measure.target * (1 + measure.tolerance)
        most = np.where(evidence.may, upper, -np.inf).max(axis=1)
        over = load > most * SURELY
        if over.any():
            worst = int(np.argmax(np.where(over, load, -1.0)))
            name, amount = problem.unit_names[worst], f"{load[worst]:,.0f} {measure.unit}"
            return Text(
                f"{name} alone has {measure.label.en} {amount}; a territory may carry at most {most[worst]:,.0f}. "
                f"Cut it (max_area_share), ungroup it, or widen the tolerance.",
                f"{name} 单独的{measure.label.zh}为 {amount},而一个区域最多 {most[worst]:,.0f}。"
                f"请拆分(max_area_share)、取消分组或放宽容差。",
            )
    return None


def _many_heavy(evidence: Evidence) -> Text | None:
    """Pigeonhole: of the j k + 1 heaviest units some territory gets j + 1, at least the lightest of them."""
    k = evidence.problem.num_territories
    for measure, load in evidence.amounts():
        most = float((measure.target * (1 + measure.tolerance)).max())
        order = np.argsort(-load, kind="stable")
        heaviest = np.r_[0.0, np.cumsum(load[order])]
        for j in range(1, (len(load) - 1) // k + 1):
            count = j * k + 1
            together = float(heaviest[count] - heaviest[count - j - 1])
            if together > most * SURELY:
                names = few([evidence.problem.unit_names[u] for u in order[:count].tolist()], most=8)
                return Text(
                    f"of {count} units ({names.en}) some territory must hold {j + 1}, and any {j + 1} of them have "
                    f"{measure.label.en} {together:,.0f} {measure.unit} or more; at most {most:,.0f} fit. "
                    "Cut areas finer (max_area_share), ungroup outlets, or widen the tolerance.",
                    f"{count} 个单元({names.zh})中必有 {j + 1} 个同属一个区域,而其中任意 {j + 1} 个的{measure.label.zh}"
                    f"合计至少 {together:,.0f} {measure.unit},最多 {most:,.0f}。"
                    "请细分商圈(max_area_share)、取消分组或放宽容差。",
                )
    return None


def _bound_load(evidence: Evidence) -> Text | None:
    """Territories that alone may serve too much, or that may not serve enough, by locks, seeds, teams and skills."""
    if evidence.may.all():
        return None
    _, first, kind = np.unique(np.packbits(evidence.may, axis=1), axis=0, return_index=True, return_inverse=True)
    kind, pattern = np.asarray(kind).ravel(), evidence.may[first]
    candidates = np.unique(np.vstack([np.eye(evidence.may.shape[1], dtype=np.bool_), pattern, ~pattern]), axis=0)
    candidates = candidates[candidates.any(axis=1)]
    candidates = candidates[np.argsort(candidates.sum(axis=1), kind="stable")]
    inside = (~candidates).astype(np.int64) @ pattern.T.astype(np.int64) == 0
    meets = candidates.astype(np.int64) @ pattern.T.astype(np.int64) > 0
    for measure, load in evidence.amounts():
        by_kind = np.bincount(kind, weights=load, minlength=len(pattern))
        most = candidates @ (measure.target * (1 + measure.tolerance))
        least = candidates @ (measure.target * (1 - measure.tolerance))
        over = np.flatnonzero(inside @ by_kind > most * SURELY)
        if len(over):
            c = int(over[0])
            return _too_much(evidence, measure, load, candidates[c], inside[c][kind], float(most[c]))
        under = np.flatnonzero(meets @ by_kind * SURELY < least)
        if len(under):
            c = int(under[0])
            who = few([evidence.problem.territory_ids[t] for t in np.flatnonzero(candidates[c]).tolist()])
            return Text(
                f"all that {who.en} may serve has {measure.label.en} {float(meets[c] @ by_kind):,.0f}; at least "
                f"{least[c]:,.0f} {measure.unit} are needed. Change team, skill or lock, or widen the tolerance.",
                f"{who.zh} 可服务的全部{measure.label.zh}为 {float(meets[c] @ by_kind):,.0f},至少需要 {least[c]:,.0f} "
                f"{measure.unit}。请修改团队、技能或锁定,或放宽容差。",
            )
    return None


def _too_much(
    evidence: Evidence, measure: BalanceMeasure, load: FloatArray, group: BoolArray, held: BoolArray, most: float
) -> Text:
    """The fewest outlets (or, where that does not show it, units) that only a group of territories may serve."""
    problem = evidence.problem
    own = np.flatnonzero(held[problem.unit_of_outlet])
    own = own[~outlet_permissions(problem, own)[:, ~group].any(axis=1)]
    needed = own[np.argsort(-measure.amount[own], kind="stable")]
    amounts = np.cumsum(measure.amount[needed])
    if len(amounts) and amounts[-1] > most * SURELY:
        count = int(np.searchsorted(amounts, most * SURELY, side="right")) + 1
        names = few([bound_words(problem, i) for i in needed[:count].tolist()])
    else:
        units = np.flatnonzero(held)
        units = units[np.argsort(-load[units], kind="stable")]
        amounts = np.cumsum(load[units])
        count = int(np.searchsorted(amounts, most * SURELY, side="right")) + 1
        names = few([problem.unit_names[u] for u in units[:count].tolist()])
    who = few([problem.territory_ids[t] for t in np.flatnonzero(group).tolist()])
    return Text(
        f"only {who.en} may serve {names.en}: their {measure.label.en} is {amounts[count - 1]:,.0f}, at most "
        f"{most:,.0f} {measure.unit} fit. Unlock some, change team or skill, or widen the tolerance.",
        f"只有 {who.zh} 可以服务 {names.zh}:其{measure.label.zh}为 {amounts[count - 1]:,.0f},最多 {most:,.0f} "
        f"{measure.unit}。请解锁部分客户、修改团队或技能,或放宽容差。",
    )


def _component(evidence: Evidence) -> Text | None:
    """Parts that nothing connects hold whole territories, each within the band, and not too many in all."""
    problem = evidence.problem
    regular = np.flatnonzero(~problem.is_exempt)
    count, label = connected_components(problem.neighbours[regular][:, regular], directed=False)
    if count < 2:
        return _too_many_parts(evidence, count)
    for measure, load in evidence.amounts():
        low = float((measure.target * (1 - measure.tolerance)).min())
        high = float((measure.target * (1 + measure.tolerance)).max())
        part = np.bincount(label, weights=load[regular], minlength=count)
        units = np.bincount(label, minlength=count)
        # Exempt units may top a territory up, so with them the lower side counts them in.
        slack = float(load[problem.is_exempt].sum())
        room = np.floor((part + slack) / low * SURELY) if low > 0 else units.astype(np.float64)
        most = np.minimum(units, room).astype(np.int64)
        least = np.maximum(1, np.ceil(part / (high * SURELY))).astype(np.int64)
        wrong = np.flatnonzero(most < least)
        if len(wrong):
            own = regular[label == wrong[0]]
            name, amount = problem.unit_names[int(own[0])], float(part[wrong[0]])
            return Text(
                f"the {len(own)} units around {name} are cut off from the rest and have {measure.label.en} "
                f"{amount:,.0f}: too little or too much for whole territories of {low:,.0f} to {high:,.0f} "
                f"{measure.unit}. Open a barrier or widen the tolerance.",
                f"{name} 周围的 {len(own)} 个单元与其余部分隔断,{measure.label.zh} {amount:,.0f} "
                f"无法组成每个 {low:,.0f} 至 {high:,.0f} {measure.unit} 的完整区域。请打开屏障或放宽容差。",
            )
        k = problem.num_territories
        all_regular = len(regular) == problem.num_units
        if int(least.sum()) > k or (all_regular and int(most.sum()) < k):
            needs = f"{least.sum()}" if int(least.sum()) > k else f"{most.sum()}"
            side = ("at least", "至少") if int(least.sum()) > k else ("at most", "至多")
            return Text(
                f"the map falls into {count} parts that nothing connects; by {measure.label.en} they hold {side[0]} "
                f"{needs} territories of {low:,.0f} to {high:,.0f} {measure.unit}, and there are {k}. "
                "Open a barrier or widen the tolerance.",
                f"地图被隔断为 {count} 部分;按{measure.label.zh}(每个区域 {low:,.0f} 至 {high:,.0f} {measure.unit})"
                f"{side[1]}可分 {needs} 个区域,而现有 {k} 个。请打开屏障或放宽容差。",
            )
    return _too_many_parts(evidence, count)


def _too_many_parts(evidence: Evidence, count: int) -> Text | None:
    k = evidence.problem.num_territories
    if count <= k:
        return None
    return Text(
        f"the map falls into {count} parts that nothing connects, more than {k} territories can hold. Open a barrier.",
        f"地图被隔断为 {count} 部分,多于 {k} 个区域。请打开屏障。",
    )


def _bound_across(evidence: Evidence) -> Text | None:
    """Two units that only one territory may serve, with nothing between the parts of the map they lie in."""
    problem = evidence.problem
    label = connected_components(problem.neighbours, directed=False)[1]
    only = np.flatnonzero((evidence.may.sum(axis=1) == 1) & ~problem.is_exempt)
    holder = evidence.may[only].argmax(axis=1)
    first: dict[int, int] = {}
    for unit, t in zip(only.tolist(), holder.tolist(), strict=True):
        other = first.setdefault(t, unit)
        if label[other] != label[unit]:
            name, who = problem.unit_names, problem.territory_ids[t]
            return Text(
                f"only {who} may serve {name[other]} and {name[unit]}, and nothing connects them. "
                "Open a barrier, or change seed point, team or skill.",
                f"只有 {who} 可以服务 {name[other]} 与 {name[unit]},而两者不相连。"
                "请打开屏障,或修改种子点、团队或技能。",
            )
    return None


def _must_move(evidence: Evidence) -> Text | None:
    """Units that no longer may go where they are today cost more of the move cap than there is."""
    problem, unit = evidence.problem, evidence.problem.unit_of_outlet
    today = problem.today_territory()
    rows = np.flatnonzero(today != NONE)
    served = np.bincount(unit[rows], weights=problem.sales[rows], minlength=problem.num_units)
    k = problem.num_territories
    pair, at = np.unique(unit[rows] * np.int64(k) + today[rows], return_inverse=True)
    kept = np.bincount(np.asarray(at).ravel(), weights=problem.sales[rows], minlength=len(pair))
    kept = np.where(evidence.may[pair // k, pair % k], kept, 0.0)
    best = np.zeros(problem.num_units)
    np.maximum.at(best, pair // k, kept)
    moved = (served - best) / problem.served_sales
    order = np.argsort(-moved, kind="stable")
    running = np.cumsum(moved[order])
    cap = problem.max_moved_share * SURELY + 1e-9
    if not len(running) or running[-1] <= cap:
        return None
    count = int(np.searchsorted(running, cap, side="right")) + 1
    names = few([problem.unit_names[u] for u in order[:count].tolist()])
    share, most = f"{100 * running[count - 1]:.3g} %", f"{100 * problem.max_moved_share:.3g} %"
    return Text(
        f"{names.en} cannot stay as today (teams, skills, locks, seed points, or one area with several reps): "
        f"{share} of sales must change rep, at most {most} may. Raise max_moved_share, or change those rules.",
        f"{names.zh} 无法保持现状(团队、技能、锁定、种子点,或同一商圈有多名客户经理):须调动销售额的 {share},"
        f"上限为 {most}。请提高 max_moved_share 或修改上述规则。",
    )


def _rebalance(evidence: Evidence) -> Text | None:
    """To bring today's territories into their bands, more sales must move than the cap allows."""
    problem = evidence.problem
    today, cap = problem.today_territory(), problem.max_moved_share * SURELY + 1e-9
    if problem.max_moved_share >= 1.0:
        return None
    free = (today != NONE) & ~problem.locked
    for measure in evidence.limited:
        upper, lower = measure.target * (1 + measure.tolerance), measure.target * (1 - measure.tolerance)
        held = np.bincount(
            today[today != NONE], weights=measure.amount[today != NONE], minlength=problem.num_territories
        )
        shed = np.zeros(problem.num_territories)
        for t in np.flatnonzero(held > upper * SURELY).tolist():
            shed[t] = least_sales(problem, measure, free & (today == t), float(held[t] - upper[t]))
        # What nobody serves today may fill territories up without being moved.
        missing = float(np.maximum(lower - held, 0.0).sum() - measure.amount[today == NONE].sum())
        fill = least_sales(problem, measure, free, missing) / problem.served_sales
        shed /= problem.served_sales
        if shed.sum() <= cap and fill <= cap:
            continue
        order = np.argsort(-shed, kind="stable")
        is_shed = bool(shed.sum() > cap)
        count = int(np.searchsorted(np.cumsum(shed[order]), cap, side="right")) + 1
        named = (order[:count] if is_shed else np.flatnonzero(held < lower)).tolist()
        who = few([problem.territory_ids[t] for t in named])
        share = f"{100 * (shed[order[:count]].sum() if is_shed else fill):.3g} %"
        share = share if np.isfinite(shed.sum() if is_shed else fill) else "100 %"
        side, most = ("over", "超出") if is_shed else ("under", "低于"), f"{100 * problem.max_moved_share:.3g} %"
        return Text(
            f"today {who.en} {'is' if len(named) == 1 else 'are'} {side[0]} the band of {measure.label.en}; to mend "
            f"that at least {share} of sales must change rep, at most {most} may. "
            "Raise max_moved_share or widen the tolerance.",
            f"今日 {who.zh} 的{measure.label.zh}{side[1]}允许范围;要纠正至少须调动销售额的 {share},上限为 {most}。"
            "请提高 max_moved_share 或放宽容差。",
        )
    return None


def _nothing_may_move(evidence: Evidence) -> Text | None:
    """With a cap of zero today's split is the only candidate (when every outlet has a rep and sells something)."""
    problem = evidence.problem
    if problem.max_moved_share > 0 or (problem.today == NONE).any() or (problem.sales <= 0).any():
        return None
    broken = check(problem, Assignment(rep_of_outlet=problem.today)).violations
    if not broken:
        return None
    return Text(
        f"no outlet may change rep (max_moved_share = 0), and today's split breaks {listed(broken, most=3)}. "
        "Raise max_moved_share or widen the tolerance.",
        f"不允许任何客户更换客户经理(max_moved_share = 0),而今日划分违反:{listed(broken, 3, 'zh')}。"
        "请提高 max_moved_share 或放宽容差。",
    )


_PROOFS = (
    _too_few_units,
    _nobody_allowed,
    _apart_impossible,
    _heavy_unit,
    _bound_load,
    _many_heavy,
    _component,
    _bound_across,
    _nothing_may_move,
    _must_move,
    _rebalance,
)
