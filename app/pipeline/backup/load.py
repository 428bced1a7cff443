"""Restore a backup into a database, and say in what a database differs from one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bson.raw_bson import RawBSONDocument
from pymongo.errors import CollectionInvalid, PyMongoError

from app.errors import PermanentError
from app.pipeline.backup.archive import Archive, bson_of
from app.pipeline.backup.contents import Mongo, Shape, digest, index, make, shapes

_BATCH = 1000
_BATCH_BYTES = 8 << 20
_AT_WORK = timedelta(seconds=30)


def load(archive: Archive, db: Mongo, *, replace: bool) -> None:
    """Fill an empty database from an archive, and prove that it holds the same.

    The archive is read once as a whole before anything is touched. With ``replace`` every
    collection is dropped first. Raises PermanentError with what to do; where that happens after
    the first write, the database is left unfinished, and the message says so.
    """
    archive.check()
    _ready_for(db, replace=replace)
    try:
        for shape in stored(archive):
            _one(archive, db, shape)
    except (PyMongoError, CollectionInvalid) as error:
        raise PermanentError(
            f"MongoDB failed ({type(error).__name__}) and {db.name} is only partly restored: mend "
            "the cause, then restore again with --replace"
        ) from error


def stored(archive: Archive) -> list[Shape]:
    """The archive's collections."""
    return [Shape.from_json(archive.metadata(name)) for name in archive.manifest.collections]


def _ready_for(db: Mongo, *, replace: bool) -> None:
    there = [each.name for each in shapes(db)]
    if there and not replace:
        raise PermanentError(
            f"the database {db.name} is not empty ({len(there)} collections): name another in "
            "--to, or give --replace, which deletes all that is in it"
        )
    since = datetime.now(UTC) - _AT_WORK
    if there and db.heartbeats.find_one({"at": {"$gt": since}}):
        raise PermanentError(
            f"processes are at work in {db.name}: stop clock and workers, wait 30 seconds, and "
            "restore again"
        )
    for name in there:
        db.drop_collection(name)


def _one(archive: Archive, db: Mongo, shape: Shape) -> None:
    make(db, shape)
    for batch in _batches(archive.documents(shape.name)):
        db[shape.name].insert_many(batch, ordered=False, bypass_document_validation=True)
    index(db, shape, aging=False)
    # Before MongoDB may delete what is too old.
    if problem := _unlike(archive, db, shape):
        raise PermanentError(f"what was restored is not what was stored: {problem}")
    index(db, shape, aging=True)


def _batches(documents: Iterator[bytes]) -> Iterator[list[RawBSONDocument]]:
    batch: list[RawBSONDocument] = []
    size = 0
    for document in documents:
        batch.append(RawBSONDocument(document))
        size += len(document)
        if len(batch) >= _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def differences(archive: Archive, db: Mongo) -> Iterator[str]:
    """In what the database is not as the archive says; nothing where all is equal."""
    there = {each.name: each for each in shapes(db)}
    for shape in stored(archive):
        now = there.pop(shape.name, None)
        if now is None:
            yield f"{shape.name} is missing"
            continue
        if now.as_json() != shape.as_json():
            yield f"{shape.name} has other options or indexes"
        if problem := _unlike(archive, db, shape):
            yield problem
    for name in there:
        yield f"{name} is not in the archive"


def _unlike(archive: Archive, db: Mongo, shape: Shape) -> str:
    before = archive.manifest.member(bson_of(shape.name))
    count, sha256 = digest(db, shape)
    if (count, sha256) == (before.entries, before.sha256):
        return ""
    aged = " (MongoDB deletes them by their age)" if shape.ages and count < before.entries else ""
    said = f"{count} documents instead of {before.entries}{aged}"
    return f"{shape.name} has {said if count != before.entries else 'other contents'}"
