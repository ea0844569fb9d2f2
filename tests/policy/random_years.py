"""Small companies and policies at random, for property tests."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from territory.domain.policy_rules import GRADES, PolicyRules, YearRules, choice_settings, numeric_settings
from territory.policy import PolicyProblem
from territory.policy.behaviour import SKILLS
from territory.policy.model import FEWEST_STEPS, MOST_STEPS
from tests.domain.random_policies import SIMPLEXES, lever_classes, settings_of, values_of
from tests.policy.policy_towns import two_teams

# T1 and T2 are teams that random policies name as well; they also name one that is not there.
TEAM_IDS = ("T1", "T2", "T3")
# Settings that must fit one another are drawn by `settings_of` alone.
TOGETHER = SIMPLEXES | {"component_weights": GRADES, "commission": ("floor", "cap", "accelerator_from")}


@st.composite
def companies(draw: st.DrawFn, *, most_slots: int = 12, most_months: int = 14) -> PolicyProblem:
    """Six to twelve positions in up to three teams, people and territories of all kinds, any world."""
    slots = draw(st.integers(6, most_slots))
    months = min(most_months, draw(st.sampled_from([3, 5, 12, 13, 14])))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    classes = draw(st.integers(1, 4))
    idle = draw(st.sampled_from([0.0, 0.2]))

    def some(values: np.ndarray) -> np.ndarray:
        """The values, some of them nothing."""
        return np.asarray(np.where(rng.random(values.shape) < idle, 0.0, values))

    required = some(rng.uniform(0, 150, (slots, classes)))
    border = np.triu(rng.random((slots, slots)) < 0.4, 1) * rng.uniform(0, 0.3, (slots, slots))
    border = border + border.T
    changes: dict[str, Any] = {
        "classes": tuple("ABCD"[:classes]),
        "potential": some(rng.lognormal(8, 1, (slots, classes))),
        "required_visits": required,
        "planned_visits": required * rng.uniform(0.5, 1.5),
        "drive_min": some(rng.uniform(1, 20, slots)),
        "service_min": rng.uniform(1, 40, (slots, classes)),
        "workday_min": some(rng.uniform(200, 600, slots)),
        "cross_flow": border / np.maximum(1.0, border.sum(axis=1, keepdims=True)),
        "team_idx": rng.integers(-1, draw(st.integers(0, 3)), slots),
        "grade": rng.integers(0, 3, slots),
        "is_formal": rng.integers(0, 2, slots),
        "tenure_months": rng.integers(0, 120, slots),
        "ability": rng.lognormal(0, 0.3, slots),
        "plateau": rng.lognormal(0, 0.3, (slots, len(SKILLS))),
        "step": rng.integers(FEWEST_STEPS, MOST_STEPS + 1, slots),
        "stream_row": rng.permutation(slots),
        "team_ids": TEAM_IDS,
    }
    return two_teams(slots, year=draw(worlds(months)), **changes)


@st.composite
def worlds(draw: st.DrawFn, months: int) -> YearRules:
    """A year of so many months in any world that `[year]` allows."""
    share = st.sampled_from([0.0, 0.1, 0.5, 1.0])
    return YearRules(
        horizon_months=months,
        season=draw(st.sampled_from([(1.0,) * 12, YearRules().season, (3.0, 0.0, 1.0) * 4])),
        demand_elasticity=draw(st.sampled_from([0.0, 0.31, 0.5, 1.0, 1.5])),
        movable_share=draw(share),
        leak_share=draw(share),
        admin_share=draw(share),
        abnormal_supply=draw(share),
        vacancy_coverage=draw(share),
        sabotage=draw(share),
        supply_limited=draw(st.booleans()),
        visibility=draw(st.sampled_from(["team", "all", "none"])),
        turnover_contract=draw(st.sampled_from([0.0, 0.2, 0.9])),
        turnover_formal=draw(st.sampled_from([0.0, 0.9])),
        vacancy_months=draw(st.sampled_from([0.01, 0.5, 2.0])),
        goodwill_carry=draw(st.sampled_from([0.0, 0.5, 0.95])),
        noise=draw(st.sampled_from([0.0, 0.5, 1.0, 2.0])),
    )


@st.composite
def programmes(draw: st.DrawFn) -> PolicyRules:
    """A policy that moves about half of the levers in all of their settings, some for a part of the staff or year."""
    sections: dict[str, Any] = {}
    for name, lever in lever_classes().items():
        if draw(st.booleans()):
            sections[name] = draw(settings_of(name)) if draw(st.booleans()) else {}
            own = [*numeric_settings(lever), *choice_settings(lever)]
            free = [key for key in own if key not in sections[name] and key not in TOGETHER.get(name, ())]
            sections[name] |= {key: draw(values_of(lever.model_fields[key])) for key in free}
    # A target or a pay of next to nothing makes ratios that no number holds.
    for name, key in (("targets", "level"), ("base_pay", "multiplier")):
        if key in sections.get(name, {}):
            sections[name][key] = max(0.01, sections[name][key])
    budget = draw(st.none() | st.sampled_from([0.0, 1e3, 1e5, 1e7]))
    return PolicyRules.model_validate({"budget_per_year": budget, **sections})
