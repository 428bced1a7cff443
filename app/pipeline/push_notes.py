"""What came of sending one message to several devices."""

from __future__ import annotations

from dataclasses import dataclass, field

from bson import ObjectId

from app.gateways import (
    PushAccepted,
    PushGone,
    PushNotTaken,
    PushRefused,
    PushResult,
    PushThrottled,
    PushTooLarge,
)
from app.models import PushDevice
from app.rules.network_errors import PUSH_REFUSED, PUSH_UNANSWERED


@dataclass(slots=True)
class Notes:
    """Devices by what their push service answered."""

    taken: list[ObjectId] = field(default_factory=list)
    gone: list[ObjectId] = field(default_factory=list)
    refused: list[ObjectId] = field(default_factory=list)
    again: list[ObjectId] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """In words of ours."""
    asked: float | None = None
    """Seconds that they want us to wait, at the most."""

    def add(self, device: PushDevice, result: PushResult) -> None:
        """Note one device's answer."""
        match result:
            case PushAccepted():
                self.taken.append(device.id)
            case PushGone():
                self.gone.append(device.id)
            case PushTooLarge():
                self._refuse(device, "it is too large")
            case PushRefused(reason, ours=False):
                self._refuse(device, reason)
            case PushRefused(reason):
                # Whoever mends our key has these sent as well.
                self._again(device, reason, None)
            case PushThrottled(retry_after):
                self._again(device, "too much at once", retry_after)
            case PushNotTaken(reason, retry_after):
                self._again(device, reason, retry_after)

    def _refuse(self, device: PushDevice, reason: str) -> None:
        self.refused.append(device.id)
        self.errors.append(f"{device.service}: {reason}")

    def _again(self, device: PushDevice, reason: str, asked: float | None) -> None:
        self.again.append(device.id)
        self.errors.append(f"{device.service}: {reason}")
        if asked is not None:
            self.asked = max(asked, self.asked or 0.0)

    @staticmethod
    def trouble(result: PushResult) -> str | None:
        """The code under which it counts against the push service; None where it does not."""
        if isinstance(result, PushNotTaken):
            return PUSH_UNANSWERED
        if isinstance(result, PushRefused) and result.ours:
            return PUSH_REFUSED
        return None
