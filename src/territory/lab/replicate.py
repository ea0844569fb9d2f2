"""Replicate: arms of an experiment, replication by replication, side by side and journalled.

One task is one replication of all arms that share a problem, so that they share its draws. The journal keeps every
arm's replication by itself: arms can be added to an experiment later, and only they are run.
"""

from __future__ import annotations

import concurrent.futures as futures
import pickle
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import cast

import numpy as np

from territory.compute import Journal, run_all
from territory.domain.policy_rules import PolicyRules
from territory.effort import CancelToken
from territory.policy import PolicyProblem
from territory.progress import SILENT, Note, Progress
from territory.standing import digest, package_versions
from territory.units import FloatArray

STAGE = "policy"
Observed = Mapping[str, FloatArray]


@dataclass(frozen=True, kw_only=True, eq=False)
class Arm:
    """What is compared: a policy in a company, with the split and the routes that company has."""

    problem: PolicyProblem
    policy: PolicyRules


Trial = Callable[[Sequence[Arm], int, int], Sequence[Observed]]
"""One replication: what was observed of each arm, for arms of one problem, a seed and the replication's number.

A module-level function, pure; the shapes it returns depend on the problem alone.
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Experiment:
    """
    Arms that are run in the same replications.

    Attributes
    ----------
    trial
        What one replication is and what is kept of it.
    most
        Replications expected at most, for the progress bar.
    """

    arms: tuple[Arm, ...]
    trial: Trial
    seed: int
    most: int
    executor: futures.Executor | None = None
    journal: Journal | None = None
    progress: Progress = SILENT
    cancel: CancelToken | None = None

    def run(self, replications: range, arms: Sequence[int] | None = None) -> dict[str, FloatArray]:
        """
        What was observed, by name, shape (replications, arms, ...).

        Parameters
        ----------
        arms
            Positions of the arms that are run; absent: all.

        Raises
        ------
        CancelledError
            When cancelled; finished replications are in the journal.
        """
        wanted = tuple(range(len(self.arms))) if arms is None else tuple(arms)
        known: dict[tuple[str, int], Observed] = {}
        tasks: list[_Task] = []
        for number in replications:
            for group in self._by_problem(wanted):
                known |= self._journalled(group, number)
                missing = [key for key in group if (key, number) not in known]
                tasks.append(self._task(missing, group, number))
        found = run_all(
            _work,
            tasks,
            stage=STAGE,
            executor=self.executor,
            progress=_Counted(
                self.progress, per_replication=len(self._by_problem(wanted)), before=replications.start, most=self.most
            ),
            cancel=self.cancel,
            stored=lambda task: () if not task.keys else None,
            store=self._store,
        )
        for task, observed in zip(tasks, found, strict=True):
            known |= {(key, task.replication): seen for key, seen in zip(task.keys, observed, strict=True)}
        return self._table(known, replications, wanted)

    def digest(self) -> str:
        """Content hash of the arms, whatever their order."""
        return digest(*(key.encode() for key in sorted(set(self._keys))))

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        """What the replications of each arm depend on, but for their number."""
        version = package_versions()["territory"].encode()
        trial = f"{self.trial.__module__}.{self.trial.__qualname__}".encode()
        problems = {id(arm.problem): arm.problem.digest().encode() for arm in self.arms}
        return tuple(
            digest(
                problems[id(arm.problem)],
                str(self.seed).encode(),
                version,
                trial,
                arm.policy.model_dump_json(exclude={"why"}).encode(),
            )
            for arm in self.arms
        )

    @cached_property
    def _packed_problems(self) -> dict[int, bytes]:
        return {id(arm.problem): _packed(replace(arm.problem)) for arm in self.arms}

    @cached_property
    def _packed_policies(self) -> tuple[bytes, ...]:
        return tuple(_packed(arm.policy) for arm in self.arms)

    def _by_problem(self, wanted: Sequence[int]) -> list[dict[str, int]]:
        """Arms that share a problem, key to position; arms that are the same in all but name are run once."""
        groups: dict[int, dict[str, int]] = {}
        for position in wanted:
            groups.setdefault(id(self.arms[position].problem), {}).setdefault(self._keys[position], position)
        return list(groups.values())

    def _task(self, missing: Sequence[str], group: Mapping[str, int], number: int) -> _Task:
        problem = self.arms[next(iter(group.values()))].problem
        return _Task(
            trial=self.trial,
            problem=self._packed_problems[id(problem)] if missing else b"",
            policies=tuple(self._packed_policies[group[key]] for key in missing),
            keys=tuple(missing),
            seed=self.seed,
            replication=number,
        )

    def _journalled(self, group: Mapping[str, int], number: int) -> dict[tuple[str, int], Observed]:
        if self.journal is None:
            return {}
        found = {key: self.journal.read(_name(key, number)) for key in group}
        return {
            (key, number): {name: np.asarray(array, dtype=np.float64) for name, array in arrays.items()}
            for key, arrays in found.items()
            if arrays is not None
        }

    def _store(self, task: _Task, observed: Sequence[Observed]) -> None:
        if self.journal is not None:
            for key, arrays in zip(task.keys, observed, strict=True):
                self.journal.write(_name(key, task.replication), arrays)

    def _table(
        self, known: Mapping[tuple[str, int], Observed], replications: range, wanted: Sequence[int]
    ) -> dict[str, FloatArray]:
        rows = [[known[self._keys[position], number] for position in wanted] for number in replications]
        return {name: np.array([[cell[name] for cell in row] for row in rows]) for name in rows[0][0]}


@dataclass(frozen=True, kw_only=True, eq=False)
class _Task:
    """One replication of the arms of one problem that are not in the journal; small when pickled."""

    trial: Trial
    problem: bytes
    policies: tuple[bytes, ...]
    keys: tuple[str, ...]
    seed: int
    replication: int


def _work(task: _Task) -> Sequence[Observed]:
    problem = cast(PolicyProblem, _unpacked(task.problem))
    arms = [Arm(problem=problem, policy=cast(PolicyRules, _unpacked(policy))) for policy in task.policies]
    return task.trial(arms, task.seed, task.replication)


def _packed(value: object) -> bytes:
    """Flows across borders are mostly zeros: compressed, a problem of 244 slots is a twentieth of its size."""
    return zlib.compress(pickle.dumps(value), level=1)


@lru_cache(maxsize=32)
def _unpacked(content: bytes) -> object:
    """A worker unpacks a problem once, and what the problem computes on first use stays with it."""
    return pickle.loads(zlib.decompress(content))


def _name(key: str, replication: int) -> str:
    return f"policy-{key}-{replication}"


@dataclass(frozen=True, slots=True)
class _Counted:
    """Progress in replications over all batches of an experiment, instead of tasks of one batch."""

    shown: Progress
    per_replication: int
    before: int
    most: int

    def started(self, stage: str, total: int) -> None:
        if self.before == 0:
            self.shown.started(stage, self.most)

    def stepped(self, stage: str, done: int, total: int) -> None:
        self.shown.stepped(stage, self.before + done // self.per_replication, self.most)

    def incumbent(self, stage: str, objective: float, bound: float | None) -> None:
        self.shown.incumbent(stage, objective, bound)

    def ended(self, stage: str, note: Note) -> None:
        self.shown.ended(stage, note)
