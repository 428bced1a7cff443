"""What reading routes of the API need beside what their lists have."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.collation import Collation
from pymongo.database import Database

INDEXES: dict[str, list[IndexModel]] = {
    "customers": [
        # Names that begin alike, the newest first. A query that compares names without case can use
        # no index that compares otherwise, not even for the tenant.
        IndexModel(
            [("tenant_id", ASCENDING), ("_id", DESCENDING)],
            name="customers_by_age",
            collation=Collation(locale="en", strength=1),
        ),
    ],
    # Why a delivery's customer was called: those of the first delivery, or of all that it covers.
    "call_logs": [IndexModel([("tenant_id", ASCENDING), ("delivery_id", ASCENDING)])],
}


def up(db: Database[dict[str, Any]]) -> None:
    """Make the indexes."""
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)


def down(db: Database[dict[str, Any]]) -> None:
    """Drop them."""
    for collection, indexes in INDEXES.items():
        present = db[collection].index_information()
        for index in indexes:
            if index.document["name"] in present:
                db[collection].drop_index(index.document["name"])
