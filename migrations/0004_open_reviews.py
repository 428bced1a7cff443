"""What waits for a person, counted over all tenants by its reason."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

INDEX = IndexModel(
    [("closed_at", ASCENDING), ("reason", ASCENDING)],
    name="open_by_reason",
    partialFilterExpression={"closed_at": None},
)
"""Of the open ones alone: the closed ones are many, and nobody counts them."""


def up(db: Database[dict[str, Any]]) -> None:
    """Make the index."""
    db.reviews.create_indexes([INDEX])


def down(db: Database[dict[str, Any]]) -> None:
    """Drop the index. Documents stay."""
    if INDEX.document["name"] in db.reviews.index_information():
        db.reviews.drop_index(INDEX.document["name"])
