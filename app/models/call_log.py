"""A call: one attempt to reach the customer of one delivery."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

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
    StringField,
)

from app.models.analysis import AnalysisRecord
from app.models.base import StatefulDocument
from app.models.by_hand import ByHand
from app.models.encryption import EncryptedField
from app.models.numbers import NumberField
from app.states import CALL, CallStatus

MOST_EVENTS = 100
"""Events kept for one call; a call has about ten."""


class WebhookEvent(EmbeddedDocument):
    """What the network told us, as it came; ``key`` tells a repetition."""

    key = StringField(required=True)
    event = StringField()
    timestamp = DateTimeField(default=lambda: datetime.now(UTC))
    data = EncryptedField()


class KeyPress(EmbeddedDocument):
    """A key the customer pressed, and at which step of the script."""

    step = StringField(required=True)
    digits = StringField(required=True)
    at = DateTimeField(required=True)
    spoken = BooleanField()
    """The choice was spoken, not pressed."""


class CallLog(StatefulDocument):
    """One attempt. Written before the network is asked; never dialled twice."""

    meta = {"collection": "call_logs"}
    MACHINES = (CALL,)

    delivery_id = ObjectIdField()
    """Absent only while nobody knows who is calling us."""
    call_sid = StringField(regex=r"^CA[0-9a-fA-F]{32}$")
    """The network's id; absent until it is known, unique where present."""
    status = StringField(
        choices=tuple(status.value for status in CallStatus),
        required=True,
        default=CallStatus.INTENDED.value,
    )
    from_number = NumberField(required=True)
    to_number = NumberField(required=True)
    direction = StringField(choices=("outbound", "inbound"), default="outbound")
    start_time = DateTimeField()
    end_time = DateTimeField()
    duration = IntField()
    """Seconds."""
    recording_url = StringField()
    recording_duration = FloatField()
    """Seconds."""
    transcription = EncryptedField()
    ai_analysis = EmbeddedDocumentField(AnalysisRecord)
    error_code = StringField()
    error_message = StringField()
    retry_count = IntField(default=0)
    webhook_events = ListField(EmbeddedDocumentField(WebhookEvent))

    attempt = IntField(required=True, min_value=0)
    """Counts from 1, unique with the delivery; 0 where the customer called us."""
    covers = ListField(ObjectIdField())
    """Every delivery this call is about, ``delivery_id`` first: one household, one call."""
    language = StringField(default="en")
    """The language spoken on the line, ISO 639-1."""
    customer_id = ObjectIdField()
    """Absent only while nobody knows who is calling us."""
    customer_phone = NumberField()
    """The customer's number as we have it, where they called us."""
    identified_by = StringField(choices=("number", "reference"))
    """How we know who called us: a reference is known to whoever reads the parcel's label."""
    reference_tries = IntField()
    in_flight = BooleanField(default=True)
    """From the claim to the end; no number has two calls in flight."""
    claimed_at = DateTimeField(required=True)
    dialing_at = DateTimeField()
    """Set once, before the one request to the network."""
    next_try_at = DateTimeField()
    """Nothing was sent yet, and is not before then: the pace, the circuit, or a refused request."""
    tries = IntField()
    """Requests that the network did not take: certainly nothing was placed."""
    looked_again_at = DateTimeField()
    """Closed as not placed, and looked for once more long after."""
    answered_by = StringField()
    """Who answered: human, machine or unknown; not what was said, nor how the call ended."""
    answered_by_proof = StringField(choices=("detection", "key", "speech"))
    """How we know; a key or understood speech outweighs the network's guess."""
    detected = StringField()
    """What answering-machine detection found, in the network's words."""
    detected_after = IntField()
    """Milliseconds that it took."""
    sip_code = StringField()
    """The last answer of the network behind: 404 unreachable, 487 rang out."""
    stir = StringField()
    """How far the network vouches for our number: A, B or C."""
    strangers = ListField(StringField())
    """The network's ids of calls that name this attempt and are not its call: to be ended."""
    strangers_ended_at = DateTimeField()
    queued_until = DateTimeField()
    """What the network still has queued then is cancelled: its lawful window closes."""
    asked = EmbeddedDocumentField(ByHand)
    """Who asked for it out of turn; absent where it was placed by itself."""
    cancelled = EmbeddedDocumentField(ByHand)
    """Who wants it ended before it is answered; no other follows by itself."""
    outcome = StringField()
    """What was learned: instructed, confirmed, declined, nothing_said, or why there was no talk."""
    why_allowed = DictField()
    cost = FloatField()
    """What the network asked for it; absent until it said so."""
    currency = StringField()
    """Of the cost, ISO 4217."""
    price_due_at = DateTimeField()
    """When the network is asked next what it cost; absent once it said so, or never will."""
    keys = ListField(EmbeddedDocumentField(KeyPress))
    effects = ListField(StringField())
    """What the scenes the customer came to mean: ``app.rules.call_script.Effect``."""
    notice_version = StringField()
    """Which recording notice the customer heard."""
    notice_at = DateTimeField()
    chosen = ListField(DictField())
    """Directives that keys stood for, in order: {kind, slots, text, scene, at}."""
    said = EncryptedField()
    """What the network's speech recognition heard in answer to a question of the script."""
    record_asked_at = DateTimeField()
    """When the script last let the network record: a recording is to come."""
    settled_at = DateTimeField()
    """When the outreach drew its conclusion from this call."""

    @property
    def phone(self) -> str:
        """The customer's number, whoever called whom."""
        if self.direction == "inbound":
            return str(self.customer_phone or self.from_number)
        return str(self.to_number)

    @property
    def line(self) -> str:
        """The number at the other end, which is not the customer's where somebody else calls us."""
        return str(self.from_number if self.direction == "inbound" else self.to_number)

    def note_event(self, key: str, event: str, data: dict[str, Any], *, at: datetime) -> bool:
        """Keep an event as it came; False where it is kept already, or the call has too many."""
        seen = WebhookEvent(key=key, event=event, timestamp=at, data=data)
        query = {
            "webhook_events__key__ne": key,
            f"webhook_events__{MOST_EVENTS - 1}__exists": False,
        }
        return bool(self.modify(query, push__webhook_events=seen))
