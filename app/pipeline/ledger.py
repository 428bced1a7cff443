"""The ledger of calls: what is written and read for many calls in one trip to the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from app.models import CallLog


@dataclass(frozen=True, slots=True)
class Change:
    """One write to one call: its condition, which names the call's id, and the update."""

    query: Mapping[str, Any]
    update: Mapping[str, Any] | Sequence[Mapping[str, Any]]


Writer = Callable[[Change], bool]
"""Writes one change durably. True where it found its call; False where that is not certain: then
it may or may not be written. Raises PyMongoError."""


def write(changes: Sequence[Change]) -> list[bool]:
    """Write changes, each durably and whatever becomes of the others; see ``Writer``.

    The server counts what it found without saying which: where some are missing or refused, each
    is left to find out for itself. Raises PyMongoError where nothing is certain.
    """
    writes: list[UpdateOne] = [UpdateOne(each.query, each.update) for each in changes]
    refused: frozenset[int] = frozenset()
    try:
        found = CallLog._get_collection().bulk_write(writes, ordered=False).matched_count
    except BulkWriteError as error:
        if error.details["writeConcernErrors"]:
            raise
        found = error.details["nMatched"]
        refused = frozenset(each["index"] for each in error.details["writeErrors"])
    every = found == len(changes) - len(refused)
    return [every and number not in refused for number in range(len(changes))]


def write_one(change: Change) -> bool:
    """Write one change in a trip of its own."""
    return write([change])[0]
