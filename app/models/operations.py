"""What keeps the work going: what agents were told, what people must look at, metrics."""

from __future__ import annotations

from datetime import UTC, datetime

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    Document,
    EmbeddedDocumentField,
    FloatField,
    IntField,
    ListField,
    LongField,
    ObjectIdField,
    StringField,
)

from app.models.base import StatefulDocument, TenantDocument
from app.models.encryption import EncryptedField
from app.models.outbox import Note
from app.states import PUSH, PushStatus

INSTALLATION = "*"
"""Whose a measurement is that is no single company's; no company can have this name."""


class PushMessage(StatefulDocument):
    """One thing an agent was told; unread ones survive everything."""

    meta = {"collection": "push_messages"}
    MACHINES = (PUSH,)

    agent_id = ObjectIdField(required=True)
    kind = StringField(required=True, choices=("instructions", "nothing_heard"))
    delivery_id = ObjectIdField(required=True)
    call_id = ObjectIdField()
    version = IntField(required=True)
    """The delivery's ``analysis_version`` that it tells; unique with agent and delivery."""
    text = EncryptedField()
    sent_at = DateTimeField(required=True)
    delivered_at = DateTimeField()
    """When it first reached one of the agent's screens."""
    acknowledged_at = DateTimeField()
    status = StringField(
        choices=tuple(status.value for status in PushStatus), default=PushStatus.TO_SEND.value
    )
    """On its way to the agent's devices. Absent on what was told before there were pushes."""
    next_push_at = DateTimeField()
    """Not before then."""
    claimed_at = DateTimeField()
    """Whoever wrote it may send, once."""
    tries = IntField(default=0)
    taken_by = ListField(ObjectIdField())
    """Devices (``Agent.push_devices``) whose push service took it."""
    refused_by = ListField(ObjectIdField())
    errors = ListField(StringField())
    """In words of ours, the latest last."""
    arrival = DateTimeField()
    """When the van is there; absent where nobody needs to be reminded (any more)."""
    texted_at = DateTimeField()
    """When the agent, who had not acknowledged it, was sent a text message as well."""
    raised_at = DateTimeField()
    """When it was put before a dispatcher."""


class DeadJob(TenantDocument):
    """Work that failed for good, or too often: a person must look at it."""

    meta = {"collection": "jobs_dead"}
    job = StringField(required=True)
    document_id = ObjectIdField(required=True)
    error = StringField()
    first_at = DateTimeField(required=True)
    last_at = DateTimeField(required=True)
    tries = IntField(default=1)
    retried_at = DateTimeField()
    """When somebody last had it tried again; absent once that has failed as well. What works is
    forgotten."""
    retried_by = StringField()
    """As colleagues know them."""


class Review(TenantDocument):
    """Something that a dispatcher must decide or do, with what it is about."""

    meta = {"collection": "reviews"}
    delivery_id = ObjectIdField(required=True)
    source_id = ObjectIdField(required=True)
    """The call, recording, reply, text or push that calls for it; unique with the reason."""
    call_id = ObjectIdField()
    reason = StringField(
        choices=(
            "speak_to_human",
            "cancel",
            "redirect",
            "reschedule",
            "wrong_number",
            "unclear",
            "unheard",
            "unverified",
            "unread",
            "picture",
            "unacknowledged",
        ),
        required=True,
    )
    """``unclear``: low confidence or contradiction; ``unheard``: audio that cannot be read;
    ``unverified``: said from a telephone that is not the customer's, with the reference alone;
    ``unread``: a text message past the number of answers that are read, its words kept in it;
    ``picture``: a text message with a picture or another file, which nothing here reads;
    ``unacknowledged``: the van is nearly there, and the agent has not seen what is to be done."""
    due = DateTimeField()
    """When the van arrives, or where nobody knows, when it was opened: the earliest comes first."""
    opened_at = DateTimeField(required=True)
    claimed_by = ObjectIdField()
    """Who is at it: a person, or where ``claimed_as`` says so another system's key."""
    claimed_as = StringField(choices=("user", "key"))
    claimed_name = StringField()
    """As colleagues know them."""
    claimed_at = DateTimeField()
    """Holds for ``pipeline.reviews.HELD``."""
    closed_at = DateTimeField()
    closed_by = ObjectIdField()
    closed_as = StringField(choices=("user", "key"), default="user")
    resolution = StringField(choices=("done", "not_needed", "not_possible", "corrected"))
    """``corrected``: whoever put right what was understood settled it by that."""
    note = EncryptedField()
    answer = StringField()
    """Which of the likely answers settled it: ``app.pipeline.review_answers``."""
    answered_version = IntField()
    """The delivery's ``analysis_version`` then, where the answer corrected what was understood."""
    outbox = ListField(EmbeddedDocumentField(Note))
    """What subscribers are to hear of it; see ``app.models.outbox``."""


class Circuit(Document):
    """Whether the account may be asked for calls or messages at all; one document for each."""

    meta = {"collection": "circuits", "auto_create_index": False, "strict": False}
    name = StringField(primary_key=True)
    """``calls``, ``messages``, or ``pushes:`` and the push service's host."""
    state = StringField(choices=("closed", "open", "half_open"), default="closed")
    code = StringField()
    reason = StringField()
    opened_at = DateTimeField()
    probe_at = DateTimeField()
    """When the next single try is let through."""
    probe_id = ObjectIdField()
    tripped_by = ListField(ObjectIdField())
    """The calls, messages or pushes whose failures opened it."""
    failures = ListField(DictField())
    """The latest that count against it: {code, at, who, about}."""
    pause = FloatField()
    """Seconds from its opening to the next try; doubles each time that fails."""


class SystemMetric(Document):
    """One measurement, in a time-series collection (which keeps no other times than its own)."""

    meta = {"collection": "system_metrics", "auto_create_index": False, "strict": False}
    tenant_id = StringField(required=True)
    timestamp = DateTimeField(default=lambda: datetime.now(UTC))
    metric_type = StringField(required=True)
    value = FloatField(required=True)
    unit = StringField()
    tags = DictField()
    """Its labels, and once more whose and what it is: MongoDB stores together what has the same."""
    source = StringField(default="application")

    @classmethod
    def noted(
        cls,
        tenant_id: str,
        metric_type: str,
        value: float,
        *,
        unit: str,
        at: datetime,
        **labels: str,
    ) -> SystemMetric:
        """A measurement, not saved. Labels are few and of few values: queues, states, outcomes."""
        tags = {**labels, "tenant": tenant_id, "metric": metric_type}
        return cls(
            tenant_id=tenant_id,
            timestamp=at,
            metric_type=metric_type,
            value=value,
            unit=unit,
            tags=tags,
        )


class BackupReport(Document):
    """One backup that was taken of this database; it is in none itself."""

    meta = {"collection": "backup_reports", "auto_create_index": False, "strict": False}
    at = DateTimeField(required=True)
    ended_at = DateTimeField(required=True)
    size = LongField()
    """Bytes."""
    with_objects = BooleanField()


class Heartbeat(Document):
    """When a process was last seen at work; one document a process, of the installation itself."""

    meta = {"collection": "heartbeats", "auto_create_index": False, "strict": False}
    name = StringField(primary_key=True)
    at = DateTimeField(required=True)
    job_at = DateTimeField()
    """When a job was last done, where the process does jobs of which that is told."""
    job_seconds = FloatField()
    audio_seconds = FloatField()
    """How long it took, and how long the recording was."""
