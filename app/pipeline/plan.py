"""Plan: a delivery is created, and its first call is given a lawful time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from bson import ObjectId
from mongoengine import NotUniqueError

from app.errors import PermanentError
from app.models import Agent, Customer, Delivery, Outreach, Preferences, Route, TimeWindow
from app.models.delivery import PackageDetails
from app.rules import calling_hours
from app.states import DELIVERY

_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """What a dispatcher knows about a delivery. ``phone`` in E.164, or as dialled in ``region``."""

    reference: str | None
    customer_name: str
    phone: str
    address: str
    longitude: float
    latitude: float
    scheduled_time: datetime
    time_zone: str
    window_end: datetime | None = None
    region: str | None = None
    language: str = "en"
    agent_email: str | None = None
    sequence: int | None = None
    parcel: str | None = None
    fragile: bool = False
    signature_required: bool = False


def plan(
    tenant_id: str, wish: NewDelivery, *, now: datetime, window: tuple[time, time]
) -> Delivery:
    """Create the delivery, and its customer where the number is new.

    Raises PermanentError, saying what to change, for a wish that cannot be planned; then nothing
    is created.
    """
    phone = _checked(wish, now)
    agent = _agent(tenant_id, wish.agent_email)
    if wish.reference and Delivery.of(tenant_id, reference=wish.reference).only("id").first():
        raise PermanentError(f"reference {wish.reference} is planned already")
    customer = _customer(tenant_id, phone, wish)
    delivery = Delivery(
        tenant_id=tenant_id,
        customer_id=customer.pk,
        agent_id=agent.pk if agent else None,
        address=wish.address,
        coordinates=[wish.longitude, wish.latitude],
        scheduled_time=wish.scheduled_time,
        window=TimeWindow(start=wish.scheduled_time, end=wish.window_end),
        time_zone=wish.time_zone,
        reference=wish.reference,
        route=Route(sequence=wish.sequence, eta=wish.scheduled_time),
        package_details=PackageDetails(
            special_instructions=wish.parcel,
            fragile=wish.fragile,
            signature_required=wish.signature_required,
        ),
        outreach=_first_outreach(wish, now, window),
    )
    try:
        delivery.save()
    except NotUniqueError:
        raise PermanentError(f"reference {wish.reference} is planned already") from None
    if agent:
        delivery.move_to(DELIVERY, "assigned", at=now, cause="planned with an agent")
    return delivery


def _checked(wish: NewDelivery, now: datetime) -> str:
    """The customer's number in E.164. Raises PermanentError naming all that is wrong."""
    problems = []
    phone = ""
    try:
        number = phonenumbers.parse(wish.phone, wish.region)
        phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if not phonenumbers.is_possible_number(number):
            problems.append("phone is not a possible telephone number")
    except phonenumbers.NumberParseException:
        problems.append("phone must be a telephone number with its country, as +14155550123")
    try:
        ZoneInfo(wish.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        problems.append(f"time_zone {wish.time_zone!r} is none; write one like Europe/London")
    if not (-180 <= wish.longitude <= 180 and -90 <= wish.latitude <= 90):
        problems.append("longitude must be within -180 and 180, latitude within -90 and 90")
    if wish.scheduled_time <= now:
        problems.append("scheduled_time must lie ahead")
    if wish.window_end is not None and wish.window_end <= wish.scheduled_time:
        problems.append("window_end must be after scheduled_time")
    if not wish.customer_name.strip() or not wish.address.strip():
        problems.append("customer_name and address must be given")
    texts = (wish.customer_name, wish.address, wish.reference or "", wish.parcel or "")
    if any(len(text) > _LONGEST_TEXT or not text.isprintable() for text in texts):
        problems.append(
            f"texts must be of at most {_LONGEST_TEXT} letters, on one line, without control codes"
        )
    if problems:
        raise PermanentError("; ".join(problems))
    return phone


def _agent(tenant_id: str, email: str | None) -> Agent | None:
    if not email:
        return None
    agent: Agent | None = Agent.of(tenant_id, email=email, is_active=True).first()
    if agent is None:
        raise PermanentError(f"no active agent has the e-mail address {email}")
    return agent


def _customer(tenant_id: str, phone: str, wish: NewDelivery) -> Customer:
    """The customer with this number, made where there is none; safe against a race."""
    Customer.of(tenant_id, phone=phone).update_one(
        upsert=True,
        set__name=wish.customer_name,
        set__address=wish.address,
        set_on_insert__id=ObjectId(),
        set_on_insert__preferences=Preferences(language=wish.language, timezone=wish.time_zone),
        inc__total_deliveries=1,
    )
    customer: Customer = Customer.of(tenant_id, phone=phone).get()
    if customer.created_at is None:
        customer.save()
    return customer


def _first_outreach(wish: NewDelivery, now: datetime, window: tuple[time, time]) -> Outreach:
    verdict = calling_hours.judge(now, wish.time_zone, window, deadline=wish.scheduled_time)
    if verdict.not_before is None:
        return Outreach(state="skipped", reason=verdict.reason)
    return Outreach(state="pending", next_attempt_at=verdict.not_before, reason=verdict.reason)
