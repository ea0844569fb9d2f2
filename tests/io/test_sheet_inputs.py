"""Targets, outlet facts and the sheet's rules are read as they are meant, under English and Chinese headers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from territory.domain.sheet_rules import SheetRules
from territory.domain.sheet_texts import TASK_NAMES
from territory.domain.targets import Target
from territory.io import read_scenario
from territory.io.issues import IssueLog
from territory.io.sheet_rules_file import default_sheet_rules, parse_sheet_rules
from tests.io.broken_sheet import facts, targets
from tests.io.town_folder import Change, town

DECEMBER = dt.date(2026, 12, 1)
CHINESE_TARGETS = """\
月份,客户经理编码,指标,品类,品牌,月目标,单位,实际完成,截至日期
2026年12月,R1,,,,46000,,12000,2026-12-06
202612,R1,销量,一类,黄鹤楼,35.5,条,,
2026/12/15,R2,陈列达标户,,,20,户,0,2026-12-01
"""
CHINESE_FACTS = """\
零售户编码,近四周销售额（元）,前四周销售额(元),库存天数,未结投诉,投诉内容,上次陈列检查,服务重点
003,3000,4000,2.5,2,缺货  未补,2026年11月1日,
001,,,,,,,换证提醒
"""


def read(change: Change, tmp_path: Path):
    it = town()
    change(it)
    return read_scenario(it.write(tmp_path / "town"))


def parsed(text: str) -> tuple[SheetRules, list[str]]:
    log = IssueLog()
    rules = parse_sheet_rules(text.encode(), file="sheet_rules.toml", log=log)
    return rules, [issue.code for issue in log.issues()]


def test_a_scenario_without_the_new_tables_knows_nothing_and_has_the_default_rules(tmp_path):
    scenario = read(lambda it: None, tmp_path)
    assert scenario.targets == ()
    assert scenario.outlet_facts is None
    assert scenario.sheet_rules == SheetRules()
    assert scenario.sheet_links.base is None


def test_targets_under_chinese_headers_are_the_targets_meant(tmp_path):
    scenario = read(lambda it: it.files.update({"targets.csv": CHINESE_TARGETS.encode("gb18030")}), tmp_path)
    blank = {"month": DECEMBER, "category": "", "brand": "", "unit": ""}
    assert scenario.targets == (
        Target(**blank, rep_id="R1", measure="sales", target=46000.0, actual=12000.0, as_of=dt.date(2026, 12, 6)),
        Target(month=DECEMBER, rep_id="R1", measure="volume", category="一类", brand="黄鹤楼", target=35.5, unit="条"),
        Target(
            **blank | {"unit": "户"},
            rep_id="R2",
            measure="display",
            target=20.0,
            actual=0.0,
            as_of=dt.date(2026, 12, 1),
        ),
    )


@pytest.mark.parametrize(
    "cell", ["2026-12", "2026/12", "2026.12", "202612", "2026年12月", "2026-12-31", "２０２６－１２"]
)
def test_a_month_may_be_written_in_many_ways(cell, tmp_path):
    assert read(targets({"month": cell}), tmp_path).targets[0].month == DECEMBER


def test_outlet_facts_stand_at_their_outlets_whatever_the_order_of_rows(tmp_path):
    scenario = read(lambda it: it.files.update({"outlet_facts.csv": CHINESE_FACTS.encode()}), tmp_path)
    known = scenario.outlet_facts
    assert known.sales_last_4w[2] == 3000.0
    assert known.sales_before_4w[2] == 4000.0
    assert known.stock_days[2] == 2.5
    assert known.complaints_open.tolist() == [0, 0, 2, 0, 0, 0]
    assert known.complaint[2] == "缺货 未补"
    assert dt.date.fromordinal(int(known.last_display_check[2])) == dt.date(2026, 11, 1)
    assert known.focus[0] == "换证提醒"
    assert np.isnan(known.stock_days[[0, 1, 3, 4, 5]]).all()


def test_one_column_of_facts_is_enough(tmp_path):
    it = lambda t: t.files.update({"outlet_facts.csv": b"outlet_id,stock_days\n001,3\n"})  # noqa: E731
    assert read(it, tmp_path).outlet_facts.stock_days[0] == 3.0


def test_facts_of_the_helper_are_read(tmp_path):
    assert read(facts({}), tmp_path).outlet_facts.sales_before_4w[0] == 4000.0


def test_the_published_default_rules_are_the_rules_without_a_file():
    rules, codes = parsed(default_sheet_rules())
    assert codes == []
    assert rules == SheetRules()


def test_the_default_file_explains_itself_in_both_languages():
    comments = [line for line in default_sheet_rules().splitlines() if "# " in line]
    notes = [line.split("# ", 1)[1] for line in comments if " / " in line]
    assert len(notes) > 30
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in note) for note in notes)
    assert [name for name in TASK_NAMES if f"[task.{name}]" not in default_sheet_rules()] == []


def test_a_file_with_one_change_keeps_everything_else():
    rules, codes = parsed('[task.falling]\nfall_share = 0.5\nwhat = { zh = "{count} 户", en = "{count}" }\n')
    assert codes == []
    assert rules.task.falling.fall_share == 0.5
    assert rules.task.falling.what.zh == "{count} 户"
    assert rules.task.falling.how == SheetRules().task.falling.how
    assert rules.task.understocked == SheetRules().task.understocked


def test_one_checklist_item_may_get_other_sub_items_alone():
    rules, codes = parsed('[checklist.other]\nsub_items = [{ zh = "移交", en = "Hand over" }]\n')
    assert codes == []
    assert [len(item.sub_items) for item in rules.checklist.items()] == [3, 3, 2, 3, 2, 2, 1]


def test_a_doubled_brace_stands_for_itself():
    rules, codes = parsed('[task.hand_over]\nwhat = { zh = "{{x}} {count}", en = "{{x}} {count}" }\n')
    assert codes == []
    assert rules.task.hand_over.what.en == "{{x}} {count}"


def test_rules_are_read_from_a_named_file(tmp_path):
    def change(it):
        it.toml += '[sheet]\nrules = "mine.toml"\n[sheet.links]\nbase = "https://a.example/{rep_id}"\n'
        it.files["mine.toml"] = 'order = ["falling"]\n'.encode("utf-8-sig")

    scenario = read(change, tmp_path)
    assert scenario.sheet_rules.order == ("falling",)
    assert scenario.sheet_links.base == "https://a.example/{rep_id}"
    assert "mine.toml" in scenario.input_hashes
