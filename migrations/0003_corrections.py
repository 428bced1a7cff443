"""Corrections of what was understood: found by their delivery, and in the order they were made."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

INDEXES = [
    IndexModel([("tenant_id", ASCENDING), ("delivery_id", ASCENDING), ("version", ASCENDING)]),
    IndexModel([("tenant_id", ASCENDING), ("at", ASCENDING)]),
]


def up(db: Database[dict[str, Any]]) -> None:
    """Make the indexes."""
    db.corrections.create_indexes(INDEXES)


def down(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes. Documents stay."""
    present = db.corrections.index_information()
    for index in INDEXES:
        if index.document["name"] in present:
            db.corrections.drop_index(index.document["name"])
