"""How long services and drives really take: lognormal factors around the plan's minutes, each at its own address."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from territory.streams import Streams
from territory.units import DAYS_PER_CYCLE, FloatArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """
    Coefficients of variation (standard deviation divided by mean); 0 for times that never differ.

    Attributes
    ----------
    service_cv
        Of one visit.
    drive_cv
        Of one drive.
    traffic_cv
        Of the day's traffic, which all drives of a day share, whoever drives.
    """

    service_cv: float = 0.35
    drive_cv: float = 0.20
    traffic_cv: float = 0.10

    def __post_init__(self) -> None:
        if min(self.service_cv, self.drive_cv, self.traffic_cv) < 0:
            raise ValueError("a coefficient of variation is not negative")

    def service_factor(self, quantile: float) -> float:
        """What a visit takes at most with probability `quantile`, divided by its mean."""
        return _quantile(quantile, _sigma(self.service_cv))

    def drive_factor(self, quantile: float) -> float:
        """The same for a drive, the day's traffic included."""
        return _quantile(quantile, float(np.hypot(_sigma(self.drive_cv), _sigma(self.traffic_cv))))


@dataclass(frozen=True, kw_only=True, slots=True)
class Chance:
    """Factors with mean 1, shape (replications, 28): more replications leave the first ones as they are."""

    spread: Spread
    streams: Streams
    replications: int

    def of_service(self, outlet_id: str) -> FloatArray:
        """A visit of the outlet on each day."""
        return self._factors(self.spread.service_cv, "service", outlet_id)

    def of_drive(self, place_id: str) -> FloatArray:
        """The drive that ends at this outlet or home on each day, without the day's traffic."""
        return self._factors(self.spread.drive_cv, "drive", place_id)

    def of_traffic(self) -> FloatArray:
        """Traffic of each day."""
        return self._factors(self.spread.traffic_cv, "traffic")

    def _factors(self, cv: float, purpose: str, *address: str) -> FloatArray:
        shape, sigma = (self.replications, DAYS_PER_CYCLE), _sigma(cv)
        if not sigma:
            return np.ones(shape)
        draws = self.streams.rng(f"replay {purpose}", *address).standard_normal(shape)
        return np.asarray(np.exp(sigma * draws - sigma**2 / 2))


def _sigma(cv: float) -> float:
    """Of the logarithm of a lognormal number."""
    return float(np.sqrt(np.log1p(cv**2)))


def _quantile(quantile: float, sigma: float) -> float:
    """Of a lognormal number with mean 1."""
    if not 0.0 < quantile < 1.0:
        raise ValueError("a quantile lies between 0 and 1")
    return float(np.exp(sigma * float(ndtri(quantile)) - sigma**2 / 2))
