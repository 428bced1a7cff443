"""Routes beside Twilio's, for tests and demonstrations: who answers, what happened, faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from local.carrier.account import AccountError
from local.carrier.behaviour import read_calls
from local.carrier.exchange import Exchange
from local.carrier.fault_plan import KINDS, FaultError
from local.carrier.persona_fields import PersonaError
from local.carrier.records import CallRecord, MessageRecord
from local.carrier.rest_answers import (
    ApiError,
    RestAnswer,
    answer,
    call_answer,
    message_answer,
    not_found,
)
from local.carrier.rest_forms import equal_conditions, is_number, whole_field
from local.carrier.rest_request import RestRequest
from local.carrier.store import JournalFilter, Window

_MOST = 1_000_000


class AdminResource:
    """Handlers below `/_carrier`."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._parts = exchange.parts

    def assign(self, request: RestRequest) -> RestAnswer:
        """Give a number a persona by name, or a list of calls, what its texts do, a refusal."""
        number = _number(request.match["number"])
        try:
            self._exchange.assign(number, request.json())
        except PersonaError as error:
            raise ApiError(400, 20001, str(error)) from error
        return answer(200, {"number": number})

    def journal(self, request: RestRequest) -> RestAnswer:
        """Return what the carrier did: `call_sid`, `to`, `kind` (several), `since`, `limit`.

        `last` is the position to ask on from.
        """
        query = request.query
        wanted = JournalFilter(
            call_sid=query.get("call_sid"),
            to_number=query.get("to"),
            kinds=tuple(query.getall("kind", ())),
            since=whole_field(query, "since", 0, (0, 10**15)),
            limit=whole_field(query, "limit", _MOST, (1, _MOST)),
        )
        entries = self._parts.store.journal(wanted)
        last = entries[-1]["position"] if entries else wanted.since
        return answer(200, {"entries": entries, "last": last})

    def calls(self, request: RestRequest) -> RestAnswer:
        """Return calls, newest first, in REST's shape: `to`, `from`, `status`, `limit`."""
        columns = {"to": "to_number", "from": "from_number", "status": "status"}
        conditions = equal_conditions(request.query, columns)
        window = Window(whole_field(request.query, "limit", _MOST, (1, _MOST)))
        calls = self._parts.store.listing(CallRecord, conditions, window)
        account_sid = self._parts.options.account_sid
        priced = self._parts.priced
        found = [call_answer(account_sid, call, priced=priced(call)) for call in calls]
        return answer(200, {"calls": found})

    def messages(self, request: RestRequest) -> RestAnswer:
        """Return texts of both directions, newest first: `to`, `from`, `limit`."""
        columns = {"to": "to_number", "from": "from_number"}
        conditions = equal_conditions(request.query, columns)
        window = Window(whole_field(request.query, "limit", _MOST, (1, _MOST)))
        found = self._parts.store.listing(MessageRecord, conditions, window)
        account_sid = self._parts.options.account_sid
        return answer(200, {"messages": [message_answer(account_sid, each) for each in found]})

    def summary(self, request: RestRequest) -> RestAnswer:
        """Return in short what happened in one call or text."""
        sid = request.match["sid"]
        entries = self._parts.store.journal(JournalFilter(call_sid=sid))
        if not entries:
            raise not_found(request.path)
        return answer(200, _summary(sid, entries))

    def faults(self, _request: RestRequest) -> RestAnswer:
        """Return countdowns, plan, what it has done, and what each kind of fault is."""
        return answer(200, {**self._parts.faults.described(), "kinds": dict(KINDS)})

    def set_faults(self, request: RestRequest) -> RestAnswer:
        """Set countdowns, and with `rates` or `seed` a plan; return countdowns or everything."""
        given = request.json()
        try:
            self._parts.faults.arm(given if isinstance(given, Mapping) else {"": given})
        except FaultError as error:
            raise ApiError(400, 20001, str(error)) from error
        planned = isinstance(given, Mapping) and given.keys() & {"seed", "rates", "seconds"}
        faults = self._parts.faults
        return answer(200, faults.described() if planned else faults.remaining())

    def account(self, _request: RestRequest) -> RestAnswer:
        """Return what the account is and may."""
        return answer(200, self._parts.numbers.account.as_dict())

    def set_account(self, request: RestRequest) -> RestAnswer:
        """Change fields of the account."""
        try:
            changed = self._parts.numbers.account.changed(request.json())
        except AccountError as error:
            raise ApiError(400, 20001, str(error)) from error
        self._parts.numbers.describe(changed)
        return answer(200, changed.as_dict())

    def ring(self, request: RestRequest) -> RestAnswer:
        """Let a customer call: `from`, `to`, `steps`; 201 with the call."""
        given = _object(request, {"from", "to", "steps"})
        from_number, to_number = _number(given.get("from")), _number(given.get("to"))
        behaviour = {"outcome": "answers", "rings": 0, "steps": given.get("steps", [])}
        try:
            (read,) = read_calls([behaviour], "inbound call", self._parts.directory.folder)
        except PersonaError as error:
            raise ApiError(400, 20001, str(error)) from error
        call = self._exchange.ring(from_number, to_number, read)
        if call is None:
            raise ApiError(400, 20001, "The account has no voice_url")
        return answer(201, call_answer(self._parts.options.account_sid, call))

    def text(self, request: RestRequest) -> RestAnswer:
        """Let a customer write: `from`, `to`, `body`; 201 with the text."""
        given = _object(request, {"from", "to", "body"})
        body = given.get("body")
        if not isinstance(body, str):
            raise ApiError(400, 20001, "body must be a text")
        from_number, to_number = _number(given.get("from")), _number(given.get("to"))
        message = self._exchange.texts.receive(from_number, to_number, body)
        return answer(201, message_answer(self._parts.options.account_sid, message))


def _object(request: RestRequest, known: set[str]) -> Mapping[str, Any]:
    given = request.json()
    if not isinstance(given, Mapping) or not given.keys() <= known:
        raise ApiError(400, 20001, f"needs an object with {', '.join(sorted(known))}")
    return given


def _number(given: Any) -> str:
    if not isinstance(given, str) or not is_number(given):
        raise ApiError(400, 20001, f"{given} is not a number like +1…")
    return given


def _summary(sid: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    details = [entry["details"] for entry in entries]
    kinds = [entry["kind"] for entry in entries]

    def of(kind: str) -> list[dict[str, Any]]:
        return [each for name, each in zip(kinds, details, strict=True) if name == kind]

    hooks = of("webhook")
    return {
        "sid": sid,
        "to_number": entries[0]["to_number"],
        "first_at": entries[0]["at"],
        "last_at": entries[-1]["at"],
        "entries": len(entries),
        "kinds": dict(Counter(kinds)),
        "statuses": [each["status"] for each in (*of("call_status"), *of("text_status"))],
        "verbs": [each["verb"] for each in of("verb")],
        "webhooks": dict(Counter(each["purpose"] for each in hooks)),
        "not_answered_well": [
            {"purpose": each["purpose"], "status": each["status"], "failure": each["failure"]}
            for each in hooks
            if each["status"] is None or each["status"] >= 400
        ],
        "faults": dict(Counter(each["fault"] for each in of("fault"))),
        "errors": [each["code"] for each in of("application_error")],
    }
