"""Scenario folders in, plans and reports out."""

from territory.io.plan_reading import read_assignment
from territory.io.policy_files import read_policies
from territory.io.reading import CheckedFolder, check_folder, read_scenario
from territory.io.results import write_assignment, write_features, write_geojson, write_issues, write_json, write_rows
from territory.io.scenario_file import scenario_json_schema
from territory.io.scenario_writer import write_tables
from territory.io.sheet_rules_file import default_sheet_rules
from territory.io.visit_plan_file import read_visit_plan, write_visit_plan

__all__ = [
    "CheckedFolder",
    "check_folder",
    "default_sheet_rules",
    "read_assignment",
    "read_policies",
    "read_scenario",
    "read_visit_plan",
    "scenario_json_schema",
    "write_assignment",
    "write_features",
    "write_geojson",
    "write_issues",
    "write_json",
    "write_rows",
    "write_tables",
    "write_visit_plan",
]
