"""REST: creating, reading, listing, changing and deleting calls."""

from __future__ import annotations

from typing import Any

from multidict import MultiMapping

from local.carrier.exchange import Exchange
from local.carrier.records import CallRecord, CallRequest, MachineDetection, Target
from local.carrier.rest_answers import (
    ApiError,
    RestAnswer,
    answer,
    call_answer,
    not_found,
    rfc2822,
)
from local.carrier.rest_forms import (
    choice_field,
    equal_conditions,
    flag_field,
    number_field,
    refuse_unknown,
    target_field,
    time_conditions,
    whole_field,
)
from local.carrier.rest_pages import Page, one_page
from local.carrier.rest_request import RestRequest, Settling
from local.carrier.store import JournalFilter

TWIML_LIMIT = 4000
_EVENTS = ("initiated", "ringing", "answered", "completed")
# Acted upon, or harmless to a stand-in: thresholds and texts that change nothing here.
_CREATE_FIELDS = frozenset(
    [
        "To",
        "From",
        "Url",
        "Twiml",
        "Method",
        "FallbackUrl",
        "FallbackMethod",
        "StatusCallback",
        "StatusCallbackEvent",
        "StatusCallbackMethod",
        "Timeout",
        "TimeLimit",
        "MachineDetection",
        "MachineDetectionTimeout",
        "MachineDetectionSpeechThreshold",
        "MachineDetectionSpeechEndThreshold",
        "MachineDetectionSilenceTimeout",
        "AsyncAmd",
        "AsyncAmdStatusCallback",
        "AsyncAmdStatusCallbackMethod",
        "CallReason",
        "Record",
        "Trim",
        "CallerId",
    ]
)
_UPDATE_FIELDS = frozenset(["Status", "Url", "Twiml", "Method"])


