"""Text messages through Twilio's REST API, by Twilio's own client library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from twilio.base.exceptions import TwilioRestException

from app.gateways import AnswerLost, TextFacts, TextRequest, TextResult, TextSent
from app.gateways.twilio_rest import FAILURES, ORIGIN, aware, judged, rest_client, transient

LONGEST_VALID = 36_000
"""Seconds a message may wait in Twilio's queue at most: its error 21624 refuses more."""
_SHORTEST_VALID = 6
"""Twilio advises more than 5 seconds: less, and a message may never leave the queue."""
_MOST_MESSAGES = 200
_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
STATUSES = {
    "accepted": "queued",
    "scheduled": "queued",
    "queued": "queued",
    "sending": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "partially_delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "canceled",
}
"""Twilio's words for a message that we send, in ours."""


class TwilioTexts:
    """The Texts protocol over Twilio; ``sender`` is a number or a messaging service's sid."""

    def __init__(
        self, account_sid: str, auth_token: str, sender: str, api_url: str = ORIGIN
    ) -> None:
        field = "messaging_service_sid" if sender.startswith("MG") else "from_"
        self._sender = {field: sender}
        self._client = rest_client(account_sid, auth_token, api_url)

    def send(self, request: TextRequest) -> TextResult:
        """One POST, never repeated: Twilio has no idempotency key for it (its error 20500)."""
        valid = max(_SHORTEST_VALID, min(request.valid_seconds, LONGEST_VALID))
        try:
            message = self._client.messages.create(
                to=request.to_number,
                body=request.body,
                status_callback=request.status_url,
                validity_period=valid,
                **self._sender,
            )
            status = STATUSES.get(str(message.status))
            if not _SID.fullmatch(str(message.sid)) or status is None:
                return AnswerLost("an answer without a message in it")
            return TextSent(message_sid=str(message.sid), status=status)
        except FAILURES as error:
            return judged(error)

    def fetch(self, message_sid: str) -> TextFacts | None:
        """The message as Twilio knows it; None for a 404."""
        try:
            return _facts(self._client.messages(message_sid).fetch())
        except TwilioRestException as error:
            if error.status == 404:
                return None
            transient(error)
        except FAILURES as error:
            transient(error)

    def find(self, to_number: str, since: datetime) -> Sequence[TextFacts]:
        """Lists by number alone, for a queued message has no sending date to filter by."""
        try:
            found = self._client.messages.list(to=to_number, limit=_MOST_MESSAGES)
            facts = [_facts(message) for message in found if str(message.status) in STATUSES]
        except FAILURES as error:
            transient(error)
        return [each for each in facts if each.created_at is None or each.created_at >= since]


def _facts(message: Any) -> TextFacts:
    return TextFacts(
        message_sid=str(message.sid),
        status=STATUSES[str(message.status)],
        to_number=str(message.to),
        body=str(message.body),
        created_at=aware(message.date_created),
        error_code=str(message.error_code) if message.error_code else None,
    )
