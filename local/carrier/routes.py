"""All routes of the carrier: Twilio's REST API, and its own beside it."""

from __future__ import annotations

from collections.abc import Sequence

from local.carrier.admin import AdminResource
from local.carrier.exchange import Exchange
from local.carrier.front_door import FrontDoor, Route
from local.carrier.rest_answers import account_path
from local.carrier.rest_calls import CallResource
from local.carrier.rest_messages import MessageResource
from local.carrier.rest_recordings import RecordingResource


def front_door(exchange: Exchange) -> FrontDoor:
    """Return the way to everything an exchange offers."""
    return FrontDoor(exchange.parts, [*_twilio(exchange), *_own(exchange)])


def _twilio(exchange: Exchange) -> Sequence[Route]:
    calls, messages = CallResource(exchange), MessageResource(exchange)
    recordings = RecordingResource(exchange)
    account = account_path(exchange.parts.options.account_sid)
    call = account + "/Calls/(?P<sid>CA[0-9a-fA-F]{32})"
    recording = account + "/Recordings/(?P<sid>RE[0-9a-fA-F]{32})"
    message = account + r"/Messages/(?P<sid>\w+)\.json"
    return [
        ("POST", rf"{account}/Calls\.json", calls.create),
        ("GET", rf"{account}/Calls\.json", calls.index),
        ("GET", rf"{call}\.json", calls.fetch),
        ("POST", rf"{call}\.json", calls.update),
        ("DELETE", rf"{call}\.json", calls.delete),
        ("GET", rf"{call}/Events\.json", calls.events),
        ("GET", rf"{call}/Recordings\.json", recordings.index_of_call),
        ("GET", rf"{account}/Recordings\.json", recordings.index),
        ("GET", rf"{recording}\.json", recordings.fetch),
        ("DELETE", rf"{recording}\.json", recordings.delete),
        ("GET", rf"{recording}\.wav", recordings.media),
        ("GET", rf"{recording}\.mp3", recordings.media_in_other_format),
        ("GET", recording, recordings.media),
        ("POST", rf"{account}/Messages\.json", messages.create),
        ("GET", rf"{account}/Messages\.json", messages.index),
        ("GET", message, messages.fetch),
        ("DELETE", message, messages.delete),
    ]


def _own(exchange: Exchange) -> Sequence[Route]:
    admin = AdminResource(exchange)
    return [
        ("PUT", r"/_carrier/numbers/(?P<number>[^/]+)", admin.assign),
        ("GET", r"/_carrier/journal", admin.journal),
        ("GET", r"/_carrier/calls", admin.calls),
        ("GET", r"/_carrier/messages", admin.messages),
        ("GET", r"/_carrier/summaries/(?P<sid>\w+)", admin.summary),
        ("PUT", r"/_carrier/faults", admin.set_faults),
        ("GET", r"/_carrier/faults", admin.faults),
        ("PUT", r"/_carrier/account", admin.set_account),
        ("GET", r"/_carrier/account", admin.account),
        ("POST", r"/_carrier/inbound/calls", admin.ring),
        ("POST", r"/_carrier/inbound/messages", admin.text),
    ]
