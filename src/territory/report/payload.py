"""The report's data as one compact value: columns of whole numbers, packed for the page's script."""

from __future__ import annotations

import base64
import gzip
import json
import math
from typing import Any

import numpy as np

from territory.language import Lang, Text
from territory.measure import Measure
from territory.report.colour import NOBODY, PALETTE, territory_colours
from territory.report.data import Headline, ReportData
from territory.report.outline import Mesh, Ring
from territory.standing import package_versions
from territory.units import FloatArray

DEGREE_STEPS = 100_000
_MOST_MOVED = 1000


def packed(data: ReportData, lang: Lang) -> str:
    """Base64 of the gzipped JSON of `payload`; the same bytes for the same data."""
    text = json.dumps(payload(data, lang), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode("ascii")


def payload(data: ReportData, lang: Lang) -> dict[str, Any]:
    """
    What the page's script reads.

    Degrees are whole multiples of 1e-5 (about a metre); a ring is a start and steps; texts are [en, zh] pairs.
    """
    outlets, reps = data.outlets, data.reps
    mesh = Mesh.of(outlets.lat, outlets.lon)
    touching = mesh.neighbours(outlets.rep_before) + mesh.neighbours(outlets.rep_after)
    moved = data.moved_outlets()
    most = moved.outlet_idx[:_MOST_MOVED]
    return {
        "lang": lang,
        "version": package_versions()["territory"],
        "scenario": data.scenario,
        "currency": data.currency,
        "start": data.start.isoformat(),
        "palette": list(PALETTE),
        "nobody": NOBODY,
        "headlines": [_headline(each) for each in data.headlines],
        "before": [_measure(each) for each in data.measures_before],
        "after": [_measure(each) for each in data.measures_after],
        "outlets": {
            "id": list(outlets.ids),
            "name": list(outlets.names),
            "lat": _steps(outlets.lat),
            "lon": _steps(outlets.lon),
            "tier": list(outlets.tier),
            "area": _coded(outlets.area),
            "sales": np.rint(outlets.sales_per_week).astype(np.int64).tolist(),
            "work": _tenths(outlets.workload_min),
            "before": outlets.rep_before.tolist(),
            "after": outlets.rep_after.tolist(),
        },
        "reps": {
            "id": list(reps.ids),
            "name": list(reps.names),
            "team": list(reps.team),
            "lat": _steps(reps.lat),
            "lon": _steps(reps.lon),
            "target": _tenths(reps.target_min),
            "colour": list(territory_colours(len(reps.ids), touching)),
        },
        "rings": {
            "before": [_ring(ring) for ring in mesh.rings(outlets.rep_before)],
            "after": [_ring(ring) for ring in mesh.rings(outlets.rep_after)],
        },
        "routes": _routes(data),
        "unplaced": None
        if data.unplaced is None
        else {
            "outlet": data.unplaced.outlet_idx.tolist(),
            "visits": data.unplaced.visits.tolist(),
            "reason": [_text(reason) for reason in data.unplaced.reason],
        },
        "moved": {
            "total": len(moved.outlet_idx),
            "outlet": most.tolist(),
            "reasons": [
                {
                    "label": _text(reason.label),
                    "unit": reason.unit,
                    "direction": reason.direction,
                    "values": [_number(value) for value in reason.values[: len(most)].tolist()],
                }
                for reason in moved.reasons
            ],
        },
        "policies": _policies(data),
        "standings": [
            {
                "job": _text(each.job),
                "status": each.status,
                "stopped": each.stopped_by,
                "objective": _number(each.objective),
                "bound": _number(each.bound),
                "gap": _number(each.gap),
            }
            for each in data.standings
        ],
        "card": [[_text(fact.label), fact.value] for fact in data.run_card],
    }


def _routes(data: ReportData) -> dict[str, list[int]] | None:
    routes = data.routes
    if routes is None:
        return None
    return {
        "rep": routes.rep_idx.tolist(),
        "day": routes.day.tolist(),
        "outlet": routes.outlet_idx.tolist(),
        "drive": routes.drive_s.tolist(),
        "start": routes.start_s.tolist(),
        "service": routes.service_s.tolist(),
        "rRep": routes.route_rep_idx.tolist(),
        "rDay": routes.route_day.tolist(),
        "leave": routes.leave_s.tolist(),
        "back": routes.return_drive_s.tolist(),
        "home": routes.return_s.tolist(),
        "paid": routes.paid_s.tolist(),
    }


def _policies(data: ReportData) -> dict[str, Any] | None:
    table = data.policies
    if table is None:
        return None
    return {
        "baseline": _text(table.baseline),
        "replications": table.replications,
        "rows": [
            {
                "policy": _text(row.policy),
                "measure": _measure(row.measure),
                "difference": _number(row.difference),
                "low": _number(row.low),
                "high": _number(row.high),
                "reading": _text(row.reading),
                "decided": row.is_decided,
                "best": _number(row.chance_best),
            }
            for row in table.rows
        ],
        "money": [
            {
                "policy": _text(row.policy),
                "amounts": [[_number(end) for end in part] for part in (row.margin, row.cost, row.net)],
                "returns": _number(row.returns),
                "payback": _text(row.payback),
            }
            for row in table.money
        ],
        "currency": table.currency,
        "page": table.page,
    }


def _headline(headline: Headline) -> dict[str, Any]:
    return {
        "measure": _measure(headline.measure),
        "before": _number(headline.before),
        "interval": None if headline.interval is None else [_number(bound) for bound in headline.interval],
        "note": None if headline.note is None else _text(headline.note),
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "name": measure.name,
        "value": _number(measure.value),
        "unit": measure.unit,
        "direction": measure.direction,
        "label": _text(measure.label),
    }


def _text(text: Text) -> list[str]:
    return [text.en, text.zh]


def _number(value: float | None) -> float | None:
    """JSON knows no infinity and no NaN: such a number is shown as a dash."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.10g}")


def _steps(degrees: FloatArray) -> list[int]:
    return [int(step) for step in np.rint(degrees * DEGREE_STEPS).astype(np.int64).tolist()]


def _tenths(minutes: FloatArray) -> list[float]:
    return [float(minute) for minute in np.round(minutes, 1).tolist()]


def _coded(cells: tuple[str, ...]) -> dict[str, Any]:
    names = sorted(set(cells))
    place = {name: code for code, name in enumerate(names)}
    return {"names": names, "codes": [place[cell] for cell in cells]}


def _ring(ring: Ring) -> list[Any]:
    """[rep, [lat, lon, step, step, ...]]: the first point, then the way to each next one."""
    whole = np.rint(ring.points * DEGREE_STEPS).astype(np.int64)
    steps = np.vstack([whole[:1], np.diff(whole, axis=0)])
    return [ring.rep_idx, steps.ravel().tolist()]
