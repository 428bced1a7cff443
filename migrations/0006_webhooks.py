"""Outgoing webhooks: notes on documents, events, subscriptions, and how each event is sent."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

KEPT_SECONDS = 30 * 24 * 3600
_TO_TELL = IndexModel(
    [("tenant_id", ASCENDING), ("outbox._id", ASCENDING)],
    name="what_is_to_be_told",
    partialFilterExpression={"outbox.0": {"$exists": True}},
)
_KEPT = IndexModel(
    [("createdAt", ASCENDING)], name="kept_for_thirty_days", expireAfterSeconds=KEPT_SECONDS
)

INDEXES: dict[str, list[IndexModel]] = {
    "deliveries": [_TO_TELL],
    "call_logs": [_TO_TELL],
    "recordings": [_TO_TELL],
    "reviews": [_TO_TELL],
    "webhook_subscriptions": [
        IndexModel([("tenant_id", ASCENDING), ("deleted_at", ASCENDING)]),
    ],
    "events": [
        _KEPT,
        IndexModel([("tenant_id", ASCENDING), ("_id", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("delivery_id", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("customer_id", ASCENDING)]),
    ],
    "event_postings": [
        _KEPT,
        IndexModel(
            [("subscription_id", ASCENDING), ("event_id", ASCENDING), ("replay", ASCENDING)],
            unique=True,
        ),
        # What is due for a subscriber, the oldest first.
        IndexModel(
            [("subscription_id", ASCENDING), ("next_at", ASCENDING)],
            partialFilterExpression={"status": "pending"},
        ),
        # The log of a subscription, the newest first.
        IndexModel(
            [
                ("tenant_id", ASCENDING),
                ("subscription_id", ASCENDING),
                ("status", ASCENDING),
                ("event_id", DESCENDING),
            ]
        ),
        IndexModel([("status", ASCENDING), ("next_at", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("delivery_id", ASCENDING)]),
    ],
    "notices": [
        IndexModel(
            [("tenant_id", ASCENDING), ("kind", ASCENDING), ("about_id", ASCENDING)],
            unique=True,
            partialFilterExpression={"closed_at": None},
        ),
        IndexModel([("tenant_id", ASCENDING), ("closed_at", ASCENDING), ("opened_at", ASCENDING)]),
    ],
}


def up(db: Database[dict[str, Any]]) -> None:
    """Make the collections, which transactions write to, and the indexes."""
    present = set(db.list_collection_names())
    for collection, indexes in INDEXES.items():
        if collection not in present:
            db.create_collection(collection)
        db[collection].create_indexes(indexes)


def down(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes. Documents stay."""
    for collection, indexes in INDEXES.items():
        present = db[collection].index_information()
        for index in indexes:
            if index.document["name"] in present:
                db[collection].drop_index(index.document["name"])
