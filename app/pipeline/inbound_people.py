"""Who wrote a text message, and to which company: several may know the same number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.models import DEFAULT_TENANT, CallLog, Customer, Delivery, Message, Tenant
from app.pipeline.link import deadline
from app.pipeline.standing import REMEMBERED
from app.rules.texts import spoken
from app.states import DELIVERY_OVER

_LONGEST_WINDOW = timedelta(hours=24)
_NEVER_CAME = ("failed", "undelivered", "canceled")


@dataclass(frozen=True, slots=True)
class Person:
    """Who has this number: a customer of one company, with the deliveries still to come."""

    tenant_id: str
    customer: Customer | None
    deliveries: tuple[Delivery, ...]

    @property
    def language(self) -> str:
        """The language of ours in which they are answered."""
        return spoken(self.customer.preferences.language if self.customer else "en")


def everybody(number: str, now: datetime) -> tuple[Person, ...]:
    """Everybody this may be, whose van comes next first; never empty."""
    found = []
    for customer in Customer.across_tenants(phone=number):
        coming = Delivery.of(
            customer.tenant_id,
            customer_id=customer.pk,
            status__nin=DELIVERY_OVER,
            scheduled_time__gt=now - _LONGEST_WINDOW,
        ).order_by("scheduled_time")
        still = tuple(each for each in coming if now < deadline(each))
        found.append(Person(customer.tenant_id, customer, still))
    found.sort(
        key=lambda person: (
            not person.deliveries,
            *(each.scheduled_time for each in person.deliveries[:1]),
            person.tenant_id,
        )
    )
    return tuple(found) or (Person(DEFAULT_TENANT, None, ()),)


def company_meant(
    people: tuple[Person, ...], number: str, to_number: str, our_number: str, now: datetime
) -> str:
    """The tenant that this number answers: the one that names the number written to as its own.

    ``our_number`` is the installation's, from which every company calls and writes: who writes to
    it answers the company that wrote to them, or called them, last; whoever has the next delivery
    where none did, as far back as contacts count.
    """
    if to_number != our_number:
        named = Tenant.across_tenants(callback_number=to_number).only("tenant_id").first()
        if named is not None:
            return str(named.tenant_id)
    last = [(_last_contact(each.tenant_id, number, now), each.tenant_id) for each in people]
    reached = [(at, tenant_id) for at, tenant_id in last if at is not None]
    return max(reached)[1] if reached else people[0].tenant_id


def of_first(tenant_id: str, people: tuple[Person, ...]) -> tuple[Person, ...]:
    """The same people, those of this company first: a stranger to it where it knows none."""
    its = tuple(each for each in people if each.tenant_id == tenant_id)
    others = tuple(each for each in people if each.tenant_id != tenant_id)
    return (*(its or (Person(tenant_id, None, ()),)), *others)


def _last_contact(tenant_id: str, number: str, now: datetime) -> datetime | None:
    """When this company last wrote to the number or rang it; None for not lately."""
    lately = {"to_number": number, "claimed_at__gt": now - REMEMBERED, "status__nin": _NEVER_CAME}
    text = (
        Message.of(tenant_id, sending_at__exists=True, **lately)
        .order_by("-sending_at")
        .only("sending_at")
        .first()
    )
    call = (
        CallLog.of(tenant_id, dialing_at__exists=True, direction="outbound", **lately)
        .order_by("-dialing_at")
        .only("dialing_at")
        .first()
    )
    times = [text.sending_at] if text else []
    times += [call.dialing_at] if call else []
    return max(times, default=None)
