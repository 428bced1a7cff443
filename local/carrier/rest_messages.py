"""REST: sending, reading and listing text messages. They are stored, never really sent."""

from __future__ import annotations

import time

from aiohttp import web
from multidict import MultiMapping

from local.carrier.exchange import Exchange
from local.carrier.records import MessageRecord
from local.carrier.rest_answers import ApiError, answer, message_answer, not_found
from local.carrier.rest_forms import (
    equal_conditions,
    number_field,
    refuse_unknown,
    target_field,
    time_conditions,
)
from local.carrier.rest_pages import Page
from local.carrier.sids import is_sid, new_sid

BODY_LIMIT = 1600
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

    async def create(self, request: web.Request) -> web.Response:
        """Accept a message: 201, or the error Twilio has for what is wrong with it."""
        form: MultiMapping[str] = await request.post()  # type: ignore[assignment]
        refuse_unknown(form, _FIELDS)
        message = _message(form)
        self._exchange.send_message(message)
        return answer(201, message_answer(self._account_sid, message))

    async def fetch(self, request: web.Request) -> web.Response:
        """Return one message."""
        message = self._exchange.parts.store.find(MessageRecord, request.match_info["sid"])
        if message is None:
            raise not_found(request.path)
        return answer(200, message_answer(self._account_sid, message))

    async def index(self, request: web.Request) -> web.Response:
        """Return a page of messages, newest first."""
        conditions = [
            *equal_conditions(request.query, {"To": "to_number", "From": "from_number"}),
            *time_conditions(request.query, "DateSent", "sent_at"),
        ]
        page = Page(request, self._exchange.parts.store, MessageRecord, conditions)
        items = [message_answer(self._account_sid, message) for message in page.records]
        return answer(200, page.body("messages", items))


def _message(form: MultiMapping[str]) -> MessageRecord:
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
    now = time.time()
    return MessageRecord(
        sid=new_sid("SM"),
        to_number=to_number,
        from_number=from_number,
        service_sid=service_sid,
        body=body,
        created_at=now,
        updated_at=now,
        status="queued",
        callback=callback.url if callback else None,
    )
