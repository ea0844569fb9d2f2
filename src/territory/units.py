"""Units, clock times and the one rounding rule.

Solvers see integers. Minutes and kilometres are rounded to whole seconds and metres here and nowhere else,
half up (``floor(x + 0.5)``), so that 0.5 s becomes 1 s on every platform.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

SECONDS_PER_MIN = 60
MIN_PER_HOUR = 60
MIN_PER_DAY = 24 * 60
DAYS_PER_WEEK = 7
WEEKS_PER_CYCLE = 4
DAYS_PER_CYCLE = DAYS_PER_WEEK * WEEKS_PER_CYCLE
EARTH_RADIUS_KM = 6371.0088

WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")

_CLOCK = re.compile(r"^\s*(\d{1,2})[::](\d{2})\s*$")


def round_half_up(values: FloatArray) -> IntArray:
    """Nearest whole numbers, halves upwards; same shape as `values`."""
    return np.floor(np.asarray(values, dtype=np.float64) + 0.5).astype(np.int64)


def seconds(minutes: FloatArray) -> IntArray:
    """Whole seconds for `minutes`, any shape."""
    return round_half_up(np.asarray(minutes, dtype=np.float64) * SECONDS_PER_MIN)


def seconds_of(minutes: float) -> int:
    """Whole seconds for one number of minutes."""
    return int(np.floor(minutes * SECONDS_PER_MIN + 0.5))


def parse_clock(text: str) -> int:
    """Minutes after midnight for a time such as ``08:30``.

    Raises
    ------
    ValueError
        When `text` is not ``H:MM`` or names no time of day (24:00 is allowed).
    """
    match = _CLOCK.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not a time such as 08:30")
    minutes = int(match[1]) * MIN_PER_HOUR + int(match[2])
    if int(match[2]) >= MIN_PER_HOUR or minutes > MIN_PER_DAY:
        raise ValueError(f"{text!r} is not a time of day")
    return minutes


def format_clock(minutes: float) -> str:
    """``HH:MM`` for minutes after midnight, rounded half up to the minute."""
    whole = int(np.floor(minutes + 0.5))
    return f"{whole // MIN_PER_HOUR:02d}:{whole % MIN_PER_HOUR:02d}"


def great_circle_km(lat1: FloatArray, lon1: FloatArray, lat2: FloatArray, lon2: FloatArray) -> FloatArray:
    """Great-circle kilometres between points in degrees (WGS-84); arguments broadcast (haversine)."""
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half_dphi = (phi2 - phi1) / 2
    half_dlam = np.radians(np.asarray(lon2) - np.asarray(lon1)) / 2
    h = np.sin(half_dphi) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(half_dlam) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0))), dtype=np.float64)
