"""The shared vocabulary: rounding, clocks, streams, effort, journals, errors in two languages."""

from __future__ import annotations

import concurrent.futures as futures
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory.compute import Journal, run_all, write_bytes_atomically
from territory.domain.columns import Labels, frozen
from territory.effort import CancelToken, Effort, Meter
from territory.errors import CancelledError, ExitCode, InfeasibleError, Issue, ScenarioError, VerificationError
from territory.language import Text
from territory.measure import Measure
from territory.standing import Term, digest, gap_of
from territory.streams import Streams
from territory.units import format_clock, great_circle_km, parse_clock, round_half_up, seconds
from territory.verify import CheckReport, Violation, require_agreement


@given(st.integers(0, 23 * 60 + 59))
def test_a_clock_time_survives_writing_and_reading(minutes: int) -> None:
    assert parse_clock(format_clock(minutes)) == minutes


@pytest.mark.parametrize("text", ["25:00", "8", "08:60", "noon", "24:01", ""])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="time"):
        parse_clock(text)


def test_halves_round_up() -> None:
    assert round_half_up(np.array([0.5, 1.5, -0.5, 2.4999])).tolist() == [1, 2, 0, 2]
    assert seconds(np.array([0.125])).tolist() == [8]


def test_a_degree_of_latitude_is_111_km() -> None:
    assert great_circle_km(np.array(30.0), np.array(100.0), np.array(31.0), np.array(100.0)) == pytest.approx(111.195)


def test_draws_depend_on_their_address_alone() -> None:
    streams = Streams(7)
    first = streams.rng("sales", "R1", 3).random(4)
    streams.rng("other").random(100)
    assert (Streams(7).rng("sales", "R1", 3).random(4) == first).all()
    assert (streams.rng("sales", "R1", 4).random(4) != first).any()
    assert (streams.rng("sales", "R", "13").random(4) != streams.rng("sales", "R1", "3").random(4)).any()


def test_effort_is_iterations_or_seconds() -> None:
    with pytest.raises(ValueError, match="one of them"):
        Effort(iterations=1, seconds=1.0)
    with pytest.raises(ValueError, match="one of them"):
        Effort()
    with pytest.raises(ValueError, match="negative"):
        Effort(seconds=-1.0)
    meter = Meter(Effort(iterations=2))
    assert not meter.is_spent
    meter.iterations = 2
    assert meter.is_spent
    assert meter.share_spent() == 1.0
    assert Effort(iterations=3).is_deterministic
    assert not Effort(seconds=1.0).is_deterministic


def test_a_journal_gives_back_what_it_was_given_and_forgives_damage(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.read("k") is None
    journal.write("k", {"a": np.arange(3), "b": np.array([1.5])})
    found = journal.read("k")
    assert found is not None
    assert found["a"].tolist() == [0, 1, 2]
    (tmp_path / "k.npz").write_bytes(b"PK broken")
    assert journal.read("k") is None


def test_a_file_is_whole_or_old(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.txt"
    write_bytes_atomically(path, b"one")
    write_bytes_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]


def test_results_keep_the_order_of_tasks_whatever_runs_first() -> None:
    with futures.ThreadPoolExecutor(3) as pool:
        found = run_all(lambda n: n * n, [3, 1, 2], stage="s", executor=pool, size=lambda n: n)
    assert found == [9, 1, 4]


def test_stored_parts_are_not_computed_again() -> None:
    store = {2: 4}
    computed: list[int] = []

    def square(n: int) -> int:
        computed.append(n)
        return n * n

    found = run_all(square, [1, 2, 3], stage="s", stored=store.get, store=store.__setitem__)
    assert found == [1, 4, 9]
    assert computed == [1, 3]
    assert store == {1: 1, 2: 4, 3: 9}


@pytest.mark.parametrize("threads", [0, 2])
def test_a_cancel_keeps_what_has_ended(threads: int) -> None:
    token = CancelToken()
    kept: dict[int, int] = {}

    def work(n: int) -> int:
        token.cancel()
        return n

    pool = futures.ThreadPoolExecutor(threads) if threads else None
    with pytest.raises(CancelledError):
        run_all(work, list(range(50)), stage="s", executor=pool, cancel=token, store=kept.__setitem__)
    if pool is not None:
        pool.shutdown()
    assert len(kept) < 50


def test_errors_speak_both_languages_and_carry_their_exit_code() -> None:
    issue = Issue(
        code="bad",
        file="outlets.csv",
        row=3,
        column="lat",
        value="x",
        problem=Text("no", "不"),
        remedy=Text("fix", "改"),
    )
    error = ScenarioError([issue])
    assert error.in_("en") == "outlets.csv row 3 lat = 'x': no. fix [bad]"
    assert error.in_("zh") == "outlets.csv 第 3 行 lat = 'x': 不。改 [bad]"
    assert error.exit_code is ExitCode.INVALID_INPUT
    assert InfeasibleError(Text("a", "b")).in_("zh") == "b"


def test_disagreement_with_the_checker_is_an_error() -> None:
    term = Term(name="t", amount=1.0, unit="u", points=5.0)
    fine = CheckReport(violations=(), terms=(term,))
    require_agreement(fine, claimed=5.0)
    with pytest.raises(VerificationError, match="claims"):
        require_agreement(fine, claimed=4.0)
    broken = CheckReport(violations=(Violation(rule="r", subject="s", amount=2.0, unit="min"),), terms=(term,))
    with pytest.raises(VerificationError, match="r: s by 2 min"):
        require_agreement(broken, claimed=5.0)


def test_gaps_are_never_negative() -> None:
    assert gap_of(objective=10.0, bound=8.0, maximise=False) == pytest.approx(0.2)
    assert gap_of(objective=10.0, bound=11.0, maximise=False) == 0.0
    assert gap_of(objective=0.0, bound=0.0, maximise=True) == 0.0


def test_hashes_see_where_one_part_ends() -> None:
    assert digest(b"ab", b"c") != digest(b"a", b"bc")


def test_a_measure_is_shown_with_sensible_digits() -> None:
    def shown(value: float, unit: str) -> str:
        return Measure(name="m", value=value, unit=unit, direction="up", label=Text("m", "m")).shown()

    assert [shown(99.952, "%"), shown(100.0, "%")] == ["99.95 %", "100.0 %"]
    assert [shown(12.34, "%"), shown(6.0, ""), shown(1234.5, "min"), shown(0.256, "x")] == [
        "12.3 %",
        "6",
        "1,234 min",
        "0.26 x",
    ]


def test_columns_can_not_be_written_to() -> None:
    column = frozen([1.0, 2.0], np.float64)
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 9.0
    labels = Labels.of(["b", "", "a", "b"])
    assert labels.names == ("a", "b")
    assert labels.codes.tolist() == [1, -1, 0, 1]
    assert labels.texts() == ["b", "", "a", "b"]
    with pytest.raises(ValueError, match="outside"):
        Labels(codes=np.array([2]), names=("a",))
