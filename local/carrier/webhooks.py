"""Requests to the product: signed as Twilio signs them, limited and repeated as Twilio does.

Everything the carrier tells the product passes through `WebhookSender.send`.
"""

from __future__ import annotations

import base64
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

import aiohttp
from twilio.request_validator import (  # type: ignore[import-untyped, unused-ignore]
    RequestValidator,
)
from yarl import URL

from local.carrier.connection_override import ConnectionOverride, OverrideError, read_override
from local.carrier.records import JournalEntry, Target
from local.carrier.store import Store
from local.carrier.twiml import SIZE_LIMIT

_AGENT = "TwilioProxy/1.1"


@dataclass(frozen=True, slots=True)
class Webhook:
    """One thing to tell the product: why, where, what, and about which call."""

    purpose: str
    target: Target
    parameters: Mapping[str, str] = field(default_factory=dict)
    call_sid: str | None = None
    to_number: str | None = None
    voice: bool = True
    body_limit: int = SIZE_LIMIT + 1


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What came back: HTTP status and body, or `failure` (`ct`, `rt`) when nothing did."""

    url: str
    status: int | None = None
    body: bytes = b""
    content_type: str = ""
    failure: str = ""

    @property
    def good(self) -> bool:
        """Say whether the product answered with a 2xx status."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A webhook with its address split into what is sent, signed and used for logging in."""

    webhook: Webhook
    url: str
    signed_url: str
    headers: Mapping[str, str]
    data: bytes | None


def signed_address(url: str, *, voice: bool) -> str:
    """Return the part of an address Twilio signs.

    The fragment and any user name are dropped; voice requests over HTTPS also lose the port.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if voice and parts.scheme == "https" and parts.port is not None:
        host = host.rpartition(":")[0]
    return urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))


class WebhookSender:
    """Sends webhooks of one account. Time limits are real time, whatever the carrier's speed."""

    def __init__(self, account_sid: str, auth_token: str, store: Store) -> None:
        self._account_sid = account_sid
        self._validator = RequestValidator(auth_token)
        self._store = store
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": _AGENT},
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def send(self, webhook: Webhook) -> WebhookAnswer:
        """Request the webhook's address until it is answered well or no attempt is left.

        Never raises for what the product does: a failure is an answer without a status. Every
        attempt carries the same idempotency token and is written to the journal.
        """
        override = self._override(webhook)
        prepared = self._prepared(webhook)
        give_up_at = time.monotonic() + override.total
        attempt = 0
        while True:
            started = time.monotonic()
            answer = await self._attempt(prepared, override, max(0.001, give_up_at - started))
            self._note(prepared, answer, attempt, time.monotonic() - started)
            attempt += 1
            failure = answer.failure or _failure_class(answer.status)
            worthwhile = bool(failure) and override.retries_after(failure)
            if not worthwhile or attempt > override.retries or time.monotonic() >= give_up_at:
                return answer

    def _override(self, webhook: Webhook) -> ConnectionOverride:
        try:
            return read_override(urlsplit(webhook.target.url).fragment)
        except OverrideError as error:
            details = {"code": 11243, "reason": str(error), "url": webhook.target.url}
            self._store.note(
                JournalEntry(time.time(), "warning", webhook.call_sid, webhook.to_number, details)
            )
            return ConnectionOverride()

    def _prepared(self, webhook: Webhook) -> _Prepared:
        address, parameters = webhook.target.url, dict(webhook.parameters)
        if webhook.target.method == "GET" and parameters:
            parts = urlsplit(address)
            query = "&".join(filter(None, [parts.query, urlencode(parameters)]))
            address, parameters = urlunsplit(parts._replace(query=query)), {}
        parts = urlsplit(address)
        signed_url = signed_address(address, voice=webhook.voice)
        headers = {
            "X-Twilio-Signature": self._validator.compute_signature(signed_url, parameters),
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
            "Accept": "*/*",
        }
        if "@" in parts.netloc:
            login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
            headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
        data = None
        if webhook.target.method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
            data = urlencode(parameters).encode()
        host = parts.netloc.rpartition("@")[2]
        url = urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))
        return _Prepared(webhook, url, signed_url, headers, data)

    async def _attempt(
        self, prepared: _Prepared, override: ConnectionOverride, seconds_left: float
    ) -> WebhookAnswer:
        limits = aiohttp.ClientTimeout(
            total=seconds_left, sock_connect=override.connect, sock_read=override.read
        )
        final_url = prepared.webhook.target.url.partition("#")[0]
        try:
            async with self._session.request(
                prepared.webhook.target.method,
                URL(prepared.url, encoded=True),
                data=prepared.data,
                headers=prepared.headers,
                timeout=limits,
                allow_redirects=False,
            ) as response:
                body = await _read_up_to(response, prepared.webhook.body_limit)
                content_type = response.headers.get("Content-Type", "")
                return WebhookAnswer(final_url, response.status, body, content_type)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return WebhookAnswer(final_url, failure="ct")
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return WebhookAnswer(final_url, failure="rt")

    def _note(
        self, prepared: _Prepared, answer: WebhookAnswer, attempt: int, seconds: float
    ) -> None:
        webhook = prepared.webhook
        details = {
            "purpose": webhook.purpose,
            "method": webhook.target.method,
            "url": prepared.url,
            "signed_url": prepared.signed_url,
            "parameters": dict(webhook.parameters),
            "attempt": attempt,
            "status": answer.status,
            "failure": answer.failure,
            # 403 is what a receiver answers that could not verify the signature.
            "signature_ok": None if answer.status is None else answer.status != 403,
            "seconds": round(seconds, 3),
        }
        self._store.note(
            JournalEntry(time.time(), "webhook", webhook.call_sid, webhook.to_number, details)
        )


def _failure_class(status: int | None) -> str:
    if status is not None and 400 <= status < 600:
        # Twilio does not count "too many requests" among failures unless asked for all 4xx.
        return "4xx" if status < 500 else "5xx"
    return ""


async def _read_up_to(response: aiohttp.ClientResponse, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_chunked(16384):
        parts.append(part)
        size += len(part)
        if size >= limit:
            break
    return b"".join(parts)
