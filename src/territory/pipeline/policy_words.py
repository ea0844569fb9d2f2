"""A policy in words: what it sets against the ordinary situation, and what no study covers."""

from __future__ import annotations

from collections.abc import Mapping

from territory.domain.policy_rules import COMMON_SETTINGS, LEVERS, Condition, Lever, PolicyRules, YearRules
from territory.language import Text
from territory.policy.evidence_ranges import outside_evidence


def settings_of(policy: PolicyRules) -> tuple[Text, ...]:
    """One line for each lever that is moved: its own settings first, then when, for whom and at what cost."""
    lines = []
    for name in LEVERS:
        lever = policy.lever(name)
        changed = [setting for setting in type(lever).model_fields if _is_changed(lever, setting)]
        if not changed:
            continue
        own = [setting for setting in changed if setting not in COMMON_SETTINGS]
        common = [setting for setting in changed if setting in COMMON_SETTINGS]
        words = ", ".join(f"{setting} {_shown(getattr(lever, setting))}" for setting in (*own, *common))
        lines.append(Text(f"{name}: {words}", f"{name}:{words.replace(', ', ',')}"))
    if policy.budget_per_year is not None:
        lines.append(
            Text(f"budget {policy.budget_per_year:,.0f} a year", f"年度预算 {policy.budget_per_year:,.0f}"),
        )
    return tuple(lines)


def evidence_lines(policies: Mapping[str, PolicyRules], year: YearRules) -> tuple[Text, ...]:
    """Warnings of all policies: what lies beyond the studies line by line, what rests on none in one line each."""
    lines: list[Text] = []
    for name, policy in policies.items():
        warnings = outside_evidence(policy, year)
        lines += [
            Text(f"{name}, {warning.text.en}", f"{name},{warning.text.zh}")
            for warning in warnings
            if warning.kind != "unstudied"
        ]
        unstudied = [warning for warning in warnings if warning.kind == "unstudied"]
        if unstudied:
            listed = ", ".join(f"{warning.lever} ({', '.join(warning.settings)})" for warning in unstudied)
            lines.append(
                Text(
                    f"{name}, {listed}: no study that the model is checked against varied these; "
                    "their effects are assumptions.",
                    f"{name},{listed}:用于检验模型的研究均未改变过这些设置,其效果为假设。",
                )
            )
    return tuple(lines)


def _is_changed(lever: Lever, setting: str) -> bool:
    return bool(getattr(lever, setting) != getattr(type(lever)(), setting))


def _shown(value: object) -> str:
    if isinstance(value, Condition):
        limit = f"below {value.below:g}" if value.below is not None else f"above {value.above:g}"
        return f"{value.measure} {limit}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return " / ".join(_shown(part) for part in value) or "-"
    return str(value)
