"""What studies cover of every lever setting, and the warnings beyond it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from territory.domain.policy_rules import COMMON_SETTINGS, LEVERS, PolicyRules, YearRules
from territory.io.policy_files import read_policies
from territory.policy.evidence_ranges import RANGES, STUDIES, outside_evidence, ranges_of, standing_note
from tests.policy.policy_towns import policy

ROOT = Path(__file__).resolve().parents[2]
STUDY_FILES = sorted((ROOT / "benchmarks" / "evidence").glob("E*.toml"))


def kinds(rules: PolicyRules, year: YearRules | None = None) -> set[tuple[str, str, str]]:
    return {
        (warning.lever, setting, warning.kind)
        for warning in outside_evidence(rules, year)
        for setting in warning.settings
    }


def test_every_range_names_a_setting_and_studies_that_exist() -> None:
    for entry in RANGES:
        assert entry.lever in LEVERS
        assert entry.setting in type(PolicyRules().lever(entry.lever)).model_fields
        assert entry.setting not in COMMON_SETTINGS
        assert entry.studies
        assert set(entry.studies) <= set(STUDIES)
        assert entry.choices or entry.low <= entry.high


def test_every_study_that_is_named_has_a_file() -> None:
    assert set(STUDIES) <= {path.stem for path in STUDY_FILES}


def settings_in(arms: Any) -> Iterator[tuple[str, str, Any]]:
    """Lever, setting and value of everything the arms of a study set."""
    for arm in arms.values():
        for lever, settings in arm.items():
            if lever in LEVERS:
                yield from ((lever, setting, value) for setting, value in settings.items())


@pytest.mark.parametrize("path", STUDY_FILES, ids=lambda path: path.stem)
def test_a_range_holds_every_value_that_its_studies_are_mirrored_with(path: Path) -> None:
    study = tomllib.loads(path.read_text(encoding="utf-8"))
    base_pay = study.get("year", {}).get("base_pay_per_month", YearRules().base_pay_per_month)
    for lever, setting, value in settings_in(study.get("arms", {})):
        for entry in ranges_of(lever, setting):
            if path.stem in entry.studies and entry.basis != "judged":
                assert entry.covers(value, base_pay=base_pay), (lever, setting, value)


def test_a_mirrored_range_ends_where_the_ordinary_situation_or_a_mirror_stands() -> None:
    """So that a range does not stay wide when a mirror has changed: edit RANGES with it."""
    ends: dict[tuple[str, str], set[float]] = {}
    for path in STUDY_FILES:
        study = tomllib.loads(path.read_text(encoding="utf-8"))
        base_pay = study.get("year", {}).get("base_pay_per_month", YearRules().base_pay_per_month)
        for lever, setting, value in settings_in(study.get("arms", {})):
            for entry in ranges_of(lever, setting):
                if path.stem in entry.studies and entry.basis == "mirrored":
                    ends.setdefault((lever, setting), set()).add(value / (base_pay if entry.per_base_pay else 1.0))
    for entry in RANGES:
        if entry.basis == "mirrored":
            ordinary = float(getattr(PolicyRules().lever(entry.lever), entry.setting))
            known = {ordinary, *ends.get((entry.lever, entry.setting), set())}
            nearest = 0.01 if entry.setting != "hours_per_week" else 2.0  # none at all is the other end of hours
            for end in (entry.low, entry.high):
                assert min(abs(end - value) for value in known) <= nearest, (entry.lever, entry.setting, end)


def test_a_policy_that_changes_nothing_needs_no_evidence() -> None:
    assert outside_evidence(PolicyRules()) == ()


@pytest.mark.parametrize(
    "settings",
    [
        {"strength": 0.0, "share": 9.0},
        {"covered_share": 0.0, "share": 9.0},
        {"grades": [], "share": 9.0},
        {"start_month": 13, "share": 9.0},
        {"cost_per_month": 100.0},
    ],
)
def test_a_lever_that_does_not_act_needs_none(settings: dict[str, Any]) -> None:
    assert outside_evidence(policy(commission=settings)) == ()


def test_a_lever_beyond_its_horizon_acts_in_a_longer_one() -> None:
    late = policy(commission={"start_month": 13, "share": 9.0})
    assert outside_evidence(late, YearRules(horizon_months=12)) == ()
    assert kinds(late, YearRules(horizon_months=13)) == {("commission", "share", "outside")}


def test_inside_the_range_there_is_no_warning_and_just_beyond_it_there_is() -> None:
    assert kinds(policy(bonus={"share": 0.3})) == set()
    assert kinds(policy(bonus={"share": 0.31})) == {("bonus", "share", "outside")}


def test_half_a_step_counts_as_half() -> None:
    assert kinds(policy(training={"days_per_year": 8.0})) == {("training", "days_per_year", "outside")}
    assert kinds(policy(training={"days_per_year": 8.0, "strength": 0.5})) == set()


def test_what_no_study_varied_is_called_an_assumption() -> None:
    assert kinds(policy(anti_gaming={"audit_rate": 0.1})) == {("anti_gaming", "audit_rate", "unstudied")}


def test_words_are_looked_up_like_numbers() -> None:
    found = kinds(policy(mentoring={"pairs_share": 0.2, "max_renewals": 0}))
    assert found == {("mentoring", "rule", "outside")}
    assert kinds(policy(mentoring={"pairs_share": 0.2, "max_renewals": 0, "rule": "random"})) == set()


def test_judgement_is_told_from_measurement() -> None:
    assert kinds(policy(visit_rules={"frequency_factor": 1.1})) == set()
    assert kinds(policy(visit_rules={"frequency_factor": 1.5})) == {("visit_rules", "frequency_factor", "judged")}
    assert kinds(policy(visit_rules={"frequency_factor": 2.5})) == {("visit_rules", "frequency_factor", "outside")}


def test_a_prize_is_judged_by_the_base_pay() -> None:
    rules = policy(team_award={"prize_per_member": 100.0})
    assert kinds(rules, YearRules(base_pay_per_month=5000.0)) == set()
    assert kinds(rules, YearRules(base_pay_per_month=1000.0)) == {("team_award", "prize_per_member", "outside")}


def test_a_shock_of_supply_is_a_what_if_and_no_promise() -> None:
    assert outside_evidence(policy(supply={"shock_months": [3], "shock_supply": 0.7})) == ()


def test_a_warning_says_value_range_and_study_in_both_languages() -> None:
    (warning,) = outside_evidence(policy(bonus={"share": 0.5}))
    assert "share = 0.5 (covered: 0 to 0.3)" in warning.text.en
    assert "E6 team bonus in bakery shops" in warning.text.en
    assert "share = 0.5(覆盖范围:0 至 0.3)" in warning.text.zh
    assert "E6 面包店团队奖金" in warning.text.zh


def test_every_ready_policy_can_be_told_about() -> None:
    for name, rules in read_policies(ROOT / "scenarios" / "policies").items():
        for warning in outside_evidence(rules):
            assert warning.settings, name
            assert warning.text.en
            assert warning.text.zh


def test_the_note_says_that_allocated_goods_make_effects_smaller() -> None:
    regulated = standing_note(YearRules(max_uplift=0.1, demand_elasticity=0.31))
    free = standing_note(YearRules(supply_limited=False, demand_elasticity=1.0))
    assert "10 % at most" in regulated.en
    assert "expect smaller ones here" in regulated.en
    assert "应小于" in regulated.zh
    assert "upper limits" in free.en
    assert "上限" in free.zh
