"""Lower bounds on the flow that any split cuts: valid for every plan that keeps the bands, connected or not.

Three arguments, each on one measure of load, joined so that they add up:

(a) Knapsacks. Beside unit u its territory has room for (upper - load of u), so u keeps at most the best fractional
choice of partners. Each pair's flow is shared between the knapsacks of its two units; the shares are moved where
one unit takes the partner and the other does not (a Lagrangian of "both or neither"), which tightens the bound.

(b) What the knapsacks leave: a partner that fits would still fit if its flow were only as dense as the first one
that did not. The flow above that density proves nothing in (a) and goes to (c) instead; the two bounds add up.

(c) Spectrum, Donath and Hoffman's idea for weighted parts: with loads D, any d and parts of load W_1 >= W_2 >= ...,
cut >= 1/2 (sum of W_t lambda_t - sum of d), where lambda_1 <= lambda_2 <= ... are the smallest eigenvalues of
D^-1/2 (L + diag d) D^-1/2; the W within [lower, upper] that make the sum smallest are taken, and d is climbed along
its subgradient.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.linalg import eigh
from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh, splu

from territory.split._bound_kernels import fill_knapsacks
from territory.units import FloatArray

_KNAPSACK_ROUNDS = 40
_DENSE_UNITS = 200
# A round of (c) grows with units x (vectors kept); so much in all, some seconds.
_SPECTRAL_WORK = 5e6
_MOST_ROUNDS = 40
_MOST_CELLS, _MOST_CELLS_UNFACTORED, _CELLS_PER_SECOND = 5_000_000, 400_000, 600_000
_FEW_PARTNERS = 12


def flow_cut_bound(
    flow: sp.csr_matrix,
    amount: FloatArray,
    *,
    parts: int,
    lower: float,
    upper: float,
    seconds: float | None = None,
) -> float:
    """
    Flow that any split into `parts` cuts at least, by one measure of load.

    Parameters
    ----------
    flow
        Symmetric flow between units without diagonal (each pair in both entries), shape (n, n).
    amount
        Load of each unit, shape (n,).
    lower, upper
        Smallest and largest load of a territory.
    seconds
        About how long it may take; None: a fixed amount of work, so that the answer repeats.

    References
    ----------
    [Donath-Hoffman] for (c); the weights within the band, the climb along d and the joining are ours.
    """
    if not flow.nnz:
        return 0.0
    knapsack = knapsack_cut(flow, amount, upper)
    alone = knapsack.cut
    if knapsack.cut > 0.0 and knapsack.rest.nnz:
        flow = knapsack.rest
    else:
        alone = 0.0
    return max(knapsack.cut, alone + spectral_cut(flow, amount, parts=parts, lower=lower, upper=upper, seconds=seconds))


@dataclass(frozen=True, kw_only=True, eq=False)
class KnapsackCut:
    """Flow cut at least, and the symmetric flow that this proof did not need."""

    cut: float
    rest: sp.csr_matrix


def knapsack_cut(flow: sp.csr_matrix, amount: FloatArray, upper: float) -> KnapsackCut:
    """Argument (a), and what (b) leaves over."""
    flow = sp.csr_matrix(flow)
    flow.sort_indices()
    n = flow.shape[0]
    starts, partner = flow.indptr.astype(np.int64), flow.indices.astype(np.int64)
    row = np.repeat(np.arange(n, dtype=np.int64), np.diff(starts))
    mirror = np.searchsorted(row * n + partner, partner * n + row)
    weight = flow.data.astype(np.float64)
    share, best_share = weight / 2.0, weight / 2.0
    fraction, density = np.zeros(len(weight)), np.zeros(n)
    total, least = float(weight.sum()) / 2.0, np.inf
    for number in range(_KNAPSACK_ROUNDS):
        kept = float(fill_knapsacks(starts, partner, share, amount, upper, fraction, density))
        if kept < least - 1e-12 * total:
            least, best_share = kept, share
        elif number == 0:
            break
        step = 0.25 / (1.0 + 0.1 * number)
        share = np.clip(share - step * weight * (fraction - fraction[mirror]), 0.0, weight)
        if least >= total * (1.0 - 1e-12):
            break
    fill_knapsacks(starts, partner, best_share, amount, upper, fraction, density)
    needed = np.where(fraction == 1.0, np.minimum(best_share, density[row] * amount[partner]), best_share)
    spare = best_share - needed
    rest = sp.csr_matrix((spare + spare[mirror], flow.indices, flow.indptr), shape=flow.shape, copy=True)
    rest.eliminate_zeros()
    return KnapsackCut(cut=max(0.0, total - least) * (1.0 - 1e-9), rest=rest)


def spectral_cut(
    flow: sp.csr_matrix, amount: FloatArray, *, parts: int, lower: float, upper: float, seconds: float | None = None
) -> float:
    """Argument (c); 0 where it says nothing or the matrix is too large for the time."""
    n = flow.shape[0]
    # without a sparse factor to lean on, far fewer eigenvalues come in the time
    most_cells: float = _MOST_CELLS if flow.nnz <= _FEW_PARTNERS * n else _MOST_CELLS_UNFACTORED
    if seconds is not None:
        most_cells = min(most_cells, seconds * _CELLS_PER_SECOND)
    if parts >= n or lower <= 0 or n * parts > most_cells:
        return 0.0
    end_s = np.inf if seconds is None else time.perf_counter() + seconds
    # A unit without load would make D singular; a little extra load only makes parts heavier, so it stays valid.
    load = np.maximum(amount, 1e-6 * float(amount.mean()))
    extra = float(load.sum() - amount.sum())
    ladder = _Ladder(flow, load, parts=parts, lower=lower, upper=upper + extra)
    rounds = int(np.clip(_SPECTRAL_WORK / (float(n) * (20 + 2 * parts)), 1, _MOST_ROUNDS))
    best_shift, step = np.zeros(n), 1.0
    if rounds == 1:
        return max(0.0, ladder.proved(best_shift))
    best, slope_at_best = ladder.climbed(best_shift)
    for _ in range(rounds - 1):
        steep = float(slope_at_best @ slope_at_best)
        if best <= 0.0 or steep <= 0.0 or step < 1e-3 or time.perf_counter() > end_s:
            break
        shift = best_shift + step * best / steep * slope_at_best
        value, slope = ladder.climbed(shift)
        if value > best:
            best, best_shift, slope_at_best, step = value, shift, slope, step * 1.2
        else:
            step *= 0.5
    return max(0.0, ladder.proved(best_shift))


class _Ladder:
    """The function of d that (c) climbs."""

    def __init__(self, flow: sp.csr_matrix, load: FloatArray, *, parts: int, lower: float, upper: float) -> None:
        self._flow = sp.csr_matrix(flow)
        self._degree = np.asarray(flow.sum(axis=1)).ravel()
        self._load = load
        self._parts = parts
        self._lower = lower
        self._upper = upper
        self._start = np.sqrt(load / load.sum())

    def climbed(self, shift: FloatArray) -> tuple[float, FloatArray]:
        """The bound at d = `shift`, about right, and its slope; -inf where the eigenvalues were not found."""
        found = self._smallest(shift, tolerance=1e-4)
        if found is None:
            return -np.inf, np.zeros(len(shift))
        values, vectors = found
        weight = self._weights(values)
        slope = 0.5 * ((vectors**2) @ weight / self._load - 1.0)
        return 0.5 * (float(weight @ values) - float(shift.sum())), slope

    def proved(self, shift: FloatArray) -> float:
        """The bound at d = `shift` with every eigenvalue lowered by its residual."""
        found = self._smallest(shift, tolerance=0.0)
        if found is None:
            return 0.0
        values, vectors = found
        matrix = self._matrix(shift)
        residual = np.linalg.norm(matrix @ vectors - vectors * values, axis=0)
        safe = np.sort(values - residual - 1e-10 * abs(values).max())
        return 0.5 * (float(self._weights(safe) @ safe) - float(shift.sum()))

    def _weights(self, values: FloatArray) -> FloatArray:
        """Loads of the parts that make the weighted sum of (ascending) values smallest."""
        weight = np.full(len(values), self._lower)
        left = float(self._load.sum()) - self._lower * len(values)
        room = self._upper - self._lower
        if room > 0:
            weight += np.clip(left - room * np.arange(len(values)), 0.0, room)
        return weight

    def _matrix(self, shift: FloatArray) -> sp.csr_matrix:
        scale = sp.diags(1.0 / np.sqrt(self._load))
        return sp.csr_matrix(scale @ (sp.diags(self._degree + shift) - self._flow) @ scale)

    def _smallest(self, shift: FloatArray, *, tolerance: float) -> tuple[FloatArray, FloatArray] | None:
        """The smallest eigenvalues, ascending, and their vectors."""
        matrix, n = self._matrix(shift), len(shift)
        if n <= _DENSE_UNITS:
            values, vectors = eigh(matrix.toarray(), subset_by_index=[0, self._parts - 1])
            return np.asarray(values), np.asarray(vectors)
        try:
            if matrix.nnz <= _FEW_PARTNERS * n:
                # L is positive semidefinite: all eigenvalues lie above the smallest d / load
                below = float((shift / self._load).min()) - 1e-3 * float(matrix.diagonal().mean())
                inside = splu(sp.csc_matrix(matrix - below * sp.identity(n)))
                inverse = LinearOperator((n, n), matvec=inside.solve, dtype=np.float64)
                values, vectors = eigsh(
                    matrix, k=self._parts, sigma=below, OPinv=inverse, which="LM", v0=self._start, tol=tolerance
                )
            else:
                values, vectors = eigsh(matrix, k=self._parts, which="SA", v0=self._start, tol=tolerance)
        except (ArpackError, RuntimeError):
            return None
        order = np.argsort(values)
        return np.asarray(values[order]), np.asarray(vectors[:, order])
