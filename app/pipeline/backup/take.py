"""Take a backup: all collections as they stood at one moment, then the bucket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path

from pymongo.errors import OperationFailure

from app.errors import PermanentError
from app.gateways.bucket import Bucket
from app.models.sealing import KeyRing
from app.pipeline.backup import objects
from app.pipeline.backup.archive import Manifest, Writer, bson_of, metadata_of, writing
from app.pipeline.backup.contents import Mongo, Shape, documents, shapes

_SNAPSHOT_GONE = {239, 246}
"""MongoDB's codes SnapshotTooOld and SnapshotUnavailable."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a backup is to hold."""

    path: Path
    with_objects: bool
    field_keys: str
    """FIELD_ENCRYPTION_KEY: of each key, a print is kept, so that a restore can ask for it."""


def take(db: Mongo, bucket: Bucket, wish: Wish, *, now: datetime) -> Manifest:
    """Write an archive of the database and the bucket; returns what it holds.

    The collections are read in one snapshot, one document in memory at a time. Raises
    PermanentError with what to do; there is no file then.
    """
    if db.migrations.find_one({"_id": "lock"}):
        raise PermanentError(
            "a migration is at work: take the backup when it is done (`delauto migrate status`)"
        )
    found = shapes(db)
    if not found:
        raise PermanentError(f"the database {db.name} is empty: there is nothing to back up")
    with writing(wish.path) as writer:
        _collections(db, found, writer)
        objects.take(bucket, writer, with_objects=wish.with_objects)
        manifest = Manifest(
            made_at=now.isoformat(),
            version=metadata.version("delauto"),
            database=db.name,
            bucket=bucket.name,
            with_objects=wish.with_objects,
            key_prints=prints(wish.field_keys),
            collections=tuple(each.name for each in found),
            members=tuple(writer.members),
        )
        writer.finish(manifest)
    return manifest


def _collections(db: Mongo, found: list[Shape], writer: Writer) -> None:
    try:
        with db.client.start_session(snapshot=True) as session:
            for shape in found:
                with writer.member(bson_of(shape.name)) as sink:
                    for document in documents(db, shape, session):
                        sink.write(document)
                with writer.member(metadata_of(shape.name)) as sink:
                    sink.write(shape.as_json())
    except OperationFailure as error:
        if error.code not in _SNAPSHOT_GONE:
            raise
        raise PermanentError(
            "MongoDB keeps the past for minSnapshotHistoryWindowInSeconds (300 unless set), and "
            "reading everything took longer, or a collection was changed meanwhile: raise that "
            "parameter of the server, and take the backup at a quieter time"
        ) from error


def prints(field_keys: str) -> tuple[str, ...]:
    """The keys' short names, as `delauto keys rotate` prints them, which tell nothing of them."""
    return KeyRing([key.strip() for key in field_keys.split(",")]).ids
