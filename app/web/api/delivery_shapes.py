"""What a delivery looks like from outside, and what may be said about one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.models import Delivery
from app.states import DeliveryStatus, OutreachState
from app.web.api.analysis_shapes import AnalysisOut
from app.web.api.phones import Phone, Region
from app.web.api.places import NEAR, RADIUS
from app.web.api.shapes import (
    WHOLE,
    Email,
    Given,
    GivenMoment,
    Id,
    Line,
    Listed,
    Moment,
    Page,
    Place,
    Shape,
    Text,
    Versioned,
    Wanted,
)

Status = Literal["scheduled", "assigned", "in_transit", "completed", "failed", "cancelled"]
Outreaching = Literal[
    "pending", "calling", "waiting", "instructed", "confirmed", "nothing_said", "declined",
    "unreachable", "suppressed", "skipped", "superseded",
]  # fmt: skip
Urgency = Literal["low", "normal", "high", "urgent"]
_Zone = Annotated[str, Field(max_length=60, examples=["Europe/London"])]
_Amount = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False, strict=True)]


class Dimensions(Shape):
    """Centimetres."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    length: _Amount | None = None
    width: _Amount | None = None
    height: _Amount | None = None


class Parcel(Shape):
    """What is delivered."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    weight: Annotated[_Amount | None, Field(description="Kilograms.")] = None
    dimensions: Dimensions | None = None
    value: _Amount | None = None
    fragile: bool = False
    signature_required: bool = False
    special_instructions: Line | None = None


class OutreachOut(Shape):
    """Hearing from the customer."""

    state: Outreaching
    attempts: int
    next_attempt_at: Moment | None
    reason: str | None = Field(description="Why it stands where it stands.")
    channel: Literal["call", "sms", "link", "inbound"]
    call_id: Id | None


class TrackingOut(Shape):
    """One thing that happened to the parcel."""

    status: str | None
    at: Moment | None
    place: Place | None
    notes: str | None
    agent_id: Id | None = Field(description="Whom it was given to, where that is what happened.")
    scheduled_before: Moment | None = Field(
        description="Of one that was moved to another time: the one before."
    )
    scheduled_time: Moment | None = Field(description="And the one from then on.")


class FeedbackOut(Shape):
    """What the customer thought of it."""

    rating: int | None
    comments: str | None


class DeliveryOut(Versioned):
    """A delivery."""

    id: Id
    reference: str | None = Field(description="The shipper's own number.")
    status: Status
    customer_id: Id | None = Field(description="null once the customer was erased.")
    agent_id: Id | None
    address: str
    place: Place | None
    scheduled_time: Moment
    window_end: Moment | None
    time_zone: str
    sequence: int | None = Field(description="Its place in the agent's round.")
    estimated_duration: int = Field(description="Minutes.")
    priority: Urgency
    parcel: Parcel
    outreach: OutreachOut
    analysis: AnalysisOut | None = Field(
        description="What the customer wants, as it is understood; codes are masked."
    )
    analysis_version: int
    acknowledged_at: Moment | None
    tracking: list[TrackingOut]
    feedback: FeedbackOut | None
    completed_at: Moment | None
    created_at: Moment | None
    updated_at: Moment | None


class DeliveryPage(Page[DeliveryOut]):
    """Some deliveries."""


class NewDelivery(Given):
    """A delivery to plan.

    For whom: the id of a customer who is known, or name, number and address; who has the number is
    taken, or made.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reference": "R-1042",
                    "customer_name": "Casey Jones",
                    "phone": "+14155550123",
                    "address": "12 Mill Lane, Springfield",
                    "place": {"longitude": -73.98, "latitude": 40.74},
                    "scheduled_time": "2027-03-01T15:30:00-05:00",
                    "window_end": "2027-03-01T17:00:00-05:00",
                    "parcel": {"fragile": True},
                }
            ],
            "anyOf": [
                {"required": ["customer_id"]},
                {"required": ["customer_name", "phone", "address"]},
            ],
        }
    )
    reference: Annotated[Line | None, Field(description="Your own number; unique.")] = None
    customer_id: Annotated[
        Id | None, Field(description="One who is known, instead of name and number.")
    ] = None
    customer_name: Line | None = None
    phone: Phone | None = None
    region: Region = None
    address: Annotated[
        Line | None,
        Field(description="Where to; with customer_id the customer's own unless given."),
    ] = None
    place: Place | None = None
    scheduled_time: GivenMoment
    window_end: GivenMoment | None = None
    time_zone: Annotated[_Zone | None, Field(description="Counts where no place is given.")] = None
    language: Annotated[str | None, Field(pattern=r"^(en|es|fr|de)(-[A-Z]{2})?$")] = None
    agent_email: Email | None = None
    sequence: Annotated[int | None, Field(ge=0, le=9999), WHOLE] = None
    priority: Urgency = "normal"
    estimated_duration: Annotated[int, Field(ge=1, le=1440, description="Minutes."), WHOLE] = 30
    parcel: Parcel = Parcel()
    delivery_instructions: Annotated[
        Line | None, Field(description="What the customer asks for every time.")
    ] = None
    consent: Annotated[
        bool, Field(description="Was the number given for this order? Without, nobody calls.")
    ] = True


