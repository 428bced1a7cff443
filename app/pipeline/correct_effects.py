"""What a correction means beside the directives: for reviews, and for whom we may call."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.models import Correction, Customer, Delivery, Recording, Review, Suppression
from app.models.numbers import either
from app.pipeline.review import open_review
from app.pipeline.reviews import NOBODY
from app.pipeline.suppression import suppress
from app.rules.analysis import FOR_A_PERSON, Kind


def settle(delivery: Delivery, correction: Correction, *, now: datetime) -> None:
    """Let reviews and suppressions follow a correction that is in effect; safe to repeat.

    What was to be looked at because the answer was unclear is done; what is not wanted any more
    need not be acted on, what is wanted now must be. A number that was suppressed stays so.
    """
    kinds = {each.kind for each in correction.after.directives}
    before = {each.kind for each in correction.before.directives} if correction.before else set()
    settled = ["unclear", "unheard", *(kind.value for kind in sorted(FOR_A_PERSON - kinds))]
    Review.of(
        delivery.tenant_id,
        delivery_id=delivery.pk,
        source_id__in=_sources(correction),
        reason__in=settled,
        closed_at=None,
    ).update(
        set__closed_at=now,
        set__closed_by=correction.corrected_by,
        set__closed_as=correction.corrected_as,
        set__resolution="corrected",
        **NOBODY,
    )
    for kind in sorted((kinds & FOR_A_PERSON) - before):
        open_review(
            delivery.tenant_id,
            delivery.pk,
            reason=kind.value,
            source_id=correction.pk,
            call_id=correction.after.call_id,
            due=delivery.scheduled_time,
            now=now,
        )
    if Kind.OPT_OUT in kinds - before:
        _suppress_once(delivery, correction, now)


def _sources(correction: Correction) -> list[ObjectId]:
    """All by which a review may name the answer that was corrected."""
    record = correction.before or correction.after
    spoken = Recording.of(correction.tenant_id, pk=record.source_id).first()
    reply_id = spoken.reply_id if spoken else None
    named = (record.source_id, record.call_id, record.correction_id, reply_id)
    return [each for each in named if each is not None]


def _suppress_once(delivery: Delivery, correction: Correction, now: datetime) -> None:
    phone = _phone(delivery)
    known = Suppression.of(delivery.tenant_id, phone=phone, evidence=correction.pk)
    if phone and known.first() is None:
        evidence = correction.pk
        suppress(delivery.tenant_id, phone, source="dispatcher", evidence=evidence, now=now)


def _phone(delivery: Delivery) -> str:
    customer = Customer.of(delivery.tenant_id, pk=delivery.customer_id).first()
    return str(customer.phone) if customer else ""


def suppressed(delivery: Delivery) -> bool:
    """Is the customer's number not to be called, or not to be texted?"""
    held = Suppression.of(delivery.tenant_id, phone__in=either(_phone(delivery)), lifted_at=None)
    return bool(held.count())
