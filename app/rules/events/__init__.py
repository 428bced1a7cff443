"""The events that a shipper's system can hear of, in one table, and how they travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.rules.events.payloads import (
    CallData,
    DeliveryData,
    InstructionsData,
    Payload,
    RatingData,
    RecordingData,
    ReviewData,
    SubscriptionData,
    TestData,
)

TEST = "webhook.test"
SUBSCRIPTION_DISABLED = "subscription.disabled"
KEPT_DAYS = 30
"""So long events, and how they were sent, can be looked at and sent again."""


@dataclass(frozen=True, slots=True)
class EventType:
    """One kind of event; ``version`` grows when a field goes or changes its meaning."""

    name: str
    meaning: str
    data: type[Payload]
    version: int = 1


class Envelope(BaseModel):
    """What every event has around its ``data``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="The same at every try and replay: by it you drop repetitions")
    type: str
    version: int = Field(description="Of the shape of data, for this type")
    timestamp: datetime = Field(description="When it happened")
    created_at: datetime = Field(description="When the event was written")
    delivery_id: str | None = Field(default=None, description="The delivery it is about, if it is")
    sequence: int | None = Field(
        default=None,
        description="Grows with each event of one delivery: a lower one than you know is late",
    )
    data: dict[str, Any]


_TYPES = (
    EventType(
        "delivery.scheduled", "A delivery is planned, or planned again after it failed",
        DeliveryData,
    ),
    EventType("delivery.assigned", "A driver is to bring it", DeliveryData),
    EventType("delivery.started", "The driver is on the way", DeliveryData),
    EventType("delivery.completed", "It is delivered", DeliveryData),
    EventType("delivery.failed", "It could not be delivered", DeliveryData),
    EventType("delivery.cancelled", "It will not be delivered", DeliveryData),
    EventType("delivery.rescheduled", "It comes at another time", DeliveryData),
    EventType("delivery.rated", "The customer said how it went", RatingData),
    EventType(
        "delivery.instructed", "The customer was heard, and wants something", InstructionsData
    ),
    EventType("delivery.confirmed", "The customer was heard: all is fine", InstructionsData),
    EventType(
        "delivery.declined", "The customer was heard, and wants no more calls", InstructionsData
    ),
    EventType("delivery.nothing_said", "Somebody answered and said nothing", DeliveryData),
    EventType("delivery.unreachable", "The last call reached nobody", DeliveryData),
    EventType("delivery.suppressed", "The customer's number is not to be called", DeliveryData),
    EventType(
        "delivery.skipped", "The customer is not called: nobody may, or the delivery is over",
        DeliveryData,
    ),
    EventType(
        "delivery.acknowledged", "The driver has seen what the customer wants", InstructionsData
    ),
    EventType(
        "analysis.corrected", "A dispatcher put right what was understood", InstructionsData
    ),
    EventType("call.completed", "A call is over, however it went, and concluded from", CallData),
    EventType("recording.ready", "A recording is kept, and its words are read", RecordingData),
    EventType("review.opened", "A dispatcher must decide or do something", ReviewData),
    EventType(
        SUBSCRIPTION_DISABLED, "Nothing more is sent to a subscription; others hear of it",
        SubscriptionData,
    ),
    EventType(TEST, "A trial; every subscription takes it", TestData),
)  # fmt: skip
TYPES: Mapping[str, EventType] = MappingProxyType({each.name: each for each in _TYPES})
"""Every type of event, in the order of a delivery's life."""

OF_MOVES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("delivery", "scheduled"): "delivery.scheduled",
        ("delivery", "assigned"): "delivery.assigned",
        ("delivery", "in_transit"): "delivery.started",
        ("delivery", "completed"): "delivery.completed",
        ("delivery", "failed"): "delivery.failed",
        ("delivery", "cancelled"): "delivery.cancelled",
        ("outreach", "instructed"): "delivery.instructed",
        ("outreach", "confirmed"): "delivery.confirmed",
        ("outreach", "declined"): "delivery.declined",
        ("outreach", "nothing_said"): "delivery.nothing_said",
        ("outreach", "unreachable"): "delivery.unreachable",
        ("outreach", "suppressed"): "delivery.suppressed",
        ("outreach", "skipped"): "delivery.skipped",
        ("recording", "understood"): "recording.ready",
    }
)
"""By state table and the state that was reached: what is told of it."""


def public_id(hexadecimal: str) -> str:
    """An event's id as the outside knows it."""
    return f"evt_{hexadecimal}"


def wants(types: tuple[str, ...], name: str) -> bool:
    """Does a subscription to these types take an event of this one? ``*`` stands for all."""
    return name == TEST or "*" in types or name in types


def when(moment: datetime) -> str:
    """RFC 3339, UTC."""
    return moment.isoformat().replace("+00:00", "Z")
