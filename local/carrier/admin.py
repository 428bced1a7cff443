"""Routes beside Twilio's, for tests and demonstrations: who answers, what happened, faults."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from local.carrier.exchange import Exchange
from local.carrier.faults import Faults
from local.carrier.persona_fields import PersonaError
from local.carrier.records import CallRecord
from local.carrier.rest_answers import ApiError, answer, call_answer
from local.carrier.rest_forms import is_number
from local.carrier.store import Window

_EVERYTHING = Window(size=1_000_000)


class AdminResource:
    """Handlers below `/_carrier`."""

    def __init__(self, exchange: Exchange, faults: Faults) -> None:
        self._exchange = exchange
        self._faults = faults

    async def assign(self, request: web.Request) -> web.Response:
        """Give a number a persona by name, or a list of calls."""
        number, assignment = request.match_info["number"], await _json(request)
        if not is_number(number):
            raise ApiError(400, 20001, f"{number} is not a number like +1…")
        try:
            self._exchange.assign(number, assignment)
        except PersonaError as error:
            raise ApiError(400, 20001, str(error)) from error
        return answer(200, {"number": number})

    async def journal(self, request: web.Request) -> web.Response:
        """Return everything the carrier did, optionally for one call or one number."""
        call_sid, to_number = request.query.get("call_sid"), request.query.get("to")
        store = self._exchange.parts.store
        return answer(200, {"entries": store.journal(call_sid, to_number)})

    async def calls(self, _request: web.Request) -> web.Response:
        """Return all calls, newest first, in REST's shape."""
        account_sid = self._exchange.parts.options.account_sid
        calls = self._exchange.parts.store.listing(CallRecord, [], _EVERYTHING)
        return answer(200, {"calls": [call_answer(account_sid, call) for call in calls]})

    async def set_faults(self, request: web.Request) -> web.Response:
        """Set how many of the next requests go wrong; return the countdowns."""
        counts = await _json(request)
        try:
            self._faults.arm(counts if isinstance(counts, dict) else {"": counts})
        except ValueError as error:
            raise ApiError(400, 20001, str(error)) from error
        return answer(200, self._faults.remaining())


async def _json(request: web.Request) -> Any:
    try:
        return await request.json()
    except json.JSONDecodeError as error:
        raise ApiError(400, 20001, f"The body is not JSON: {error}") from error
