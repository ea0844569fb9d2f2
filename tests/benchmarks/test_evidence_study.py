"""Study files: what they may say, and everything that is wrong with them at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.contract import BenchmarkError
from benchmarks.quality.evidence_families import STUDIES
from benchmarks.quality.evidence_population import Population
from benchmarks.quality.evidence_study import read_folder
from territory.domain.policy_rules import YearRules
from territory.policy import Behaviour

STUDY = """
id = "S1"
title = "A small study"
source = "nobody"
design = "Two arms."
replications = 3

[population]
slots = 8
teams = 2

[year]
horizon_months = 3

[arms.plain]

[arms.paid]
commission = { share = 0.3 }

[[targets]]
id = "V90"
statistic = "relative_change"
arm = "paid"
against = "plain"
months = "2-3"
low = -0.5
high = 0.5
"""


def folder_with(tmp_path: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def faults(tmp_path: Path, **texts: str) -> list[str]:
    with pytest.raises(BenchmarkError) as error:
        read_folder(folder_with(tmp_path, **texts))
    return [line.strip() for line in str(error.value).splitlines()[1:]]


def test_the_kept_studies_hold_each_of_the_31_targets_once():
    studies = read_folder(STUDIES)
    assert [study.id for study in studies] == [f"E{number}" for number in range(1, 30)]
    ids = [target for study in studies for target in study.target_ids]
    assert sorted(found for found in ids if found.startswith("V")) == sorted(f"V{number}" for number in range(1, 32))
    assert len(set(ids)) == len(ids)


def test_every_kept_band_says_why():
    for study in read_folder(STUDIES):
        assert study.source
        assert study.design
        assert all(target.keys.reason and target.keys.says for target in study.targets), study.id


def test_all_kept_studies_share_one_set_of_behaviour():
    for study in read_folder(STUDIES):
        for arm in study.arms:
            assert study.problem(arm).behaviour == Behaviour()


def test_arms_have_the_same_people_unless_they_say_otherwise(tmp_path):
    changed = STUDY.replace("[arms.paid]\n", "[arms.paid]\npopulation = { workday_min = 240 }\n")
    (study,) = read_folder(folder_with(tmp_path, S1=changed))
    plain, paid = study.problem("plain"), study.problem("paid")
    assert np.array_equal(plain.ability, paid.ability)
    assert (plain.workday_min.max(), paid.workday_min.max()) == (480.0, 240.0)


def test_everything_wrong_is_said_at_once_with_the_nearest_known_word(tmp_path):
    broken = (
        STUDY.replace("slots = 8", "slotz = 8")
        .replace("horizon_months = 3", "horizon_month = 3")
        .replace("share = 0.3", "shere = 0.3")
        .replace('against = "plain"', 'against = "plane"')
        + '\n[[targets]]\nid = "V91"\nstatistic = "relativ_change"\nlow = 0.0\n'
    )
    other = (
        STUDY.replace('id = "S1"', 'id = "S2"').replace("low = -0.5", "low = 0.9").replace("[arms.paid]", "[arm.paid]")
    )
    found = faults(tmp_path, S1=broken, S2=other)
    for said in (
        "S1.toml [population] slotz: unknown key; did you mean 'slots'?",
        "S1.toml [year] horizon_month: unknown key; did you mean 'horizon_months'?",
        "S1.toml [arms.paid] commission.shere: unknown key; did you mean 'share'?",
        "S1.toml [[targets]] V90: there is no arm 'plane'; did you mean 'plain'?",
        "S1.toml [[targets]] V91 statistic: there is no 'relativ_change'; did you mean 'relative_change'?",
        "S2.toml arm: unknown key; did you mean 'arms'?",
    ):
        assert said in found, found


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('months = "2-3"', 'months = "2-4"', "month 4 lies after the horizon of paid (3 months), plain (3 months)"),
        ("low = -0.5", "low = 0.9", "low 0.9 is not below high 0.5"),
        ("low = -0.5\nhigh = 0.5\n", "", "a band needs `low`, `high` or both"),
        ('arm = "paid"', 'arm = "paid"\nfact = "true_sale"', "did you mean 'true_sales'?"),
        ("teams = 2", "teams = 9", "9 teams for 8 positions"),
        ("teams = 2", "grades = [0.5, 0.5, 0.5]", "the shares of grades add up to 1.5"),
        (
            "horizon_months = 3",
            "horizon_months = 3\npeer_effort = 0.4",
            "is behaviour, which is the same in all studies",
        ),
        (
            "[arms.plain]",
            "[behaviour]\npeer_effort = 0.4\n[arms.plain]",
            "is behaviour, which is the same in all studies",
        ),
        ("share = 0.3", 'share = 0.3, teams = ["T01", "T3"]', "there is no team T3"),
        ('title = "A small study"\n', "", "title: is missing"),
        ("low = -0.5", 'low = -0.5\ngroup = { teams = ["T7"] }', "group.teams: there is no team T7"),
        ("replications = 3", "replications = 1", "greater than or equal to 2"),
        ("[arms.paid]\n", "[arms.paid]\nyear = { horizon = 3 }\n", "[arms.paid.year] horizon: unknown key"),
        ('id = "S1"', 'id = "S1', "cannot be read"),
    ],
)
def test_a_fault_is_named_where_it_stands(tmp_path, before, after, said):
    assert before in STUDY
    found = faults(tmp_path, S1=STUDY.replace(before, after))
    assert len(found) == 1, found
    assert said in found[0]
    assert found[0].startswith("S1.toml")


def test_parts_of_a_target_have_names_and_studies_have_ids_of_their_own(tmp_path):
    target = STUDY[STUDY.index("[[targets]]") :]
    assert "name their parts" in faults(tmp_path, S1=STUDY + target)[0]
    assert "2 studies have the id S1" in faults(tmp_path, S1=STUDY, S2=STUDY)[0]


def test_a_folder_without_studies_is_refused(tmp_path):
    with pytest.raises(BenchmarkError, match="there is no study file"):
        read_folder(tmp_path)


def test_people_are_quantiles_in_an_order_of_the_seed():
    first, again, other = (Population(slots=40).problem(YearRules(), seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.ability, again.ability)
    assert not np.array_equal(first.ability, other.ability)
    assert np.allclose(np.sort(first.ability), np.sort(other.ability))
    assert np.log(first.ability).std() == pytest.approx(Behaviour().ability_sd, rel=0.05)
    assert np.bincount(first.grade).tolist() == [12, 24, 4]


def test_newcomers_are_on_their_first_day_and_the_others_are_not():
    people = Population(slots=40, newcomers=0.25, tenure_months=(12.0, 60.0)).problem(YearRules(), seed=1)
    served = np.sort(people.tenure_months)
    assert (served[:10] == 0).all()
    assert 12.0 < served[10] < 14.0
    assert 58.0 < served[-1] < 60.0


def test_territories_form_a_ring():
    flow = Population(slots=6, teams=2, cross_flow=0.1).problem(YearRules(), seed=1).cross_flow
    assert np.allclose(flow.sum(axis=1), 0.2)
    assert flow[0, 5] == flow[5, 0] == flow[2, 3] == 0.1
