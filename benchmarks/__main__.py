"""`python -m benchmarks NAME [FOLDER] [options] --seeds N --seconds S --json OUT`.

OUT gets JSON lines: one object per instance and seed, written as each run ends. Keys that are always there: `family,
instance, seed, budget_s, cpu_s, wall_s, objective, reference, gap` (a fraction of the reference, positive when worse),
`bound, violations, status`, and `sense, unit, reference_source, note`; then the family's own options and measures.
`budget_s` is null when the effort is the case's own number of iterations.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from benchmarks import table
from benchmarks.contract import BenchmarkError
from benchmarks.harness import rows
from benchmarks.options import positive, seed_count
from benchmarks.registry import FAMILIES, BuiltIn, family

OK, VIOLATIONS, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one family; 0 when every plan keeps every rule, 1 when one does not, 2 when the command is wrong."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    screen, errors = Console(), Console(stderr=True)
    try:
        if words and not words[0].startswith("-"):
            family(words[0])  # the nearest name, where argparse would list them all
        found = _run(words, screen=screen, errors=errors)
    except BenchmarkError as error:
        errors.print(f"benchmarks: {error}", markup=False, highlight=False, soft_wrap=True)
        return USAGE
    return VIOLATIONS if table.num_violations(found) else OK


def _run(words: Sequence[str], *, screen: Console, errors: Console) -> list[dict[str, object]]:
    options = _parser().parse_args(words)
    chosen = family(options.family)
    seconds: float | None = options.seconds
    if isinstance(chosen, BuiltIn):
        cases = chosen.cases(None, options)
    else:
        cases = chosen.cases(options.folder, options)
        seconds = chosen.seconds if seconds is None else seconds
    found = _written(rows(chosen.name, cases, seeds=options.seeds, seconds=seconds), options.json, errors)
    if not screen.is_terminal:
        screen = Console(width=170)
    screen.print(table.table_of(found, title=chosen.about))
    screen.print(table.cases_table(found))
    bars = table.bars_table(found)
    if bars is not None:
        screen.print(bars)
    for note in table.notes(found):
        screen.print(note, markup=False, highlight=False, soft_wrap=True)
    screen.print(table.summary(found), highlight=False)
    return found


def _written(found: Iterable[dict[str, object]], out: Path | None, errors: Console) -> list[dict[str, object]]:
    """All rows; each is written and named on the error stream as soon as it is there."""
    kept: list[dict[str, object]] = []
    with ExitStack() as stack:
        try:
            file = stack.enter_context(out.open("w", encoding="utf-8")) if out is not None else None
        except OSError as error:
            raise BenchmarkError(f"cannot write {out}: {error.strerror}") from None
        for row in found:
            kept.append(row)
            if file is not None:
                file.write(json.dumps(row, allow_nan=False) + "\n")
                file.flush()
            errors.print(
                f"{row['instance']} seed {row['seed']}: {row['objective']} {row['unit']}, {row['status']}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
    return kept


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = parser.add_subparsers(dest="family", required=True, metavar="NAME")
    for entry in FAMILIES:
        own = names.add_parser(entry.name, help=entry.about, description=entry.about)
        if isinstance(entry, BuiltIn):
            default = "every case's own effort"
        else:
            own.add_argument("folder", type=Path, metavar="FOLDER", help="where the instances are")
            default = f"{entry.seconds:g}"
        entry.declare(own)
        own.add_argument("--seeds", type=seed_count, default=1, metavar="N", help="seeds 1 to N (default: 1)")
        own.add_argument(
            "--seconds", type=positive, metavar="S", help=f"wall seconds of search per run (default: {default})"
        )
        own.add_argument("--json", type=Path, metavar="OUT", help="file for the JSON lines")
    return parser


if __name__ == "__main__":
    sys.exit(main())
