"""Journal keys: a digest of everything in a split problem that an answer can depend on."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import scipy.sparse as sp

from territory.split import SplitProblem
from territory.split.model import BalanceMeasure
from territory.standing import digest

_NOT_AN_INPUT = ("input_hashes",)


def problem_digest(problem: SplitProblem, *words: object) -> str:
    """A short hash of every field of the problem, and of some words more."""
    parts: list[bytes] = [repr(words).encode()]
    for column in fields(problem):
        if column.name not in _NOT_AN_INPUT:
            parts += [column.name.encode(), *_bytes_of(getattr(problem, column.name))]
    return digest(*parts)


def _bytes_of(value: object) -> list[bytes]:
    if isinstance(value, np.ndarray):
        return [str(value.shape).encode(), np.ascontiguousarray(value).tobytes()]
    if isinstance(value, sp.csr_matrix):
        return [part.tobytes() for part in (value.indptr, value.indices, value.data)]
    if isinstance(value, BalanceMeasure):
        return [
            repr((value.name, value.tolerance)).encode(),
            np.ascontiguousarray(value.amount).tobytes(),
            np.ascontiguousarray(value.target).tobytes(),
        ]
    if isinstance(value, tuple):
        return [part for item in value for part in _bytes_of(item)]
    return [repr(value).encode()]
