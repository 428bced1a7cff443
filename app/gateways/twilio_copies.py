"""Twilio's copies, by its REST API: DELETE on calls, recordings and messages."""

from __future__ import annotations

from collections.abc import Sequence

from twilio.base.exceptions import TwilioRestException

from app.gateways.copies import Copy
from app.gateways.twilio_rest import FAILURES, ORIGIN, rest_client, transient


class TwilioCopies:
    """The NetworkCopies protocol over Twilio; ``api_url`` is scheme, host and port alone."""

    def __init__(self, account_sid: str, auth_token: str, api_url: str = ORIGIN) -> None:
        self._client = rest_client(account_sid, auth_token, api_url)

    def with_number(self, number: str) -> Sequence[Copy]:
        """Four lists, page after page: Twilio filters by one side at a time."""
        calls, messages = self._client.calls, self._client.messages
        try:
            found = [
                *(Copy("call", str(each.sid)) for each in calls.list(to=number)),
                *(Copy("call", str(each.sid)) for each in calls.list(from_=number)),
                *(Copy("message", str(each.sid)) for each in messages.list(to=number)),
                *(Copy("message", str(each.sid)) for each in messages.list(from_=number)),
            ]
        except FAILURES as error:
            transient(error)
        return list(dict.fromkeys(found))

    def recordings_of(self, call_sid: str) -> Sequence[Copy]:
        """Those that Twilio has; none of a call that is gone."""
        try:
            found = self._client.calls(call_sid).recordings.list()
            return [Copy("recording", str(each.sid)) for each in found]
        except FAILURES as error:
            if _is_gone(error):
                return []
            transient(error)

    def delete(self, copy: Copy) -> bool:
        """One DELETE; a 404 is fine."""
        client = self._client
        resource = {
            "call": client.calls, "recording": client.recordings, "message": client.messages,
        }[copy.kind]  # fmt: skip
        try:
            return bool(resource(copy.sid).delete())
        except FAILURES as error:
            if _is_gone(error):
                return False
            transient(error)


def _is_gone(error: Exception) -> bool:
    """A 404; of a list the library raises it with the response alone."""
    if isinstance(error, TwilioRestException):
        return bool(error.status == 404)
    return any(getattr(each, "status_code", None) == 404 for each in error.args)
