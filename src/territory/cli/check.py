"""`territory check`: every problem of a scenario folder, or of a plan edited by hand, at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from territory.cli import common
from territory.errors import ExitCode


def check(
    scenario: common.Folder,
    data: common.Data = None,
    plan: common.PlanFolder = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Write the problems to this CSV file as well. 同时把问题写入该 CSV 文件。"),
    ] = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Report every problem of the tables with file, row, column, value and remedy; nothing is repaired silently.

    With --plan: check an edited assignment.csv and visits.csv against the rules, too.

    一次列出数据表的全部问题:文件、行、列、值、处理办法;不会悄悄修改。用 --plan 还可按规则检查修改过的
    assignment.csv 与 visits.csv。
    """
    import tempfile

    from territory.io import check_folder, write_issues
    from territory.pipeline import prepared_folder
    from territory.pipeline.checking import check_plans

    with common.session(lang, quiet=quiet or as_json) as here:
        with tempfile.TemporaryDirectory() as made:
            folder = prepared_folder(scenario, out=Path(made) / "tables", data=data, progress=here.progress)
            found = check_folder(folder)
        violations = check_plans(found.scenario, plan) if plan is not None and found.scenario is not None else []
    if report is not None:
        write_issues(found.issues, report, lang.lang)
    errors = len(found.errors)
    if as_json:
        common.print_json(
            {
                "errors": errors,
                "issues": [
                    {
                        "code": issue.code,
                        "severity": issue.severity,
                        "file": issue.file,
                        "row": issue.row,
                        "column": issue.column,
                        "value": issue.value,
                        "problem": issue.problem.in_(lang.lang),
                        "remedy": issue.remedy.in_(lang.lang),
                    }
                    for issue in found.issues
                ],
                "violations": [str(violation) for violation in violations],
            }
        )
    else:
        for issue in found.issues:
            typer.echo(issue.line(lang.lang), err=issue.severity == "error")
        for violation in violations:
            typer.echo(violation.in_(lang.lang), err=True)
        if not quiet:
            typer.echo(_verdict(errors, len(found.issues) - errors, len(violations), lang))
    if errors or violations:
        raise typer.Exit(int(ExitCode.INVALID_INPUT))


def _verdict(errors: int, warnings: int, violations: int, lang: common.Language) -> str:
    if lang is common.Language.ZH:
        return f"错误 {errors} 处,提醒 {warnings} 处,方案违规 {violations} 处"
    counts = ((errors, "error"), (warnings, "warning"), (violations, "broken plan rule"))
    return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts)
