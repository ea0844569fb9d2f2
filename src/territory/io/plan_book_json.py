"""A plan book as one compact JSON blob of the plan store, and back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from territory.review.model import OutletCard, PlanBook, PlannedStop, RepCard, Unplaced

SCHEMA = "territory/plan-book@1"


def book_bytes(book: PlanBook) -> bytes:
    """The book without its number, the same bytes for the same book."""
    data = {
        "schema": SCHEMA,
        "plan_id": book.plan_id,
        "start": book.start.isoformat(),
        "since": book.since.isoformat(timespec="minutes"),
        "is_fresh": book.is_fresh,
        "scenario": book.scenario,
        "currency": book.currency,
        "reps": [_rep(card) for card in book.reps.values()],
        "outlets": [
            [o.outlet_id, o.name, o.tier, o.rep_id, o.sales_per_week, o.visits_per_cycle, o.priority]
            for o in book.outlets.values()
        ],
        "stops": [[s.rep_id, s.date.isoformat(), s.order, s.outlet_id, s.start_min, s.service_min] for s in book.stops],
        "unplaced": [[u.outlet_id, u.rep_id, u.visits, u.reason] for u in book.unplaced],
        "drive_min": [[rep_id, date.isoformat(), minutes] for (rep_id, date), minutes in book.drive_min.items()],
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _rep(card: RepCard) -> dict[str, object]:
    return {
        "rep_id": card.rep_id,
        "name": card.name,
        "team_id": card.team_id,
        "team": card.team,
        "grade": card.grade,
        "step": card.step,
        "star": card.star,
        "contract": card.contract,
        "tenure_years": card.tenure_years,
        "ability": card.ability,
        "capacity_min": card.capacity_min,
        "workdays": [day.isoformat() for day in card.workdays],
    }


def book_of(content: bytes, *, number: int) -> PlanBook:
    """
    The book in a blob.

    Raises
    ------
    ValueError
        When it is none, or of another version.
    """
    data: Mapping[str, Any] = json.loads(content)
    if data.get("schema") != SCHEMA:
        raise ValueError(f"{data.get('schema')!r} is not {SCHEMA}")
    date = dt.date.fromisoformat
    reps = [RepCard(**{**card, "workdays": tuple(map(date, card["workdays"]))}) for card in data["reps"]]
    outlets = [OutletCard(**dict(zip(_OUTLET, row, strict=True))) for row in data["outlets"]]
    return PlanBook(
        plan_id=data["plan_id"],
        start=date(data["start"]),
        since=dt.datetime.fromisoformat(data["since"]),
        number=number,
        is_fresh=data["is_fresh"],
        scenario=data["scenario"],
        currency=data["currency"],
        reps={card.rep_id: card for card in reps},
        outlets={card.outlet_id: card for card in outlets},
        stops=tuple(
            PlannedStop(
                rep_id=rep_id,
                date=date(day),
                order=order,
                outlet_id=outlet_id,
                start_min=start_min,
                service_min=service_min,
            )
            for rep_id, day, order, outlet_id, start_min, service_min in data["stops"]
        ),
        unplaced=tuple(Unplaced(**dict(zip(_UNPLACED, row, strict=True))) for row in data["unplaced"]),
        drive_min={(rep_id, date(day)): minutes for rep_id, day, minutes in data["drive_min"]},
    )


_OUTLET = ("outlet_id", "name", "tier", "rep_id", "sales_per_week", "visits_per_cycle", "priority")
_UNPLACED = ("outlet_id", "rep_id", "visits", "reason")
