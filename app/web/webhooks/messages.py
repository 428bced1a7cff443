"""Text messages: what became of ours, and what customers send."""

from __future__ import annotations

import re
from typing import Any

from bson import ObjectId
from flask import Response, abort, request
from twilio.twiml.messaging_response import MessagingResponse

from app import callbacks, queues
from app.gateways import TextFacts
from app.gateways.twilio_texts import STATUSES
from app.logs import journey
from app.models import Message
from app.pipeline import inbound_text, text_progress
from app.pipeline.inbound_text import Arrived
from app.web import twiml
from app.web.here import runtime_here
from app.web.webhooks import blueprint
from app.web.webhooks.answers import REPORTED_SECONDS, bounded, reported, wake
from app.web.webhooks.arrivals import now, raw

_MESSAGE_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
_CODE = re.compile(r"[0-9]{1,6}")
_NUMBER = re.compile(r"\+?[0-9A-Za-z]{1,32}")
_HANDLED = ("STOP", "START", "HELP")


@blueprint.post(callbacks.MESSAGE_STATUS)
@reported
def message_status(message_id: str) -> None:
    """The progress of a message that we sent; a state never goes back."""
    sid = _sid()
    said = STATUSES.get(request.form.get("MessageStatus", ""))
    if said is None or not ObjectId.is_valid(message_id):
        abort(400, "MessageStatus is none that we know")
    with journey(message_id, message_sid=sid):
        message = Message.across_tenants(pk=ObjectId(message_id)).first()
        if message is None or not text_progress.bind(message, sid):
            abort(404)
        code = request.form.get("ErrorCode", "")
        text_progress.note(message, f"{sid}:{request.form['MessageStatus']}", said, raw(), at=now())
        facts = TextFacts(
            message_sid=sid,
            status=said,
            to_number=message.to_number,
            body="",
            created_at=None,
            error_code=code if _CODE.fullmatch(code) and code != "0" else None,
        )
        text_progress.project(message, facts, now=now(), cause="the network's report")


@blueprint.post(callbacks.INBOUND_MESSAGE)
def inbound_message() -> Response:
    """A message from a customer; what we answer goes back with this request."""
    sid = _sid()
    form = request.form
    number = form.get("From", "")
    if not _NUMBER.fullmatch(number):
        abort(400, "From is no number")
    handled = form.get("OptOutType", "").upper()
    with journey(sid, message_sid=sid), bounded(REPORTED_SECONDS):
        outcome = inbound_text.receive(
            Arrived(
                message_sid=sid,
                from_number=number,
                to_number=form.get("To", ""),
                body=form.get("Body", ""),
                handled=handled if handled in _HANDLED else None,
                data=_without_words(raw()),
                pictures=form.get("NumMedia", "").strip("0") != "",
            ),
            our_number=runtime_here().settings.twilio_from_number,
            now=now(),
        )
        for reply_id in outcome.replies:
            wake(queues.READ_REPLY, reply_id, str(reply_id))
    answer = MessagingResponse()
    if outcome.answer:
        answer.message(outcome.answer)
    return Response(str(answer), content_type=twiml.CONTENT_TYPE)


def _sid() -> str:
    sid: str = request.form.get("MessageSid", "")
    if not _MESSAGE_SID.fullmatch(sid):
        abort(404)
    return sid


def _without_words(data: dict[str, Any]) -> dict[str, Any]:
    """The parameters but the words, which are kept encrypted in a field of their own."""
    return {name: value for name, value in data.items() if name != "Body"}
