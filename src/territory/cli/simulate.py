"""`territory simulate`: one policy, one year, one set of draws."""

from __future__ import annotations

from typing import Annotated

import typer

from territory.cli import common


def simulate(
    scenario: common.Folder,
    policy: Annotated[str | None, typer.Option("--policy", help="A [policy.NAME] of the scenario.")] = None,
    plan: common.PlanFolder = None,
    data: common.Data = None,
    replication: Annotated[int, typer.Option("--replication", min=0, help="Which set of draws.")] = 0,
    seed: common.Seed = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Simulate a year of account managers under one policy, for the split and visits in --plan (or today's).

    模拟一种政策下的一年。One run shows one possible year; `territory compare` gives intervals.
    """
    from territory import policy as policy_room
    from territory.pipeline import open_scenario
    from territory.pipeline.checking import assignment_in, policy_named, visits_if_any
    from territory.pipeline.plan_ground import staffed

    with common.session(lang, quiet=quiet or as_json) as here:
        case = staffed(open_scenario(scenario, data=data, progress=here.progress), plan)
        name, rules = policy_named(case, policy)
        problem = policy_room.PolicyProblem.of(
            case, assignment_in(case, plan), visits_if_any(case, plan), year=case.year
        )
        year = policy_room.simulate(problem, rules, seed=case.seed if seed is None else seed, replication=replication)
        measures = policy_room.measures(problem, year)
    if as_json:
        common.print_json({"policy": name, "measures": {measure.name: measure.value for measure in measures}})
    elif not quiet:
        typer.echo(f"{name}: {rules.why}" if rules.why else name)
        for measure in measures:
            typer.echo(f"  {measure.label.in_(lang.lang)}  {measure.shown()}")
