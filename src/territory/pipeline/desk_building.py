"""The desk's problem out of its tables: a place for every rep and month, and what stands in for cells left empty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from territory.desk import DeskProblem, PairRules, PairStart
from territory.desk.levers import in_force
from territory.desk.model import JUDGEMENTS, months_between
from territory.domain.assignment import Assignment
from territory.domain.levers_assessment import COMMITTEE
from territory.domain.policy_rules import GRADES, MONTHS_PER_YEAR, PolicyRules
from territory.domain.scenario import Scenario
from territory.io.desk_tables import CommitteeRow, DeskFile, JudgementRow, PairRow, PanelRow
from territory.io.headers import did_you_mean
from territory.io.issues import IssueLog
from territory.language import Text
from territory.policy.model import DAYS_PER_MONTH, FEWEST_STEPS
from territory.policy.scoring import supply_of_month
from territory.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The desk's tables as read."""

    panel: DeskFile[PanelRow]
    judgements: DeskFile[JudgementRow] | None
    committee: DeskFile[CommitteeRow] | None
    pairs: DeskFile[PairRow] | None
    supply: DeskFile[tuple[str, float]] | None

    def hashes(self) -> dict[str, str]:
        """Content hash by file."""
        files = (self.panel, self.judgements, self.committee, self.pairs, self.supply)
        return {file.file: file.digest for file in files if file is not None}


