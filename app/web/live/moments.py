"""Moments of the database's own clock: the ids of events, in whose order everything changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bson import Timestamp

from app.models import database

_ID = re.compile(r"([0-9a-f]{8})-([0-9a-f]{8})")
_TOKEN = re.compile(r"82([0-9A-F]{8})([0-9A-F]{8})")
"""How a resume token begins: the mark of a timestamp in MongoDB's KeyString, seconds, increment."""


def now() -> int:
    """A moment up to which everything that is read from now on has happened."""
    return of(database().command("ping")["operationTime"])


def of(timestamp: Timestamp) -> int:
    """MongoDB's timestamp as one number that grows."""
    return int(timestamp.time) << 32 | int(timestamp.inc)


def timestamp_of(moment: int) -> Timestamp:
    """The number as MongoDB's timestamp."""
    return Timestamp(moment >> 32, moment & 0xFFFFFFFF)


def earlier(moment: int, seconds: int) -> int:
    """So many seconds before."""
    return max(0, (moment >> 32) - seconds) << 32


def of_token(token: Mapping[str, Any] | None) -> int:
    """Up to when a change stream has come that would go on from this token; 0 where it says not.

    It moves on also where nothing happens that anybody watches.
    """
    found = _TOKEN.match(str((token or {}).get("_data", "")))
    return int(found[1], 16) << 32 | int(found[2], 16) if found else 0


def written(moment: int) -> str:
    """The moment as an event's id."""
    return f"{moment >> 32:08x}-{moment & 0xFFFFFFFF:08x}"


def read(text: str | None) -> int | None:
    """The moment that such an id names; None for what is no id of ours."""
    found = _ID.fullmatch(text or "")
    return int(found[1], 16) << 32 | int(found[2], 16) if found else None
