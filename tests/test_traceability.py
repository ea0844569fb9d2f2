"""docs/traceability.md stays true: what it names exists, its blocks run, and statements show where it says."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from territory.domain.policy_rules import COMMON_SETTINGS, LEVERS, PolicyRules, YearRules
from territory.io.issues import IssueLog
from territory.io.policy_files import read_policies
from territory.io.scenario_file import read_settings
from territory.policy import Behaviour, PolicyProblem, YearResult, measures, simulate
from territory.policy.result import ACTIVITIES, FACTS, JUDGED, PAY_PARTS
from tests.policy.policy_towns import SETTLED, policy, town_in, two_teams

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "traceability.md").read_text(encoding="utf-8")
SOURCES = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
SEMANTICS = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
CATALOGUE = ROOT / "scenarios" / "policies"
STUDIES = ROOT / "benchmarks" / "evidence"
HEAD = 'schema = "territory/scenario@1"\ncrs = "wgs84"\n'
# The trade's fifteen statements, in the order of the page, each by the levers that it cannot do without.
TRADE = {
    "T1": {"base_pay", "hiring"},
    "T2": {"component_weights"},
    "T3": {"evaluators"},
    "T4": {"stars"},
    "T5": {"ladder"},
    "T6": {"egalitarian_pool", "base_pay"},
    "T7": {"outcome_weight", "supply"},
    "T8": {"team_award"},
    "T9": {"mentoring"},
    "T10": {"onboarding", "training"},
    "T11": {"review", "field_visits"},
    "T12": {"anti_gaming", "visit_rules"},
    "T13": {"one_page_method"},
    "T14": {"training"},
    "T15": {"targets", "one_page_method"},
}


@dataclass(frozen=True)
class Statement:
    """A section of the page."""

    name: str
    lines: dict[str, str]
    block: str

    def quoted(self, line: str) -> list[str]:
        """What stands in backticks on one of its lines."""
        return re.findall(r"`([^`]+)`", self.lines.get(line, ""))

    @property
    def settings(self) -> list[tuple[str, str]]:
        """Levers with their settings; names of common settings stand alone and are left out."""
        return [
            (lever, setting) for lever, _, setting in (word.partition(".") for word in self.quoted("Levers")) if setting
        ]


def statements() -> list[Statement]:
    part = PAGE.split("## The fifteen statements")[1].split("\n## ")[0]
    found = []
    for section in part.split("\n### ")[1:]:
        lines = dict(re.findall(r"^- \*\*([\w ]+)\*\*: (.*)$", section, flags=re.M))
        (block,) = re.findall(r"```toml\n(.*?)```", section, flags=re.S)
        found.append(Statement(name=section.split()[0], lines=lines, block=block))
    return found


STATEMENTS = statements()
NAMES = [statement.name for statement in STATEMENTS]
EQUATIONS = dict(re.findall(r"^\*\*\((\d+)\) (.*)$", PAGE, flags=re.M))


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """Cells of the table in a text, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def settings_of(lever: str) -> list[str]:
    model = PolicyRules.model_fields[lever].annotation
    assert model is not None
    return [name for name in model.model_fields if name not in COMMON_SETTINGS]


@cache
def test_names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


test_names.__test__ = False  # type: ignore[attr-defined]


def test_every_statement_of_the_trade_has_its_section_and_its_levers() -> None:
    assert list(TRADE) == NAMES
    for statement in STATEMENTS:
        assert TRADE[statement.name] <= {lever for lever, _ in statement.settings}, statement.name
        assert {"Levers", "Ready policy", "Equations", "Seen in", "Tests"} <= set(statement.lines), statement.name


def test_every_lever_and_setting_that_is_named_exists() -> None:
    for statement in STATEMENTS:
        for lever, setting in statement.settings:
            assert lever in LEVERS, (statement.name, lever)
            assert setting in settings_of(lever), (statement.name, lever, setting)
        alone = [word for word in statement.quoted("Levers") if "." not in word]
        assert set(alone) <= set(COMMON_SETTINGS), statement.name


def test_all_25_levers_stand_in_the_table_with_all_their_settings() -> None:
    table = rows(section("The 25 levers"))
    assert [row[0].strip("`") for row in table] == list(LEVERS)
    for lever, settings, *_ in table:
        asked = [name for name in settings_of(lever.strip("`")) if not name.startswith("cost_")]
        assert re.findall(r"`(\w+)`", settings) == asked, lever


def test_a_ready_policy_that_is_named_moves_a_lever_of_its_statement() -> None:
    ordinary = PolicyRules()
    for statement in STATEMENTS:
        files = statement.quoted("Ready policy")
        assert files, statement.name
        for name in files:
            (rules,) = read_policies(CATALOGUE / name).values()
            moved = {lever for lever in LEVERS if rules.lever(lever) != ordinary.lever(lever)}
            wanted = {lever for lever, _ in statement.settings}
            # The big pot is the ordinary situation itself.
            assert moved & wanted or name == "01_big_pot.toml", (statement.name, name)


