"""From a scenario folder to a `Scenario`, with every problem of every file at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import scipy.sparse as sp

from territory.domain.calendar import Calendar
from territory.domain.flow import Flow, no_flow
from territory.domain.policy_rules import PolicyRules
from territory.domain.scenario import Scenario
from territory.domain.targets import OutletFacts, Target
from territory.errors import Issue, ScenarioError
from territory.io.cross_checks import CrossChecks, check_areas_complete
from territory.io.folder import Folder
from territory.io.issues import IssueLog
from territory.io.outlets_table import OutletRows, read_outlets
from territory.io.pair_tables import read_adjacency, read_affinities, read_barriers, read_flow, read_travel
from territory.io.policy_checks import PolicyChecks
from territory.io.reps_table import Staff, read_staff
from territory.io.scenario_file import FILE, ScenarioFile, read_settings
from territory.io.sheet_rules_file import check_links, read_sheet_rules
from territory.io.sheet_tables import read_outlet_facts, read_targets
from territory.io.split_ties import SplitTies
from territory.io.toml_models import toml_text
from territory.roads import TravelTable, build_travel
from territory.units import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class CheckedFolder:
    """What was found in a folder: all issues, errors and warnings; the scenario when there is no error."""

    issues: tuple[Issue, ...]
    scenario: Scenario | None

    @property
    def errors(self) -> tuple[Issue, ...]:
        """Issues that must be mended."""
        return tuple(issue for issue in self.issues if issue.severity == "error")


@dataclass(frozen=True, kw_only=True, eq=False)
class _Parts:
    """What the other tables gave."""

    rep_idx: IntArray
    seed_outlet_idx: IntArray
    flow: Flow
    adjacency: sp.csr_matrix | None
    barriers: tuple[FloatArray, ...]
    travel: TravelTable | None
    affinity: sp.csr_matrix | None
    targets: tuple[Target, ...]
    outlet_facts: OutletFacts | None


def read_scenario(folder: Path) -> Scenario:
    """
    The scenario in `folder`.

    Raises
    ------
    ScenarioError
        With every issue of the folder, warnings included, when at least one of them is an error.
    """
    checked = check_folder(folder)
    if checked.scenario is None:
        raise ScenarioError(checked.issues)
    return checked.scenario


def read_stored_scenario(name: str, files: Mapping[str, bytes]) -> Scenario:
    """
    The scenario in files that were kept, named as its folder was.

    Raises
    ------
    ScenarioError
        When this version cannot read them any more.
    """
    checked = _checked(Folder(Path(name), IssueLog(), stored=files))
    if checked.scenario is None:
        raise ScenarioError(checked.issues)
    return checked.scenario


def check_folder(folder: Path) -> CheckedFolder:
    """Read the folder and report everything that is wrong or doubtful in it; never raises for the user's files."""
    return _checked(Folder(Path(folder), IssueLog()))


def _checked(files: Folder) -> CheckedFolder:
    log = files.log
    content = files.content(FILE)
    settings = None if content is None else read_settings(content, log=log)
    if settings is None:
        return CheckedFolder(issues=log.issues(), scenario=None)
    if settings.source is not None and not files.is_prepared(settings):
        log.add("not_generated", file=FILE, column="source")
        return CheckedFolder(issues=log.issues(), scenario=None)
    calendar = _calendar(settings)
    rows = _outlet_rows(files, settings, calendar)
    staff = _staff(files, settings, calendar)
    if staff is not None:
        check_links(settings, staff.reps.rep_ids, log)
        PolicyChecks(text=toml_text(content or b"", file=FILE, log=log) or "", file=FILE, log=log).teams(
            settings.policy, staff.teams.team_ids
        )
    parts = _parts(files, settings, rows, staff)
    sheet_rules = read_sheet_rules(files, settings)
    if log.has_errors or rows is None or staff is None or parts is None:
        return CheckedFolder(issues=log.issues(), scenario=None)
    scenario = Scenario(
        name=settings.name or files.path.resolve().name,
        currency=settings.currency.upper(),
        seed=settings.seed,
        outlets=rows.outlets(parts.rep_idx),
        reps=replace(staff.reps, seed_outlet_idx=parts.seed_outlet_idx),
        teams=staff.teams,
        flow=parts.flow,
        travel=build_travel(settings.travel, parts.travel),
        calendar=calendar,
        split=settings.split,
        visits=settings.visits,
        policies=dict(settings.policy) or {"baseline": PolicyRules()},
        effort=settings.effort,
        year=settings.year,
        lab=settings.lab,
        adjacency=parts.adjacency,
        affinity=parts.affinity,
        barriers=parts.barriers,
        targets=parts.targets,
        outlet_facts=parts.outlet_facts,
        sheet_rules=sheet_rules,
        sheet_links=settings.sheet.links,
        input_hashes=dict(sorted(files.hashes.items())),
        time_zone=settings.time_zone,
    )
    return CheckedFolder(issues=log.issues(), scenario=scenario)


