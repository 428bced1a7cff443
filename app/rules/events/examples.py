"""One event as it arrives, for the page and for whoever tries a receiver."""

from __future__ import annotations

from datetime import UTC, datetime

from app.rules.analysis import Kind, Priority, Sentiment
from app.rules.events import TYPES, Envelope, public_id
from app.rules.events.payloads import DeliveryFacts, DirectiveFacts, InstructionsData

_AT = datetime(2026, 3, 10, 9, 41, 7, tzinfo=UTC)
_DELIVERY = "69afe6a3d1f0c2b7a4e58f10"
_DATA = InstructionsData(
    delivery=DeliveryFacts(
        id=_DELIVERY,
        reference="R-1042",
        status="assigned",
        outreach="instructed",
        attempts=1,
        scheduled_time=datetime(2026, 3, 10, 13, 0, tzinfo=UTC),
        window_end=datetime(2026, 3, 10, 15, 0, tzinfo=UTC),
        time_zone="Europe/London",
        customer_id="69afe6a3d1f0c2b7a4e58f0e",
        agent_id="69afe2b0d1f0c2b7a4e58ef1",
    ),
    analysis_version=1,
    channel="call",
    call_id="69afe7c1d1f0c2b7a4e58f24",
    directives=(
        DirectiveFacts(
            kind=Kind.LEAVE_AT, confidence=0.94, slots={"place": "behind the planter"}
        ),
        DirectiveFacts(kind=Kind.ACCESS, confidence=0.9, slots={}, masked=("code",)),
    ),
    priority=Priority.NORMAL,
    sentiment=Sentiment.NEUTRAL,
)  # fmt: skip

EXAMPLE = Envelope(
    id=public_id("69afe8d3d1f0c2b7a4e58f31"),
    type="delivery.instructed",
    version=TYPES["delivery.instructed"].version,
    timestamp=_AT,
    created_at=_AT.replace(second=8),
    delivery_id=_DELIVERY,
    sequence=3,
    data=_DATA.model_dump(mode="json"),
)
"""A customer was heard: the parcel is to be left behind the planter, and there is a code."""
