"""Folders whose files or settings are wrong."""

from __future__ import annotations

from tests.io.changes import Refused, both, file, line, missing, setting, toml, toml_end, toml_line
from tests.io.town_folder import TOML, Town


def double_xlsx(it: Town) -> None:
    it.files["outlets.xlsx"] = b"not read"


BROKEN_FILES = [
    # files
    Refused("no settings", missing("scenario.toml"), (("missing_file", "scenario.toml", None, None),)),
    Refused("no outlets", missing("outlets.csv"), (("missing_file", "outlets.csv", None, None),)),
    Refused("no reps", missing("reps.csv"), (("missing_file", "reps.csv", None, None),)),
    Refused(
        "a named table that is not there",
        toml_end('[tables]\nteams = "crews.csv"\n'),
        (("missing_file", "crews.csv", None, None),),
    ),
    Refused(
        "a folder where a table should be",
        toml_end('[tables]\nflows = "."\n'),
        (("unreadable_file", ".", None, None),),
    ),
    Refused("two files for one table", double_xlsx, (("ambiguous_file", "outlets.csv", None, None),)),
    Refused(
        "a table of another kind",
        both(toml_end('[tables]\nreps = "reps.pdf"\n'), file("reps.pdf", b"%PDF")),
        (("file_type", "reps.pdf", None, None),),
    ),
    Refused(
        "a workbook that is none",
        both(missing("reps.csv"), file("reps.xlsx", b"PK but not really")),
        (("unreadable_file", "reps.xlsx", None, None),),
    ),
    Refused("UTF-16 text", file("reps.csv", "rep_id\n1\n".encode("utf-16")), (("encoding", "reps.csv", None, None),)),
    Refused("bytes of no encoding", file("reps.csv", b"rep_id\n\xff\xff\n"), (("encoding", "reps.csv", None, None),)),
    Refused("an open quotation mark", line("reps", 3, 'R2,"open,1,2'), (("bad_csv", "reps.csv", 3, None),)),
    Refused("an empty file", file("reps.csv", b""), (("empty_table", "reps.csv", None, None),)),
    Refused("a header without rows", file("reps.csv", b"rep_id,lat,lon\n"), (("empty_table", "reps.csv", None, None),)),
    Refused(
        "two missing columns, both named",
        lambda it: (it.drop_column("outlets", "lat"), it.drop_column("outlets", "name")),
        (("missing_column", "outlets.csv", 1, "name"), ("missing_column", "outlets.csv", 1, "lat")),
    ),
    Refused(
        "one column twice under two names",
        lambda it: it.rename_column("outlets", "tier", "纬度"),
        (("duplicate_column", "outlets.csv", 1, "纬度"),),
    ),
    Refused("a row that is too short", line("teams", 3, "T2,West"), (("ragged_row", "teams.csv", 3, None),)),
    Refused("a row that is too long", line("flows", 2, "north,south,5,5"), (("ragged_row", "flows.csv", 2, None),)),
    Refused(
        "sales in another currency",
        toml_line('currency = "USD"'),
        (("sales_currency", "outlets.csv", 1, "sales_cny"), ("no_sales", "outlets.csv", 1, "sales_usd")),
    ),
    # settings
    setting("settings that are no TOML", toml('crs = "wgs84"\nname = town\n'), "toml_syntax", 2, None),
    setting("no crs", toml(TOML.replace('crs = "wgs84"\n', "")), "missing_key", None, "crs"),
    setting("a crs that does not exist", toml(TOML.replace("wgs84", "wgs-84")), "wrong_value", 3, "crs"),
    setting("a layout from the future", toml(TOML.replace("@1", "@2")), "wrong_value", 1, "schema"),
    setting(
        "a key with a typing mistake",
        toml_end("[split]\nworkload_tolerence = 0.1\n"),
        "unknown_key",
        10,
        "split.workload_tolerence",
    ),
    setting("a key in the wrong section", toml_line("access_min = 2"), "unknown_key", 4, "access_min"),
    setting("a section with a typing mistake", toml_end("[vist]\nx = 1\n"), "unknown_key", 9, "vist"),
    setting(
        "a number in quotation marks",
        toml_end('[split]\nprice_moved = "0.1"\n'),
        "wrong_value",
        10,
        "split.price_moved",
    ),
    setting("a share above 1", toml_end("[split]\nmax_moved_share = 20\n"), "wrong_value", 10, "split.max_moved_share"),
    setting(
        "a negative price", toml_end("[split]\nprice_compactness = -1\n"), "wrong_value", 10, "split.price_compactness"
    ),
    setting("homes of a third kind", toml_end('[split]\nhomes = "rented"\n'), "wrong_value", 10, "split.homes"),
    setting(
        "a tolerance in words",
        toml_end('[split]\ncount_tolerance = "some"\n'),
        "wrong_value",
        10,
        "split.count_tolerance",
    ),
    setting("a start on a Tuesday", toml(TOML.replace("11-30", "12-01")), "wrong_value", 6, "visits.start"),
    setting(
        "lunch at no time",
        toml_line('lunch_from = "25:00"', after="[visits]\n"),
        "wrong_value",
        6,
        "visits.lunch_from",
    ),
    setting(
        "lunch that ends before it starts",
        toml_line('lunch_until = "11:00"', after="[visits]\n"),
        "wrong_value",
        6,
        "visits.lunch_until",
    ),
    setting("default hours", toml_end('[defaults]\nopen = "always"\n'), "wrong_value", 10, "defaults.open"),
    setting("a default shift", toml_end('[defaults]\nshift = "8 to 5"\n'), "wrong_value", 10, "defaults.shift"),
    setting("default weekdays", toml_end('[defaults]\ndays = "work"\n'), "wrong_value", 10, "defaults.days"),
    setting(
        "three visits in four weeks by default",
        toml_end("[defaults]\nvisits_per_cycle = 3\n"),
        "wrong_value",
        10,
        "defaults.visits_per_cycle",
    ),
    setting(
        "five visits for tier B",
        toml_end("[defaults.visits_per_cycle_by_tier]\nB = 5\n"),
        "wrong_value",
        10,
        "defaults.visits_per_cycle_by_tier.B",
    ),
    setting(
        "a region upside down",
        toml_end("[region]\nmin_lat = 32\nmax_lat = 31\nmin_lon = 121\nmax_lon = 122\n"),
        "wrong_value",
        11,
        "region.max_lat",
    ),
    setting(
        "a region with three sides",
        toml_end("[region]\nmin_lat = 31\nmax_lat = 32\nmin_lon = 121\n"),
        "missing_key",
        9,
        "region.max_lon",
    ),
    setting(
        "a lever with a typing mistake",
        toml_end("[policy.bold.commission]\nshar = 0.2\n"),
        "unknown_key",
        10,
        "policy.bold.commission.shar",
    ),
    setting(
        "tables not generated yet",
        both(missing("outlets.csv"), toml_end('[source]\nkind = "generated"\n')),
        "not_generated",
        None,
        "source",
    ),
]
