"""Study files: one published study each, as a manager reads it. Everything wrong with a folder is said at once."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from benchmarks.contract import BenchmarkError
from benchmarks.quality.evidence_facts import Group
from benchmarks.quality.evidence_population import Population
from benchmarks.quality.evidence_statistic import Measured, Statistic
from benchmarks.quality.evidence_statistics import STATISTICS
from territory.domain.policy_rules import PolicyRules, YearRules
from territory.domain.rules import Rules
from territory.policy import Behaviour, PolicyProblem

QUARTER = 0.25
BEHAVIOUR = {"behaviour", *(item.name for item in fields(Behaviour))}
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w.+-]+$")]
ModelT = TypeVar("ModelT", bound=Rules)


class TargetKeys(Rules):
    """What every `[[targets]]` has beside the arguments of its statistic."""

    id: Name
    part: str = Field(default="", description="name of this part where several entries with one id are one target")
    says: str = Field(default="", description="the target in a sentence")
    statistic: str = Field(description="name in the library of statistics")
    low: float | None = Field(default=None, description="lower end of the band; absent: none")
    high: float | None = Field(default=None, description="upper end of the band; absent: none")
    contains: float | None = Field(default=None, description="the interval must hold this number (a published null)")
    reason: str = Field(default="", description="why the band is what it is")

    @model_validator(mode="after")
    def _band(self) -> TargetKeys:
        if self.low is None and self.high is None:
            raise ValueError("a band needs `low`, `high` or both")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low {self.low:g} is not below high {self.high:g}")
        return self


class _StudyKeys(Rules):
    """The keys of a study file; sections are looked into one by one."""

    id: Name
    title: str
    source: str
    design: str
    replications: Annotated[int, Field(ge=2, le=1000)] = 30
    seed: Annotated[int, Field(ge=0)] = 1
    population: dict[str, Any] = Field(default_factory=dict)
    year: dict[str, Any] = Field(default_factory=dict)
    arms: dict[str, dict[str, Any]] = Field(default_factory=dict)
    targets: tuple[dict[str, Any], ...] = Field(min_length=1)


@dataclass(frozen=True, kw_only=True)
class Target:
    """One number of a study, and the band it must lie in."""

    keys: TargetKeys
    statistic: Statistic

    def why_not(self, found: Measured) -> str:
        """
        Why the target is missed; empty when it is met.

        Notes
        -----
        Between two ends the mean must lie in the band and the half-width be under a quarter of it. With one end the
        whole interval must lie beyond it.
        """
        low, high, mean, half = self.keys.low, self.keys.high, found.mean, found.half_width
        said = f"{mean:.4g} ± {half:.2g}"
        if not (math.isfinite(mean) and math.isfinite(half)):
            return "could not be computed: the statistic is not a number"
        if low is not None and high is not None:
            if not low <= mean <= high:
                return f"{said} is outside {low:g} to {high:g}"
            if half >= QUARTER * (high - low):
                return f"{said}: the half-width is not under a quarter of the band {low:g} to {high:g}"
        elif low is not None and not mean - half > low:
            return f"{said} is not above {low:g} with 95 % confidence"
        elif high is not None and not mean + half < high:
            return f"{said} is not below {high:g} with 95 % confidence"
        if self.keys.contains is not None and abs(mean - self.keys.contains) > half:
            return f"{said} does not hold {self.keys.contains:g}"
        return ""


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One arm of a study: its policy, in its world, with its people."""

    policy: PolicyRules
    population: Population
    year: YearRules


@dataclass(frozen=True, kw_only=True)
class Study:
    """A study as it stands in its file."""

    id: str
    title: str
    source: str
    design: str
    replications: int
    seed: int
    arms: Mapping[str, Arm]
    targets: tuple[Target, ...]

    def problem(self, arm: str) -> PolicyProblem:
        """The policy problem of an arm; all arms have the same people unless the arm says otherwise."""
        return self.arms[arm].population.problem(self.arms[arm].year, seed=self.seed)

    @property
    def needed_arms(self) -> tuple[str, ...]:
        """Arms that some target looks at."""
        needed = {name for target in self.targets for name in target.statistic.arms()}
        return tuple(name for name in self.arms if name in needed)

    @property
    def target_ids(self) -> tuple[str, ...]:
        """Targets by id, in the order of the file; entries with one id are parts of one target."""
        return tuple(dict.fromkeys(target.keys.id for target in self.targets))


