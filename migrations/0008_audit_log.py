"""The audit log: appended in order, found by who, what, on what and when; and lists of API keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

_NEWEST_FIRST = [("at", DESCENDING), ("sequence", DESCENDING)]
INDEXES: Mapping[str, list[IndexModel]] = {
    "audit_log": [
        # No two entries of a company have one place in its chain.
        IndexModel([("tenant_id", ASCENDING), ("sequence", ASCENDING)], unique=True),
        IndexModel([("tenant_id", ASCENDING), *_NEWEST_FIRST]),
        IndexModel([("tenant_id", ASCENDING), ("actor.id", ASCENDING), *_NEWEST_FIRST]),
        IndexModel(
            [
                ("tenant_id", ASCENDING),
                ("subject.kind", ASCENDING),
                ("subject.id", ASCENDING),
                *_NEWEST_FIRST,
            ]
        ),
        IndexModel([("tenant_id", ASCENDING), ("action", ASCENDING), *_NEWEST_FIRST]),
    ],
    "api_keys": [IndexModel([("tenant_id", ASCENDING), ("createdAt", DESCENDING)])],
}


def up(db: Database[dict[str, Any]]) -> None:
    """Make the collection, which transactions need, and the indexes."""
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)


def down(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes. Documents stay."""
    for collection, indexes in INDEXES.items():
        present = db[collection].index_information()
        for index in indexes:
            if index.document["name"] in present:
                db[collection].drop_index(index.document["name"])
