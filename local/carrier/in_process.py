"""A whole carrier inside one process, without a socket: for simulations in virtual time.

    clock = VirtualClock(start=…)

    async def days() -> None:
        carrier = start_in_process(options, clock, WsgiTransport(flask_app))
        session = requests.Session()
        session.mount(carrier.url, CarrierAdapter(carrier))
        …                       # product code that talks to the carrier through that session
        await clock.sleep(86400)
        await carrier.stop()

    clock.run(days())

The product's code runs as it is, called from the simulation's coroutines; what it asks of the
carrier is answered before it goes on, and what follows happens once it has returned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from multidict import CIMultiDict, MultiDict
from requests.adapters import BaseAdapter
from werkzeug.test import EnvironBuilder, run_wsgi_app

from local.carrier.clock import Clock
from local.carrier.exchange import Exchange
from local.carrier.exchange_parts import CarrierOptions, ExchangeParts
from local.carrier.front_door import FrontDoor
from local.carrier.rest_answers import RestAnswer
from local.carrier.rest_request import RestRequest, Settling
from local.carrier.routes import front_door
from local.carrier.transport import Incoming, Limits, NoAnswer, Outgoing, Transport

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
_FORM = "application/x-www-form-urlencoded"


class InProcessCarrier:
    """A running carrier without a server. `url` is what its addresses begin with."""

    def __init__(self, parts: ExchangeParts) -> None:
        self.parts = parts
        self.exchange = Exchange(parts)
        self.url = parts.base_url
        self._door: FrontDoor = front_door(self.exchange)

    def answer(self, request: RestRequest) -> RestAnswer:
        """Answer a REST request at once; orders to calls take effect when the caller waits."""
        given = self._door.answer(request)
        return self._door.settled(given) if isinstance(given, Settling) else given

    async def stop(self) -> None:
        """Stop everything; calls in progress are closed by the next start."""
        await self.parts.stop()


def start_in_process(
    options: CarrierOptions,
    clock: Clock,
    transport: Transport,
    base_url: str = "http://carrier.test",
) -> InProcessCarrier:
    """Start a carrier in the running event loop; PersonaError for a bad personas file."""
    carrier = InProcessCarrier(ExchangeParts.over(options, base_url, clock, transport))
    carrier.exchange.resume()
    return carrier


class WsgiTransport:
    """Asks a WSGI application, such as Flask's, in this process.

    It takes no time unless a `delay` says how many seconds each answer takes, on the clock given;
    one that takes longer than Twilio waits is no answer, though the application was asked.
    """

    def __init__(self, app: Wsgi, clock: Clock | None = None, delay: float = 0.0) -> None:
        self._app = app
        self._clock = clock
        self._delay = delay

    async def request(self, outgoing: Outgoing, limits: Limits) -> Incoming:
        """Return the application's answer, or raise NoAnswer."""
        given = self._asked(outgoing)
        if self._clock is not None and self._delay > 0:
            longest = min(limits.read, limits.total)
            await self._clock.sleep(min(self._delay, longest))
            if self._delay > longest:
                raise NoAnswer("rt")
        return given

    async def close(self) -> None:
        """Nothing is open."""

    def _asked(self, outgoing: Outgoing) -> Incoming:
        parts = urlsplit(outgoing.url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        environ = EnvironBuilder(
            path=unquote(parts.path),
            base_url=f"{parts.scheme}://{parts.netloc}/",
            query_string=parts.query,
            method=outgoing.method,
            headers=list(outgoing.headers.items()),
            data=outgoing.data,
            # As a server passes it on: signatures are made over these very bytes.
            environ_overrides={"REQUEST_URI": target, "RAW_URI": target},
        ).get_environ()
        body, status, headers = run_wsgi_app(self._app, environ, buffered=True)
        found = {name.lower(): value for name, value in headers.items()}
        return Incoming(int(status.partition(" ")[0]), b"".join(body), found)


class CarrierAdapter(BaseAdapter):
    """Lets a `requests.Session` reach a carrier in this process; mount it at the carrier's url."""

    def __init__(self, carrier: InProcessCarrier) -> None:
        super().__init__()
        self._carrier = carrier

    def send(
        self, request: requests.PreparedRequest, *_given: Any, **_more: Any
    ) -> requests.Response:
        """Return the carrier's answer, or raise what requests would for its fate."""
        given = self._carrier.answer(_rest_request(request))
        if given.fate == "lost":
            raise requests.ConnectionError("the connection was closed", request=request)
        if given.fate == "hang":
            raise requests.ReadTimeout("the answer did not come", request=request)
        return _response(request, given)

    def close(self) -> None:
        """Nothing is open."""


def _rest_request(request: requests.PreparedRequest) -> RestRequest:
    parts = urlsplit(request.url or "")
    body = request.body or b""
    content = body.encode() if isinstance(body, str) else bytes(body)
    headers: Mapping[str, str] = request.headers
    form: MultiDict[str] = MultiDict()
    if headers.get("Content-Type", "").startswith(_FORM):
        form.extend(parse_qsl(content.decode(), keep_blank_values=True))
    return RestRequest(
        method=request.method or "GET",
        path=unquote(parts.path),
        query=MultiDict(parse_qsl(parts.query, keep_blank_values=True)),
        form=form,
        body=content,
        headers=CIMultiDict(headers),
        target=parts.path + (f"?{parts.query}" if parts.query else ""),
    )


def _response(request: requests.PreparedRequest, given: RestAnswer) -> requests.Response:
    response = requests.Response()
    response.status_code = given.status
    response.request = request
    response.url = request.url or ""
    response.raw = BytesIO(given.body)
    response.headers.update({**given.headers, "Content-Type": given.content_type})
    response.headers["Content-Length"] = str(len(given.body))
    return response
