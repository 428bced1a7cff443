"""What the API's list of postings rests on."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

INDEXES: dict[str, list[IndexModel]] = {
    "event_postings": [
        IndexModel(
            [
                ("tenant_id", ASCENDING),
                ("subscription_id", ASCENDING),
                ("status", ASCENDING),
                ("_id", ASCENDING),
            ]
        ),
    ],
}


def up(db: Database[dict[str, Any]]) -> None:
    """Make the indexes."""
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)


def down(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes. Documents stay."""
    for collection, indexes in INDEXES.items():
        present = db[collection].index_information()
        for index in indexes:
            if index.document["name"] in present:
                db[collection].drop_index(index.document["name"])
