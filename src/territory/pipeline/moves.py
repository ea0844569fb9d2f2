"""The flow-against-moves curve as a stage: runs journalled one by one, points written as tables and a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from territory.compute import Arrays
from territory.domain.scenario import Scenario
from territory.effort import Effort
from territory.io import write_assignment, write_json, write_rows
from territory.language import Lang
from territory.pipeline.keys import problem_digest
from territory.pipeline.stages import Bench
from territory.report.curve_svg import CurveMark, CurveView, write_curve_svg
from territory.split import SplitProblem
from territory.split.curve import CurvePoint, Labelled, MovesCurve, Run, moves_curve
from territory.split.ground_rules import Aim, Base
from territory.standing import digest, package_versions

_COLUMNS = (
    "cap_percent",
    "status",
    "moved_percent",
    "moved_outlets",
    "flow_kept_percent",
    "flow_bound_percent",
    "share_of_free_gain",
    "reason",
)


def moves_stage(
    problem: SplitProblem, caps: Sequence[float], effort: Effort, bench: Bench, *, base: Base, aim: Aim
) -> MovesCurve:
    """The curve of a problem; runs that the journal knows are not searched again."""
    ground = problem_digest(problem, base, aim)

    def stored(run: Run) -> Labelled | None:
        found = None if bench.journal is None else bench.journal.read(_key(ground, run))
        if found is None:
            return None
        return Labelled(label=found["label"].astype(np.int64), cost=float(found["cost"].astype(np.float64)[0]))

    def store(run: Run, found: Labelled) -> None:
        if bench.journal is not None:
            arrays: Arrays = {"label": found.label, "cost": np.array([found.cost])}
            bench.journal.write(_key(ground, run), arrays)

    return moves_curve(
        problem,
        caps=caps,
        effort=effort,
        seed=bench.seed,
        base=base,
        aim=aim,
        progress=bench.progress,
        cancel=bench.cancel,
        executor=bench.executor,
        stored=stored,
        store=store,
    )


def write_curve(scenario: Scenario, curve: MovesCurve, target: Path, lang: Lang) -> list[Mapping[str, object]]:
    """curve.csv, curve.svg, curve.json, and each point's assignment under cap-NN; the rows of the table."""
    rows: list[Mapping[str, object]] = [_row(curve, point, lang) for point in curve.points]
    write_rows(rows, target / "curve.csv", columns=_COLUMNS)
    write_curve_svg(view_of(scenario.name, curve), target / "curve.svg", lang)
    for point in curve.points:
        if point.plan is not None:
            write_assignment(scenario, point.plan, target / folder_of(point) / "assignment.csv")
    write_json(
        {
            "scenario": scenario.name,
            "base": curve.base,
            "aim": curve.aim,
            "flow_kept_today_percent": 100.0 * curve.flow_today,
            "stopped_by": curve.stopped_by,
            "run_card": curve.run_card,
            "points": rows,
        },
        target / "curve.json",
    )
    return rows


def folder_of(point: CurvePoint) -> str:
    """cap-05 for 5 %."""
    percent = 100.0 * point.cap
    whole = round(percent)
    return f"cap-{whole:02d}" if abs(percent - whole) < 1e-9 else f"cap-{percent:g}"


def view_of(name: str, curve: MovesCurve) -> CurveView:
    """What the picture shows."""
    marks = [
        CurveMark(
            cap=100.0 * point.cap,
            moved=None if point.plan is None else 100.0 * point.moved_share,
            kept=None if point.plan is None else 100.0 * point.flow_kept,
            bound=100.0 * point.flow_bound,
        )
        for point in curve.points
    ]
    return CurveView(scenario=name, today=100.0 * curve.flow_today, marks=tuple(marks[:-1]), free=marks[-1])


def _row(curve: MovesCurve, point: CurvePoint, lang: Lang) -> dict[str, object]:
    has_plan, share = point.plan is not None, curve.gain_share(point)
    return {
        "cap_percent": round(100.0 * point.cap, 6),
        "status": str(point.status),
        "moved_percent": round(100.0 * point.moved_share, 4) if has_plan else None,
        "moved_outlets": point.moved_outlets if has_plan else None,
        "flow_kept_percent": round(100.0 * point.flow_kept, 4) if has_plan else None,
        "flow_bound_percent": round(100.0 * point.flow_bound, 4),
        "share_of_free_gain": None if share is None else round(share, 4),
        "reason": "" if point.reason is None else point.reason.in_(lang),
    }


def _key(ground: str, run: Run) -> str:
    words = repr((ground, run.cap, run.heat, run.effort.describe(), run.seed, sorted(package_versions().items())))
    return "moves-" + digest(words.encode(), np.ascontiguousarray(run.start).tobytes())
