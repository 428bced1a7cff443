"""Posts events over HTTP, and reaches nothing but the public internet.

The name is looked up once for each request, every address that it has must be public, and the
connection goes to one of those: between the check and the connection nobody is asked again. TLS
is verified against the name. As in ``second_opinion``, aiohttp because it alone bounds a whole
exchange: name, handshake, headers and body.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from app.gateways import Answered, NotAnswered, Parcel, PostResult
from app.rules.webhooks import addresses

SECONDS = 10.0
"""For all of one exchange."""
MOST_KEPT = 500
"""Letters of an answer that are kept."""
_MOST_READ = 4096
_BODY_SECONDS = 1.0
"""For the body of an answer whose status is known."""
_USER_AGENT = "DelAuto-Webhooks/1"
Allowed = Callable[[str], bool]
"""May this numeric address be connected to?"""


class _RefusedError(OSError):
    """The address is none that we go to."""


class _Resolver(AbstractResolver):
    """Looks a name up, and lets it pass only if all of its addresses may be reached."""

    def __init__(self, inner: AbstractResolver, allowed: Allowed) -> None:
        self._inner = inner
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not found or not all(self._allowed(each["host"]) for each in found):
            raise _RefusedError("a name that leads to an address that is not public")
        return found

    async def close(self) -> None:
        await self._inner.close()


class WebhookPosts:
    """Sends to subscribers."""

    def __init__(
        self,
        *,
        to_loopback: bool = False,
        seconds: float = SECONDS,
        check: Callable[[str], addresses.Target] | None = None,
        allowed: Allowed = addresses.is_public,
        resolver: Callable[[], AbstractResolver] = ThreadedResolver,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """``to_loopback`` lets our own machine be reached as well. ``check`` takes an address
        apart, ``allowed`` judges what it leads to; they, ``resolver`` and ``trust`` are the
        world's unless given."""
        self._to_loopback = to_loopback
        self._check = check or partial(addresses.target, to_loopback=to_loopback)
        self._seconds = seconds
        self._given = allowed
        self._resolver = resolver
        self._trust = trust or ssl.create_default_context()

    def send(self, parcels: Sequence[Parcel]) -> Sequence[PostResult]:
        """As ``Posts.send`` says."""
        # A loop of its own, closed without waiting: a name that does not resolve holds a thread.
        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(self._all(parcels))
        finally:
            loop.close()

    async def _all(self, parcels: Sequence[Parcel]) -> list[PostResult]:
        return list(await asyncio.gather(*map(self._bounded, parcels)))

    async def _bounded(self, parcel: Parcel) -> PostResult:
        began = time.monotonic()
        try:
            status, body, asked = await asyncio.wait_for(self._exchange(parcel), self._seconds)
        except Exception as error:  # noqa: BLE001 - whatever one receiver does, others get theirs
            return NotAnswered(_reason(error), _since(began))
        text = body.decode("utf-8", "replace").replace("\x00", "")[:MOST_KEPT]
        return Answered(status, _since(began), text, asked)

    async def _exchange(self, parcel: Parcel) -> tuple[int, bytes, float | None]:
        target = self._check(parcel.url)
        connector = aiohttp.TCPConnector(
            resolver=_Resolver(self._resolver(), self._allowed),
            socket_factory=self._socket,
            use_dns_cache=False,
            force_close=True,
            ssl=self._trust,
        )
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=self._seconds),
                # No proxy and no password of ours: what the environment says is not for them.
                trust_env=False,
                # What is sent packed in spite of our asking is not unpacked: it may be a bomb.
                auto_decompress=False,
            ) as session,
            session.post(
                URL(target.url, encoded=True),
                data=parcel.body,
                headers={
                    "User-Agent": _USER_AGENT,
                    "Accept-Encoding": "identity",
                    **parcel.headers,
                },
                allow_redirects=False,
            ) as answer,
        ):
            body = await _beginning(answer.content)
            return answer.status, body, _asked(answer.headers.get("Retry-After"))

    def _allowed(self, address: str) -> bool:
        return self._given(address) or (self._to_loopback and addresses.is_loopback(address))

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        """The last moment before a connection: whatever led here, this address is what counts."""
        family, kind, protocol, _, where = info
        if not self._allowed(str(where[0])):
            raise _RefusedError("an address that is not public")
        return socket.socket(family, kind, protocol)


async def _beginning(content: aiohttp.StreamReader) -> bytes:
    """As much of an answer as is kept; the rest is not read.

    Its status counts even where the body breaks off, or does not come in time.
    """
    found = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in content.iter_chunked(_MOST_READ):
                found += chunk
                if len(found) >= _MOST_READ:
                    break
    except (TimeoutError, aiohttp.ClientPayloadError, aiohttp.ClientConnectionError):
        pass
    return bytes(found[:_MOST_READ])


def _asked(header: str | None) -> float | None:
    """Seconds of ``Retry-After``; dates are not read (RFC 9110, 10.2.3)."""
    plain = (header or "").strip()
    return float(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 9 else None


_NOT_PUBLIC = "the address is not of the public internet"
_REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    ((addresses.AddressError, _RefusedError, aiohttp.InvalidURL), _NOT_PUBLIC),
    (TimeoutError, "no answer in time"),
    (aiohttp.ClientSSLError, "its certificate is not valid for this name, or its TLS is broken"),
    (aiohttp.ClientConnectorDNSError, "there is no such name"),
    (aiohttp.ClientConnectorError, "nothing answers at the address"),
    ((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError), "it hung up without an answer"),
)
"""By exception, the nearest first; words of ours, for a library's may hold the address."""


def _reason(error: BaseException) -> str:
    if isinstance(getattr(error, "os_error", None), _RefusedError):
        return _NOT_PUBLIC
    found = (reason for kinds, reason in _REASONS if isinstance(error, kinds))
    return next(found, "what it answered is not HTTP")


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
