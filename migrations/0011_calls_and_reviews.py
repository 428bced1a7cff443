"""What the API's lists of calls, recordings and reviews rest on."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

_CLOSED = {"closed_at": {"$type": "date"}}


def _listed(
    *paths: str, by: str = "_id", name: str | None = None, where: dict[str, Any] | None = None
) -> IndexModel:
    """An index for a list of a company's documents with such values, in the order of ``by``."""
    keys = ["tenant_id", *paths, by, *(["_id"] if by != "_id" else [])]
    options: dict[str, Any] = {"partialFilterExpression": where} if where else {}
    if name is not None:
        options["name"] = name
    return IndexModel([(key, ASCENDING) for key in keys], **options)


INDEXES: dict[str, list[IndexModel]] = {
    "call_logs": [
        _listed(by="claimed_at"),
        _listed("status", by="claimed_at"),
        _listed("covers", by="claimed_at"),
        _listed("customer_id", by="claimed_at"),
    ],
    "recordings": [
        _listed(),
        _listed("stage"),
        _listed("delivery_id"),
        _listed("call_log_id"),
    ],
    "reviews": [
        _listed("closed_at", by="due"),
        _listed("closed_at", "reason", by="due"),
        _listed("delivery_id", by="due"),
        _listed("claimed_by", by="due"),
        # Of the closed ones: a range of times of closing would be in the order of these.
        _listed(by="due", name="closed_reviews", where=_CLOSED),
        _listed("reason", by="due", name="closed_reviews_by_reason", where=_CLOSED),
        _listed("closed_by", by="due", name="closed_reviews_by_person", where=_CLOSED),
    ],
}


def up(db: Database[dict[str, Any]]) -> None:
    """Make the indexes; and give every review a time, for it is sorted by that."""
    db.reviews.update_many({"due": None}, [{"$set": {"due": "$opened_at"}}])
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)


def down(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes. Documents stay."""
    for collection, indexes in INDEXES.items():
        present = db[collection].index_information()
        for index in indexes:
            if index.document["name"] in present:
                db[collection].drop_index(index.document["name"])
