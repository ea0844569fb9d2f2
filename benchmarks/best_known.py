"""Known values of published cases, from `best_known.toml`."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.contract import Reference, Sense

FILE = Path(__file__).with_name("best_known.toml")


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """
    One line of the file.

    Attributes
    ----------
    units
        Number of units of the instance the value belongs to: other data under the same name is not compared.
    is_recalled
        From memory, not read in a source: used only where nothing better is known, and said so.
    """

    family: str
    instance: str
    units: int
    parts: int
    tolerance: float
    value: float
    source: str
    is_recalled: bool


@cache
def all_known() -> tuple[Known, ...]:
    """Every value in the file; each set of values states its family, source and tolerance once."""
    with FILE.open("rb") as file:
        sets: list[Mapping[str, object]] = tomllib.load(file)["set"]
    found: list[Known] = []
    for entry in sets:
        values = entry["values"]
        if not isinstance(values, list):
            raise ValueError(f"{FILE.name}: values is a list of [instance, units, parts, value]")
        found += [
            Known(
                family=str(entry["family"]),
                instance=str(instance),
                units=int(units),
                parts=int(parts),
                tolerance=float(str(entry["tolerance"])),
                value=float(value),
                source=str(entry["source"]),
                is_recalled=bool(entry.get("recalled", False)),
            )
            for instance, units, parts, value in values
        ]
    return tuple(found)


def reference_for(
    family: str, instance: str, *, units: int, parts: int, tolerance: float, sense: Sense
) -> Reference | None:
    """The best known value of exactly this case; recalled values count only where there is no other."""
    fitting = [
        known
        for known in all_known()
        if (known.family, known.instance, known.units, known.parts) == (family, instance, units, parts)
        and math.isclose(known.tolerance, tolerance, abs_tol=1e-9)
    ]
    chosen = [known for known in fitting if not known.is_recalled] or fitting
    if not chosen:
        return None
    best = (min if sense == "min" else max)(chosen, key=lambda known: known.value)
    return Reference(value=best.value, source=best.source + (" (recalled, unverified)" if best.is_recalled else ""))


def parts_of(family: str, instance: str, *, units: int) -> tuple[int, ...]:
    """Numbers of parts for which a value of this instance is known, ascending."""
    return tuple(
        sorted(
            {
                known.parts
                for known in all_known()
                if (known.family, known.instance, known.units) == (family, instance, units)
            }
        )
    )
