"""What every conversation with Twilio's REST API shares: waits that end, and how answers count."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NoReturn

import requests
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from app.errors import TransientError
from app.gateways import AnswerLost, NotSent, Refused
from app.logs import redact

CONNECT_SECONDS = 3.05
READ_SECONDS = 10
ORIGIN = "https://api.twilio.com"
FAILURES = (
    TwilioException,
    requests.RequestException,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)
"""What the client library raises where an answer is an error, missing, or not to be read."""


class _Http(TwilioHttpClient):
    """Twilio's HTTP client, with waits that end and the API at an address of our choice."""

    def __init__(self, api_url: str) -> None:
        # The library's default is to wait for ever; it has no setting for the two waits apart.
        super().__init__(timeout=READ_SECONDS)
        self.timeout = (CONNECT_SECONDS, READ_SECONDS)
        self._api_url = api_url

    def request(self, method: str, url: str, **options: Any) -> Response:
        if url.startswith(ORIGIN):
            url = self._api_url + url.removeprefix(ORIGIN)
        return super().request(method, url, **options)


def rest_client(account_sid: str, auth_token: str, api_url: str = ORIGIN) -> Client:
    """Twilio's client; it repeats nothing by itself. ``api_url`` is scheme, host, port alone."""
    return Client(account_sid, auth_token, http_client=_Http(api_url))


def judged(error: Exception) -> Refused | NotSent | AnswerLost:
    """What a failed request that creates something proves; ``error`` is one of FAILURES.

    Only no connection at all, and 429, prove that nothing was created (Twilio's error 20500).
    """
    if isinstance(error, (TwilioRestException, TwilioServiceException)):
        return _answered(error)
    if _never_connected(error):
        return NotSent("no connection")
    return AnswerLost(type(error).__name__)


def _answered(
    error: TwilioRestException | TwilioServiceException,
) -> Refused | NotSent | AnswerLost:
    status = error.status
    code = str(error.code or status)
    if status == 429:
        return NotSent("too many requests")
    if 400 <= status < 500:
        text = error.msg if isinstance(error, TwilioRestException) else error.title
        return Refused(code, redact(str(text))[:300])
    return AnswerLost(f"HTTP {status}")


def _never_connected(error: Exception) -> bool:
    """Is it certain that not a byte of the request left?"""
    if isinstance(error, requests.ConnectTimeout):
        return True
    # requests wraps what urllib3 says; a pooled connection that broke looks much the same.
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectionError) and isinstance(reason, NewConnectionError)


def aware(moment: datetime | None) -> datetime | None:
    """The library's times are UTC, and some of them do not say so."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)


def transient(error: Exception) -> NoReturn:
    """Raise TransientError for a failed request that only asked."""
    status = getattr(error, "status", None)
    said = f"HTTP {status}" if status else type(error).__name__
    raise TransientError(f"Twilio did not answer as it should: {said}") from error
