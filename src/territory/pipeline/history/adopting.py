"""A plan that was changed in a spreadsheet comes into the history as an edit, when the checkers let it."""

from __future__ import annotations

import numpy as np

from territory.domain.scenario import Scenario
from territory.language import Text
from territory.pipeline.checking import VISITS, assignment_in, visits_if_any
from territory.pipeline.history.conversion import assignment_of, plan_of, visit_sections
from territory.pipeline.history.desk import Desk
from territory.pipeline.history.editing import EXCEPTIONS, Edited, Refusal, RefusedError, edited, in_words, judged
from territory.pipeline.history.orders import Order
from territory.pipeline.history.state import PlanState


def adopted(desk: Desk) -> tuple[Scenario, Edited]:
    """
    What the folder's own assignment and visits.csv make of the current state.

    Where only the assignment was changed, the visits follow it as they do after `territory edit --assign`.

    Raises
    ------
    ScenarioError
        When a file does not fit the scenario.
    RefusedError
        When it breaks a rule that was kept before.
    """
    state = desk.state
    scenario = desk.scenario(state)
    assignment, plan = assignment_in(scenario, desk.folder), visits_if_any(scenario, desk.folder)
    before = assignment_of(scenario, state)
    differs = np.flatnonzero(assignment.rep_of_outlet != before.rep_of_outlet).tolist()
    orders = [Order(kind="assign", outlet=at, rep=int(assignment.rep_of_outlet[at])) for at in differs]
    if plan is None or plan == plan_of(scenario, state):
        return scenario, edited(scenario, state, orders)
    with_visits = state.having(
        assignment={
            outlet: "" if rep < 0 else scenario.reps.rep_ids[rep]
            for outlet, rep in zip(scenario.outlets.outlet_ids, assignment.rep_of_outlet.tolist(), strict=True)
        },
        **visit_sections(scenario, plan),
    )
    return scenario, _judged(scenario, state, with_visits, len(differs))


def _judged(scenario: Scenario, before: PlanState, after: PlanState, moved: int) -> Edited:
    what = Text(f"{VISITS} as it is in the folder", f"文件夹中的 {VISITS}")
    if moved:
        what = Text(f"{what.en}, {moved} outlets with another rep", f"{what.zh},{moved} 家客户更换客户经理")
    broken = judged(scenario, before, after)
    forbidden = [violation for violation in broken if violation.rule not in EXCEPTIONS]
    if forbidden:
        raise RefusedError([Refusal(what=what, why=in_words(forbidden))], can_part=False)
    return Edited(state=after, made=(what,), refused=(), exceptions=tuple(broken))
