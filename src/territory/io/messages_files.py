"""Messages about files, settings and plans that come back from a spreadsheet."""

from __future__ import annotations

from territory.io.wording import error, warning

FILE_MESSAGES = {
    "missing_file": error(
        "the file is not there",
        "找不到该文件",
        "Put {wanted} into the folder, or name the file under [tables] in scenario.toml",
        "请把 {wanted} 放入该文件夹，或在 scenario.toml 的 [tables] 中写明文件名",
    ),
    "ambiguous_file": error(
        "several files could be this table: {found}",
        "有多个文件可作此表：{found}",
        "Keep one, or name it under [tables] in scenario.toml",
        "只保留一个，或在 scenario.toml 的 [tables] 中指明",
    ),
    "unreadable_file": error(
        "the file cannot be read ({reason})",
        "无法读取该文件（{reason}）",
        "Save it again as .xlsx without a password, or as CSV in UTF-8",
        "请重新另存为无密码的 .xlsx，或 UTF-8 编码的 CSV",
    ),
    "file_type": error(
        "tables are .csv or .xlsx files",
        "数据表应为 .csv 或 .xlsx 文件",
        "Save the table as CSV (UTF-8) or .xlsx",
        "请把数据表另存为 CSV（UTF-8）或 .xlsx",
    ),
    "encoding": error(
        "the text is neither UTF-8 nor GB18030",
        "文本编码既不是 UTF-8 也不是 GB18030",
        "Save the file as 'CSV UTF-8'",
        "请另存为“CSV UTF-8”格式",
    ),
    "bad_csv": error(
        "the line is not valid CSV ({reason})",
        "该行不是合法的 CSV（{reason}）",
        "Check the quotation marks; double those inside a cell",
        "请检查引号；单元格内的引号须写两个",
    ),
    "empty_table": error(
        "the table has no rows",
        "该表没有数据行",
        "Put the column names in row 1 and one record in each row below",
        "第 1 行写列名，其下每行一条记录",
    ),
    "several_sheets": warning(
        "the workbook has several sheets; '{used}' is read",
        "工作簿有多个工作表；读取的是“{used}”",
        "Name the right sheet '{wanted}', or delete the others",
        "请把正确的工作表命名为“{wanted}”，或删除其余工作表",
    ),
    "merged_cells": error(
        "cells are merged",
        "存在合并单元格",
        "Unmerge them and fill in every cell",
        "请取消合并并补全每个单元格",
    ),
    "formula_error": error(
        "the cell holds a formula error",
        "单元格是公式错误值",
        "Mend the formula, or type the value",
        "请修正公式，或直接填写数值",
    ),
    "missing_column": error(
        "the column is missing",
        "缺少该列",
        "Add a column '{wanted}' (also read: {aliases})",
        "请增加“{wanted}”列（也可写作：{aliases}）",
    ),
    "duplicate_column": error(
        "two columns are the same one ('{first}' and '{second}')",
        "两列重复（“{first}”与“{second}”）",
        "Keep one of them",
        "请只保留一列",
    ),
    "unknown_column": warning(
        "the column is not known and is ignored{hint}",
        "未知的列，已忽略{hint}",
        "Rename it or leave it; known columns are listed in the documentation",
        "请改名或保留；可用列名见文档",
    ),
    "unnamed_column": warning(
        "a column has cells but no name and is ignored",
        "有内容的列没有列名，已忽略",
        "Give the column a name, or delete it",
        "请为该列命名，或删除该列",
    ),
    "sales_currency": error(
        "the scenario's currency is {currency}, the sales column is another",
        "场景货币为 {currency}，与销售额列不一致",
        "Rename the column to '{wanted}', or set currency in scenario.toml",
        "请把列名改为“{wanted}”，或在 scenario.toml 中设置 currency",
    ),
    "ragged_row": error(
        "the row has {found} cells, the header {wanted}",
        "该行有 {found} 个单元格，表头有 {wanted} 个",
        "Quote cells that contain the separator; fill up missing cells",
        "含分隔符的单元格请加引号；缺少的单元格请补齐",
    ),
    "blank_row": warning(
        "an empty row in the middle is skipped",
        "表中间有空行，已跳过",
        "Delete it if no record is missing here",
        "若此处没有遗漏记录，请删除该行",
    ),
    "bad_geojson": error(
        "this is not a line or polygon of GeoJSON ({reason})",
        "不是 GeoJSON 的线或面（{reason}）",
        "Give LineString, MultiLineString, Polygon or MultiPolygon with [lon, lat] points",
        "请使用 LineString、MultiLineString、Polygon 或 MultiPolygon，坐标为 [经度, 纬度]",
    ),
}

SETTING_MESSAGES = {
    "toml_syntax": error(
        "the file is not valid TOML ({reason})",
        "不是合法的 TOML（{reason}）",
        "Mend this line; text stands in double quotes, sections in [brackets]",
        "请修正该行；文本用双引号，小节用 [方括号]",
    ),
    "unknown_key": error(
        "the key is not known{hint}",
        "未知的键{hint}",
        "Known here: {known}",
        "此处可用：{known}",
    ),
    "missing_key": error(
        "the key is missing",
        "缺少该键",
        "Add it: {example}",
        "请补上：{example}",
    ),
    "wrong_value": error(
        "the value cannot be used: {reason}",
        "该值不可用：{reason}",
        "Give {wanted}",
        "请填写：{wanted}",
    ),
    "not_generated": error(
        "the tables of this scenario are prepared from a source and are not there yet",
        "该场景的数据表须先由数据源生成，目前尚不存在",
        "Run 'territory run' on the folder, or 'territory generate' first",
        "请对该文件夹运行 territory run，或先运行 territory generate",
    ),
}

PLAN_MESSAGES = {
    "missing_outlet": error(
        "outlet {outlet} of the scenario is not in the table",
        "场景中的零售户 {outlet} 不在表中",
        "Add a row for it; leave rep_id empty if nobody serves it",
        "请为其增加一行；若无人服务则 rep_id 留空",
    ),
    "outside_cycle": error(
        "the date is not in the cycle ({first} to {last})",
        "日期不在周期内（{first} 至 {last}）",
        "Give a date of the cycle",
        "请填写周期内的日期",
    ),
    "bad_time": error(
        "this is not a time such as 08:30:00",
        "不是 08:30:00 这样的时间",
        "Write hours, minutes and seconds with colons",
        "请用冒号分隔时、分、秒",
    ),
    "route_ends": error(
        "the day of rep {rep} on {date} has {found} rows '{kind}', one is needed",
        "{rep} 在 {date} 的行程有 {found} 行“{kind}”，应为一行",
        "Give each day with stops one 'leave' and one 'return' row, and others none",
        "有拜访的每一天须有一行 leave 和一行 return，其余日期不得有",
    ),
    "more": error(
        "{count} more issues of the kind '{code}'",
        "另有 {count} 个同类问题（{code}）",
        "Mend the ones above, then check again",
        "请先修正以上问题，再重新检查",
    ),
}
