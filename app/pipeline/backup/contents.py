"""A database's collections as a backup has them: options, indexes, and documents in order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import bson
import pymongo
from bson import json_util
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database

from app.errors import PermanentError

Mongo = Database[dict[str, Any]]
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_CANONICAL = json_util.CANONICAL_JSON_OPTIONS
_INDEX_SECONDS = 3600
_AGE = "expireAfterSeconds"
_OF_THIS_DATABASE = frozenset({"backup_reports"})
"""What tells of the database itself; written beside a backup, and in none."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A collection without its documents."""

    name: str
    options: Mapping[str, Any]
    indexes: tuple[Mapping[str, Any], ...]

    @property
    def time_field(self) -> str | None:
        """The field that orders a time series; None for any other collection."""
        series = self.options.get("timeseries")
        return str(series["timeField"]) if series else None

    @property
    def ages(self) -> bool:
        """Does MongoDB delete documents of it by their age?"""
        return _AGE in self.options or any(_AGE in each for each in self.indexes)

    def as_json(self) -> bytes:
        """Canonical extended JSON, as mongodump writes it."""
        kind = "timeseries" if self.time_field else "collection"
        found = {
            "options": self.options,
            "indexes": list(self.indexes),
            "collectionName": self.name,
            "type": kind,
        }
        return json_util.dumps(found, json_options=_CANONICAL).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Shape:
        """What ``as_json`` wrote."""
        found = json_util.loads(text.decode(), json_options=_CANONICAL)
        return cls(found["collectionName"], found["options"], tuple(found["indexes"]))


def shapes(db: Mongo) -> list[Shape]:
    """All collections, by name. Raises PermanentError for a view, which DelAuto has none of."""
    found = []
    for info in sorted(db.list_collections(), key=lambda info: str(info["name"])):
        if info["name"].startswith("system.") or info["name"] in _OF_THIS_DATABASE:
            continue
        if info["type"] == "view":
            raise PermanentError(f"{info['name']} is a view: DelAuto makes none, so drop it first")
        indexes = sorted(db[info["name"]].list_indexes(), key=lambda index: str(index["name"]))
        found.append(Shape(info["name"], info["options"], tuple(indexes)))
    return found


def documents(db: Mongo, shape: Shape, session: ClientSession | None = None) -> Iterator[bytes]:
    """A collection's documents as BSON, in the order of their ids or times."""
    collection: Collection[Any] = db.get_collection(shape.name, codec_options=_RAW)
    order = [(shape.time_field, ASCENDING)] if shape.time_field else []
    cursor = collection.find(session=session).sort([*order, ("_id", ASCENDING)])
    for document in cursor.allow_disk_use(True):
        yield _in_order(document.raw) if shape.time_field else bytes(document.raw)


def _in_order(measurement: bytes) -> bytes:
    """A measurement with its fields by name: MongoDB does not keep their order."""
    return bson.encode(dict(sorted(bson.decode(measurement, _RAW).items())))


def digest(db: Mongo, shape: Shape) -> tuple[int, str]:
    """How many documents a collection has, and the SHA-256 over all of them."""
    found, count = hashlib.sha256(), 0
    for document in documents(db, shape):
        found.update(document)
        count += 1
    return count, found.hexdigest()


def make(db: Mongo, shape: Shape) -> None:
    """Create a collection, empty, and without what would delete documents by their age."""
    options = {name: value for name, value in shape.options.items() if name != _AGE}
    db.create_collection(shape.name, check_exists=False, **options)


def index(db: Mongo, shape: Shape, *, aging: bool) -> None:
    """Make a collection's indexes: those that delete documents by their age, or all others."""
    chosen = [
        {name: value for name, value in each.items() if name != "ns"}
        for each in shape.indexes
        if (_AGE in each) == aging and each["name"] != "_id_"
    ]
    if chosen:
        # Over millions of documents this takes minutes, for which no connection waits otherwise.
        with pymongo.timeout(_INDEX_SECONDS):
            db.command("createIndexes", shape.name, indexes=chosen)
    if aging and _AGE in shape.options:
        db.command("collMod", shape.name, **{_AGE: shape.options[_AGE]})
