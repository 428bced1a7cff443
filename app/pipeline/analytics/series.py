"""A metric over time, as many points as fit a drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from app.errors import PermanentError
from app.models import SystemMetric
from app.pipeline.analytics.span import MOST_MILLISECONDS
from app.pipeline.analytics.system import METRICS
from app.saying import Saying

MOST_POINTS = 1000
LONGEST = timedelta(days=400)
_STEP = 60


class SeriesError(PermanentError):
    """There is no such series; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Point:
    """All that was measured within one step."""

    at: datetime
    """When the step begins."""
    mean: float
    low: float
    high: float
    n: int
    """How many measurements these are."""


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one label; steps in which nothing was measured have no point."""

    metric: str
    unit: str
    labels: Mapping[str, str]
    step: int
    """Seconds."""
    points: tuple[Point, ...]


def series(
    whose: str, metric: str, since: datetime, until: datetime, *, most: int = 300
) -> tuple[Series, ...]:
    """A metric of a company, or of the ``INSTALLATION``, from one moment up to another.

    One series for each value of its label; at most ``most`` points each, none finer than a minute.
    Raises SeriesError.
    """
    known = METRICS.get(metric)
    if known is None:
        raise SeriesError(
            Saying("there is no metric of this name; there are %(names)s", names=", ".join(METRICS))
        )
    if not 1 <= most <= MOST_POINTS:
        raise SeriesError(Saying("ask for 1 to %(most)s points", most=MOST_POINTS))
    if not timedelta(0) < until - since <= LONGEST:
        raise SeriesError(
            Saying(
                "the end must lie after the beginning, by %(days)s days at most", days=LONGEST.days
            )
        )
    step = _STEP * ceil((until - since).total_seconds() / most / _STEP)
    chosen = {
        "tags.tenant": whose,
        "tags.metric": metric,
        "timestamp": {"$gte": since, "$lt": until},
    }
    rows = SystemMetric.objects(__raw__=chosen).aggregate(
        _pipeline(known.label, since, step), hint="series", maxTimeMS=MOST_MILLISECONDS
    )
    found: dict[str | None, list[Point]] = {}
    for row in rows:
        at = since + timedelta(seconds=step * row["_id"]["slot"])
        point = Point(at, row["mean"], row["low"], row["high"], row["n"])
        found.setdefault(row["_id"].get("label"), []).append(point)
    return tuple(
        Series(
            metric,
            known.unit,
            {known.label: label} if known.label and label is not None else {},
            step,
            tuple(points),
        )
        for label, points in sorted(found.items(), key=lambda each: each[0] or "")
    )


def _pipeline(label: str | None, since: datetime, step: int) -> list[dict[str, Any]]:
    passed = {"$subtract": ["$timestamp", since]}
    slot = {"$toInt": {"$floor": {"$divide": [passed, step * 1000]}}}
    key = {"slot": slot, **({"label": f"$tags.{label}"} if label else {})}
    return [
        {
            "$group": {
                "_id": key,
                "mean": {"$avg": "$value"},
                "low": {"$min": "$value"},
                "high": {"$max": "$value"},
                "n": {"$sum": 1},
            }
        },
        {"$sort": {"_id.slot": 1}},
    ]
