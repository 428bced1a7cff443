"""A bridged call: a person of the company and a customer, put through by the company's number."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mongoengine import (
    BooleanField,
    DateTimeField,
    EmbeddedDocumentField,
    FloatField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.models.base import StatefulDocument
from app.models.call_log import MOST_EVENTS, WebhookEvent
from app.models.numbers import NumberField
from app.states import BRIDGE, CallStatus

_SID = r"^CA[0-9a-fA-F]{32}$"


class BridgedCall(StatefulDocument):
    """One press of a button: first the person's own telephone rings, then the customer's.

    ``status`` is that of the call to the person. Nothing of it is recorded, and it is no attempt
    to hear from the customer: outreach knows nothing of it.
    """

    meta = {"collection": "bridged_calls"}
    MACHINES = (BRIDGE,)

    delivery_id = ObjectIdField(required=True)
    customer_id = ObjectIdField(required=True)
    person_id = ObjectIdField(required=True)
    """Who asked for it, and whose telephone rings first."""
    person_phone = NumberField(required=True)
    customer_phone = NumberField(required=True)
    from_number = NumberField(required=True)
    """The company's, which both of them see."""
    language = StringField(default="en")
    """The person's: what they hear before they are put through. The customer hears a person."""
    status = StringField(
        choices=tuple(status.value for status in CallStatus),
        required=True,
        default=CallStatus.INTENDED.value,
    )
    in_flight = BooleanField(default=True)
    """From the press to the end; a delivery has one at a time, and so has a telephone."""
    claimed_at = DateTimeField(required=True)
    """When the button was pressed."""
    valid_until = DateTimeField(required=True)
    """Who is not rung by then is not rung any more: nobody waits for it."""
    dialing_at = DateTimeField()
    """Set once, before the one request to the network."""
    next_try_at = DateTimeField()
    """Nothing was sent yet, and is not before then."""
    tries = IntField()
    """Requests that the network certainly did not take."""
    call_sid = StringField(regex=_SID)
    """The network's id of the call to the person."""
    start_time = DateTimeField()
    end_time = DateTimeField()
    duration = IntField()
    """Seconds of the person's own call."""
    connecting_at = DateTimeField()
    """When the person asked by a key to be put through: the customer rings from then on."""
    refused_why = StringField()
    """Why they were not put through though they asked: a word of ``app.rules.bridging``."""
    customer_sid = StringField(regex=_SID)
    """The network's id of the call to the customer."""
    customer_status = StringField(choices=tuple(status.value for status in CallStatus))
    talking_at = DateTimeField()
    """When the customer answered."""
    talked = IntField()
    """Seconds."""
    error_code = StringField()
    webhook_events = ListField(EmbeddedDocumentField(WebhookEvent))
    cost = FloatField()
    """What the network asked for both calls; absent until it said so."""
    currency = StringField()
    """ISO 4217."""
    price_due_at = DateTimeField()
    """When the network is asked next what it cost; absent once it said so, or never will."""

    def note_event(self, key: str, event: str, data: dict[str, Any], *, at: datetime) -> bool:
        """Keep an event as it came; False where it is kept already, or the call has too many."""
        seen = WebhookEvent(key=key, event=event, timestamp=at, data=data)
        query = {
            "webhook_events__key__ne": key,
            f"webhook_events__{MOST_EVENTS - 1}__exists": False,
        }
        return bool(self.modify(query, push__webhook_events=seen))
