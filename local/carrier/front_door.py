"""What every request passes before a handler sees it: who asks, faults, the way to the handler."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Sequence
from dataclasses import replace

from local.carrier.exchange_parts import ExchangeParts
from local.carrier.rest_answers import ApiError, RestAnswer, account_path, error_answer, not_found
from local.carrier.rest_request import Handler, RestRequest, Settling

Route = tuple[str, str, Handler]
"""Method, pattern of the whole path with named groups, handler."""

_BEFORE = {"503_before": (503, 20503), "500_before": (500, 20500)}


class FrontDoor:
    """The one way to all resources, whether a request came over HTTP or from the same process."""

    def __init__(self, parts: ExchangeParts, routes: Sequence[Route]) -> None:
        options = parts.options
        login = f"{options.account_sid}:{options.auth_token}".encode()
        self._expected = b"Basic " + base64.b64encode(login)
        self._account = account_path(options.account_sid)
        self._parts = parts
        self._faults = parts.faults
        self._routes = [(method, re.compile(path), handler) for method, path, handler in routes]
        self._creates = {
            f"{self._account}/Calls.json": "create",
            f"{self._account}/Messages.json": "message",
        }

    def answer(self, request: RestRequest) -> RestAnswer | Settling:
        """Answer the request; what is refused is an answer too, never an exception."""
        try:
            return self._answered(request)
        except ApiError as error:
            return error_answer(error)

    def settled(self, settling: Settling) -> RestAnswer:
        """Return what was worth waiting for."""
        try:
            return settling.then()
        except ApiError as error:
            return error_answer(error)

    def _answered(self, request: RestRequest) -> RestAnswer | Settling:
        self._let_in(request)
        handler, match = self._handler(request)
        creates = self._creates.get(request.path) if request.method == "POST" else None
        if creates is None:
            return handler(replace(request, match=match))
        about = request.form.get("To", "")
        for kind, (status, code) in _BEFORE.items():
            if self._faults.strikes(f"{creates}_{kind}", about, path=request.path):
                raise ApiError(status, code)
        given = handler(replace(request, match=match))
        return self._hand_out(given, creates, about) if isinstance(given, RestAnswer) else given

    def _let_in(self, request: RestRequest) -> None:
        given = request.headers.get("Authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._expected):
            raise ApiError(401, 20003)
        if request.path.startswith("/_carrier/"):
            return
        if not request.path.startswith(self._account + "/"):
            raise not_found(request.path)
        refusal = self._parts.numbers.account.refuse_all
        if refusal is not None:
            raise ApiError(refusal.status, refusal.code)
        if self._struck("refuse_429", request):
            raise ApiError(429, 20429)
        if self._struck("fail_500_before", request):
            raise ApiError(500, 20500)

    def _handler(self, request: RestRequest) -> tuple[Handler, dict[str, str]]:
        known = False
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(request.path)
            if match is not None and method == request.method:
                return handler, match.groupdict()
            known = known or match is not None
        if known:
            raise ApiError(405, 20004, "Method not allowed")
        raise not_found(request.path)

    def _hand_out(self, given: RestAnswer, creates: str, about: str) -> RestAnswer:
        """Let the answer to something accepted go astray, where that is due."""
        path = f"{self._account}/{creates}"
        if creates == "create" and self._faults.counted_down("lose_create_answer", path):
            return replace(given, fate="lost")
        for fate in ("lost", "500", "hang", "late"):
            kind = f"{creates}_500_after" if fate == "500" else f"{creates}_{_KINDS[fate]}"
            if not self._faults.strikes(kind, about, path=path):
                continue
            if fate == "500":
                raise ApiError(500, 20500)
            return replace(given, fate=fate, seconds=self._faults.lasts(kind))
        return given

    def _struck(self, fault: str, request: RestRequest) -> bool:
        if self._faults.counted_down(fault, request.path):
            return True
        # By number where the request names one, else by kind of request: sids are never the same.
        about = request.form.get("To") or request.query.get("To") or ""
        about = about or f"{request.method} {request.path.rpartition('/')[0]}"
        return self._faults.strikes(fault, about, path=request.path)


_KINDS = {"lost": "answer_lost", "hang": "hang", "late": "answer_late"}
