"""`territory roles`: inside pooled teams, who takes which role."""

from __future__ import annotations

from typing import Annotated

import typer

from territory.cli import common


def roles(
    scenario: common.Folder,
    data: common.Data = None,
    plan: common.PlanFolder = None,
    team: Annotated[
        str | None,
        typer.Option(
            "--team", help="This team, pooled or not (default: every pooled team). 该团队(默认所有共同服务的团队)。"
        ),
    ] = None,
    out: common.Out = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Fit communication, market analysis and key-account guidance to the members of pooled teams, by skill and need.

    Writes roles.csv; the answer is proved best.

    按技能与需要,为共同服务团队的成员分配客户沟通、市场分析、重点客户指导三种角色。写出 roles.csv;结果已证明最优。
    """
    from territory.io import write_rows
    from territory.pipeline import open_scenario
    from territory.pipeline.checking import assignment_in
    from territory.pipeline.job import claim
    from territory.pipeline.plan_ground import staffed
    from territory.pipeline.roles import fitted_teams, role_rows

    target = common.out_folder(out, scenario)
    with common.session(lang, quiet=quiet or as_json) as here:
        claim(target)
        case = staffed(open_scenario(scenario, data=data, progress=here.progress), plan)
        fitted = fitted_teams(case, assignment_in(case, plan), team)
        rows = [row for fit in fitted for row in role_rows(case, fit)]
        write_rows(rows, target / "roles.csv")
    if as_json:
        common.print_json(
            {
                "teams": [
                    {
                        "team_id": fit.problem.team_id,
                        "status": fit.fit.status,
                        "objective": fit.fit.objective,
                        "bound": fit.fit.bound,
                    }
                    for fit in fitted
                ],
                "roles": rows,
                "out": str(target),
            }
        )
    elif not quiet:
        for fit in fitted:
            typer.echo(
                f"{fit.problem.team_id}: {fit.fit.status} {fit.fit.objective:.2f} / 100 "
                f"({'上界' if lang.lang == 'zh' else 'bound'} {fit.fit.bound:.2f})"
            )
        for row in rows:
            typer.echo(f"  {row['team_id']}  {row['rep_id']}  {row[f'role_{lang.lang}']}  {row['skill']:g}")
        typer.echo(str(target))
