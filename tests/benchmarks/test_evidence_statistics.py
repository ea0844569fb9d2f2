"""Statistics of the evidence family: their values on hand-made years, and how sure they are."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from benchmarks.quality.evidence_facts import Group, places
from benchmarks.quality.evidence_statistic import Measured, measured
from benchmarks.quality.evidence_statistics import STATISTICS
from benchmarks.quality.evidence_study import Target, TargetKeys
from tests.benchmarks.evidence_seen import seen

FLAT = np.full((6, 8), 100.0)


def value(name: str, arms: dict, **arguments: object) -> float:
    """The statistic of one replication."""
    statistic = STATISTICS[name].model_validate(arguments)
    return measured(statistic, np.array([statistic.moments(arms)] * 2)).mean


def test_a_relative_change_is_of_the_months_asked_for():
    better = FLAT.copy()
    better[2:] *= 1.2
    arms = {"new": seen(better), "old": seen(FLAT)}
    assert value("relative_change", arms, arm="new", against="old", months="3-6") == pytest.approx(0.2)
    assert value("relative_change", arms, arm="new", against="old", months="1-2") == pytest.approx(0.0)
    assert value("relative_change", arms, arm="new", against="old", months="2, 3") == pytest.approx(0.1)


def test_per_holder_divides_by_the_days_that_positions_were_held():
    half_empty = np.ones((6 * 21, 8), dtype=bool)
    half_empty[:, ::2] = False
    arms = {"new": seen(FLAT / 2, is_filled_day=half_empty), "old": seen(FLAT)}
    shared = {"arm": "new", "against": "old", "months": "1-6"}
    assert value("relative_change", arms, **shared) == pytest.approx(-0.5)
    assert value("relative_change", arms, **shared, per="holder") == pytest.approx(0.0)


def test_spread_is_between_reps_not_between_months():
    apart = FLAT * np.linspace(0.5, 1.5, 8)
    wobbling = apart * np.array([0.9, 1.1, 0.9, 1.1, 0.9, 1.1])[:, None]
    arms = {"new": seen(wobbling), "old": seen(apart)}
    assert value("change_of_spread", arms, arm="new", against="old", months="1-6") == pytest.approx(0.0)
    wider = FLAT + 2 * (apart - FLAT)
    arms = {"new": seen(wider), "old": seen(apart)}
    assert value("change_of_spread", arms, arm="new", against="old", months="1-6") == pytest.approx(1.0)


def test_doubling_everybody_leaves_the_spread_of_logarithms_alone():
    apart = FLAT * np.linspace(0.5, 1.5, 8)
    arms = {"new": seen(2 * apart), "old": seen(apart)}
    shared = {"arm": "new", "against": "old", "months": "1-6"}
    assert value("change_of_spread", arms, **shared, logarithms=True) == pytest.approx(0.0)
    assert value("change_of_spread", arms, **shared) == pytest.approx(1.0)


def test_a_difference_of_changes_tells_the_groups_apart():
    old = seen(FLAT)
    able = Group(by="ability", highest=0.5).members(old)
    new = seen(np.where(able, 1.3 * FLAT, 1.1 * FLAT))
    found = value(
        "difference_of_changes",
        {"new": new, "old": old},
        arm="new",
        against="old",
        months="1-6",
        group={"by": "ability", "highest": 0.5},
        other_group={"by": "ability", "lowest": 0.5},
    )
    assert found == pytest.approx(0.2)


def test_what_is_left_of_an_effect_is_the_later_change_over_the_earlier():
    fading = FLAT * (1 + 0.1 * 0.5 ** np.arange(6))[:, None]
    arms = {"new": seen(fading), "old": seen(FLAT)}
    found = value("ratio_of_changes", arms, arm="new", against="old", months="4", over_months="1")
    assert found == pytest.approx(0.125)


def test_a_period_stands_out_against_the_middle_of_its_year():
    spiked = FLAT.copy()
    spiked[5] *= 1.05
    arms = {"new": seen(1.5 * spiked), "old": seen(FLAT)}
    shared = {"arm": "new", "against": "old"}
    found = value("period_against_middle", arms, **shared, months="6", middle_months="2-5")
    assert found == pytest.approx(0.05)


def test_growth_and_the_ratio_of_two_growths():
    rising = FLAT * np.linspace(1.0, 2.0, 6)[:, None]
    pay = (FLAT * np.linspace(1.0, 1.25, 6)[:, None])[:, :, None]
    arms = {"one": seen(rising, pay=pay)}
    spans = {"arm": "one", "from_months": "1", "to_months": "6"}
    assert value("growth", arms, **spans) == pytest.approx(1.0)
    assert value("ratio_of_growths", arms, **spans, fact="pay", over_fact="true_sales") == pytest.approx(0.25)


def test_groups_of_one_run_are_compared_by_their_growth():
    year = FLAT.copy()
    year[3:, :4] *= 1.1
    found = value(
        "group_against_group",
        {"one": seen(year)},
        arm="one",
        before_months="1-3",
        months="4-6",
        group={"teams": ["T01"]},
        other_group={"teams": ["T02"]},
    )
    assert found == pytest.approx(0.1)


def test_the_least_step_is_negative_as_soon_as_one_part_gains_less_than_the_one_below():
    old = seen(FLAT)
    part = np.floor(places(old.problem.ability) * 4)
    rising = seen(FLAT * (1 + 0.1 * part))
    folded = seen(FLAT * (1 + 0.1 * np.array([0, 1, 3, 2])[part.astype(int)]))
    shared = {"arm": "new", "against": "old", "months": "1-6", "by": "ability", "parts": 4}
    assert value("least_step_of_gains", {"new": rising, "old": old}, **shared) == pytest.approx(0.1)
    assert value("least_step_of_gains", {"new": folded, "old": old}, **shared) == pytest.approx(-0.1)


def test_partners_are_the_mentors_of_first_pairs():
    paired = seen(FLAT, pair_mentor=np.array([3, 5, 6]), pair_mentee=np.array([0, 1, 0]))
    assert paired.first_partner.tolist() == [3, 5, -1, -1, -1, -1, -1, -1]


def test_peer_elasticity_is_the_answer_to_the_mates_mean():
    effort = np.ones((6, 8, 6))
    plain = seen(FLAT, effort=effort)
    pushed = Group(by="ability", highest=0.5).members(plain)
    mates = plain.problem.team_idx[:, None] == plain.problem.team_idx
    np.fill_diagonal(mates, False)
    # The pushed move by 0.2, the others by 0.15 of what their mates move on average.
    moved = np.where(pushed, 0.2, 0.0)
    for _ in range(60):
        moved = np.where(pushed, 0.2, 0.15 * (mates @ moved) / mates.sum(axis=1))
    lifted = effort.copy()
    lifted[:, :, 0] += moved
    arms = {"new": seen(FLAT, effort=lifted), "old": plain}
    group = {"by": "ability", "highest": 0.5}
    found = value("peer_elasticity", arms, arm="new", against="old", months="1-6", pushed=group)
    assert found == pytest.approx(0.15)


def test_elasticity_is_a_ratio_of_logarithms():
    visits = np.full((6, 8, 1), 1000)
    more = seen(FLAT * 1.1**0.31, done_visits=visits * 11 // 10)
    arms = {"more": more, "same": seen(FLAT, done_visits=visits)}
    assert value("elasticity", arms, arm="more", against="same", months="1-6") == pytest.approx(0.31)


def test_a_half_life_is_read_off_a_fall():
    skill = np.tile(0.5 ** (np.arange(6) / 11)[:, None, None], (1, 8, 10))
    found = value("half_life", {"one": seen(FLAT, skill=skill)}, arm="one", from_months="1", to_months="6")
    assert found == pytest.approx(11.0, abs=1e-12)


def test_the_ramp_counts_first_full_months_and_leaves_leavers_out():
    normal = seen(FLAT).fact("normal_sales")
    sales = 0.5 * normal
    sales[1:, 0] = normal[1:, 0]  # there in month 2
    sales[3:, 1:3] = normal[3:, 1:3]  # in month 4
    quits = np.zeros((6, 8), dtype=np.int64)
    quits[5, 7] = 1
    arms = {"one": seen(sales, quits=quits)}
    shared = {"arm": "one", "upto": [2, 4], "level": 1.0}
    assert value("ramp_distance", arms, **shared, shares=[1 / 7, 2 / 7, 4 / 7]) == pytest.approx(0.0)
    assert value("ramp_distance", arms, **shared, shares=[0.0, 0.0, 1.0]) == pytest.approx(3 / 7)


def test_the_half_width_of_a_plain_mean_is_students():
    class Mean(STATISTICS["growth"]):
        def value(self, moments):
            return float(moments[0])

    drawn = np.random.default_rng(4).normal(10.0, 2.0, (12, 1))
    found = measured(Mean(arm="x", from_months="1", to_months="2"), drawn)
    low, high = stats.t.interval(0.95, 11, loc=drawn.mean(), scale=stats.sem(drawn[:, 0]))
    assert found.mean == pytest.approx(drawn.mean())
    assert found.half_width == pytest.approx((high - low) / 2)


def test_matched_noise_cancels_out_of_a_change():
    luck = np.random.default_rng(1).normal(1.0, 0.2, 20)
    statistic = STATISTICS["relative_change"](arm="new", against="old", months="1")
    matched = np.column_stack([1.1 * luck, np.ones(20), luck, np.ones(20)])
    apart = np.column_stack([1.1 * luck, np.ones(20), luck[::-1], np.ones(20)])
    assert measured(statistic, matched).half_width < 1e-9 < 0.05 < measured(statistic, apart).half_width


def target(**keys: object) -> Target:
    statistic = STATISTICS["relative_change"](arm="new", against="old", months="1")
    return Target(
        keys=TargetKeys.model_validate({"id": "V1", "statistic": "relative_change", **keys}), statistic=statistic
    )


@pytest.mark.parametrize(
    ("keys", "mean", "half", "said"),
    [
        ({"low": 0.1, "high": 0.2}, 0.15, 0.01, ""),
        ({"low": 0.1, "high": 0.2}, 0.25, 0.01, "outside 0.1 to 0.2"),
        ({"low": 0.1, "high": 0.2}, 0.15, 0.025, "quarter of the band"),
        ({"low": 0.0}, 0.05, 0.04, ""),
        ({"low": 0.0}, 0.05, 0.05, "not above 0 with 95 % confidence"),
        ({"high": 0.0}, -0.05, 0.04, ""),
        ({"high": 0.0}, -0.05, 0.06, "not below 0 with 95 % confidence"),
        ({"low": -1.0, "high": 1.0, "contains": 0.0}, 0.05, 0.06, ""),
        ({"low": -1.0, "high": 1.0, "contains": 0.0}, 0.05, 0.04, "does not hold 0"),
        ({"low": 0.0}, float("nan"), 0.0, "could not be computed"),
    ],
)
def test_a_target_is_met_by_mean_and_half_width_together(keys, mean, half, said):
    why_not = target(**keys).why_not(Measured(mean=mean, half_width=half))
    assert (said in why_not) if said else why_not == ""


@pytest.mark.parametrize("months", ["0", "3-2", "two", "1;2", ""])
def test_months_that_are_none_are_refused(months):
    with pytest.raises(ValidationError, match="months"):
        STATISTICS["relative_change"](arm="new", against="old", months=months)


@pytest.mark.parametrize(
    "group",
    [
        {"by": "ability"},
        {"lowest": 0.3},
        {"by": "ability", "lowest": 0.3, "highest": 0.3},
        {"by": "score", "lowest": 0.3},
    ],
)
def test_a_group_by_rank_says_by_what_and_how_many(group):
    with pytest.raises(ValidationError):
        Group.model_validate(group)


def test_thirds_of_a_ranking_do_not_overlap_and_hold_their_share():
    year = seen(np.full((2, 12), 1.0))
    low = Group(by="tenure", lowest=1 / 3).members(year)
    high = Group(by="tenure", highest=1 / 3).members(year)
    assert (low.sum(), high.sum(), (low & high).sum()) == (4, 4, 0)
    assert year.problem.tenure_months[low].max() < year.problem.tenure_months[high].min()
