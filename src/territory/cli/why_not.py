"""`territory why-not`: what would happen if another rep served an outlet."""

from __future__ import annotations

from typing import Annotated

import typer

from territory.cli import common
from territory.cli.explain import Outlet


def why_not(
    scenario: common.Folder,
    outlet: Outlet,
    rep: Annotated[
        str, typer.Argument(metavar="REP", help="rep_id of the rep who might serve it. 可能服务它的客户经理编码。")
    ],
    plan: common.PlanFolder = None,
    data: common.Data = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Tell what would happen if REP served OUTLET, everything else as in --plan (or today).

    Points gained and lost, rules broken and by how much, and the cheapest small repair.

    说明若由 REP 服务 OUTLET、其余不变会怎样:分数增减、违反哪些规则及程度、代价最低的小幅修复。
    """
    from territory.cli.explain_page import why_not_content, why_not_page
    from territory.pipeline import open_scenario
    from territory.pipeline.checking import assignment_in, reps_named
    from territory.pipeline.plan_ground import problem_of, staffed, territories_of
    from territory.pipeline.replanning import outlet_named
    from territory.split.why_not import why_not as answered

    with common.session(lang, quiet=quiet or as_json) as here:
        case = staffed(open_scenario(scenario, data=data, progress=here.progress), plan)
        outlet_named(case, outlet)
        reps = reps_named(case, [rep]) or ()
        given = assignment_in(case, plan)
        problem = problem_of(case, given)
        territories_of(problem, reps)
        found = answered(problem, given, outlet, rep)
    if as_json:
        common.print_json(why_not_content(found, case, lang.lang))
    elif not quiet:
        for line in why_not_page(found, case, lang.lang):
            typer.echo(line)
