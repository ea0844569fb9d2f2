"""`territory sheet-rules`: the rules and texts of the weekly sheet as a file to copy and change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from territory.cli import common


def sheet_rules(
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="File to write (default: print); a file that is there is not overwritten. "
            "要写入的文件(缺省打印到屏幕);已有的文件不会被覆盖。",
        ),
    ] = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
) -> None:
    """Print the default rules and texts of the weekly sheet: thresholds, order of tasks, checklist, wording.

    Put the file into a scenario's folder as sheet_rules.toml and change what you like; `territory check` tells every
    mistake in it.

    输出一张纸的默认规则与文字,改好后以 sheet_rules.toml 放入场景文件夹。
    """
    from territory.compute import write_bytes_atomically
    from territory.errors import ConflictError
    from territory.io import default_sheet_rules
    from territory.language import Text

    with common.session(lang, quiet=quiet) as here:
        text = default_sheet_rules()
        if out is None:
            typer.echo(text, nl=False)
            return
        if out.exists():
            raise ConflictError(
                Text(
                    f"{out} is there already and may hold your changes; name another file",
                    f"{out} 已存在,可能含有您的修改;请换一个文件名",
                )
            )
        write_bytes_atomically(out, text.encode("utf-8"))
        here.say(str(out))
