"""Requests to the product: signed as Twilio signs them, limited and repeated as Twilio does.

Everything the carrier tells the product passes through `WebhookSender.send`.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import quote_plus, unquote, urljoin, urlsplit, urlunsplit

from twilio.request_validator import (  # type: ignore[import-untyped, unused-ignore]
    RequestValidator,
)

from local.carrier.clock import Clock
from local.carrier.connection_override import ConnectionOverride, OverrideError, read_override
from local.carrier.records import JournalEntry, Target
from local.carrier.store import Store
from local.carrier.transport import Limits, NoAnswer, Outgoing, Transport
from local.carrier.twiml import SIZE_LIMIT

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEPING_THE_FORM = frozenset({307, 308})
_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Webhook:
    """One thing to tell the product: why, where, what, and about which call.

    All attempts of one webhook, and whatever sends it once more, carry the same `token`.
    """

    purpose: str
    target: Target
    parameters: Mapping[str, str] = field(default_factory=dict)
    call_sid: str | None = None
    to_number: str | None = None
    voice: bool = True
    body_limit: int = SIZE_LIMIT + 1
    token: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What came back: HTTP status and body, or `failure` (`ct`, `rt`) when nothing did."""

    url: str
    status: int | None = None
    body: bytes = b""
    content_type: str = ""
    failure: str = ""
    location: str = ""

    @property
    def good(self) -> bool:
        """Say whether the product answered with a 2xx status."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A webhook with its address split into what is sent, signed and used for logging in."""

    webhook: Webhook
    signed_url: str
    outgoing: Outgoing


@lru_cache(maxsize=4096)
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
    """Sends webhooks of one account. Time limits do not follow the carrier's speed."""

    def __init__(
        self, login: tuple[str, str], store: Store, clock: Clock, transport: Transport
    ) -> None:
        self._validator = RequestValidator(login[1])
        self._store = store
        self._clock = clock
        self._transport = transport

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()

    async def send(self, webhook: Webhook) -> WebhookAnswer:
        """Request the webhook's address until it is answered well or no attempt is left.

        Never raises for what the product does: a failure is an answer without a status. Attempts,
        pauses and redirects together have the total limit, at most 15 seconds. Every attempt
        carries the same idempotency token and is written to the journal.
        """
        override = self._override(webhook)
        prepared = self._prepared(webhook)
        give_up_at = self._clock.monotonic() + override.total
        attempt = 0
        while True:
            answer = await self._attempt(prepared, override, give_up_at, attempt)
            attempt += 1
            failure = answer.failure or _failure_class(answer.status)
            worthwhile = bool(failure) and override.retries_after(failure)
            late = self._clock.monotonic() >= give_up_at
            if not worthwhile or attempt > override.retries or late:
                return answer

    def _override(self, webhook: Webhook) -> ConnectionOverride:
        try:
            return read_override(urlsplit(webhook.target.url).fragment)
        except OverrideError as error:
            details = {"code": 11243, "reason": str(error), "url": webhook.target.url}
            about = (webhook.call_sid, webhook.to_number)
            self._store.note(JournalEntry(self._clock.now(), "warning", *about, details))
            return ConnectionOverride()

    async def _attempt(
        self, prepared: _Prepared, override: ConnectionOverride, give_up_at: float, attempt: int
    ) -> WebhookAnswer:
        """Send once, and follow where the answer leads: as a browser would, without the form."""
        for _ in range(_MOST_REDIRECTS):
            answer = await self._exchange(prepared, override, give_up_at, attempt)
            if not answer.location:
                return answer
            # Where a POST is redirected, Twilio goes there with GET and its parameters are lost.
            keeps = answer.status in _KEEPING_THE_FORM
            target = Target(answer.location, prepared.outgoing.method if keeps else "GET")
            parameters = prepared.webhook.parameters if keeps else {}
            moved = replace(prepared.webhook, target=target, parameters=parameters)
            prepared = self._prepared(moved)
        return answer

    async def _exchange(
        self, prepared: _Prepared, override: ConnectionOverride, give_up_at: float, attempt: int
    ) -> WebhookAnswer:
        started = self._clock.monotonic()
        total = max(0.001, give_up_at - started)
        limits = Limits(override.connect, override.read, total, prepared.webhook.body_limit)
        url = prepared.webhook.target.url.partition("#")[0]
        try:
            given = await self._transport.request(prepared.outgoing, limits)
        except NoAnswer as none:
            answer = WebhookAnswer(url, failure=none.failure)
        else:
            location = given.headers.get("location", "") if given.status in _REDIRECTS else ""
            answer = WebhookAnswer(
                url,
                given.status,
                given.body,
                given.headers.get("content-type", ""),
                location=urljoin(url, location) if location else "",
            )
        self._note(prepared, answer, attempt, self._clock.monotonic() - started)
        return answer

    def _prepared(self, webhook: Webhook) -> _Prepared:
        address, parameters = webhook.target.url, dict(webhook.parameters)
        if webhook.target.method == "GET" and parameters:
            parts = urlsplit(address)
            query = "&".join(filter(None, [parts.query, _encoded(parameters)]))
            address, parameters = urlunsplit(parts._replace(query=query)), {}
        parts = urlsplit(address)
        signed_url = signed_address(address, voice=webhook.voice)
        headers = {
            "X-Twilio-Signature": self._validator.compute_signature(signed_url, parameters),
            "I-Twilio-Idempotency-Token": webhook.token,
            "Accept": "*/*",
        }
        if "@" in parts.netloc:
            login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
            headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
        data = None
        if webhook.target.method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
            data = _encoded(parameters).encode()
        host = parts.netloc.rpartition("@")[2]
        url = urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))
        return _Prepared(webhook, signed_url, Outgoing(webhook.target.method, url, headers, data))

    def _note(
        self, prepared: _Prepared, answer: WebhookAnswer, attempt: int, seconds: float
    ) -> None:
        webhook = prepared.webhook
        details = {
            "purpose": webhook.purpose,
            "method": webhook.target.method,
            "url": prepared.outgoing.url,
            "signed_url": prepared.signed_url,
            "parameters": dict(webhook.parameters),
            "attempt": attempt,
            "token": webhook.token,
            "status": answer.status,
            "failure": answer.failure,
            # 403 is what a receiver answers that could not verify the signature.
            "signature_ok": None if answer.status is None else answer.status != 403,
            "seconds": round(seconds, 3),
        }
        entry = JournalEntry(
            self._clock.now(), "webhook", webhook.call_sid, webhook.to_number, details
        )
        self._store.note(entry)


def _encoded(parameters: Mapping[str, str]) -> str:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in parameters.items())


@lru_cache(maxsize=8192)
def _quoted(text: str) -> str:
    """Quote one name or value; all requests of a call have most of them in common."""
    return quote_plus(text)


def _failure_class(status: int | None) -> str:
    if status is not None and 400 <= status < 600:
        # Twilio does not count "too many requests" among failures unless asked for all 4xx.
        return "4xx" if status < 500 else "5xx"
    return ""
