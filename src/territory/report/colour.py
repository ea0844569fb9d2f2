"""Colours for territories: neighbours differ, and few enough colours to tell them apart with any eyes."""

from __future__ import annotations

from collections.abc import Iterable

# After Paul Tol's bright and muted schemes, which colour-blind readers can tell apart; the map also writes names.
PALETTE = (
    "#4477aa",
    "#ee7733",
    "#228833",
    "#aa3377",
    "#ccaa22",
    "#33a0b8",
    "#cc3311",
    "#7a6cc4",
    "#8a7a3a",
    "#dd77aa",
    "#7fae2f",
    "#56647d",
)
NOBODY = "#9aa3ad"


def territory_colours(num_reps: int, neighbours: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """
    A position in `PALETTE` per rep, different for neighbours.

    Reps with the most neighbours choose first, and take the colour that the fewest reps have among those no
    neighbour has; should all be taken, the one that fewest neighbours have.
    """
    beside: list[list[int]] = [[] for _ in range(num_reps)]
    for one, other in sorted(set(neighbours)):
        beside[one].append(other)
        beside[other].append(one)
    colours = [-1] * num_reps
    used = [0] * len(PALETTE)
    for rep in sorted(range(num_reps), key=lambda rep: (-len(beside[rep]), rep)):
        clash = [0] * len(PALETTE)
        for other in beside[rep]:
            if colours[other] >= 0:
                clash[colours[other]] += 1
        colours[rep] = min(range(len(PALETTE)), key=lambda colour: (clash[colour], used[colour], colour))
        used[colours[rep]] += 1
    return tuple(colours)
