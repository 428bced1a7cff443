"""People log in: their sessions, the links that set passwords, and e-mail addresses in one form."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

_KEPT = 30 * 24 * 3600
"""Seconds for which an ended session can still be looked at."""

INDEXES: dict[str, list[IndexModel]] = {
    "login_sessions": [
        IndexModel([("tenant_id", ASCENDING), ("user_id", ASCENDING), ("revoked_at", ASCENDING)]),
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=_KEPT),
    ],
    "password_resets": [
        IndexModel([("digest", ASCENDING)], unique=True),
        IndexModel([("tenant_id", ASCENDING), ("user_id", ASCENDING)]),
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=_KEPT),
    ],
}


def up(db: Database[dict[str, Any]]) -> None:
    """Make the collections with their indexes; write e-mail addresses of people in small letters.

    Where two people of a company differ in capitals alone, theirs stay as they are: whoever is
    not written in small letters cannot log in until `delauto user change` mends it.
    """
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)
    for person in db.agents.find({"email": {"$regex": "[A-Z]"}}, {"email": 1}):
        try:
            db.agents.update_one(
                {"_id": person["_id"]}, {"$set": {"email": person["email"].lower()}}
            )
        except DuplicateKeyError:
            continue


def down(db: Database[dict[str, Any]]) -> None:
    """Drop the indexes. Documents stay, and so do the small letters."""
    for collection in INDEXES:
        db[collection].drop_indexes()
