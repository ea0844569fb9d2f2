"""What the records hand on to the sheets of a week: last week's goals, open problems, outlets that wait."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from territory.domain.records import CarriedIn
from territory.io.loop_store import history_of
from territory.io.plan_store import PlanStore
from territory.pipeline.loop_folder import place_of
from territory.review import carried_in, ledger, week_period


def carried_for(folder: Path | None, iso_week: str) -> Mapping[str, CarriedIn]:
    """
    By rep, what the week before hands on; nothing for a run without a history.

    Parameters
    ----------
    folder
        The run's folder, whose history knows the sheets that came back.
    iso_week
        The week whose sheets are printed, such as 2026-W50.
    """
    week = week_period(iso_week)
    if folder is None or week is None:
        return {}
    store = place_of(folder).store
    if not store.exists():
        return {}
    with PlanStore.open(store, create=False) as log:
        history = history_of(log)
    return carried_in(history, ledger(history), week) if history.entries else {}
