"""Waiting lines against theory, the intervals they give, and how often a stopping rule's interval is right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.harness import rows
from benchmarks.quality.kernel_families import LAWS, STOP_CV, STOP_MEAN, Stopped, covered, series, stopping_case
from benchmarks.quality.queue_runs import (
    EXPONENTIAL,
    FIXED,
    QUEUES,
    TWO_KINDS,
    Interval,
    batch_interval,
    experiment,
    losses,
    waits,
)
from benchmarks.quality.queues import erlang_b, erlang_c, mean_wait_mg1, mean_wait_mmc
from territory.streams import Streams

QUEUE = {queue.name: queue for queue in QUEUES}


@pytest.mark.parametrize(
    ("servers", "load", "lost"), [(1, 1.0, 0.5), (2, 1.0, 0.2), (5, 3.0, 0.110054), (10, 5.0, 0.018385)]
)
def test_erlang_b_is_that_of_the_tables(servers, load, lost):
    assert erlang_b(servers, load) == pytest.approx(lost, abs=5e-7)


def test_erlang_c_is_the_load_for_one_server_and_a_third_for_two_half_busy_ones():
    assert erlang_c(1, 0.7) == pytest.approx(0.7)
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3)
    assert erlang_c(10, 5.0) == pytest.approx(0.036105, abs=5e-7)


def test_waits_of_textbook_queues():
    assert mean_wait_mmc(1, 0.8) == pytest.approx(4.0)
    assert mean_wait_mmc(2, 1.4) == pytest.approx(0.49 / 0.51)  # load^2 / (1 - load^2) with the load per server
    assert mean_wait_mg1(0.8, 1.0) == pytest.approx(4.0)
    assert mean_wait_mg1(0.8, 0.0) == pytest.approx(2.0)


@pytest.mark.parametrize("law", [EXPONENTIAL, FIXED, TWO_KINDS], ids=lambda law: law.name)
def test_service_laws_have_the_moments_they_state(law):
    drawn = law.draw(Streams(1).rng("test"), 400_000)
    assert drawn.mean() == pytest.approx(1.0, abs=0.01)
    assert drawn.var() == pytest.approx(law.cv2, abs=0.03)


def naive_waits(gaps: list[float], service: list[float], servers: int) -> list[float]:
    free, now, found = [0.0] * servers, 0.0, []
    for gap, work in zip(gaps, service, strict=True):
        now += gap
        first = free.index(min(free))
        begins = max(now, free[first])
        found.append(begins - now)
        free[first] = begins + work
    return found


@pytest.mark.parametrize("servers", [1, 3])
def test_the_clock_gives_the_waits_that_a_list_of_free_servers_gives(servers):
    rng = Streams(2).rng("test", servers)
    gaps = (rng.standard_exponential(500) / (0.8 * servers)).tolist()
    service = rng.standard_exponential(500).tolist()
    seen = waits(gaps, service, servers=servers)
    assert 480 < len(seen) <= 500  # the last ones still wait when the run ends
    assert seen == pytest.approx(naive_waits(gaps, service, servers)[: len(seen)], abs=1e-9)
    assert max(seen) > 1


def test_who_finds_all_servers_busy_is_lost():
    assert losses([1.0, 0.1, 0.1, 1.0], [1.0, 1.0, 1.0, 1.0], servers=2) == [False, False, True, False]


def test_an_experiment_is_found_by_seed_queue_and_number():
    queue = replace(QUEUE["mm1_0.5"], customers=500)
    one = experiment(queue, Streams(1), 0)
    assert experiment(queue, Streams(1), 0) == one
    assert len({one, experiment(queue, Streams(2), 0), experiment(queue, Streams(1), 1)}) == 3


def test_batches_without_spread_give_a_point_and_spread_out_ones_an_interval_around_their_mean():
    still = batch_interval(np.full(50, 3.0))
    assert (still.low, still.mean, still.high) == (3.0, 3.0, 3.0)
    wide = batch_interval(np.repeat([1.0, 2.0, 3.0, 4.0, 5.0], 10))
    quantile, deviation = 2.776445, 2.5**0.5
    assert wide.mean == pytest.approx(3.0)
    assert np.log(wide.high / 3.0) == pytest.approx(quantile * deviation / 5**0.5 / 3.0, rel=1e-6)
    assert wide.low * wide.high == pytest.approx(9.0)
    assert batch_interval(np.zeros(50)).high == 0.0


def test_coverage_counts_intervals_and_says_on_which_side_the_others_lie():
    found = [Interval(mean=1.0, low=low, high=low + 2.0) for low in (0.0, 0.5, 3.0, -3.0)]
    outcome = covered(found, 1.0, (0.4, 0.6), {})
    assert (outcome.objective, outcome.status) == (0.5, "pass")
    assert (outcome.measures["too_low"], outcome.measures["too_high"]) == (0.25, 0.25)
    assert covered(found, 1.0, (0.6, 0.7), {}).status == "fail"


def test_queues_are_the_asked_ones_and_theirs_is_the_known_value():
    assert [queue.known for queue in QUEUES if queue.servers == 1] == pytest.approx([1.0, 4.0, 7 / 6, 2.25])
    assert QUEUE["erlang_b_10_0.8"].known == pytest.approx(erlang_b(10, 8.0))
    assert QUEUE["mm3_0.6"].known == pytest.approx(mean_wait_mmc(3, 1.8))


@pytest.mark.parametrize("name", ["mm3_0.6", "md1_0.7", "erlang_b_10_0.8"])
def test_a_line_on_the_clock_comes_to_what_theory_says(name):
    found = [experiment(QUEUE[name], Streams(5), number) for number in range(12)]
    means = np.array([interval.mean for interval in found])
    off = (means.mean() - QUEUE[name].known) / (means.std(ddof=1) / len(means) ** 0.5)
    assert abs(off) < 4
    assert means.mean() == pytest.approx(QUEUE[name].known, rel=0.1)
    assert sum(interval.covers(QUEUE[name].known) for interval in found) >= 8


def test_kernel_writes_a_row_per_queue(tmp_path: Path):
    out = tmp_path / "out.jsonl"
    words = ["kernel", "--experiments", "3", "--instance", "mm1_0.5", "erlang_b_10_0.8", "--json", str(out)]
    assert main(words) == 0
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(row["instance"], row["experiments"]) for row in found] == [("mm1_0.5", 3), ("erlang_b_10_0.8", 3)]
    assert all(row["objective"] in (0.0, pytest.approx(1 / 3), pytest.approx(2 / 3), 1.0) for row in found)
    assert main(["kernel", "--instance", "mm9"]) == 2


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_series_have_the_mean_and_spread_they_state(law):
    drawn = np.concatenate([series(law, Streams(1), number) for number in range(100)])
    assert drawn.mean() == pytest.approx(STOP_MEAN, rel=0.001)
    assert drawn.std() / drawn.mean() == pytest.approx(STOP_CV, rel=0.02)
    skewness = float((((drawn - drawn.mean()) / drawn.std()) ** 3).mean())
    assert skewness == pytest.approx({"normal": 0.0, "skewed": 0.5}[law.name], abs=0.05)


def after(number: int, half_width: float):
    """A rule that stops after so many values, whatever they are."""

    def rule(values: Iterator[float], _share: float) -> Stopped:
        mean = float(np.mean([next(values) for _ in range(number)]))
        return Stopped(interval=Interval(mean=mean, low=mean - half_width, high=mean + half_width), num_values=number)

    return rule


@pytest.mark.parametrize(("half_width", "share", "status"), [(1.9 * 1.959964 / 4, 0.95, "pass"), (0.3, 0.472, "fail")])
def test_coverage_is_that_of_the_rule_given(half_width, share, status):
    case = stopping_case(LAWS[0], 3_000, after(16, half_width))
    (row,) = rows("coverage", [case], seeds=1, seconds=None)
    assert row["objective"] == pytest.approx(share, abs=0.02)
    assert (row["status"], row["mean_values"]) == (status, 16)


def test_coverage_writes_a_row_per_law(tmp_path: Path):
    out = tmp_path / "out.jsonl"
    assert main(["coverage", "--experiments", "20", "--json", str(out)]) == 0
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["instance"] for row in found] == ["normal", "skewed"]
    assert all(10 <= row["fewest_values"] <= row["mean_values"] <= row["most_values"] < 200 for row in found)
