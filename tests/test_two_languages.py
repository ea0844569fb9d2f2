"""Everything a user can read exists in English and Chinese.

The source is read, not run: every `Text` and `Words`, every error a user may meet, every line a command says, every
stage of progress, every verb's help, and the templates that pages are made from. What is the same in both languages
on purpose (a name, a unit, a sign) stands in `NEUTRAL`, a list to keep short.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from territory import errors
from territory.cli.app import app
from territory.cli.watching import STAGES
from territory.errors import ConfigError
from territory.io.messages import MESSAGES

SOURCE = Path(__file__).resolve().parents[1] / "src" / "territory"
FILES = sorted(SOURCE.rglob("*.py"))
TEMPLATES = sorted(
    path for path in SOURCE.rglob("*") if path.suffix in {".typ", ".html", ".js", ".css"} and "vendor" not in path.parts
)
CHINESE = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[A-Za-z]{2,}")
PAIRS = {"Text", "Words"}
SPOKEN = {"echo", "secho", "say"}

NEUTRAL = frozenset({"PDF", "territory", "zh", "en"})
"""Words that are the same in both languages."""

NAMES_OF_ERRORS = {
    name for name, found in vars(errors).items() if isinstance(found, type) and issubclass(found, ConfigError)
}
"""Errors that say a `Text` to the user."""


class Call(NamedTuple):
    """One call in the source."""

    path: Path
    node: ast.Call
    name: str

    @property
    def place(self) -> str:
        """Where it stands, and what it says."""
        return f"{self.path.relative_to(SOURCE)}:{self.node.lineno}: {ast.unparse(self.node)[:120]}"

    def argument(self, position: int, name: str) -> ast.expr | None:
        """An argument by position or name."""
        for keyword in self.node.keywords:
            if keyword.arg == name:
                return keyword.value
        return self.node.args[position] if position < len(self.node.args) else None


@cache
def calls() -> tuple[Call, ...]:
    """Every call of every file."""
    return tuple(call for path in FILES for call in calls_in(path, path.read_text(encoding="utf-8")))


def calls_in(path: Path, source: str) -> Iterator[Call]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield Call(path, node, getattr(node.func, "id", "") or getattr(node.func, "attr", ""))


def said(node: ast.AST) -> str:
    """All words written out in an expression; not how numbers are shown, not keys that are looked up."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.FormattedValue | ast.Subscript):
        return said(node.value)
    if isinstance(node, ast.Compare):
        return ""
    if isinstance(node, ast.Dict):
        return " ".join(said(value) for value in node.values)
    return " ".join(filter(None, (said(child) for child in ast.iter_child_nodes(node))))


def words(text: str) -> list[str]:
    """English words that need a translation; placeholders in braces and names of files are none."""
    bare = re.sub(r"\{[^{}]*\}|[\w{}]+\.[a-z]{2,5}\b", "", text)
    return [word for word in WORD.findall(bare) if word not in NEUTRAL]


def is_literal(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant | ast.JoinedStr)


# -- texts -------------------------------------------------------------------------------------------------------------
def faults_of_pair(call: Call) -> Iterator[str]:
    """What is wrong with one `Text` or `Words`."""
    english, chinese = call.argument(0, "en"), call.argument(1, "zh")
    if english is None or chinese is None:
        if not any(isinstance(argument, ast.Starred) for argument in call.node.args):
            yield f"one language only: {call.place}"
        return
    en, zh = said(english), said(chinese)
    if isinstance(english, ast.Constant) and isinstance(chinese, ast.Constant) and bool(en) != bool(zh):
        yield f"empty in one language: {call.place}"
    elif words(en) and not CHINESE.search(zh):
        yield f"no Chinese: {call.place}"
    elif CHINESE.search(en):
        yield f"Chinese in the English: {call.place}"
    elif CHINESE.search(zh) and isinstance(english, ast.Constant) and not re.search(r"\w", en):
        yield f"no English: {call.place}"


def pairs(source: str) -> list[str]:
    return [fault for call in calls_in(SOURCE / "x.py", source) if call.name in PAIRS for fault in faults_of_pair(call)]


def test_every_text_says_the_same_in_both_languages() -> None:
    found = [call for call in calls() if call.name in PAIRS]
    assert len(found) > 900
    assert [fault for call in found for fault in faults_of_pair(call)] == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('Text("Sales", "")', "empty in one language"),
        ('Text("", "销售")', "empty in one language"),
        ('Text("Sales", "Sales")', "no Chinese"),
        ('Text(f"{count} more", f"{count} more")', "no Chinese"),
        ('Text(counted(count, "visit"), str(count))', "no Chinese"),
        ('Text("销售", "销售")', "Chinese in the English"),
        ('Text("—", "销售")', "no English"),
        ('Text("Sales")', "one language only"),
        ('Words(en="Sales", zh="{count}")', "no Chinese"),
    ],
)
def test_a_missing_language_is_found(source: str, fault: str) -> None:
    found = pairs(source)
    assert len(found) == 1
    assert found[0].startswith(fault)


@pytest.mark.parametrize(
    "source",
    [
        'Text("Sales", "销售")',
        'Text("", "")',
        "Text(name, name)",
        'Text(f"{share:.0f} %", f"{share:.0f} %")',
        'Text(f"{count} outlets", f"{count} 户")',
        'Text("{count}", "{count}")',
        'Text(english, "类型不对")',
        'Text(f"{label.en} ({unit.en})", f"{label.zh}({unit.zh})")',
        "Text(*both)",
    ],
)
def test_a_whole_pair_is_no_fault(source: str) -> None:
    assert pairs(source) == []


