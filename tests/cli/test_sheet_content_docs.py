"""docs/sheet_content.md stays true: its commands run, its tables and settings are read, its rules are the rules."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from pypdf import PdfReader

from territory.domain.sheet_rules import SheetRules
from territory.domain.sheet_texts import TASK_NAMES
from territory.io import read_scenario
from tests.cli.test_verbs import call

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "sheet_content.md").read_text(encoding="utf-8")


BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, flags=re.S | re.M)


def block(kind: str, number: int) -> str:
    return [text for found, text in BLOCKS if found == kind][number]


@pytest.fixture
def folder(tables: Path, tmp_path: Path) -> Path:
    """The tables with everything the page shows: targets and facts of a rep and outlets that are there."""
    copy = tmp_path / "scenario"
    shutil.copytree(tables, copy)
    scenario = read_scenario(tables)
    facts = block("csv", 1)
    for number, outlet_id in enumerate(scenario.outlets.outlet_ids[:3], start=1):
        facts = facts.replace(f"A0000{number}", outlet_id)
    (copy / "targets.csv").write_text(block("csv", 0).replace("R001", scenario.reps.rep_ids[0]), encoding="utf-8")
    (copy / "outlet_facts.csv").write_text(facts, encoding="utf-8")
    (copy / "sheet_rules.toml").write_text(block("toml", 0), encoding="utf-8")
    with (copy / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + block("toml", 1))
    return copy


def test_tables_rules_and_links_of_the_page_are_read(folder: Path) -> None:
    scenario = read_scenario(folder)
    assert [target.target for target in scenario.targets] == [580_000.0, 420.0, 52_000.0]
    assert scenario.outlet_facts is not None
    assert scenario.outlet_facts.complaints_open.sum() == 1
    assert scenario.sheet_rules.task.falling.fall_share == 0.15
    assert scenario.sheet_links.history is not None


def test_the_commands_of_the_page_run_and_print_a_page(
    capsys: pytest.CaptureFixture[str], folder: Path, planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = [line for kind, text in BLOCKS if not kind for line in text.splitlines()]
    assert [command.split()[1] for command in commands] == ["sheet", "sheet-rules"]
    monkeypatch.chdir(tmp_path)
    for command in commands:
        words = [{"scenarios/county": str(folder), "OUT": str(planned)}.get(word, word) for word in command.split()[1:]]
        if words[0] == "sheet":
            words += ["--rep", read_scenario(folder).reps.rep_ids[0], "--out", str(tmp_path)]
        assert call(capsys, *words)[0] == 0
    (path,) = (tmp_path / "sheets").glob("*/*.pdf")
    (page,) = PdfReader(path).pages
    text = re.sub(r"\s+", "", page.extract_text())
    assert "580,000" in text
    assert "黄鹤楼" in text
    assert "专项检查" in text
    addresses = [note.get_object()["/A"]["/URI"] for note in page["/Annots"]]
    assert len(addresses) == 4
    assert all(each.startswith("https://crm.example.com/") for each in addresses)


def test_a_broken_rule_is_told_by_check_with_its_line(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "sheet_rules.toml").write_text('[task.falling]\nhow = { zh = "{nobody}", en = "x" }\n', encoding="utf-8")
    code, out, err = call(capsys, "check", str(folder), "--lang", "zh")
    assert code == 3
    assert "sheet_rules.toml 第 2 行 task.falling.how" in out + err
    assert "{nobody}" in out + err


def test_the_rules_command_does_not_overwrite_and_prints_without_a_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "sheet_rules.toml"
    assert call(capsys, "sheet-rules", "--out", str(path))[0] == 0
    written = path.read_text(encoding="utf-8")
    code, _, err = call(capsys, "sheet-rules", "--out", str(path), "--lang", "zh")
    assert (code, "已存在" in err) == (7, True)
    assert call(capsys, "sheet-rules")[1] == written


def test_the_pages_table_of_rules_is_the_order_of_the_rules_and_their_thresholds() -> None:
    table = re.findall(r"^\| (\w+) \| .* \| (.*) \|$", PAGE, flags=re.M)
    rows = [(name, ticks) for name, ticks in table if name in TASK_NAMES]
    assert [name for name, _ in rows] == list(TASK_NAMES)
    rules = SheetRules()
    for name, ticks in rows:
        item = rules.task.rule(name).item
        assert getattr(rules.checklist, item).label.en.lower().startswith(ticks)
    task = rules.task
    assert (task.falling.fall_share, task.understocked.low_stock_days, task.overstocked.high_stock_days) == (0.2, 3, 30)
    assert (task.display_due.display_days, task.new_outlets.new_weeks, task.border_flow.strong_share) == (28, 8, 0.25)
