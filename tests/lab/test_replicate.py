"""Replications of arms: shared draws, journal, workers, order."""

from __future__ import annotations

import concurrent.futures as futures
import pickle
from pathlib import Path

import numpy as np
import pytest

from territory.compute import Journal, local_executor
from territory.effort import CancelToken
from territory.errors import CancelledError
from territory.lab import replicate
from territory.lab.replicate import Arm, Experiment
from territory.lab.years import years
from tests.lab.fakes import Company, FakeDraws, FakePolicy, company, plain_trial

GAINS = (0.0, 0.1, 0.3)
TOWN = company()


def arms(*gains: float, town: Company = TOWN) -> tuple[Arm, ...]:
    return tuple(Arm(problem=town, policy=FakePolicy(gain=gain)) for gain in gains)  # type: ignore[arg-type]


def experiment(of: tuple[Arm, ...], **settings: object) -> Experiment:
    return Experiment(**({"arms": of, "trial": plain_trial, "seed": 5, "most": 10} | settings))  # type: ignore[arg-type]


class Counting:
    """A trial that remembers what it was asked to run."""

    def __init__(self) -> None:
        self.__qualname__ = "Counting"
        self.ran: list[tuple[int, tuple[float, ...]]] = []

    def __call__(self, arms: list[Arm], seed: int, replication: int) -> list[dict[str, np.ndarray]]:
        self.ran.append((replication, tuple(arm.policy.gain for arm in arms)))  # type: ignore[attr-defined]
        return plain_trial(arms, seed, replication)


def test_observations_stand_by_replication_and_arm() -> None:
    found = experiment(arms(*GAINS)).run(range(4))
    assert found["values"].shape == (4, 3, 3)
    assert found["one"][:, :, 0].tolist() == [list(GAINS)] * 4
    one = experiment(arms(*GAINS)).run(range(2, 3), [1])
    assert np.array_equal(one["values"][0, 0], found["values"][2, 1])


def test_neither_order_nor_company_nor_cutting_changes_an_arm() -> None:
    whole = experiment(arms(*GAINS)).run(range(6))["values"]
    turned = experiment(arms(*GAINS[::-1])).run(range(6))["values"]
    assert np.array_equal(whole, turned[:, ::-1])
    pieces = [experiment(arms(*GAINS)).run(part)["values"] for part in (range(2), range(2, 3), range(3, 6))]
    assert np.array_equal(whole, np.concatenate(pieces))
    assert np.array_equal(whole[:, [1]], experiment(arms(GAINS[1])).run(range(6))["values"])


def test_threads_give_the_same_answer() -> None:
    with futures.ThreadPoolExecutor(3) as executor:
        found = experiment(arms(*GAINS), executor=executor).run(range(6))
    assert np.array_equal(found["values"], experiment(arms(*GAINS)).run(range(6))["values"])


@pytest.mark.slow
def test_processes_give_the_same_answer() -> None:
    with local_executor(2) as executor:
        found = experiment(arms(*GAINS), executor=executor).run(range(6))
    assert np.array_equal(found["values"], experiment(arms(*GAINS)).run(range(6))["values"])


def test_arms_that_join_later_are_run_and_the_others_are_not(tmp_path: Path) -> None:
    trial = Counting()
    first = experiment(arms(0.0, 0.1), trial=trial, journal=Journal(tmp_path)).run(range(3))
    assert trial.ran == [(number, (0.0, 0.1)) for number in range(3)]
    more = experiment(arms(0.3, 0.1, 0.0), trial=trial, journal=Journal(tmp_path)).run(range(4))
    assert trial.ran[3:] == [(0, (0.3,)), (1, (0.3,)), (2, (0.3,)), (3, (0.3, 0.1, 0.0))]
    assert np.array_equal(more["values"][:3, [2, 1]], first["values"])
    assert np.array_equal(more["values"], experiment(arms(0.3, 0.1, 0.0)).run(range(4))["values"])


