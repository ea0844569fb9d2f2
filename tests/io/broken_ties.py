"""Folders whose tables do not fit together."""

from __future__ import annotations

from tests.io.changes import Refused, both, cell, cells, extra_row, file, outlet_cell

POINT = b'{"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.4, 31.2]}}'
SHORT_LINE = b'{"type": "LineString", "coordinates": [[121.4, 31.2]]}'


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
