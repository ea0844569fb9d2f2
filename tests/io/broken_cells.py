"""Folders with one wrong cell."""

from __future__ import annotations

from tests.io.changes import Refused, both, cell, cells, extra_row, outlet_cell, rep_cell, toml_end

BROKEN_CELLS = [
    # cells
    outlet_cell("an outlet without id", "outlet_id", "", "missing_value"),
    outlet_cell("an outlet id twice", "outlet_id", "001", "duplicate_id"),
    outlet_cell("an id in scientific notation", "outlet_id", "3.10108E+11", "scientific_id"),
    outlet_cell("no latitude", "lat", "", "missing_value"),
    outlet_cell("a latitude in words", "lat", "north", "not_a_number"),
    outlet_cell("a decimal comma", "service_min", '"12,5"', "not_a_number"),
    outlet_cell("infinite sales", "sales_cny", "inf", "not_finite"),
    outlet_cell("sales that are not a number", "sales_cny", "NaN", "not_finite"),
    outlet_cell("negative sales", "sales_cny", "-1", "negative_number"),
    outlet_cell("negative service", "service_min", "-0.5", "negative_number"),
    outlet_cell("a priority of 101", "priority", "101", "out_of_range"),
    outlet_cell("a lock that is neither yes nor no", "locked", "perhaps", "bad_word"),
    outlet_cell("three visits in four weeks", "visits_per_cycle", "3", "bad_visits"),
    outlet_cell("half a visit", "visits_per_cycle", "0.5", "bad_visits"),
    outlet_cell("a cadence nobody knows", "cadence", "now and then", "bad_word"),
    Refused(
        "a cadence against the visits",
        cells("outlets", 2, cadence="weekly", visits_per_cycle="2"),
        (("cadence_conflict", "outlets.csv", 4, "cadence"),),
    ),
    outlet_cell("opening hours in words", "open", "mornings", "bad_clock"),
    outlet_cell("opening at 25 o'clock", "open", "Mon 25:00-26:00", "bad_clock"),
    outlet_cell("weekdays without hours", "open", "Mon-Fri", "bad_clock"),
    outlet_cell("a window that ends before it starts", "open", "Mon-Fri 18:00-08:00", "window_order"),
    outlet_cell("windows that overlap", "open", "Mon 08:00-12:00 11:00-13:00", "window_overlap"),
    outlet_cell("three windows", "open", "Mon 08:00-09:00 10:00-11:00 12:00-13:00", "too_many_windows"),
    outlet_cell("a latitude of 95", "lat", "95", "outside_world"),
    outlet_cell("a longitude of 190", "lon", "190", "outside_world"),
    Refused(
        "coordinates the wrong way round",
        cells("outlets", 2, lat="121.455", lon="31.235"),
        (("swapped", "outlets.csv", 4, "lat"),),
    ),
    Refused("a point at (0, 0)", cells("outlets", 2, lat="0", lon="0.0"), (("null_island", "outlets.csv", 4, "lat"),)),
    Refused(
        "an outlet north of the region",
        both(
            toml_end("[region]\nmin_lat = 31\nmax_lat = 32\nmin_lon = 121\nmax_lon = 122\n"),
            cell("outlets", 2, "lat", "32.1"),
        ),
        (("outside_region", "outlets.csv", 4, "lat"),),
    ),
    Refused(
        "a rep east of the region",
        both(
            toml_end("[region]\nmin_lat = 31\nmax_lat = 32\nmin_lon = 121\nmax_lon = 122\n"),
            cell("reps", 1, "lon", "122.5"),
        ),
        (("outside_region", "reps.csv", 3, "lon"),),
    ),
    Refused(
        "coordinates swapped where both could be latitudes",
        both(
            toml_end("[region]\nmin_lat = 43\nmax_lat = 44\nmin_lon = 87\nmax_lon = 88\n"),
            lambda it: [row.update(lat="43.8", lon="87.6") for row in (*it.outlets, *it.reps)],
            cells("outlets", 2, lat="87.6", lon="43.8"),
        ),
        (("swapped", "outlets.csv", 4, "lat"),),
    ),
    Refused(
        "coordinates swapped, seen by the distance from the reps",
        both(
            lambda it: [row.update(lat="43.8", lon="87.6") for row in (*it.outlets, *it.reps)],
            cells("outlets", 2, lat="87.6", lon="43.8"),
        ),
        (("swapped", "outlets.csv", 4, "lat"),),
    ),
    outlet_cell("an outlet nobody can reach", "lat", "35.5", "unreachable", shown="lat"),
    Refused("a rep twice", extra_row("reps", rep_id="R1"), (("duplicate_id", "reps.csv", 4, "rep_id"),)),
    rep_cell("a shift in words", "shift", "all day", "bad_shift"),
    rep_cell("a shift that ends before it starts", "shift", "17:30-08:30", "window_order"),
    rep_cell("days in words", "days", "often", "bad_days"),
    rep_cell("a rep without working days", "days", "none", "no_capacity"),
    rep_cell("a rep with capacity 0", "capacity_min", "0", "no_capacity"),
    rep_cell("a rep with negative capacity", "capacity_min", "-60", "negative_number"),
    rep_cell("a shift no longer than lunch", "shift", "11:30-12:30", "no_capacity"),
    rep_cell("a grade nobody knows", "grade", "emperor", "bad_word"),
    rep_cell("half a star", "star", "2.5", "out_of_range"),
    rep_cell("a step above 9", "step", "10", "out_of_range"),
    rep_cell("hired on no day", "hired", "2020-02-30", "bad_date"),
    rep_cell("hired after the start", "hired", "2027-01-01", "hired_later"),
    rep_cell("no ability", "ability", "0", "out_of_range"),
    Refused(
        "a seed point in scientific notation",
        cell("reps", 1, "seed_outlet", "3.10108E+11"),
        (("scientific_id", "reps.csv", 3, "seed_outlet"), ("unknown_seed", "reps.csv", 3, "seed_outlet")),
    ),
]
