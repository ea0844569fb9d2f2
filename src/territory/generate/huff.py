"""Flow between market areas by a Huff model: people choose a place by its pull and its distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.streams import Streams
from territory.units import FloatArray, IntArray, great_circle_km

_BLOCK = 256


@dataclass(frozen=True, kw_only=True, eq=False)
class HuffFlow:
    """
    Directed flow as triples, sorted by (frm, to).

    Attributes
    ----------
    frm, to
        Positions of areas; `frm[i] == to[i]` is flow inside an area.
    weight
        Per week; in the unit of the `total` that was asked for.
    kept_share
        Part of the model's flow that is in the table; the rest went to weaker destinations than the ones kept.
    """

    frm: IntArray
    to: IntArray
    weight: FloatArray
    kept_share: float


def huff_flow(
    *,
    lat: FloatArray,
    lon: FloatArray,
    population: FloatArray,
    attraction: FloatArray,
    decay_per_km: float,
    reach_km: float,
    partners: int,
    total: float,
    noise_sd: float = 0.0,
    streams: Streams,
) -> HuffFlow:
    """
    Flow from homes in each area to outlets in each area.

    Parameters
    ----------
    lat, lon
        Degrees, middle of each area, shape (num_areas,).
    population, attraction
        People and pull of each area, any unit, not negative.
    decay_per_km
        `b` below.
    reach_km
        Great-circle kilometres beyond which nobody goes.
    partners
        Strongest destinations kept per origin (the area itself counts).
    total
        Flow per week of the whole model, before weak destinations are left out.
    noise_sd
        Standard deviation of the log of a factor of mean 1 on every pair.

    Notes
    -----
    ``F[i, j] = total * pop_i / sum(pop) * A_j exp(-b d_ij) e_ij / sum_k A_k exp(-b d_ik) e_ik`` with `d` the
    great-circle kilometres. Every origin with population sends its whole share, so only the destinations vary.
    """
    num_areas = len(lat)
    sent = total * population / population.sum()
    frm, to, weight = [], [], []
    most = min(partners, num_areas)
    for start in range(0, num_areas, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, num_areas))
        km = great_circle_km(lat[rows, None], lon[rows, None], lat[None, :], lon[None, :])
        pull = attraction[None, :] * np.exp(-decay_per_km * km)
        if noise_sd > 0:
            normal = streams.rng("flow noise", start).standard_normal(pull.shape)
            pull *= np.exp(noise_sd * normal - noise_sd**2 / 2)
        pull[km > reach_km] = 0.0
        reached = pull.sum(axis=1)
        pull[reached == 0, rows[reached == 0]] = 1.0  # nothing sells within reach: the flow stays at home
        pull *= (sent[rows] / pull.sum(axis=1))[:, None]
        strongest = np.sort(np.argpartition(-pull, most - 1, axis=1)[:, :most], axis=1)
        flow = np.take_along_axis(pull, strongest, axis=1)
        some = flow > 0
        frm.append(np.repeat(rows, some.sum(axis=1)))
        to.append(strongest[some])
        weight.append(flow[some])
    kept = np.concatenate(weight)
    return HuffFlow(
        frm=np.concatenate(frm).astype(np.int64),
        to=np.concatenate(to).astype(np.int64),
        weight=kept,
        kept_share=float(kept.sum() / total),
    )
