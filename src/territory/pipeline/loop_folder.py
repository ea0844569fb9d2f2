"""A run's folder in the loop: where its history lies, and the plans of its cycle put in force there."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from territory.errors import ConfigError
from territory.io import read_scenario
from territory.io.follows_file import Follows, read_follows, write_follows
from territory.io.loop_store import history_of, plan_events, put_in_force
from territory.io.plan_book_json import book_of
from territory.io.plan_store import STORE, PlanStore
from territory.io.scenario_file import FILE
from territory.language import Text
from territory.pipeline.checking import VISITS, assignment_in, visits_in
from territory.pipeline.history.desk import Desk
from territory.pipeline.history.recording import has_history
from territory.pipeline.history.who import login_name
from territory.pipeline.opening import prepared_folder
from territory.pipeline.plan_books import book_from, file_digest
from territory.pipeline.plan_ground import assignment_path, staffed
from territory.pipeline.visit_replanning import Replanned
from territory.progress import SILENT, Progress
from territory.review import History, PlanBook

_MOST_LINKS = 1000


@dataclass(frozen=True, kw_only=True)
class LoopPlace:
    """
    A run's folder and its history.

    Attributes
    ----------
    chain
        Folders whose plans follow each other, the first one first, this one last.
    links
        The link of each folder to the one before; None for the first.
    """

    chain: tuple[Path, ...]
    links: tuple[Follows | None, ...]

    @property
    def folder(self) -> Path:
        """The folder itself."""
        return self.chain[-1]

    @property
    def store(self) -> Path:
        """The plan store: that of the first folder."""
        return self.chain[0] / STORE


def place_of(folder: Path) -> LoopPlace:
    """
    Where a folder's history lies.

    Raises
    ------
    ConfigError
        When the folder is not there, has no visits, or its links lead nowhere.
    """
    if not (folder / VISITS).exists():
        raise ConfigError(
            Text(
                f"{folder / VISITS} is not there; name the folder of a run, or make a plan with `territory visits`",
                f"找不到 {folder / VISITS};请指定一次运行的文件夹,或先用 `territory visits` 排定拜访",
            )
        )
    chain, links = [folder], [read_follows(folder)]
    while links[0] is not None:
        before = links[0].folder
        if before.resolve() in {path.resolve() for path in chain} or len(chain) > _MOST_LINKS:
            raise ConfigError(Text(f"{folder}: plans follow each other in a circle", f"{folder}:方案前后关系成环"))
        chain.insert(0, before)
        links.insert(0, read_follows(before))
    return LoopPlace(chain=tuple(chain), links=tuple(links))


@contextmanager
def loop_store(
    folder: Path,
    *,
    scenario: Path | None = None,
    data: Path | None = None,
    who: str | None = None,
    progress: Progress = SILENT,
) -> Iterator[PlanStore]:
    """
    The history of a run's folder, with the plans that lie there put in force; made when there is none.

    Parameters
    ----------
    scenario
        The scenario folder; needed once, when its tables lie neither in the run's folder nor where it was made from.

    Raises
    ------
    ConfigError
        When there is no plan, or no scenario to read it with.
    ScenarioError
        When a table is wrong.
    StoreDamagedError
        When the store is broken.
    """
    place = place_of(folder)
    with PlanStore.open(place.store) as store:
        for at, path in enumerate(place.chain):
            if (path / VISITS).exists():
                given = scenario if at == len(place.chain) - 1 else None
                _put_plan(store, path, place.links[at], scenario=given, data=data, who=who, progress=progress)
        yield store


def loop_history(
    folder: Path, *, scenario: Path | None = None, data: Path | None = None, progress: Progress = SILENT
) -> History:
    """Everything the history of a run's folder knows, its plan put in force."""
    with loop_store(folder, scenario=scenario, data=data, progress=progress) as store:
        return history_of(store)


