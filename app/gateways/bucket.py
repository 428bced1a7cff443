"""The bucket as a whole: every version of every object, read and written as a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import IO, Protocol


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One version of an object, or the mark that it was deleted."""

    key: str
    version: str
    """``null`` in a bucket that keeps no versions."""
    latest: bool
    deleted: bool = False
    size: int = 0
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """An object's bytes, piece by piece, and what the storage knows about them."""

    pieces: Iterator[bytes]
    content_type: str
    metadata: Mapping[str, str] = field(default_factory=dict)


class Bucket(Protocol):
    """Where recordings are kept, for who must see all of it. Raises as ``Storage`` does."""

    name: str

    def versions(self, prefix: str = "") -> Iterator[ObjectVersion]:
        """All versions in the order of their keys; those of keys that begin so."""

    def reading(self, key: str, version: str | None = None) -> AbstractContextManager[Content]:
        """An object's content; the latest unless told. PermanentError where there is none."""

    def write(self, key: str, file: IO[bytes], content: Content) -> None:
        """Store what ``file`` gives, with the type and the metadata of ``content``."""

    def remove(self, key: str, version: str) -> None:
        """Delete one version for good; one that is gone is fine."""
