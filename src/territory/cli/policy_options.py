"""Options that the verbs about policies share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Policies = Annotated[
    Path | None,
    typer.Option(
        "--policies",
        metavar="FILE_OR_FOLDER",
        help="Policy files (.toml) to compare with the scenario's first policy (default: the scenario's policies). "
        "与场景第一项政策比较的政策文件(默认用场景中的政策)。",
    ),
]
Picked = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar="NAME",
        help="Only these policies, the first is the baseline; repeat it. 只比较这些政策,第一项为基准;可重复。",
    ),
]
OutFolder = Annotated[
    Path | None, typer.Option("--out", help="Write tables and the report to this folder. 表格与报告写入该文件夹。")
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume/--no-resume",
        help="Take finished replications from the folder's journal, or run all anew. "
        "沿用文件夹中已完成的模拟,或全部重跑。",
    ),
]
