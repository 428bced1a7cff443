"""One change to the embedded S3 server as its journal remembers it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from urllib.parse import unquote
from xml.etree import ElementTree

from local.s3_request import S3Request, S3Response

Place = tuple[str, str]


class Kind(StrEnum):
    """What a change does to the files of earlier changes."""

    WRITE = "write"
    COMPLETE = "complete"
    DELETE = "delete"
    ABORT = "abort"
    DELETE_MANY = "delete-many"
    DELETE_BUCKET = "delete-bucket"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Record:
    """One change as it is remembered; the payload stays in the file.

    `seed` makes the server draw the same upload and version identifiers when it is played back,
    `at` is when it happened (ISO 8601), `deleted` the keys and versions a multiple delete removed.
    """

    sequence: int
    kind: Kind
    bucket: str
    key: str
    upload: str | None
    version: str | None
    deleted: tuple[tuple[str, str | None], ...]
    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    seed: int
    at: str

    def request(self, body: bytes) -> S3Request:
        """Return the request to play back."""
        return S3Request(self.method, self.path, self.query, self.headers, body)

    def as_json(self) -> bytes:
        """Return the record as one line."""
        return json.dumps(asdict(self)).encode()

    @property
    def place(self) -> Place:
        """The bucket and key that the change is about; the key is '' for a bucket's own."""
        return self.bucket, self.key


def is_change(request: S3Request) -> bool:
    """Say whether a request may change what is stored."""
    return request.method in ("PUT", "POST", "DELETE")


def started_upload(response: S3Response) -> str | None:
    """Return the identifier of the upload in parts that an answer says was started."""
    found = re.search(rb"<UploadId>([^<]+)</UploadId>", response.body)
    return found[1].decode() if found else None


def record_of(
    sequence: int, request: S3Request, response: S3Response, seed: int, at: str
) -> Record:
    """Describe an answered change.

    `sequence` is its place in the journal, `seed` and `at` are as in Record.
    """
    parameters = request.parameters()
    bucket, _, key = unquote(request.path).lstrip("/").partition("/")
    answer = response.body.decode("utf-8", "replace") if request.method == "POST" else ""
    kind = _kind(request, key)
    started = started_upload(response) if "uploads" in parameters else None
    return Record(
        sequence=sequence,
        kind=kind,
        bucket=bucket,
        key=key,
        upload=started or parameters.get("uploadId"),
        version=parameters.get("versionId") or response.header("x-amz-version-id"),
        deleted=_deleted(answer) if kind is Kind.DELETE_MANY else (),
        method=request.method,
        path=request.path,
        query=request.query,
        headers=request.headers,
        seed=seed,
        at=at,
    )


def _kind(request: S3Request, key: str) -> Kind:
    parameters = frozenset(request.parameters()) - {"x-id"}
    if not key:
        table = {
            ("DELETE", frozenset()): Kind.DELETE_BUCKET,
            ("POST", frozenset({"delete"})): Kind.DELETE_MANY,
        }
    else:
        table = {
            ("PUT", frozenset()): Kind.WRITE,
            ("POST", frozenset({"uploadId"})): Kind.COMPLETE,
            ("DELETE", frozenset({"uploadId"})): Kind.ABORT,
            ("DELETE", frozenset()): Kind.DELETE,
            ("DELETE", frozenset({"versionId"})): Kind.DELETE,
        }
    return table.get((request.method, parameters), Kind.OTHER)


def _deleted(answer: str) -> tuple[tuple[str, str | None], ...]:
    root = ElementTree.fromstring(answer)  # noqa: S314 - our own # nosec B314
    return tuple(
        (_text(entry, "Key") or "", _text(entry, "VersionId"))
        for entry in root.iter()
        if _local_name(entry) == "Deleted"
    )


def _text(entry: ElementTree.Element, name: str) -> str | None:
    return next((child.text for child in entry if _local_name(child) == name), None)


def _local_name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def record_from_json(line: bytes) -> Record:
    """Return the record that `as_json` wrote."""
    fields = json.loads(line)
    fields["kind"] = Kind(fields["kind"])
    fields["headers"] = tuple((name, value) for name, value in fields["headers"])
    fields["deleted"] = tuple((key, version) for key, version in fields["deleted"])
    return Record(**fields)
