"""Sends to browsers by Web Push: encrypted (RFC 8291), signed as ours (RFC 8292), by RFC 8030.

What is sent goes out as events to shippers do, past the same guard: a browser gave us the address,
and nobody is to lead us into our own network with one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from http_ece import ECEException
from py_vapid import Vapid, VapidException
from pywebpush import WebPusher, WebPushException

from app.gateways import (
    Answered,
    Parcel,
    PostResult,
    Posts,
    PushAccepted,
    PushGone,
    PushNotTaken,
    PushRefused,
    PushRequest,
    PushResult,
    PushThrottled,
    PushTooLarge,
)
from app.rules import vapid

_SIGNED_SECONDS = 12 * 3600
"""So long a signature holds; a day is the most (RFC 8292, 2)."""
_USER_AGENT = "DelAuto-Push/1"
_NOT_US = (401, 403)
_NOT_NOW = (408, 425)
_MEANINGS: Mapping[int, PushResult] = {
    404: PushGone(),
    410: PushGone(),
    413: PushTooLarge(),
}
_UNUSABLE = PushRefused("nothing can be encrypted for its keys")


class WebPush:
    """Sends as one installation: by its private key, and with how to reach its operator."""

    def __init__(
        self,
        private_key: str,
        subject: str,
        posts: Posts,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``posts`` carries what is sent, and guards where to."""
        self._vapid = Vapid.from_raw(private_key.encode())
        self._public_key = vapid.public_key(private_key)
        self._subject = subject
        self._posts = posts
        self._clock = clock

    @property
    def public_key(self) -> str:
        """As ``Push.public_key`` says."""
        return self._public_key

    def send(self, requests: Sequence[PushRequest]) -> Sequence[PushResult]:
        """As ``Push.send`` says."""
        parcels = [self._parcel(each) for each in requests]
        sent = iter(self._posts.send([each for each in parcels if each is not None]))
        return [_UNUSABLE if each is None else _meaning(next(sent)) for each in parcels]

    def _parcel(self, request: PushRequest) -> Parcel | None:
        """The request; None where nothing can be encrypted for this browser."""
        if not (vapid.is_browser_key(request.p256dh) and vapid.is_browser_secret(request.auth)):
            return None
        keys = {"p256dh": request.p256dh, "auth": request.auth}
        try:
            browser = WebPusher({"endpoint": request.endpoint, "keys": keys})
            body = browser.encode(request.body)["body"]
            signed = self._vapid.sign(
                {
                    "sub": self._subject,
                    "aud": _origin(request.endpoint),
                    "exp": int(self._clock()) + _SIGNED_SECONDS,
                }
            )
        except (WebPushException, VapidException, ECEException, ValueError):
            return None
        return Parcel(
            request.endpoint,
            bytes(body),
            {
                "User-Agent": _USER_AGENT,
                "Content-Type": "application/octet-stream",
                "Content-Encoding": "aes128gcm",
                "TTL": str(request.seconds),
                "Urgency": request.urgency,
                "Topic": request.topic,
                **signed,
            },
        )


def _origin(endpoint: str) -> str:
    """Where the signature holds: scheme, host, and a port that is not the usual one."""
    parts = urlsplit(endpoint)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"


def _meaning(result: PostResult) -> PushResult:
    """What an answer means (RFC 8030, 5 and 7.3; RFC 8292, 4.2)."""
    if not isinstance(result, Answered):
        return PushNotTaken(result.reason)
    status = result.status
    known = _MEANINGS.get(status)
    if known is not None:
        return known
    if status == 429:
        return PushThrottled(result.retry_after)
    if 200 <= status < 300:
        return PushAccepted()
    if status >= 500 or status in _NOT_NOW:
        return PushNotTaken(f"status {status}", result.retry_after)
    return PushRefused(f"status {status}", ours=status in _NOT_US)
