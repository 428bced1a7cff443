"""Sweep: whatever has stood still for too long is offered again. One table says what and when.

Redis may lose any wake-up, and any process may die anywhere: this is what makes that harmless.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.models import (
    BridgedCall,
    CallLog,
    Delivery,
    Message,
    PushMessage,
    Recording,
    Reply,
    StatefulDocument,
)
from app.states import CALL_ENDED

LONGEST_CALL = timedelta(minutes=4)
LONGEST_TALK = timedelta(minutes=16)
"""Of a driver with a customer: a little longer than the network lets it be."""
NOT_PLACED_AFTER = timedelta(minutes=2)
"""How long the network may take to list a call that it accepted, before it counts as not placed."""

LONGEST_QUEUE = timedelta(seconds=60)
"""How long a call may wait in the network's queue: we keep to its pace, so something is wrong."""
SECOND_LOOK = timedelta(minutes=20)
"""When a call that was closed as not placed is looked for once more."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Documents that match and have not changed for ``age`` get ``remedy``, a job's name."""

    name: str
    model: type[StatefulDocument]
    match: dict[str, Any] = field(hash=False)
    age: timedelta
    remedy: str
    needs_answer: bool = False
    due: str | None = None
    """A field with the time before which it need not be looked at, where that is set."""
    aside: int | None = None
    """For what can wait: so many at once at most, and only onto a queue on which nothing waits.

    Only documents that have ``due`` are meant then, and the longest due come first.
    """


_LIVE = ["queued", "ringing", "in-progress"]
RULES: tuple[Rule, ...] = (
    Rule(
        "claimed, not dialled",
        CallLog,
        {"status": "intended", "dialing_at": None},
        timedelta(seconds=15),
        "dial",
        due="next_try_at",
    ),
    Rule(
        "left for later, now due",
        CallLog,
        {"status": "intended", "dialing_at": None, "next_try_at__ne": None},
        timedelta(seconds=1),
        "dial",
        due="next_try_at",
    ),
    Rule(
        "dialled, no answer noted",
        CallLog,
        {"status": "intended", "dialing_at__ne": None},
        timedelta(seconds=30),
        "reconcile",
    ),
    Rule("unknown", CallLog, {"status": "unknown"}, timedelta(seconds=20), "reconcile"),
    Rule(
        "queued until its window closed",
        CallLog,
        {"status": "queued", "queued_until__ne": None},
        timedelta(seconds=2),
        "withdraw",
        due="queued_until",
    ),
    Rule(
        "cancelled by hand, not ended",
        CallLog,
        {"status__in": ["intended", "queued", "ringing"], "cancelled__ne": None},
        timedelta(seconds=2),
        "withdraw",
    ),
    Rule("queued for too long", CallLog, {"status": "queued"}, LONGEST_QUEUE, "withdraw"),
    Rule(
        "closed as not placed, to be looked for again",
        CallLog,
        {"outcome": "not_placed", "looked_again_at": None},
        SECOND_LOOK,
        "look_again",
    ),
    Rule(
        "strangers not ended",
        CallLog,
        {"__raw__": {"strangers.0": {"$exists": True}, "strangers_ended_at": None}},
        timedelta(seconds=5),
        "hang_up",
    ),
    Rule("live for too long", CallLog, {"status__in": _LIVE}, LONGEST_CALL, "reconcile"),
    Rule(
        "ended, not concluded",
        CallLog,
        {"status__in": sorted(CALL_ENDED), "settled_at": None},
        timedelta(seconds=20),
        "conclude",
    ),
    Rule(
        "recording not announced",
        CallLog,
        {
            "status__in": sorted(CALL_ENDED),
            "settled_at": None,
            "effects": "records",
            "recording_url": None,
        },
        timedelta(seconds=60),
        "look_for_recording",
    ),
    Rule(
        "to be put through, nobody rung",
        BridgedCall,
        {"status": "intended", "dialing_at": None},
        timedelta(seconds=3),
        "bridge",
        due="next_try_at",
    ),
    Rule(
        "to be put through, no answer noted",
        BridgedCall,
        {"status": "intended", "dialing_at__ne": None},
        timedelta(seconds=30),
        "follow_bridge",
    ),
    Rule(
        "put through, unknown",
        BridgedCall,
        {"status": "unknown"},
        timedelta(seconds=20),
        "follow_bridge",
    ),
    Rule(
        "put through, not heard of",
        BridgedCall,
        {"status__in": ["queued", "ringing"]},
        timedelta(minutes=2),
        "follow_bridge",
    ),
    Rule(
        "put through for too long",
        BridgedCall,
        {"status": "in-progress"},
        LONGEST_TALK,
        "follow_bridge",
    ),
    Rule(
        "not stored",
        Recording,
        {"stage": "announced"},
        timedelta(seconds=20),
        "store",
        due="next_try_at",
    ),
    Rule(
        "not transcribed",
        Recording,
        {"stage": "stored"},
        timedelta(seconds=60),
        "transcribe",
        due="hearing_until",
    ),
    Rule(
        "not understood", Recording, {"stage": "transcribed"}, timedelta(seconds=15), "understand"
    ),
    Rule(
        "not told",
        Delivery,
        {"to_tell": True, "agent_id__ne": None},
        timedelta(seconds=10),
        "tell",
    ),
    Rule(
        "told, not pushed",
        PushMessage,
        {"status": "to_send"},
        timedelta(seconds=10),
        "push",
        due="next_push_at",
    ),
    Rule(
        "push begun, no end noted",
        PushMessage,
        {"status": "sending"},
        timedelta(seconds=60),
        "push",
    ),
    Rule("not located", Delivery, {"to_locate": True}, timedelta(seconds=60), "locate"),
    Rule("to be texted", Delivery, {"outreach__to_text": True}, timedelta(seconds=10), "send_text"),
    Rule(
        "text not sent",
        Message,
        {"status": "intended", "sending_at": None},
        timedelta(seconds=15),
        "post_text",
        due="not_before",
    ),
    Rule(
        "text sent, no answer noted",
        Message,
        {"status": "intended", "sending_at__ne": None},
        timedelta(seconds=30),
        "reconcile_text",
    ),
    Rule("text unknown", Message, {"status": "unknown"}, timedelta(seconds=20), "reconcile_text"),
    Rule(
        "text queued for long",
        Message,
        {"status": "queued"},
        timedelta(minutes=10),
        "reconcile_text",
    ),
    Rule("reply not read", Reply, {"settled_at": None}, timedelta(seconds=15), "read_reply"),
    Rule(
        "price not known",
        CallLog,
        {"status__in": sorted(CALL_ENDED)},
        timedelta(minutes=1),
        "ask_price",
        due="price_due_at",
        aside=3,
    ),
    Rule(
        "price of a bridged call not known",
        BridgedCall,
        {"status__in": sorted(CALL_ENDED)},
        timedelta(minutes=1),
        "price_bridge",
        due="price_due_at",
        aside=3,
    ),
)


