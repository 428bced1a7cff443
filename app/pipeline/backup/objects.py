"""The bucket's part of a backup: a list of all versions, and where asked for, the bytes."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import IO, Any

from app.errors import PermanentError
from app.gateways.bucket import Bucket, Content, ObjectVersion
from app.pipeline.backup.archive import BUCKET, OBJECTS, Archive, Sink, Writer

_IN_MEMORY = 8 << 20
"""Bytes of the list beyond which it waits on disk."""


@dataclass(slots=True)
class Kept:
    """What became of the bucket's objects."""

    listed: int = 0
    copied: int = 0
    there: int = 0
    """Objects that the bucket had already, the same byte for byte."""


def take(bucket: Bucket, writer: Writer, *, with_objects: bool) -> Kept:
    """Write the list and, with objects, the bytes of the latest versions.

    Call it after the database was read: an object is stored before a document names it, so none
    that a document names is missing, unless it was deleted meanwhile.
    """
    kept = Kept()
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as lines, ExitStack() as stack:
        sink = stack.enter_context(writer.member(OBJECTS, packed=False)) if with_objects else None
        for each in bucket.versions():
            line: dict[str, Any] = asdict(each)
            if sink is not None and each.latest and not each.deleted:
                line |= _copy(bucket, each, sink)
                kept.copied += "sha256" in line
            lines.write(json.dumps(line).encode() + b"\n")
            kept.listed += 1
        stack.close()
        lines.seek(0)
        with writer.member(BUCKET) as listed:
            for text in lines:
                listed.write(text)
    return kept


def _copy(bucket: Bucket, each: ObjectVersion, sink: Sink) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    try:
        with bucket.reading(each.key, each.version) as content:
            for piece in content.pieces:
                sink.write(piece, entries=0)
                digest.update(piece)
                size += len(piece)
    except PermanentError:
        # Deleted since it was listed: its time had come.
        return {"deleted": True}
    sink.write(b"")
    return {
        "size": size,
        "sha256": digest.hexdigest(),
        "content_type": content.content_type,
        "metadata": dict(content.metadata),
    }


class _Part(io.RawIOBase):
    """The next so many bytes of a file, as a file."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self.left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._file.read(min(len(buffer), self.left))
        buffer[: len(piece)] = piece
        self.left -= len(piece)
        return len(piece)


def load(archive: Archive, bucket: Bucket, *, replace: bool) -> Kept:
    """Put the archive's objects into the bucket; what is there already stays.

    Raises PermanentError where an object of that name is there with other bytes, unless these may
    be replaced. Each object becomes a new version; older versions and deletions do not come back.
    """
    kept = Kept()
    with archive.reading(OBJECTS) as file:
        for line in archive.objects():
            kept.listed += 1
            if "sha256" not in line:
                continue
            part = _Part(file, line["size"])
            found = hash_of(bucket, line["key"])
            if found == line["sha256"]:
                kept.there += 1
            elif found is not None and not replace:
                raise PermanentError(
                    f"the bucket {bucket.name} holds another {line['key']}: name another "
                    "S3_BUCKET, or give --replace"
                )
            else:
                about = Content(iter(()), line["content_type"], line["metadata"])
                bucket.write(line["key"], io.BufferedReader(part), about)
                kept.copied += 1
            while part.read(1 << 20):
                pass
    return kept


def hash_of(bucket: Bucket, key: str) -> str | None:
    """The SHA-256 of an object as the bucket gives it now; None where there is none."""
    digest = hashlib.sha256()
    try:
        with bucket.reading(key) as content:
            for piece in content.pieces:
                digest.update(piece)
    except PermanentError:
        return None
    return digest.hexdigest()


def differences(archive: Archive, bucket: Bucket) -> Iterator[str]:
    """In what the bucket is not as the archive says: byte for byte, or by its own list's sizes."""
    held = Held(bucket)
    for line in archive.objects():
        if not line["latest"] or line["deleted"]:
            continue
        now = held.upto(line["key"])
        if now is None:
            yield f"the bucket has no {line['key']}"
        elif "sha256" in line:
            if hash_of(bucket, line["key"]) != line["sha256"]:
                yield f"the bucket's {line['key']} has other bytes"
        elif (now.size, now.etag) != (line["size"], line["etag"]):
            yield f"the bucket's {line['key']} has another size or ETag"
    if extra := held.rest():
        yield f"the bucket has {extra} object(s) that the archive does not list"


class Held:
    """The bucket's objects as it lists them now, walked beside a list of the same order."""

    def __init__(self, bucket: Bucket) -> None:
        self._latest = (each for each in bucket.versions() if each.latest and not each.deleted)
        self._next = next(self._latest, None)
        self._passed = 0

    def upto(self, key: str) -> ObjectVersion | None:
        """The object of this key; None where it is not there."""
        while self._next is not None and self._next.key < key:
            self._passed += 1
            self._next = next(self._latest, None)
        if self._next is None or self._next.key != key:
            return None
        found, self._next = self._next, next(self._latest, None)
        return found

    def rest(self) -> int:
        """How many objects no key was asked for."""
        return self._passed + (self._next is not None) + sum(1 for _ in self._latest)
