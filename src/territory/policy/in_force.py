"""Levers as they stand in one month: every setting blended between the ordinary one and the policy's, slot by slot."""

from __future__ import annotations

import numpy as np

from territory.domain.policy_rules import LEVERS, PolicyRules
from territory.units import BoolArray, FloatArray


class InForce:
    """
    A policy in one month.

    Parameters
    ----------
    strength
        Of every lever (rows in the order of LEVERS) at every slot, 0 to 1, shape (25, S). At 0 a setting is the
        ordinary one, bit for bit; at 1 the policy's.
    """

    def __init__(self, policy: PolicyRules, strength: FloatArray) -> None:
        self.policy = policy
        self.strength = strength
        self.num_slots = strength.shape[1]
        self._known: dict[tuple[str, str], FloatArray] = {}

    def of(self, lever: str) -> FloatArray:
        """Strength of a lever at every slot, shape (S,)."""
        return np.asarray(self.strength[LEVERS.index(lever)])

    def acts(self, lever: str) -> BoolArray:
        """Slots at which the lever acts at all, shape (S,)."""
        return np.asarray(self.of(lever) > 0.0)

    def number(self, lever: str, setting: str) -> FloatArray:
        """A numeric setting at every slot, shape (S,)."""
        return self._blended(lever, setting)[:, 0]

    def company(self, lever: str, setting: str) -> float:
        """A numeric setting that belongs to the company: its mean over the slots."""
        values = self.number(lever, setting)
        return float(values[0]) if (values == values[0]).all() else float(values.mean())

    def numbers(self, lever: str, setting: str) -> FloatArray:
        """A setting of several numbers at every slot, shape (S, n)."""
        return self._blended(lever, setting)

    def _blended(self, lever: str, setting: str) -> FloatArray:
        key = (lever, setting)
        if key not in self._known:
            mine = getattr(self.policy, lever)
            asked = np.atleast_1d(np.asarray(getattr(mine, setting), dtype=np.float64))
            ordinary = np.atleast_1d(np.asarray(getattr(type(mine)(), setting), dtype=np.float64))
            strength = self.of(lever)[:, None]
            if np.array_equal(asked, ordinary) or not strength.any():
                values = np.broadcast_to(ordinary, (self.num_slots, len(ordinary)))
            else:
                part = ordinary + strength * (asked - ordinary)
                values = np.where(strength == 1.0, asked, np.where(strength == 0.0, ordinary, part))
            self._known[key] = values
        return self._known[key]
