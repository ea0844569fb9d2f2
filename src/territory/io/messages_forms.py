"""Messages about files that should be filled-in sheets; what may be wrong inside one is worded in `sheet`."""

from __future__ import annotations

from territory.io.wording import error, warning

FORM_MESSAGES = {
    "sheet_not_there": error(
        "there is no such file or folder",
        "没有该文件或文件夹",
        "Name the filled-in sheets, or the folder they are in",
        "请写明已填表格的文件或所在文件夹",
    ),
    "sheet_none_found": warning(
        "no filled-in sheet is in this folder",
        "该文件夹中没有已填的表格",
        "Put .xlsx, .json or .csv sheets into it",
        "请放入 .xlsx、.json 或 .csv 表格",
    ),
    "sheet_file_type": warning(
        "sheets come back as .xlsx, .json or .csv; this file is not read",
        "交回的表格应为 .xlsx、.json 或 .csv；未读取该文件",
        "Save it as one of these, or take it out of the folder",
        "请另存为上述格式，或移出该文件夹",
    ),
    "sheet_other_table": error(
        "workbooks of this kind are not read",
        "不能读取此类工作簿",
        "Save it as .xlsx in the program it was filled in with",
        "请在填写所用的程序中另存为 .xlsx",
    ),
    "sheet_page_sent": warning(
        "this is the page itself; what was typed into it stays in the browser",
        "这是网页本身；填写内容保存在浏览器中，不在此文件内",
        "Open it where it was filled in, press Export, and send the .json file",
        "请在填写时所用的浏览器中打开，点“导出”，发送 .json 文件",
    ),
    "sheet_too_large": error(
        "the file is larger than a sheet can be ({found} MB; at most {most} MB)",
        "文件超过表格可能的大小（{found} MB，上限 {most} MB）",
        "Send the form as it was printed, without pictures or other worksheets",
        "请使用原表，不要加入图片或其他工作表",
    ),
    "sheet_empty_file": error(
        "the file is empty",
        "文件为空",
        "It may have been cut off on its way; send it again",
        "可能在传送时中断；请重新发送",
    ),
    "sheet_formula_blank": error(
        "the box holds a formula that no program has worked out yet",
        "该格为公式，尚未计算出结果",
        "Open the workbook, save it and send it again, or type the value; it is not recorded",
        "请打开工作簿、保存后重新发送，或直接填写数值；此内容未登记",
    ),
    "sheet_unreadable": error(
        "the file cannot be read: it is broken, or locked with a password ({reason})",
        "无法读取该文件：文件损坏或有密码（{reason}）",
        "Save it again as .xlsx without a password, or send it again",
        "请重新另存为无密码的 .xlsx，或重新发送",
    ),
    "sheet_not_a_sheet": error(
        "this is not a one-page sheet",
        "这不是一张纸表格",
        "Fill in a form made by 'territory sheet --format xlsx,html,csv'",
        "请填写由 territory sheet --format xlsx,html,csv 生成的表格",
    ),
    "sheet_worksheet_ignored": warning(
        "the worksheet holds no form and is not read",
        "该工作表不是表格，未读取",
        "Nothing in it is recorded; move entries into the form",
        "其中内容不予登记；请填入表格",
    ),
    "sheet_keys_missing": error(
        "the hidden column with the form's keys is missing or damaged",
        "隐藏列中的表格编号缺失或损坏",
        "Without it nothing can be read; fill in the workbook as it was printed, do not copy its cells elsewhere",
        "缺少编号则无法读取；请填写原工作簿，不要把单元格复制到别处",
    ),
    "sheet_box_lost": error(
        "the box has lost its name: its cell was deleted or copied over",
        "该格的名称丢失：单元格被删除或覆盖",
        "What stood in it is not recorded; fill in the workbook as it was printed",
        "该格内容未登记；请填写原工作簿",
    ),
    "sheet_outside_box": error(
        "this stands outside the form's boxes",
        "此内容写在填写格之外",
        "Write it into a box; it is not recorded",
        "请填入表格内；此内容未登记",
    ),
    "sheet_bad_json": error(
        "this is not an export of the page ({reason})",
        "不是网页导出的文件（{reason}）",
        "Export it again from the page",
        "请从网页重新导出",
    ),
    "sheet_spilled_cell": error(
        "the row has cells behind the last column",
        "该行在最后一列之后还有内容",
        "Quote texts that contain the separator; this is not recorded",
        "含分隔符的文字请加引号；此内容未登记",
    ),
    "sheet_row_without_key": error(
        "the row has entries but no key",
        "该行有内容但没有编号",
        "Write into the rows of the form; it is not recorded",
        "请填入表格的行内；此内容未登记",
    ),
    "sheet_came_twice": warning(
        "sheet {sheet} came before, in {first}",
        "{sheet} 已在 {first} 中出现",
        "Both are handed on; keep the one that counts",
        "两份都会处理；请只保留有效的一份",
    ),
    "sheet_came_again": warning(
        "sheet {sheet} came before with the same entries, in {first}; this one is left out",
        "{sheet} 已在 {first} 中出现且内容相同；略过此份",
        "Nothing needs to be done",
        "无需处理",
    ),
}
