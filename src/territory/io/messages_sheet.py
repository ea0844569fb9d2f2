"""Messages about what the weekly sheets are made from."""

from __future__ import annotations

from territory.io.wording import error, warning

SHEET_MESSAGES = {
    "bad_month": error(
        "this is not a month",
        "不是月份",
        "Write it as 2026-12",
        "请写成 2026-12",
    ),
    "target_twice": error(
        "the same target of this rep and month stands already in row {first}",
        "该客户经理当月的同一目标在第 {first} 行已出现",
        "Keep one row for each rep, month, measure, category and brand",
        "每位客户经理、月份、指标、品类和品牌只保留一行",
    ),
    "target_unit": error(
        "the same target has another unit in row {first}",
        "同一目标在第 {first} 行用了另一单位",
        "Give one unit in all months: parts of two months are added up in one week",
        "各月请用同一单位：跨月的一周会把两个月的部分相加",
    ),
    "actual_undated": error(
        "it is not said up to which day this was reached",
        "没有写明完成值统计到哪一天",
        "Give the day in column as_of, or leave actual empty",
        "请在 as_of 列填写截至日期，或把 actual 留空",
    ),
    "date_without_actual": error(
        "there is a day but nothing that was reached up to it",
        "有截至日期而没有完成值",
        "Fill in actual (0 for nothing), or empty this cell",
        "请填写 actual（没有完成则填 0），或清空此单元格",
    ),
    "link_too_long": warning(
        "the address is longer than {most} bytes: it leads there on screens, but its QR code is not printed",
        "网址超过 {most} 字节：屏幕上仍可点击，但不打印二维码",
        "Give a shorter address",
        "请使用更短的网址",
    ),
    "date_outside_month": error(
        "the day does not lie in the target's month ({month})",
        "该日不在目标月份（{month}）内",
        "Give the last day of this month that is counted",
        "请填写本月已统计的最后一天",
    ),
}
