"""The model report of a comparison: the twenty STRESS-DES items, filled from problem, policies and run card."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from territory.compute import write_bytes_atomically
from territory.domain.policy_rules import YearRules
from territory.language import Lang, Text
from territory.pipeline import model_texts as says
from territory.pipeline.policy_years import PolicyAnswer
from territory.policy.model import PolicyProblem
from territory.report.blocks import Block, Bullets, Heading, Paragraph, Picture, Table, markdown, table
from territory.report.blocks_html import write_page
from territory.report.model_svg import model_svg
from territory.report.stress import Content, ModelReport, stress_blocks

FILES: dict[Lang, str] = {"en": "model_report.md", "zh": "model_report.zh.md"}
PAGE = "model_report.html"
PICTURES = "pictures"
MIN_PER_HOUR = 60.0


def model_report(answer: PolicyAnswer) -> ModelReport:
    """All twenty items, in both languages."""
    return ModelReport(
        scenario=answer.report.scenario,
        items={
            "1.1": _said(says.PURPOSE),
            "1.2": {lang: [Paragraph(says.ERRORS.in_(lang)), _outputs(answer, lang)] for lang in _LANGUAGES},
            "1.3": {lang: _aims(answer, lang) for lang in _LANGUAGES},
            "2.1": {lang: _diagram(lang) for lang in _LANGUAGES},
            "2.2": _listed(says.LOGIC),
            "2.3": {lang: _levers(answer, lang) for lang in _LANGUAGES},
            "2.4": _listed(says.ALGORITHMS),
            "2.5": {lang: [_components(answer.ground.problem, lang)] for lang in _LANGUAGES},
            "3.1": {lang: _sources(answer, lang) for lang in _LANGUAGES},
            "3.2": {lang: _parameters(answer.ground.problem, lang) for lang in _LANGUAGES},
            "3.3": _said(says.PREPARATION),
            "3.4": _listed((*says.ASSUMPTIONS, answer.report.note, *answer.report.warnings)),
            "4.1": _said(says.START),
            "4.2": _said(_run_length(answer.ground.problem)),
            "4.3": _said(says.ERRORS, _estimation(answer)),
            "5.1": {lang: [_software(answer, lang)] for lang in _LANGUAGES},
            "5.2": _said(says.SAMPLING, _seed(answer)),
            "5.3": _said(says.EXECUTION),
            "5.4": _said(_system()),
            "6.1": _said(_sharing(answer)),
        },
    )


_LANGUAGES: tuple[Lang, ...] = ("en", "zh")


def write_model_report(report: ModelReport, target: Path, lang: Lang) -> list[Path]:
    """Markdown in each language, one HTML page with both, and the overview picture."""
    pages = {key: stress_blocks(report, key) for key in _LANGUAGES}
    written = []
    for key, blocks in pages.items():
        for block in blocks:
            if isinstance(block, Picture):
                write_bytes_atomically(target / PICTURES / f"{block.name}.svg", block.svg.encode())
        path = target / FILES[key]
        write_bytes_atomically(path, markdown(blocks, pictures=f"{PICTURES}/").encode())
        written.append(path)
    return [*written, write_page(pages, target / PAGE, lang)]


def _said(*texts: Text) -> Content:
    return {lang: [Paragraph(text.in_(lang)) for text in texts] for lang in _LANGUAGES}


def _listed(texts: Sequence[Text]) -> Content:
    return {lang: [Bullets(tuple(text.in_(lang) for text in texts))] for lang in _LANGUAGES}


def _outputs(answer: PolicyAnswer, lang: Lang) -> Table:
    better = {"up": Text("more", "越大越好"), "down": Text("less", "越小越好"), "none": Text("-", "-")}
    head = ("measure", "name", "unit", "better") if lang == "en" else ("指标", "名称", "单位", "方向")
    rows = [
        (row.label.in_(lang), row.name, row.unit or "-", better[row.direction].in_(lang))
        for row in answer.comparison.rows
    ]
    return table(head, rows)


def _aims(answer: PolicyAnswer, lang: Lang) -> list[Block]:
    first = answer.report.policies[0].name
    words = Text(
        f"Scenario-based analysis of {len(answer.policies)} policies on one ground "
        f"({answer.ground.label.en}); every policy is compared with {first}.",
        f"在同一基础({answer.ground.label.zh})上对 {len(answer.policies)} 项政策作情景分析,均与 {first} 相比。",
    )
    names = tuple(f"{entry.name}: {entry.why}" if entry.why else entry.name for entry in answer.report.policies)
    return [Paragraph(words.in_(lang)), Bullets(names)]


def _diagram(lang: Lang) -> list[Block]:
    return [
        Paragraph(says.DIAGRAM.in_(lang)),
        Picture(name=f"model_{lang}", svg=model_svg(lang), alt=says.DIAGRAM.in_(lang)),
    ]


def _levers(answer: PolicyAnswer, lang: Lang) -> list[Block]:
    words = Text(
        "A policy moves levers away from the ordinary situation of the trade; what it does not name stays ordinary.",
        "政策使杠杆偏离行业通常做法;未提及的保持通常做法。",
    )
    blocks: list[Block] = [Paragraph(words.in_(lang))]
    ordinary = Text("every lever at its default", "所有杠杆取默认值")
    for entry in answer.report.policies:
        blocks.append(Heading(entry.name, 4))
        blocks.append(Bullets(tuple(line.in_(lang) for line in entry.settings) or (ordinary.in_(lang),)))
    return blocks


def _components(problem: PolicyProblem, lang: Lang) -> Table:
    teams = len(np.unique(problem.team_idx[problem.team_idx >= 0]))
    hours = float(problem.workday_min.mean()) / MIN_PER_HOUR
    visits, drive = float(problem.planned_visits.sum()), float(problem.drive_min.mean())
    classes = ", ".join(problem.classes)
    rows = (
        (
            Text("Entities", "实体"),
            Text(
                f"{problem.num_slots} positions with their holders, {teams} teams, outlets in {len(problem.classes)} "
                f"classes ({classes}), mentoring pairs",
                f"{problem.num_slots} 个岗位及其任职者、{teams} 个团队、{len(problem.classes)} 类客户({classes})、结对",
            ),
        ),
        (
            Text("Activities", "活动"),
            Text(
                f"visits ({visits:,.0f} planned a month, mean drive {drive:.1f} min), "
                "administration, meetings, courses, shadowing, audits, rides",
                f"拜访(每月计划 {visits:,.0f} 次,平均路途 {drive:.1f} 分钟)、内务、会议、培训、跟岗、稽查、随访",
            ),
        ),
        (
            Text("Resources", "资源"),
            Text(
                f"working minutes ({hours:.1f} h a day and position), supply, the performance pool, supervisors' time, "
                "the policy's budget",
                f"工作时间(每岗位每日 {hours:.1f} 小时)、供货、绩效池、主管时间、政策预算",
            ),
        ),
        (
            Text("Queues", "队列"),
            Text(
                "visits not made, carried over to the next day of the month; vacancies waiting for a hire",
                "未完成的拜访转入当月次日;等待招聘的空缺",
            ),
        ),
        (
            Text("Entry and exit", "进入与退出"),
            Text(
                "people come by hiring (classroom, shadowing, exam) and leave by quitting, a failed exam, elimination "
                "or the management track",
                "经招聘进入(课堂、跟岗、考试);因离职、考试不合格、淘汰或转入管理岗退出",
            ),
        ),
    )
    head = ("component", "what") if lang == "en" else ("要素", "内容")
    return table(head, [(name.in_(lang), what.in_(lang)) for name, what in rows])


def _sources(answer: PolicyAnswer, lang: Lang) -> list[Block]:
    words = Text(
        f"Ground: {answer.ground.label.en}. Tables of the scenario folder, by content hash; SOURCE.md there says "
        "where they come from. Behavioural parameters: calibrated on published field studies (benchmarks/evidence).",
        f"基础:{answer.ground.label.zh}。情景文件夹中的表格(附内容校验值);其来源见该文件夹的 SOURCE.md。"
        "行为参数按已发表的实地研究校准(benchmarks/evidence)。",
    )
    hashes = dict(answer.ground.scenario.input_hashes) | dict(answer.comparison.run_card.input_hashes)
    head = ("input", "hash") if lang == "en" else ("输入", "校验值")
    return [Paragraph(words.in_(lang)), table(head, sorted(hashes.items()))]


def _parameters(problem: PolicyProblem, lang: Lang) -> list[Block]:
    head = ("setting", "value") if lang == "en" else ("设置", "取值")
    year = [(name, str(getattr(problem.year, name))) for name in YearRules.model_fields]
    behaviour = problem.behaviour
    people = [(item.name, f"{getattr(behaviour, item.name):g}") for item in fields(behaviour)]
    titles = (
        Text("The year, section [year] of the scenario (docs/data.md)", "年度设置,情景文件 [year] 部分(docs/data.md)"),
        Text("Behaviour, the same for all policies", "行为参数,对所有政策相同"),
    )
    return [
        Paragraph(titles[0].in_(lang), "strong"),
        table(head, year),
        Paragraph(titles[1].in_(lang), "strong"),
        table(head, people),
    ]


def _run_length(problem: PolicyProblem) -> Text:
    return Text(
        f"{problem.num_months} months of 21 working days ({problem.num_days} days) in every replication.",
        f"每次重复模拟 {problem.num_months} 个月,每月 21 个工作日(共 {problem.num_days} 日)。",
    )


def _estimation(answer: PolicyAnswer) -> Text:
    precision = answer.comparison.precision
    widest = max(precision.achieved_share.values(), default=float("nan"))
    shown = f"{100 * widest:.2f} %"
    number = answer.comparison.replications
    if precision.asked_share is None:
        return Text(
            f"{number} replications, fixed beforehand. Widest half-width achieved on {precision.measure}: {shown}.",
            f"重复 {number} 次(事先给定)。{precision.measure} 达到的最宽半宽:{shown}。",
        )
    reached = bool(precision.is_reached)
    return Text(
        f"Sequential: stop when the half-width on {precision.measure} is {100 * precision.asked_share:g} % or less at "
        f"several looks in a row, intervals widened to make up for looking; {number} replications, "
        f"{'reached' if reached else 'not reached'}, widest {shown}.",
        f"序贯:{precision.measure} 的半宽连续若干次不超过 {100 * precision.asked_share:g} % 时停止,并相应放宽区间;"
        f"重复 {number} 次,{'已达到' if reached else '未达到'},最宽 {shown}。",
    )


def _software(answer: PolicyAnswer, lang: Lang) -> Table:
    head = ("software", "version") if lang == "en" else ("软件", "版本")
    return table(head, list(answer.comparison.run_card.versions.items()))


def _seed(answer: PolicyAnswer) -> Text:
    card, number = answer.comparison.run_card, answer.comparison.replications
    return Text(
        f"Seed {card.seed}; replications 0 to {number - 1}.",
        f"种子 {card.seed};重复编号 0 至 {number - 1}。",
    )


def _system() -> Text:
    cores = os.cpu_count() or 1
    name = f"{platform.system()} {platform.machine()}"
    return Text(
        f"{name}, {cores} cores, Python {platform.python_version()}. The answer does not depend on their number.",
        f"{name},{cores} 核,Python {platform.python_version()}。结果与核数无关。",
    )


def _sharing(answer: PolicyAnswer) -> Text:
    names = " ".join(f"--policy {name}" for name in answer.policies)
    number, seed = answer.comparison.replications, answer.comparison.run_card.seed
    command = f"territory simulate SCENARIO {names} --replications {number} --seed {seed}"
    return Text(says.SHARING.en.format(command=command), says.SHARING.zh.format(command=command))
