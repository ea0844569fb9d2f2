"""Hand edits carried out on a plan: each on what the ones before have made, all of them judged by the checkers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from territory import split as split_room
from territory import visits as visits_room
from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.errors import ConfigError, ExitCode
from territory.language import Lang, Text
from territory.pipeline.history.conversion import assignment_of, assignment_section, plan_of, visit_sections
from territory.pipeline.history.locks import lock_key
from territory.pipeline.history.orders import Order
from territory.pipeline.history.state import PlanState
from territory.pipeline.plan_ground import problem_of
from territory.verify import Violation
from territory.visits.best_day import Obstacle
from territory.visits.hand_edits import DayRefusesError, NotPlannedError, drop_visit, hand_over, move_visit
from territory.visits.planning import planned_problem

# Rules about the whole set of an outlet's visits: an edit of one visit may break them, as an exception that is told.
EXCEPTIONS = frozenset({"weekday_pattern", "spacing", "visit_missing", "visit_surplus", "false_reason", "several_reps"})
OBSTACLES = {
    Obstacle.DAY_OFF: Text("{rep} does not work on {date}", "{rep} 在 {date} 不上班"),
    Obstacle.CLOSED: Text("{outlet} is closed on {date}", "{outlet} 在 {date} 不营业"),
    Obstacle.PLANNED: Text("{outlet} is visited on {date} already", "{outlet} 在 {date} 已有拜访"),
    Obstacle.TOO_FAR: Text("even alone on {date}, out and back does not fit", "{date} 即使只拜访一家也无法往返"),
    Obstacle.WINDOW: Text("no start inside the opening hours is possible on {date}", "{date} 营业时间内无法开始"),
    Obstacle.NO_TIME: Text("the day {date} of {rep} is full", "{rep} 的 {date} 已排满"),
    Obstacle.CARRY: Text("{rep} cannot carry more on {date}", "{rep} 在 {date} 携带量已满"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """An edit that is not made, and why: in the way stands a day, a lock, or a rule that would be broken."""

    what: Text
    why: Text

    @property
    def text(self) -> Text:
        """Both on one line."""
        return Text(f"{self.what.en}: {self.why.en}", f"{self.what.zh}:{self.why.zh}")


class RefusedError(ConfigError):
    """Edits that would break rules; nothing is changed."""

    exit_code = ExitCode.INFEASIBLE

    def __init__(self, refusals: Sequence[Refusal], *, can_part: bool = True) -> None:
        self.refusals = tuple(refusals)

        def lines(lang: Lang) -> str:
            return "\n".join(f"  {refusal.text.in_(lang)}" for refusal in self.refusals)

        hint, hint_zh = "\n--partly makes the edits that can be made", "\n--partly 可只执行可行的修改"
        super().__init__(
            Text(
                f"refused, nothing is changed:\n{lines('en')}{hint if can_part else ''}",
                f"已拒绝,未作任何修改:\n{lines('zh')}{hint_zh if can_part else ''}",
            )
        )


@dataclass(frozen=True, kw_only=True)
class Edited:
    """
    What edits have made of a state.

    Attributes
    ----------
    made
        The edits in words, as the log keeps them.
    refused
        Those left out.
    exceptions
        Rules about an outlet's visits that the plan breaks now and did not before.
    """

    state: PlanState
    made: tuple[Text, ...]
    refused: tuple[Refusal, ...]
    exceptions: tuple[Violation, ...]


class _StopError(Exception):
    """An edit cannot be made."""

    def __init__(self, why: Text) -> None:
        self.why = why
        super().__init__(why.en)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Draft:
    """A plan on its way."""

    assignment: Assignment
    plan: VisitPlan | None
    locks: Mapping[str, object]

    def state(self, scenario: Scenario, base: PlanState) -> PlanState:
        state = base.having(assignment=assignment_section(scenario, self.assignment), locks=self.locks)
        return state if self.plan is None else state.having(**visit_sections(scenario, self.plan))


def edited(scenario: Scenario, state: PlanState, orders: Sequence[Order], *, partly: bool = False) -> Edited:
    """
    The state after the edits.

    Parameters
    ----------
    partly
        Leave out the edits that cannot be made, one by one, instead of refusing all.

    Raises
    ------
    RefusedError
        When an edit cannot be made, or all together break a rule that was kept before; with every reason.
    ConfigError
        When the visits do not belong to the split.
    """
    return _Editor(scenario, state).run(orders, partly=partly)


def new_violations(before: Sequence[Violation], after: Sequence[Violation]) -> list[Violation]:
    """Rules that are broken now and were not, or were by less."""
    known = {(violation.rule, violation.subject): violation.amount for violation in before}
    return [v for v in after if v.amount > known.get((v.rule, v.subject), 0.0) + 1e-9]


def violations_of(scenario: Scenario, assignment: Assignment, plan: VisitPlan | None) -> list[Violation]:
    """Everything that a split and its visits break."""
    found = list(split_room.check(problem_of(scenario, assignment), assignment).violations)
    if plan is not None:
        found += visits_room.check(planned_problem(scenario, assignment), plan).violations
    return found


def judged(scenario: Scenario, before: PlanState, after: PlanState) -> list[Violation]:
    """Rules that the second state breaks and the first does not."""
    old, new = (
        violations_of(scenario, assignment_of(scenario, state), plan_of(scenario, state)) for state in (before, after)
    )
    return new_violations(old, new)


class _Editor:
    """Carries out orders on a plan."""

    def __init__(self, scenario: Scenario, state: PlanState) -> None:
        self.scenario, self.base = scenario, state
        self.draft = _Draft(
            assignment=assignment_of(scenario, state), plan=plan_of(scenario, state), locks=state["locks"]
        )
        self.start = self._violations(self.draft)
        if any(violation.rule in ("unknown_outlet", "unknown_rep") for violation in self.start):
            raise ConfigError(
                Text(
                    "the visits are of outlets that nobody serves in this split; run `territory visits` first",
                    "拜访计划中有当前划分无人服务的客户;请先执行 `territory visits`",
                )
            )

    def run(self, orders: Sequence[Order], *, partly: bool) -> Edited:
        draft, judged = self.draft, self.start
        made: list[Text] = []
        refused: list[Refusal] = []
        for order in orders:
            what = self.words(order, draft)
            try:
                next_draft = self._carried_out(order, draft)
            except _StopError as stop:
                refused.append(Refusal(what=what, why=stop.why))
                continue
            if partly:
                verdict = self._violations(next_draft)
                broken = _forbidden(new_violations(judged, verdict))
                if broken:
                    refused.append(Refusal(what=what, why=in_words(broken)))
                    continue
                judged = verdict
            draft = next_draft
            made.append(what)
        if not partly:
            judged = self._violations(draft)
            broken = _forbidden(new_violations(self.start, judged))
            if broken:
                what = made[0] if len(made) == 1 else Text("the edits together", "这些修改合在一起")
                refused.append(Refusal(what=what, why=in_words(broken)))
        if refused and (not partly or not made):
            raise RefusedError(refused)
        return Edited(
            state=draft.state(self.scenario, self.base),
            made=tuple(made),
            refused=tuple(refused),
            exceptions=tuple(v for v in new_violations(self.start, judged) if v.rule in EXCEPTIONS),
        )

    def words(self, order: Order, draft: _Draft) -> Text:
        """An order as the log keeps it."""
        outlet, date, to = (
            self.scenario.outlets.outlet_ids[order.outlet],
            self._date(order.day),
            self._date(order.to_day),
        )
        if order.kind == "assign":
            frm, rep = self._rep(int(draft.assignment.rep_of_outlet[order.outlet])), self._rep(order.rep)
            return Text(f"{outlet}: {frm.en} -> {rep.en}", f"{outlet}:{frm.zh} -> {rep.zh}")
        if order.kind == "move":
            by = "" if order.rep is None else f" ({self._rep(order.rep).en})"
            return Text(f"visit of {outlet} {date} -> {to}{by}", f"{outlet} 拜访 {date} -> {to}{by}")
        if order.kind == "drop":
            return Text(f"visit of {outlet} {date} dropped", f"取消 {outlet} {date} 的拜访")
        what, what_zh = (outlet, outlet) if date is None else (f"visit of {outlet} {date}", f"{outlet} {date} 的拜访")
        return Text(f"{what} {order.kind}ed", f"{'锁定' if order.kind == 'lock' else '解锁'} {what_zh}")

    def _rep(self, rep: int | None) -> Text:
        if rep is None or rep == NONE:
            return Text("nobody", "无人")
        name = self.scenario.reps.rep_ids[rep]
        return Text(name, name)

    def _date(self, day: int | None) -> str | None:
        return None if day is None else self.scenario.calendar.date_of(day).isoformat()

    def _violations(self, draft: _Draft) -> list[Violation]:
        return violations_of(self.scenario, draft.assignment, draft.plan)

    def _carried_out(self, order: Order, draft: _Draft) -> _Draft:
        if order.kind in ("lock", "unlock"):
            return self._locked(order, draft)
        self._require_free(order, draft)
        if order.kind == "assign":
            return self._assigned(order, draft)
        if draft.plan is None:
            raise _StopError(Text("no visits are planned yet", "尚未排定拜访"))
        assert order.day is not None
        problem = planned_problem(self.scenario, draft.assignment)
        rep = self._rep_of_visit(order, draft)
        try:
            if order.kind == "drop":
                plan = drop_visit(problem, draft.plan, outlet=order.outlet, day=order.day)
            else:
                assert order.to_day is not None
                to_rep = rep if order.rep is None else order.rep
                self._require_may(problem, order.outlet, to_rep)
                plan = move_visit(
                    problem, draft.plan, outlet=order.outlet, day=order.day, to_day=order.to_day, to_rep=to_rep
                )
                rep = to_rep
        except NotPlannedError:
            raise _StopError(self._not_planned(order, draft.plan)) from None
        except DayRefusesError as refuses:
            day = order.to_day if order.to_day is not None else order.day
            raise _StopError(self._obstacle(refuses.obstacle, order.outlet, rep, day)) from None
        return replace(draft, plan=plan)

    def _assigned(self, order: Order, draft: _Draft) -> _Draft:
        rep = NONE if order.rep is None else order.rep
        if int(draft.assignment.rep_of_outlet[order.outlet]) == rep:
            raise _StopError(Text("it has this rep already", "已由该客户经理服务"))
        rep_of_outlet = draft.assignment.rep_of_outlet.copy()
        rep_of_outlet[order.outlet] = rep
        assignment = Assignment(rep_of_outlet=rep_of_outlet)
        if draft.plan is None:
            return replace(draft, assignment=assignment)
        # days are timed anew with the problem that still knows the outlet, then given to the new rep
        problem = planned_problem(self.scenario, draft.assignment if rep == NONE else assignment)
        if rep == NONE:
            plan = draft.plan
            for day in sorted(plan.day[plan.outlet_idx == order.outlet].tolist()):
                plan = drop_visit(problem, plan, outlet=order.outlet, day=day)
            problem = planned_problem(self.scenario, assignment)
            return replace(draft, assignment=assignment, plan=hand_over(problem, plan, outlet=order.outlet).plan)
        return replace(draft, assignment=assignment, plan=hand_over(problem, draft.plan, outlet=order.outlet).plan)

    def _locked(self, order: Order, draft: _Draft) -> _Draft:
        outlet, date = self.scenario.outlets.outlet_ids[order.outlet], self._date(order.day)
        key, locks = lock_key(outlet, date), dict(draft.locks)
        if order.kind == "unlock":
            if key not in locks:
                raise _StopError(Text("it is not locked", "并未锁定"))
            del locks[key]
            return replace(draft, locks=locks)
        rep = (
            self._rep_of_visit(order, draft) if date is not None else int(draft.assignment.rep_of_outlet[order.outlet])
        )
        locks[key] = "" if rep == NONE else self.scenario.reps.rep_ids[rep]
        return replace(draft, locks=locks)

    def _require_free(self, order: Order, draft: _Draft) -> None:
        """A lock on the outlet keeps its rep; a lock on a visit keeps its day and rep, so its outlet's rep too."""
        outlet, date = self.scenario.outlets.outlet_ids[order.outlet], self._date(order.day)
        if order.kind == "assign":
            held = [key for key in draft.locks if key == outlet or key.startswith(f"{outlet} ")]
        else:
            held = [key for key in draft.locks if key == lock_key(outlet, date)]
        if held:
            raise _StopError(Text(f"{held[0]} is locked; unlock it first", f"{held[0]} 已锁定;请先解锁"))

    def _rep_of_visit(self, order: Order, draft: _Draft) -> int:
        plan = draft.plan
        if plan is None:
            raise _StopError(Text("no visits are planned yet", "尚未排定拜访"))
        rows = np.flatnonzero((plan.outlet_idx == order.outlet) & (plan.day == order.day))
        if not len(rows):
            raise _StopError(self._not_planned(order, plan))
        return int(plan.rep_idx[rows[0]])

    def _not_planned(self, order: Order, plan: VisitPlan) -> Text:
        days = sorted(plan.day[plan.outlet_idx == order.outlet].tolist())
        shown = ", ".join(self.scenario.calendar.date_of(day).isoformat() for day in days) or "-"
        return Text(f"no visit is planned on this day; planned are: {shown}", f"该日没有安排拜访;已安排:{shown}")

    def _require_may(self, problem: visits_room.VisitsProblem, outlet: int, rep: int) -> None:
        local = int(np.flatnonzero(problem.outlet_idcs == outlet)[0])
        if rep not in problem.rep_idcs[list(problem.reps_of(local))].tolist():
            name = self._rep(rep).en
            raise _StopError(
                Text(
                    f"{name} may not visit it: another territory, or a skill is lacking; assign the outlet first",
                    f"{name} 不能拜访该客户:不在其区域或缺少技能;请先改派该客户",
                )
            )

    def _obstacle(self, obstacle: Obstacle, outlet: int, rep: int, day: int) -> Text:
        words = {
            "outlet": self.scenario.outlets.outlet_ids[outlet],
            "rep": self._rep(rep).en,
            "date": str(self._date(day)),
        }
        text = OBSTACLES[obstacle]
        return Text(text.en.format(**words), text.zh.format(**words))


def _forbidden(violations: Sequence[Violation]) -> list[Violation]:
    return [violation for violation in violations if violation.rule not in EXCEPTIONS]


def in_words(violations: Sequence[Violation]) -> Text:
    """Broken rules in words."""
    return Text(
        "; ".join(violation.in_("en") for violation in violations[:5]),
        ";".join(violation.in_("zh") for violation in violations[:5]),
    )
