"""A plan out to other programs and back: spreadsheets, maps, GPS devices, calendars."""

from territory.io.export.as_geojson import write_geojson
from territory.io.export.as_gpx import write_gpx
from territory.io.export.as_ics import EventKind, wanted_events, write_ics
from territory.io.export.as_kml import write_kml
from territory.io.export.as_tables import write_csv, write_json
from territory.io.export.as_xlsx import write_xlsx
from territory.io.export.content import PlanContent
from territory.io.export.published import Counts, ledger_path, publish, read_ledger, write_ledger
from territory.io.export.reading import PlanRead, read_plan

__all__ = [
    "Counts",
    "EventKind",
    "PlanContent",
    "PlanRead",
    "ledger_path",
    "publish",
    "read_ledger",
    "read_plan",
    "wanted_events",
    "write_csv",
    "write_geojson",
    "write_gpx",
    "write_ics",
    "write_json",
    "write_kml",
    "write_ledger",
    "write_xlsx",
]
