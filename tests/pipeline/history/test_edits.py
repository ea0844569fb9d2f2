"""Hand edits: what is legal is made, what is not is refused with its reason, and the checkers agree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from territory import visits as visits_room
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.errors import ExitCode, ScenarioError
from territory.pipeline.history.conversion import assignment_of, plan_of
from territory.pipeline.history.desk import Desk
from territory.pipeline.history.editing import EXCEPTIONS, Edited, RefusedError, edited
from territory.pipeline.history.orders import Order, read_orders
from territory.pipeline.history.state import PlanState
from territory.visits.planning import planned_problem


def edit(desk: Desk, *, partly: bool = False, **options: Sequence[str]) -> Edited:
    scenario = desk.scenario(desk.state)
    return edited(scenario, desk.state, read_orders(scenario, options=options), partly=partly)


def parts(desk: Desk, state: PlanState) -> tuple[Scenario, VisitPlan]:
    scenario = desk.scenario(state)
    plan = plan_of(scenario, state)
    assert plan is not None
    return scenario, plan


def visits(desk: Desk, state: PlanState, outlet_id: str) -> list[tuple[str, str]]:
    """Rep and date of each visit."""
    scenario, plan = parts(desk, state)
    rows = np.flatnonzero(plan.outlet_idx == scenario.outlets.outlet_ids.index(outlet_id))
    return sorted(
        (scenario.reps.rep_ids[plan.rep_idx[row]], scenario.calendar.date_of(int(plan.day[row])).isoformat())
        for row in rows
    )


def rules(desk: Desk, state: PlanState) -> set[str]:
    scenario, plan = parts(desk, state)
    return {
        v.rule for v in visits_room.check(planned_problem(scenario, assignment_of(scenario, state)), plan).violations
    }


def test_an_outlet_goes_to_another_rep_and_takes_its_visits_along(desk: Desk) -> None:
    before = visits(desk, desk.state, "003")
    found = edit(desk, assign=["003:R2"])
    assert found.state["assignment"]["003"] == "R2"
    assert visits(desk, found.state, "003") == [("R2", date) for _, date in before]
    assert rules(desk, found.state) == set()
    assert [text.zh for text in found.made] == ["003:R1 -> R2"]
    assert (found.refused, found.exceptions) == ((), ())


def test_an_outlet_may_not_be_left_to_nobody_where_the_rules_ask_for_a_rep(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="one_rep"):
        edit(desk, assign=["005:-"])


def test_a_visit_goes_to_another_day_as_an_exception_to_its_pattern(desk: Desk) -> None:
    (rep, first), *rest = visits(desk, desk.state, "001")
    day = dt.date.fromisoformat(first)
    other = (day + dt.timedelta(days=1 if day.weekday() < 4 else -1)).isoformat()
    found = edit(desk, move=[f"001:{first}..{other}"])
    assert visits(desk, found.state, "001") == sorted([(rep, other), *rest])
    assert {violation.rule for violation in found.exceptions} == {"weekday_pattern"}
    assert rules(desk, found.state) <= EXCEPTIONS


def test_a_dropped_visit_is_gone_and_told(desk: Desk) -> None:
    _, *rest = planned = visits(desk, desk.state, "004")
    found = edit(desk, drop=[f"004:{planned[0][1]}"])
    assert visits(desk, found.state, "004") == rest
    assert {violation.rule for violation in found.exceptions} <= EXCEPTIONS
    assert found.exceptions


def test_only_the_days_concerned_are_timed_anew(desk: Desk) -> None:
    (_, first), *_ = visits(desk, desk.state, "001")
    changes = desk.state.changes_to(edit(desk, drop=[f"001:{first}"]).state)
    assert [(change.section, change.key) for change in changes] == [("routes", f"{first} R1")]


@pytest.mark.parametrize(
    ("options", "reason", "reason_zh"),
    [
        ({"move": ["001:{first}..2026-12-05"]}, "does not work on 2026-12-05", "不上班"),
        ({"move": ["001:{first}..{second}"]}, "visited on {second} already", "已有拜访"),
        ({"move": ["001:2026-12-25..2026-12-24"]}, "no visit is planned on this day", "该日没有安排拜访"),
        ({"move": ["001:{first}..{first}@R2"]}, "R2 may not visit it", "R2 不能拜访该客户"),
        ({"drop": ["001:2026-12-25"]}, "planned are: {first}", "已安排:{first}"),
        ({"assign": ["001:R1"]}, "it has this rep already", "已由该客户经理服务"),
        ({"unlock": ["001"]}, "it is not locked", "并未锁定"),
        ({"lock": ["001"], "assign": ["001:R2"]}, "001 is locked", "001 已锁定"),
        ({"lock": ["001:{first}"], "drop": ["001:{first}"]}, "001 {first} is locked", "已锁定"),
        ({"lock": ["001:{first}"], "assign": ["001:R2"]}, "001 {first} is locked", "已锁定"),
        ({"assign": ["004:R1", "005:R1", "006:R1"]}, "empty_territory", "空区域"),
    ],
)
def test_an_illegal_edit_is_refused_with_its_reason(
    desk: Desk, options: Mapping[str, list[str]], reason: str, reason_zh: str
) -> None:
    (_, first), (_, second), *_ = visits(desk, desk.state, "001")
    words = {"first": first, "second": second}
    written = {kind: [text.format(**words) for text in texts] for kind, texts in options.items()}
    order = [*(["lock"] if "lock" in written else []), *(kind for kind in written if kind != "lock")]
    with pytest.raises(RefusedError) as caught:
        edit(desk, **{kind: written[kind] for kind in order})
    assert caught.value.exit_code is ExitCode.INFEASIBLE
    assert reason.format(**words) in caught.value.in_("en")
    assert reason_zh.format(**words) in caught.value.in_("zh")


def test_a_full_day_refuses_a_visit(desk: Desk) -> None:
    scenario = desk.scenario(desk.state)
    service_min = np.where(np.arange(6) == 0, 20.0, 400.0)  # whoever visits another outlet has no time for more
    tight = replace(scenario, outlets=replace(scenario.outlets, service_min=service_min))
    (_, first), *_ = visits(desk, desk.state, "001")
    (_, busy), *_ = [visit for visit in visits(desk, desk.state, "003") if visit[1] != first]
    with pytest.raises(RefusedError, match=f"the day {busy} of R1 is full"):
        edited(tight, desk.state, read_orders(tight, options={"move": [f"001:{first}..{busy}"]}))


def test_locked_outlets_and_visits_are_free_again_after_unlocking(desk: Desk) -> None:
    (_, first), *_ = visits(desk, desk.state, "001")
    found = edit(desk, lock=["001", f"001:{first}"], unlock=[f"001:{first}", "001"], drop=[f"001:{first}"])
    assert not found.state["locks"]
    assert len(found.made) == 5


def test_partly_makes_what_can_be_made_and_names_the_rest(desk: Desk) -> None:
    found = edit(desk, partly=True, assign=["001:R1", "003:R2"], drop=["002:2026-12-25"])
    assert found.state["assignment"]["003"] == "R2"
    assert [refusal.what.en.split()[0] for refusal in found.refused] == ["001:", "visit"]
    with pytest.raises(RefusedError):
        edit(desk, partly=True, assign=["001:R1"])


def test_the_state_given_is_not_touched(desk: Desk) -> None:
    before = desk.state.to_bytes()
    edit(desk, assign=["003:R2"])
    assert desk.state.to_bytes() == before


def test_a_table_of_edits_is_read_in_both_languages(desk: Desk, tmp_path: Path) -> None:
    scenario = desk.scenario(desk.state)
    english, chinese = tmp_path / "edits.csv", tmp_path / "修改.csv"
    english.write_text(
        "kind,outlet_id,rep_id,date,to\nassign,003,R2,,\nmove,001,,2026-12-01,2026-12-02\ndrop,002,,2026-12-03,\n"
        "lock,004,,,\nunlock,004,,2026-12-04,\n",
        encoding="utf-8",
    )
    chinese.write_text(
        "类型,客户编码,客户经理,日期,新日期\n改派,003,R2,,\n改期,001,,2026/12/1,2026年12月2日\n取消,002,,2026-12-03,\n"
        "锁定,004,,,\n解锁,004,,2026-12-04,\n",
        encoding="gb18030",
    )
    orders = [read_orders(scenario, options={}, table=path) for path in (english, chinese)]
    wanted = [
        Order(kind="assign", outlet=2, rep=1),
        Order(kind="move", outlet=0, day=1, to_day=2),
        Order(kind="drop", outlet=1, day=3),
        Order(kind="lock", outlet=3),
        Order(kind="unlock", outlet=3, day=4),
    ]
    for found in orders:
        assert [_without_place(order) for order in found] == wanted
    assert orders[0][1].place == "edits.csv 3"


def _without_place(order: Order) -> Order:
    return Order(kind=order.kind, outlet=order.outlet, rep=order.rep, day=order.day, to_day=order.to_day)


def test_everything_wrong_with_edits_is_told_at_once(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "edits.csv"
    path.write_text(
        "kind,outlet_id,rep_id,date,to\nassign,003,,,\nbend,003,R2,,\nmove,3,,2026-12-01,2027-03-01\ndrop,001,,soon,\n"
        "assign,9,R7,,\n",
        encoding="utf-8",
    )
    scenario = desk.scenario(desk.state)
    with pytest.raises(ScenarioError) as caught:
        read_orders(scenario, options={"assign": ["003"], "move": ["003:2026-12-01"]}, table=path)
    found = [(issue.file, issue.row, issue.column) for issue in caught.value.issues]
    assert found == [
        ("--assign", None, None),
        ("--move", None, None),
        ("edits.csv", 2, "rep_id"),
        ("edits.csv", 3, "kind"),
        ("edits.csv", 4, "outlet_id"),
        ("edits.csv", 4, "to"),
        ("edits.csv", 5, "date"),
        ("edits.csv", 6, "outlet_id"),
        ("edits.csv", 6, "rep_id"),
    ]
    for issue in caught.value.issues:
        assert issue.problem.zh != issue.problem.en
        assert issue.remedy.zh
    assert "003" in caught.value.issues[4].remedy.en
    with pytest.raises(ScenarioError):
        read_orders(scenario, options={}, table=tmp_path / "none.csv")
