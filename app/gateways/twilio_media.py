"""Recordings' audio from Twilio: from its own address alone, and never more than can be."""

from __future__ import annotations

import ipaddress
import re
import time
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3 import HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import NewConnectionError

from app.errors import PermanentError, TransientError
from app.gateways import wav
from app.gateways.twilio_rest import CONNECT_SECONDS, READ_SECONDS

LARGEST = 20 * 1024 * 1024
"""Bytes: ten minutes of two channels, 16 bits, 8 kHz."""
LONGEST = 600
"""Seconds of sound."""
_ALL_SECONDS = 60.0
_MOST_REDIRECTS = 3
_SID = re.compile(r"RE[0-9a-fA-F]{32}")


def download(api_url: str, auth: tuple[str, str], recording_sid: str) -> bytes:
    """The WAV file of a recording; ``auth`` is the account and its token.

    The address is made of the account and the recording's id, whatever anybody says it is. Where
    it leads elsewhere, our credentials do not follow. Twilio announces recordings before they can
    be fetched, and may answer an error as XML with status 200: what counts is the type, and what
    is inside. Raises TransientError and PermanentError as ``Voice.download_recording`` says.
    """
    if not _SID.fullmatch(recording_sid):
        raise PermanentError("this is no recording's id")
    url = f"{api_url}/2010-04-01/Accounts/{auth[0]}/Recordings/{recording_sid}.wav"
    until = time.monotonic() + _ALL_SECONDS
    try:
        with _opened(url, api_url, auth) as answer:
            if answer.status_code != 200:
                raise TransientError(f"the recording is not to be had: HTTP {answer.status_code}")
            kind = answer.headers.get("Content-Type", "")
            if not kind.startswith("audio/"):
                raise TransientError(f"what came instead of the recording is no WAV: {kind[:40]}")
            content = _bounded(answer, until)
    except requests.RequestException as error:
        raise TransientError(
            f"the recording could not be fetched: {type(error).__name__}"
        ) from error
    return _sound(content)


def _opened(url: str, api_url: str, auth: tuple[str, str]) -> requests.Response:
    answer = requests.get(
        url,
        auth=auth,
        stream=True,
        allow_redirects=False,
        timeout=(CONNECT_SECONDS, READ_SECONDS),
    )
    for _ in range(_MOST_REDIRECTS):
        if not answer.is_redirect:
            return answer
        answer.close()
        url = urljoin(url, answer.headers["Location"])
        answer = _elsewhere(url, api_url)
    answer.close()
    raise TransientError("the recording is redirected again and again")


def _elsewhere(url: str, api_url: str) -> requests.Response:
    """Whoever keeps the media for Twilio: over TLS, in public, and without anything of ours."""
    home = _origin(url) == _origin(api_url)
    if not home and urlsplit(url).scheme != "https":
        raise PermanentError("the recording was redirected to an address without TLS")
    session = requests.Session()
    # Otherwise a .netrc file would add credentials.
    session.trust_env = False
    if not home:
        session.mount("https://", _PublicAdapter())
    return session.get(
        url,
        stream=True,
        allow_redirects=False,
        timeout=(CONNECT_SECONDS, READ_SECONDS),
        proxies=get_environ_proxies(url),
    )


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    try:
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        raise PermanentError("the recording was redirected to no address at all") from None
    return parts.scheme, parts.hostname, port


def is_public(address: str) -> bool:
    """Is it an IP address in the public internet?"""
    known = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(known, ipaddress.IPv6Address):
        inside = known.ipv4_mapped or known.sixtofour
        known = inside or known
    return known.is_global and not known.is_multicast


class _PublicConnection(HTTPSConnection):
    """Speaks to public addresses only: looked at once connected, when no name can change it."""

    def _new_conn(self) -> Any:
        connected = super()._new_conn()
        if not is_public(connected.getpeername()[0]):
            connected.close()
            raise NewConnectionError(self, "the recording was redirected to a private address")
        return connected


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        self.poolmanager = PoolManager(num_pools=1, maxsize=1)
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicPool}


def _bounded(answer: requests.Response, until: float) -> bytes:
    content = bytearray()
    for chunk in answer.iter_content(64 * 1024):
        content += chunk
        if len(content) > LARGEST:
            raise PermanentError(f"the recording has more than {LARGEST} bytes")
        if time.monotonic() > until:
            raise TransientError(f"the recording took more than {_ALL_SECONDS:.0f} seconds")
    return bytes(content)


def _sound(content: bytes) -> bytes:
    try:
        seconds = wav.seconds(content)
    except ValueError as error:
        raise TransientError(f"what came instead of the recording is {error}") from None
    if seconds > LONGEST:
        raise PermanentError(f"the recording is longer than {LONGEST} seconds")
    return content
