"""The addresses on which the network calls us back, for who hands them out and who serves them.

They carry nothing but the call's id, so that no proxy can change how they are spelled, and so
nothing about a person is in anybody's access log.
"""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "/webhooks/twilio"
SCRIPT = "/calls/<call_id>/script/<scene>"
KEYS = "/calls/<call_id>/script/<scene>/keys"
STATUS = "/calls/<call_id>/status"
ANSWERED_BY = "/calls/<call_id>/answered-by"
RECORDING = "/calls/<call_id>/recording"
RECORDED = "/calls/<call_id>/script/<scene>/recorded"
TRANSFERRED = "/calls/<call_id>/script/<scene>/transferred"
BRIDGE_GREETING = "/bridged-calls/<call_id>/greeting"
BRIDGE_KEYS = "/bridged-calls/<call_id>/keys"
BRIDGE_STATUS = "/bridged-calls/<call_id>/status"
BRIDGE_CUSTOMER = "/bridged-calls/<call_id>/customer"
BRIDGE_DIALLED = "/bridged-calls/<call_id>/dialled"
MESSAGE_STATUS = "/messages/<message_id>/status"
INBOUND_CALL = "/inbound/call"
INBOUND_STATUS = "/inbound/status"
INBOUND_MESSAGE = "/inbound/message"

_RETRIES = "#rc=2&rp=ct,rt,5xx"
"""Twilio's connection overrides: two more tries where we cannot be reached, are slow or fail."""


@dataclass(frozen=True, slots=True)
class Callbacks:
    """The absolute addresses for one call."""

    public_url: str
    call_id: str

    @property
    def status(self) -> str:
        """Where the call's progress is reported."""
        return self._absolute(STATUS)

    @property
    def answered_by(self) -> str:
        """Where answering-machine detection is reported."""
        return self._absolute(ANSWERED_BY)

    @property
    def recording(self) -> str:
        """Where recordings are announced."""
        return self._absolute(RECORDING)

    def script(self, scene: str) -> str:
        """Where a scene of the call is served."""
        return self._absolute(SCRIPT, scene)

    def keys(self, scene: str) -> str:
        """Where keys pressed in a scene are taken."""
        return self._absolute(KEYS, scene)

    def recorded(self, scene: str) -> str:
        """Where the end of a recording in a scene is reported, with the key that ended it."""
        return self._absolute(RECORDED, scene)

    def transferred(self, scene: str) -> str:
        """Where the end of a transfer to a person is reported."""
        return self._absolute(TRANSFERRED, scene)

    def _absolute(self, template: str, scene: str = "") -> str:
        path = template.replace("<call_id>", self.call_id).replace("<scene>", scene)
        return absolute(self.public_url, path)


@dataclass(frozen=True, slots=True)
class BridgeCallbacks:
    """The absolute addresses for one bridged call."""

    public_url: str
    call_id: str

    @property
    def greeting(self) -> str:
        """Where the person who is rung first hears what it is about."""
        return self._absolute(BRIDGE_GREETING)

    @property
    def keys(self) -> str:
        """Where the key is taken by which they ask to be put through."""
        return self._absolute(BRIDGE_KEYS)

    @property
    def status(self) -> str:
        """Where the progress of the call to the person is reported."""
        return self._absolute(BRIDGE_STATUS)

    @property
    def customer(self) -> str:
        """Where the progress of the call to the customer is reported."""
        return self._absolute(BRIDGE_CUSTOMER)

    @property
    def dialled(self) -> str:
        """Where it is asked what follows once the customer has hung up, or was not reached."""
        return self._absolute(BRIDGE_DIALLED)

    def _absolute(self, template: str) -> str:
        return absolute(self.public_url, template.replace("<call_id>", self.call_id))


def message_status(public_url: str, message_id: str) -> str:
    """Where the progress of a text message is reported."""
    return absolute(public_url, MESSAGE_STATUS.replace("<message_id>", message_id))


def absolute(public_url: str, path: str) -> str:
    """The absolute address of a webhook's path, with how often it is to be tried."""
    return f"{public_url.rstrip('/')}{PREFIX}{path}{_RETRIES}"
