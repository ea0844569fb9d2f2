"""Folders whose tables do not fit together."""

from __future__ import annotations

from tests.io.changes import Refused, both, cell, cells, extra_row, file, outlet_cell, rep_cell, toml_end
from tests.io.town_folder import Change

POINT = b'{"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.4, 31.2]}}'
SHORT_LINE = b'{"type": "LineString", "coordinates": [[121.4, 31.2]]}'


def affinities(*rows: tuple[str, str, str]) -> Change:
    """A table of affinities that counts."""
    table = [dict(zip(("outlet_id", "rep_id", "affinity"), row, strict=True)) for row in rows]
    return both(toml_end("[split]\nprice_affinity = 0.1\n"), lambda it: it.tables.update(affinities=table))


BROKEN_TIES = [
    # ties
    Refused(
        "a rep in a team nobody knows",
        both(cell("reps", 1, "team_id", "T3")),
        (("unknown_team", "reps.csv", 3, "team_id"),),
    ),
    Refused(
        "an outlet of a rep nobody knows",
        cell("outlets", 5, "rep_id", "R9"),
        (("unknown_rep", "outlets.csv", 7, "rep_id"),),
    ),
    outlet_cell("an outlet of a team nobody knows", "territory", "T9", "unknown_team"),
    Refused(
        "an outlet of a team without reps",
        both(
            extra_row("teams", team_id="T3", name="Empty"),
            cell("outlets", 0, "territory", "T3"),
        ),
        (("team_without_reps", "outlets.csv", 2, "territory"),),
    ),
    Refused(
        "a rep with the id of an outlet",
        both(
            cell("reps", 1, "rep_id", "006"),
            lambda it: [row.update(rep_id="006") for row in it.outlets if row["rep_id"] == "R2"],
        ),
        (("id_clash", "reps.csv", 3, "rep_id"),),
    ),
    Refused(
        "flow to an unknown area",
        cell("flows", 1, "to", "nort"),
        (("unknown_area", "flows.csv", 3, "to"),),
    ),
    Refused(
        "flow from nowhere",
        cell("flows", 1, "from", ""),
        (("missing_value", "flows.csv", 3, "from"),),
    ),
    Refused("negative flow", cell("flows", 0, "weight", "-5"), (("negative_number", "flows.csv", 2, "weight"),)),
    Refused("flow without weight", cell("flows", 0, "weight", ""), (("missing_value", "flows.csv", 2, "weight"),)),
    Refused(
        "flow between outlets, one unknown",
        lambda it: it.tables.update(
            flows=[
                {"from": "001", "to": "002", "weight": "1"},
                {"from": "001", "to": "2", "weight": "1"},
            ]
        ),
        (("unknown_outlet", "flows.csv", 3, "to"),),
    ),
    Refused(
        "an area beside itself",
        extra_row("adjacency", area_a="north", area_b="north"),
        (("self_pair", "adjacency.csv", 3, "area_b"),),
    ),
    Refused(
        "an unknown neighbour",
        extra_row("adjacency", area_b="west"),
        (("unknown_area", "adjacency.csv", 3, "area_b"),),
    ),
    Refused(
        "an outlet in no area",
        cells("outlets", 4, area="", district=""),
        (("missing_area", "outlets.csv", 6, "area"),),
    ),
    Refused(
        "travel to an unknown place",
        cell("travel", 0, "to", "R7"),
        (("unknown_place", "travel.csv", 2, "to"),),
    ),
    Refused(
        "travel in negative time",
        cell("travel", 0, "minutes", "-1"),
        (("negative_number", "travel.csv", 2, "minutes"),),
    ),
    Refused("travel twice", extra_row("travel", minutes="9"), (("travel_twice", "travel.csv", 3, "to"),)),
    Refused(
        "more work than capacity",
        both(
            cells("outlets", 0, visits_per_cycle="20", service_min="960"),
            cells("outlets", 5, visits_per_cycle="20", service_min="960"),
        ),
        (("overload", "reps.csv", None, "capacity_min"),),
    ),
    Refused(
        "a lock without a rep",
        cells("outlets", 0, locked="yes", rep_id=""),
        (("lock_without_rep", "outlets.csv", 2, "locked"),),
    ),
    Refused(
        "a lock against the outlet's team",
        cells("outlets", 0, locked="yes", territory="T2"),
        (("lock_team", "outlets.csv", 2, "territory"),),
    ),
    Refused(
        "a group locked to two reps",
        both(cells("outlets", 0, locked="1", group="g"), cells("outlets", 5, locked="1", group="g")),
        (("group_locks", "outlets.csv", 7, "group"),),
    ),
    Refused(
        "a group of two teams",
        both(cells("outlets", 0, territory="T1", group="g"), cells("outlets", 5, territory="T2", group="g")),
        (("group_teams", "outlets.csv", 7, "group"),),
    ),
    Refused(
        "a group of one team, locked into another",
        both(cells("outlets", 0, locked="1", group="g"), cells("outlets", 5, territory="T2", group="g")),
        (("group_teams", "outlets.csv", 7, "group"),),
    ),
    rep_cell("a seed point nobody knows", "seed_outlet", "07", "unknown_seed"),
    Refused(
        "a seed point of two reps",
        both(cell("reps", 0, "seed_outlet", "005"), cell("reps", 1, "seed_outlet", "005")),
        (("seed_twice", "reps.csv", 3, "seed_outlet"),),
    ),
    Refused(
        "a seed point locked to another rep",
        both(cells("outlets", 0, locked="yes"), cell("reps", 1, "seed_outlet", "001")),
        (("seed_locked", "reps.csv", 3, "seed_outlet"),),
    ),
    Refused(
        "a seed point of another team",
        both(cells("outlets", 4, territory="T1"), cell("reps", 1, "seed_outlet", "005")),
        (("seed_team", "reps.csv", 3, "seed_outlet"),),
    ),
    Refused(
        "a group with two reps' seed points",
        both(
            cells("outlets", 0, group="g"),
            cells("outlets", 5, group="g"),
            cell("reps", 0, "seed_outlet", "001"),
            cell("reps", 1, "seed_outlet", "006"),
        ),
        (("group_seeds", "outlets.csv", 7, "group"),),
    ),
    Refused(
        "a group locked to one rep with the seed point of another",
        both(
            cells("outlets", 0, group="g", locked="1"),
            cells("outlets", 5, group="g"),
            cell("reps", 1, "seed_outlet", "006"),
        ),
        (("group_seeds", "outlets.csv", 7, "group"),),
    ),
    Refused(
        "three outlets to keep apart in two territories",
        both(*(cell("outlets", position, "apart", "rivals") for position in (0, 2, 4))),
        (("apart_too_many", "outlets.csv", 6, "apart"),),
    ),
    Refused(
        "apart and together at once",
        both(cells("outlets", 0, apart="rivals", group="g"), cells("outlets", 5, apart="rivals", group="g")),
        (("apart_group", "outlets.csv", 7, "apart"),),
    ),
    Refused(
        "apart and locked to one rep",
        both(cells("outlets", 0, apart="rivals", locked="1"), cells("outlets", 2, apart="rivals", locked="1")),
        (("apart_bound", "outlets.csv", 4, "apart"),),
    ),
    Refused(
        "apart, one locked to the rep whose seed point the other is",
        both(
            cells("outlets", 0, apart="rivals"),
            cells("outlets", 2, apart="rivals", locked="1"),
            cell("reps", 0, "seed_outlet", "001"),
        ),
        (("apart_bound", "outlets.csv", 4, "apart"),),
    ),
    Refused(
        "an affinity to nobody",
        affinities(("001", "R1", "1"), ("002", "R3", "0.5")),
        (("unknown_rep_row", "affinities.csv", 3, "rep_id"),),
    ),
    Refused(
        "an affinity of no outlet",
        affinities(("1", "R1", "1"), ("", "R2", "0.5")),
        (
            ("unknown_outlet", "affinities.csv", 2, "outlet_id"),
            ("missing_value", "affinities.csv", 3, "outlet_id"),
        ),
    ),
    Refused(
        "an affinity above 1",
        affinities(("001", "R1", "1.01")),
        (("out_of_range", "affinities.csv", 2, "affinity"),),
    ),
    Refused(
        "an affinity below 0",
        affinities(("001", "R1", "-0.1")),
        (("out_of_range", "affinities.csv", 2, "affinity"),),
    ),
    Refused(
        "an affinity in words and one left out",
        affinities(("001", "R1", "high"), ("001", "R2", "")),
        (
            ("not_a_number", "affinities.csv", 2, "affinity"),
            ("missing_value", "affinities.csv", 3, "affinity"),
        ),
    ),
    Refused(
        "an affinity twice",
        affinities(("001", "R1", "1"), ("002", "R1", "1"), ("001", "R1", "0.5")),
        (("affinity_twice", "affinities.csv", 4, "rep_id"),),
    ),
    Refused(
        "affinities without their numbers",
        both(toml_end("[split]\nprice_affinity = 0.1\n"), file("affinities.csv", b"outlet_id,rep_id\n001,R1\n")),
        (("missing_column", "affinities.csv", 1, "affinity"),),
    ),
    Refused(
        "barriers that are no JSON", file("barriers.geojson", b"{\n]"), (("bad_geojson", "barriers.geojson", 2, None),)
    ),
    Refused(
        "a barrier that is a point", file("barriers.geojson", POINT), (("bad_geojson", "barriers.geojson", None, None),)
    ),
    Refused(
        "a line of one point", file("barriers.geojson", SHORT_LINE), (("bad_geojson", "barriers.geojson", None, None),)
    ),
    Refused(
        "barriers in no encoding",
        file("barriers.geojson", b"\xff\xff"),
        (("encoding", "barriers.geojson", None, None),),
    ),
    Refused(
        "three mistakes in three files at once",
        both(cell("outlets", 2, "lat", "x"), cell("reps", 1, "days", "x"), cell("flows", 0, "to", "x")),
        (
            ("not_a_number", "outlets.csv", 4, "lat"),
            ("bad_days", "reps.csv", 3, "days"),
            ("unknown_area", "flows.csv", 2, "to"),
        ),
    ),
]
