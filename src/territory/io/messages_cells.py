"""Messages about single cells and about rows that do not fit together."""

from __future__ import annotations

from territory.io.wording import error, warning

CELL_MESSAGES = {
    "missing_value": error(
        "the cell is empty",
        "单元格为空",
        "Fill it in",
        "请填写",
    ),
    "duplicate_id": error(
        "the id stands already in row {first}",
        "该编号在第 {first} 行已出现",
        "Give every row its own id, or delete the double",
        "每行编号须唯一；请改号或删除重复行",
    ),
    "scientific_id": error(
        "the id was turned into scientific notation and has lost digits",
        "编号被表格软件改成科学计数法，已丢失位数",
        "Format the column as text and enter the id again",
        "请把该列设为文本格式后重新填写编号",
    ),
    "not_a_number": error(
        "this is not a number",
        "不是数字",
        "Give a plain number such as 12.5: no unit, no thousands separator, a point for decimals",
        "请填写纯数字，如 12.5：不带单位、不带千分位，小数点用“.”",
    ),
    "not_finite": error(
        "the number is not finite",
        "不是有限数",
        "Give a finite number, or leave the cell empty for the default",
        "请填写有限数，或留空使用默认值",
    ),
    "negative_number": error(
        "the number is negative",
        "数字为负",
        "Give 0 or more",
        "请填写 0 或更大的数",
    ),
    "out_of_range": error(
        "the value must be {wanted}",
        "该值必须是{wanted}",
        "Give {wanted}",
        "请填写{wanted}",
    ),
    "bad_word": error(
        "the word is not known here",
        "此处不认识这个词",
        "Give one of: {wanted}",
        "请填写其中之一：{wanted}",
    ),
    "bad_date": error(
        "this is not a date",
        "不是日期",
        "Write it as 2024-03-31",
        "请写成 2024-03-31",
    ),
    "hired_later": error(
        "the rep is hired after the cycle starts ({start})",
        "入职日期晚于周期开始日（{start}）",
        "Correct the date, or leave the rep out of this scenario",
        "请更正日期，或在本场景中去掉该客户经理",
    ),
    "bad_clock": error(
        "'{part}' is not understood as opening hours",
        "无法理解时间“{part}”",
        "Write e.g. 'Mon-Fri 08:00-12:00 14:00-18:00; Sat 09:00-12:00'",
        "请写成“周一-周五 08:00-12:00 14:00-18:00; 周六 09:00-12:00”",
    ),
    "bad_shift": error(
        "this is not a shift",
        "不是班次时间",
        "Write the start and the end of the working day, e.g. 08:30-17:30",
        "请写上下班时间，如 08:30-17:30",
    ),
    "bad_days": error(
        "these are not weekdays",
        "不是星期",
        "Write e.g. Mon-Fri or Mon,Wed,Fri",
        "请写成 周一-周五 或 周一,周三,周五",
    ),
    "window_order": error(
        "the hours {part} end before they start",
        "时段 {part} 的结束早于开始",
        "Put the earlier time first; a window past midnight ends at 24:00",
        "请把较早的时间写在前；跨午夜的时段写到 24:00",
    ),
    "window_overlap": error(
        "two windows of one weekday overlap ({part})",
        "同一天的两个时段重叠（{part}）",
        "Join them into one window",
        "请合并成一个时段",
    ),
    "too_many_windows": error(
        "a weekday has more than {most} windows",
        "一天超过 {most} 个时段",
        "Keep the {most} longest, or join them",
        "请保留最长的 {most} 个，或合并",
    ),
    "bad_visits": error(
        "there is no visit pattern for this frequency",
        "没有对应该频次的拜访模式",
        "Visits in four weeks are one of {wanted}",
        "每四周拜访次数只能是 {wanted}",
    ),
    "cadence_conflict": error(
        "the cadence means {cadence} visits in four weeks, visits_per_cycle says {visits}",
        "拜访频率相当于每四周 {cadence} 次，而拜访次数写的是 {visits}",
        "Keep one of the two",
        "请只保留其中一个",
    ),
    "outside_world": error(
        "there is no such place on earth",
        "坐标超出地球范围",
        "Latitude is -90 to 90, longitude -180 to 180, in degrees",
        "纬度为 -90 到 90，经度为 -180 到 180，单位为度",
    ),
    "swapped": error(
        "latitude and longitude are swapped",
        "纬度与经度写反了",
        "Exchange the two cells; it would then be lat {lat}, lon {lon}",
        "请交换两个单元格；交换后为纬度 {lat}，经度 {lon}",
    ),
    "null_island": error(
        "the point is (0, 0): coordinates are missing",
        "坐标为 (0, 0)：缺少坐标",
        "Fill in the true position, or delete the row",
        "请填写真实位置，或删除该行",
    ),
    "outside_region": error(
        "the point lies outside [region] of scenario.toml",
        "坐标在 scenario.toml 的 [region] 范围之外",
        "Correct the position, or widen [region] ({box})",
        "请更正坐标，或放宽 [region]（{box}）",
    ),
}

