"""Bars: what rows must reach, and what the summary says of several seeds."""

import io

import pytest
from rich.console import Console

from benchmarks import bars, table
from benchmarks.bars import Bar, all_bars, judged


def bar(**columns) -> Bar:
    base = {
        "id": "T",
        "family": "fam",
        "instance": "one",
        "parts": 8,
        "tolerance": 0.03,
        "statistic": "worst",
        "measure": "objective",
        "is_higher_better": False,
        "bar": 10.0,
        "aim": 8.0,
    }
    return Bar(**(base | columns))


def row(objective, **columns) -> dict[str, object]:
    base = {
        "family": "fam",
        "instance": "one",
        "seed": 1,
        "parts": 8,
        "tolerance": 0.03,
        "objective": objective,
        "reference": None,
        "gap": None,
        "sense": "min",
        "unit": "borders",
    }
    return base | columns


@pytest.mark.parametrize(("value", "verdict"), [(8.0, "aim"), (8.1, "bar"), (10.0, "bar"), (10.1, "missed")])
def test_lower_is_better(value, verdict):
    assert bar().verdict(value) == verdict


@pytest.mark.parametrize(("value", "verdict"), [(0.98, "aim"), (0.975, "bar"), (0.97, "bar"), (0.969, "missed")])
def test_higher_is_better(value, verdict):
    assert bar(is_higher_better=True, bar=0.97, aim=0.98).verdict(value) == verdict


def test_worst_and_mean_are_over_the_seeds_of_a_case():
    rows = [row(7.0), row(11.0)]
    (worst,) = judged(rows, [bar()])
    (mean,) = judged(rows, [bar(statistic="mean")])
    assert (worst.value, worst.verdict, worst.runs) == (11.0, "missed", 2)
    assert (mean.value, mean.verdict) == (9.0, "bar")


def test_the_median_is_over_cases_each_by_its_worst_seed():
    rows = [row(5.0, parts=2), row(9.0, parts=2), row(1.0, parts=3), row(20.0, parts=4)]
    (found,) = judged(rows, [bar(statistic="median", parts=None)])
    assert (found.value, found.verdict, found.about) == (9.0, "bar", "3 cases")


def test_a_run_without_a_plan_misses_its_bar():
    (found,) = judged([row(7.0), row(None)], [bar()])
    assert (found.value, found.verdict) == (None, "missed")
    (median,) = judged([row(7.0), row(None, parts=9)], [bar(statistic="median", parts=None)])
    assert median.value is None


def test_means_and_percentiles_are_over_cases():
    rows = [row(5.0, parts=2), row(9.0, parts=2), row(1.0, parts=3), row(20.0, parts=4)]

    def value(statistic, given=rows):
        (found,) = judged(given, [bar(statistic=statistic, parts=None)])
        assert found.runs == len(given)
        return found.value

    assert value("mean of cases") == pytest.approx((7.0 + 1.0 + 20.0) / 3)
    assert value("worst of cases") == 20.0
    assert value("p95 of cases") == pytest.approx(9.0 + 0.9 * (20.0 - 9.0))
    assert value("mean of cases", [*rows, row(None, parts=9)]) is None
    assert value("p95 of cases", [*rows, row(None, parts=9)]) is None


def test_shares_are_of_all_runs_with_a_plan_that_keeps_the_rules_and_reaches_the_reference():
    fine = row(7.0, reference=7.0, gap=0.0, violations=0, customers=40)
    near = row(7.1, reference=7.0, gap=0.014, violations=0, customers=40)
    broken = row(7.0, reference=7.0, gap=0.0, violations=1, customers=40)
    lost = row(None, reference=7.0, violations=0, customers=61)
    share = {"is_higher_better": True, "bar": 0.5, "aim": 1.0}

    def value(**changes):
        (found,) = judged([fine, near, broken, lost], [bar(**share, **changes)])
        return found.value

    assert value(statistic="share solved") == 0.5
    assert value(statistic="share at best", measure="gap") == 0.25
    assert value(statistic="share at best", measure="gap", most_customers=60) == pytest.approx(1 / 3)


def test_a_bar_may_be_about_a_budget_and_a_kind_of_instance():
    rows = [row(7.0, instance="R2_1", budget_s=30.0), row(7.0, instance="R1_1", budget_s=10.0)]
    assert [found.about for found in judged(rows, [bar(instance="R2_*")])] == ["R2_1 / 8"]
    assert [found.about for found in judged(rows, [bar(instance="*", budget_s=10.0)])] == ["R1_1 / 8"]


@pytest.mark.parametrize("other", [{"parts": 9}, {"tolerance": 0.05}, {"instance": "two"}, {"family": "other"}])
def test_rows_of_something_else_are_not_judged(other):
    assert judged([row(7.0, **other)], [bar()]) == []


def test_gaps_are_judged_only_where_there_is_a_reference():
    rows = [row(7.0, instance="a"), row(7.0, instance="b", reference=7.0, gap=0.0)]
    (found,) = judged(rows, [bar(instance="*", measure="gap", bar=0.05, aim=0.0)])
    assert (found.about, found.verdict) == ("b / 8", "aim")


def test_every_bar_in_the_file_has_an_aim_at_least_as_good_and_a_known_family():
    from benchmarks.registry import FAMILIES

    found = all_bars()
    ids = {each.id for each in found}
    assert {"S2", "S3", "S4", "S5", "S6", "S8", "R1", "R2", "R3", "R4", "R5", "R6", "R8"} <= ids
    for each in found:
        assert each.verdict(each.aim) == "aim"
        assert each.verdict(each.bar) in ("aim", "bar")
        assert each.family in {entry.name for entry in FAMILIES}


def test_the_tables_show_worst_median_and_mean_and_what_was_reached(monkeypatch):
    monkeypatch.setattr(bars, "all_bars", lambda: (bar(),))
    rows = [row(7.0), row(12.0), row(8.0)]
    out = io.StringIO()
    screen = Console(file=out, width=200)
    screen.print(table.cases_table(rows))
    screen.print(table.bars_table(rows))
    cases, missed = (
        next(line for line in out.getvalue().splitlines() if word in line) for word in ("3 of 3", "missed")
    )
    assert [cell.strip() for cell in cases.split("│")[3:8]] == ["3 of 3", "12", "8", "9", "7"]
    assert "worst objective" in missed
    assert table.bars_table([row(7.0, family="other")]) is None
