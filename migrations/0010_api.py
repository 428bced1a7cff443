"""What the API's lists and kept answers rest on."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.collation import Collation
from pymongo.database import Database

_NAMES = Collation(locale="en", strength=1)
INDEXES: dict[str, list[IndexModel]] = {
    "customers": [
        IndexModel([("tenant_id", ASCENDING), ("_id", DESCENDING)]),
        IndexModel(
            [("tenant_id", ASCENDING), ("name", ASCENDING), ("_id", ASCENDING)],
            name="customers_by_name",
            collation=_NAMES,
        ),
    ],
    "deliveries": [
        IndexModel([("tenant_id", ASCENDING), ("_id", DESCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("scheduled_time", ASCENDING), ("_id", ASCENDING)]),
        # The sweep: addresses that are to be found on the map.
        IndexModel(
            [("to_locate", ASCENDING), ("updatedAt", ASCENDING)],
            partialFilterExpression={"to_locate": True},
        ),
        *(
            IndexModel(
                [
                    ("tenant_id", ASCENDING),
                    (path, ASCENDING),
                    ("scheduled_time", ASCENDING),
                    ("_id", ASCENDING),
                ]
            )
            for path in ("status", "agent_id", "customer_id", "outreach.state")
        ),
        IndexModel(
            [("tenant_id", ASCENDING), ("scheduled_time", ASCENDING), ("_id", ASCENDING)],
            name="deliveries_to_look_at",
            partialFilterExpression={"analysis.needs_review": True},
        ),
    ],
    "agents": [
        IndexModel([("tenant_id", ASCENDING), ("role", ASCENDING), ("_id", DESCENDING)]),
        IndexModel(
            [
                ("tenant_id", ASCENDING),
                ("role", ASCENDING),
                ("name", ASCENDING),
                ("_id", ASCENDING),
            ]
        ),
    ],
    "idempotent_answers": [IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0)],
}


def up(db: Database[dict[str, Any]]) -> None:
    """Make the indexes, and with them the collections: a transaction writes to those that exist."""
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)


def down(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes. Documents stay."""
    for collection, indexes in INDEXES.items():
        present = db[collection].index_information()
        for index in indexes:
            if index.document["name"] in present:
                db[collection].drop_index(index.document["name"])
