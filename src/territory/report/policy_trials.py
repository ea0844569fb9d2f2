"""The part of the policy report about trials: both arms, and whether one trial of this size would find the effect."""

from __future__ import annotations

from territory.language import Lang, Text
from territory.report.amounts import DASH, scale_of
from territory.report.blocks import Block, Heading, Paragraph, table
from territory.report.policy_view import PolicyReport, TrialLine, TrialTable

_TRIALS = Text("Trials on a part of the positions", "部分岗位试点")
_NOTE = Text(
    "Where a lever covers a random share of the positions, the others are its control group. Each replication draws "
    "positions anew. One trial is the standard error that a single trial of this size has, found the share of "
    "trials in which the arms differ at 5 % (Welch). Colleagues who see the covered may change as well, so that the "
    "difference is not the whole effect. trial_arms.csv names a draw to use.",
    "某杠杆只随机覆盖部分岗位时,其余岗位即为对照组。每次重复重新抽取岗位;“单次试点”为此规模单次试点的标准误,"
    "“检出”为两组在 5 % 水平上有差异的试点比例(Welch 检验)。看到试点同事的人也可能改变,故差异不等于全部效果。"
    "trial_arms.csv 给出可直接采用的抽签结果。",
)
_HEAD: dict[Lang, tuple[str, ...]] = {
    "en": ("", "covered", "control", "difference", "95 % interval", "one trial", "found"),
    "zh": ("", "试点组", "对照组", "差异", "95 % 区间", "单次试点", "检出"),
}
_LEVER = Text(
    "{policy}, {lever}: {covered} positions covered, {control} as control",
    "{policy},{lever}:试点 {covered} 岗,对照 {control} 岗",
)


def trial_blocks(report: PolicyReport, lang: Lang) -> list[Block]:
    """Nothing where no lever is on trial."""
    if not report.trials:
        return []
    blocks: list[Block] = [Heading(_TRIALS.in_(lang)), Paragraph(_NOTE.in_(lang), "soft")]
    for trial in report.trials:
        blocks += [
            Heading(_title(trial, lang), 3),
            table(_HEAD[lang], [_cells(line, lang) for line in trial.lines], numeric=(1, 2, 3, 4, 5, 6)),
        ]
    return blocks


def _title(trial: TrialTable, lang: Lang) -> str:
    return _LEVER.in_(lang).format(
        policy=trial.policy,
        lever=trial.lever,
        covered=f"{trial.num_covered:.0f}",
        control=f"{trial.num_control:.0f}",
    )


def _cells(line: TrialLine, lang: Lang) -> tuple[str, ...]:
    scale = scale_of(max(abs(line.covered), abs(line.control)), line.unit, lang, is_money=line.is_money)
    fine = scale_of(max(abs(line.difference.mean), line.spread) / scale.divisor, "", lang)
    name = f"{line.label.in_(lang)}, {scale.unit}" if scale.unit else line.label.in_(lang)

    def change(value: float, *, signed: bool) -> str:
        return fine.shown(value / scale.divisor, signed=signed)

    joint = " to " if lang == "en" else " 至 "
    return (
        name,
        scale.shown(line.covered),
        scale.shown(line.control),
        change(line.difference.mean, signed=True),
        joint.join(change(end, signed=True) for end in (line.difference.low, line.difference.high)),
        change(line.spread, signed=False),
        DASH if line.found_share is None else f"{100 * line.found_share:.0f} %",
    )
