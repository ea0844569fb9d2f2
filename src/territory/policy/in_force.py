"""Levers as they stand in one month: every setting blended between the ordinary one and the policy's, slot by slot."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from territory.domain.policy_rules import LEVERS, Lever, PolicyRules
from territory.units import BoolArray, FloatArray

_ROWS = {name: row for row, name in enumerate(LEVERS)}


class InForce:
    """
    A policy in one month.

    Parameters
    ----------
    strength
        Of every lever (rows in the order of LEVERS) at every slot, 0 to 1, shape (25, S). At 0 a setting is the
        ordinary one, bit for bit; at 1 the policy's.
    before
        The month before of the same policy: what has not changed since is not worked out again.
    """

    def __init__(self, policy: PolicyRules, strength: FloatArray, *, before: InForce | None = None) -> None:
        self.policy = policy
        self.strength = strength
        self.num_slots = strength.shape[1]
        self._known: dict[tuple[str, str], FloatArray] = {}
        self._numbers: dict[tuple[str, str], FloatArray] = {}
        if before is not None:
            same = dict(zip(LEVERS, (strength == before.strength).all(axis=1).tolist(), strict=True))
            self._known = {key: values for key, values in before._known.items() if same[key[0]]}
            self._numbers = {key: values for key, values in before._numbers.items() if same[key[0]]}

    def of(self, lever: str) -> FloatArray:
        """Strength of a lever at every slot, shape (S,)."""
        return np.asarray(self.strength[_ROWS[lever]])

    def acts(self, lever: str) -> BoolArray:
        """Slots at which the lever acts at all, shape (S,)."""
        return np.asarray(self.of(lever) > 0.0)

    def number(self, lever: str, setting: str) -> FloatArray:
        """A numeric setting at every slot, shape (S,)."""
        key = (lever, setting)
        if key not in self._numbers:
            self._numbers[key] = self._blended(lever, setting)[:, 0]
        return self._numbers[key]

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
            asked, ordinary, is_ordinary = _values(self.policy, lever, setting)
            strength = self.of(lever)[:, None]
            if is_ordinary or not strength.any():
                values = _everywhere(type(self.policy.lever(lever)), setting, self.num_slots)
            else:
                part = ordinary + strength * (asked - ordinary)
                values = np.where(strength == 1.0, asked, np.where(strength == 0.0, ordinary, part))
            self._known[key] = values
        return self._known[key]


def _values(policy: PolicyRules, lever: str, setting: str) -> tuple[FloatArray, FloatArray, bool]:
    """The policy's value, the ordinary one, and whether they are the same; each of shape (n,)."""
    mine = policy.lever(lever)
    ordinary = _ordinary(type(mine), setting)
    asked = np.atleast_1d(np.asarray(getattr(mine, setting), dtype=np.float64))
    return asked, ordinary, bool((asked == ordinary).all())


@cache
def _ordinary(lever_class: type[Lever], setting: str) -> FloatArray:
    """The ordinary value of a setting, shape (n,)."""
    values = np.atleast_1d(np.asarray(getattr(lever_class(), setting), dtype=np.float64))
    values.setflags(write=False)
    return values


@lru_cache(maxsize=1024)
def _everywhere(lever_class: type[Lever], setting: str, num_slots: int) -> FloatArray:
    """The ordinary value at every slot, shape (S, n)."""
    values = np.tile(_ordinary(lever_class, setting), (num_slots, 1))
    values.setflags(write=False)
    return values