def read_folder(folder: Path) -> tuple[Study, ...]:
    """
    Every study (`*.toml`) of a folder, by name of its file in natural order: E2 before E10.

    Raises
    ------
    BenchmarkError
        With every fault of every file, the nearest known key for an unknown one.
    """
    files = sorted(folder.glob("*.toml"), key=lambda path: (len(path.stem), path.stem))
    if not files:
        raise BenchmarkError(f"{folder}: there is no study file (*.toml)")
    issues: list[str] = []
    studies = [study for path in files if (study := _read(path, issues)) is not None]
    for name, number in Counter(study.id for study in studies).items():
        if number > 1:
            issues.append(f"{folder}: {number} studies have the id {name}")
    if issues:
        raise BenchmarkError("the study files are not in order:\n" + "\n".join(f"  {issue}" for issue in issues))
    return tuple(studies)


def _read(path: Path, issues: list[str]) -> Study | None:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        issues.append(f"{path.name}: cannot be read: {error}")
        return None
    before = len(issues)
    keys = _validated(_StudyKeys, data, path.name, issues)
    if keys is None:
        return None
    arms = {name: _arm(name, section, keys, path.name, issues) for name, section in keys.arms.items()}
    _validated(Population, keys.population, f"{path.name} [population]", issues)
    _validated(YearRules, keys.year, f"{path.name} [year]", issues)
    targets = [_target(entry, arms, path.name, issues) for entry in keys.targets]
    parts = Counter((str(entry.get("id")), str(entry.get("part", ""))) for entry in keys.targets)
    for (name, part), number in parts.items():
        if number > 1:
            issues.append(f"{path.name} [[targets]] {name}: {number} entries have part {part!r}; name their parts")
    if len(issues) > before:
        return None
    return Study(
        id=keys.id,
        title=keys.title,
        source=keys.source,
        design=keys.design,
        replications=keys.replications,
        seed=keys.seed,
        arms={name: arm for name, arm in arms.items() if arm is not None},
        targets=tuple(target for target in targets if target is not None),
    )


def _arm(name: str, section: Mapping[str, Any], keys: _StudyKeys, file: str, issues: list[str]) -> Arm | None:
    """The arm's levers, with the study's population and year and what the arm changes in them."""
    where = f"{file} [arms.{name}]"
    own = {part: section.get(part, {}) for part in ("population", "year")}
    for part, changes in own.items():
        if not isinstance(changes, Mapping):
            issues.append(f"{where} {part}: is a section [arms.{name}.{part}]")
            return None
    levers = {key: value for key, value in section.items() if key not in own}
    policy = _validated(PolicyRules, levers, where, issues, also=tuple(own))
    ignored: list[str] = []  # what is wrong with the study's own sections is said once, elsewhere
    made = {
        part: _validated(
            model,
            {**getattr(keys, part), **own[part]},
            f"{where[:-1]}.{part}]",
            issues if own[part] else ignored,
        )
        for part, model in (("population", Population), ("year", YearRules))
    }
    population, year = made["population"], made["year"]
    if policy is None or not isinstance(population, Population) or not isinstance(year, YearRules):
        return None
    asked = [(f"{lever}.teams", team) for lever, settings in policy for team in getattr(settings, "teams", ())]
    _check_teams(asked, population, where, issues)
    return Arm(policy=policy, population=population, year=year)


def _check_teams(asked: Sequence[tuple[str, str]], population: Population, where: str, issues: list[str]) -> None:
    known = population.team_ids()
    issues += [
        f"{where} {key}: there is no team {team}{_near(team, known)}" for key, team in asked if team not in known
    ]


