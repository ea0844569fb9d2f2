"""Messages about records that machines send, and about the panel."""

from __future__ import annotations

from territory.io.wording import error, warning

LOOP_MESSAGES = {
    "bad_json_line": error(
        "the line is not valid JSON ({reason})",
        "该行不是合法的 JSON（{reason}）",
        "Write one record per line, as docs/loop.md shows",
        "每行写一条记录，格式见 docs/loop.md",
    ),
    "record_value": error(
        "this is not {wanted}",
        "此处应为{wanted}",
        "Correct the value and send the line again; the other lines are kept",
        "请更正后重新发送该行；其余各行已保存",
    ),
    "record_key": error(
        "a record has no such key{hint}",
        "记录中没有这个键{hint}",
        "Correct or delete the key and send the line again",
        "请更正或删除该键后重新发送该行",
    ),
    "record_missing": error(
        "the key is missing",
        "缺少该键",
        "Add it and send the line again",
        "请补上后重新发送该行",
    ),
    "record_week": error(
        "this is not an ISO week",
        "不是 ISO 周",
        "Write it as 2026-W49",
        "请写成 2026-W49",
    ),
    "record_sheet_id": error(
        "the sheet id is '<rep id> <ISO week>', here {wanted!r}",
        "表单编号应为“<客户经理编码> <ISO 周>”，此处为 {wanted!r}",
        "Correct sheet_id, rep_id or iso_week",
        "请更正 sheet_id、rep_id 或 iso_week",
    ),
    "no_records": warning(
        "the file holds no record",
        "文件中没有记录",
        "Send a file with one JSON record per line",
        "请发送每行一条 JSON 记录的文件",
    ),
    "bad_month": error(
        "this is not a month",
        "不是月份",
        "Write it as 2026-12",
        "请写成 2026-12",
    ),
    "visits_sum": error(
        "planned visits are not made + made up + missed + pending ({sum})",
        "计划拜访数不等于按日完成 + 补访 + 未访 + 待上报（{sum}）",
        "Correct the counts of this row",
        "请更正该行的次数",
    ),
    "double_month": error(
        "this rep and month stand already in row {first}",
        "该客户经理的该月份在第 {first} 行已出现",
        "Keep one of the two rows",
        "两行请只保留一行",
    ),
}
