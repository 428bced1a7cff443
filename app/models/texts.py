"""Text messages: those we send, those customers send, and what customers answer by either."""

from __future__ import annotations

from mongoengine import (
    DateTimeField,
    DictField,
    EmbeddedDocumentField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.models.analysis import AnalysisRecord
from app.models.base import StatefulDocument, TenantDocument
from app.models.call_log import WebhookEvent
from app.models.encryption import EncryptedField
from app.models.numbers import NumberField
from app.states import MESSAGE, MessageStatus


class Message(StatefulDocument):
    """One text message. Written before the network is asked; never sent twice."""

    meta = {"collection": "messages"}
    MACHINES = (MESSAGE,)

    purpose = StringField(choices=("link", "receipt", "reminder"), required=True)
    """``link`` asks an unreached customer; ``receipt`` answers what they sent; ``reminder`` goes to
    an agent who has not acknowledged what they were told."""
    push_id = ObjectIdField()
    """The ``PushMessage`` of which a reminder reminds; unique where present."""
    delivery_id = ObjectIdField()
    """Unique with the purpose where present."""
    answers = StringField()
    """The network's id of the message that a receipt answers; unique where present."""
    customer_id = ObjectIdField()
    to_number = NumberField(required=True)
    from_number = NumberField()
    language = StringField(default="en")
    body = EncryptedField()
    status = StringField(
        choices=tuple(status.value for status in MessageStatus),
        required=True,
        default=MessageStatus.INTENDED.value,
    )
    message_sid = StringField(regex=r"^(SM|MM)[0-9a-fA-F]{32}$")
    claimed_at = DateTimeField(required=True)
    sending_at = DateTimeField()
    """Set once, before the one request to the network."""
    ended_at = DateTimeField()
    valid_until = DateTimeField()
    """After that it is worthless, and the network need not deliver it."""
    not_before = DateTimeField()
    """When its lawful window opens."""
    why_allowed = DictField()
    error_code = StringField()
    error_message = StringField()
    webhook_events = ListField(EmbeddedDocumentField(WebhookEvent))


class InboundMessage(TenantDocument):
    """A text message from a customer, as it came."""

    meta = {"collection": "inbound_messages"}
    message_sid = StringField(required=True)
    """The network's id, unique: a repeated webhook changes nothing."""
    from_number = NumberField(required=True)
    body = EncryptedField()
    received_at = DateTimeField(required=True)
    keyword = StringField(choices=("stop", "start", "help"))
    """What it asks of us, where it is one of the words that every sender must know."""
    reply_id = ObjectIdField()
    answered = StringField()
    """Which of our standing answers it got, as ``app.rules.texts.answers`` names them; empty: none,
    for the number had that answer already."""
    data = EncryptedField()
    """The network's parameters, but for the words."""
    settled_at = DateTimeField()


class Reply(StatefulDocument):
    """What a customer answered by link or text message: picked, typed, or spoken."""

    meta = {"collection": "replies"}
    delivery_id = ObjectIdField(required=True)
    customer_id = ObjectIdField(required=True)
    channel = StringField(choices=("link", "sms"), required=True)
    key = StringField(required=True)
    """Unique with the delivery: the same answer sent again is one reply."""
    picked = ListField(DictField())
    """Directives that buttons stood for: {kind, slots, text}."""
    text = EncryptedField()
    language = StringField(default="en")
    notice_version = StringField()
    """Which words about recordings stood beside the microphone, where it was spoken."""
    at = DateTimeField(required=True)
    recording_id = ObjectIdField()
    """A spoken answer: its recording takes the road of a call's."""
    analysis = EmbeddedDocumentField(AnalysisRecord)
    settled_at = DateTimeField()
    attempts = IntField(default=0)
