"""Calls between a person of the company and a customer, put through by the company's number."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

_UNDER_WAY = {"in_flight": True}
INDEXES = [
    # One at a time about a delivery, and one at a time for a telephone.
    IndexModel(
        [("delivery_id", ASCENDING)],
        name="one_about_a_delivery",
        unique=True,
        partialFilterExpression=_UNDER_WAY,
    ),
    IndexModel(
        [("person_phone", ASCENDING)],
        name="one_for_a_telephone",
        unique=True,
        partialFilterExpression=_UNDER_WAY,
    ),
    IndexModel(
        [("call_sid", ASCENDING)],
        unique=True,
        partialFilterExpression={"call_sid": {"$type": "string"}},
    ),
    IndexModel(
        [("customer_sid", ASCENDING)],
        partialFilterExpression={"customer_sid": {"$type": "string"}},
    ),
    # The latest of one delivery; how often a number was rung lately; whose it is, for an erasure.
    IndexModel([("tenant_id", ASCENDING), ("delivery_id", ASCENDING), ("claimed_at", DESCENDING)]),
    IndexModel([("customer_phone", ASCENDING), ("claimed_at", DESCENDING)]),
    IndexModel([("person_phone", ASCENDING)], name="whose_telephone"),
    IndexModel([("customer_id", ASCENDING)]),
    # How many there are at this moment.
    IndexModel([("in_flight", ASCENDING)], partialFilterExpression=_UNDER_WAY),
    # What they cost, by day.
    IndexModel([("tenant_id", ASCENDING), ("claimed_at", ASCENDING)], name="bridged_by_time"),
    # What the sweep looks for.
    IndexModel([("status", ASCENDING), ("updatedAt", ASCENDING)]),
    IndexModel(
        [("price_due_at", ASCENDING)],
        partialFilterExpression={"price_due_at": {"$type": "date"}},
    ),
]


def up(db: Database[dict[str, Any]]) -> None:
    """Make the collection, for a transaction cannot, and its indexes."""
    if "bridged_calls" not in db.list_collection_names():
        db.create_collection("bridged_calls")
    db.bridged_calls.create_indexes(INDEXES)


def down(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes. Documents stay."""
    present = db.bridged_calls.index_information()
    for index in INDEXES:
        if index.document["name"] in present:
            db.bridged_calls.drop_index(index.document["name"])
