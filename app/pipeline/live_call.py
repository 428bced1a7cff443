"""A call while it is on the line: what a turn of the conversation needs of it, and no more.

Plain values, read past mongoengine: making its documents costs as much as all else of a turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.models import CallLog, Delivery
from app.models.numbers import opened

_OF_CALL = (
    "tenant_id", "call_sid", "status", "delivery_id", "covers", "language", "direction",
    "from_number", "to_number", "customer_phone", "answered_by", "answered_by_proof", "said",
    "chosen", "keys.step",
)  # fmt: skip
_OF_DELIVERY = (
    "tenant_id", "customer_id", "scheduled_time", "window.start", "window.end", "time_zone",
    "reference",
)  # fmt: skip

Document = Mapping[str, Any]
Found = tuple[Document, Document | None]
"""A call's document and its delivery's, as far as they are needed."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """The delivery that a call is about."""

    scheduled_time: datetime
    time_zone: str
    window_end: datetime | None
    reference: str | None
    window_start: datetime | None = None
    customer_id: ObjectId | None = None


@dataclass(frozen=True, slots=True)
class LiveCall:
    """One call, as it was when the request came."""

    pk: ObjectId
    tenant_id: str
    call_sid: str | None
    status: str
    delivery_id: ObjectId | None
    """None while nobody knows who calls."""
    parcel: Parcel | None
    covers: int
    """How many deliveries it is about."""
    language: str
    phone: str
    """The customer's number, whoever called whom."""
    line: str
    """The number at the other end, which is not the customer's where somebody else calls us."""
    our_number: str
    """The number that the customer sees, or has called."""
    answered_by: str | None
    answered_by_proof: str | None
    answers: int
    """How many keys were pressed or spoken."""
    chosen: Sequence[Mapping[str, Any]]
    sealed_said: str | None

    @property
    def said(self) -> str | None:
        """What speech recognition heard, not yet confirmed. Raises PermanentError: no key fits."""
        opened: str | None = CallLog.said.to_python(self.sealed_said)
        return opened


def find(call_ids: Sequence[ObjectId]) -> list[Found | None]:
    """The documents of calls and their deliveries, in the same order: two reads for all.

    Raises PyMongoError.
    """
    calls = _by_id(CallLog, call_ids, _OF_CALL)
    wanted = {call.get("delivery_id") for call in calls.values()} - {None}
    parcels = _by_id(Delivery, list(wanted), _OF_DELIVERY) if wanted else {}
    return [
        (calls[each], parcels.get(calls[each].get("delivery_id"))) if each in calls else None
        for each in call_ids
    ]


def of(call: CallLog) -> LiveCall:
    """A call that is at hand as a document, with its delivery from the database."""
    document = call.to_mongo().to_dict()
    wanted = [call.delivery_id] if call.delivery_id else []
    return live(document, _by_id(Delivery, wanted, _OF_DELIVERY).get(call.delivery_id))


def live(call: Document, delivery: Document | None) -> LiveCall:
    """Both documents as plain values. A delivery of another tenant is none of the call's."""
    inbound = call.get("direction") == "inbound"
    ours, line = opened(call["from_number"]), opened(call["to_number"])
    if inbound:
        ours, line = line, ours
    theirs = opened(call.get("customer_phone")) or line if inbound else line
    if delivery is not None and delivery["tenant_id"] != call["tenant_id"]:
        delivery = None
    return LiveCall(
        pk=call["_id"],
        tenant_id=call["tenant_id"],
        call_sid=call.get("call_sid"),
        status=call["status"],
        delivery_id=call.get("delivery_id"),
        parcel=None if delivery is None else _parcel(delivery),
        covers=len(call.get("covers") or ()),
        language=call.get("language") or "en",
        phone=theirs,
        line=line,
        our_number=ours,
        answered_by=call.get("answered_by"),
        answered_by_proof=call.get("answered_by_proof"),
        answers=len(call.get("keys") or ()),
        chosen=call.get("chosen") or (),
        sealed_said=call.get("said"),
    )


def _parcel(delivery: Document) -> Parcel:
    return Parcel(
        scheduled_time=delivery["scheduled_time"],
        time_zone=delivery["time_zone"],
        window_end=(delivery.get("window") or {}).get("end"),
        reference=delivery.get("reference"),
        window_start=(delivery.get("window") or {}).get("start"),
        customer_id=delivery.get("customer_id"),
    )


def _by_id(
    kind: type[CallLog | Delivery], ids: Sequence[Any], fields: Sequence[str]
) -> dict[Any, dict[str, Any]]:
    if not ids:
        return {}
    wanted = {"_id": ids[0] if len(ids) == 1 else {"$in": list(ids)}}
    found = kind._get_collection().find(wanted, dict.fromkeys(fields, 1))
    return {document["_id"]: document for document in found}
