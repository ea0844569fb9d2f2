"""`territory demo`: the whole job on a made-up county branch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from territory.cli import common
from territory.cli.run import whole_job


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the results. 结果文件夹。")] = Path("territory-demo"),
    seed: common.Seed = None,
    lang: common.LangOption = common.Language.EN,
    sheet_lang: Annotated[
        common.SheetLanguage, typer.Option("--sheet-lang", help="Language of the printed sheets. 一张纸的语言。")
    ] = common.SheetLanguage.BOTH,
    workers: common.Workers = None,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Make a county branch (12 reps, about 1,800 outlets) and do the whole job on it; under a minute.

    生成一个县级分公司(12 名客户经理、约 1,800 家客户)并完成全部工作:检查、划分、拜访、一张纸、政策年、报告;一分钟以内。
    """
    from territory.generate import demo_folder
    from territory.pipeline import RunSettings

    settings = RunSettings(seed=seed, lang=lang.lang, sheet_lang=sheet_lang.value, workers=workers)
    whole_job(demo_folder(), out, None, settings, lang, quiet=quiet, as_json=as_json)
