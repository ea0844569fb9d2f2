"""The table of reps: homes, teams, shifts, and a career for each that a policy year can start from."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from territory.streams import Streams
from territory.units import FloatArray, IntArray

_FORMAL_SHARE = 0.08
_GRADES = ("junior", "mid", "senior")
_ABILITY_SD = 0.15
_LONGEST_DAYS = 15 * 365
SHIFT = "08:30-17:30"
DAYS = "Mon-Fri"


def reps_table(
    *,
    names: list[str],
    lat: FloatArray,
    lon: FloatArray,
    team: IntArray,
    capacity_min: float,
    start: dt.date,
    streams: Streams,
    skills: list[str] | None = None,
) -> pd.DataFrame:
    """
    Reps as in the data contract, `R001` upwards.

    Parameters
    ----------
    lat, lon
        Degrees of the homes, shape (num_reps,).
    team
        Position of each rep's team, shape (num_reps,).
    capacity_min
        Minutes of work per four-week cycle.
    start
        First day of the plan; hiring dates lie before it.
    skills
        One cell per rep; None leaves the column out.
    """
    count = len(names)
    rng = streams.rng("staff")
    served_days = np.minimum(rng.exponential(4.5 * 365, count) + 30, _LONGEST_DAYS).astype(np.int64)
    years = served_days / 365.25
    grade = np.searchsorted([2.0, 6.0], years + rng.normal(0.0, 1.0, count))
    table = pd.DataFrame(
        {
            "rep_id": [f"R{position + 1:03d}" for position in range(count)],
            "name": names,
            "lat": lat,
            "lon": lon,
            "team_id": [team_id(position) for position in team.tolist()],
            "shift": SHIFT,
            "days": DAYS,
            "capacity_min": capacity_min,
            "grade": [_GRADES[code] for code in grade.tolist()],
            "step": rng.integers(1, 10, count),
            "star": np.clip(1 + rng.binomial(4, 0.45, count), 1, 5),
            "hired": [(start - dt.timedelta(days=days)).isoformat() for days in served_days.tolist()],
            "contract": np.where(rng.permutation(count) < round(_FORMAL_SHARE * count), "formal", "contract"),
            "ability": np.round(np.exp(rng.normal(-(_ABILITY_SD**2) / 2, _ABILITY_SD, count)), 3),
        }
    )
    if skills is not None:
        table["skills"] = skills
    return table


def team_id(position: int) -> str:
    """The id of a team."""
    return f"T{position + 1:02d}"


def teams_table(names: list[str], pooled: list[bool]) -> pd.DataFrame:
    """Teams as in the data contract."""
    return pd.DataFrame(
        {
            "team_id": [team_id(position) for position in range(len(names))],
            "name": names,
            "pooled": [int(p) for p in pooled],
        }
    )
