"""When the network is asked what a call cost, and the index by which the sweep finds who is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

_ENDED = ["completed", "busy", "no-answer", "failed", "canceled"]
# Sparse: only calls that are to be asked about have it, and they are few.
INDEX = IndexModel([("price_due_at", ASCENDING)], name="prices_due", sparse=True)


def up(db: Database[dict[str, Any]]) -> None:
    """Make the index; calls of the last three days that have no price are asked about as well."""
    db.call_logs.update_many(
        {
            "status": {"$in": _ENDED},
            "call_sid": {"$type": "string"},
            "end_time": {"$gte": datetime.now(UTC) - timedelta(days=3)},
            "cost": None,
            "price_due_at": None,
        },
        [{"$set": {"price_due_at": {"$add": ["$end_time", 5 * 60 * 1000]}}}],
    )
    db.call_logs.create_indexes([INDEX])


def down(db: Database[dict[str, Any]]) -> None:
    """Drop the index. Documents stay."""
    if "prices_due" in db.call_logs.index_information():
        db.call_logs.drop_index("prices_due")