class ChangedDelivery(Given):
    """What is to change; the rest stays. Time, agent and state have routes of their own."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"priority": "high", "sequence": 3}]})
    address: Line = ""
    place: Place | None = None
    sequence: Annotated[int | None, Field(ge=0, le=9999), WHOLE] = None
    priority: Urgency = "normal"
    estimated_duration: Annotated[int, Field(ge=1, le=1440, description="Minutes."), WHOLE] = 30
    parcel: Parcel = Parcel()


class DeliveriesAsked(Listed):
    """Which deliveries."""

    status: Annotated[
        list[Status], Field(max_length=6, description="One of these; repeat it for several.")
    ] = []
    outreach: Annotated[
        list[Outreaching], Field(max_length=11, description="How far the customer is heard.")
    ] = []
    customer_id: Id | None = None
    agent_id: Id | None = None
    reference: Wanted | None = None
    scheduled_from: Annotated[GivenMoment | None, Field(description="Then or later.")] = None
    scheduled_before: Annotated[GivenMoment | None, Field(description="Before then.")] = None
    needs_review: Annotated[
        bool | None, Field(description="What was understood wants a person's look.")
    ] = None
    near: NEAR = None
    radius: RADIUS = 5000
    sort: Literal["scheduled_time", "-scheduled_time", "-created", "created"] = "scheduled_time"


class Assigned(Given):
    """To whom."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"agent_email": "dana@example.com"}]})
    agent_id: Id | None = None
    agent_email: Email | None = None


_At = Annotated[
    GivenMoment | None,
    Field(
        description="When it was done; now unless given. For who had no network: at most 72 hours "
        "ago, and never before what happened to the delivery last."
    ),
]


class Done(Given):
    """When it was done."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})
    at: _At = None


class Seen(Done):
    """What was seen, and when."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"analysis_version": 1}]})
    analysis_version: Annotated[
        int | None,
        Field(
            ge=0,
            le=1_000_000,
            description="Which instructions were on the screen; the latest unless given. What is "
            "newer stays unacknowledged.",
        ),
        WHOLE,
    ] = None


class Reason(Given):
    """Why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "nobody at home, no safe place"}]}
    )
    reason: Line


class Failure(Reason):
    """Why, and when."""

    at: _At = None


class Notes(Done):
    """What is to be noted with it, if anything."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"notes": "left with the porter"}]})
    notes: Line | None = None


class NewTime(Given):
    """When instead."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "scheduled_time": "2027-03-02T15:30:00-05:00",
                    "window_end": "2027-03-02T17:00:00-05:00",
                    "reason": "asked for another day",
                }
            ]
        }
    )
    scheduled_time: GivenMoment
    window_end: GivenMoment | None = None
    reason: Line | None = None


class Rating(Given):
    """What the customer thought of it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"rating": 5, "comments": "Came when I asked."}]}
    )
    rating: Annotated[int, Field(ge=1, le=5), WHOLE]
    comments: Text | None = None


class Code(Shape):
    """One code that opens something."""

    kind: str
    text: str = Field(description="The customer's words.")
    slots: dict[str, Any]


class Codes(Shape):
    """Codes that open doors for this delivery."""

    items: list[Code]


def shown(delivery: Delivery) -> DeliveryOut:
    """A delivery as it is shown, without its version."""
    outreach, parcel = delivery.outreach, delivery.package_details
    feedback = delivery.customer_feedback
    return DeliveryOut.model_construct(
        version="",
        id=str(delivery.pk),
        reference=delivery.reference,
        status=DeliveryStatus(delivery.status).value,
        customer_id=str(delivery.customer_id) if delivery.customer_id else None,
        agent_id=str(delivery.agent_id) if delivery.agent_id else None,
        address=delivery.address,
        place=Place.of(delivery.coordinates),
        scheduled_time=delivery.scheduled_time,
        window_end=delivery.window.end if delivery.window else None,
        time_zone=delivery.time_zone,
        sequence=delivery.route.sequence if delivery.route else None,
        estimated_duration=delivery.estimated_duration,
        priority=delivery.priority,
        parcel=_parcel(parcel),
        outreach=OutreachOut.model_construct(
            state=OutreachState(outreach.state).value,
            attempts=outreach.attempts,
            next_attempt_at=outreach.next_attempt_at,
            reason=outreach.reason,
            channel=outreach.channel,
            call_id=str(outreach.call_id) if outreach.call_id else None,
        ),
        analysis=AnalysisOut.masked(delivery.analysis) if delivery.analysis else None,
        analysis_version=delivery.analysis_version,
        acknowledged_at=delivery.acknowledged_at,
        tracking=[
            TrackingOut.model_construct(
                status=each.status,
                at=each.timestamp,
                place=Place.of(each.location),
                notes=each.notes,
                agent_id=str(each.agent_id) if each.agent_id else None,
                scheduled_before=each.scheduled_before,
                scheduled_time=each.scheduled_time,
            )
            for each in delivery.tracking_events
        ],
        feedback=FeedbackOut(rating=feedback.rating, comments=feedback.comments)
        if feedback
        else None,
        completed_at=delivery.actual_delivery_time,
        created_at=delivery.created_at,
        updated_at=delivery.updated_at,
    )


def _parcel(parcel: Any) -> Parcel:
    size = parcel.dimensions
    return Parcel.model_construct(
        weight=parcel.weight,
        dimensions=Dimensions.model_construct(
            length=size.length, width=size.width, height=size.height
        )
        if size
        else None,
        value=parcel.value,
        fragile=parcel.fragile,
        signature_required=parcel.signature_required,
        special_instructions=parcel.special_instructions,
    )