def test_every_message_about_the_input_has_both_languages() -> None:
    for code, message in MESSAGES.items():
        for text in (message.problem, message.remedy):
            assert words(text.en), code
            assert CHINESE.search(text.zh), code
            assert not CHINESE.search(re.sub(r"'[^']*'", "", text.en)), code


# -- errors, lines, progress, help -------------------------------------------------------------------------------------
def test_no_error_that_a_user_meets_speaks_one_language_only() -> None:
    raised = [call for call in calls() if call.name in NAMES_OF_ERRORS]
    assert len(raised) > 50
    assert [call.place for call in raised if is_literal(call.argument(0, "text"))] == []


def test_the_error_with_an_english_sentence_of_its_own_has_a_chinese_one_too() -> None:
    assert CHINESE.search(errors.CancelledError("stopped").in_("zh"))
    assert errors.CancelledError("stopped").in_("en") == "stopped"


def test_no_command_says_a_line_in_one_language() -> None:
    """A line may be a number, a path, or chosen by the language; words need Chinese beside them."""
    spoken = [(call, said(call.node.args[0])) for call in calls() if call.name in SPOKEN and call.node.args]
    assert len(spoken) > 20
    assert [call.place for call, text in spoken if words(text) and not CHINESE.search(text)] == []


def test_progress_is_told_in_both_languages() -> None:
    """A stage ends with a `Text`, and every stage has a name to show."""
    ended = [call for call in calls() if call.name == "ended" and len(call.node.args) == 2]
    assert len(ended) > 15
    assert [call.place for call in ended if is_literal(call.node.args[1]) and words(said(call.node.args[1]))] == []
    begun = [call.argument(0, "stage") for call in calls() if call.name == "started"]
    begun += [keyword.value for call in calls() for keyword in call.node.keywords if keyword.arg == "stage"]
    stages = {node.value for node in begun if isinstance(node, ast.Constant)}
    for path in FILES:
        stages |= set(re.findall(r'^STAGE = "(\w+)"', path.read_text(encoding="utf-8"), flags=re.M))
    assert len(stages) > 8
    assert [stage for stage in sorted(stages) if stage not in STAGES or not CHINESE.search(STAGES[stage].zh)] == []


@pytest.mark.parametrize("verb", app.registered_commands, ids=lambda verb: verb.callback.__name__)
def test_every_verb_helps_in_both_languages(verb: object) -> None:
    text = verb.callback.__doc__ or ""  # type: ignore[attr-defined]
    assert words(text)
    assert CHINESE.search(text), "the help of a verb ends with a sentence in Chinese"


def test_the_commands_own_help_has_both_languages() -> None:
    assert CHINESE.search(str(app.info.help))


# -- templates ---------------------------------------------------------------------------------------------------------
PAIR = re.compile(r'\[\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"\s*\]')
BY_LANGUAGE = re.compile(r'===?\s*"(zh|en)"')
SCRIPTS_OWN = ('"周$1"',)
"""Chinese in scripts that only Chinese reaches: the weekday's letter gets its noun."""


def template_faults(path: Path, source: str) -> list[str]:
    """
    Words of a template that only one language has.

    In a script a Chinese text stands in a pair ["English", "中文"], or where the language is asked. In a page the text
    between two tags holds both languages or none. In a layout there are no words at all.
    """
    bare = re.sub(r"/\*.*?\*/|<!--.*?-->", "", source, flags=re.S)
    bare = re.sub(r"(^|\s)//[^\n]*", "", bare)
    if path.suffix == ".html":
        body = re.sub(r"<(script|style)\b.*?</\1>", "", bare, flags=re.S)
        texts = [re.sub(r"\$\w+|__\w+__", "", text).strip() for text in re.findall(r">([^<>]*)<", body)]
        return [text for text in texts if bool(words(text)) != bool(CHINESE.search(text))]
    found = []
    for line in bare.splitlines():
        found += [
            f"{english} | {chinese}"
            for english, chinese in PAIR.findall(line)
            if CHINESE.search(english) or (CHINESE.search(chinese + english) and not (english and chinese))
        ]
        found += [f"{english} | " for english, chinese in PAIR.findall(line) if words(english) and not chinese]
        left = PAIR.sub("", line) if path.suffix == ".js" else line
        is_chosen = path.suffix == ".js" and (BY_LANGUAGE.search(left) or any(own in left for own in SCRIPTS_OWN))
        if CHINESE.search(left) and not is_chosen:
            found.append(line.strip())
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_word_of_one_language(path: Path) -> None:
    assert template_faults(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("name", "source", "count"),
    [
        ("a.typ", '#set document(title: "一张纸")', 1),
        ("a.typ", "// 一张纸\n#let a = 1", 0),
        ("a.html", "<p>Total</p>", 1),
        ("a.html", "<p>Total 合计</p>", 0),
        ("a.html", "<p>$total</p><!-- Total -->", 0),
        ("a.js", 'show("合计")', 1),
        ("a.js", 'const W = { total: ["Total", "合计"] }', 0),
        ("a.js", 'const W = { total: ["Total", ""] }', 1),
        ("a.js", 'const W = { total: ["合计", "Total"] }', 1),
        ("a.js", 'show(lang === "zh" ? "合计" : "Total")', 0),
    ],
)
def test_a_word_of_one_language_in_a_template_is_found(name: str, source: str, count: int) -> None:
    assert len(template_faults(Path(name), source)) == count
