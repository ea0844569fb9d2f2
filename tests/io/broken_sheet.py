"""Folders whose targets, outlet facts or sheet rules cannot be used."""

from __future__ import annotations

from tests.io.changes import Place, Refused, both, file, setting, toml_end
from tests.io.town_folder import Change, Row

TARGET: Row = {
    "month": "2026-12",
    "rep_id": "R1",
    "measure": "",
    "category": "",
    "brand": "",
    "target": "46000",
    "unit": "",
    "actual": "",
    "as_of": "",
}
FACT: Row = {
    "outlet_id": "001",
    "sales_last_4w": "3000",
    "sales_before_4w": "4000",
    "stock_days": "5",
    "complaints_open": "",
    "complaint": "",
    "last_display_check": "",
    "focus": "",
}


def targets(*rows: Row) -> Change:
    return lambda it: it.tables.update(targets=[TARGET | row for row in rows])


def facts(*rows: Row) -> Change:
    return lambda it: it.tables.update(outlet_facts=[FACT | row for row in rows])


def _target(name: str, code: str, column: str, **cells: str) -> Refused:
    return Refused(name, targets({}, {"rep_id": "R2", **cells}), ((code, "targets.csv", 3, column),))


def _fact(name: str, code: str, column: str, **cells: str) -> Refused:
    return Refused(name, facts({}, {"outlet_id": "002", **cells}), ((code, "outlet_facts.csv", 3, column),))


def rules(text: str, *issues: tuple[str, int, str]) -> tuple[Change, tuple[Place, ...]]:
    places: tuple[Place, ...] = tuple((code, "sheet_rules.toml", row, key) for code, row, key in issues)
    return file("sheet_rules.toml", text.encode()), places


BROKEN_SHEET = [
    _target("a target of a month that is none", "bad_month", "month", month="2026-13"),
    _target("a target without a month", "missing_value", "month", month=""),
    _target("a target of nobody", "missing_value", "rep_id", rep_id=""),
    _target("a target of a rep nobody knows", "unknown_rep_row", "rep_id", rep_id="R9"),
    _target("a target without a number", "missing_value", "target", target=""),
    _target("a negative target", "negative_number", "target", target="-1"),
    _target("an actual of no day", "actual_undated", "actual", actual="5"),
    _target("a day without actual", "date_without_actual", "as_of", as_of="2026-12-05"),
    _target("a count that ends in another month", "date_outside_month", "as_of", actual="5", as_of="2026-11-30"),
    _target("a count up to no date", "bad_date", "as_of", actual="5", as_of="yesterday"),
    Refused("the same target twice", targets({}, {}), (("target_twice", "targets.csv", 3, "month"),)),
    Refused(
        "one target in two units",
        targets({"unit": "条"}, {"unit": "箱", "month": "2027-01"}),
        (("target_unit", "targets.csv", 3, "unit"),),
    ),
    Refused(
        "targets without a column",
        file("targets.csv", "月份,客户经理编码\n2026-12,R1\n".encode()),
        (("missing_column", "targets.csv", 1, "target"),),
    ),
    _fact("facts of an outlet nobody knows", "unknown_outlet", "outlet_id", outlet_id="999"),
    _fact("facts of one outlet twice", "duplicate_id", "outlet_id", outlet_id="001"),
    _fact("negative sales of four weeks", "negative_number", "sales_last_4w", sales_last_4w="-1"),
    _fact("stock that is no number", "not_a_number", "stock_days", stock_days="many"),
    _fact("half a complaint", "out_of_range", "complaints_open", complaints_open="0.5"),
    _fact("a check on no date", "bad_date", "last_display_check", last_display_check="spring"),
    setting("a sheet setting nobody knows", toml_end("[sheet]\nrule = 1\n"), "unknown_key", 10, "sheet.rule"),
    setting(
        "a link that is no address",
        toml_end('[sheet.links]\nbase = "intranet/x"\n'),
        "wrong_value",
        10,
        "sheet.links.base",
    ),
    setting(
        "a link with a placeholder nobody knows",
        toml_end('[sheet.links]\narea = "https://a.example/{team}"\n'),
        "wrong_value",
        10,
        "sheet.links.area",
    ),
    Refused(
        "a rules file that is not there",
        toml_end('[sheet]\nrules = "mine.toml"\n'),
        (("missing_file", "mine.toml", None, None),),
    ),
    Refused(
        "rules with every kind of mistake",
        *rules(
            "ordr = []\n"
            'order = ["falling", "faling"]\n'
            "[task.falling]\n"
            "fall_share = 20\n"
            'what = { zh = "{count} 户 {foo}", en = "{amount} {0}" }\n'
            "[task.display_due]\n"
            'how = { zh = "查" }\n'
            'figure = { zh = "{since", en = "{since:>3}" }\n'
            "[task.nix]\n"
            "[channel]\n"
            'market = "x"\n'
            "[checklist.other]\n"
            "sub_items = []\n",
            ("unknown_key", 1, "ordr"),
            ("wrong_value", 2, "order"),
            ("wrong_value", 4, "task.falling.fall_share"),
            ("wrong_value", 5, "task.falling.what"),
            ("missing_key", 7, "task.display_due.how.en"),
            ("wrong_value", 8, "task.display_due.figure"),
            ("unknown_key", 9, "task.nix"),
            ("wrong_value", 11, "channel.market"),
            ("wrong_value", 13, "checklist.other.sub_items"),
        ),
    ),
    Refused(
        "a task ticked where nothing stands",
        *rules("[task.hand_over]\nsub_item = 3\n", ("wrong_value", 1, "task")),
    ),
    Refused(
        "a rule listed twice",
        *rules('order = ["falling", "falling"]\n', ("wrong_value", 1, "order")),
    ),
    Refused(
        "an empty text",
        *rules('routine = { zh = "", en = "Call" }\n', ("wrong_value", 1, "routine.zh")),
    ),
    Refused(
        "several tables at once",
        both(targets({"month": "soon"}), facts({"stock_days": "-3"})),
        (("bad_month", "targets.csv", 2, "month"), ("negative_number", "outlet_facts.csv", 2, "stock_days")),
    ),
]
