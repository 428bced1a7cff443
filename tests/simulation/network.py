"""The network between product and carrier: in this process, watched, and not to be relied on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pymongo
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError

from local.carrier.clock import Clock
from local.carrier.in_process import CarrierAdapter, Wsgi, WsgiTransport
from local.carrier.transport import Incoming, Limits, NoAnswer, Outgoing
from tests.simulation.mishaps import Mishaps

LATENCY = 0.06
"""Seconds that the product takes for an answer."""
_LONGEST_OUTAGE = 40.0
_NO_DATABASE = 12.0
_NO_TIME = 1e-6
_ATTEMPT = re.compile(r"/calls/([0-9a-f]{24})/")
_LINK = re.compile(r"(https?://\S+/i/[\w.-]+)")


class Killed(BaseException):
    """A process of ours dies here, as by kill -9: nothing in it may catch this."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The product asked for a call or a text: to whom, in which attempt, with which link."""

    kind: str
    number: str
    attempt: str
    link: str


def attempt_in(url: str) -> str:
    """The attempt that an address of ours names; empty where it names none."""
    found = _ATTEMPT.search(url)
    return found[1] if found else ""


class ToProduct(WsgiTransport):
    """The way to the web application, which is sometimes away, or dies while it answers."""

    def __init__(
        self, app: Wsgi, clock: Clock, mishaps: Mishaps, heard: Callable[[], None]
    ) -> None:
        super().__init__(app, clock, LATENCY)
        self._moment = clock
        self._mishaps = mishaps
        self._heard = heard
        self._away_until = 0.0
        self._no_database_until = 0.0
        self.hindered: list[tuple[float, float]] = []
        """From when to when the application had no database."""

    async def request(self, outgoing: Outgoing, limits: Limits) -> Incoming:
        """Return the application's answer, or raise NoAnswer."""
        self._heard()
        if self._mishaps.strikes("web out of reach"):
            self._away_until = self._moment.now() + self._mishaps.lasts(_LONGEST_OUTAGE)
        if self._moment.now() < self._away_until:
            await self._moment.sleep(LATENCY)
            raise NoAnswer("ct")
        if self._mishaps.strikes("database out of reach"):
            self._no_database_until = self._moment.now() + self._mishaps.lasts(_NO_DATABASE)
            self.hindered.append((self._moment.now(), self._no_database_until))
        try:
            given = await super().request(outgoing, limits)
        except Killed:
            raise NoAnswer("rt") from None
        if self._mishaps.strikes("web answer lost"):
            raise NoAnswer("rt")
        return given

    def _asked(self, outgoing: Outgoing) -> Incoming:
        if self._moment.now() >= self._no_database_until:
            return super()._asked(outgoing)
        # Within a limit of no time at all every operation ends as with a server that is away.
        with pymongo.timeout(_NO_TIME):
            return super()._asked(outgoing)


class ToCarrier:
    """The way to the carrier's REST API, for whatever library of the product asks."""

    def __init__(
        self, adapter: CarrierAdapter, url: str, mishaps: Mishaps, watch: Callable[[Asked], None]
    ) -> None:
        self._adapter = adapter
        self._url = url
        self._mishaps = mishaps
        self._watch = watch

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        """Return the answer, or raise what `requests` would."""
        url = request.url or ""
        if not url.startswith(self._url):
            raise AssertionError(f"nothing leaves the process: {urlsplit(url).netloc}")
        if self._mishaps.strikes("network out of reach"):
            raise requests.ConnectionError(_unreachable(), request=request)
        asked = _asked(request)
        if asked is not None:
            self._watch(asked)
        return self._adapter.send(request)


@contextmanager
def within_the_process(way: ToCarrier) -> Iterator[None]:
    """Let everything that `requests` sends go this way."""

    def send(_: HTTPAdapter, request: requests.PreparedRequest, **_more: Any) -> requests.Response:
        return way.send(request)

    with patch.object(HTTPAdapter, "send", send):
        yield


def _asked(request: requests.PreparedRequest) -> Asked | None:
    path = urlsplit(request.url or "").path
    kind = {"Calls.json": "call", "Messages.json": "text"}.get(path.rpartition("/")[2])
    if kind is None or request.method != "POST":
        return None
    body = request.body or ""
    form = parse_qs(body if isinstance(body, str) else bytes(body).decode())
    link = _LINK.search(form.get("Body", [""])[0])
    return Asked(kind, form["To"][0], attempt_in(form.get("Url", [""])[0]), link[1] if link else "")


def _unreachable() -> Any:
    reason = NewConnectionError(None, "no route")  # type: ignore[arg-type]
    error = Exception("no connection")
    error.reason = reason  # type: ignore[attr-defined]
    return error