def _target(entry: Mapping[str, Any], arms: Mapping[str, Arm | None], file: str, issues: list[str]) -> Target | None:
    name = " ".join(str(entry[key]) for key in ("id", "part") if entry.get(key))
    where = f"{file} [[targets]] {name or '(no id)'}"
    chosen = STATISTICS.get(str(entry.get("statistic", "")))
    if "statistic" in entry and chosen is None:
        given = str(entry["statistic"])
        issues.append(f"{where} statistic: there is no {given!r}{_near(given, tuple(STATISTICS))}")
    own = {key: value for key, value in entry.items() if key in TargetKeys.model_fields}
    rest = {key: value for key, value in entry.items() if key not in own}
    keys = _validated(TargetKeys, own, where, issues)
    if chosen is None:
        return None
    statistic = _validated(chosen, rest, where, issues, also=tuple(TargetKeys.model_fields))
    if keys is None or statistic is None:
        return None
    issues += [
        f"{where}: there is no arm {arm!r}{_near(arm, tuple(arms))}" for arm in statistic.arms() if arm not in arms
    ]
    groups = [(key, value) for key, value in statistic if isinstance(value, Group)]
    asked = [(f"{key}.teams", team) for key, group in groups for team in group.teams]
    if (first := next((arms[arm] for arm in statistic.arms() if arms.get(arm)), None)) is not None:
        _check_teams(asked, first.population, where, issues)
    latest = statistic.latest_month()
    horizons = {arm: found.year.horizon_months for arm in statistic.arms() if (found := arms.get(arm)) is not None}
    short = [f"{arm} ({horizon} months)" for arm, horizon in horizons.items() if horizon < latest]
    if short:
        issues.append(f"{where}: month {latest} lies after the horizon of {', '.join(short)}")
    return Target(keys=keys, statistic=statistic)


def _validated(
    model: type[ModelT], data: Mapping[str, Any], where: str, issues: list[str], also: Sequence[str] = ()
) -> ModelT | None:
    """The model, or None with one line per fault; `also` are further keys of the same section."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        issues += [_line(model, detail, where, also) for detail in error.errors()]
        return None


def _line(model: type[Rules], detail: ErrorDetails, where: str, also: Sequence[str]) -> str:
    path = [str(part) for part in detail["loc"]]
    if detail["type"] == "extra_forbidden":
        if path[-1] in BEHAVIOUR:
            return f"{where} {'.'.join(path)}: is behaviour, which is the same in all studies; take it out"
        known = _keys_beside(model, path[:-1])
        return f"{where} {'.'.join(path)}: unknown key{_near(path[-1], [*known, *(also if len(path) == 1 else ())])}"
    if detail["type"] == "missing":
        return f"{where} {'.'.join(path)}: is missing"
    said = detail["msg"].removeprefix("Value error, ")
    hint = ""
    if detail["type"] == "literal_error" and isinstance(detail["input"], str):
        hint = _near(detail["input"], [word for word in str(detail["ctx"]["expected"]).split("'")[1::2] if word])
    return f"{where} {'.'.join(path)}: {said[:1].lower()}{said[1:]}{hint}".replace(" : ", ": ")


def _keys_beside(model: type[Rules], path: Sequence[str]) -> tuple[str, ...]:
    """Keys of the section at `path` below `model`."""
    fields = model.model_fields
    for part in path:
        if part.isdigit() or part not in fields:
            continue
        inner = [kind for kind in _parts(fields[part].annotation) if isinstance(kind, type) and issubclass(kind, Rules)]
        if inner:
            fields = inner[0].model_fields
    return tuple(fields)


def _parts(annotation: Any) -> list[Any]:
    inner = getattr(annotation, "__args__", ())
    return [annotation, *(part for each in inner for part in _parts(each))]


def _near(given: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(given, known, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there is {', '.join(known)}" if known else "; there is none"
