"""Which policies a command compares, and how they are told in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from territory.domain.policy_rules import PolicyRules, YearRules
from territory.domain.rules import LabRules
from territory.domain.scenario import Scenario
from territory.errors import ConfigError, ScenarioError
from territory.pipeline import open_scenario
from territory.pipeline.policy_choice import ORDINARY, chosen_policies
from territory.pipeline.policy_words import evidence_lines, settings_of
from territory.pipeline.policy_years import soon_enough
from tests.recipes import small_recipe

FILE = """
[policy.audits]
why = "Audits."
[policy.audits.anti_gaming]
audit_rate = 0.2

[policy.big_pot]
why = "Another big pot."
[policy.big_pot.egalitarian_pool]
egalitarian_share = 0.9
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return open_scenario(small_recipe(tmp_path_factory.mktemp("choice") / "recipe"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "more.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_without_a_file_the_scenarios_own_policies_are_compared(case: Scenario) -> None:
    assert list(chosen_policies(case).policies) == ["big_pot", "pay_for_results"]


def test_a_files_policies_are_compared_with_the_scenarios_first(case: Scenario, tmp_path: Path) -> None:
    one = tmp_path / "audits.toml"
    one.write_text('why = "Audits."\n[anti_gaming]\naudit_rate = 0.2\n', encoding="utf-8")
    chosen = chosen_policies(case, path=one)
    assert list(chosen.policies) == ["big_pot", "audits"]
    assert chosen.notes == ()


def test_a_file_that_names_the_baseline_anew_is_taken_and_said(case: Scenario, file: Path) -> None:
    chosen = chosen_policies(case, path=file)
    assert list(chosen.policies) == ["big_pot", "audits"]
    assert chosen.policies["big_pot"].egalitarian_pool.egalitarian_share == 0.9
    assert [note.en for note in chosen.notes] == ["big_pot: as in more.toml, not as in the scenario"]
    assert "而非情景文件" in chosen.notes[0].zh


def test_names_pick_from_scenario_and_files_in_their_order(case: Scenario, file: Path) -> None:
    assert list(chosen_policies(case, names=["pay_for_results"]).policies) == ["pay_for_results"]
    chosen = chosen_policies(case, path=file, names=["audits", "pay_for_results"])
    assert list(chosen.policies) == ["audits", "pay_for_results"]
    assert chosen.notes == ()


def test_a_scenario_without_policies_is_compared_with_the_ordinary_situation(case: Scenario, tmp_path: Path) -> None:
    one = tmp_path / "audits.toml"
    one.write_text("[anti_gaming]\naudit_rate = 0.2\n", encoding="utf-8")
    chosen = chosen_policies(replace(case, policies={}), path=one)
    assert list(chosen.policies) == [ORDINARY, "audits"]
    assert chosen.policies[ORDINARY].model_dump(exclude={"why"}) == PolicyRules().model_dump(exclude={"why"})
    assert len(chosen.notes) == 1


def test_no_policy_anywhere_says_what_to_do(case: Scenario) -> None:
    with pytest.raises(ConfigError, match="--policies") as refused:
        chosen_policies(replace(case, policies={}))
    assert "--policies" in refused.value.in_("zh")


def test_an_unknown_name_gets_the_nearest(case: Scenario) -> None:
    with pytest.raises(ConfigError, match="Did you mean big_pot") as refused:
        chosen_policies(case, names=["bigpot"])
    assert "是否应为 big_pot" in refused.value.in_("zh")


def test_a_wrong_file_is_refused_with_all_its_mistakes(case: Scenario, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[bonus]\nshare = -1\nperiod_months = 5\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        chosen_policies(case, path=wrong)
    assert len(refused.value.issues) == 2


def test_settings_in_words_name_what_is_moved_and_nothing_else() -> None:
    rules = PolicyRules.model_validate(
        {
            "budget_per_year": 50_000,
            "bonus": {"share": 0.2, "period_months": 12, "start_month": 3},
            "field_visits": {"followup_per_month": 2, "when": {"measure": "turnover", "above": 0.25}},
        }
    )
    assert [line.en for line in settings_of(rules)] == [
        "bonus: share 0.2, period_months 12, start_month 3",
        "field_visits: followup_per_month 2, when turnover above 0.25",
        "budget 50,000 a year",
    ]
    assert settings_of(PolicyRules()) == ()


def test_evidence_lines_name_the_policy_and_gather_what_rests_on_nothing() -> None:
    rules = PolicyRules.model_validate(
        {"bonus": {"share": 0.9}, "anti_gaming": {"audit_rate": 0.1}, "stars": {"prize_share": 0.5}}
    )
    lines = evidence_lines({"base": PolicyRules(), "bold": rules}, YearRules())
    assert [line.en.split(":")[0] for line in lines] == [
        "bold, bonus",
        "bold, stars (prize_share), anti_gaming (audit_rate)",
    ]
    assert "没有研究" in lines[1].zh or "均未改变" in lines[1].zh


@pytest.mark.parametrize(
    ("asked", "policies", "run"), [(20, 3, 20), (20, 12, 20), (20, 28, 10), (20, 16, 15), (4, 28, 4), (200, 2, 120)]
)
def test_many_policies_are_run_less_often_but_often_enough_for_a_verdict(asked: int, policies: int, run: int) -> None:
    assert soon_enough(LabRules(replications=asked), policies) == run