TIE_MESSAGES = {
    "unknown_rep": error(
        "no rep has this id{hint}",
        "没有此编号的客户经理{hint}",
        "Use an id of the reps table, or leave the cell empty",
        "请使用客户经理表中的编号，或留空",
    ),
    "unknown_team": error(
        "no team has this id{hint}",
        "没有此编号的团队{hint}",
        "Use an id of the teams table, or leave the cell empty",
        "请使用团队表中的编号，或留空",
    ),
    "unknown_area": error(
        "no outlet lies in this area{hint}",
        "没有零售户属于此商圈{hint}",
        "Use an area of the outlets table, or delete the row",
        "请使用零售户表中的商圈，或删除该行",
    ),
    "unknown_outlet": error(
        "no outlet has this id{hint}",
        "没有此编号的零售户{hint}",
        "Use an id of the outlets table; keep leading zeros (format the column as text)",
        "请使用零售户表中的编号；注意保留前导零（列设为文本格式）",
    ),
    "unknown_place": error(
        "no outlet and no rep has this id{hint}",
        "没有此编号的零售户或客户经理{hint}",
        "Use ids of the outlets and reps tables, or delete the row",
        "请使用零售户表或客户经理表中的编号，或删除该行",
    ),
    "id_clash": error(
        "an outlet has the same id ({file_of_other} row {first})",
        "与零售户编号相同（{file_of_other} 第 {first} 行）",
        "Give reps ids of their own, e.g. with a letter in front",
        "请为客户经理另编号，例如前面加字母",
    ),
    "missing_area": error(
        "the outlet has neither area nor district, and the scenario works with areas",
        "该零售户既无商圈也无行政区，而本场景按商圈计算",
        "Fill in the area",
        "请填写商圈",
    ),
    "ambiguous_flow": warning(
        "the names fit areas as well as outlets; they are read as areas",
        "这些名称既是商圈又是零售户编号；按商圈读取",
        "Rename the areas if outlets are meant",
        "若指零售户，请为商圈改名",
    ),
    "duplicate_pair": warning(
        "the pair stands already in row {first}; the weights are added",
        "该组合在第 {first} 行已出现；权重相加",
        "Delete one if it is a double",
        "若为重复，请删除一行",
    ),
    "travel_twice": error(
        "the pair stands already in row {first}",
        "该组合在第 {first} 行已出现",
        "Keep one time for each direction",
        "每个方向只保留一个时间",
    ),
    "self_pair": error(
        "a place cannot stand beside itself",
        "不能与自身相邻",
        "Delete the row",
        "请删除该行",
    ),
    "no_flow": warning(
        "there is no flow table: territories are drawn by workload and distance only",
        "没有流量表：只按工作量和距离划分片区",
        "Add flows.csv with from, to, weight",
        "请提供 flows.csv（from、to、weight）",
    ),
    "no_sales": warning(
        "there is no sales column: all sales count as 0",
        "没有销售额列：销售额均按 0 计",
        "Add a column '{wanted}' with mean sales per week",
        "请增加“{wanted}”列，填写每周平均销售额",
    ),
    "unreachable": error(
        "the outlet lies {distance} km from the nearest rep ({rep}), more than {most} km",
        "距最近的客户经理（{rep}）{distance} 公里，超过 {most} 公里",
        "Correct the position, or add a rep who lives near",
        "请更正坐标，或增加附近的客户经理",
    ),
    "no_capacity": error(
        "the rep has no working time ({capacity} minutes in four weeks)",
        "该客户经理没有工作时间（四周共 {capacity} 分钟）",
        "Give days and shift, or capacity_min above 0, or delete the rep",
        "请填写工作日与班次，或大于 0 的 capacity_min，或删除该客户经理",
    ),
    "overload": error(
        "visits need {work} h in four weeks without any driving, the reps have {capacity} h",
        "仅拜访（不含行车）四周就需 {work} 小时，而客户经理共有 {capacity} 小时",
        "Visit less often, shorten service_min, or add {missing} reps or more",
        "请降低拜访频次、缩短服务时间，或至少增加 {missing} 名客户经理",
    ),
    "lock_without_rep": error(
        "the outlet is locked but has no rep today",
        "该零售户已锁定但没有现任客户经理",
        "Fill in the rep's id, or unlock it",
        "请填写客户经理编号，或取消锁定",
    ),
    "lock_team": error(
        "the outlet is locked to rep {rep} of team '{team}', but belongs to team '{wanted}'",
        "该零售户锁定给客户经理 {rep}（团队“{team}”），却属于团队“{wanted}”",
        "Unlock it, or correct the rep or the team",
        "请取消锁定，或更正客户经理或团队",
    ),
    "group_locks": error(
        "group '{group}' is locked to rep {rep} here and to rep {other} in row {first}",
        "分组“{group}”在此锁定给 {rep}，在第 {first} 行锁定给 {other}",
        "Lock one of the two, or put them in different groups",
        "请只锁定其中之一，或分成不同的组",
    ),
    "group_teams": error(
        "group '{group}' needs team '{team}' here and team '{other}' in row {first}",
        "分组“{group}”在此要求团队“{team}”，在第 {first} 行要求“{other}”",
        "Give the whole group one team",
        "请让整个分组属于同一团队",
    ),
    "team_without_reps": error(
        "the outlet may only be served by a team that has no reps",
        "该零售户只能由某团队服务，而该团队没有客户经理",
        "Put a rep into the team, or empty the cell",
        "请给该团队安排客户经理，或清空该单元格",
    ),
    "skill_missing": warning(
        "no rep has this skill: the outlet's visits will not be placed",
        "没有客户经理具备该技能：其拜访将无法安排",
        "Give a rep the skill (column skills), or empty the cell",
        "请在 skills 列为某客户经理添加该技能，或清空该单元格",
    ),
}
