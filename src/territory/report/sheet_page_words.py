"""What the page to fill in says besides the form's own words, in both languages."""

from __future__ import annotations

from territory.language import Text

PAGE_WORDS = {
    "saved": Text(
        "Kept in this browser at {time}. Not sent yet: export and send the file.",
        "{time} 已保存在本浏览器。尚未交回:请导出并发送文件。",
    ),
    "exported": Text("Exported at {time}. Send the file {file}.", "{time} 已导出。请发送文件 {file}。"),
    "empty": Text(
        "Nothing filled in yet. What you type is kept in this browser.", "尚未填写。所填内容会保存在本浏览器。"
    ),
    "no_storage": Text(
        "This browser keeps nothing here. Export before you close the page, or what you typed is lost.",
        "本浏览器无法保存。关闭网页前请先导出,否则所填内容会丢失。",
    ),
    "storage_full": Text(
        "The browser could not keep the last entries (no room). Export now.",
        "浏览器存储已满,最近所填未能保存。请立即导出。",
    ),
    "older": Text(
        "This browser holds entries of an earlier print of this sheet; not shown, because visits may differ.",
        "本浏览器存有本表较早一版的填写内容。因拜访安排可能不同,此处不显示。",
    ),
    "export_older": Text("Export them", "导出旧内容"),
    "imported": Text("{count} entries taken over from {file}.", "已从 {file} 载入 {count} 项。"),
    "import_wrong": Text("{file} is no export of this page.", "{file} 不是本网页的导出文件。"),
    "import_other": Text(
        "{file} belongs to another sheet ({sheet}); nothing was taken over.",
        "{file} 属于另一张表({sheet}),未载入。",
    ),
    "import_print": Text(
        "{file} comes from another print of this sheet; nothing was taken over. Send that file as it is.",
        "{file} 来自本表的另一版,未载入。请直接发送该文件。",
    ),
    "overwrite": Text(
        "{count} boxes hold something else than the file. Replace them by the file's entries?",
        "有 {count} 处与文件内容不同。用文件内容覆盖吗?",
    ),
    "unknown": Text("{count} entries of the file have no place here: {keys}", "文件中有 {count} 项在此无处可填:{keys}"),
    "clear": Text(
        "Clear all boxes of this sheet? What is not exported is lost.", "清空本表全部内容吗?未导出的内容将丢失。"
    ),
    "filled": Text("{done} of {all} visits filled in", "已填 {done} / {all} 户拜访"),
}

SKIP = Text("To the form", "转到表格")
LANGUAGE = Text("Language", "语言")
EXPORT = Text("Export", "导出")
EXPORT_CSV = Text("Export CSV", "导出 CSV")
IMPORT = Text("Go on from a file", "载入文件继续填写")
PRINT = Text("Print", "打印")
CLEAR = Text("Clear", "清空")
HINT = Text(
    "Works without a network. Fill in, press Export (Ctrl-S), send the file back.",
    "无需网络。填写后点“导出”(Ctrl-S),把文件发回。",
)
NO_SCRIPT = Text(
    "Scripts are switched off: nothing typed here can be kept or exported.", "脚本已禁用:所填内容无法保存或导出。"
)
LAST_WEEK = Text("last week", "上周")
GAP = Text("gap", "差距")
MONTH = Text("month's target", "月目标")
EXTRA = Text("Extra visits", "计划外拜访")
WORST = Text("Worst gap", "最大差距")


def load(calls: int, drive_min: int | None) -> Text:
    """A day's calls and minutes on the road, as far as known."""
    visited = Text("1 call" if calls == 1 else f"{calls} calls", f"{calls} 户")
    if drive_min is None:
        return visited
    return Text(f"{visited.en} · {drive_min} min drive", f"{visited.zh} · 行车 {drive_min} 分钟")
