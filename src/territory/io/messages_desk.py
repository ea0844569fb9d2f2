"""Messages about the tables of the assessment desk: panel, judgements, committee, pairs, supply."""

from __future__ import annotations

from territory.io.wording import error

DESK_MESSAGES = {
    "missing_table": error(
        "the file is not there",
        "找不到该文件",
        "Give the path of a .csv or .xlsx table",
        "请填写 .csv 或 .xlsx 表的路径",
    ),
    "not_a_month": error(
        "this is not a month",
        "不是月份",
        "Write it as 2027-03",
        "请写成 2027-03",
    ),
    "bad_year": error(
        "this is not a year",
        "不是年份",
        "Write it as 2027",
        "请写成 2027",
    ),
    "not_whole": error(
        "this is not a whole number",
        "不是整数",
        "Give a count: 0, 1, 2, ...",
        "请填写整数：0、1、2……",
    ),
    "row_twice": error(
        "{what} stands already in row {first}",
        "{what} 在第 {first} 行已出现",
        "Keep one of the two rows",
        "请只保留一行",
    ),
    "judged_twice": error(
        "{rep} is judged for {month} already in row {first} by the same judge",
        "第 {first} 行已有同一考核人对 {rep} {month} 的评价",
        "Give every judge a name of their own in column judge, or delete the double",
        "请在“考核人”列区分不同考核人，或删除重复行",
    ),
    "unknown_person": error(
        "no rep of the panel or the scenario has this id{hint}",
        "面板与场景中都没有此编号的客户经理{hint}",
        "Use an id of the reps table, or delete the row",
        "请使用客户经理表中的编号，或删除该行",
    ),
    "no_grade": error(
        "the grade of {rep} is not known, and weights depend on it",
        "{rep} 的职级不明，而权重取决于职级",
        "Write junior, mid or senior into column grade of the panel or of the reps table",
        "请在面板或客户经理表的“职级”列填写初级、中级或高级",
    ),
    "no_step": error(
        "the step of {rep} is not known, and the year's steps depend on it",
        "{rep} 的档次不明，而年度晋档取决于档次",
        "Write a number from 1 to 9 into column step of the panel or of the reps table",
        "请在面板或客户经理表的“档次”列填写 1 到 9",
    ),
    "pending_above_planned": error(
        "{pending} visits not reported on are more than the {planned} that were planned",
        "未上报 {pending} 次多于计划 {planned} 次",
        "Correct the counts",
        "请更正次数",
    ),
    "needed_cell": error(
        "the rules need this number for {rep} in {month}, and others have it",
        "按规则 {rep} 在 {month} 需要此项，而其他人已有",
        "Fill it in; to leave the item out for everybody, empty the whole column for the month",
        "请补填；若要对所有人不计此项，请清空该月整列",
    ),
    "needed_row": error(
        "{rep} has no row for {month}, and the rules need {what}",
        "{rep} 没有 {month} 的记录，而规则需要 {what}",
        "Add a row for {rep} and {month}",
        "请为 {rep} 增加 {month} 的一行",
    ),
    "no_source": error(
        "nothing that the rules weigh was measured or judged in {month}",
        "{month} 没有任何规则所需的数据或评价",
        "Add visits or sales to the panel, or judgements of the month",
        "请在面板中补充拜访或销售，或补充该月评价",
    ),
    "no_months": error(
        "the panel has no month up to {month}",
        "面板中没有 {month} 及以前的月份",
        "Name a month of the panel with --month: {known}",
        "请用 --month 指定面板中的月份：{known}",
    ),
    "missing_month": error(
        "the panel has no row for {month}, the month to assess",
        "面板中没有要考核的 {month}",
        "Add its rows, or name another month with --month: {known}",
        "请补充该月数据，或用 --month 指定其他月份：{known}",
    ),
    "before_policy": error(
        "{month} lies before January of the policy's first year {year}",
        "{month} 早于政策首年 {year} 的一月",
        "Name an earlier first year with --first-year",
        "请用 --first-year 指定更早的首年",
    ),
    "pair_with_self": error(
        "mentor and mentee are the same",
        "帮扶人与被帮扶人为同一人",
        "Name two people",
        "请填写两个人",
    ),
    "pair_order": error(
        "the pair ends before it begins",
        "结对的截止早于起始",
        "Exchange the months, or leave until empty",
        "请更正月份，或将截止留空",
    ),
    "pair_overlaps": error(
        "{rep} is in the pair of row {first} at that time ({month})",
        "{rep} 在 {month} 仍处于第 {first} 行的结对中",
        "Write the last month of the earlier pair into its column until, or begin later",
        "请在较早结对的“截止月份”填写最后月份，或推迟开始",
    ),
    "start_unknown": error(
        "the mentee {rep} has no score before the pair begins",
        "被帮扶人 {rep} 在结对前没有得分",
        "Write the score to start from into column score_at_start, or add an earlier month to the panel",
        "请在“起始得分”列填写结对前得分，或在面板中补充更早的月份",
    ),
    "lever_unknowable": error(
        "the desk cannot apply {setting} of lever {lever}: {why}",
        "考核无法执行杠杆 {lever} 的 {setting}：{why}",
        "Change the policy file for the desk",
        "请为考核修改政策文件",
    ),
}