def test_a_run_that_was_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    cancel = CancelToken()

    class CancelAfterTwo(Recording):
        def stepped(self, stage: str, done: int, total: int) -> None:
            if done == 2:
                cancel.cancel()

    with pytest.raises(CancelledError):
        experiment(arms(*GAINS), journal=Journal(tmp_path), progress=CancelAfterTwo(), cancel=cancel).run(range(5))
    assert len(list(tmp_path.iterdir())) == 2 * len(GAINS)
    trial = Counting()
    found = experiment(arms(*GAINS), trial=plain_trial, journal=Journal(tmp_path)).run(range(5))
    assert np.array_equal(found["values"], experiment(arms(*GAINS), trial=trial).run(range(5))["values"])


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 6},
        {"arms": arms(0.0, 0.2)},
        {"arms": arms(0.0, 0.1, town=company(8))},
        {"trial": Counting()},
    ],
    ids=["seed", "policy", "company", "trial"],
)
def test_a_journal_is_not_used_for_anything_else(changed: dict[str, object], tmp_path: Path) -> None:
    one = experiment(arms(0.0, 0.1))
    other = experiment(**({"of": arms(0.0, 0.1)} | {("of" if k == "arms" else k): v for k, v in changed.items()}))  # type: ignore[arg-type]
    assert one._keys[1] != other._keys[1]


def test_another_sentence_about_a_policy_is_no_other_policy() -> None:
    one, other = (experiment((Arm(problem=TOWN, policy=FakePolicy(why=why)),)) for why in ("a", "b"))  # type: ignore[arg-type]
    assert one.digest() == other.digest()


def test_arms_that_are_alike_are_run_once() -> None:
    trial = Counting()
    found = experiment(arms(0.1, 0.1, 0.0), trial=trial).run(range(2))["values"]
    assert trial.ran == [(0, (0.1, 0.0)), (1, (0.1, 0.0))]
    assert np.array_equal(found[:, 0], found[:, 1])


def test_companies_are_run_apart_and_stand_together() -> None:
    other = company(8)
    trial = Counting()
    mixed = (*arms(0.0, 0.1), *arms(0.0, 0.3, town=other))
    found = experiment(mixed, trial=trial).run(range(1))
    assert trial.ran == [(0, (0.0, 0.1)), (0, (0.0, 0.3))]
    assert found["one"][0, :, 0].tolist() == [0.0, 0.1, 0.0, 0.3]


def test_a_replication_draws_once_for_all_its_policies(fake_engine: type[FakeDraws]) -> None:
    experiment(arms(*GAINS), trial=years).run(range(4))
    assert fake_engine.made == 4


def test_tasks_are_small_when_flows_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []

    def weigh(work: object, tasks: list[object], **_: object) -> list[object]:
        sent.extend(len(pickle.dumps(task)) for task in tasks)
        return [plain_trial(list(arms(0.0)), 5, 0) for _ in tasks]

    large = company(244, ability=np.zeros((244, 244)))
    assert len(pickle.dumps(large)) > 400_000
    monkeypatch.setattr(replicate, "run_all", weigh)
    experiment(arms(0.0, town=large)).run(range(2))
    assert max(sent) < 20_000


def test_a_worker_unpacks_a_problem_once() -> None:
    packed = replicate._packed(TOWN)
    assert replicate._unpacked(packed) is replicate._unpacked(bytes(bytearray(packed)))


class Recording:
    """Remembers the steps it was told."""

    def __init__(self) -> None:
        self.events: list[tuple[object, ...]] = []

    def started(self, stage: str, total: int) -> None:
        self.events.append(("started", total))

    def stepped(self, stage: str, done: int, total: int) -> None:
        self.events.append(("stepped", done, total))

    def incumbent(self, stage: str, objective: float, bound: float | None) -> None: ...

    def ended(self, stage: str, note: object) -> None: ...


def test_progress_counts_replications_over_all_batches() -> None:
    seen = Recording()
    run = experiment((*arms(0.0), *arms(0.0, town=company(8))), progress=seen, most=4)
    run.run(range(2))
    run.run(range(2, 4))
    assert [event for event in seen.events if event[0] == "started"] == [("started", 4)]
    steps = [event[1] for event in seen.events if event[0] == "stepped"]
    assert steps == sorted(steps)
    assert seen.events[-1] == ("stepped", 4, 4)
