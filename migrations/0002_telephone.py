"""What the whole telephone side rests on: households, messages, replies, reviews, consents."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

_TEXT = {"$type": "string"}
_ID = {"$type": "objectId"}
_TO_CALL = {"outreach.state": {"$in": ["pending", "waiting"]}}

INDEXES: dict[str, list[IndexModel]] = {
    "call_logs": [
        # An attempt is unique; a customer who calls us (attempt 0) may do so again and again.
        IndexModel(
            [("delivery_id", ASCENDING), ("attempt", ASCENDING)],
            name="one_call_an_attempt",
            unique=True,
            partialFilterExpression={"attempt": {"$gt": 0}},
        ),
        # How often a number was called lately, over all deliveries.
        IndexModel([("tenant_id", ASCENDING), ("to_number", ASCENDING), ("claimed_at", ASCENDING)]),
        IndexModel([("covers", ASCENDING)]),
        # Whether a number was dialled a moment ago, by whichever company.
        IndexModel(
            [("to_number", ASCENDING), ("dialing_at", ASCENDING)],
            partialFilterExpression={"dialing_at": {"$exists": True}},
        ),
        # How many calls each company has under way, and how many of them wait to be dialled.
        IndexModel(
            [("in_flight", ASCENDING), ("tenant_id", ASCENDING), ("dialing_at", ASCENDING)],
            partialFilterExpression={"in_flight": True},
        ),
        # What the sweep looks at again: calls that were never placed, and calls that are not ours.
        IndexModel(
            [("outcome", ASCENDING), ("updatedAt", ASCENDING)],
            partialFilterExpression={"outcome": "not_placed"},
        ),
        IndexModel(
            [("strangers", ASCENDING)],
            partialFilterExpression={"strangers.0": {"$exists": True}},
        ),
        # How often somebody called whom we do not know.
        IndexModel(
            [("tenant_id", ASCENDING), ("from_number", ASCENDING), ("claimed_at", ASCENDING)],
            partialFilterExpression={"direction": "inbound"},
        ),
    ],
    "recordings": [
        IndexModel(
            [("call_log_id", ASCENDING)],
            name="recordings_of_a_call",
            partialFilterExpression={"call_log_id": _ID},
        ),
        # Ours is verified, and the network still has its copy.
        IndexModel(
            [("deleted_at_provider", ASCENDING), ("createdAt", ASCENDING)],
            partialFilterExpression={"sha256": _TEXT},
        ),
    ],
    "consents": [IndexModel([("tenant_id", ASCENDING), ("phone", ASCENDING)])],
    "messages": [
        IndexModel(
            [("delivery_id", ASCENDING), ("purpose", ASCENDING)],
            unique=True,
            partialFilterExpression={"delivery_id": _ID, "purpose": "link"},
        ),
        IndexModel(
            [("answers", ASCENDING)], unique=True, partialFilterExpression={"answers": _TEXT}
        ),
        IndexModel(
            [("message_sid", ASCENDING)],
            unique=True,
            partialFilterExpression={"message_sid": _TEXT},
        ),
        IndexModel([("status", ASCENDING), ("updatedAt", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("to_number", ASCENDING), ("claimed_at", ASCENDING)]),
    ],
    "inbound_messages": [
        IndexModel([("message_sid", ASCENDING)], unique=True),
        IndexModel([("settled_at", ASCENDING), ("updatedAt", ASCENDING)]),
    ],
    "replies": [
        IndexModel([("delivery_id", ASCENDING), ("key", ASCENDING)], unique=True),
        IndexModel([("settled_at", ASCENDING), ("updatedAt", ASCENDING)]),
    ],
    "reviews": [
        IndexModel(
            [("tenant_id", ASCENDING), ("source_id", ASCENDING), ("reason", ASCENDING)], unique=True
        ),
        IndexModel([("tenant_id", ASCENDING), ("closed_at", ASCENDING), ("due", ASCENDING)]),
    ],
    "deliveries": [
        IndexModel(
            [("outreach.to_text", ASCENDING), ("updatedAt", ASCENDING)],
            partialFilterExpression={"outreach.to_text": True},
        ),
        # Whom to call next: for each company and urgency, the earliest van first.
        IndexModel(
            [
                ("outreach.state", ASCENDING),
                ("tenant_id", ASCENDING),
                ("priority", ASCENDING),
                ("scheduled_time", ASCENDING),
                ("outreach.next_attempt_at", ASCENDING),
            ],
            name="whom_to_call_next",
            partialFilterExpression=_TO_CALL,
        ),
        # Which companies have something due at all.
        IndexModel(
            [
                ("outreach.state", ASCENDING),
                ("tenant_id", ASCENDING),
                ("outreach.next_attempt_at", ASCENDING),
            ],
            name="whose_calls_are_due",
            partialFilterExpression=_TO_CALL,
        ),
    ],
}
REPLACED = {"call_logs": ["delivery_id_1_attempt_1"], "recordings": ["call_log_id_1"]}
"""Indexes of the first migration that these take the place of."""


def up(db: Database[dict[str, Any]]) -> None:
    """Make the new indexes, then drop those they replace."""
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)
    for collection, names in REPLACED.items():
        for name in set(names) & set(db[collection].index_information()):
            db[collection].drop_index(name)


def down(db: Database[dict[str, Any]]) -> None:
    """Bring the replaced indexes back, then drop the new ones. Documents stay.

    Fails where calls of customers, or several recordings of one call, contradict the old ones.
    """
    db.call_logs.create_index([("delivery_id", ASCENDING), ("attempt", ASCENDING)], unique=True)
    db.recordings.create_index([("call_log_id", ASCENDING)], unique=True)
    for collection, indexes in INDEXES.items():
        present = db[collection].index_information()
        for index in indexes:
            if index.document["name"] in present:
                db[collection].drop_index(index.document["name"])