@contextmanager
def scenario_tables(
    folder: Path,
    link: Follows | None,
    *,
    scenario: Path | None = None,
    data: Path | None = None,
    progress: Progress = SILENT,
) -> Iterator[Path]:
    """
    The tables that a run's plan is read with: of the scenario named, the run's own, the one it was made from, or as
    the history of its plan kept them.

    Raises
    ------
    ConfigError
        When there are none.
    """
    tried = [folder / "scenario", None if link is None else link.scenario] if scenario is None else [scenario]
    found = next((path for path in tried if path is not None and (path / FILE).exists()), None)
    with tempfile.TemporaryDirectory() as made:
        if found is not None:
            yield prepared_folder(found, out=Path(made) / "scenario", data=data, progress=progress)
            return
        kept = _kept_tables(folder) if scenario is None else {}
        if not kept:
            shown = folder / "scenario" if scenario is None else scenario
            raise ConfigError(
                Text(
                    f"{shown / FILE} is not there; name the scenario folder that the plan was made from with "
                    "--scenario (once is enough)",
                    f"找不到 {shown / FILE};请用 --scenario 指定生成该方案的场景文件夹(一次即可)",
                )
            )
        for name, content in kept.items():
            (Path(made) / name).write_bytes(content)
        yield Path(made)


def _kept_tables(folder: Path) -> dict[str, bytes]:
    """The scenario's files in the history of a folder's plan; none where it has no history."""
    if not has_history(folder):
        return {}
    with Desk.open(folder) as desk:
        return {name: desk.store.blob(str(digest)) for name, digest in desk.state["tables"].items()}


def _put_plan(
    store: PlanStore,
    folder: Path,
    link: Follows | None,
    *,
    scenario: Path | None,
    data: Path | None,
    who: str | None,
    progress: Progress,
) -> None:
    """Put the visits in a folder in force unless they are known already."""
    file = file_digest(folder / VISITS)
    if any(event.payload["file"] == file for event in plan_events(store)):
        return
    with scenario_tables(folder, link, scenario=scenario, data=data, progress=progress) as tables:
        case = staffed(read_scenario(tables), folder)
    assignment = assignment_in(case, folder if assignment_path(folder).exists() else None)
    plan = visits_in(case, folder)
    since = None if link is None else link.since
    book = book_from(case, assignment, plan, since=since)
    last = last_book(store, book.start)
    if last is None:
        book = book_from(case, assignment, plan, is_fresh=True)
    elif since is None:
        book = book_from(case, assignment, plan, since=_first_difference(last, book))
    put_in_force(store, book, who=who or login_name(), why="", file_digest=file)


def last_book(store: PlanStore, start: dt.date) -> PlanBook | None:
    """The version of a cycle's plan that is in force; None when the store knows none."""
    events = [event for event in plan_events(store) if event.payload["start"] == start.isoformat()]
    return book_of(store.blob(str(events[-1].payload["book"])), number=events[-1].number) if events else None


def _first_difference(before: PlanBook, after: PlanBook) -> dt.datetime:
    """The first day on which two versions differ: an edit by hand holds from then on."""
    old = {(stop.rep_id, stop.date, stop.outlet_id) for stop in before.stops}
    new = {(stop.rep_id, stop.date, stop.outlet_id) for stop in after.stops}
    days = [date for _, date, _ in old ^ new]
    return dt.datetime.combine(min(days, default=after.start), dt.time())


def follow_replan(found: Replanned, *, folder: Path, target: Path, scenario: Path) -> None:
    """
    Note that a new plan written to `target` goes on from the running one in `folder`, from the moment it was made.

    In one and the same folder the table has been replaced, so both versions go into the history at once.
    """
    running, now = found.running, found.now
    case = running.scenario
    midnight = dt.datetime.combine(case.calendar.date_of(now.day), dt.time())
    since = midnight + dt.timedelta(minutes=now.minute)
    if target.resolve() != folder.resolve():
        own = scenario if not (target / "scenario").exists() else None
        write_follows(target, Follows(folder=folder, scenario=own, since=since))
        return
    with PlanStore.open(place_of(folder).store) as store:
        if last_book(store, case.calendar.start) is None:
            before = book_from(case, running.assignment, running.plan, is_fresh=True)
            put_in_force(store, before, who=login_name(), why="", file_digest="")
        after = book_from(case, running.assignment, found.result.plan, since=since)
        put_in_force(store, after, who=login_name(), why="replan", file_digest=file_digest(target / VISITS))
