"""`territory compare`: policies side by side, with honest intervals."""

from __future__ import annotations

from typing import Annotated

import typer

from territory.cli import common


def compare(
    scenario: common.Folder,
    plan: common.PlanFolder = None,
    policy: Annotated[
        list[str] | None, typer.Option("--policy", help="Only these policies, the first is the baseline; repeat it.")
    ] = None,
    data: common.Data = None,
    out: common.Out = None,
    replications: Annotated[
        int | None, typer.Option("--replications", min=2, help="Simulated years per policy.")
    ] = None,
    seed: common.Seed = None,
    workers: common.Workers = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Compare policies on common random numbers: paired differences with 95 % intervals against the first policy.

    比较政策。No ranking is given where the interval covers 0.
    """
    from dataclasses import replace

    from territory.pipeline import open_scenario
    from territory.pipeline.checking import assignment_in, policy_named, visits_if_any
    from territory.pipeline.job import claim, write_comparison
    from territory.pipeline.plan_ground import staffed
    from territory.pipeline.stages import at_work, policy_stage

    target = plan if out is None and plan is not None else common.out_folder(out, scenario)
    with common.session(lang, quiet=quiet or as_json) as here:
        claim(target)
        case = staffed(open_scenario(scenario, data=data, progress=here.progress), plan)
        if policy:
            case = replace(case, policies=dict(policy_named(case, name) for name in policy))
        policy_named(case, None)
        root = case.seed if seed is None else seed
        with at_work(seed=root, workers=workers, folder=target, progress=here.progress, cancel=here.cancel) as bench:
            found = policy_stage(
                case,
                assignment_in(case, plan),
                visits_if_any(case, plan),
                replications,
                bench,
            )
        assert found is not None
        write_comparison(found, target)
    if as_json:
        common.print_json(
            {
                row.name: {
                    item.policy: {
                        "mean": item.level.mean,
                        "difference": None
                        if item.difference is None
                        else [item.difference.mean, item.difference.low, item.difference.high],
                    }
                    for item in row.policies
                }
                for row in found.rows
            }
        )
    elif not quiet:
        for row in found.rows:
            typer.echo(f"{row.label.in_(lang.lang)} [{row.unit}]")
            for item in row.policies:
                shown = f"  {item.policy:<28} {item.level.mean:>16,.3f}"
                if item.difference is not None and item.verdict is not None:
                    shown += (
                        f"  {item.difference.mean:+,.3f} [{item.difference.low:+,.3f}, {item.difference.high:+,.3f}]"
                        f"  {item.verdict.in_(lang.lang)}"
                    )
                typer.echo(shown)
        typer.echo(str(target / "policies.csv"))
