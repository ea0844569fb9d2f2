"""`territory simulate`: what policies do over a year, on one split with its routes."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common
from territory.cli.policy_options import OutFolder, Picked, Policies, Resume
from territory.errors import ConfigError
from territory.language import Text

if TYPE_CHECKING:
    from territory.pipeline.policy_choice import Chosen
    from territory.pipeline.policy_years import PolicyAnswer, PolicyGround


def simulate(
    scenario: common.Folder,
    policies: Policies = None,
    policy: Picked = None,
    plan: common.PlanFolder = None,
    data: common.Data = None,
    out: OutFolder = None,
    replications: Annotated[
        int | None,
        typer.Option(
            "--replications",
            min=1,
            help="Simulated years per policy; 1 shows one possible year. 每项政策模拟的年数;1 为只看一种可能的年份。",
        ),
    ] = None,
    half_width: Annotated[
        float | None,
        typer.Option(
            "--half-width",
            metavar="SHARE",
            help="Run on until true sales are told from the baseline's to this share, such as 0.005. "
            "一直模拟到能以此精度区分真实销售额,如 0.005。",
        ),
    ] = None,
    replication: Annotated[
        int | None,
        typer.Option(
            "--replication",
            min=0,
            help="Show one possible year: the one with these draws. 只看一种可能的年份:用该随机种子。",
        ),
    ] = None,
    seed: common.Seed = None,
    workers: common.Workers = None,
    cluster: common.Cluster = None,
    resume: Resume = True,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Compare policies over a year on one split and its routes: today's, or those in --plan.

    Paired 95 % intervals on common random numbers; no ranking where they cover 0.

    在一种划分及其线路(今日或 --plan)上模拟并比较一年的政策。用共同随机数作配对 95 % 区间;区间含 0 时不排名。
    """
    from territory.cli.policy_page import answer_lines, year_lines
    from territory.pipeline import open_scenario
    from territory.pipeline.model_report import model_report, write_model_report
    from territory.pipeline.policy_choice import chosen_policies
    from territory.pipeline.policy_output import answer_json, single_years_json, write_policy_answer
    from territory.pipeline.policy_years import policy_ground, single_years

    with common.session(lang, quiet=quiet or as_json) as here:
        _refuse(half_width)
        ground = policy_ground(open_scenario(scenario, data=data, progress=here.progress), plan)
        chosen = chosen_policies(ground.scenario, path=policies, names=policy or ())
        root = ground.scenario.seed if seed is None else seed
        if replication is not None or replications == 1:
            _refuse_out(out)
            number = replication or 0
            years = single_years(ground, chosen.policies, seed=root, replication=number)
            if as_json:
                common.print_json(single_years_json(years, replication=number))
            elif not quiet:
                for line in year_lines(years, chosen, lang=lang.lang, replication=number):
                    typer.echo(line)
            return
        answer = _answer(
            ground,
            chosen,
            here,
            out=out,
            seed=root,
            replications=replications,
            half_width=half_width,
            workers=workers,
            cluster=cluster,
            resume=resume,
        )
        written = []
        if out is not None:
            written = write_policy_answer(answer, out, lang.lang)
            written += write_model_report(model_report(answer), out, lang.lang)
    if as_json:
        common.print_json(answer_json(answer, out=out))
    elif not quiet:
        for line in answer_lines(answer, chosen, lang.lang):
            typer.echo(line)
        for path in written:
            typer.echo(str(path))


def _answer(
    ground: PolicyGround,
    chosen: Chosen,
    here: common.Session,
    *,
    out: Path | None,
    seed: int,
    replications: int | None,
    half_width: float | None,
    workers: int | None,
    cluster: str | None,
    resume: bool,
) -> PolicyAnswer:
    from territory.pipeline.job import claim
    from territory.pipeline.policy_years import policy_answer, without_journal
    from territory.pipeline.stages import at_work

    with ExitStack() as stack:
        if out is not None:
            claim(out)
        folder = out if out is not None else Path(stack.enter_context(TemporaryDirectory()))
        bench = stack.enter_context(
            at_work(
                seed=seed, workers=workers, cluster=cluster, folder=folder, progress=here.progress, cancel=here.cancel
            )
        )
        return policy_answer(
            ground,
            chosen.policies,
            bench if resume and out is not None else without_journal(bench),
            replications=replications,
            half_width_share=half_width,
        )


def _refuse_out(out: Path | None) -> None:
    if out is not None:
        raise ConfigError(
            Text(
                "one possible year is shown, not written: leave out --out, take --json, or ask for 10 replications",
                "单个可能的年份只显示、不写文件:请去掉 --out,改用 --json,或至少重复 10 次",
            )
        )


def _refuse(half_width: float | None) -> None:
    if half_width is not None and not 0 < half_width < 1:
        raise ConfigError(
            Text(
                f"--half-width {half_width:g}: give a share between 0 and 1, such as 0.005 for half a per cent",
                f"--half-width {half_width:g}:请给出 0 与 1 之间的比例,例如 0.005 表示千分之五",
            )
        )
