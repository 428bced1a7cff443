"""Is this request from Twilio? Nothing else of a webhook is looked at before this is answered."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Request
from twilio.request_validator import RequestValidator


def signed_url(public_url: str, request: Request) -> str:
    """The address as Twilio signed it: our public address and the raw target of the request.

    The host and the scheme of the request are a proxy's word and do not count. The raw target is
    used because decoding and encoding it again changes its bytes.
    """
    target = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if not target:
        query = request.query_string.decode("latin-1")
        target = request.path + (f"?{query}" if query else "")
    parts = urlsplit(public_url)
    # A public address with a path: a proxy in front may have taken it away.
    prefix = parts.path.rstrip("/")
    if prefix and not target.startswith(prefix + "/"):
        target = prefix + target
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{target}"


def is_from_twilio(request: Request, public_url: str, auth_tokens: Sequence[str]) -> bool:
    """Does the request carry a signature made with one of our auth tokens? Never raises."""
    signature = request.headers.get("X-Twilio-Signature", "")
    if not signature or not signature.isascii():
        return False
    url = signed_url(public_url, request)
    for token in auth_tokens:
        try:
            if RequestValidator(token).validate(url, request.form, signature):
                return True
        except (TypeError, IndexError, ValueError):
            # The validator trips over some malformed requests: those are not Twilio's.
            continue
    return False
