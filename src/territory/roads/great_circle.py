"""Travel times from straight-line distance: town pace first, country pace for the rest of the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.rules import TravelRules
from territory.domain.travel import Places
from territory.units import MIN_PER_HOUR, FloatArray, IntArray, great_circle_km, seconds


@dataclass(frozen=True, slots=True)
class GreatCircleTravel:
    """
    Travel times computed from great-circle distance.

    Notes
    -----
    With g great-circle kilometres, the first ``town_km`` of them are driven at ``town_circuity`` road km per
    kilometre and ``town_kmh``, the rest at ``rural_circuity`` and ``rural_kmh``: continuous and never falling
    in g, symmetric, 0 between exact duplicate points.
    """

    rules: TravelRules

    def minutes_for(self, distance_km: FloatArray) -> FloatArray:
        """Minutes of driving for great-circle kilometres, any shape."""
        rules = self.rules
        town_min_per_km = rules.town_circuity * MIN_PER_HOUR / rules.town_kmh
        rural_min_per_km = rules.rural_circuity * MIN_PER_HOUR / rules.rural_kmh
        town_km = np.minimum(distance_km, rules.town_km)
        return np.asarray(town_km * town_min_per_km + (distance_km - town_km) * rural_min_per_km, dtype=np.float64)

    def seconds(self, frm: Places, to: Places) -> IntArray:
        """Whole seconds of driving, shape (len(frm), len(to))."""
        distance_km = great_circle_km(frm.lat[:, None], frm.lon[:, None], to.lat[None, :], to.lon[None, :])
        return seconds(self.minutes_for(distance_km))

    def pair_minutes(self, frm: Places, to: Places) -> FloatArray:
        """Minutes from `frm[i]` to `to[i]`, shape (len(frm),); unrounded."""
        return self.minutes_for(great_circle_km(frm.lat, frm.lon, to.lat, to.lon))

    def describe(self) -> dict[str, object]:
        """The rules the times were computed from."""
        return {"kind": "great_circle", **self.rules.model_dump()}
