"""Selecting a policy with a guarantee, run by run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from territory.compute import Journal
from territory.errors import ConfigError
from territory.lab import Selection, compare, select_best
from tests.lab.fakes import FakePolicy, company

POLICIES = {
    "now": FakePolicy(),
    "little": FakePolicy(gain=0.01, own_noise=0.05),
    "much": FakePolicy(gain=0.05, own_noise=0.05),
    "dear": FakePolicy(gain=0.03, cost_per_month=900.0),
}
TOWN = company()

pytestmark = pytest.mark.usefixtures("fake_engine")


def run(policies: dict[str, FakePolicy] = POLICIES, **settings: Any) -> Selection:
    return select_best(TOWN, policies, **({"seed": 3, "indifference_share": 0.005} | settings))  # type: ignore[arg-type]


def test_the_best_policy_is_left_and_the_others_drop_out() -> None:
    found = run()
    assert (found.status, found.policy, found.survivors) == ("selected", "much", ("much",))
    assert {out.policy for out in found.eliminated} == {"now", "little", "dear"}
    assert all(found.used[out.policy] == out.replications for out in found.eliminated)
    assert found.used["much"] == found.replications
    assert found.means["much"] == max(found.means.values())
    assert found.said.en.startswith("much selected after")
    assert "much" in found.said.zh


def test_the_order_of_policies_does_not_matter_not_even_for_ties() -> None:
    policies = POLICIES | {"as much": POLICIES["much"]}
    straight = run(policies)
    turned = run(dict(reversed(policies.items())))
    assert straight == turned
    assert straight.policy == "as much"


def test_the_least_is_best_where_less_is_better() -> None:
    found = run(measure="programme_cost")
    assert found.eliminated[0].policy == "dear"
    assert found.means["dear"] > found.means["now"] > 0


def test_the_indifference_is_a_share_of_the_measure() -> None:
    one, other = (run(indifference_share=share).indifference for share in (0.005, 0.01))
    assert other == pytest.approx(2 * one)
    opening = compare(TOWN, POLICIES, replications=10, seed=3).of_measure("profit")  # type: ignore[arg-type]
    assert one == pytest.approx(0.005 * opening.mean())


def test_it_says_when_it_is_undecided() -> None:
    found = run({name: POLICIES[name] for name in ("now", "little")}, indifference_share=1e-6, most=10)
    assert (found.status, found.policy, found.replications) == ("undecided", None, 10)
    assert set(found.survivors) == {"now", "little"}
    assert found.said.en.startswith("undecided after 10 replications between")


def test_it_shares_the_journal_with_comparisons(tmp_path: Path) -> None:
    compare(TOWN, POLICIES, replications=10, seed=3, journal=Journal(tmp_path))  # type: ignore[arg-type]
    before = len(list(tmp_path.iterdir()))
    run(journal=Journal(tmp_path), most=10)
    assert len(list(tmp_path.iterdir())) == before


@pytest.mark.parametrize(
    ("policies", "settings", "message"),
    [
        ({"a": FakePolicy()}, {}, "at least two policies"),
        (POLICIES, {"first": 9}, "at least 10 replications first"),
        (POLICIES, {"most": 9}, "no fewer in all"),
        (POLICIES, {"measure": "happiness"}, "no measure 'happiness'"),
        (POLICIES, {"measure": "payroll"}, "no measure 'payroll' to be best on"),
    ],
)
def test_impossible_selections_are_refused(
    policies: dict[str, FakePolicy], settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        run(policies, **settings)
