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
        help="Policy files (.toml) to compare with the scenario's first policy (default: the scenario's policies).",
    ),
]
Picked = Annotated[
    list[str] | None,
    typer.Option("--policy", metavar="NAME", help="Only these policies, the first is the baseline; repeat it."),
]
OutFolder = Annotated[Path | None, typer.Option("--out", help="Write tables and the report to this folder.")]
Resume = Annotated[
    bool,
    typer.Option("--resume/--no-resume", help="Take finished replications from the folder's journal, or run all anew."),
]
