"""`territory compare`: what the split, the routes and the policy each add to a year, and what they add together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from territory.cli import common
from territory.cli.policy_options import Picked, Policies, Resume
from territory.errors import ConfigError
from territory.language import Text

if TYPE_CHECKING:
    from territory.domain.scenario import Scenario
    from territory.pipeline.grounds import Efforts

Word = TypeVar("Word", bound=str)


def compare(
    scenario: common.Folder,
    splits: Annotated[
        str, typer.Option("--splits", help="Which splits: today, redrawn, or both. 比较哪些划分:今日、重划或两者。")
    ] = "today,redrawn",
    routes: Annotated[
        str,
        typer.Option(
            "--routes", help="Which routes: today (estimated), planned, or both. 比较哪些线路:今日(估计)、排定或两者。"
        ),
    ] = "today,planned",
    policies: Policies = None,
    policy: Picked = None,
    plan: common.PlanFolder = None,
    data: common.Data = None,
    out: common.Out = None,
    replications: Annotated[
        int | None, typer.Option("--replications", min=2, help="Simulated years per combination. 每种组合模拟的年数。")
    ] = None,
    seed: common.Seed = None,
    time_limit: common.TimeLimit = None,
    workers: common.Workers = None,
    cluster: common.Cluster = None,
    resume: Resume = True,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Compare splits x routes x policies over a year: what each adds alone, and what they add to each other.

    The split and the visits come from --plan; what is missing there is made first.

    比较一年内划分、线路与政策的各种组合:各自带来多少,彼此增减多少。划分与拜访取自 --plan,缺少的先生成。
    """
    from territory.cli.combination_page import combination_lines
    from territory.pipeline.combination_view import combination_json, combination_report, write_combination
    from territory.pipeline.combinations import compare_grounds
    from territory.pipeline.grounds import ROUTES, SPLITS, build_grounds
    from territory.pipeline.history.recording import Keeper, Recorder
    from territory.pipeline.job import claim
    from territory.pipeline.opening import open_with_files
    from territory.pipeline.policy_choice import chosen_policies
    from territory.pipeline.policy_years import without_journal
    from territory.pipeline.stages import at_work

    target = plan if out is None and plan is not None else common.out_folder(out, scenario)
    with common.session(lang, quiet=quiet or as_json) as here:
        wanted_splits, wanted_routes = words_of("--splits", splits, SPLITS), words_of("--routes", routes, ROUTES)
        opened = open_with_files(scenario, data=data, progress=here.progress)
        case = opened.scenario
        chosen = chosen_policies(case, path=policies, names=policy or ())
        claim(target)
        recorder = Recorder.begin(target)
        with at_work(
            seed=case.seed if seed is None else seed,
            workers=workers,
            cluster=cluster,
            folder=target,
            progress=here.progress,
            cancel=here.cancel,
        ) as bench:
            grounds = build_grounds(
                case,
                splits=wanted_splits,
                routes=wanted_routes,
                plan=plan,
                target=target,
                efforts=_efforts(case, time_limit),
                bench=bench,
                keeper=Keeper(recorder=recorder, tables=opened.files, verb="compare"),
            )
            found = compare_grounds(
                grounds,
                chosen.policies,
                replications=replications or case.lab.replications,
                bench=bench if resume else without_journal(bench),
            )
        report = combination_report(found, case)
        written = write_combination(found, report, target, lang.lang)
    if as_json:
        common.print_json(combination_json(found, report, out=target))
    elif not quiet:
        for line in (*(note.in_(lang.lang) for note in chosen.notes), *combination_lines(report, lang.lang)):
            typer.echo(line)
        for path in written:
            typer.echo(str(path))


def words_of(option: str, given: str, known: Sequence[Word]) -> tuple[Word, ...]:
    """
    The words of a list such as "today,redrawn", each once, in the order they are known.

    Raises
    ------
    ConfigError
        When one is unknown, or there is none.
    """
    words = [word.strip() for word in given.replace("\uff0c", ",").replace("\u3001", ",").split(",") if word.strip()]
    unknown = next((word for word in words if word not in known), None)
    if unknown is not None or not words:
        choice = ", ".join(known)
        shown = given if unknown is None else unknown
        raise ConfigError(
            Text(
                f"{option} {shown!r}: write one or more of {choice}",
                f"{option} {shown!r}:请填写 {choice} 中的一项或多项",
            )
        )
    return tuple(word for word in known if word in words)


def _efforts(case: Scenario, time_limit: float | None) -> Efforts:
    from territory.effort import Effort
    from territory.pipeline.grounds import Efforts

    return Efforts(
        split=common.effort_of(time_limit, share=0.3) or Effort(iterations=case.effort.split_iterations),
        visits=common.effort_of(time_limit, share=0.35) or Effort(iterations=case.effort.visit_iterations),
    )
