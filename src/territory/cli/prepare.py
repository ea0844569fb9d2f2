"""`territory prepare`: make the tables of a scenario from its recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from territory.cli import common


def prepare(
    scenario: common.Folder,
    out: Annotated[Path, typer.Option("--out", help="New folder for the tables. 数据表写入的新文件夹。")],
    data: common.Data = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
) -> None:
    """Write the outlets, reps and flows that a recipe makes (generated, or from public data) as plain tables.

    按场景的生成设置(模拟生成或取自公开数据)写出客户、客户经理与流量的数据表。
    """
    from territory.pipeline import prepared_folder

    with common.session(lang, quiet=quiet) as here:
        written = prepared_folder(scenario, out=out, data=data, progress=here.progress)
        here.say(str(written))
