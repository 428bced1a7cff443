"""Who wants to hear of what, the events that were written, and how each was sent."""

from __future__ import annotations

from datetime import datetime

from mongoengine import (
    BooleanField,
    DateTimeField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.models.base import StatefulDocument, TenantDocument
from app.models.encryption import EncryptedField
from app.states import POSTING, PostingStatus

MOST_TRIES = 60
"""Tries of one posting that are kept, the latest; a day has about twenty."""


class Secret(EmbeddedDocument):
    """One secret that signs; several are valid while a receiver changes over."""

    value = EncryptedField(required=True)
    """``whsec_`` and base64, as Standard Webhooks has it."""
    since = DateTimeField(required=True)
    until = DateTimeField()
    """Absent on the one that stays."""


class Subscription(TenantDocument):
    """An address of a shipper's system, and the events that are sent there."""

    meta = {"collection": "webhook_subscriptions"}
    url = EncryptedField(required=True)
    """It may hold a token of the receiver's."""
    types = ListField(StringField(), required=True)
    """Names of events, or ``*`` alone for all."""
    description = StringField(max_length=200)
    secrets = ListField(EmbeddedDocumentField(Secret))
    """The newest first."""
    is_active = BooleanField(default=True)
    """Where not, what happens waits for it, as long as events are kept."""
    disabled_at = DateTimeField()
    disabled_because = StringField(choices=("failing", "gone", "paused"))
    """``failing``: nothing got through for days; ``gone``: it answered 410; ``paused``: a person
    wanted it so."""
    failures = IntField(default=0)
    """In a row."""
    failing_since = DateTimeField()
    """The first failure after which nothing got through."""
    rests_until = DateTimeField()
    """So long it is left alone: it failed several times in a row."""
    sending_until = DateTimeField()
    """A worker is sending to it: until then no other begins."""
    last_taken_at = DateTimeField()
    """When it last took an event, to the minute."""
    created_by = ObjectIdField()
    deleted_at = DateTimeField()

    def signing(self, now: datetime) -> list[str]:
        """The secrets that sign now, the newest first."""
        return [each.value for each in self.secrets if each.until is None or now < each.until]


class Event(TenantDocument):
    """Something that happened, as subscribers are told. Never changed; gone after 30 days."""

    meta = {"collection": "events"}
    type = StringField(required=True)
    version = IntField(required=True)
    occurred_at = DateTimeField(required=True)
    delivery_id = ObjectIdField()
    customer_id = ObjectIdField()
    """By these an erasure finds it."""
    sequence = IntField()
    """Its place among the events of its delivery."""
    data = EncryptedField()


class Try(EmbeddedDocument):
    """One request to a subscriber, and what came of it."""

    at = DateTimeField(required=True)
    status = IntField()
    """HTTP; absent where there was no answer."""
    error = StringField()
    """In a few words of ours; absent where the event was taken."""
    milliseconds = IntField()
    answer = EncryptedField()
    """The beginning of the answer's body: it may repeat what we sent."""


class Posting(StatefulDocument):
    """One event on its way to one subscriber: what is to be sent, and each try."""

    meta = {"collection": "event_postings"}
    MACHINES = (POSTING,)

    subscription_id = ObjectIdField(required=True)
    event_id = ObjectIdField(required=True)
    replay = IntField(default=0)
    """Counts from 1 where somebody asked for it again; unique with subscription and event."""
    type = StringField(required=True)
    delivery_id = ObjectIdField()
    status = StringField(
        choices=tuple(status.value for status in PostingStatus),
        default=PostingStatus.PENDING.value,
        required=True,
    )
    next_at = DateTimeField()
    """Not before then; absent where it waits for nothing. A worker that sends it moves this on,
    so that another tries again if the worker dies."""
    since = DateTimeField()
    """The first try: a day later it is given up."""
    tried = IntField(default=0)
    tries = ListField(EmbeddedDocumentField(Try))


class Notice(TenantDocument):
    """Something that an administrator must see to; closed when it is mended."""

    meta = {"collection": "notices"}
    kind = StringField(required=True, choices=("subscription_disabled",))
    about_id = ObjectIdField(required=True)
    """Unique with the kind while it is open."""
    reason = StringField(required=True)
    opened_at = DateTimeField(required=True)
    closed_at = DateTimeField()
    closed_by = ObjectIdField()
