"""The experiment that `repeat` runs again and again, and a process that runs it and can be killed.

`python -m benchmarks.quality.repeat_run JOURNAL --seed N --reps N --replications N` keeps finished parts in the folder
JOURNAL, says `begun` before the first replication, and prints the hash of everything at the end.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.instances.lever_settings import STRONG, live_policies, rules
from benchmarks.instances.slots import slots
from benchmarks.quality.year_facts import year_hash
from territory.compute import Journal
from territory.domain.policy_rules import PolicyRules
from territory.lab.replicate import Arm, Experiment
from territory.policy import Draws, simulate
from territory.units import FloatArray

BEGUN = "begun"
TEAMS = 3
_WORDS = np.dtype("<u4")


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeated:
    """Four policies in the same replications of a small company."""

    seed: int
    reps: int
    replications: int

    def arms(self) -> dict[str, Arm]:
        """By name."""
        problem = slots(self.reps, teams=TEAMS)
        return {name: Arm(problem=problem, policy=policy) for name, policy in _policies().items()}


def _policies() -> dict[str, PolicyRules]:
    return {
        "ordinary": rules(),
        "mentoring": rules({"mentoring": STRONG["mentoring"]}),
        "commission": rules({"commission": STRONG["commission"], "egalitarian_pool": STRONG["egalitarian_pool"]}),
        "everything": live_policies()["live_8"],
    }


def hashed_years(arms: Sequence[Arm], seed: int, replication: int) -> list[dict[str, FloatArray]]:
    """One replication of some arms: of each year, the hash of all facts and measures, as numbers."""
    draws = Draws.of(arms[0].problem, seed=seed, replication=replication)
    return [
        {"hash": _as_numbers(year_hash(arm.problem, year))}
        for arm in arms
        for year in [simulate(arm.problem, arm.policy, seed=seed, replication=replication, draws=draws)]
    ]


def _as_numbers(text: str) -> FloatArray:
    """Hexadecimal digits as whole numbers of 32 bits, which a float holds exactly."""
    return np.frombuffer(bytes.fromhex(text), dtype=_WORDS).astype(np.float64)


def output_hash(
    repeated: Repeated,
    *,
    executor: Executor | None = None,
    journal: Journal | None = None,
    order: Sequence[str] | None = None,
    chunks: Sequence[range] | None = None,
    one_by_one: bool = False,
) -> str:
    """
    Hash of all years of all policies and replications, however they are run.

    Parameters
    ----------
    order
        Names of the policies in the order in which they are handed over.
    chunks
        Replications that are run together, one chunk after the other; together all of them.
    one_by_one
        Every policy by itself instead of all policies of a replication on the same blocks of draws.
    """
    arms = repeated.arms()
    names = list(order or arms)
    experiment = Experiment(
        arms=tuple(arms[name] for name in names),
        trial=hashed_years,
        seed=repeated.seed,
        most=repeated.replications,
        executor=executor,
        journal=journal,
    )
    found: dict[tuple[str, int], bytes] = {}
    for chunk in chunks or [range(repeated.replications)]:
        for group in [[at] for at in range(len(names))] if one_by_one else [list(range(len(names)))]:
            table = experiment.run(chunk, group)["hash"]
            for row, replication in enumerate(chunk):
                for column, at in enumerate(group):
                    found[names[at], replication] = table[row, column].astype(_WORDS).tobytes()
    state = hashlib.blake2b(digest_size=16)
    for name, replication in sorted(found):
        state.update(f"{name} {replication} ".encode() + found[name, replication])
    return state.hexdigest()


def main(words: Sequence[str] | None = None) -> None:
    """Run the experiment with a journal and print its hash."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.repeat_run")
    parser.add_argument("journal", type=Path)
    for name in ("seed", "reps", "replications"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args(words)
    repeated = Repeated(seed=options.seed, reps=options.reps, replications=options.replications)
    hashed_years(list(repeated.arms().values()), 0, 0)  # compiled kernels are there before anybody counts seconds
    sys.stdout.write(f"{BEGUN}\n")
    sys.stdout.flush()
    sys.stdout.write(f"{output_hash(repeated, journal=Journal(options.journal))}\n")


if __name__ == "__main__":
    main()
