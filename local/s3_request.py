"""What passes between the layers of the embedded S3 server: a request, a response, a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote
from xml.sax.saxutils import escape

Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class S3Request:
    """One HTTP request with its body read; `path` and `query` stay percent-encoded as sent."""

    method: str
    path: str
    query: str
    headers: tuple[Header, ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the value of a header whatever its case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def parameters(self) -> Mapping[str, str]:
        """Return the query's parameters, decoded; one without a value maps to ''."""
        pairs = (pair.partition("=") for pair in self.query.split("&") if pair)
        return {unquote(key): unquote(value) for key, _, value in pairs}

    def with_headers(
        self, changes: Mapping[str, str], without: frozenset[str] = frozenset()
    ) -> S3Request:
        """Return a copy whose headers are set as `changes` says and lack those in `without`.

        Names in `without` are lower case.
        """
        dropped = without | {name.lower() for name in changes}
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in dropped)
        return replace(self, headers=kept + tuple(changes.items()))


@dataclass(frozen=True, slots=True)
class S3Response:
    """An answer: status, headers and body."""

    status: int
    headers: tuple[Header, ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the value of a header whatever its case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class S3RefusalError(Exception):
    """The request is refused: an S3 error code, its HTTP status and a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def response(self, resource: str) -> S3Response:
        """Return the refusal as the XML document that S3 clients parse."""
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{self.code}</Code><Message>{escape(str(self))}</Message>"
            f"<Resource>{escape(resource)}</Resource></Error>"
        ).encode()
        headers = (("Content-Type", "application/xml"), ("Content-Length", str(len(body))))
        return S3Response(self.status, headers, body)
