"""`territory explain`: why an outlet lies where it lies."""

from __future__ import annotations

from typing import Annotated

import typer

from territory.cli import common

Outlet = Annotated[str, typer.Argument(metavar="OUTLET", help="outlet_id of the outlet. 客户编码。")]


def explain(
    scenario: common.Folder,
    outlet: Outlet,
    plan: common.PlanFolder = None,
    data: common.Data = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Tell why an outlet lies where it lies in --plan (or today): flow, travel, balance, the best alternative.

    Every number is a difference that `territory check` reproduces.

    说明客户为何归属现在的客户经理:流量、路程、均衡与最好的其他人选。每个数字都可由 territory check 重算。
    """
    from territory.cli.explain_page import explanation_content, explanation_page
    from territory.pipeline import open_scenario
    from territory.pipeline.checking import assignment_in
    from territory.pipeline.plan_ground import problem_of, staffed
    from territory.pipeline.replanning import outlet_named
    from territory.split.explain import explain as explained

    with common.session(lang, quiet=quiet or as_json) as here:
        case = staffed(open_scenario(scenario, data=data, progress=here.progress), plan)
        outlet_named(case, outlet)
        given = assignment_in(case, plan)
        found = explained(problem_of(case, given), given, outlet)
    if as_json:
        common.print_json(explanation_content(found, case, lang.lang))
    elif not quiet:
        for line in explanation_page(found, case, lang.lang):
            typer.echo(line)