class Building:
    """
    The tables laid out by people and months.

    Attributes
    ----------
    notes, pair_notes
        What was assumed on the way, and which pairs cannot be judged.
    """

    def __init__(self, scenario: Scenario, tables: Tables, months: tuple[str, ...], log: IssueLog) -> None:
        self.scenario, self.tables, self.months, self.log = scenario, tables, months, log
        self.month_at = {month: at for at, month in enumerate(months)}
        self.rows = [row for row in tables.panel.rows if row.month in self.month_at and row.rep_id]
        self.rep_ids = tuple(sorted({row.rep_id for row in self.rows}))
        self.at = {rep_id: place for place, rep_id in enumerate(self.rep_ids)}
        self.rep_at = {rep_id: place for place, rep_id in enumerate(scenario.reps.rep_ids)}
        self.known = {name: name for name in (*self.rep_ids, *scenario.reps.rep_ids)}
        self.notes: list[Text] = []
        self.pair_notes: list[Text] = []

    @property
    def shape(self) -> tuple[int, int]:
        """(M, S)."""
        return len(self.months), len(self.rep_ids)

    def problem(
        self,
        *,
        policy_name: str,
        policy: PolicyRules,
        first_year: int,
        assignment: Assignment | None,
        unwilling: Sequence[str],
        redistribute: bool,
        pair_rules: PairRules,
        seed: int,
        shows_year: bool,
    ) -> DeskProblem:
        """The problem; cells with an issue have a harmless stand-in."""
        scenario = self.scenario
        judged, num_judges = self._judged()
        team_ids, team_idx = self._teams()
        names = [scenario.reps.names[self.rep_at[r]] if r in self.rep_at else "" for r in self.rep_ids]
        told = {row.rep_id: row.name for row in self.rows if row.name}
        problem = DeskProblem(
            policy_name=policy_name,
            policy=policy,
            year=scenario.year,
            rep_ids=self.rep_ids,
            names=tuple(n or told.get(r, r) for n, r in zip(names, self.rep_ids, strict=True)),
            months=self.months,
            first_year=first_year,
            team_ids=team_ids,
            num_positions=len(scenario.reps),
            is_there=self._filled(np.zeros(self.shape), [1.0] * len(self.rows)) > 0,
            is_staff=np.array([r in self.rep_at for r in self.rep_ids]),
            team_idx=team_idx,
            grade=self._grades(),
            is_formal=self._filled(np.zeros(self.shape), [self._is_formal(row) for row in self.rows]).astype(np.int64),
            tenure_months=self._filled(np.zeros(self.shape), [self._tenure(row) for row in self.rows]),
            step=self._steps(shows_year=shows_year),
            star=self._last([row.star or self._of_scenario(row, "star") for row in self.rows]),
            days_present=self._days(),
            visits_done=self._counts([row.visits_done for row in self.rows]),
            visits_asked=self._counts([row.visits_planned - row.visits_pending for row in self.rows]),
            visits_pending=self._counts([row.visits_pending for row in self.rows]),
            sales=self._filled(np.full(self.shape, np.nan), [row.sales_actual for row in self.rows]),
            target=self._filled(np.full(self.shape, np.nan), [row.sales_target for row in self.rows]),
            judged=judged,
            num_judges=num_judges,
            supply=np.ones(len(self.months)),
            is_supply_given=np.zeros(len(self.months), dtype=np.bool_),
            committee=self._committee(self._years()),
            unwilling=self._unwilling(unwilling),
            place=self._place(assignment),
            load=self._load(),
            pairs=self._pairs(),
            currency=scenario.currency,
            seed=seed,
            redistribute=redistribute,
            pair_rules=pair_rules,
        )
        return self._with_supply(problem)

    def _filled(self, into: FloatArray, values: Sequence[float]) -> FloatArray:
        """The values of the panel's rows at their month and person."""
        for row, value in zip(self.rows, values, strict=True):
            into[self.month_at[row.month], self.at[row.rep_id]] = value
        return into

    def _counts(self, values: Sequence[int]) -> IntArray:
        return self._filled(np.zeros(self.shape), values).astype(np.int64)

    def _last(self, values: Sequence[int]) -> IntArray:
        """The value of everybody's latest row, shape (S,)."""
        found = np.zeros(len(self.rep_ids), dtype=np.int64)
        for _, row, value in sorted(
            zip((r.month for r in self.rows), self.rows, values, strict=True), key=lambda t: t[0]
        ):
            found[self.at[row.rep_id]] = value
        return found

    def _of_scenario(self, row: PanelRow, column: str) -> int:
        return int(getattr(self.scenario.reps, column)[self.rep_at[row.rep_id]]) if row.rep_id in self.rep_at else 0

    def _years(self) -> tuple[int, ...]:
        return tuple(sorted({int(month[:4]) for month in self.months}))

    def _teams(self) -> tuple[tuple[str, ...], IntArray]:
        """Teams of the scenario, then those that only the panel names; -1 for none."""
        known = list(self.scenario.teams.team_ids)
        known += sorted({row.team_id for row in self.rows if row.team_id} - set(known))
        found = []
        for row in self.rows:
            if row.team_id:
                found.append(known.index(row.team_id))
            elif row.rep_id in self.rep_at:
                found.append(int(self.scenario.reps.team_idx[self.rep_at[row.rep_id]]))
            else:
                found.append(-1)
        return tuple(known), self._filled(np.full(self.shape, -1.0), found).astype(np.int64)

    def _grades(self) -> IntArray:
        """The panel's grade, else the scenario's; one issue for everybody without."""
        found, missing = [], set()
        for row in self.rows:
            grade = row.grade
            if not grade and row.rep_id in self.rep_at:
                grade = self.scenario.reps.grade[self.rep_at[row.rep_id]]
            if grade not in GRADES:
                if row.rep_id not in missing:
                    panel = self.tables.panel
                    self.log.add(
                        "no_grade",
                        file=panel.file,
                        row=row.row,
                        column=panel.header("grade"),
                        value=grade,
                        rep=row.rep_id,
                    )
                missing.add(row.rep_id)
                grade = GRADES[0]
            found.append(GRADES.index(grade))
        return self._filled(np.zeros(self.shape), found).astype(np.int64)

    def _is_formal(self, row: PanelRow) -> float:
        contract = row.contract
        if not contract and row.rep_id in self.rep_at:
            contract = self.scenario.reps.contract[self.rep_at[row.rep_id]]
        return float(contract == "formal")

    def _tenure(self, row: PanelRow) -> float:
        """Months of service at the start of the month."""
        if math.isfinite(row.tenure_years):
            return MONTHS_PER_YEAR * row.tenure_years
        if row.rep_id not in self.rep_at:
            return 0.0
        start = self.scenario.calendar.start
        ahead = months_between(f"{start.year:04d}-{start.month:02d}", row.month)
        served = MONTHS_PER_YEAR * float(self.scenario.reps.tenure_years[self.rep_at[row.rep_id]])
        return max(0.0, served + ahead)

    def _steps(self, *, shows_year: bool) -> IntArray:
        found = self._last([row.step or self._of_scenario(row, "step") for row in self.rows])
        last = {row.rep_id: row for row in self.rows if row.month == self.months[-1]}
        for rep_id, row in sorted(last.items()):
            if found[self.at[rep_id]] == 0 and shows_year and rep_id in self.rep_at:
                panel = self.tables.panel
                self.log.add("no_step", file=panel.file, row=row.row, column=panel.header("step"), value="", rep=rep_id)
        return np.maximum(FEWEST_STEPS, found)

    def _days(self) -> IntArray:
        """Days present as judged, else as planned, else the whole month."""
        given = self._filled(
            np.full(self.shape, float(DAYS_PER_MONTH)),
            [DAYS_PER_MONTH if row.days_planned is None else row.days_planned for row in self.rows],
        )
        if all(row.days_planned is None for row in self.rows):
            self.notes.append(
                Text(
                    "The panel has no days: whoever stands in it counts as present all month, unless days_present of "
                    "the judgements says otherwise.",
                    "面板中没有天数:凡在面板中者视为全月在岗,评价表“出勤天数”另有说明者除外。",
                )
            )
        for row in () if self.tables.judgements is None else self.tables.judgements.rows:
            if row.days_present is not None and row.month in self.month_at and row.rep_id in self.at:
                given[self.month_at[row.month], self.at[row.rep_id]] = row.days_present
        return given.astype(np.int64)

    def _judged(self) -> tuple[FloatArray, IntArray]:
        """Means over judges, and how many they are, shape (M, S, 5)."""
        total = np.zeros((*self.shape, len(JUDGEMENTS)))
        number = np.zeros((*self.shape, len(JUDGEMENTS)), dtype=np.int64)
        for row in () if self.tables.judgements is None else self.tables.judgements.rows:
            if not self._is_known(row.rep_id, row.row, self.tables.judgements, "rep_id"):
                continue
            if row.month in self.month_at and row.rep_id in self.at:
                place = self.month_at[row.month], self.at[row.rep_id]
                told = np.isfinite(row.points)
                total[place][told] += np.array(row.points)[told]
                number[place][told] += 1
        return np.where(number > 0, total / np.maximum(1, number), np.nan), number

    def _committee(self, years: tuple[int, ...]) -> FloatArray:
        found = np.full((len(years), len(self.rep_ids), len(COMMITTEE)), np.nan)
        for row in () if self.tables.committee is None else self.tables.committee.rows:
            if not self._is_known(row.rep_id, row.row, self.tables.committee, "rep_id"):
                continue
            if row.year in years and row.rep_id in self.at:
                found[years.index(row.year), self.at[row.rep_id]] = row.points
        return found

    def _is_known(self, rep_id: str, row: int, file: DeskFile[Any] | None, column: str) -> bool:
        """Whether an id belongs to anybody; an issue if not (an empty cell has one already)."""
        if rep_id and rep_id not in self.known and file is not None:
            hint = did_you_mean(rep_id, self.known, cutoff=0.6)
            self.log.add("unknown_person", file=file.file, row=row, column=file.header(column), value=rep_id, hint=hint)
        return rep_id in self.known

    def _pairs(self) -> tuple[PairStart, ...]:
        found = []
        for row in () if self.tables.pairs is None else self.tables.pairs.rows:
            file = self.tables.pairs
            both = [
                self._is_known(rep_id, row.row, file, column)
                for rep_id, column in ((row.mentor_id, "mentor_id"), (row.mentee_id, "mentee_id"))
            ]
            if not all(both) or not row.since or row.mentor_id == row.mentee_id:
                continue
            if row.mentor_id not in self.at or row.mentee_id not in self.at:
                missing = row.mentor_id if row.mentor_id not in self.at else row.mentee_id
                self.pair_notes.append(
                    Text(
                        f"The pair {row.mentor_id}, {row.mentee_id} is not judged: {missing} is not in the panel.",
                        f"结对 {row.mentor_id}、{row.mentee_id} 未评:{missing} 不在面板中。",
                    )
                )
                continue
            found.append(
                PairStart(
                    mentor=self.at[row.mentor_id],
                    mentee=self.at[row.mentee_id],
                    since=months_between(self.months[0], row.since),
                    until=months_between(self.months[0], row.until) if row.until else None,
                    score_at_start=row.score_at_start if math.isfinite(row.score_at_start) else None,
                )
            )
        return tuple(found)

    def _unwilling(self, given: Sequence[str]) -> BoolArray:
        for rep_id in given:
            if rep_id not in self.known:
                hint = did_you_mean(rep_id, self.known, cutoff=0.6)
                self.log.add("unknown_person", file="--not-paired", value=rep_id, hint=hint)
        return np.array([r in given for r in self.rep_ids])

    def _place(self, assignment: Assignment | None) -> FloatArray:
        """The middle of the territory where there is one, else home, shape (S, 2)."""
        found = np.full((len(self.rep_ids), 2), np.nan)
        outlets, reps = self.scenario.outlets, self.scenario.reps
        for rep_id, person in self.at.items():
            if rep_id not in self.rep_at:
                continue
            rep = self.rep_at[rep_id]
            found[person] = reps.lat[rep], reps.lon[rep]
            mine = None if assignment is None else np.flatnonzero(assignment.rep_of_outlet == rep)
            if mine is not None and len(mine):
                found[person] = outlets.lat[mine].mean(), outlets.lon[mine].mean()
        return found

    def _load(self) -> FloatArray:
        """Work of the last month against the mean: planned minutes over capacity, else minutes, else visits."""
        last = [row for row in self.rows if row.month == self.months[-1]]
        work = [row.work_min for row in last]
        if all(math.isfinite(minutes) for minutes in work):
            if all(row.capacity_min > 0 for row in last):
                work = [row.work_min / row.capacity_min for row in last]
        else:
            work = [float(row.visits_planned) for row in last]
        mean = sum(work) / len(work)
        found = np.ones(len(self.rep_ids))
        for row, amount in zip(last, work, strict=True):
            found[self.at[row.rep_id]] = amount / mean if mean > 0 else 1.0
        return found

    def _with_supply(self, problem: DeskProblem) -> DeskProblem:
        """Supply as given, else by `[year]` and the policy's supply lever, as in the simulation."""
        given = {} if self.tables.supply is None else dict(self.tables.supply.rows)
        supply = np.ones(len(self.months))
        for at, month in enumerate(self.months):
            people = np.flatnonzero(problem.is_there[at])
            strength = float(in_force(problem, at, people).of("supply").max(initial=0.0))
            year = problem.year
            if not year.supply_limited:
                supply[at] = 1.0 + year.max_uplift
            else:
                number = problem.policy_month(at)
                supply[at] = supply_of_month(year, problem.policy.supply, month=number, strength=strength)
            supply[at] = given.get(month, supply[at])
        return replace(problem, supply=supply, is_supply_given=np.array([month in given for month in self.months]))
