"""The `territory` command: its verbs, and what every verb shares when it ends well or badly."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import typer

from territory import __version__
from territory.cli import (
    approve,
    assess,
    best_day,
    branch,
    capacity,
    check,
    comment,
    common,
    compare,
    demo,
    diff,
    edit,
    explain,
    export,
    import_plan,
    joint,
    log,
    moves,
    next_cycle,
    prepare,
    publish,
    record,
    redo,
    refine,
    replan,
    restore,
    review,
    rides,
    robustness,
    roles,
    run,
    schema,
    sheet,
    sheet_rules,
    simulate,
    split,
    submit,
    undo,
    verify,
    visits,
    why_not,
)
from territory.cli.help_page import Verb, Verbs, language_asked_for
from territory.cli.usage_errors import in_chinese
from territory.errors import ExitCode
from territory.language import Text

# the library has moved the class itself before
_USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]

app = typer.Typer(
    name="territory",
    cls=Verbs,
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
def _before_any_verb(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and leave. 显示版本号后退出。"),
    lang: common.Language | None = typer.Option(
        None, "--lang", help="Language of help and of every verb. 帮助与所有命令的语言。"
    ),
) -> None:
    if version:
        typer.echo(f"territory {__version__}")
        raise typer.Exit
    if lang is not None:
        context.default_map = {name: {"lang": lang.value} for name in getattr(context.command, "commands", ())}


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
    record.record,
    review.review,
    export.export,
    sheet_rules.sheet_rules,
    simulate.simulate,
    compare.compare,
    edit.edit,
    undo.undo,
    redo.redo,
    log.log,
    diff.diff,
    branch.branch,
    restore.restore,
    comment.comment,
    submit.submit,
    approve.approve,
    publish.publish,
    verify.verify,
    assess.assess,
    schema.schema,
):
    app.command(cls=Verb)(verb)
app.command("import", cls=Verb)(import_plan.import_plan)
app.command("next", cls=Verb)(next_cycle.next_cycle)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with one of `ExitCode`."""
    for stream in (sys.stdout, sys.stderr):
        # Windows consoles may not be UTF-8; a name that cannot be shown must not end the run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    words = sys.argv[1:] if arguments is None else list(arguments)
    is_chinese = language_asked_for(words) == "zh"
    try:
        left = app(args=words, standalone_mode=not is_chinese)
    except KeyboardInterrupt:
        text = Text(
            "interrupted; the same command goes on from the finished parts",
            "已中断;重新执行同一命令即可从已完成的部分继续",
        )
        typer.echo(text.in_("zh" if is_chinese else "en"), err=True)
        raise SystemExit(int(ExitCode.INTERRUPTED)) from None
    except _USAGE_ERROR as error:
        context: Any = getattr(error, "ctx", None)
        if context is not None:
            typer.echo(context.get_usage(), err=True)
            typer.echo(f"帮助:{context.command_path} --help --lang zh", err=True)
        if type(error).__name__ != "NoArgsIsHelpError":
            typer.echo(f"错误:{in_chinese(error)}", err=True)
        raise SystemExit(int(ExitCode.USAGE)) from None
    raise SystemExit(left if isinstance(left, int) else int(ExitCode.OK))