def _calendar(settings: ScenarioFile) -> Calendar:
    """The cycle; a start that is not a Monday has an issue and counts as the Monday before."""
    start = settings.visits.start
    return Calendar(start=start - dt.timedelta(days=start.weekday()), holidays=frozenset(settings.visits.holidays))


def _outlet_rows(files: Folder, settings: ScenarioFile, calendar: Calendar) -> OutletRows | None:
    table = files.table("outlets", settings)
    return None if table is None else read_outlets(table, settings, calendar, files.log)


def _staff(files: Folder, settings: ScenarioFile, calendar: Calendar) -> Staff | None:
    table = files.table("reps", settings)
    teams = files.table("teams", settings)
    return None if table is None else read_staff(table, teams, settings, calendar, files.log)


def _parts(files: Folder, settings: ScenarioFile, rows: OutletRows | None, staff: Staff | None) -> _Parts | None:
    """The other tables and all checks across tables; None when outlets or reps could not be read."""
    log = files.log
    flows = files.table("flows", settings)
    adjacency = files.table("adjacency", settings)
    travel = files.table("travel", settings)
    targets, facts = files.table("targets", settings), files.table("outlet_facts", settings)
    barriers: tuple[FloatArray, ...] = ()
    barrier_file = files.file_of("barriers", settings)
    barrier_content = None if barrier_file is None else files.content(barrier_file)
    if barrier_file is not None and barrier_content is not None:
        barriers = read_barriers(barrier_content, file=barrier_file, crs=settings.crs, log=log)
    if rows is None:
        return None
    areas = rows.area.names
    flow = no_flow(len(areas))
    if flows is not None:
        flow = read_flow(flows, areas=areas, outlet_ids=rows.outlet_ids, log=log)
    elif files.file_of("flows", settings) is None:
        log.add("no_flow", file="flows.csv")
    neighbours = None if adjacency is None else read_adjacency(adjacency, areas=areas, log=log)
    if (flow.level == "area" and areas) or neighbours is not None or settings.split.basic_unit == "area":
        check_areas_complete(rows, log)
    if staff is None:
        return None
    place_ids = (*rows.outlet_ids, *staff.reps.rep_ids)
    rep_idx = CrossChecks(rows, staff, log).run(access_min=settings.visits.access_min)
    return _Parts(
        rep_idx=rep_idx,
        seed_outlet_idx=SplitTies(rows, staff, rep_idx, log).run(),
        flow=flow,
        adjacency=neighbours,
        barriers=barriers,
        travel=None if travel is None else read_travel(travel, place_ids=place_ids, log=log),
        affinity=_affinity(files, settings, rows, staff),
        targets=() if targets is None else read_targets(targets, rep_ids=staff.reps.rep_ids, log=log),
        outlet_facts=None if facts is None else read_outlet_facts(facts, outlet_ids=rows.outlet_ids, log=log),
    )


def _affinity(files: Folder, settings: ScenarioFile, rows: OutletRows, staff: Staff) -> sp.csr_matrix | None:
    """The table of affinities; a table without a price, or a price without a table, is told."""
    file, price = files.file_of("affinities", settings), settings.split.price_affinity
    if file is None and price > 0:
        files.log.add("no_affinities", file="affinities.csv")
    elif file is not None and price == 0:
        files.log.add("affinities_unpriced", file=file)
    table = files.table("affinities", settings)
    if table is None:
        return None
    return read_affinities(table, outlet_ids=rows.outlet_ids, rep_ids=staff.reps.rep_ids, log=files.log)
