"""The words of the command line, and the cases that they ask for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.contract import Case
from benchmarks.options import count, positive, seed_count
from benchmarks.registry import FAMILIES, BuiltIn, Family, family

ABOUT = """`python -m benchmarks NAME [FOLDER] [options] --seeds N --seconds S --json OUT`.

OUT gets JSON lines: one object per instance and seed, written as each run ends. Keys that are always there: `family,
instance, seed, budget_s, cpu_s, wall_s, objective, reference, gap` (a fraction of the reference, positive when worse),
`bound, violations, status`, and `sense, unit, reference_source, note`; then the family's own options and measures.
`budget_s` is null when the effort is the case's own number of iterations; it is CPU seconds where --seconds says so.
"""


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """The options that the words mean."""
    return _parser().parse_args(words)


def cases_of(options: argparse.Namespace) -> Sequence[Case]:
    """The cases asked for."""
    chosen = family(options.family)
    return chosen.cases(None, options) if isinstance(chosen, BuiltIn) else chosen.cases(options.folder, options)


def seconds_of(options: argparse.Namespace) -> float | None:
    """Seconds per run; None where every case has its own effort."""
    chosen = family(options.family)
    given: float | None = options.seconds
    return chosen.seconds if given is None and not isinstance(chosen, BuiltIn) else given


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = parser.add_subparsers(dest="family", required=True, metavar="NAME")
    for entry in FAMILIES:
        told = entry.about.replace("%", "%%")  # argparse formats what stands in lists
        own = names.add_parser(entry.name, help=told, description=entry.about)
        if not isinstance(entry, BuiltIn):
            own.add_argument("folder", type=Path, metavar="FOLDER", help="where the instances are")
        entry.declare(own)
        _declare_common(own, entry)
    return parser


def _declare_common(own: argparse.ArgumentParser, entry: Family) -> None:
    own.add_argument("--seeds", type=seed_count, metavar="N", help="seeds 1 to N (default: 1, or what the case says)")
    default = "every case's own effort" if isinstance(entry, BuiltIn) else f"{entry.seconds:g}"
    kind = "CPU seconds" if entry.clock == "cpu" else "wall seconds"
    own.add_argument("--seconds", type=positive, metavar="S", help=f"{kind} of search per run (default: {default})")
    if entry.is_single_threaded:
        own.add_argument(
            "--workers", type=count, default=1, metavar="N", help="runs side by side in N processes (default: 1)"
        )
    own.add_argument("--json", type=Path, metavar="OUT", help="file for the JSON lines")
