"""What the lists of failed work rest on, and the operator's figures."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

_LATEST = [("last_at", DESCENDING), ("_id", DESCENDING)]
INDEXES: dict[str, list[IndexModel]] = {
    "jobs_dead": [
        IndexModel([("tenant_id", ASCENDING), *_LATEST]),
        IndexModel([("tenant_id", ASCENDING), ("job", ASCENDING), *_LATEST]),
        # Asked after every job that did its work; nearly always empty.
        IndexModel(
            [("document_id", ASCENDING)],
            name="tried_again",
            partialFilterExpression={"retried_at": {"$type": "date"}},
        ),
    ],
    # How many second opinions came to what.
    "recordings": [
        IndexModel(
            [("second_opinion.outcome", ASCENDING)],
            name="second_opinions",
            partialFilterExpression={"second_opinion.outcome": {"$gte": ""}},
        ),
    ],
}


def up(db: Database[dict[str, Any]]) -> None:
    """Make the indexes."""
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)


def down(db: Database[dict[str, Any]]) -> None:
    """Drop them. Documents stay."""
    for collection, indexes in INDEXES.items():
        present = db[collection].index_information()
        for index in indexes:
            if index.document["name"] in present:
                db[collection].drop_index(index.document["name"])
