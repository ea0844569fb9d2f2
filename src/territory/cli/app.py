"""The `territory` command: its verbs, and what every verb shares when it ends well or badly."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from territory import __version__
from territory.cli import (
    assess,
    best_day,
    capacity,
    check,
    compare,
    demo,
    explain,
    joint,
    moves,
    prepare,
    refine,
    replan,
    rides,
    robustness,
    roles,
    run,
    schema,
    sheet,
    simulate,
    split,
    visits,
    why_not,
)
from territory.errors import ExitCode

app = typer.Typer(
    name="territory",
    help=(
        "Redraw service territories around retail flow, schedule visits, print the one-page week, "
        "simulate a year of policies.\n\n按零售流量重划服务区域、排定拜访、打印一张纸、模拟政策年。"
    ),
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


@app.callback(invoke_without_command=True)
def _version(version: bool = typer.Option(False, "--version", help="Print the version and leave.")) -> None:
    if version:
        typer.echo(f"territory {__version__}")
        raise typer.Exit


for verb in (
    demo.demo,
    run.run,
    check.check,
    prepare.prepare,
    split.split,
    refine.refine,
    explain.explain,
    why_not.why_not,
    moves.moves,
    roles.roles,
    visits.visits,
    robustness.robustness,
    capacity.capacity,
    rides.rides,
    joint.joint,
    replan.replan,
    best_day.best_day,
    sheet.sheet,
    simulate.simulate,
    compare.compare,
    assess.assess,
    schema.schema,
):
    app.command()(verb)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with one of `ExitCode`."""
    for stream in (sys.stdout, sys.stderr):
        # Windows consoles may not be UTF-8; a name that cannot be shown must not end the run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app(args=None if arguments is None else list(arguments), standalone_mode=True)
    except KeyboardInterrupt:
        typer.echo("interrupted; the same command goes on from the finished parts", err=True)
        raise SystemExit(int(ExitCode.INTERRUPTED)) from None
