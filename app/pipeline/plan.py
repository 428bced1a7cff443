"""Plan: a delivery is created, and its first call is given a lawful time."""

from __future__ import annotations

from datetime import datetime, time

from bson import ObjectId
from mongoengine import NotUniqueError

from app.errors import PermanentError
from app.models import (
    Agent,
    Consent,
    Customer,
    Delivery,
    Outreach,
    Preferences,
    Route,
    Tenant,
    TimeWindow,
)
from app.models.delivery import PackageDetails
from app.models.outbox import told_of
from app.pipeline.permission import judge_delivery
from app.pipeline.wish import NewDelivery, checked
from app.rules.gate import RuleBook, Verdict
from app.states import DELIVERY, OUTREACH

__all__ = ["NewDelivery", "known_company", "plan"]


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

    ``own_number`` is the one we call from: no customer has it. ``locate``: is there a geocoder,
    so that an address without a place is to be found on the map? Raises PermanentError, saying what
    to change, for a wish that cannot be planned; then no delivery is created.
    """
    known_company(tenant_id)
    phone, time_zone = checked(wish, now, own_number)
    agent = _agent(tenant_id, wish.agent_email)
    if wish.reference and Delivery.of(tenant_id, reference=wish.reference).only("id").first():
        raise PermanentError(f"reference {wish.reference} is planned already")
    customer = _customer(tenant_id, phone, wish, time_zone)
    delivery = Delivery(
        id=ObjectId(),
        tenant_id=tenant_id,
        customer_id=customer.pk,
        agent_id=agent.pk if agent else None,
        address=wish.address,
        coordinates=list(wish.coordinates) if wish.coordinates else None,
        scheduled_time=wish.scheduled_time,
        window=TimeWindow(start=wish.scheduled_time, end=wish.window_end),
        time_zone=time_zone,
        reference=wish.reference,
        to_locate=(locate and wish.coordinates is None) or None,
        route=Route(sequence=wish.sequence, eta=wish.scheduled_time),
        package_details=PackageDetails(
            special_instructions=wish.parcel,
            fragile=wish.fragile,
            signature_required=wish.signature_required,
        ),
    )
    if wish.consent:
        _consent(delivery, phone, now)
    verdict = judge_delivery(delivery, book, now=now, window=window)
    delivery.outreach = _first_outreach(verdict)
    delivery.outbox = [
        *told_of(DELIVERY.name, delivery.status, at=now, cause="planned"),
        # Whom nobody may call is known from the start.
        *told_of(OUTREACH.name, delivery.outreach.state, at=now, cause=delivery.outreach.reason),
    ]
    try:
        delivery.save(force_insert=True)
    except NotUniqueError:
        raise PermanentError(f"reference {wish.reference} is planned already") from None
    if agent:
        delivery.move_to(DELIVERY, "assigned", at=now, cause="planned with an agent")
    return delivery


def known_company(tenant_id: str) -> None:
    """Raises PermanentError, with the command that makes it, where there is no such company.

    Without one its customers would be called by nobody: no name, no callback number.
    """
    if Tenant.of(tenant_id).only("id").first() is None:
        raise PermanentError(
            f"there is no company {tenant_id!r}: delauto tenant set NAME --tenant {tenant_id}"
        )


def _agent(tenant_id: str, email: str | None) -> Agent | None:
    if not email:
        return None
    agent: Agent | None = Agent.of(
        tenant_id, email=email, is_active=True, role="agent", deleted_at=None
    ).first()
    if agent is None:
        raise PermanentError(f"no active agent has the e-mail address {email}")
    return agent


def _customer(tenant_id: str, phone: str, wish: NewDelivery, time_zone: str) -> Customer:
    """The customer with this number, made where there is none; safe against a race."""
    Customer.of(tenant_id, phone=phone).update_one(
        upsert=True,
        set__name=wish.customer_name,
        set__address=wish.address,
        set_on_insert__id=ObjectId(),
        set_on_insert__preferences=Preferences(language=wish.language or "en", timezone=time_zone),
        unset__deleted_at=True,
        inc__total_deliveries=1,
    )
    if wish.language:
        Customer.of(tenant_id, phone=phone).update_one(set__preferences__language=wish.language)
    if wish.delivery_instructions:
        Customer.of(tenant_id, phone=phone).update_one(
            set__preferences__delivery_instructions=wish.delivery_instructions
        )
    customer: Customer = Customer.of(tenant_id, phone=phone).get()
    if customer.created_at is None:
        customer.save()
    return customer


def _consent(delivery: Delivery, phone: str, now: datetime) -> None:
    """Note that the number was given for this order; once, however often it is planned."""
    source = delivery.reference or str(delivery.pk)
    Consent.of(delivery.tenant_id, phone=phone, basis="order", source=source).update_one(
        upsert=True,
        set_on_insert__id=ObjectId(),
        set_on_insert__since=now,
        set_on_insert__created_at=now,
    )


def _first_outreach(verdict: Verdict | None) -> Outreach:
    if verdict is None:
        return Outreach(state="skipped", reason="the customer is gone")
    if verdict.not_before is None:
        state = "suppressed" if verdict.has("suppression") else "skipped"
        return Outreach(state=state, reason=verdict.summary)
    return Outreach(state="pending", next_attempt_at=verdict.not_before, reason=verdict.summary)
