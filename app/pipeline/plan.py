"""Plan: deliveries are created, and the first call about each is given a lawful time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from bson import ObjectId
from pymongo.errors import BulkWriteError

from app.errors import PermanentError
from app.models import Consent, Customer, Delivery, Preferences
from app.models.base import stored_time
from app.models.transaction import in_transaction
from app.pipeline.drafts import Draft, Terms, draft_all, known_company
from app.pipeline.wish import NewDelivery, ReferenceTakenError
from app.rules.gate import Consented, RuleBook

__all__ = ["NewDelivery", "Terms", "draft_all", "known_company", "plan", "write_all"]
_DUPLICATE_KEY = 11000
_Fields = Mapping[str, Any]


def plan(
    tenant_id: str,
    wish: NewDelivery,
    *,
    now: datetime,
    window: tuple[time, time],
    book: RuleBook,
    own_number: str | None = None,
    locate: bool = False,
) -> Delivery:
    """Create the delivery, its customer's consent, and the customer where the number is new.

    All of it in one transaction; see ``Terms`` for what is given beside the wish. Raises
    PermanentError, saying what to change, for a wish that cannot be planned (WishError where it
    never could be); then nothing is created.
    """
    terms = Terms(tenant_id, now, window, book, own_number, locate)

    def work() -> Delivery:
        (draft,) = draft_all(terms, [wish])
        if isinstance(draft, PermanentError):
            raise draft
        write_all(terms, [draft])
        return draft.delivery

    return in_transaction(work)


def write_all(terms: Terms, drafts: Sequence[Draft]) -> None:
    """Create them, with their customers and consents; three requests for all.

    For a transaction in which they were drafted. Raises PermanentError where another was faster
    with the reference of one of them; then none is created.
    """
    if not drafts:
        return
    now = stored_time(terms.now)
    Customer.update_each(
        terms.tenant_id, [each for draft in drafts for each in _of_customer(draft, now)]
    )
    Consent.update_each(
        terms.tenant_id,
        [_of_consent(draft.phone, draft.consent, now) for draft in drafts if draft.consent],
    )
    try:
        Delivery.insert_all([each.delivery for each in drafts])
    except BulkWriteError as error:
        faults = error.details.get("writeErrors") or [{}]
        if faults[0].get("code") != _DUPLICATE_KEY:
            raise
        taken = drafts[faults[0].get("index", 0)].wish.reference
        raise ReferenceTakenError(taken) from None


def _of_customer(draft: Draft, now: datetime) -> Iterator[tuple[_Fields, _Fields]]:
    """What is known of the customer with this number, made where there is none."""
    wish, whose = draft.wish, {"phone": draft.phone}
    preferences = Preferences(language=wish.language or "en", timezone=draft.delivery.time_zone)
    yield (
        whose,
        {
            "set__name": wish.customer_name,
            "set__address": wish.address,
            "set_on_insert__id": draft.delivery.customer_id,
            "set_on_insert__created_at": now,
            "set_on_insert__preferences": preferences,
            "unset__deleted_at": True,
            "inc__total_deliveries": 1,
        },
    )
    told = {
        "set__preferences__language": wish.language,
        "set__preferences__delivery_instructions": wish.delivery_instructions,
    }
    if changes := {name: value for name, value in told.items() if value}:
        # Not with the above: what is set on insert and its parts exclude each other.
        yield whose, changes


def _of_consent(phone: str, consent: Consented, now: datetime) -> tuple[_Fields, _Fields]:
    """That the number was given for this order; once, however often it is planned."""
    return (
        {"phone": phone, "basis": consent.basis, "source": consent.source},
        {
            "set_on_insert__id": ObjectId(consent.id),
            "set_on_insert__since": consent.since,
            "set_on_insert__created_at": now,
        },
    )
