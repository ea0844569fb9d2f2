"""Pipeline: scenario -> split -> visits -> sheets -> policy -> report; the only place where capabilities meet."""

from territory.pipeline.job import RunResult, RunSettings, run
from territory.pipeline.opening import open_scenario, prepared_folder

__all__ = ["RunResult", "RunSettings", "open_scenario", "prepared_folder", "run"]
