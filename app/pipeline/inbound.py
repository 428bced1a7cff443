"""Inbound: a customer calls us; who it is, and which deliveries it is about.

An inbound call is a call like any other, but that nobody claimed or dialled it: attempt 0, never
``in_flight``. It neither waits for a call of ours to the same customer nor keeps one from being
placed; for a few minutes, though, ours are put off, for nobody answers while calling us.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from mongoengine import NotUniqueError

from app.config import E164
from app.models import DEFAULT_TENANT, CallLog, Customer, Delivery, Tenant
from app.models.call_log import WebhookEvent
from app.rules import references

log = structlog.get_logger()
MOST_TRIES = 3
"""How often a caller may give a reference in one call."""
UNIDENTIFIED = "unidentified"
_MOST_CALLS_A_DAY = 5
_MOST_WITHHELD_A_DAY = 50
_DAY = timedelta(days=1)
_ON_THE_LINE = timedelta(minutes=5)
_BEHIND, _AHEAD = timedelta(hours=4), timedelta(days=7)
_OPEN = ("scheduled", "assigned", "in_transit")
_MOST_REFERENCES = 50_000
_WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""What Twilio shows for a number that is withheld: ANONYMOUS and the like, typed on a keypad."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A customer's call as the network announces it."""

    call_sid: str
    from_number: str
    to_number: str
    key: str
    data: dict[str, Any]


def is_withheld(number: str) -> bool:
    """Does the caller hide their number?"""
    return number in _WITHHELD or not E164.fullmatch(number)


def tenant_called(to_number: str, from_number: str) -> Tenant | None:
    """The company that is meant: the one that names the number called as its own.

    The installation's own number shows on every company's calls: who calls that means the company
    that called them from it last; the installation's own company, where none did.
    """
    # The one question across tenants here: which tenant it is.
    named: Tenant | None = Tenant.across_tenants(callback_number=to_number).first()
    return named or _last_caller(to_number, from_number) or Tenant.of(DEFAULT_TENANT).first()


def _last_caller(our_number: str, customer: str) -> Tenant | None:
    call = (
        CallLog.across_tenants(to_number=customer, dialing_at__exists=True, from_number=our_number)
        .order_by("-dialing_at")
        .only("tenant_id")
        .first()
    )
    found: Tenant | None = Tenant.of(call.tenant_id).first() if call else None
    return found


def arrive(tenant: Tenant, arrival: Arrival, *, now: datetime) -> CallLog:
    """Keep an inbound call, the same one however often it is announced.

    It covers the caller's next deliveries where the number is a customer's; otherwise
    ``delivery_id`` is absent until a reference is given, and nothing follows from the call.
    """
    known: CallLog | None = CallLog.across_tenants(call_sid=arrival.call_sid).first()
    if known is not None:
        return known
    call = CallLog(
        tenant_id=tenant.tenant_id,
        call_sid=arrival.call_sid,
        direction="inbound",
        attempt=0,
        status="in-progress",
        in_flight=False,
        from_number=arrival.from_number,
        to_number=arrival.to_number,
        claimed_at=now,
        start_time=now,
        answered_by="human",
        settled_at=now,
        outcome=UNIDENTIFIED,
        webhook_events=[
            WebhookEvent(key=arrival.key, event="inbound", timestamp=now, data=arrival.data)
        ],
    )
    customer = _caller(tenant, arrival.from_number)
    covered = _next_of(customer, now) if customer else ()
    if customer and covered:
        _identify(call, customer, covered)
    try:
        call.save(force_insert=True)
    except NotUniqueError:
        found: CallLog = CallLog.across_tenants(call_sid=arrival.call_sid).get()
        return found
    if covered:
        _put_off_ours(call, now)
    return call


