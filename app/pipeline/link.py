"""Link: the address by which a customer answers about one delivery; whoever has it may answer.

A token is the delivery's id and the moment it expires, signed. It is as short as it can be, for it
travels in a text message: 39 characters.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bson import ObjectId
from itsdangerous import BadSignature, Signer
from itsdangerous.signer import HMACAlgorithm

from app.models import Delivery
from app.states import DELIVERY_OVER

PATH = "/i/<token>"
ANSWER = "answer"
"""The purpose of a customer's link; a token of one purpose is none of another."""
"""Where a delivery has no use for an answer any more."""
_LENGTH = 16


class _Short(HMACAlgorithm):
    """HMAC-SHA256 cut to 96 bits; RFC 2104, section 5, advises against fewer than 80."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return super().get_signature(key, value)[:12]


@dataclass(frozen=True, slots=True)
class Read:
    """What a token that we signed says. An expired one still says which delivery it was for."""

    delivery_id: ObjectId
    expires: datetime
    expired: bool


@dataclass(frozen=True, slots=True, repr=False)
class Links:
    """Makes and reads tokens with a secret of this installation."""

    secret_key: str

    def token(self, delivery_id: ObjectId, expires: datetime, purpose: str = ANSWER) -> str:
        """A token for one delivery and purpose that ends with a letter or a digit.

        It may expire a few seconds late: telephones leave a hyphen or an underscore at the end of
        an address out of it.
        """
        seconds = int(expires.timestamp())
        while True:
            payload = delivery_id.binary + struct.pack(">I", seconds)
            made = self._signer(purpose).sign(base64.urlsafe_b64encode(payload).rstrip(b"="))
            if made[-1:].isalnum():
                return made.decode()
            seconds += 1

    def read(self, token: str, *, now: datetime, purpose: str = ANSWER) -> Read | None:
        """What a token says; None where it is not ours, not whole, or for another purpose."""
        try:
            signed = self._signer(purpose).unsign(token.encode())
            payload = base64.urlsafe_b64decode(signed + b"=" * (-len(signed) % 4))
        except (BadSignature, UnicodeError, ValueError):
            return None
        if len(payload) != _LENGTH:
            return None
        (seconds,) = struct.unpack(">I", payload[12:])
        expires = datetime.fromtimestamp(seconds, UTC)
        return Read(ObjectId(payload[:12]), expires, expired=now >= expires)

    def _signer(self, purpose: str) -> Signer:
        return Signer(
            self.secret_key, salt=f"delauto.link.{purpose}", algorithm=_Short(hashlib.sha256)
        )


def deadline(delivery: Delivery) -> datetime:
    """Until when an answer can still reach the van: the end of the promised window."""
    if delivery.window and delivery.window.end:
        end: datetime = delivery.window.end
        return end
    planned: datetime = delivery.scheduled_time
    return planned + timedelta(minutes=delivery.estimated_duration or 0)


def household(delivery: Delivery, now: datetime) -> list[Delivery]:
    """The other deliveries to the same customer on the same local day that are still to come."""
    day = delivery.scheduled_time.astimezone(ZoneInfo(delivery.time_zone)).date()
    others = Delivery.of(
        delivery.tenant_id,
        customer_id=delivery.customer_id,
        pk__ne=delivery.pk,
        status__nin=DELIVERY_OVER,
        scheduled_time__gte=delivery.scheduled_time - timedelta(days=1),
        scheduled_time__lte=delivery.scheduled_time + timedelta(days=1),
    )
    return [
        other
        for other in others
        if other.scheduled_time.astimezone(ZoneInfo(other.time_zone)).date() == day
        and now < deadline(other)
    ]


def address(public_url: str, token: str) -> str:
    """The absolute address of a customer's page."""
    return public_url.rstrip("/") + PATH.replace("<token>", token)
