"""What the records hand on to the sheets of a week: last week's goals, open problems, outlets that wait."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from territory.domain.records import CarriedIn
from territory.io.loop_store import history_of, plan_events
from territory.io.plan_store import PlanStore
from territory.pipeline.loop_folder import loop_store, place_of
from territory.pipeline.sheets import Carrier, nothing_carried
from territory.progress import SILENT, Progress
from territory.review import carried_in, ledger, week_period


def carrier_of(
    folder: Path | None, *, scenario: Path | None = None, data: Path | None = None, progress: Progress = SILENT
) -> Carrier:
    """
    What a run's history hands on; nothing where it has none.

    The plan that lies in the folder is put in force on the way, so that the history knows the version that is printed.
    """
    if folder is None:
        return nothing_carried
    store = place_of(folder).store
    if not store.exists():
        return nothing_carried
    with PlanStore.open(store, create=False) as log:
        if not plan_events(log):
            return nothing_carried
    with loop_store(folder, scenario=scenario, data=data, progress=progress) as log:
        history = history_of(log)
    if not history.entries:
        return nothing_carried
    found = ledger(history)

    def carried(iso_week: str) -> Mapping[str, CarriedIn]:
        week = week_period(iso_week)
        return {} if week is None else carried_in(history, found, week)

    return carried
