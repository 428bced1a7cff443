"""Is this request from Twilio? Nothing else of a webhook is looked at before this is answered.

Twilio signs the address it was given and, for a form, every parameter (Twilio's documentation,
"Webhooks Security"). The address is computed from our configured public one and the raw target of
the request: the host and the scheme of the request are a proxy's word, and decoding and encoding
the target again would change its bytes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from flask import Request
from twilio.request_validator import RequestValidator

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_DEFAULT_PORTS = {"https": 443, "http": 80}
_MOST_SIGNATURE = 64
"""Characters; a signature has 28."""


def is_from_twilio(request: Request, public_url: str, auth_tokens: Sequence[str]) -> bool:
    """Does the request carry a signature made with one of our auth tokens?

    Raises nothing but werkzeug's own refusal of a body that is too large.
    """
    signature = request.headers.get("X-Twilio-Signature", "")
    if not signature or len(signature) > _MOST_SIGNATURE or not signature.isascii():
        return False
    target = raw_target(request)
    if not _body_is_signed(request, target):
        return False
    form = request.form
    try:
        return any(
            hmac.compare_digest(_validator(token).compute_signature(url, form), signature)
            for token in auth_tokens
            for url in signed_urls(public_url, target)
        )
    except UnicodeError:
        # Half a character in a target or a parameter: not Twilio's.
        return False


def raw_target(request: Request) -> str:
    """The path and the query as they stood in the request, byte for byte."""
    target: str = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or ""
    if not target:
        query = request.query_string.decode("latin-1")
        target = request.path + (f"?{query}" if query else "")
    if not target.startswith("/"):
        # A proxy may send the whole address: http://host/path
        rest = target.partition("://")[2]
        target = "/" + rest.partition("/")[2]
    return target


@lru_cache(maxsize=8)
def _bases(public_url: str) -> tuple[tuple[str, ...], str]:
    """The beginnings that a signed address may have, likeliest first, and the public path."""
    parts = urlsplit(public_url)
    # A user's name in the address is for logging in, and never signed.
    host = parts.netloc.rpartition("@")[2]
    name = host if parts.port is None else host.rpartition(":")[0]
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    # Voice over HTTPS drops the port, all others keep it; an older signer adds the usual one.
    hosts = dict.fromkeys((name if parts.scheme == "https" else host, host, name, f"{name}:{port}"))
    return tuple(f"{parts.scheme}://{each}" for each in hosts), parts.path.rstrip("/")


def signed_urls(public_url: str, target: str) -> Iterator[str]:
    """The addresses that Twilio may have signed for this target, likeliest first."""
    bases, prefix = _bases(public_url)
    # A public address with a path: a proxy in front may have taken it away.
    targets: tuple[str, ...] = (target,)
    if prefix:
        targets = (prefix + target, target)
        if target.startswith(prefix + "/"):
            targets = (target, prefix + target)
    for each in targets:
        for base in bases:
            yield base + each


def _body_is_signed(request: Request, target: str) -> bool:
    """A form is signed with the address. For any other body its hash must be in the address."""
    if request.mimetype in _FORMS:
        return True
    body = request.get_data(cache=True)
    said = parse_qs(target.partition("?")[2]).get("bodySHA256", [""])[0]
    if not body and not said:
        return True
    actual = hashlib.sha256(body).hexdigest()
    return said.isascii() and hmac.compare_digest(actual, said.lower())


@lru_cache(maxsize=16)
def _validator(token: str) -> RequestValidator:
    return RequestValidator(token)
