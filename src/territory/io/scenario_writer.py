"""Writing a scenario folder: the tables of the data contract and their `scenario.toml`."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from territory.compute import write_bytes_atomically
from territory.io.cells import safe_text

_LINE_ENDS = re.compile(r"\r\n?")


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as CSV text in UTF-8 with BOM (spreadsheets then read Chinese); text that looks like a formula is quoted.

    Numbers are written so that they read back to the same float; missing values are empty cells. Line breaks inside a
    cell become line feeds: a carriage return that stands alone would end the record for most readers.
    """
    shown = table.copy()
    for name in shown.columns:
        if not pd.api.types.is_numeric_dtype(shown[name]):
            shown[name] = [_shown(cell) if isinstance(cell, str) else cell for cell in shown[name]]
    text: str = shown.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8-sig")


def _shown(cell: str) -> str:
    return safe_text(_LINE_ENDS.sub("\n", cell) if "\r" in cell else cell)


def write_table(table: pd.DataFrame, path: Path) -> Path:
    """Write one table, atomically."""
    write_bytes_atomically(path, csv_bytes(table))
    return path


def write_tables(
    folder: Path,
    *,
    outlets: pd.DataFrame,
    reps: pd.DataFrame,
    teams: pd.DataFrame | None = None,
    flows: pd.DataFrame | None = None,
    adjacency: pd.DataFrame | None = None,
    travel: pd.DataFrame | None = None,
    affinities: pd.DataFrame | None = None,
    toml_text: str,
) -> Path:
    """
    Write a complete scenario folder and return it; tables that are None are left out.

    Each file is replaced atomically. `scenario.toml` comes last, so that a folder that has one is complete.
    """
    tables = {
        "outlets": outlets,
        "reps": reps,
        "teams": teams,
        "flows": flows,
        "adjacency": adjacency,
        "travel": travel,
        "affinities": affinities,
    }
    for name, table in tables.items():
        if table is not None:
            write_table(table, folder / f"{name}.csv")
    write_bytes_atomically(folder / "scenario.toml", toml_text.encode("utf-8"))
    return folder
