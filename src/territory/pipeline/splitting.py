"""The split stage as `[split]` asks for it: on one level or two, with the territories given, or a range of numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from territory.domain.scenario import Scenario
from territory.effort import Effort
from territory.io import write_rows
from territory.language import Lang
from territory.pipeline.stages import Bench, redraw_stage
from territory.progress import SILENT
from territory.split import SplitProblem, SplitResult
from territory.split.how_many import NumbersTried, NumberTried, numbers_wanted, redraw_numbers

_COLUMNS = (
    "territories",
    "status",
    "points",
    "points_with_price",
    "flow_kept_percent",
    "workload_worst_deviation_percent",
    "vanished",
    "vacant",
    "chosen",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Redrawn:
    """
    The split, the scenario and problem it is a split of, and the numbers of territories tried on the way.

    Attributes
    ----------
    scenario
        With the vacant positions that the chosen number asks for.
    now
        The problem as it stands today: every rep has a territory and nobody is new. Today's measures are its.
    tried
        None where `[split] territories` is absent.
    """

    scenario: Scenario
    problem: SplitProblem
    result: SplitResult
    now: SplitProblem
    tried: NumbersTried | None = None


def split_stage(scenario: Scenario, effort: Effort, bench: Bench) -> Redrawn:
    """
    The split of a scenario under `[split] levels` and `territories`; every part is in the journal.

    Raises
    ------
    ConfigError
        When the number of territories cannot be reached.
    """
    levels = scenario.split.levels
    numbers = numbers_wanted(scenario)
    if numbers is None:
        problem = SplitProblem.of(scenario)
        result = redraw_stage(problem, effort, bench, levels=levels)
        return Redrawn(scenario=scenario, problem=problem, result=result, now=problem)

    def solve(problem: SplitProblem, part: Effort, seed: int) -> SplitResult:
        return redraw_stage(problem, part, replace(bench, seed=seed, progress=SILENT), levels=levels)

    tried = redraw_numbers(
        scenario,
        numbers,
        effort=effort,
        seed=bench.seed,
        solve=solve,
        progress=bench.progress,
        cancel=bench.cancel,
    )
    best = tried.best
    return Redrawn(
        scenario=best.staffed.scenario,
        problem=best.staffed.problem,
        result=best.result,
        now=SplitProblem.of(scenario),
        tried=tried,
    )


def number_rows(tried: NumbersTried) -> list[dict[str, object]]:
    """One row per number of territories."""
    return [
        {
            "territories": one.territories,
            "status": str(one.result.status),
            "points": _shown(one, one.points),
            "points_with_price": _shown(one, one.points + tried.price_territory * one.territories),
            "flow_kept_percent": _shown(one, 100.0 * one.flow_kept),
            "workload_worst_deviation_percent": _shown(one, 100.0 * one.worst_workload),
            "vanished": " ".join(one.staffed.vanished),
            "vacant": " ".join(one.staffed.vacancies),
            "chosen": one is tried.best,
        }
        for one in tried.tried
    ]


def write_numbers(tried: NumbersTried, target: Path) -> None:
    """numbers.csv: points, flow and balance for each number of territories."""
    write_rows(number_rows(tried), target / "numbers.csv", columns=_COLUMNS)


def number_lines(tried: NumbersTried, lang: Lang) -> list[str]:
    """The same as text, the chosen number marked."""
    head = ("territories", "points", "flow kept %", "workload +-%", "")
    if lang == "zh":
        head = ("区域数", "分数", "保留流量 %", "工作量偏差 %", "")
    lines = ["  " + "  ".join(f"{word:>12}" for word in head)]
    for row in number_rows(tried):
        cells = [str(row["territories"])] + [
            "-" if row[name] is None else f"{row[name]:.2f}"
            for name in ("points_with_price", "flow_kept_percent", "workload_worst_deviation_percent")
        ]
        changes = [f"-{name}" for name in str(row["vanished"]).split()] + [
            f"+{name}" for name in str(row["vacant"]).split()
        ]
        mark = ("* " if row["chosen"] else "  ") + " ".join(changes)
        lines.append("  " + "  ".join(f"{cell:>12}" for cell in cells) + "  " + mark)
    return lines


def _shown(one: NumberTried, value: float) -> float | None:
    return None if one.result.plan is None else round(value, 4)
