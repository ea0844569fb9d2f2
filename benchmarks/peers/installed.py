"""The option `--peer`, and what to install for each of the programs."""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Mapping

from benchmarks.contract import BenchmarkError

# name: (module, what brings it)
PROGRAMS: Mapping[str, tuple[str, str]] = {
    "metis": ("pymetis", "pymetis"),
    "pyvrp": ("pyvrp", "pyvrp"),
    "vroom": ("vroom", "pyvroom"),
}


def declare_peer(parser: argparse.ArgumentParser, *names: str, effort: str) -> None:
    """The option `--peer`; `effort` says how long each runs."""
    packages = " or ".join(PROGRAMS[name][1] for name in names)
    parser.add_argument("--peer", choices=names, help=f"run it on the same instances too, {effort} (needs {packages})")


def require_peer(name: str | None) -> None:
    """
    Say what is missing before anything runs.

    Raises
    ------
    BenchmarkError
        When the program is not installed.
    """
    if name is None:
        return
    module, package = PROGRAMS[name]
    if importlib.util.find_spec(module) is None:
        raise BenchmarkError(f"--peer {name} needs {package}: pip install {package}")