class CallResource:
    """Handlers for `/Calls.json` and `/Calls/{sid}.json`."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._account_sid = exchange.parts.options.account_sid

    def create(self, request: RestRequest) -> RestAnswer:
        """Place a call: 201, or the error Twilio has for what is wrong with it."""
        form = request.form
        refuse_unknown(form, _CREATE_FIELDS)
        to_number = number_field(form, "To", 21201, 21211)
        from_number = number_field(form, "From", 21213, 21212)
        account = self._exchange.parts.numbers.account
        if not account.may_call_from(from_number):
            raise ApiError(400, 21210, f"'From' phone number not verified: {from_number}")
        if not account.may_call(to_number):
            raise ApiError(400, 21215, f"Account not authorized to call {to_number}")
        refusal = self._exchange.refusal(to_number)
        if refusal is not None:
            raise ApiError(refusal.status, refusal.code)
        call = self._exchange.place_call(to_number, from_number, _call_request(form))
        return answer(201, call_answer(self._account_sid, call))

    def fetch(self, request: RestRequest) -> RestAnswer:
        """Return one call."""
        call = self._call(request)
        priced = self._exchange.parts.priced(call)
        return answer(200, call_answer(self._account_sid, call, priced=priced))

    def index(self, request: RestRequest) -> RestAnswer:
        """Return a page of calls, newest first."""
        query = request.query
        columns = {"To": "to_number", "From": "from_number", "Status": "status"}
        conditions = [
            *equal_conditions(query, columns),
            *time_conditions(query, "StartTime", "start_at"),
            *time_conditions(query, "EndTime", "end_at"),
        ]
        page = Page(request, self._exchange.parts.store, CallRecord, conditions)
        priced = self._exchange.parts.priced
        items = [call_answer(self._account_sid, call, priced=priced(call)) for call in page.records]
        return answer(200, page.body("calls", items))

    def update(self, request: RestRequest) -> RestAnswer | Settling:
        """Cancel, hang up or redirect a call; 21220 when it is too late for that."""
        form = request.form
        refuse_unknown(form, _UPDATE_FIELDS)
        call = self._call(request)
        status = form.get("Status")
        if status is not None:
            choice_field(form, "Status", ("canceled", "completed"), "")
        if call.over or call.parent_sid:
            # What a document dialled ends with the call that the document belongs to.
            raise ApiError(400, 21220, "Call is not in-progress. Cannot redirect.")
        if status is None:
            self._redirect(call, form)
        elif status == "completed" or call.status != "in-progress":
            # "canceled" leaves alone a call that is already in progress.
            over = self._exchange.end_call(call.sid)
            return Settling(over, lambda: self.fetch(request))
        return self.fetch(request)

    def delete(self, request: RestRequest) -> RestAnswer:
        """Forget a finished call; 20009 for one that is not."""
        call = self._call(request)
        if not call.over:
            raise ApiError(409, 20009, "Cannot delete a call that is not finished")
        self._exchange.parts.store.delete(CallRecord, call.sid)
        return answer(204, None)

    def events(self, request: RestRequest) -> RestAnswer:
        """Return the requests that were made to the product in a call, oldest first."""
        call = self._call(request)
        wanted = JournalFilter(call_sid=call.sid, kinds=("webhook",))
        items = [_event(entry) for entry in self._exchange.parts.store.journal(wanted)]
        path = request.target.partition("?")[0]
        return answer(200, one_page("events", items, path))

    def _redirect(self, call: CallRecord, form: MultiMapping[str]) -> None:
        target, twiml = _document_fields(form)
        if call.status != "in-progress":
            raise ApiError(400, 21220, "Call is not in-progress. Cannot redirect.")
        self._exchange.redirect_call(call.sid, target, twiml)

    def _call(self, request: RestRequest) -> CallRecord:
        call = self._exchange.parts.store.find(CallRecord, request.match["sid"])
        if call is None:
            raise not_found(request.path)
        return call


def _event(entry: dict[str, Any]) -> dict[str, Any]:
    """Return one request in the shape of `api.v2010.account.call.call_event`."""
    details = entry["details"]
    asked = {"method": details["method"], "url": details["url"]}
    return {
        "request": {**asked, "parameters": details["parameters"]},
        "response": {
            "response_code": details["status"],
            "request_duration": round(details["seconds"] * 1000),
            "date_created": rfc2822(entry["at"]),
        },
    }


def _document_fields(form: MultiMapping[str]) -> tuple[Target | None, str | None]:
    """Return the call's document, as an address or as TwiML; the address wins."""
    target = target_field(form, "Url", "Method")
    twiml = form.get("Twiml")
    if target is None and not twiml:
        raise ApiError(400, 21205, "Url parameter is required")
    if twiml and len(twiml) > TWIML_LIMIT:
        raise ApiError(400, 20001, f"Twiml is longer than {TWIML_LIMIT} characters")
    return target, None if target else twiml


def _call_request(form: MultiMapping[str]) -> CallRequest:
    target, twiml = _document_fields(form)
    events = tuple(form.getall("StatusCallbackEvent", ())) or ("completed",)
    for event in events:
        if event not in _EVENTS:
            raise ApiError(400, 21626, f"StatusCallbackEvent '{event}' does not exist")
    if flag_field(form, "Record"):
        raise ApiError(400, 20001, "The carrier does not record whole calls; use <Record>")
    return CallRequest(
        twiml=twiml,
        target=target,
        fallback=target_field(form, "FallbackUrl", "FallbackMethod"),
        status_callback=target_field(form, "StatusCallback", "StatusCallbackMethod"),
        status_events=events,
        timeout=whole_field(form, "Timeout", 60, (1, 600)),
        time_limit=whole_field(form, "TimeLimit", 14400, (1, 86400)),
        machine_detection=_machine_detection(form),
    )


def _machine_detection(form: MultiMapping[str]) -> MachineDetection | None:
    callback = target_field(form, "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod")
    asynchronous = flag_field(form, "AsyncAmd")
    if asynchronous and callback is None:
        raise ApiError(400, 21262, "AsyncAmd needs an AsyncAmdStatusCallback")
    if not form.get("MachineDetection"):
        return None
    return MachineDetection(
        mode=choice_field(form, "MachineDetection", ("Enable", "DetectMessageEnd"), ""),
        timeout=float(whole_field(form, "MachineDetectionTimeout", 30, (3, 59))),
        asynchronous=asynchronous,
        callback=callback,
    )
