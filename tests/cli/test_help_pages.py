"""Help and complaints in both languages, for every verb and option there is."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer

from territory.cli import main
from territory.cli.app import app
from territory.cli.help_page import in_two, language_asked_for, paragraphs
from territory.language import Text

CHINESE = re.compile("[\u4e00-\u9fff]")
VERBS: dict[str, Any] = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
PARAMS = {f"{verb} {param.opts[-1]}": param for verb, command in VERBS.items() for param in command.params}


def page(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert not left.value.code
    return capsys.readouterr().out


@pytest.mark.parametrize("name", list(PARAMS))
def test_every_option_is_explained_in_both_languages(name: str) -> None:
    text = in_two(PARAMS[name].help or "")
    assert text.en and not CHINESE.search(text.en)
    assert text.en[-1] in ".)" and CHINESE.search(text.zh) and text.zh.endswith("。")


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_is_explained_in_both_languages(verb: str) -> None:
    english, chinese = paragraphs(VERBS[verb].help)
    assert english and len(chinese) == 1
    assert all(not CHINESE.search(text) for text in english)
    assert len(chinese[0]) > 15


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_a_page_shows_the_language_asked_for_and_both_when_none_is(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("TERRITORY_LANG", raising=False)
    words = ["--help"] if not verb else [verb, "--help"]
    both, english = page(capsys, *words), page(capsys, "--lang", "en", *words)
    chinese = page(capsys, "--lang=zh", *words)
    assert "Show this page." in both and "显示本页。" in both and "…" not in both
    assert "Show this page." in english and not CHINESE.search(english)
    assert "显示本页。" in chinese and "用法:" in chinese
    names = re.compile(r"^ {0,4}(-|[A-Za-z_]+\b)")
    told = [line for line in chinese.splitlines() if line.strip() and not names.match(line)]
    assert told and all(CHINESE.search(line) or len(line.strip()) < 75 for line in told)
    assert not re.search(r"\b(the|and|may|default)\b", " ".join(told))


def test_lines_of_a_chinese_paragraph_are_joined_without_a_space() -> None:
    assert paragraphs("One\n  two.\n\n写出\n 文件 a.csv\n 与 b。") == (["One two."], ["写出文件 a.csv 与 b。"])


@pytest.mark.parametrize(
    ("whole", "english", "chinese"),
    [
        ("Only this rep. 只含该客户经理。", "Only this rep.", "只含该客户经理。"),
        ("Folder (default: x). joint.csv 写到哪里。", "Folder (default: x).", "joint.csv 写到哪里。"),
        ("Only English.", "Only English.", "Only English."),
        ("只有中文。", "只有中文。", "只有中文。"),
    ],
)
def test_a_text_is_cut_where_the_chinese_begins(whole: str, english: str, chinese: str) -> None:
    assert in_two(whole) == Text(english, chinese)


def test_the_command_line_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRITORY_LANG", "zh")
    assert language_asked_for(["split"]) == "zh"
    assert language_asked_for(["split", "--lang", "en"]) == "en"
    monkeypatch.delenv("TERRITORY_LANG")
    assert language_asked_for(["split", "--lang"]) is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("export",), "缺少参数 RESULT_FOLDER"),
        (("import", "plan.xlsx"), "缺少选项 --scenario"),
        (("impor",), "没有命令 impor;是否想写 'import'?"),
        (("split", "x", "--max-move", "1"), "没有选项 --max-move;是否想写 --max-moved?"),
        (("split", "x", "--max-moved", "3"), "--max-moved 的值不对:须不大于 1"),
        (("split", "x", "--seed", "one"), "--seed 的值不对:须为整数"),
        (("split", "x", "--time-limit", "long"), "--time-limit 的值不对:须为数"),
        (("split", "x", "y"), "多余的参数:y"),
        (("export", "x", "--events", "hour"), "--events 的值不对:“hour”不是以下之一:'visit', 'day'"),
        (("split", "x", "--seed"), "选项 --seed 后须有值"),
    ],
)
def test_what_is_typed_wrong_is_told_in_chinese(
    words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--lang", "zh", *words])
    said = capsys.readouterr().err
    assert left.value.code == 2
    assert f"错误:{told}\n" in said


def test_one_language_for_every_verb(capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--lang", "zh", "split", f"{tmp_path}/nowhere"])
    assert left.value.code == 3
    assert "共 1 处错误" in capsys.readouterr().err
