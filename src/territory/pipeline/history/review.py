"""Draft, review, published: the rules of who may take which step, and which publication is in force when. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from territory.domain.events import Event
from territory.errors import ConfigError, ConflictError
from territory.language import Text


class Standing(StrEnum):
    """How far a state of the plan has come."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    PUBLISHED = "published"


STANDINGS = {
    Standing.DRAFT: Text("draft", "草稿"),
    Standing.REVIEW: Text("in review", "审核中"),
    Standing.APPROVED: Text("approved", "已审核"),
    Standing.PUBLISHED: Text("published", "已发布"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewState:
    """Where a state stands, and the event that brought it there; None for a draft nobody has submitted."""

    standing: Standing
    by: Event | None = None
    submitted: Event | None = None


def standing_of(events: Sequence[Event], digest: str) -> ReviewState:
    """
    Where the state with these bytes stands.

    What is reviewed is the state itself, whatever events led to it: an edit makes a draft of it, taking the edit back
    makes it what it was.
    """
    found = ReviewState(standing=Standing.DRAFT)
    for event in events:
        if event.payload.get("state") != digest:
            continue
        if event.kind == "publication":
            found = ReviewState(standing=Standing.PUBLISHED, by=event, submitted=found.submitted)
        elif event.kind == "review":
            step = event.payload.get("step")
            if step == "submit":
                found = ReviewState(standing=Standing.REVIEW, by=event, submitted=event)
            elif step == "approve":
                found = ReviewState(standing=Standing.APPROVED, by=event, submitted=found.submitted)
            else:
                found = ReviewState(standing=Standing.DRAFT, by=event)
    return found


def require_submittable(now: ReviewState) -> None:
    """
    A draft may be submitted, a published plan again.

    Raises
    ------
    ConflictError
        When it is in review or approved already.
    """
    if now.standing in (Standing.REVIEW, Standing.APPROVED):
        word = STANDINGS[now.standing]
        raise ConflictError(Text(f"this plan is {word.en} already", f"该方案{word.zh}"))


def require_approvable(now: ReviewState, *, who: str, why: str) -> None:
    """
    A plan in review may be approved by somebody else, or by whoever submitted it with a reason.

    Raises
    ------
    ConflictError
        When the plan, as it is now, was not submitted.
    ConfigError
        When the submitter approves without a reason.
    """
    if now.standing is not Standing.REVIEW or now.submitted is None:
        raise _not_yet("in review", "审核中", now, "territory submit")
    if now.submitted.who == who and not why.strip():
        raise ConfigError(
            Text(
                f"{who} submitted this plan; to approve it yourself give a reason with --why",
                f"{who} 是提交人;自行审核须用 --why 说明理由",
            )
        )


def require_returnable(now: ReviewState, *, why: str) -> None:
    """
    A plan in review, or approved, may be sent back with a reason.

    Raises
    ------
    ConflictError, ConfigError
        When it is neither, or there is no reason.
    """
    if now.standing not in (Standing.REVIEW, Standing.APPROVED):
        raise _not_yet("in review", "审核中", now, "territory submit")
    if not why.strip():
        raise ConfigError(Text("say with --why what is to be changed", "请用 --why 说明需要修改的内容"))


def require_publishable(now: ReviewState, *, effective: dt.date, today: dt.date, why: str) -> None:
    """
    An approved plan may be published, from today on; with an earlier date only with a reason.

    Raises
    ------
    ConflictError
        When the plan, as it is now, was not approved.
    ConfigError
        When the date is past and no reason is given.
    """
    if now.standing not in (Standing.APPROVED, Standing.PUBLISHED):
        raise _not_yet("approved", "已审核", now, "territory approve")
    if effective < today and not why.strip():
        raise ConfigError(
            Text(
                f"{effective} is past; to publish for a past date give a reason with --why",
                f"{effective} 已过;发布到过去的日期须用 --why 说明理由",
            )
        )


def require_coming(events: Sequence[Event], *, effective: dt.date, today: dt.date) -> None:
    """
    A publication has to come into force one day.

    Raises
    ------
    ConfigError
        When another one took over before today from a later date on.
    """
    current = in_force(events, today)
    if current is not None and effective_date(current) > effective:
        since = effective_date(current)
        raise ConfigError(
            Text(
                f"publication {current.number} is in force since {since}; to replace it, publish from {since} or later",
                f"第 {current.number} 条发布自 {since} 起生效;如需替换,请自 {since} 或以后发布",
            )
        )


def publications(events: Sequence[Event]) -> list[Event]:
    """All publications, by effective date; of the same date the later one last."""
    found = [event for event in events if event.kind == "publication"]
    return sorted(found, key=lambda event: (effective_date(event), event.number))


def effective_date(publication: Event) -> dt.date:
    """From when a publication is in force."""
    return dt.date.fromisoformat(str(publication.payload["effective"]))


def in_force(events: Sequence[Event], date: dt.date) -> Event | None:
    """The publication in force on a date: the latest effective by then, and of those the one published last."""
    begun = [event for event in publications(events) if effective_date(event) <= date]
    return begun[-1] if begun else None


def _not_yet(wanted: str, wanted_zh: str, now: ReviewState, verb: str) -> ConflictError:
    word = STANDINGS[now.standing]
    return ConflictError(
        Text(
            f"this plan, as it is now, is not {wanted}: it is {word.en}. `{verb}` comes first.",
            f"当前方案并非{wanted_zh}状态,而是{word.zh}。请先执行 `{verb}`。",
        )
    )