def may_ask(call: CallLog, *, now: datetime) -> bool:
    """May this caller, whom we do not know, be asked for a reference?

    Not from a number from which too many calls came without one in a day; all that hide theirs
    count as one.
    """
    recent = CallLog.of(
        call.tenant_id,
        direction="inbound",
        from_number=call.from_number,
        outcome=UNIDENTIFIED,
        claimed_at__gt=now - _DAY,
    )
    most = _MOST_WITHHELD_A_DAY if is_withheld(call.from_number) else _MOST_CALLS_A_DAY
    return bool(recent.limit(most + 1).count(with_limit_and_skip=True) <= most)


def give_reference(call: CallLog, *, digits: str, words: str, now: datetime) -> bool:
    """Take the reference that a caller gave. True where the call now is about a delivery.

    It must fit deliveries of one customer alone. At most MOST_TRIES a call: later ones are not
    even looked at.
    """
    if call.delivery_id is not None:
        return True
    counted = CallLog.of(
        call.tenant_id, pk=call.pk, delivery_id=None, reference_tries__not__gte=MOST_TRIES
    ).update_one(inc__reference_tries=1)
    if not counted:
        return False
    deliveries = _fitting(call.tenant_id, digits, words, now)
    customers = {delivery.customer_id for delivery in deliveries}
    if len(customers) != 1:
        return False
    customer = Customer.of(call.tenant_id, pk=customers.pop()).first()
    if customer is None:
        return False
    lead = min(deliveries, key=lambda delivery: delivery.scheduled_time)
    _identify(call, customer, (lead,))
    # What was on the line before is kept: only who it is about changes, once.
    changed = CallLog.of(call.tenant_id, pk=call.pk, delivery_id=None).update_one(
        set__delivery_id=call.delivery_id,
        set__customer_id=call.customer_id,
        set__covers=call.covers,
        set__language=call.language,
        set__customer_phone=customer.phone,
        set__identified_by="reference",
        unset__settled_at=True,
        unset__outcome=True,
    )
    if changed:
        _put_off_ours(call, now)
    call.reload()
    return call.delivery_id is not None


def _caller(tenant: Tenant, number: str) -> Customer | None:
    if is_withheld(number):
        return None
    found: Customer | None = Customer.of(tenant.tenant_id, phone=number).first()
    return found


def _next_of(customer: Customer, now: datetime) -> tuple[Delivery, ...]:
    """The customer's open deliveries on the day of the next one, in their order."""
    ahead = list(
        Delivery.of(
            customer.tenant_id,
            customer_id=customer.pk,
            status__in=_OPEN,
            scheduled_time__gt=now - _BEHIND,
        )
        .order_by("scheduled_time")
        .limit(20)
    )
    return tuple(each for each in ahead if _day(each) == _day(ahead[0]))


def _day(delivery: Delivery) -> date:
    local: datetime = delivery.scheduled_time.astimezone(ZoneInfo(delivery.time_zone))
    return local.date()


def _fitting(tenant_id: str, digits: str, words: str, now: datetime) -> list[Delivery]:
    ahead = Delivery.of(
        tenant_id,
        status__in=_OPEN,
        scheduled_time__gt=now - _BEHIND,
        scheduled_time__lt=now + _AHEAD,
        reference__ne=None,
    )
    known: list[str] = list(ahead.limit(_MOST_REFERENCES).scalar("reference"))
    fitting = references.typed(digits, known) or references.spoken(words, known)
    return list(ahead.filter(reference__in=sorted(fitting)).limit(20)) if fitting else []


def _identify(call: CallLog, customer: Customer, covered: Sequence[Delivery]) -> None:
    call.customer_id = customer.pk
    call.delivery_id = covered[0].pk
    call.covers = [delivery.pk for delivery in covered]
    call.language = customer.preferences.language or "en"
    call.customer_phone = customer.phone
    call.identified_by = "number"
    call.settled_at = call.outcome = None


def _put_off_ours(call: CallLog, now: datetime) -> None:
    """No call of ours to somebody who is calling us, as far as none is on its way already."""
    Delivery.of(
        call.tenant_id,
        pk__in=call.covers,
        outreach__state__in=["pending", "waiting"],
        outreach__next_attempt_at__lt=now + _ON_THE_LINE,
    ).update(set__outreach__next_attempt_at=now + _ON_THE_LINE)
