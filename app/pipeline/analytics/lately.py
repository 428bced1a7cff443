"""How the last quarter of an hour went, over all companies: what an operator wakes up for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.models import SystemMetric

_LATELY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Lately:
    """Sums of what was measured; see ``METRICS``."""

    ended: Mapping[str, float]
    """Calls that ended, by status."""
    told: int
    """How often a driver was told of a call."""
    longest_told: float
    """Seconds from hang-up; 0 where nobody was told."""
    mean_told: float


def lately(now: datetime) -> Lately:
    """The last fifteen minutes."""
    names = ["calls_ended", "hang_up_to_told"]
    rows = SystemMetric.objects(
        __raw__={
            "timestamp": {"$gte": now - _LATELY, "$lte": now},
            "tags.metric": {"$in": names},
        }
    ).aggregate(
        [
            {
                "$group": {
                    "_id": {"metric": "$tags.metric", "status": "$tags.status"},
                    "sum": {"$sum": "$value"},
                    "mean": {"$avg": "$value"},
                    "longest": {"$max": "$value"},
                    "n": {"$sum": 1},
                }
            }
        ]
    )
    found = {(row["_id"]["metric"], row["_id"].get("status")): row for row in rows}
    told = found.get(("hang_up_to_told", None), {"n": 0, "longest": 0.0, "mean": 0.0})
    return Lately(
        ended={
            str(status): row["sum"]
            for (metric, status), row in sorted(found.items(), key=str)
            if metric == "calls_ended"
        },
        told=told["n"],
        longest_told=told["longest"],
        mean_told=told["mean"],
    )
