"""The carrier's HTTP server, and starting and stopping everything behind it."""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import unquote

from aiohttp import web
from multidict import CIMultiDict, MultiDict

from local.carrier.clock import RealClock
from local.carrier.exchange import Exchange
from local.carrier.exchange_parts import CarrierOptions, ExchangeParts
from local.carrier.front_door import FrontDoor
from local.carrier.rest_answers import RestAnswer
from local.carrier.rest_request import RestRequest, Settling
from local.carrier.routes import front_door
from local.carrier.transport import HttpTransport

_LOOK_EVERY = 0.1  # seconds between two looks whether a client that is kept waiting has gone


class Carrier:
    """A running carrier. `url` is its address without a trailing slash."""

    def __init__(self, parts: ExchangeParts, runner: web.AppRunner) -> None:
        self._parts = parts
        self._runner = runner
        self.url = parts.base_url

    async def stop(self) -> None:
        """Stop serving at once; calls in progress are closed by the next start."""
        await self._runner.cleanup()
        await self._parts.stop()


async def start_carrier(options: CarrierOptions) -> Carrier:
    """Start a carrier and return it once it answers.

    Raises PersonaError for a bad personas file and OSError when the port is taken.
    """
    listener = socket.create_server((options.host, options.port), backlog=1024)
    base_url = f"http://{options.host}:{listener.getsockname()[1]}"
    try:
        parts = ExchangeParts.over(options, base_url, RealClock(), HttpTransport())
    except Exception:
        listener.close()
        raise
    exchange = Exchange(parts)
    runner = web.AppRunner(application(front_door(exchange)), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    exchange.resume()
    return Carrier(parts, runner)


def application(door: FrontDoor) -> web.Application:
    """Return a server that takes every request to the front door."""

    async def serve(request: web.Request) -> web.StreamResponse:
        given = door.answer(await _read(request))
        if isinstance(given, Settling):
            await given.wait()
            given = door.settled(given)
        return await _hand_out(request, given)

    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_route("*", "/{anything:.*}", serve)
    return app


async def _read(request: web.Request) -> RestRequest:
    body = await request.read()
    form: MultiDict[str] = MultiDict()
    if request.content_type == "application/x-www-form-urlencoded":
        pairs = (await request.post()).items()
        form.extend((name, value) for name, value in pairs if isinstance(value, str))
    return RestRequest(
        method=request.method,
        path=unquote(request.rel_url.raw_path),
        query=MultiDict(request.query),
        form=form,
        body=body,
        headers=CIMultiDict(request.headers),
        target=str(request.rel_url),
    )


async def _hand_out(request: web.Request, given: RestAnswer) -> web.StreamResponse:
    if given.fate == "hang":
        await _until_gone(request, given.seconds)
    if given.fate == "late":
        await asyncio.sleep(given.seconds)
    if given.fate in {"lost", "hang"} and request.transport is not None:
        request.transport.abort()
    headers = {**given.headers}
    if given.body:
        headers["Content-Type"] = given.content_type
    return web.Response(status=given.status, body=given.body or None, headers=headers)


async def _until_gone(request: web.Request, seconds: float) -> None:
    """Keep a client waiting until it gives up, but not for ever."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        transport = request.transport
        if transport is None or transport.is_closing():
            return
        await asyncio.sleep(_LOOK_EVERY)
