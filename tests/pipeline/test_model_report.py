"""The model report of a real comparison: 20 of 20 items say something, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from territory.effort import CancelToken
from territory.pipeline import open_scenario
from territory.pipeline.model_report import model_report, write_model_report
from territory.pipeline.policy_years import PolicyAnswer, policy_answer, policy_ground
from territory.pipeline.stages import Bench
from territory.progress import SILENT
from territory.report.blocks import Bullets, Heading, Paragraph, Table
from territory.report.stress import ITEMS, ModelReport, is_empty
from tests.recipes import small_recipe


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> PolicyAnswer:
    case = open_scenario(small_recipe(tmp_path_factory.mktemp("model") / "recipe"))
    bench = Bench(seed=1, executor=None, journal=None, progress=SILENT, cancel=CancelToken())
    return policy_answer(policy_ground(case, None), case.policies, bench, replications=2)


@pytest.fixture(scope="module")
def filled(answer: PolicyAnswer) -> ModelReport:
    return model_report(answer)


def words(filled: ModelReport, number: str, lang: str) -> str:
    parts: list[str] = []
    for block in filled.items[number][lang]:  # type: ignore[index]
        if isinstance(block, Heading | Paragraph):
            parts.append(block.text)
        elif isinstance(block, Bullets):
            parts += block.items
        elif isinstance(block, Table):
            parts += [cell for row in block.rows for cell in row.cells]
    return "\n".join(parts)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("number", list(ITEMS))
def test_twenty_of_twenty_items_say_something(filled: ModelReport, number: str, lang: str) -> None:
    assert not is_empty(filled.items[number][lang])  # type: ignore[index]
    said = words(filled, number, lang)
    assert len(said) >= 20
    assert "{" not in said


def test_items_are_filled_from_this_run(filled: ModelReport, answer: PolicyAnswer) -> None:
    problem, comparison = answer.ground.problem, answer.comparison
    assert all(f"\n{row.name}\n" in words(filled, "1.2", "en") for row in comparison.rows)
    assert all(name in words(filled, "1.3", "en") for name in answer.policies)
    assert "egalitarian_share 0.2" in words(filled, "2.3", "en")
    assert f"{problem.num_slots} positions" in words(filled, "2.5", "en")
    for value in comparison.run_card.input_hashes.values():
        assert value in words(filled, "3.1", "zh")
    assert "demand_elasticity\n0.31" in words(filled, "3.2", "en")
    assert f"learning_months\n{problem.behaviour.learning_months:g}" in words(filled, "3.2", "zh")
    assert answer.report.note.zh in words(filled, "3.4", "zh")
    assert f"{problem.num_months} months" in words(filled, "4.2", "en")
    assert "2 replications, fixed beforehand" in words(filled, "4.3", "en")
    assert comparison.run_card.versions["numpy"] in words(filled, "5.1", "en")
    assert "Seed 1; replications 0 to 1" in words(filled, "5.2", "en")
    assert "--policy big_pot --policy pay_for_results --replications 2 --seed 1" in words(filled, "6.1", "en")


def test_it_is_written_as_markdown_in_both_languages_and_one_page(filled: ModelReport, tmp_path: Path) -> None:
    written = write_model_report(filled, tmp_path, "en")
    assert [path.name for path in written] == ["model_report.md", "model_report.zh.md", "model_report.html"]
    english, chinese = (path.read_text(encoding="utf-8") for path in written[:2])
    assert english.count("\n### ") == chinese.count("\n### ") == 20
    assert "![" in english
    assert (tmp_path / "pictures" / "model_en.svg").exists()
    assert (tmp_path / "pictures" / "model_zh.svg").exists()
