"""Where pushes go, several devices for each agent; and what sending and reminding rest on.

Subscriptions of before were made without a key of ours, so no push service takes anything for them:
they go.
"""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

_ID = {"$type": "objectId"}
INDEXES: dict[str, list[IndexModel]] = {
    # A browser that another agent used before.
    "agents": [IndexModel([("push_devices.fingerprint", ASCENDING)], sparse=True)],
    "push_messages": [
        # The sweep.
        IndexModel([("status", ASCENDING), ("updatedAt", ASCENDING)]),
        # What is newer or older about the same stop.
        IndexModel([("delivery_id", ASCENDING), ("version", ASCENDING)]),
        # What may still have to be reminded of: few at any time.
        IndexModel(
            [("arrival", ASCENDING)], partialFilterExpression={"arrival": {"$type": "date"}}
        ),
        # How many were reminded of.
        IndexModel([("texted_at", ASCENDING)], sparse=True),
    ],
    "messages": [
        IndexModel([("push_id", ASCENDING)], unique=True, partialFilterExpression={"push_id": _ID}),
    ],
}


def up(db: Database[dict[str, Any]]) -> None:
    """Make the indexes, and drop the subscriptions that are good for nothing."""
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)
    db.agents.update_many(
        {"push_subscription": {"$exists": True}}, {"$unset": {"push_subscription": ""}}
    )


def down(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes, and the devices, which nothing could read any more."""
    for collection, indexes in INDEXES.items():
        present = db[collection].index_information()
        for index in indexes:
            if index.document["name"] in present:
                db[collection].drop_index(index.document["name"])
    db.agents.update_many({"push_devices": {"$exists": True}}, {"$unset": {"push_devices": ""}})
