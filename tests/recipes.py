"""A village branch in seconds: the county recipe, made small."""

from __future__ import annotations

from pathlib import Path

SMALL = """
schema = "territory/scenario@1"
name = "village"
crs = "wgs84"
seed = 3

[source]
kind = "generated"
seed = 5
num_reps = 4
num_teams = 2
target_load = 0.5
center_lat = 30.9
center_lon = 112.6
width_km = 40
height_km = 30
num_outlets = 200
num_towns = 8
num_areas = 30

[split]
workload_tolerance = 0.25
potential_tolerance = "unlimited"

[effort]
split_iterations = 600_000
visit_iterations = 300

[lab]
replications = 4

[policy.big_pot]
why = "Today's practice."

[policy.pay_for_results]
why = "Less is shared equally."
[policy.pay_for_results.egalitarian_pool]
egalitarian_share = 0.2
"""


def small_recipe(folder: Path) -> Path:
    """A scenario folder with the small recipe."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scenario.toml").write_text(SMALL, encoding="utf-8")
    return folder
