"""A stand-in for the engine: years made of a few lines of arithmetic, with the facts the laboratory reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel, ConfigDict

from territory.domain.policy_rules import YearRules
from territory.lab import years as lab_years
from territory.lab.replicate import Arm
from territory.language import Text
from territory.measure import Measure
from territory.policy import Behaviour
from territory.standing import digest
from territory.streams import Streams

MONTHS, CLASSES = 12, 2
MEASURED = (
    ("true_sales", "up"),
    ("recorded_sales", "none"),
    ("gross_margin", "up"),
    ("payroll", "none"),
    ("programme_cost", "down"),
    ("profit", "up"),
)


class FakePolicy(BaseModel):
    """What the policy does to sales, pay, costs and gaming; `own_noise` is chance that shared draws do not cancel."""

    model_config = ConfigDict(frozen=True)

    why: str = ""
    gain: float = 0.0
    junior_gain: float = 0.0
    raise_share: float = 0.0
    cost_per_month: float = 0.0
    dumped: float = 0.0
    own_noise: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Company:
    """The columns of a policy problem that the laboratory reads."""

    slot_ids: tuple[str, ...]
    team_ids: tuple[str, ...]
    team_idx: np.ndarray
    grade: np.ndarray
    is_formal: np.ndarray
    tenure_months: np.ndarray
    ability: np.ndarray
    stream_row: np.ndarray
    classes: tuple[str, ...] = ("A", "B")
    currency: str = "CNY"
    year: YearRules = field(default_factory=YearRules)
    behaviour: Behaviour = field(default_factory=Behaviour)

    def digest(self) -> str:
        return digest(repr((self.slot_ids, self.year, self.behaviour)).encode(), self.ability.tobytes())


def company(slots: int = 9, **changes: Any) -> Company:
    """Two teams and one position without; grades in turn; tenure from months to years."""
    position = np.arange(slots)
    columns: dict[str, Any] = {
        "slot_ids": tuple(f"R{place:02d}" for place in position),
        "team_ids": ("north", "south"),
        "team_idx": np.where(position == 0, -1, position % 2),
        "grade": position % 3,
        "is_formal": (position % 4 == 0).astype(np.int64),
        "tenure_months": 3.0 + 13.0 * position,
        "ability": np.exp(0.2 * np.sin(position + 1.0)),
        "stream_row": position,
    }
    return Company(**(columns | changes))


@dataclass
class FakeDraws:
    """Counts how often a replication's draws were made."""

    problem: Company
    seed: int
    replication: int
    made: int = 0

    @classmethod
    def of(cls, problem: Company, *, seed: int, replication: int) -> FakeDraws:
        FakeDraws.made += 1
        return cls(problem, seed, replication)


FakeDraws.made = 0


def facts(problem: Company, policy: FakePolicy, *, seed: int, replication: int, **_: Any) -> SimpleNamespace:
    """One year: normal sales with a shock per position and month, moved by the policy."""
    slots = len(problem.slot_ids)
    streams = Streams(seed)
    rows = problem.stream_row
    shock = streams.rng("fake.sales", replication).standard_normal((slots, MONTHS, CLASSES))[rows].transpose(1, 0, 2)
    own = streams.rng("fake.own", replication, repr(policy)).standard_normal((slots, MONTHS, CLASSES))
    company_shock = streams.rng("fake.company", replication).standard_normal()
    gain = policy.gain + policy.junior_gain * (problem.grade == 0)
    level = 1.0 + 0.02 * company_shock + 0.1 * shock + policy.own_noise * own.transpose(1, 0, 2)
    true = 1000.0 * problem.ability[None, :, None] * level * (1.0 + gain)[None, :, None]
    left = streams.rng("fake.quits", replication).random((slots, MONTHS))[rows].T < 0.02
    dumped = policy.dumped * true.sum(axis=2)
    pay = np.stack([np.full((MONTHS, slots), 100.0 * (1 + policy.raise_share)), 0.01 * true.sum(axis=2)], axis=2)
    due = np.full((MONTHS, slots, CLASSES), 20)
    return SimpleNamespace(
        true_sales=true,
        recorded_sales=true.sum(axis=2) + dumped,
        pay=pay * ~left[:, :, None],
        costs=np.tile([policy.cost_per_month, 5.0], (MONTHS, 1)),
        due_visits=due,
        done_visits=due - (shock > 1.5),
        skill=np.ones((MONTHS, slots, 3)) * problem.ability[None, :, None],
        effort=np.ones((MONTHS, slots, 6)) * (1.0 + gain)[None, :, None],
        is_filled=~left,
        quits=left.astype(np.int64),
        overdue=0.02 * true.sum(axis=2),
        supervisor_pay=np.full((MONTHS, 2), 40.0),
        pulled=0.0 * dumped,
        dumped_out=dumped,
    )


def fake_measures(problem: Company, year: SimpleNamespace) -> tuple[Measure, ...]:
    sales, pay, cost = year.true_sales.sum(), year.pay.sum() + year.supervisor_pay.sum(), year.costs.sum()
    dumped = year.dumped_out.sum()
    margin = problem.year.margin_share * (sales + problem.year.leak_share * dumped)
    margin -= problem.behaviour.dump_discount * dumped + problem.year.overdue_cost_share * year.overdue.sum()
    values = (sales, year.recorded_sales.sum(), margin, pay, cost, margin - pay - cost)
    return tuple(
        Measure(name=name, value=float(value), unit="CNY", direction=direction, label=Text(name, name))  # type: ignore[arg-type]
        for (name, direction), value in zip(MEASURED, values, strict=True)
    )


@pytest.fixture
def fake_engine(monkeypatch: pytest.MonkeyPatch) -> type[FakeDraws]:
    """The laboratory runs on the stand-in; the class counts draws."""
    monkeypatch.setattr(lab_years, "simulate", facts)
    monkeypatch.setattr(lab_years, "measures", fake_measures)
    monkeypatch.setattr(lab_years, "Draws", FakeDraws)
    FakeDraws.made = 0
    return FakeDraws


def plain_trial(arms: list[Arm], seed: int, replication: int) -> list[dict[str, np.ndarray]]:
    """A trial that needs no engine, for workers that are processes of their own."""
    number = Streams(seed).rng("plain", replication).standard_normal(3)
    return [{"values": number + arm.policy.gain, "one": np.array([arm.policy.gain])} for arm in arms]
