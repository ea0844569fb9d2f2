"""What the records hand on to the sheets of a week: last week's goals, open problems, outlets that wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from territory.domain.records import CarriedIn
from territory.io.loop_store import history_of, plan_events
from territory.io.plan_store import PlanStore
from territory.pipeline.loop_folder import loop_store, place_of
from territory.progress import SILENT, Progress
from territory.review import History, carried_in, ledger, week_period
from territory.review.whole import last_week_reported


def carried_for(
    folder: Path | None,
    iso_weeks: Sequence[str],
    *,
    scenario: Path | None = None,
    data: Path | None = None,
    progress: Progress = SILENT,
) -> Mapping[str, CarriedIn]:
    """
    By rep, what a run's history hands on to the sheets of some weeks; nothing where it has no records.

    The plan that lies in the folder is put in force on the way, so that the history knows the version that is printed.

    Parameters
    ----------
    iso_weeks
        The weeks that are printed, such as 2026-W50. A single one takes over from the week before it; of several the
        first after the newest week that a sheet came back for.
    """
    if folder is None:
        return {}
    store = place_of(folder).store
    if not store.exists():
        return {}
    with PlanStore.open(store, create=False) as log:
        if not plan_events(log):
            return {}
    with loop_store(folder, scenario=scenario, data=data, progress=progress) as log:
        history = history_of(log)
    week = week_period(_receiving(history, sorted(iso_weeks)))
    return {} if week is None else carried_in(history, ledger(history), week)


def _receiving(history: History, iso_weeks: Sequence[str]) -> str:
    """The week that takes over; "" for none."""
    if not history.entries:
        return ""
    if len(iso_weeks) == 1:
        return iso_weeks[0]
    last = last_week_reported(history)
    return next((week for week in iso_weeks if week > last), "")
