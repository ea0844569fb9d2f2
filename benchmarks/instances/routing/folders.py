"""Which routing instances does a folder hold, and which values are published beside them?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.contract import BenchmarkError

INSTANCES = "instances"


def instance_files(folder: Path, suffixes: Sequence[str]) -> dict[str, Path]:
    """
    Files in every `instances` folder at or below this one, by name.

    A name is the path without `instances` and without the ending, such as `Dumas/n20w20.001`.

    Parameters
    ----------
    suffixes
        Endings that count; where '' is one, all files do.

    Raises
    ------
    BenchmarkError
        When there is no such folder or no instance in it.
    """
    if not folder.is_dir():
        raise BenchmarkError(f"there is no folder {folder}")
    paths = folder.glob("*") if folder.name == INSTANCES else folder.glob(f"**/{INSTANCES}/*")
    found = {
        name_of(path.relative_to(folder), suffixes): path
        for path in sorted(paths)
        if path.is_file() and ("" in suffixes or path.suffix in suffixes)
    }
    if not found:
        endings = ", ".join(f"*{suffix}" for suffix in suffixes)
        raise BenchmarkError(f"{folder} holds no instance; expected {INSTANCES}/{endings}")
    return found


def name_of(path: Path, suffixes: Sequence[str]) -> str:
    """The instance's name from its path in the folder."""
    stem = path.name.removesuffix(path.suffix) if path.suffix in suffixes else path.name
    return "/".join([part for part in path.parent.parts if part != INSTANCES] + [stem])


def beside(instance: Path, name: str) -> Path:
    """The file or folder of that name next to the `instances` folder an instance is in."""
    return instance.parent.parent / name
