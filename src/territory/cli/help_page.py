"""Help in two languages, and complaints about what was typed in the user's.

Help texts are written "English. 中文。", docstrings of verbs in paragraphs of one language each. Both are shown until
the user says which one: with `--lang` beside `--help`, or with TERRITORY_LANG.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text as Styled
from typer.core import TyperCommand, TyperGroup

from territory.language import Lang, Text

LANGUAGE_VARIABLE = "TERRITORY_LANG"
_CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_MOST_COLUMNS = 110
_TITLES = {
    "usage": Text("Usage:", "用法:"),
    "arguments": Text("Arguments", "参数"),
    "options": Text("Options", "选项"),
    "commands": Text("Commands", "命令"),
}
_OWN_HELP = Text("Show this page.", "显示本页。")
_COMPLETION = {
    "install_completion": Text("Install completion for this shell.", "为当前 shell 安装自动补全。"),
    "show_completion": Text(
        "Show completion for this shell, to copy it or change it.", "显示当前 shell 的自动补全脚本。"
    ),
}
_EXTRAS = (("env var: ", "环境变量:"), ("default: ", "默认:"), ("required", "必填"))


def language_asked_for(arguments: Sequence[str]) -> Lang | None:
    """The language of `--lang`, else of TERRITORY_LANG; None when neither says one."""
    found = os.environ.get(LANGUAGE_VARIABLE, "")
    for place, word in enumerate(arguments):
        if word == "--lang" and place + 1 < len(arguments):
            found = arguments[place + 1]
        elif word.startswith("--lang="):
            found = word.removeprefix("--lang=")
    return "zh" if found == "zh" else "en" if found == "en" else None


def in_two(text: str) -> Text:
    """A help text "English. 中文。" apart; the same on both sides where it is written in one language only."""
    match = _CHINESE.search(text)
    if match is None:
        return Text(text, text)
    # A name in Latin letters may begin the Chinese half: it starts after the last sentence that ends before it.
    end = max(text.rfind(stop, 0, match.start()) for stop in (". ", "? ", ") "))
    start = end + 2 if end >= 0 and not text[end + 2 : match.start()].count(" ") > 1 else match.start()
    english = text[:start].strip()
    return Text(english or text[start:], text[start:])


def paragraphs(text: str) -> tuple[list[str], list[str]]:
    """English and Chinese paragraphs of a docstring, each on one line."""
    english: list[str] = []
    chinese: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in block.splitlines()]
        (chinese if _CHINESE.search(block) else english).append(_joined(lines))
    return english, chinese


def _joined(lines: Sequence[str]) -> str:
    """Lines of one paragraph; no space between two Chinese characters."""
    whole = ""
    for line in lines:
        is_tight = bool(whole) and bool(_CHINESE.match(whole[-1])) and bool(_CHINESE.match(line[:1]))
        whole += ("" if is_tight or not whole else " ") + line
    return whole


class _Spoken:
    """What a verb and the group of verbs share: the page."""

    def format_help(self: Any, ctx: Any, formatter: Any) -> None:
        """Print the page."""
        lang = _language_of(ctx)
        console = Console(highlight=False)
        console.width = min(console.width, _MOST_COLUMNS)
        for line in _page(self, ctx, lang):
            console.print(line)

    def get_usage(self: Any, ctx: Any) -> str:
        """The first line, in the user's language."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        is_chinese = _language_of(ctx) == "zh"
        return usage.replace(_TITLES["usage"].en, _TITLES["usage"].zh, 1) if is_chinese else usage


class Verb(_Spoken, TyperCommand):
    """One verb of the command line."""


class Verbs(_Spoken, TyperGroup):
    """The command line; it knows the language before anything is read, so that every page can speak it."""

    def make_context(self, info_name: Any, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the whole command line."""
        extra.setdefault("obj", {LANGUAGE_VARIABLE: language_asked_for(args)})
        return super().make_context(info_name, args, parent, **extra)


def _language_of(ctx: Any) -> Lang | None:
    asked = ctx.find_root().obj
    return asked.get(LANGUAGE_VARIABLE) if isinstance(asked, dict) else None


def _page(command: Any, ctx: Any, lang: Lang | None) -> Iterator[Styled | Padding]:
    yield Styled("")
    yield Padding(Styled(command.get_usage(ctx), style="bold"), (0, 0, 0, 1))
    english, chinese = paragraphs(command.help or "")
    for text in _chosen(english, chinese, lang):
        yield Padding(Styled(text), (1, 0, 0, 1))
    entries: dict[str, list[tuple[str, Text]]] = {"arguments": [], "options": []}
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is not None:
            kind = "arguments" if param.param_type_name == "argument" else "options"
            limits = _limits_of(param, record[1])
            entries[kind].append((f"{record[0]}  {limits.in_(lang or 'en')}".rstrip(), _help_of(param)))
    for kind, some in entries.items():
        yield from _section(kind, some, lang)
    if isinstance(command, TyperGroup):
        yield from _section("commands", list(_verbs(command, ctx)), lang)
    yield Styled("")


def _chosen(english: list[str], chinese: list[str], lang: Lang | None) -> list[str]:
    """Both languages, or the one asked for where there is something in it."""
    if lang == "en":
        return english or chinese
    return (chinese or english) if lang == "zh" else [*english, *chinese]


def _help_of(param: Any) -> Text:
    """What an option means, in both languages."""
    if param.name == "help":
        return _OWN_HELP
    return _COMPLETION.get(param.name) or in_two(param.help or "")


def _limits_of(param: Any, record: str) -> Text:
    """Default, limits and whether it must be given, in both languages."""
    english = chinese = record.removeprefix(param.help or "").strip()
    for en, zh in _EXTRAS:
        chinese = chinese.replace(en, zh)
    return Text(english, chinese)


def _verbs(group: Any, ctx: Any) -> Iterator[tuple[str, Text]]:
    """Each verb with the first sentence of its help."""
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is not None and not command.hidden:
            english, chinese = paragraphs(command.help or "")
            first = re.split(r"[。;]", chinese[0])[0] + "。" if chinese else ""
            yield name, Text(english[0] if english else first, first or english[0])


def _section(kind: str, entries: list[tuple[str, Text]], lang: Lang | None) -> Iterator[Styled | Padding]:
    """A title, and for each entry its name with the text below it, in one language or one line for each."""
    if not entries:
        return
    title = _TITLES[kind]
    yield Padding(Styled(f"{title.en} {title.zh}" if lang is None else title.in_(lang), style="bold"), (1, 0, 0, 1))
    for name, text in entries:
        yield Padding(Styled(name, style="cyan"), (0, 0, 0, 3))
        both = [text.en, text.zh] if text.en != text.zh else [text.en]
        for line in both if lang is None else [text.in_(lang)]:
            if line:
                yield Padding(Styled(line), (0, 0, 0, 7))
