"""Messages about exported plans that come back."""

from __future__ import annotations

from territory.io.wording import error, warning

EXPORT_MESSAGES = {
    "missing_plan_file": error(
        "the file is not there",
        "找不到该文件",
        "Name a file that `territory export` wrote",
        "请指定 territory export 写出的文件",
    ),
    "plan_file_type": error(
        "a plan is read from .xlsx, .csv, .json or .geojson",
        "方案只能从 .xlsx、.csv、.json 或 .geojson 导入",
        "Name such a file; calendars, GPS tracks and PDF are for reading only",
        "请指定这类文件；日历、GPS 轨迹与 PDF 仅供查看",
    ),
    "no_plan_tables": error(
        "no table of a plan is in this file",
        "文件中没有方案的数据表",
        "Keep the names of sheets and files: assignment, visits, routes, unplaced",
        "请保留工作表或文件的名称：客户分配、拜访、线路、未排（assignment、visits、routes、unplaced）",
    ),
    "missing_plan_table": error(
        "the table '{table}' is missing",
        "缺少数据表“{zh}”（{table}）",
        "Export the whole plan again, or name the file that holds the table as well",
        "请重新导出完整方案，或同时指定含该表的文件",
    ),
    "table_twice": error(
        "the table '{table}' is in {first} as well",
        "数据表“{table}”在 {first} 中也有",
        "Name one of them only",
        "请只指定其中一个",
    ),
    "bad_json": error(
        "this is not valid JSON ({reason})",
        "不是合法的 JSON（{reason}）",
        "Mend it there, or export the plan again",
        "请在该处修正，或重新导出方案",
    ),
    "not_a_plan": error(
        "this is not what a plan has here; {wanted} is",
        "此处不是方案应有的内容，应为 {wanted}",
        "Export the plan with this version of territory",
        "请用本版本的 territory 重新导出方案",
    ),
    "not_a_record": error(
        "this is not a record with named fields",
        "不是含有字段名的记录",
        "Give it the fields of its neighbours",
        "请写成与相邻记录相同的字段",
    ),
    "part_of_plan": error(
        "these tables hold only a part of the plan",
        "这些数据表只含方案的一部分",
        "Export again without --rep and --week: import needs the whole plan",
        "请不带 --rep 与 --week 重新导出：导入需要完整方案",
    ),
    "other_scenario": warning(
        "the plan was made for another scenario than '{name}'",
        "该方案属于另一场景，而非“{name}”",
        "Check that --scenario names the right folder",
        "请确认 --scenario 指定的文件夹正确",
    ),
    "other_inputs": warning(
        "{input} has changed since the plan was exported",
        "导出方案之后 {input} 已有改动",
        "The plan is judged by the tables as they are now",
        "将按现有数据表检查该方案",
    ),
    "route_twice": error(
        "this day of this rep stands in row {first} already",
        "该客户经理的这一天已在第 {first} 行",
        "Keep one of the rows",
        "请只保留一行",
    ),
    "route_without_visits": error(
        "this rep has no visit on this day",
        "该客户经理当天没有拜访",
        "Delete the row, or import with --retime, which makes the routes anew",
        "请删除该行，或用 --retime 导入以重新生成线路",
    ),
    "no_route": error(
        "the table 'routes' has no row for rep {rep} on this day",
        "“线路”表中没有 {rep} 当天的行",
        "Add one, or import with --retime, which makes routes and clock times anew",
        "请补上该行，或用 --retime 导入以重新生成线路与时刻",
    ),
}
