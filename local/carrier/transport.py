"""How a request reaches the product: over HTTP, or by whatever a simulation puts in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import aiohttp
from yarl import URL

_AGENT = "TwilioProxy/1.1"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, between two reads, and in total; bytes of the answer that are read."""

    connect: float
    read: float
    total: float
    body: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request as it leaves: `data` is a form already encoded, None for a GET."""

    method: str
    url: str
    headers: Mapping[str, str]
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """The product's answer; header names are in lower case."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class NoAnswer(Exception):  # noqa: N818 an event, not an error
    """The product gave none; `failure` is `ct` (no connection) or `rt` (too slow, or broken)."""

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.failure = failure


class Transport(Protocol):
    """Carries requests to the product."""

    async def request(self, outgoing: Outgoing, limits: Limits) -> Incoming:
        """Return the answer, or raise NoAnswer. Redirects are not followed."""

    async def close(self) -> None:
        """Close what is open."""


class HttpTransport:
    """The real one."""

    def __init__(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": _AGENT},
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def request(self, outgoing: Outgoing, limits: Limits) -> Incoming:
        """Return the answer, or raise NoAnswer."""
        timeout = aiohttp.ClientTimeout(
            total=limits.total, sock_connect=limits.connect, sock_read=limits.read
        )
        try:
            async with self._session.request(
                outgoing.method,
                URL(outgoing.url, encoded=True),
                data=outgoing.data,
                headers=outgoing.headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                body = await _read_up_to(response, limits.body)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Incoming(response.status, body, headers)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NoAnswer("ct") from error
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise NoAnswer("rt") from error


async def _read_up_to(response: aiohttp.ClientResponse, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_chunked(16384):
        parts.append(part)
        size += len(part)
        if size >= limit:
            break
    return b"".join(parts)
