"""Indexes for the figures of a range of days, where they are kept, and how long metrics stay."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

KEPT_SECONDS = 400 * 24 * 3600
"""How long a measurement stays: a month can be held against the same one of the year before."""
INDEXES: dict[str, list[IndexModel]] = {
    "call_logs": [
        IndexModel([("tenant_id", ASCENDING), ("claimed_at", ASCENDING)], name="calls_by_time"),
    ],
    "push_messages": [
        # When a driver was first told of a call. Of all: a join does not use a partial index.
        IndexModel([("call_id", ASCENDING)]),
    ],
    "kept_figures": [
        IndexModel([("tenant_id", ASCENDING), ("name", ASCENDING)], unique=True),
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
    ],
    "system_metrics": [
        # Of the tags, by which measurements are stored together.
        IndexModel(
            [("tags.tenant", ASCENDING), ("tags.metric", ASCENDING), ("timestamp", ASCENDING)],
            name="series",
        ),
    ],
}


def up(db: Database[dict[str, Any]]) -> None:
    """Make the collection, the indexes and the limit."""
    if "kept_figures" not in db.list_collection_names():
        db.create_collection("kept_figures")
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)
    db.command("collMod", "system_metrics", expireAfterSeconds=KEPT_SECONDS)


def down(db: Database[dict[str, Any]]) -> None:
    """Drop them. What is kept there is only computed, so it goes; measurements stay."""
    for collection, indexes in INDEXES.items():
        present = db[collection].index_information()
        for index in indexes:
            if index.document["name"] in present:
                db[collection].drop_index(index.document["name"])
    db.drop_collection("kept_figures")
    if "system_metrics" in db.list_collection_names():
        db.command("collMod", "system_metrics", expireAfterSeconds="off")
