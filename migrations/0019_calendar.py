"""What the calendar counts deliveries with: their day and state, from the index alone."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

INDEXES: dict[str, list[IndexModel]] = {
    "deliveries": [
        IndexModel(
            [
                ("tenant_id", ASCENDING),
                ("scheduled_time", ASCENDING),
                ("status", ASCENDING),
                ("deleted_at", ASCENDING),
            ],
            name="deliveries_in_the_calendar",
        )
    ],
}


def up(db: Database[dict[str, Any]]) -> None:
    """Make the index."""
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)


def down(db: Database[dict[str, Any]]) -> None:
    """Drop it."""
    for collection, indexes in INDEXES.items():
        present = db[collection].index_information()
        for index in indexes:
            if index.document["name"] in present:
                db[collection].drop_index(index.document["name"])
