"""The carrier's HTTP server: all routes, and starting and stopping everything behind them."""

from __future__ import annotations

import socket

from aiohttp import web

from local.carrier.admin import AdminResource
from local.carrier.exchange import Exchange
from local.carrier.exchange_parts import BackgroundTasks, CarrierOptions, ExchangeParts
from local.carrier.faults import Faults
from local.carrier.front_door import FrontDoor
from local.carrier.personas import load_personas
from local.carrier.rest_answers import account_path
from local.carrier.rest_calls import CallResource
from local.carrier.rest_messages import MessageResource
from local.carrier.rest_recordings import RecordingResource
from local.carrier.store import Store
from local.carrier.webhooks import WebhookSender


class Carrier:
    """A running carrier. `url` is its address without a trailing slash."""

    def __init__(self, parts: ExchangeParts, runner: web.AppRunner) -> None:
        self._parts = parts
        self._runner = runner
        self.url = parts.base_url

    async def stop(self) -> None:
        """Stop serving at once; calls in progress are closed by the next start."""
        await self._runner.cleanup()
        await self._parts.background.stop()
        await self._parts.webhooks.close()
        self._parts.store.close()


async def start_carrier(options: CarrierOptions) -> Carrier:
    """Start a carrier and return it once it answers.

    Raises PersonaError for a bad personas file and OSError when the port is taken.
    """
    directory = load_personas(options.personas_file)
    listener = socket.create_server((options.host, options.port), backlog=1024)
    base_url = f"http://{options.host}:{listener.getsockname()[1]}"
    store = Store(options.folder)
    webhooks = WebhookSender(options.account_sid, options.auth_token, store)
    parts = ExchangeParts(options, base_url, store, webhooks, BackgroundTasks())
    exchange = Exchange(parts, directory)
    runner = web.AppRunner(application(exchange), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    exchange.resume()
    return Carrier(parts, runner)


def application(exchange: Exchange) -> web.Application:
    """Return the server's routes over an exchange."""
    faults = Faults()
    front_door = FrontDoor(exchange.parts, faults)
    app = web.Application(middlewares=[front_door.middleware()])
    calls, messages = CallResource(exchange), MessageResource(exchange)
    recordings, admin = RecordingResource(exchange, faults), AdminResource(exchange, faults)
    account = account_path(exchange.parts.options.account_sid)
    call, recording = account + "/Calls/{sid:CA[0-9a-fA-F]{32}}", "{sid:RE[0-9a-fA-F]{32}}"
    app.add_routes(
        [
            web.post(f"{account}/Calls.json", calls.create),
            web.get(f"{account}/Calls.json", calls.index),
            web.get(f"{call}.json", calls.fetch),
            web.post(f"{call}.json", calls.update),
            web.delete(f"{call}.json", calls.delete),
            web.get(f"{call}/Recordings.json", recordings.index_of_call),
            web.get(f"{account}/Recordings.json", recordings.index),
            web.get(f"{account}/Recordings/{recording}.json", recordings.fetch),
            web.delete(f"{account}/Recordings/{recording}.json", recordings.delete),
            web.get(f"{account}/Recordings/{recording}.wav", recordings.media),
            web.get(f"{account}/Recordings/{recording}.mp3", recordings.media_in_other_format),
            web.get(f"{account}/Recordings/{recording}", recordings.media),
            web.post(f"{account}/Messages.json", messages.create),
            web.get(f"{account}/Messages.json", messages.index),
            web.get(account + "/Messages/{sid}.json", messages.fetch),
            web.put("/_carrier/numbers/{number}", admin.assign),
            web.get("/_carrier/journal", admin.journal),
            web.get("/_carrier/calls", admin.calls),
            web.put("/_carrier/faults", admin.set_faults),
        ]
    )
    return app
