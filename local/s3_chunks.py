"""The payload of a signed S3 request: its hash, its checksums, and uploads sent in chunks.

Rules: AWS, "Signature calculations: transferring payload in multiple chunks" and "Checking object
integrity". Of the checksums, those that Python's standard library computes are verified.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from botocore.awsrequest import AWSRequest

from local.s3_request import S3RefusalError, S3Request

EMPTY_HASH = hashlib.sha256(b"").hexdigest()
CHECKSUMS: dict[str, Callable[[bytes], bytes]] = {
    "content-md5": lambda body: hashlib.md5(body, usedforsecurity=False).digest(),
    "x-amz-checksum-crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
    "x-amz-checksum-sha1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "x-amz-checksum-sha256": lambda body: hashlib.sha256(body).digest(),
}
CHUNK_HEADERS = frozenset({"x-amz-decoded-content-length", "x-amz-trailer", "content-length"})


class Signer(Protocol):
    """The part of botocore's signer that chunks need."""

    def credential_scope(self, request: AWSRequest) -> str:
        """Return `date/region/service/aws4_request`."""

    def signature(self, string_to_sign: str, request: AWSRequest) -> str:
        """Return the hexadecimal signature of a string."""


@dataclass(slots=True)
class ChunkSigner:
    """Checks a chain of chunk signatures, each of which covers the one before."""

    signer: Signer
    timestamp: str
    previous: str
    _request: AWSRequest = field(init=False)

    def __post_init__(self) -> None:
        self._request = AWSRequest(method="PUT", url="http://server/")
        self._request.context["timestamp"] = self.timestamp

    def check(self, algorithm: str, signed_parts: list[str], stated: str) -> None:
        """Raise S3RefusalError unless `stated` signs the parts after what was signed before."""
        scope = self.signer.credential_scope(self._request)
        lines = [algorithm, self.timestamp, scope, self.previous, *signed_parts]
        expected = self.signer.signature("\n".join(lines), self._request)
        if not hmac.compare_digest(expected.encode(), stated.encode()):
            raise S3RefusalError(
                403, "SignatureDoesNotMatch", "The signature of a chunk does not match."
            )
        self.previous = expected


def plain_payload(request: S3Request, payload_hash: str, signer: ChunkSigner) -> S3Request:
    """Return the request with its real payload, after checking hash, chunks and checksums.

    Raises S3RefusalError when the payload is not what was signed or stated.
    """
    if payload_hash.startswith("STREAMING-"):
        request = _joined(request, payload_hash, signer)
    elif payload_hash not in ("UNSIGNED-PAYLOAD", hashlib.sha256(request.body).hexdigest()):
        raise S3RefusalError(
            400,
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
    for name, compute in CHECKSUMS.items():
        stated = request.header(name)
        if stated is not None and base64.b64encode(compute(request.body)).decode() != stated:
            raise S3RefusalError(400, "BadDigest", f"The payload does not match its {name}.")
    return request


def _joined(request: S3Request, payload_hash: str, signer: ChunkSigner) -> S3Request:
    signed = payload_hash.startswith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
    if not signed and payload_hash != "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
        raise S3RefusalError(501, "NotImplemented", "This way of streaming is not supported.")
    try:
        payload, trailer = _read_chunks(request.body, signer if signed else None)
    except (ValueError, IndexError) as error:
        raise S3RefusalError(400, "IncompleteBody", "The chunked body is malformed.") from error
    if str(len(payload)) != request.header("x-amz-decoded-content-length"):
        raise S3RefusalError(400, "IncompleteBody", "The body is not as long as stated.")
    if signed and payload_hash.endswith("-TRAILER"):
        _check_trailer(trailer, signer)
    checksums = {name: value for name, value in trailer.items() if name in CHECKSUMS}
    changes = {**checksums, "Content-Length": str(len(payload))}
    encodings = (request.header("Content-Encoding") or "").split(",")
    kept = ",".join(name.strip() for name in encodings if name.strip() not in ("", "aws-chunked"))
    dropped = CHUNK_HEADERS | {"content-encoding"}
    if kept:
        changes["Content-Encoding"] = kept
    return replace(request, body=payload).with_headers(changes, without=dropped)


def _read_chunks(body: bytes, signer: ChunkSigner | None) -> tuple[bytes, dict[str, str]]:
    """Return the joined payload and the trailing headers; raises ValueError on a broken frame."""
    payload = bytearray()
    position = 0
    while True:
        line_end = body.index(b"\r\n", position)
        size_text, _, extension = body[position:line_end].partition(b";")
        size = int(size_text, 16)
        if size < 0:
            raise ValueError("a chunk cannot have a negative length")
        position = line_end + 2
        chunk = body[position : position + size]
        if signer is not None:
            stated = extension.decode("ascii").removeprefix("chunk-signature=")
            parts = [EMPTY_HASH, hashlib.sha256(chunk).hexdigest()]
            signer.check("AWS4-HMAC-SHA256-PAYLOAD", parts, stated)
        position += size
        if size == 0:
            return bytes(payload), _trailer(body[position:])
        payload += chunk
        if body[position : position + 2] != b"\r\n":
            raise ValueError("a chunk does not end where it says")
        position += 2


def _trailer(text: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.decode("ascii").splitlines() if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _check_trailer(trailer: dict[str, str], signer: ChunkSigner) -> None:
    canonical = "".join(
        f"{name}:{value}\n"
        for name, value in sorted(trailer.items())
        if name != "x-amz-trailer-signature"
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    stated = trailer.get("x-amz-trailer-signature", "")
    signer.check("AWS4-HMAC-SHA256-TRAILER", [digest], stated)
