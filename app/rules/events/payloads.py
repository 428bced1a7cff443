"""What an event tells: the shapes of ``data``, as JSON carries them.

Names, addresses, telephone numbers and codes are not in them, nor what a customer said but for what
was understood of it: whoever may have those asks for them by the ids.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.rules.analysis import Kind, Priority, Sentiment


class Payload(BaseModel):
    """What all of them have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DeliveryFacts(Payload):
    """A delivery, as it stood when the event was written."""

    id: str
    reference: str | None = Field(default=None, description="The shipper's own number")
    status: str = Field(description="Where the parcel is")
    outreach: str = Field(description="How far hearing from the customer is")
    attempts: int = Field(description="Calls that were made to the customer")
    scheduled_time: datetime
    window_end: datetime | None = None
    time_zone: str
    customer_id: str | None = Field(description="null once the customer was erased")
    agent_id: str | None = None


class DirectiveFacts(Payload):
    """One thing that the customer asked for."""

    kind: Kind
    confidence: float = Field(description="From 0 to 1")
    slots: dict[str, str | int | bool] = Field(
        description="Its particulars without codes, telephone numbers, people and addresses"
    )
    masked: tuple[str, ...] = Field(
        default=(), description="Slots that are left out for being personal"
    )


class DeliveryData(Payload):
    """What became of a delivery."""

    delivery: DeliveryFacts
    cause: str | None = Field(
        default=None, description="Why hearing from the customer ended so, where it is about that"
    )


class RatingData(Payload):
    """How it went, as the customer says."""

    delivery: DeliveryFacts
    rating: int = Field(description="From 1 to 5, the best")


class InstructionsData(Payload):
    """What is known now of the customer's wishes."""

    delivery: DeliveryFacts
    analysis_version: int = Field(description="Grows with all that is heard or corrected")
    channel: str = Field(description="How the customer was heard: call, sms, link or inbound")
    call_id: str | None = None
    directives: tuple[DirectiveFacts, ...] = ()
    priority: Priority | None = None
    sentiment: Sentiment | None = None
    needs_review: bool = Field(default=False, description="A person has yet to look at it")
    corrected: bool = Field(default=False, description="A dispatcher put it there")


class CallData(Payload):
    """A call that is over."""

    id: str
    delivery_ids: tuple[str, ...]
    direction: str = Field(description="outbound, or inbound where the customer called")
    attempt: int = Field(description="Counts from 1; 0 where the customer called")
    status: str = Field(description="How it ended: completed, busy, no-answer, failed, canceled")
    answered_by: str | None = Field(default=None, description="human, machine or unknown")
    outcome: str = Field(description="What was learned, or why there was no talk")
    started_at: datetime | None = None
    ended_at: datetime | None = None
    duration: int | None = Field(default=None, description="Seconds")


class RecordingData(Payload):
    """A recording that is kept, and whose words are read."""

    id: str
    delivery_id: str
    call_id: str | None = Field(default=None, description="Absent where it came by a link")
    duration: float = Field(description="Seconds")
    language: str | None = None
    heard: bool = Field(description="Whether it could be turned into words")


class ReviewData(Payload):
    """Something that a dispatcher must decide or do."""

    id: str
    delivery_id: str
    call_id: str | None = None
    reason: str
    due: datetime | None = Field(default=None, description="When the van arrives")


class SubscriptionData(Payload):
    """A subscription to which nothing more is sent."""

    id: str
    because: str = Field(description="failing: nothing got through; gone: it answered 410")
    failing_since: datetime | None = None


class TestData(Payload):
    """A trial, sent because somebody asked for it."""

    __test__ = False  # no class of tests
    subscription_id: str
