"""What every kind of source hands over: the tables of the data contract, and a few sentences of figures."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from territory.language import Text
from territory.units import FloatArray, IntArray

STAGE = "generate"


@dataclass(frozen=True, kw_only=True, eq=False)
class Tables:
    """
    Tables ready to be written.

    Attributes
    ----------
    facts
        Figures of the preparation by name (shares as fractions), for tests, notes and the progress line.
    """

    outlets: pd.DataFrame
    reps: pd.DataFrame
    teams: pd.DataFrame
    flows: pd.DataFrame
    facts: dict[str, float] = field(default_factory=dict)

    def note(self) -> Text:
        """One line for a person."""
        outlets, reps, flows = f"{len(self.outlets):,}", len(self.reps), f"{len(self.flows):,}"
        return Text(
            f"{outlets} outlets, {reps} reps, {flows} flows", f"{outlets} 家客户,{reps} 名客户经理,{flows} 条流量"
        )


def flow_table(names: list[str], *, frm: IntArray, to: IntArray, weight: FloatArray) -> pd.DataFrame:
    """`flows.csv`: from, to, weight per week (4 significant digits are kept: the rest is not knowledge)."""
    digits = 3 - np.floor(np.log10(np.maximum(weight, 1e-12)))
    scale = 10.0**digits
    label = np.array(names, dtype=object)
    return pd.DataFrame({"from": label[frm], "to": label[to], "weight": np.round(weight * scale) / scale})


def load_facts(*, load: FloatArray, rep: IntArray, num_reps: int, capacity_min: float) -> dict[str, float]:
    """How full the reps are today: workload / capacity over all, and the fullest rep against the mean."""
    amount = np.bincount(rep, weights=load, minlength=num_reps)
    return {
        "workload_over_capacity": float(load.sum() / (num_reps * capacity_min)),
        "max_over_mean_today": float(amount.max() / amount.mean()),
        "min_over_mean_today": float(amount.min() / amount.mean()),
    }


def flow_facts(*, frm: IntArray, to: IntArray, weight: FloatArray, kept_today: float) -> dict[str, float]:
    """Share of flow between areas, and the part of it inside today's territories."""
    between = float(weight[frm != to].sum())
    return {"flow_between_areas": between / float(weight.sum()), "kept_today_between_areas": kept_today}


def kept_between(
    *, frm: IntArray, to: IntArray, weight: FloatArray, area: IntArray, rep: IntArray, sales: FloatArray, num_reps: int
) -> float:
    """Kept share of flow between areas when an area's flow is shared among its reps by sales (docs/semantics)."""
    num_areas = int(area.max()) + 1
    share = np.zeros((num_areas, num_reps))
    np.add.at(share, (area, rep), sales)
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-12)
    apart = frm != to
    kept = np.zeros(int(apart.sum()))
    ends = np.flatnonzero(apart)
    for start in range(0, len(ends), 50_000):
        some = ends[start : start + 50_000]
        kept[start : start + 50_000] = (share[frm[some]] * share[to[some]]).sum(axis=1)
    total = float(weight[apart].sum())
    return float(weight[apart] @ kept) / total if total else 1.0
