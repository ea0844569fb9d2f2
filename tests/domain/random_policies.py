"""Valid policies at random, read off the settings' own limits, and policies as TOML text."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from territory.domain.policy_rules import GRADES, LEVERS, Condition, Lever, PolicyRules

TEAM_IDS = ("T1", "T2", "三队")
SIMPLEXES = {
    "evaluators": ("inspection", "service_centre", "head", "peers"),
    "stars": ("monopoly", "sales", "logistics", "call_centre"),
    "ladder": GRADES,
}
MOST_MONEY = 1e6


def lever_classes() -> dict[str, type[Lever]]:
    return {name: type(PolicyRules().lever(name)) for name in LEVERS}


@st.composite
def policies(draw: st.DrawFn) -> PolicyRules:
    """A policy that moves some of the levers."""
    names = draw(st.lists(st.sampled_from(LEVERS), unique=True, max_size=6))
    sections = {name: draw(settings_of(name)) for name in names}
    budget = draw(st.none() | st.floats(0, MOST_MONEY))
    why = draw(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
    return PolicyRules.model_validate({"why": why, "budget_per_year": budget, **sections})


@st.composite
def settings_of(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Some settings of a lever that are possible together."""
    fields = lever_classes()[name].model_fields
    keys = draw(st.lists(st.sampled_from(list(fields)), unique=True, max_size=6))
    found = {key: draw(values_of(fields[key])) for key in keys if key not in SIMPLEXES.get(name, ())}
    if name in SIMPLEXES:
        found |= zip(SIMPLEXES[name], draw(shares(len(SIMPLEXES[name]))), strict=True)
    if name == "component_weights":
        found |= {grade: draw(shares(3)) for grade in GRADES if grade in keys}
    if name == "commission":
        floor, middle, cap = sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3, unique=True)))
        found |= {"floor": floor / 10, "accelerator_from": middle / 10, "cap": cap / 10}
    for first, last in (("start_month", "stop_month"), ("min_tenure_months", "max_tenure_months")):
        if found.get(last) is not None:
            found[first] = min(found.get(first, 1), found[last])
            found[last] = max(found[last], found[first], fields[first].default)
    return found


def values_of(field: FieldInfo) -> st.SearchStrategy[Any]:
    """What a setting may be, by its annotation and limits."""
    return _values(field.annotation, field.metadata)


def _values(annotation: Any, metadata: list[Any]) -> st.SearchStrategy[Any]:
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _values(parts[0], _limits(parts[1:]))
    if origin is typing.Literal:
        return st.sampled_from(parts)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*(st.none() if part is type(None) else _values(part, metadata) for part in parts))
    if origin is tuple and parts[1] is ...:
        return st.lists(_values(parts[0], []), unique=True, max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(_values(part, []) for part in parts))
    if annotation is Condition:
        limit = st.sampled_from(["below", "above"])
        measure = st.sampled_from(typing.get_args(Condition.model_fields["measure"].annotation))
        share = st.floats(0, 3)
        return st.builds(lambda m, key, value: Condition(measure=m, **{key: value}), measure, limit, share)
    if annotation is str:
        return st.sampled_from(TEAM_IDS)
    low, high = _range(metadata)
    if annotation is int:
        return st.integers(int(low), int(high))
    assert annotation is float, annotation
    return st.floats(low, high, exclude_min=any(isinstance(each, Gt) for each in metadata), allow_subnormal=False)


def _limits(metadata: tuple[Any, ...]) -> list[Any]:
    return [limit for each in metadata for limit in getattr(each, "metadata", [each])]


def _range(metadata: list[Any]) -> tuple[float, float]:
    low: Any = next((each.ge if isinstance(each, Ge) else each.gt for each in metadata if isinstance(each, Ge | Gt)), 0)
    high: Any = next(
        (each.le if isinstance(each, Le) else each.lt for each in metadata if isinstance(each, Le | Lt)), MOST_MONEY
    )
    return float(low), min(float(high), MOST_MONEY)


@st.composite
def shares(draw: st.DrawFn, count: int) -> tuple[float, ...]:
    """Hundredths that add up to 1."""
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=count - 1, max_size=count - 1)))
    return tuple((high - low) / 100 for low, high in zip([0, *cuts], [*cuts, 100], strict=True))


def toml_of(policies: Mapping[str, PolicyRules]) -> str:
    """Sections [policy.NAME] with every setting that is not at its default."""
    lines: list[str] = []
    for name, rules in policies.items():
        lines += [f"[policy.{json.dumps(name, ensure_ascii=False)}]", *body_of(rules, f"policy.{json.dumps(name)}.")]
    return "\n".join(lines) + "\n"


def body_of(rules: PolicyRules, above: str = "") -> list[str]:
    """The lines below the head of a policy; levers stand under `above` and their name."""
    lines = [f"why = {toml_value(rules.why)}"]
    if rules.budget_per_year is not None:
        lines.append(f"budget_per_year = {toml_value(rules.budget_per_year)}")
    for lever in LEVERS:
        settings = rules.lever(lever).model_dump(exclude_defaults=True)
        if settings:
            lines += [f"[{above}{lever}]", *(f"{key} = {toml_value(value)}" for key, value in settings.items())]
    return lines


def toml_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml_value(each)}" for key, each in value.items() if each is not None) + " }"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(toml_value(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)
