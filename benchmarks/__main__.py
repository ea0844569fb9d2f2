"""`python -m benchmarks NAME [FOLDER] [options]`; `--help` says what is written."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from benchmarks import table
from benchmarks.command import cases_of, parsed, seconds_of
from benchmarks.contract import BenchmarkError
from benchmarks.harness import rows
from benchmarks.peers.beside import peers_table
from benchmarks.registry import family
from benchmarks.side_by_side import rows_side_by_side

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
    options = parsed(words)
    chosen = family(options.family)
    cases = cases_of(options)
    if chosen.is_single_threaded and options.workers > 1 and not any(case.has_own_workers for case in cases):
        run = rows_side_by_side(words, cases, options)
    else:
        run = rows(chosen.name, cases, seeds=options.seeds, seconds=seconds_of(options), clock=chosen.clock)
    found = _written(run, options.json, errors)
    if not screen.is_terminal:
        screen = Console(width=170)
    screen.print(table.table_of(found, title=chosen.about))
    screen.print(table.cases_table(found))
    beside = peers_table(found)
    if beside is not None:
        screen.print(beside)
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


if __name__ == "__main__":
    sys.exit(main())
