"""Random draws are addressed, not consumed.

A stream is found by purpose, subject and occasion, so a draw depends on its address and the root seed alone:
not on call order, the number of workers or PYTHONHASHSEED.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Streams:
    """All random streams of one run."""

    seed: int

    def rng(self, purpose: str, *address: str | int) -> np.random.Generator:
        """The generator at this address; the same address always gives the same draws."""
        state = hashlib.blake2b(digest_size=16)
        for part in (purpose, *address):
            state.update(repr(part).encode())
            state.update(b"\x00")
        key = int.from_bytes(state.digest(), "little")
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence((self.seed, key))))

    def child(self, purpose: str, *address: str | int) -> int:
        """An integer seed for a part of the run that takes one (a kernel, a replication)."""
        return int(self.rng(purpose, *address).integers(0, 2**31 - 1))
