"""The steps from draft to publication, written as events, and the folder that a publication makes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from territory.compute import write_bytes_atomically
from territory.domain.events import Event
from territory.errors import ConfigError
from territory.io.plan_store import StoreDamagedError
from territory.language import Lang, Text
from territory.pipeline.history.conversion import assignment_of, plan_of
from territory.pipeline.history.desk import Desk, Signed
from territory.pipeline.history.editing import violations_of
from territory.pipeline.history.handover import HandOver, hand_over_list, today_state
from territory.pipeline.history.handover_text import hand_over_files
from territory.pipeline.history.review import (
    ReviewState,
    in_force,
    require_approvable,
    require_coming,
    require_publishable,
    require_returnable,
    require_submittable,
    standing_of,
)
from territory.pipeline.history.state import PlanState

FOLDER = "publications"
CARD = "publication.txt"


@dataclass(frozen=True, kw_only=True, eq=False)
class Published:
    """A publication, its hand-over list and the folder it was written to."""

    event: Event
    hand_over: HandOver
    folder: Path


def review_of(desk: Desk) -> ReviewState:
    """Where the plan stands that the folder shows."""
    return standing_of(desk.history.events, desk.state.digest)


def submit(desk: Desk, signed: Signed) -> Event:
    """
    Ask for a review of the plan as it is now; what the checkers find in it is kept with the request.

    Raises
    ------
    ConflictError
        When it is in review or approved already.
    ConfigError
        When there is no plan.
    """
    state = desk.state
    if not state.has_split:
        raise ConfigError(Text("there is no plan to submit", "没有可提交的方案"))
    require_submittable(review_of(desk))
    scenario = desk.scenario(state)
    broken = violations_of(scenario, assignment_of(scenario, state), plan_of(scenario, state))
    return _step(
        desk,
        "submit",
        state,
        signed,
        {"broken_rules": [[violation.in_("en"), violation.in_("zh")] for violation in broken]},
    )


def approve(desk: Desk, signed: Signed) -> Event:
    """
    Approve the plan as it is now.

    Raises
    ------
    ConflictError, ConfigError
        See `review.require_approvable`.
    """
    require_approvable(review_of(desk), who=signed.who, why=signed.why)
    return _step(desk, "approve", desk.state, signed, {})


def send_back(desk: Desk, signed: Signed) -> Event:
    """
    Make a draft again of the plan in review, with what is to be changed.

    Raises
    ------
    ConflictError, ConfigError
        See `review.require_returnable`.
    """
    require_returnable(review_of(desk), why=signed.why)
    return _step(desk, "return", desk.state, signed, {})


def publish(desk: Desk, signed: Signed, *, effective: dt.date, lang: Lang) -> Published:
    """
    Publish the approved plan from a date on, with a hand-over list against the plan in force on the day before.

    Where the date is not to come any more, the list is against the plan that is in force today.

    Raises
    ------
    ConflictError, ConfigError
        See `review.require_publishable`.
    StoreDamagedError
        When the history is not as it was written.
    """
    event, found = desk.store.transact(lambda: _publish(desk, signed, effective=effective, lang=lang))
    desk.refresh()
    return Published(event=event, hand_over=found, folder=write_publication(desk, event))


def _publish(desk: Desk, signed: Signed, *, effective: dt.date, lang: Lang) -> tuple[Event, HandOver]:
    """The publication while nobody else writes: what it is compared with is what is in force."""
    desk.refresh()
    state, events = desk.state, desk.history.events
    now = (signed.when or dt.datetime.now(dt.UTC)).astimezone()
    require_publishable(standing_of(events, state.digest), effective=effective, today=now.date(), why=signed.why)
    faults = desk.store.verify()
    if faults:
        raise StoreDamagedError(faults[0].text)
    require_coming(events, effective=effective, today=now.date())
    before = in_force(events, max(effective - dt.timedelta(days=1), now.date()))
    scenario = desk.scenario(state)
    base = today_state(scenario) if before is None else _published_state(desk, before)
    found = hand_over_list(scenario, base, state, effective=effective.isoformat())
    files = hand_over_files(found, effective=effective.isoformat(), currency=scenario.currency, lang=lang)
    files = {**desk.files(desk.history.here().state), **{f"handover/{name}": text for name, text in files.items()}}
    payload = {
        "effective": effective.isoformat(),
        "state": desk.store.put_blob(state.to_bytes()),
        "before": None if before is None else before.number,
        "files": {name: desk.store.put_blob(content) for name, content in sorted(files.items())},
        "outlets": len(found.outlets),
    }
    return desk.note("publication", payload, signed), found


def write_publication(desk: Desk, event: Event) -> Path:
    """The folder of a publication, written anew from the history: the plan, the hand-over lists, and its card."""
    folder = desk.folder / FOLDER / f"{event.payload['effective']}_{event.number}"
    for name, digest in cast("Mapping[str, str]", event.payload["files"]).items():
        write_bytes_atomically(folder / name, desk.store.blob(digest))
    card = (
        f"publication / 发布: {event.number}\n"
        f"effective / 生效日期: {event.payload['effective']}\n"
        f"who / 发布人: {event.who}\n"
        f"when / 时间: {event.when:%Y-%m-%d %H:%M:%S} UTC\n"
        f"why / 理由: {event.why or '-'}\n"
        f"digest / 摘要: {event.digest}\n"
    )
    write_bytes_atomically(folder / CARD, card.encode("utf-8"))
    return folder


def _published_state(desk: Desk, publication: Event) -> PlanState:
    return PlanState.from_bytes(desk.store.blob(str(publication.payload["state"])))


def _step(desk: Desk, step: str, state: PlanState, signed: Signed, more: Mapping[str, object]) -> Event:
    """A step of the review of exactly this state."""
    payload = {"step": step, "state": desk.store.put_blob(state.to_bytes()), **more}
    return desk.note("review", payload, signed)
