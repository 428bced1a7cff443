"""Review: what a dispatcher must decide or do, in the order in which the vans arrive."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.models import Review
from app.models.outbox import Note


def open_review(
    tenant_id: str,
    delivery_id: ObjectId,
    *,
    reason: str,
    source_id: ObjectId,
    call_id: ObjectId | None,
    due: datetime | None,
    now: datetime,
) -> None:
    """Put something before the dispatchers; safe to repeat.

    One review for each ``source_id`` (the call, recording or reply that calls for it) and
    ``reason`` (see ``Review.reason``). What a dispatcher has closed stays closed.
    """
    Review.of(tenant_id, source_id=source_id, reason=reason).update_one(
        upsert=True,
        set_on_insert__delivery_id=delivery_id,
        set_on_insert__call_id=call_id,
        set_on_insert__due=due or now,
        set_on_insert__opened_at=now,
        set_on_insert__created_at=now,
        set_on_insert__outbox=[Note(type="review.opened", at=now)],
    )
