"""Plans of towns whose ids and names are as bad as spreadsheets, maps and calendars will ever see."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from territory.domain.assignment import Assignment
from territory.domain.columns import Labels
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.io.export import PlanContent
from tests.towns import scenario_of, some_outlets, some_reps

BAD_IDS = (
    *("007", "0", "-1", "+1", "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "'007", "''=x", "1.0", "TRUE", "2026-11-30"),
    *("08:30:00", "NaN", "a,b", 'say "hi"', "semi;colon", "tab id", "#N/A", "客户 一", "😀", "\\n", "<b>&amp;", "]]>"),
)
BAD_NAMES = (
    *BAD_IDS,
    *("", "two\nlines", "three\r\nlines", "cr\rhere", "tab\there", "bell\x07", "㛃䶮店", "a" * 300, "BEGIN:VEVENT"),
    *("<![CDATA[x]]>", "x;y,z\\", "中天超市(江墩6店)", '"', "  spaced  out  ", "‮right to left", "👨‍👩‍👧‍👦家"),
)
# of the letters that may stand in an id: the ones a table keeps
_LETTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"), exclude_characters="\u200b\ufeff"
)


def ids(count: int) -> st.SearchStrategy[list[str]]:
    """So many different ids."""
    some = st.one_of(st.sampled_from(BAD_IDS), st.text(_LETTERS, min_size=1, max_size=6).map(str.strip))
    fine = some.filter(lambda text: bool(text) and "e+" not in text.casefold())
    return st.lists(fine, min_size=count, max_size=count, unique=True)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A scenario with a plan."""

    scenario: Scenario
    assignment: Assignment
    plan: VisitPlan

    def content(self, **settings: object) -> PlanContent:
        """To export."""
        return PlanContent(scenario=self.scenario, assignment=self.assignment, plan=self.plan, **settings)  # type: ignore[arg-type]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A few outlets and reps with any names, any split, and days of any stops at any times."""
    outlets, reps = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    names = draw(ids(outlets + reps))
    scenario = _town(
        names[:outlets],
        names[outlets:],
        draw(st.lists(st.sampled_from(BAD_NAMES), min_size=outlets, max_size=outlets)),
        draw(st.lists(st.sampled_from(BAD_NAMES), min_size=reps, max_size=reps)),
    )
    served = draw(st.lists(st.integers(-1, reps - 1), min_size=outlets, max_size=outlets))
    return Case(
        scenario=scenario,
        assignment=Assignment(rep_of_outlet=np.array(served)),
        plan=draw(plans(num_outlets=outlets, num_reps=reps)),
    )


def worst_case() -> Case:
    """Every bad id as an outlet that is visited and unplaced, every bad name somewhere, reps with bad ids, a lunch."""
    count, start = len(BAD_IDS), 8 * 3600
    names = [BAD_NAMES[i % len(BAD_NAMES)] for i in range(2, count + 2)]
    rep_ids = [f"{BAD_IDS[i]}#" for i in range(count)]
    every = np.arange(count)
    plan = VisitPlan(
        rep_idx=every,
        day=every % 28,
        outlet_idx=every,
        drive_s=every * 61,
        start_s=start + every * 7,
        service_s=900 + every,
        route_rep_idx=every,
        route_day=every % 28,
        leave_s=start - every * 61,
        return_drive_s=every * 59,
        return_s=start + 3600 + every,
        lunch_s=np.where(every % 2, start + 600, -1),
        unplaced_outlet_idx=every,
        unplaced_visits=every % 4 + 1,
        unplaced_reason=tuple(list(UnplacedReason)[i % len(UnplacedReason)] for i in range(count)),
    )
    return Case(
        scenario=_town(list(BAD_IDS), rep_ids, names, names[::-1]),
        assignment=Assignment(rep_of_outlet=np.where(every % 5, every, -1)),
        plan=plan,
    )


def _town(outlet_ids: list[str], rep_ids: list[str], outlet_names: list[str], rep_names: list[str]) -> Scenario:
    count, reps = len(outlet_ids), len(rep_ids)
    outlets = some_outlets(
        [30.0 + i / 100 for i in range(count)],
        [112.0 + i / 100 for i in range(count)],
        outlet_ids=tuple(outlet_ids),
        names=tuple(outlet_names),
        area=Labels.of(outlet_names),
        rep_idx=np.arange(count) % reps,
    )
    people = some_reps([30.0] * reps, [112.0] * reps, rep_ids=tuple(rep_ids), names=tuple(rep_names))
    scenario = scenario_of(outlets, people, np.eye(len(outlets.area.names)))
    return replace(scenario, input_hashes={"outlets.csv": "0123456789abcdef"})


@st.composite
def plans(draw: st.DrawFn, *, num_outlets: int, num_reps: int, most_days: int = 5) -> VisitPlan:
    """Days of reps with stops in order of time, at most 30 hours after midnight; visits without a place."""
    seconds = st.integers(0, 30 * 3600)
    outlet = st.integers(0, num_outlets - 1)
    days = draw(
        st.lists(st.tuples(st.integers(0, num_reps - 1), st.integers(0, 27)), max_size=most_days, unique=True).map(
            sorted
        )
    )
    stops: list[tuple[int, ...]] = []
    routes: list[tuple[int, ...]] = []
    for rep, day in days:
        some = draw(st.lists(st.tuples(outlet, seconds, seconds, seconds), min_size=1, max_size=3))
        starts = sorted(start for _, _, start, _ in some)
        stops += [
            (rep, day, where, drive, start, service)
            for (where, drive, _, service), start in zip(some, starts, strict=True)
        ]
        routes.append((rep, day, *draw(st.tuples(seconds, seconds, seconds, st.one_of(st.just(-1), seconds)))))
    missing = draw(st.lists(st.tuples(outlet, st.integers(1, 28), st.sampled_from(UnplacedReason)), max_size=3))
    stop, route = np.array(stops).reshape(-1, 6).T, np.array(routes).reshape(-1, 6).T
    return VisitPlan(
        rep_idx=stop[0],
        day=stop[1],
        outlet_idx=stop[2],
        drive_s=stop[3],
        start_s=stop[4],
        service_s=stop[5],
        route_rep_idx=route[0],
        route_day=route[1],
        leave_s=route[2],
        return_drive_s=route[3],
        return_s=route[4],
        lunch_s=route[5],
        unplaced_outlet_idx=np.array([entry[0] for entry in missing], dtype=np.int64),
        unplaced_visits=np.array([entry[1] for entry in missing], dtype=np.int64),
        unplaced_reason=tuple(entry[2] for entry in missing),
    )
