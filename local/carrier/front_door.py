"""What every request passes before a handler sees it: who asks, armed faults, errors as JSON."""

from __future__ import annotations

import base64
import hmac

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from local.carrier.exchange_parts import ExchangeParts
from local.carrier.faults import Faults
from local.carrier.rest_answers import ApiError, account_path, error_answer, not_found


class FrontDoor:
    """The one middleware of the carrier's server."""

    def __init__(self, parts: ExchangeParts, faults: Faults) -> None:
        options = parts.options
        login = f"{options.account_sid}:{options.auth_token}".encode()
        self._expected = b"Basic " + base64.b64encode(login)
        self._account = account_path(options.account_sid)
        self._store = parts.store
        self._faults = faults

    def middleware(self) -> Middleware:
        """Return it in the form aiohttp expects."""

        @web.middleware
        async def pass_through(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                self._let_in(request)
                return self._hand_out(request, await handler(request))
            except ApiError as error:
                return error_answer(error)
            except web.HTTPMethodNotAllowed:
                return error_answer(ApiError(405, 20004, "Method not allowed"))
            except web.HTTPNotFound:
                return error_answer(not_found(request.path))

        return pass_through

    def _let_in(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._expected):
            raise ApiError(401, 20003, "Authenticate")
        if request.path.startswith("/_carrier/"):
            return
        if not request.path.startswith(self._account + "/"):
            raise not_found(request.path)
        if self._struck("refuse_429", request):
            raise ApiError(429, 20429, "Too many requests")
        if self._struck("fail_500_before", request):
            raise ApiError(500, 20500, "An internal server error has occurred")

    def _hand_out(self, request: web.Request, given: web.StreamResponse) -> web.StreamResponse:
        created = request.method == "POST" and request.path == f"{self._account}/Calls.json"
        if created and given.status == 201 and self._struck("lose_create_answer", request):
            transport = request.transport
            if transport is not None:
                transport.abort()
        return given

    def _struck(self, fault: str, request: web.Request) -> bool:
        return self._faults.strike_noted(fault, self._store, request.path)
