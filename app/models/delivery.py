"""A delivery: the parcel's way, and all that is done to hear from its customer."""

from __future__ import annotations

from datetime import UTC, datetime

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FloatField,
    IntField,
    ListField,
    ObjectIdField,
    PointField,
    StringField,
)

from app.models.analysis import AnalysisRecord
from app.models.base import StatefulDocument
from app.models.by_hand import ByHand
from app.rules.analysis import Priority
from app.states import DELIVERY, OUTREACH, DeliveryStatus, OutreachState


def _now() -> datetime:
    return datetime.now(UTC)


class Dimensions(EmbeddedDocument):
    length = FloatField()
    width = FloatField()
    height = FloatField()


class PackageDetails(EmbeddedDocument):
    weight = FloatField()
    """Kilograms."""
    dimensions = EmbeddedDocumentField(Dimensions)
    value = FloatField()
    fragile = BooleanField(default=False)
    signature_required = BooleanField(default=False)
    special_instructions = StringField()


class TrackingEvent(EmbeddedDocument):
    status = StringField()
    timestamp = DateTimeField(default=_now)
    location = DictField()
    notes = StringField()
    agent_id = ObjectIdField()
    """Whom it was given to, where that is what happened."""
    scheduled_before = DateTimeField()
    scheduled_time = DateTimeField()
    """Of one that was moved to another time: the one before, and the one from then on."""


class Feedback(EmbeddedDocument):
    rating = IntField(min_value=1, max_value=5)
    comments = StringField()


class Outreach(EmbeddedDocument):
    """Hearing from the customer; moves by the table ``OUTREACH``."""

    state = StringField(
        choices=tuple(state.value for state in OutreachState),
        default=OutreachState.PENDING.value,
        required=True,
    )
    attempts = IntField(default=0)
    excused = IntField()
    """Attempts that do not count against the customer: never placed, or failed through us."""
    next_attempt_at = DateTimeField()
    reason = StringField()
    """Why it stands where it stands, in words for the dispatcher."""
    channel = StringField(choices=("call", "sms", "link", "inbound"), default="call")
    """How the customer was heard, or is being asked."""
    call_id = ObjectIdField()
    """The latest call that was about this delivery; several deliveries may share one."""
    asked = EmbeddedDocumentField(ByHand)
    """Who asked for the next call to be placed now; goes with it into the call."""
    to_text = BooleanField()
    """The calls reached nobody and a text message is to ask; absent where there is none to send."""


class TimeWindow(EmbeddedDocument):
    start = DateTimeField()
    end = DateTimeField()


class Route(EmbeddedDocument):
    sequence = IntField()
    eta = DateTimeField()


class Delivery(StatefulDocument):
    """One parcel for one customer."""

    meta = {"collection": "deliveries"}
    MACHINES = (DELIVERY, OUTREACH)

    customer_id = ObjectIdField(required=True)
    agent_id = ObjectIdField()
    address = StringField(required=True)
    coordinates = PointField()
    """Longitude and latitude; absent where nobody knows them."""
    scheduled_time = DateTimeField(required=True)
    estimated_duration = IntField(default=30)
    """Minutes."""
    status = StringField(
        choices=tuple(status.value for status in DeliveryStatus),
        default=DeliveryStatus.SCHEDULED.value,
    )
    priority = StringField(
        choices=tuple(priority.value for priority in Priority), default=Priority.NORMAL.value
    )
    package_details = EmbeddedDocumentField(PackageDetails, default=PackageDetails)
    call_log_id = ObjectIdField()
    recording_id = ObjectIdField()
    tracking_events = ListField(EmbeddedDocumentField(TrackingEvent))
    actual_delivery_time = DateTimeField()
    customer_feedback = EmbeddedDocumentField(Feedback)
    retry_count = IntField(default=0)
    max_retries = IntField(default=3)

    outreach = EmbeddedDocumentField(Outreach, default=Outreach)
    analysis = EmbeddedDocumentField(AnalysisRecord)
    words_wiped_at = DateTimeField()
    """When all that was said about it went, because its time was over."""
    analysis_version = IntField(default=0)
    """Grows with every new analysis; what the agent was told carries it."""
    analysis_history = ListField(EmbeddedDocumentField(AnalysisRecord))
    to_locate = BooleanField()
    """Its address is to be found on the map; absent where that is done, or nobody can."""
    to_tell = BooleanField()
    """There is news that the agent has not been told; absent where there is none."""
    acknowledged_by = ObjectIdField()
    acknowledged_at = DateTimeField()
    time_zone = StringField(required=True)
    reference = StringField()
    """The shipper's own number; unique within the tenant where present."""
    window = EmbeddedDocumentField(TimeWindow)
    route = EmbeddedDocumentField(Route)
    deleted_at = DateTimeField()
    """Put away then: neither listed nor found."""
    events = IntField()
    """How many events were written about it: the next one's place in their order."""
