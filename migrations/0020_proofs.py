"""Photos and signatures of deliveries."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

INDEXES = [
    # Those of one delivery; and no picture of it twice.
    IndexModel([("tenant_id", ASCENDING), ("delivery_id", ASCENDING), ("_id", ASCENDING)]),
    IndexModel(
        [("delivery_id", ASCENDING), ("sha256", ASCENDING)],
        unique=True,
        partialFilterExpression={"sha256": {"$type": "string"}},
    ),
    # Those whose time is over: what is deleted already is not among them.
    IndexModel(
        [("createdAt", ASCENDING)], partialFilterExpression={"storage_key": {"$type": "string"}}
    ),
]


def up(db: Database[dict[str, Any]]) -> None:
    """Make the collection, for a transaction cannot, and its indexes."""
    if "proofs" not in db.list_collection_names():
        db.create_collection("proofs")
    db.proofs.create_indexes(INDEXES)


def down(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes. Documents stay."""
    present = db.proofs.index_information()
    for index in INDEXES:
        if index.document["name"] in present:
            db.proofs.drop_index(index.document["name"])
