"""The planner's loop: mend a plan after hand edits, when a rep leaves or outlets open; explain where an outlet lies."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from territory import split as split_room
from territory.domain.assignment import Assignment
from territory.domain.columns import NONE, Labels
from territory.domain.reps import Reps
from territory.domain.scenario import Scenario
from territory.effort import CancelToken, Effort
from territory.errors import ConfigError
from territory.io import write_rows
from territory.io.column_reader import ColumnReader
from territory.io.issues import IssueLog
from territory.io.plan_reading import index_of, plan_table, positions, raise_errors
from territory.language import Text
from territory.measure import Measure
from territory.pipeline.checking import reps_named
from territory.pipeline.job import write_split
from territory.pipeline.plan_ground import assignment_path, problem_of, staffed, territories_of
from territory.progress import Progress
from territory.split import SplitProblem
from territory.split.replan import Replanned, replan
from territory.units import BoolArray, IntArray

DEFAULT_EFFORT = Effort(iterations=20_000_000)
CHANGES = "changes.csv"
_COLUMNS = (
    "outlet_id",
    "name",
    "rep_id_before",
    "rep_id",
    "sales_per_week",
    "flow_gain_per_week",
    "old_rep_above_target_share",
    "home_travel_saved_min_per_cycle",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Situation:
    """
    What there is to mend.

    Attributes
    ----------
    now
        The problem as it stands today; another one than `problem` where the plan has fewer territories than reps.
    given
        The plan; -1 where nobody serves an outlet.
    opened
        Outlets that the plan's table does not know, positions.
    orphaned, released
        Outlets that a leaving rep served in the plan, and those of them that were locked to the rep: positions.
    """

    scenario: Scenario
    problem: SplitProblem
    now: SplitProblem
    given: Assignment
    opened: IntArray
    orphaned: IntArray
    released: IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Refined:
    """What came out, and the measures before and after."""

    situation: Situation
    answer: Replanned
    before: tuple[Measure, ...]
    after: tuple[Measure, ...]
    changes: tuple[dict[str, object], ...]
    around: tuple[str, ...] = ()


def situation_of(scenario: Scenario, folder: Path | None, leave: Sequence[str] = ()) -> Situation:
    """
    The plan in a folder (today's when none is named), without the reps who leave.

    Outlets that the plan's table does not know are served by the rep of the outlet table, or by nobody.

    Raises
    ------
    ConfigError
        When there is no plan, a rep is unknown, or nobody would stay.
    ScenarioError
        When the plan does not fit the scenario.
    """
    scenario = staffed(scenario, folder)
    plan, opened = _plan_in(scenario, folder)
    gone = np.zeros(len(scenario.reps), dtype=np.bool_)
    gone[list(reps_named(scenario, leave) or ())] = True
    orphaned = np.flatnonzero((plan.rep_of_outlet != NONE) & gone[plan.rep_of_outlet])
    was_held = scenario.outlets.locked & (scenario.outlets.rep_idx != NONE)
    released = np.flatnonzero(was_held & gone[scenario.outlets.rep_idx])
    if gone.any():
        plan = Assignment(rep_of_outlet=_renumbered(~gone)[plan.rep_of_outlet])
        scenario = without_reps(scenario, gone)
    return Situation(
        scenario=scenario,
        problem=problem_of(scenario, plan),
        now=SplitProblem.of(scenario),
        given=plan,
        opened=opened,
        orphaned=orphaned,
        released=released,
    )


def without_reps(scenario: Scenario, gone: BoolArray) -> Scenario:
    """
    The scenario without some reps: their outlets have no rep today and are not locked; the others' targets rise.

    Raises
    ------
    ConfigError
        When nobody would stay.
    """
    if gone.all():
        raise ConfigError(
            Text("somebody must stay: --leave names every rep", "至少须保留一人:--leave 列出了全部客户经理")
        )
    stays = np.flatnonzero(~gone)
    columns = {column.name: _rows(getattr(scenario.reps, column.name), stays) for column in fields(Reps)}
    rep_idx = _renumbered(~gone)[scenario.outlets.rep_idx]
    return replace(
        scenario,
        reps=Reps(**columns),  # type: ignore[arg-type]
        outlets=replace(scenario.outlets, rep_idx=rep_idx, locked=scenario.outlets.locked & (rep_idx != NONE)),
        affinity=None if scenario.affinity is None else scenario.affinity[:, stays],
    )


def refine(
    situation: Situation,
    *,
    effort: Effort,
    seed: int,
    around: Sequence[str],
    most: int | None,
    progress: Progress,
    cancel: CancelToken,
) -> Refined:
    """
    Mend the plan, touching few territories, and improve around the reps named.

    Raises
    ------
    ConfigError
        When a rep is unknown, or has no territory in the plan.
    InfeasibleError, NoPlanFoundError
        When no plan keeps all rules, or none was found.
    """
    problem, scenario = situation.problem, situation.scenario
    reps = list(reps_named(scenario, around) or ())
    answer = replan(
        problem,
        situation.given,
        effort=effort,
        seed=seed,
        around=territories_of(problem, reps),
        most_territories=most,
        progress=progress,
        cancel=cancel,
    )
    plan = answer.result.require_plan()
    return Refined(
        situation=situation,
        answer=answer,
        before=split_room.measures(problem, situation.given),
        after=split_room.measures(problem, plan),
        changes=_changes(situation, plan, answer.changed),
        around=tuple(around),
    )


def write_refined(refined: Refined, target: Path) -> None:
    """The files of a split, and `changes.csv`: every outlet that changes against the given plan, with reasons."""
    situation = refined.situation
    write_split(situation.scenario, situation.problem, refined.answer.result, target, now=situation.now)
    write_rows(refined.changes, target / CHANGES, columns=_COLUMNS)


def outlet_named(scenario: Scenario, outlet_id: str) -> int:
    """
    Position of an outlet.

    Raises
    ------
    ConfigError
        With the nearest ids when there is none.
    """
    known = scenario.outlets.outlet_ids
    if outlet_id in known:
        return known.index(outlet_id)
    same = [name for name in known if name.lstrip("0") == outlet_id.lstrip("0")]
    near = same or difflib.get_close_matches(outlet_id, known, n=3)
    if not near:
        raise ConfigError(
            Text(
                f"there is no outlet {outlet_id!r}; give an outlet_id of the outlets table, such as {known[0]!r}",
                f"没有客户 {outlet_id!r};请填写零售户表中的 outlet_id,例如 {known[0]!r}",
            )
        )
    raise ConfigError(
        Text(
            f"there is no outlet {outlet_id!r}; did you mean {', '.join(map(repr, near))}?",
            f"没有客户 {outlet_id!r};是否想写 {'、'.join(map(repr, near))}?",
        )
    )


def _plan_in(scenario: Scenario, folder: Path | None) -> tuple[Assignment, IntArray]:
    today = scenario.outlets.rep_idx
    if folder is None:
        return Assignment.today(scenario.outlets), np.zeros(0, dtype=np.int64)
    path = assignment_path(folder)
    if not path.exists():
        raise ConfigError(
            Text(
                f"{path} is not there; name the folder of an earlier split with --plan",
                f"找不到 {path};请用 --plan 指定以前划分的文件夹",
            )
        )
    log = IssueLog()
    reader = ColumnReader(plan_table(path, "assignment", scenario, log), log)
    outlet = positions(reader, "outlet_id", index_of(scenario.outlets.outlet_ids), "unknown_outlet")
    rep = positions(reader, "rep_id", index_of(scenario.reps.rep_ids), "unknown_rep")
    reader.ids("outlet_id")
    raise_errors(log)
    rep_of_outlet = today.copy()
    rep_of_outlet[outlet] = rep
    is_there = np.zeros(len(today), dtype=np.bool_)
    is_there[outlet] = True
    return Assignment(rep_of_outlet=rep_of_outlet), np.flatnonzero(~is_there)


def _changes(situation: Situation, plan: Assignment, changed: IntArray) -> tuple[dict[str, object], ...]:
    """One row per outlet that changes, largest sales first; reasons in numbers where it had a rep before."""
    problem, outlets, rep_ids = situation.problem, situation.scenario.outlets, situation.scenario.reps.rep_ids
    given = situation.given.rep_of_outlet
    moves = split_room.moved_outlets(replace(problem, today=given), plan)
    reasons = {
        outlet: (gain, over, saved)
        for outlet, gain, over, saved in zip(
            moves.outlet_idx.tolist(),
            moves.flow_gain.tolist(),
            moves.overload_relief.tolist(),
            moves.travel_saved_min.tolist(),
            strict=True,
        )
    }
    rows: list[dict[str, object]] = []
    for i in changed[np.lexsort((changed, -outlets.sales_per_week[changed]))].tolist():
        gain, over, saved = reasons.get(i, (None, None, None))
        rows.append(
            {
                "outlet_id": outlets.outlet_ids[i],
                "name": outlets.names[i],
                "rep_id_before": "" if given[i] == NONE else rep_ids[given[i]],
                "rep_id": rep_ids[plan.rep_of_outlet[i]],
                "sales_per_week": round(float(outlets.sales_per_week[i]), 2),
                "flow_gain_per_week": None if gain is None else round(gain, 4),
                "old_rep_above_target_share": None if over is None else round(over, 4),
                "home_travel_saved_min_per_cycle": None if saved is None else round(saved, 2),
            }
        )
    return tuple(rows)


def _rows(column: object, stays: IntArray) -> object:
    """Some rows of a column, whatever kind it is."""
    if isinstance(column, Labels):
        return column.take(stays)
    if isinstance(column, np.ndarray):
        return column[stays]
    assert isinstance(column, tuple)
    return tuple(column[i] for i in stays.tolist())


def _renumbered(stays: BoolArray) -> IntArray:
    """New positions, -1 for those who go; one more entry at the end answers for -1."""
    return np.append(np.where(stays, np.cumsum(stays) - 1, NONE), NONE).astype(np.int64)
