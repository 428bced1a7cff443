"""The archive of a backup: one ZIP file, written and read as a stream.

``database/NAME.bson``           a collection's documents, one after the other, as MongoDB has them
``database/NAME.metadata.json``  its options and indexes, as canonical extended JSON
``objects.bin``                  where asked for, the bytes of the bucket's objects
``bucket.jsonl``                 every version of every object; those with ``sha256`` are, in this
                                 order and with that ``size``, in ``objects.bin``
``manifest.json``                written last: size, SHA-256 and number of entries of each of these

Names and contents within ``database/`` are those of mongodump's folders, but for time series, of
which the measurements are kept and not the buckets. Documents stand in the order of their ``_id``
(measurements in that of their time), so the SHA-256 of a file is that of the collection.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from app.errors import PermanentError

FORMAT = 1
MANIFEST = "manifest.json"
BUCKET = "bucket.jsonl"
OBJECTS = "objects.bin"
_CHUNK = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)


def bson_of(collection: str) -> str:
    """The member that holds a collection's documents."""
    return f"database/{quote(collection, safe='')}.bson"


def metadata_of(collection: str) -> str:
    """The member that holds a collection's options and indexes."""
    return f"database/{quote(collection, safe='')}.metadata.json"


@dataclass(frozen=True, slots=True)
class Member:
    """What a member of the archive holds; ``entries`` are documents, lines or objects."""

    name: str
    entries: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the archive is: when made, of what, by which version, with which field keys."""

    made_at: str
    version: str
    database: str
    bucket: str
    with_objects: bool
    key_prints: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    members: tuple[Member, ...] = field(default=())
    format: int = FORMAT

    def member(self, name: str) -> Member:
        """The entry of a member. Raises PermanentError where there is none."""
        for each in self.members:
            if each.name == name:
                return each
        raise PermanentError(f"the archive has no {name}")


class Sink:
    """A member while it is written: counts and hashes what goes through."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self._name = name
        self._file = file
        self._hash = hashlib.sha256()
        self._entries = self._size = 0

    def write(self, content: bytes, *, entries: int = 1) -> None:
        """Write bytes that are, or end, so many entries."""
        self._file.write(content)
        self._hash.update(content)
        self._size += len(content)
        self._entries += entries

    def member(self) -> Member:
        """What was written."""
        return Member(self._name, self._entries, self._size, self._hash.hexdigest())


class Writer:
    """An archive in the making."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self._zip = zipped
        self.members: list[Member] = []

    @contextmanager
    def member(self, name: str, *, packed: bool = True) -> Iterator[Sink]:
        """Write one member; sound is not worth packing."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as file:
            sink = Sink(name, file)
            yield sink
        self.members.append(sink.member())

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, after everything else."""
        with self.member(MANIFEST) as sink:
            sink.write(json.dumps(asdict(manifest), indent=1).encode())


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new archive that only its owner may read; there is none unless the block ends well.

    Raises PermanentError where ``path`` exists or cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        if path.exists():
            raise PermanentError(f"{path} exists: give another name, or move it away")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise PermanentError(
            f"{part} exists: another backup is at work there, or one was killed; then delete it"
        ) from None
    except OSError as error:
        raise PermanentError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            # The fastest packing: while it works, the database keeps the past for us.
            with zipfile.ZipFile(file, "w", compresslevel=1) as zipped:
                yield Writer(zipped)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise PermanentError(f"{path} cannot be written: {error.strerror}") from error
        raise


class Archive:
    """A finished archive, open for reading."""

    def __init__(self, path: Path, zipped: zipfile.ZipFile, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._zip = zipped

    @contextmanager
    def reading(self, name: str) -> Iterator[IO[bytes]]:
        """A member's bytes; PermanentError where they are damaged."""
        try:
            with self._zip.open(name) as file:
                yield file
        except (*_BROKEN, KeyError) as error:
            raise _damaged(self.path, name) from error

    def documents(self, collection: str) -> Iterator[bytes]:
        """A collection's documents as BSON, in order; one is in memory at a time."""
        with self.reading(bson_of(collection)) as file:
            while head := file.read(4):
                body = file.read(int.from_bytes(head, "little") - 4)
                yield head + body

    def metadata(self, collection: str) -> bytes:
        """A collection's options and indexes, as extended JSON."""
        with self.reading(metadata_of(collection)) as file:
            return file.read()

    def objects(self) -> Iterator[dict[str, Any]]:
        """The lines of the bucket's list."""
        with self.reading(BUCKET) as file:
            for line in file:
                yield json.loads(line)

    def check(self) -> None:
        """Read all of it. Raises PermanentError naming the first member that is damaged."""
        for member in self.manifest.members:
            digest, size = hashlib.sha256(), 0
            with self.reading(member.name) as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
            if (size, digest.hexdigest()) != (member.size, member.sha256):
                raise _damaged(self.path, member.name)


@contextmanager
def reading(path: Path) -> Iterator[Archive]:
    """An archive. Raises PermanentError where the file is none, or one of a later version."""
    try:
        zipped = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise PermanentError(f"there is no file {path}") from None
    except _BROKEN as error:
        raise PermanentError(
            f"{path} is no backup, or its end is missing ({type(error).__name__}): "
            "copy it again, or take another one"
        ) from error
    with zipped:
        yield Archive(path, zipped, _manifest(path, zipped))


def _manifest(path: Path, zipped: zipfile.ZipFile) -> Manifest:
    with suppress(*_BROKEN, KeyError, ValueError, TypeError):
        found = json.loads(zipped.read(MANIFEST))
        if found["format"] != FORMAT:
            raise PermanentError(
                f"{path} has format {found['format']}, this version reads {FORMAT}: "
                f"restore it with the version that made it ({found['version']})"
            )
        found["members"] = tuple(Member(**each) for each in found["members"])
        return Manifest(**found)
    raise PermanentError(f"{path} is no backup of DelAuto: it has no manifest that can be read")


def _damaged(path: Path, name: str) -> PermanentError:
    return PermanentError(
        f"{path} is damaged in {name}: nothing was restored from it. Take another copy of it, or "
        "another backup"
    )