@dataclass(frozen=True, slots=True)
class Stuck:
    """One document that needs a push."""

    rule: Rule
    document: StatefulDocument

    @property
    def document_id(self) -> ObjectId:
        """Its id, for the job."""
        found: ObjectId = self.document.pk
        return found


def stuck(rule: Rule, *, now: datetime, patience: float, limit: int) -> Iterator[Stuck]:
    """Documents to which the rule applies, oldest first, at most ``limit``.

    ``patience`` multiplies the rule's age. A document that was offered stays out of sight for as
    long again. A document that cannot be read does not stop the others.
    """
    before = now - rule.age * patience
    # Each remedy has its own rest: a quick one must not keep a slow one waiting for ever.
    offered_at = f"offered.{rule.remedy}"
    ids = (
        rule.model.across_tenants(updated_at__lt=before, **rule.match)
        .filter(__raw__={"$or": [{offered_at: None}, {offered_at: {"$lt": before}}]})
        .filter(__raw__=_due(rule, now))
        .order_by(rule.due if rule.aside and rule.due else "updatedAt")
        .limit(limit)
        .scalar("id")
    )
    for document_id in list(ids):
        document = rule.model.across_tenants(pk=document_id).first()
        if document is not None:
            yield Stuck(rule, document)


def _due(rule: Rule, now: datetime) -> dict[str, Any]:
    if rule.due is None:
        return {}
    if rule.aside:
        return {rule.due: {"$lte": now}}
    return {"$and": [{"$or": [{rule.due: None}, {rule.due: {"$lte": now}}]}]}


def room(rule: Rule, *, waiting: int, deepest: int) -> int:
    """How many may be offered while so many jobs wait on the remedy's queue."""
    if rule.aside is not None:
        return 0 if waiting else rule.aside
    return max(0, deepest - waiting)


def offered(found: Stuck, *, now: datetime) -> None:
    """Note that the document was offered; that is no change of the document itself."""
    document = found.document
    document._get_collection().update_one(
        {"_id": document.pk, "tenant_id": document.tenant_id},
        {"$set": {f"offered.{found.rule.remedy}": now}},
    )
