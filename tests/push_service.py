"""A push service on our own machine, and browsers that subscribe there.

It checks what real ones check: who signs (RFC 8292), which headers come with it (RFC 8030) and how
much is sent. A browser decrypts with http_ece what it gets, as its maker would.
"""

from __future__ import annotations

import base64
import json
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MOST_BYTES = 4096
_DAY = 24 * 3600


@dataclass(frozen=True)
class Pushed:
    """One message as a browser got it."""

    content: dict[str, Any]
    headers: Mapping[str, str]
    claims: Mapping[str, Any]
    """Of the signature."""
    sealed: bytes
    """As it went over the line."""


@dataclass
class Browser:
    """A browser that has subscribed. ``statuses`` are what it answers, the last one for ever."""

    endpoint: str
    our_key: str
    """The public key under which it subscribed."""
    statuses: list[int] = field(default_factory=lambda: [201])
    answer_headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds until it answers."""
    asked: int = 0
    got: list[Pushed] = field(default_factory=list)
    waiting: dict[str, Pushed] = field(default_factory=dict)
    """What is shown once it comes back: the latest of each topic."""

    def __post_init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    @property
    def subscription(self) -> dict[str, Any]:
        """As its PushManager gives it."""
        point = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": _text(point), "auth": _text(self._auth)}
        return {"endpoint": self.endpoint, "keys": keys}

    @property
    def texts(self) -> list[str]:
        """What it showed, in order."""
        return [each.content["text"] for each in self.got]

    def opened(self, sealed: bytes) -> dict[str, Any]:
        """The message, decrypted and read. Raises http_ece.ECEException."""
        return json.loads(self.plain(sealed))

    def plain(self, sealed: bytes) -> str:
        """The message, decrypted, as its service worker gets it. Raises http_ece.ECEException."""
        plain = http_ece.decrypt(
            sealed, private_key=self._private, auth_secret=self._auth, version="aes128gcm"
        )
        return plain.decode()


class PushService:
    """Its browsers by the paths of their addresses."""

    def __init__(self) -> None:
        self.origin = ""
        self.browsers: dict[str, Browser] = {}
        self.refused: list[str] = []
        """Why requests were not taken that a real service would not take either."""

    def browser(self, our_key: str) -> Browser:
        """A new one, which has subscribed under this public key of ours."""
        path = f"/send/{_text(os.urandom(18))}"
        made = Browser(f"{self.origin}{path}", our_key)
        self.browsers[path] = made
        return made

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Browser]:
        """The status with which it answers, and whose it is."""
        browser = self.browsers[path]
        browser.asked += 1
        time.sleep(browser.delay)
        status = browser.statuses.pop(0) if len(browser.statuses) > 1 else browser.statuses[0]
        if not 200 <= status < 300:
            return status, browser
        wrong, claims = self._wrong(browser, headers, body)
        if wrong is not None:
            self.refused.append(wrong[1])
            return wrong[0], browser
        pushed = Pushed(browser.opened(body), headers, claims, body)
        browser.got.append(pushed)
        browser.waiting[headers["topic"]] = pushed
        return status, browser

    def _wrong(
        self, browser: Browser, headers: Mapping[str, str], body: bytes
    ) -> tuple[tuple[int, str] | None, Mapping[str, Any]]:
        try:
            key, claims = verified(headers.get("authorization", ""))
        except (ValueError, InvalidSignature) as error:
            return (401, f"signature: {error}"), {}
        lasts = claims.get("exp", 0) - time.time()
        checks = (
            (key == browser.our_key, 403, "another key than it subscribed under"),
            (claims.get("aud") == self.origin, 403, f"signed for {claims.get('aud')}"),
            (0 < lasts <= _DAY, 403, "the signature holds for too long, or no more"),
            (str(claims.get("sub")).startswith(("mailto:", "https://")), 403, "no subject"),
            (headers.get("content-encoding") == "aes128gcm", 400, "content-encoding"),
            (headers.get("ttl", "").isdigit(), 400, "TTL"),
            (headers.get("urgency", "normal") in ("normal", "high"), 400, "urgency"),
            (re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers.get("topic", "")), 400, "topic"),
            (len(body) <= MOST_BYTES, 413, "too large"),
        )
        return next(((status, why) for good, status, why in checks if not good), None), claims


def verified(authorization: str) -> tuple[str, dict[str, Any]]:
    """The public key and the claims of a header. Raises ValueError, InvalidSignature."""
    found = re.fullmatch(r"vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)", authorization)
    if found is None:
        raise ValueError("not of the form vapid t=…, k=…")
    head, claims, signature, key = found.groups()
    raw = _bytes(signature)
    if len(raw) != 64 or json.loads(_bytes(head))["alg"] != "ES256":
        raise ValueError("not ES256")
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(key))
    public.verify(pair, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    return key, json.loads(_bytes(claims))


@contextmanager
def push_service() -> Iterator[PushService]:
    """One that listens on loopback."""
    made = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if self.path not in made.browsers:
                self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            status, browser = made.take(self.path, headers, body)
            self.send_response(status)
            for name, value in browser.answer_headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    httpd = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    made.origin = f"http://127.0.0.1:{httpd.server_port}"
    try:
        yield made
    finally:
        httpd.shutdown()
        httpd.server_close()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
