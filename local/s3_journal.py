"""Makes the embedded S3 server durable: every change is on disk before it is answered.

Each changing request becomes one file (a line of JSON, then the payload). At start the files are
played back in order. A change that overtakes earlier ones deletes their files, so the folder holds
what is stored now and a deleted object's bytes leave the disk with it. One exception: an object
that another was copied from keeps its files, because the copy is played back from it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from local.s3_record import Kind, Place, Record, record_from_json, record_of
from local.s3_request import S3Request, S3Response


class Journal:
    """The changes that make up what is stored now, one file each, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._by_place: dict[Place, list[Record]] = {}
        self._copied_from: set[Place] = set()
        self._versioned: set[str] = set()
        self._next = 1
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for unfinished in folder.glob("*.new"):
            unfinished.unlink()

    def load(self) -> Iterator[tuple[Record, bytes]]:
        """Yield every remembered change with its payload, oldest first."""
        for file in sorted(self._folder.glob("*.change")):
            head, _, body = file.read_bytes().partition(b"\n")
            record = record_from_json(head)
            self._remember(record)
            yield record, body

    def append(self, request: S3Request, response: S3Response, seed: int, at: str) -> None:
        """Put one answered change on disk, then drop the files that it overtook.

        When this returns the change survives a crash of the machine.
        """
        record = record_of(self._next, request, response, seed, at)
        self._write(record, request.body)
        self._remember(record)
        for overtaken in self._overtaken_by(record):
            self._forget(overtaken)

    def _write(self, record: Record, body: bytes) -> None:
        target = self._file(record)
        unfinished = target.with_suffix(".new")
        with unfinished.open("wb") as file:
            file.write(record.as_json() + b"\n" + body)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _file(self, record: Record) -> Path:
        return self._folder / f"{record.sequence:012d}.change"

    def _remember(self, record: Record) -> None:
        self._next = record.sequence + 1
        self._by_place.setdefault(record.place, []).append(record)
        source = record.request(b"").header("x-amz-copy-source")
        if source is not None:
            bucket, _, key = unquote(source).lstrip("/").partition("/")
            self._copied_from.add((bucket, re.sub(r"\?versionId=.*$", "", key)))
        if record.key == "" and "versioning" in record.request(b"").parameters():
            self._versioned.add(record.bucket)

    def _forget(self, record: Record) -> None:
        self._by_place[record.place].remove(record)
        self._file(record).unlink()

    def _overtaken_by(self, new: Record) -> list[Record]:
        """Return the records that no longer matter, in the order in which to drop them.

        The new record itself comes last, so that after a crash in between it is played back.
        """
        if new.kind is Kind.DELETE_BUCKET:
            return self._overtaken_by_delete_bucket(new)
        if new.kind is Kind.DELETE_MANY:
            return self._overtaken_by_delete_many(new)
        return [] if new.place in self._copied_from else self._overtaken_at_place(new)

    def _overtaken_at_place(self, new: Record) -> list[Record]:
        earlier = [record for record in self._by_place[new.place] if record is not new]
        if new.kind is Kind.ABORT:
            return [*(record for record in earlier if record.upload == new.upload), new]
        if new.kind is Kind.DELETE:
            version = new.version if "versionId" in new.request(b"").parameters() else None
            gone = self._of_object(new.bucket, earlier, version)
            return [*gone, new] if gone or new.bucket not in self._versioned else []
        if new.kind in (Kind.WRITE, Kind.COMPLETE) and new.bucket not in self._versioned:
            gone = self._of_object(new.bucket, earlier, None)
            return [record for record in gone if new.upload is None or record.upload != new.upload]
        return []

    def _overtaken_by_delete_bucket(self, new: Record) -> list[Record]:
        gone = [
            record
            for place, records in self._by_place.items()
            if place[0] == new.bucket and place not in self._copied_from
            for record in records
            if record is not new
        ]
        if any(bucket == new.bucket for bucket, _ in self._copied_from):
            return []
        return [*sorted(gone, key=lambda record: -record.sequence), new]

    def _overtaken_by_delete_many(self, new: Record) -> list[Record]:
        gone: list[Record] = []
        for key, version in new.deleted:
            place = (new.bucket, key)
            if place not in self._copied_from:
                gone += self._of_object(new.bucket, self._by_place.get(place, []), version)
        needed = any((new.bucket, key) in self._copied_from for key, _ in new.deleted) or (
            new.bucket in self._versioned and any(version is None for _, version in new.deleted)
        )
        return gone if needed else [*gone, new]

    def _of_object(self, bucket: str, records: list[Record], version: str | None) -> list[Record]:
        """Return the records that made an object (one version of it, in a versioned bucket)."""
        complete = {record.upload for record in records if record.kind is Kind.COMPLETE}
        if bucket not in self._versioned:
            return [
                record for record in records if record.upload is None or record.upload in complete
            ]
        if version is None:
            return []
        uploads = {record.upload for record in records if record.version == version} - {None}
        return [
            record for record in records if record.version == version or record.upload in uploads
        ]