def test_every_test_that_is_named_exists() -> None:
    for statement in STATEMENTS:
        named = statement.quoted("Tests")
        assert named, statement.name
        for file, _, name in (word.partition("::") for word in named):
            assert name in test_names(ROOT / file), (statement.name, file, name)
    everywhere = set().union(*(test_names(path) for path in (ROOT / "tests").rglob("test_*.py")))
    loose = re.findall(r"`(test_\w+)`", PAGE)
    assert [name for name in loose if name not in everywhere] == []
    assert all(re.findall(r"`(test_\w+)`", row[3]) for row in rows(section("The 25 levers")))


def test_equations_count_from_one_and_every_one_is_used() -> None:
    assert list(EQUATIONS) == [str(number) for number in range(1, len(EQUATIONS) + 1)]
    tables = PAGE.split("\n## Equations\n")[0]
    used = set(re.findall(r"\((\d+)\)", tables))
    assert used <= set(EQUATIONS)
    # The tables that managers write stand beside the year.
    assert set(EQUATIONS) - used == {"31"}
    assert all(re.findall(r"\(\d+\)", statement.lines["Equations"]) for statement in STATEMENTS)
    assert set(re.findall(r"(?<=\()\d+(?=\))", section("Equations"))) <= set(EQUATIONS)


@pytest.mark.parametrize("number", EQUATIONS)
def test_an_equation_names_its_code_and_the_numbers_of_its_constants(number: str) -> None:
    text = EQUATIONS[number]
    files = re.findall(r"`(policy/[\w/]+\.py)`", text.split("Code: ")[1])
    assert files
    modules = [importlib.import_module("territory." + file.removesuffix(".py").replace("/", ".")) for file in files]
    for name, value in re.findall(r"`([A-Z][A-Z_]+)` = ([\d.]+\d|\d)", text):
        found = [float(getattr(module, name)) for module in modules if hasattr(module, name)]
        assert found, (name, files)
        assert found == [float(value)] * len(found), name


def test_every_name_in_an_equation_is_a_parameter_or_a_setting() -> None:
    known = {item.name for item in fields(Behaviour)} | set(YearRules.model_fields) | set(COMMON_SETTINGS)
    known |= {setting for lever in LEVERS for setting in settings_of(lever)} | set(PolicyRules.model_fields)
    named = set(re.findall(r"`([a-z]\w+)`", section("Equations").split("**(1)")[1]))
    assert sorted(named - known) == []


def test_the_table_of_behaviour_holds_every_parameter_with_its_value() -> None:
    table = rows(section("Parameters of behaviour"))
    assert [row[0].strip("`") for row in table] == [item.name for item in fields(Behaviour)]
    for name, value, studies in table:
        assert float(value) == getattr(Behaviour(), name.strip("`")), name
        assert all((STUDIES / f"{study}.toml").exists() for study in studies.split(", ") if study), name


def read_block(block: str) -> tuple[PolicyRules, YearRules]:
    """A block of the page as the scenario file it would stand in."""
    log = IssueLog()
    settings = read_settings((HEAD + block).encode(), log=log)
    assert not log.issues(), log.issues()
    assert settings is not None
    (rules,) = settings.policy.values()
    return rules, settings.year


@pytest.mark.parametrize("statement", STATEMENTS, ids=NAMES)
def test_a_block_is_a_scenario_file_that_sets_what_its_section_names(statement: Statement) -> None:
    read_block(statement.block)
    (levers,) = tomllib.loads(statement.block)["policy"].values()
    named = {lever for lever, _ in statement.settings}
    assert named & set(levers)
    for lever, body in levers.items():
        assert lever in named, lever
        own = [key for key in body if key not in COMMON_SETTINGS]
        assert {(lever, key) for key in own} <= set(statement.settings), (lever, own)


def year_of(problem: PolicyProblem, rules: PolicyRules, replication: int = 0) -> YearResult:
    return simulate(problem, rules, seed=11, replication=replication)


@pytest.mark.parametrize("statement", STATEMENTS, ids=NAMES)
def test_a_statement_shows_where_its_section_says(statement: Statement) -> None:
    """In a company of 24 with little time to spare, against the same years without the policy."""
    rules, year = read_block(statement.block)
    problem = two_teams(24, year=year, drive_min=np.full(24, 12.0))
    facts: set[str] = set()
    changes: dict[str, list[float]] = {}
    for replication in range(2):
        before, after = year_of(problem, PolicyRules(), replication), year_of(problem, rules, replication)
        facts |= set(after.facts_differing(before))
        for old, new in zip(measures(problem, before), measures(problem, after), strict=True):
            changes.setdefault(old.name, []).append(new.value - old.value)
    seen = statement.quoted("Seen in")
    assert seen
    assert set(seen) <= set(FACTS)
    assert set(seen) <= facts
    for name, direction in re.findall(r"`(\w+)` (rises|falls)", statement.lines.get("One sees", "")):
        sign = 1 if direction == "rises" else -1
        assert sign * float(np.mean(changes[name])) > 0, (name, changes[name])


