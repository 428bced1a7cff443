"""What the API's lists of keys, users, suppressions and consents rest on."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

_NEWEST = [("tenant_id", ASCENDING), ("_id", DESCENDING)]
INDEXES: dict[str, list[IndexModel]] = {
    "api_keys": [IndexModel(_NEWEST)],
    "agents": [
        IndexModel(_NEWEST),
        IndexModel([("tenant_id", ASCENDING), ("name", ASCENDING), ("_id", ASCENDING)]),
    ],
    "suppressions": [
        # By number there is an index: of each there are six at most.
        IndexModel(_NEWEST),
        IndexModel(
            _NEWEST, name="suppressions_in_force", partialFilterExpression={"lifted_at": None}
        ),
    ],
    "consents": [
        IndexModel(_NEWEST),
        IndexModel([("tenant_id", ASCENDING), ("phone", ASCENDING), ("_id", DESCENDING)]),
        IndexModel(_NEWEST, name="consents_in_force", partialFilterExpression={"withdrawn": None}),
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
