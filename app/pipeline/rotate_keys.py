"""Rotation: everything that is sealed in the database comes under the newest key.

Safe while the product runs, to be stopped at any moment and run again: a value is replaced only
where it still stands exactly as it was read (every sealed value is unique), and what is under the
newest key already is left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from bson.binary import Binary
from pymongo import UpdateOne
from pymongo.collection import Collection

from app.models import database, sealing
from app.models.sealing import UnreadableError
from app.models.stored_values import Raw, collections, values

_BATCH = 200
_MOST_PASSES = 5
"""Others may write under an older key meanwhile: those who were not started anew."""


@dataclass(slots=True)
class Rotation:
    """What was found and done."""

    newest: str
    """The short name of the key that everything is under now."""
    renewed: int = 0
    """Documents."""
    under: Counter[str] = field(default_factory=Counter)
    """Values, as the last look over all of it found them, by the short name of their key."""
    unreadable: Counter[str] = field(default_factory=Counter)
    """Values that no key opens, by collection."""

    @property
    def left(self) -> dict[str, int]:
        """Values under other keys than the newest: those keys are still needed."""
        return {key: count for key, count in self.under.items() if key != self.newest}


def rotate() -> Rotation:
    """Seal everything under the newest key, looking again until nothing else is found.

    Raises PyMongoError; then what was done stays done.
    """
    found = Rotation(sealing.ring().ids[0])
    for _ in range(_MOST_PASSES):
        found.under.clear()
        found.unreadable.clear()
        found.renewed += sum(_renewed(each, found) for each in collections(database()))
        if sum(found.left.values()) == sum(found.unreadable.values()):
            break
    return found


def _renewed(collection: Collection[Raw], found: Rotation) -> int:
    documents = collection.find(batch_size=_BATCH).sort("_id")
    done = 0
    while batch := tuple(islice(documents, _BATCH)):
        changes = list(_changes(collection.name, batch, found))
        if changes:
            done += collection.bulk_write(changes, ordered=False).modified_count
    return done


def _changes(name: str, batch: tuple[Raw, ...], found: Rotation) -> Iterator[UpdateOne]:
    for document in batch:
        old, new = _anew(name, document, found)
        if new:
            yield UpdateOne({"_id": document["_id"], **old}, {"$set": new})


def _anew(name: str, document: Raw, found: Rotation) -> tuple[dict[str, Binary], dict[str, Any]]:
    """The values of a document that stand under an older key, and the same under the newest."""
    ring = sealing.ring()
    old: dict[str, Binary] = {}
    new: dict[str, Any] = {}
    for path, value in values(document):
        if not sealing.is_sealed(value):
            continue
        found.under[sealing.key_of(value)] += 1
        if ring.is_newest(value):
            continue
        try:
            new[path] = ring.seal(ring.open(value), sealing.place_of(value))
        except UnreadableError:
            found.unreadable[name] += 1
        else:
            old[path] = value
    return old, new