# What the page says and no other test shows.
CALM: dict[str, Any] = SETTLED | {"abnormal_months": (8,)}


@pytest.mark.parametrize(("part", "weights"), [(0, [1, 0, 0]), (1, [0, 1, 0]), (2, [0, 0, 1])])
def test_a_component_with_all_the_weight_is_the_score(part: int, weights: list[float]) -> None:
    only = {"junior": weights, "mid": weights, "senior": weights}
    year = year_of(two_teams(), policy(component_weights=only, outcome_weight={"normal": 1.0, "abnormal": 1.0}))
    np.testing.assert_allclose(year.plain_score, year.judged[:, :, part])
    assert year.judged[:, :, part].std() > 0


def test_in_an_abnormal_month_the_other_outcome_weight_holds() -> None:
    rules = policy(outcome_weight={"normal": 1.0, "abnormal": 0.0}, supply={"shock_months": [3], "shock_supply": 0.9})
    year = year_of(town_in(**CALM), rules)
    assert np.flatnonzero(year.is_abnormal).tolist() == [2, 7]
    behaviour = year.judged[:, :, JUDGED.index("behaviour")]
    for month in range(12):
        alike = np.allclose(year.plain_score[month], behaviour[month])
        assert alike == bool(year.is_abnormal[month]), month


@pytest.mark.parametrize(
    ("group", "seen"), [("inspection", "management"), ("service_centre", "baseline"), ("head", None), ("peers", None)]
)
def test_each_group_judges_what_the_page_says(group: str, seen: str | None) -> None:
    weights = {"inspection": 0.0, "service_centre": 0.0, "head": 0.0, "peers": 0.0} | {group: 1.0}
    year = year_of(town_in(**SETTLED), policy(evaluators=weights | {"noise": 0.0}))
    behaviour = year.judged[:, :, JUDGED.index("behaviour")]
    assert behaviour.min() > 0
    if seen:
        np.testing.assert_allclose(behaviour, year.judged[:, :, JUDGED.index(seen)])
    else:
        assert all(np.abs(behaviour - year.judged[:, :, part]).max() > 1e-6 for part in range(3))


def test_at_the_ordinary_bias_nobody_courts() -> None:
    problem, court = two_teams(), ACTIVITIES.index("court")
    known = year_of(problem, PolicyRules())
    assert not known.effort[:, :, court].any()
    masked = year_of(problem, policy(evaluators={"masked": 1.0}))
    assert masked.facts_differing(known) == ()
    study = tomllib.loads((STUDIES / "E23.toml").read_text(encoding="utf-8"))["arms"]
    assert year_of(problem, policy(**study["known"])).effort[:, :, court].any()


def test_the_frame_of_a_bonus_moves_money_and_nobody() -> None:
    gain, penalty = (
        year_of(two_teams(), policy(bonus={"share": 0.2, "frame": frame})) for frame in ("gain", "penalty")
    )
    np.testing.assert_array_equal(penalty.effort[0], gain.effort[0])
    assert penalty.pay[0].sum() > gain.pay[0].sum()


def test_the_ordinary_year_gives_smaller_effects_than_free_demand() -> None:
    """docs/semantics.md, small effects: the same commission in both worlds."""
    free = {"demand_elasticity": 1.0, "supply_limited": False}
    gains = []
    for world in ({}, free):
        problem = town_in(turnover_contract=0.0, turnover_formal=0.0, **world)
        before, after = (year_of(problem, policy(**lever)) for lever in ({}, {"commission": {"share": 0.3}}))
        gains.append(float(after.true_sales.sum() / before.true_sales.sum()) - 1)
    assert 0 < 3 * gains[0] < gains[1]


def test_every_study_has_its_row_with_its_targets_and_its_file() -> None:
    table = {row[0]: row for row in rows(SOURCES.split("\n## Studies")[1].split("\n## ")[0])}
    assert list(table) == sorted((path.stem for path in STUDIES.glob("*.toml")), key=lambda name: int(name[1:]))
    for name, row in table.items():
        targets = tomllib.loads((STUDIES / f"{name}.toml").read_text(encoding="utf-8"))["targets"]
        ids = {target["id"] for target in targets if re.fullmatch(r"V\d+", target["id"])}
        assert set(re.findall(r"\bV\d+\b", row[3])) == ids, name


def test_semantics_tells_every_part_of_pay_every_activity_and_no_unknown_fact() -> None:
    year = SEMANTICS.split("\n## Policy year")[1]
    assert [name for name in (*PAY_PARTS, *ACTIVITIES) if f"*{name}*" not in year] == []
    named = set(re.findall(r"`YearResult\.(\w+)`", year))
    assert named
    assert named <= set(FACTS)
