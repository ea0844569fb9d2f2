"""`prepare` writes folders that `io` reads without a complaint, and says what is missing."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from territory.domain.scenario import Scenario
from territory.errors import ConfigError, ScenarioError
from territory.generate import prepare
from territory.generate.cadence import visits_by_rhythm
from territory.generate.recipe import without_source
from territory.generate.workload import leg_minutes
from territory.io import check_folder
from territory.roads.great_circle import GreatCircleTravel
from tests.generate.conftest import CITY, COUNTY
from tests.recipes import small_recipe

SCENARIOS = Path(__file__).parents[2] / "scenarios"
HEAD = 'schema = "territory/scenario@1"\nname = "test"\ncrs = "wgs84"\n'


def recipe(folder: Path, source: dict[str, object], *, head: str = HEAD, tail: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    lines = [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in source.items()]
    (folder / "scenario.toml").write_text(head + "\n[source]\n" + "\n".join(lines) + "\n" + tail, encoding="utf-8")
    return folder


def read(folder: Path) -> Scenario:
    checked = check_folder(folder)
    assert [issue.line() for issue in checked.issues] == []
    assert checked.scenario is not None
    return checked.scenario


def workload(scenario: Scenario) -> np.ndarray:
    outlets = scenario.outlets
    leg = leg_minutes(outlets.lat, outlets.lon, GreatCircleTravel(scenario.travel.rules))  # type: ignore[attr-defined]
    return outlets.visits_per_cycle * (outlets.service_min + scenario.visits.access_min + leg)


def load_share(scenario: Scenario) -> float:
    return float(workload(scenario).sum() / scenario.reps.capacity_min.sum())


def test_county(tmp_path: Path) -> None:
    out = prepare(SCENARIOS / "county", out=tmp_path / "county", data=None)
    assert out == tmp_path / "county"
    scenario = read(out)
    assert len(scenario.outlets) == 1800
    assert len(scenario.reps) == 12
    assert len(scenario.teams) == 2
    assert 90 <= len(scenario.outlets.area.names) <= 120
    assert all(outlet_id.startswith("0") for outlet_id in scenario.outlets.outlet_ids)
    assert load_share(scenario) == pytest.approx(0.75, abs=0.01)
    amount = np.bincount(scenario.outlets.rep_idx, weights=workload(scenario), minlength=12)
    assert amount.max() / amount.mean() > 1.25  # borders make it uneven
    assert amount.min() > 0
    assert (out / "SOURCE.md").exists()


def test_districts_are_whole_today(tmp_path: Path) -> None:
    outlets = read(prepare(SCENARIOS / "county", out=tmp_path / "out", data=None)).outlets
    pairs = np.unique(np.column_stack([outlets.district.codes, outlets.rep_idx]), axis=0)
    assert len(pairs) == len(outlets.district.names)


def test_pooled_team_has_some_reps_with_the_skill(tmp_path: Path) -> None:
    scenario = read(prepare(recipe(tmp_path / "in", CITY), out=tmp_path / "out", data=None))
    pooled = np.flatnonzero(scenario.teams.pooled)
    assert len(pooled) == 1
    inside = scenario.reps.team_idx == pooled[0]
    skilled = np.array(["key_account" in skills for skills in scenario.reps.skills])
    assert inside.sum() == 6
    assert skilled[inside].sum() == 3
    assert skilled[~inside].all()
    needs = np.array([outlets_skill != "" for outlets_skill in scenario.outlets.skill.texts()])
    assert 0 < needs.mean() < 0.15
    assert inside[scenario.outlets.rep_idx[needs]].any()


def test_windows_vary(tmp_path: Path) -> None:
    outlets = read(prepare(SCENARIOS / "county", out=tmp_path / "out", data=None)).outlets
    days_open = outlets.is_open().sum(axis=1)
    assert (days_open == 7).mean() > 0.6
    assert (days_open == 6).any()
    assert (outlets.windows_min[:, 0, 1, 0] >= 0).any()  # two windows: a lunch break


def test_the_same_recipe_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = recipe(tmp_path / "in", COUNTY)
    first, second = (prepare(folder, out=tmp_path / name, data=None) for name in ("one", "two"))
    names = sorted(path.name for path in first.iterdir())
    assert names == ["flows.csv", "outlets.csv", "reps.csv", "scenario.toml", "teams.csv"]
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_other_settings_carry_over(tmp_path: Path) -> None:
    tail = "[split]\nworkload_tolerance = 0.2   # kept\n[visits]\naccess_min = 2.0\n"
    out = prepare(recipe(tmp_path / "in", COUNTY, tail=tail), out=tmp_path / "out", data=None)
    document = tomllib.loads((out / "scenario.toml").read_text(encoding="utf-8"))
    assert document["split"] == {"workload_tolerance": 0.2}
    assert document["visits"] == {"access_min": 2.0}
    assert "source" not in document
    assert load_share(read(out)) == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('a = 1\n[source]\nkind = "x"\n[source.more]\nb = 2\n[split]\nc = 3\n', "a = 1\n[split]\nc = 3\n"),
        ('a = 1\n["source"]\nkind = "x"\n', "a = 1\n"),
        ("[source]\nlist = [\n  [1],\n  [2],\n]\n[[policies]]\nn = 1\n", "[[policies]]\nn = 1\n"),
    ],
)
def test_without_source_takes_out_that_table_alone(text: str, left: str) -> None:
    if "[1]" in text:
        with pytest.raises(ConfigError, match="table of its own"):
            without_source(text)
    else:
        assert without_source(text) == left


def test_inline_source_is_refused() -> None:
    with pytest.raises(ConfigError, match="table of its own") as caught:
        without_source('source = { kind = "generated" }\n')
    assert "[source]" in caught.value.in_("zh")


def test_folders_without_a_recipe_come_back_unchanged(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(HEAD, encoding="utf-8")
    assert prepare(tmp_path, out=tmp_path / "out", data=None) == tmp_path
    (tmp_path / "scenario.toml").write_text("not toml", encoding="utf-8")
    assert prepare(tmp_path, out=tmp_path / "out", data=None) == tmp_path
    (tmp_path / "scenario.toml").unlink()
    assert prepare(tmp_path, out=tmp_path / "out", data=None) == tmp_path
    assert not (tmp_path / "out").exists()


def test_the_recipe_is_not_overwritten(tmp_path: Path) -> None:
    folder = recipe(tmp_path / "in", COUNTY)
    with pytest.raises(ConfigError, match="recipe"):
        prepare(folder, out=folder, data=None)


@pytest.mark.parametrize(
    ("change", "code", "column", "words"),
    [
        ({"num_repz": 3}, "unknown_key", "source.num_repz", "num_reps"),
        ({"num_reps": "many"}, "wrong_value", "source.num_reps", "whole number"),
        ({"target_load": 1.5}, "wrong_value", "source.target_load", "1"),
        ({"kind": "lunar"}, "wrong_value", "source.kind", "iowa_liquor"),
        ({"num_teams": 13}, "wrong_value", "source", "num_reps = 12"),
        ({"num_areas": 900}, "wrong_value", "source", "num_areas = 900"),
        ({"num_towns": 700}, "wrong_value", "source", "num_towns = 700"),
        ({"pooled_teams": 2}, "wrong_value", "source", "pooled_teams"),
    ],
)
def test_wrong_settings_are_refused(
    tmp_path: Path, change: dict[str, object], code: str, column: str, words: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        prepare(recipe(tmp_path / "in", COUNTY | change), out=tmp_path / "out", data=None)
    (issue,) = caught.value.issues
    assert (issue.code, issue.column) == (code, column)
    assert issue.row is not None
    assert words in issue.line("en")
    assert issue.line("zh") != issue.line("en")
    assert not (tmp_path / "out").exists()


def test_every_mistake_at_once(tmp_path: Path) -> None:
    source = {key: value for key, value in COUNTY.items() if key not in ("width_km", "num_towns")} | {"colour": 1}
    with pytest.raises(ScenarioError) as caught:
        prepare(recipe(tmp_path / "in", source), out=tmp_path / "out", data=None)
    assert sorted(issue.code for issue in caught.value.issues) == ["missing_key", "missing_key", "unknown_key"]


def test_kind_must_be_given(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        prepare(recipe(tmp_path / "in", {"seed": 1}), out=tmp_path / "out", data=None)
    assert [issue.column for issue in caught.value.issues] == ["source.kind"]


def test_mistakes_in_other_sections_come_before_the_work(tmp_path: Path) -> None:
    folder = recipe(tmp_path / "in", COUNTY, tail="[visits]\naccess_minutes = 2\n")
    with pytest.raises(ScenarioError, match="access_min"):
        prepare(folder, out=tmp_path / "out", data=None)


def test_more_reps_than_market_areas(tmp_path: Path) -> None:
    source = COUNTY | {"num_reps": 106}
    with pytest.raises(ConfigError, match="lower num_reps"):
        prepare(recipe(tmp_path / "in", source), out=tmp_path / "out", data=None)


IOWA = {"kind": "iowa_liquor", "seed": 1, "num_reps": 4, "num_teams": 2, "target_load": 0.3, "capacity_min": 2400.0}
IOWA_HEAD = HEAD + 'currency = "USD"\n'
PA = {"kind": "pa_tobacco", "seed": 1, "num_reps": 6, "num_teams": 2, "target_load": 0.6, "capacity_min": 1200.0}


def test_iowa_stand_in(tmp_path: Path, iowa_data: Path) -> None:
    out = prepare(recipe(tmp_path / "in", IOWA, head=IOWA_HEAD), out=tmp_path / "out", data=iowa_data)
    scenario = read(out)
    outlets = scenario.outlets
    stores = pd.read_csv(iowa_data / "iowa" / "stores.csv", dtype={"store_id": str}).sort_values("store_id")
    assert list(outlets.outlet_ids) == stores["store_id"].tolist()
    assert outlets.sales_per_week == pytest.approx(stores["dollars"] / 22 / 4.348214, rel=1e-3)
    assert set(outlets.area.names) == set(stores["zip"].dropna().astype(int).astype(str))
    assert outlets.visits_per_cycle[1] == 1  # no rhythm known
    assert set(outlets.visits_per_cycle.tolist()) <= {1, 2, 4}
    pairs = np.unique(np.column_stack([outlets.district.codes, outlets.rep_idx]), axis=0)
    assert len(pairs) == len(outlets.district.names) == 6
    assert load_share(scenario) == pytest.approx(0.3, abs=0.01)
    first = outlets.area.names.index("50000")
    assert scenario.flow.weight[first, first] == pytest.approx(1.0, rel=1e-3)
    assert scenario.flow.level == "area"


def test_iowa_stand_in_from_the_folder_itself(tmp_path: Path, iowa_data: Path) -> None:
    folder = recipe(tmp_path / "in", IOWA | {"flows": "wide"}, head=IOWA_HEAD)
    first = prepare(folder, out=tmp_path / "one", data=iowa_data)
    second = prepare(folder, out=tmp_path / "two", data=iowa_data / "iowa")
    assert (first / "flows.csv").read_bytes() == (second / "flows.csv").read_bytes()


def test_pa_stand_in(tmp_path: Path, pa_data: Path) -> None:
    out = prepare(recipe(tmp_path / "in", PA, head=IOWA_HEAD), out=tmp_path / "out", data=pa_data)
    scenario = read(out)
    outlets = scenario.outlets
    assert len(outlets) == 106  # two licences ran out
    assert {"00005", "00006"}.isdisjoint(outlets.outlet_ids)
    assert "00004" in outlets.outlet_ids
    assert any(name.startswith("Chain ") for name in outlets.names)
    assert any(name.startswith("tobacco vape ") for name in outlets.names)
    reps_of_county = [
        len(np.unique(outlets.rep_idx[outlets.district.codes == code])) for code in range(len(outlets.district.names))
    ]
    assert max(reps_of_county) >= 2  # the large county is divided inside
    assert sorted(reps_of_county)[:5] == [1, 1, 1, 1, 1]
    assert (np.bincount(outlets.rep_idx, minlength=6) > 0).all()
    pairs = np.unique(np.column_stack([outlets.area.codes, outlets.rep_idx]), axis=0)
    assert len(pairs) == len(outlets.area.names)  # ZIP areas stay whole
    assert load_share(scenario) == pytest.approx(0.6, abs=0.01)
    assert scenario.flow.total == pytest.approx(outlets.sales_per_week.sum(), rel=0.01)


@pytest.mark.parametrize("num_reps", [1, 2, 5, 9, 14, 18])
def test_pa_with_few_or_many_reps(tmp_path: Path, pa_data: Path, num_reps: int) -> None:
    source = PA | {"num_reps": num_reps, "num_teams": 1, "capacity_min": 7200.0 / num_reps}
    outlets = read(prepare(recipe(tmp_path / "in", source, head=IOWA_HEAD), out=tmp_path / "out", data=pa_data)).outlets
    assert (np.bincount(outlets.rep_idx, minlength=num_reps) > 0).all()


@pytest.mark.parametrize("name", ["iowa", "pa_tobacco"])
def test_missing_data_are_named_with_their_source(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"--data FOLDER.*county_adjacency.csv.*Source: ") as caught:
        prepare(SCENARIOS / name, out=tmp_path / "out", data=None)
    assert "来源" in caught.value.in_("zh")
    (tmp_path / "data").mkdir()
    with pytest.raises(ConfigError, match=r"lacks .*county_adjacency.csv"):
        prepare(SCENARIOS / name, out=tmp_path / "out", data=tmp_path / "data")


def test_a_table_of_another_shape_is_refused(tmp_path: Path, iowa_data: Path) -> None:
    (iowa_data / "iowa" / "stores.csv").write_text("store_id,name\n1,x\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"stores\.csv is not the expected table"):
        prepare(recipe(tmp_path / "in", IOWA, head=IOWA_HEAD), out=tmp_path / "out", data=iowa_data)


def test_visits_follow_the_rarer_of_rhythm_and_tier() -> None:
    tier = np.array([0, 0, 0, 1, 1, 2, 0])
    gap = np.array([7.0, 14.0, 28.0, 7.0, 28.0, 7.0, np.nan])
    assert visits_by_rhythm(tier, gap).tolist() == [4, 2, 1, 2, 1, 1, 1]


def test_iowa_on_the_real_data(tmp_path: Path, real_data: Path) -> None:
    scenario = read(prepare(SCENARIOS / "iowa", out=tmp_path / "out", data=real_data))
    outlets = scenario.outlets
    assert (len(outlets), len(scenario.reps), len(outlets.area.names)) == (2071, 24, 479)
    assert scenario.flow.between / scenario.flow.total == pytest.approx(0.667, abs=0.002)
    counties = pd.read_csv(real_data / "iowa" / "county_adjacency.csv")
    edges = counties[counties["contact"] == "edge"]
    graph = nx.Graph(list(zip(edges["county_a"], edges["county_b"], strict=True)))
    district = np.array(outlets.district.texts())
    for rep in range(24):
        assert nx.is_connected(graph.subgraph(set(district[outlets.rep_idx == rep].tolist())))
    amount = np.bincount(outlets.rep_idx, weights=workload(scenario), minlength=24)
    assert 3.0 < amount.max() / amount.mean() < 4.0
    assert np.sort(amount)[-2] / amount.mean() < 1.6


def test_pa_on_the_real_data(tmp_path: Path, real_data: Path) -> None:
    scenario = read(prepare(SCENARIOS / "pa_tobacco", out=tmp_path / "out", data=real_data))
    assert (len(scenario.outlets), len(scenario.reps)) == (10_105, 60)
    assert (np.bincount(scenario.outlets.rep_idx, minlength=60) > 0).all()


@pytest.mark.slow
def test_city(tmp_path: Path) -> None:
    scenario = read(prepare(SCENARIOS / "city", out=tmp_path / "out", data=None))
    assert (len(scenario.outlets), len(scenario.reps), len(scenario.teams)) == (40_000, 244, 30)
    assert len(scenario.outlets.area.names) == 2500
    assert load_share(scenario) == pytest.approx(0.76, abs=0.01)
    shutil.rmtree(tmp_path / "out")


def test_what_no_recipe_makes_is_taken_along(tmp_path: Path) -> None:
    """Targets and the sheet's rules beside a recipe hold for the tables it makes."""
    own = small_recipe(tmp_path / "recipe")
    (own / "targets.csv").write_text("month,rep_id,target\n2026-12,R001,5000\n", encoding="utf-8")
    (own / "sheet_rules.toml").write_text('order = ["falling"]\n', encoding="utf-8")
    scenario = read(prepare(own, out=tmp_path / "made", data=None))
    assert [target.target for target in scenario.targets] == [5000.0]
    assert scenario.sheet_rules.order == ("falling",)
