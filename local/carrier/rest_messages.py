"""REST: sending, reading and listing text messages. They are stored, never really sent."""

from __future__ import annotations

from multidict import MultiMapping

from local.carrier.exchange import Exchange
from local.carrier.records import MessageRecord
from local.carrier.rest_answers import ApiError, RestAnswer, answer, message_answer, not_found
from local.carrier.rest_forms import (
    equal_conditions,
    number_field,
    refuse_unknown,
    target_field,
    time_conditions,
    whole_field,
)
from local.carrier.rest_pages import Page
from local.carrier.rest_request import RestRequest
from local.carrier.sids import is_sid, new_sid

BODY_LIMIT = 1600
_ON_ITS_WAY = frozenset({"accepted", "queued", "sending", "receiving"})
VALIDITY = (0, 36000)  # seconds a text may wait to be sent
_FIELDS = frozenset(
    [
        "To",
        "From",
        "MessagingServiceSid",
        "Body",
        "StatusCallback",
        "ValidityPeriod",
        "SmartEncoded",
        "ShortenUrls",
        "RiskCheck",
        "ProvideFeedback",
        "Attempt",
    ]
)


class MessageResource:
    """Handlers for `/Messages.json` and `/Messages/{sid}.json`."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._account_sid = exchange.parts.options.account_sid

    def create(self, request: RestRequest) -> RestAnswer:
        """Accept a message: 201, or the error Twilio has for what is wrong with it."""
        refuse_unknown(request.form, _FIELDS)
        message = _message(request.form, self._exchange.parts.clock.now())
        account = self._exchange.parts.numbers.account
        if message.from_number and not account.may_call_from(message.from_number):
            raise ApiError(400, 21606, f"{message.from_number} is no number of the account")
        refusal = self._exchange.texts.refusal(message)
        if refusal is not None:
            raise ApiError(refusal.status, refusal.code)
        self._exchange.texts.send(message)
        return answer(201, message_answer(self._account_sid, message))

    def fetch(self, request: RestRequest) -> RestAnswer:
        """Return one message."""
        message = self._exchange.parts.store.find(MessageRecord, request.match["sid"])
        if message is None:
            raise not_found(request.path)
        return answer(200, message_answer(self._account_sid, message))

    def delete(self, request: RestRequest) -> RestAnswer:
        """Forget a message; 20009 for one that is still on its way."""
        message = self._exchange.parts.store.find(MessageRecord, request.match["sid"])
        if message is None:
            raise not_found(request.path)
        if message.status in _ON_ITS_WAY:
            raise ApiError(409, 20009, "Cannot delete a message that is not finished")
        self._exchange.parts.store.delete(MessageRecord, message.sid)
        return answer(204, None)

    def index(self, request: RestRequest) -> RestAnswer:
        """Return a page of messages, newest first."""
        conditions = [
            *equal_conditions(request.query, {"To": "to_number", "From": "from_number"}),
            *time_conditions(request.query, "DateSent", "sent_at"),
        ]
        page = Page(request, self._exchange.parts.store, MessageRecord, conditions)
        items = [message_answer(self._account_sid, message) for message in page.records]
        return answer(200, page.body("messages", items))


def _message(form: MultiMapping[str], now: float) -> MessageRecord:
    to_number = number_field(form, "To", 21604, 21211)
    service_sid = form.get("MessagingServiceSid") or None
    if service_sid is not None and not is_sid(service_sid, "MG"):
        raise ApiError(400, 21701, f"The Messaging Service {service_sid} does not exist")
    from_number = None if service_sid else number_field(form, "From", 21603, 21212)
    body = form.get("Body", "")
    if not body:
        raise ApiError(400, 21602, "Message body is required")
    if len(body) > BODY_LIMIT:
        raise ApiError(400, 21617, f"The message body exceeds {BODY_LIMIT} characters")
    callback = target_field(form, "StatusCallback", "StatusCallbackMethod")
    valid_for = whole_field(form, "ValidityPeriod", 0, VALIDITY) or None
    return MessageRecord(
        sid=new_sid("SM"),
        to_number=to_number,
        from_number=from_number,
        service_sid=service_sid,
        body=body,
        created_at=now,
        updated_at=now,
        status="accepted" if service_sid else "queued",
        callback=callback.url if callback else None,
        valid_for=valid_for,
    )
