"""docs/loop.md stays true: its commands run in its order, its line is read, its Python runs, its files are written."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest

from territory.io.record_json import read_record_lines
from territory.review.words import REMARKS
from tests.cli.test_verbs import call

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "loop.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^territory .+$", PAGE, flags=re.M)


def filled(form: Path) -> str:
    """A CSV form with every visit done."""
    rows = list(csv.reader(io.StringIO(form.read_text(encoding="utf-8-sig"), newline="")))
    for row in rows[1:]:
        if row[1].endswith(".outcome"):
            row[5] = "done"
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


@pytest.mark.slow
def test_the_commands_of_the_page_run_one_after_the_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tables: Path, planned: Path, tmp_path: Path
) -> None:
    """On a village in place of the county; one of its four sheets never comes back."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(planned, tmp_path / "OUT")
    (tmp_path / "INBOX").mkdir()
    call(capsys, "sheet", str(tables), "--plan", "OUT", "--week", "1", "--format", "csv", "--quiet")
    for form in sorted((tmp_path / "OUT" / "sheets" / "2026-W49").glob("*.csv"))[1:]:
        (tmp_path / "INBOX" / form.name).write_text(filled(form), encoding="utf-8", newline="")
    assert {command.split()[1] for command in COMMANDS} == {"sheet", "record", "review", "replan", "next"}
    for command in COMMANDS:
        words = [str(tables) if word == "scenarios/county" else word for word in command.split()]
        quick = {"replan": ["--effort", "100"], "next": ["--effort", "100", "--workers", "1"]}
        code, said, error = call(capsys, *words[1:], *quick.get(words[1], []))
        assert code == 0, (command, error)
        assert said, command
    for name in re.findall(r"`(?:\.\./)?([a-z_]+\.(?:csv|html|pdf|json))`", PAGE):
        assert list(tmp_path.rglob(name)), name
    for code in re.findall(r"```python\n(.*?)```", PAGE, flags=re.S):
        exec(compile(code, "loop.md", "exec"), {})  # in the folder of the commands
    assert "VisitCounts(planned=" in capsys.readouterr().out


def test_the_line_for_machines_is_read(tmp_path: Path) -> None:
    (line,) = re.findall(r"```json\n(.*?)\n```", PAGE, flags=re.S)
    (tmp_path / "a.jsonl").write_text(line, encoding="utf-8")
    found = read_record_lines([tmp_path / "a.jsonl"])
    assert found.issues == ()
    assert [len(record.visits) for record in found.records] == [2]
    assert set(json.loads(line)) <= set(found.records[0].__dataclass_fields__)


def test_every_option_that_the_page_names_exists(capsys: pytest.CaptureFixture[str]) -> None:
    verbs = ("record", "review", "next", "replan", "sheet")
    helps = "".join(call(capsys, verb, "--help")[1] for verb in verbs)
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE))
    assert [option for option in sorted(options) if option not in helps] == []


def test_every_remark_says_something_in_both_languages() -> None:
    for code, text in REMARKS.items():
        assert text.en != text.zh, code
        assert set(re.findall(r"{(\w+)}", text.en)) == set(re.findall(r"{(\w+)}", text.zh)), code
