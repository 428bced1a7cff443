"""The deliveries of one day: planned as a dispatcher plans them, driven as a driver drives them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bson import ObjectId

from app.errors import PermanentError
from app.models import Agent, Delivery, Tenant
from app.pipeline.plan import NewDelivery, plan
from app.states import DELIVERY
from tests.simulation.calendar_days import Day
from tests.simulation.people import DRIVER, SECOND_COMPANY, Customer, customer
from tests.simulation.places import PLACES, Place
from tests.simulation.world import World

Dice = random.Random
_RETURNING = 0.35
OFFICE = "+14155550177"
"""Where the first company answers who wants to speak to a person."""
SECOND_HOURS = (10, 18)
"""The second company's own hours, local."""


@dataclass(frozen=True, slots=True)
class Order:
    """One parcel, for whom, and what its dispatcher knows."""

    customer: Customer
    reference: str
    planned_at: datetime
    van_at: datetime
    consent: bool
    canceled_at: datetime | None


def companies(quiet_day: str | None) -> None:
    """The two companies, and their drivers; safe to repeat."""
    first = Tenant.of("default").first() or Tenant(tenant_id="default", name="Harbour Parcels")
    first.calling.transfer_number = OFFICE
    first.calling.transfer_hours = "08:00-21:00"
    first.save()
    second = Tenant.of(SECOND_COMPANY).first() or Tenant(
        tenant_id=SECOND_COMPANY, name="Night Freight", callback_number="+14155550188"
    )
    second.calling.hours = "{:02}:00-{:02}:00".format(*SECOND_HOURS)
    second.calling.mode = "package_notification"
    second.calling.quiet_days = [quiet_day] if quiet_day else []
    second.save()
    for tenant_id in ("default", SECOND_COMPANY):
        if not Agent.of(tenant_id).first():
            email = f"driver@{tenant_id}.example"
            Agent(tenant_id=tenant_id, name="Dana", phone=DRIVER, email=email,
                  password="not a hash").save()  # fmt: skip


def orders(day: Day, known: list[Customer], faults: tuple[str, ...], dice: Dice) -> list[Order]:
    """Draw two to four parcels, most of them for people around the day's place.

    New customers are added to those known.
    """
    found = []
    # Who is texted was called in vain before: that takes most of a day.
    unhurried = any(kind.startswith("message_") for kind in faults)
    for nth in range(4 if unhurried else dice.choice((2, 2, 3, 3, 4))):
        whom = _whom(day, known, faults, dice) if nth else _anew(day.anchor, known, faults, dice)
        found.append(_order(day, whom, nth, dice, unhurried=unhurried and dice.random() < 0.7))
    return found


def _whom(day: Day, known: list[Customer], faults: tuple[str, ...], dice: Dice) -> Customer:
    if known and dice.random() < _RETURNING:
        return dice.choice(known)
    place = day.anchor if dice.random() < 0.3 else dice.choice(PLACES)
    return _anew(place, known, faults, dice)


def _anew(place: Place, known: list[Customer], faults: tuple[str, ...], dice: Dice) -> Customer:
    known.append(customer(dice, place, len(known), faults))
    return known[-1]


def _order(day: Day, whom: Customer, nth: int, dice: Dice, *, unhurried: bool) -> Order:
    zone = ZoneInfo(whom.place.zone)
    earliest = 17 * 60 if unhurried else 6 * 60 + 30
    minute = dice.randrange(earliest, 21 * 60, 5)
    van_at = datetime.combine(day.day, time(minute // 60, minute % 60), tzinfo=zone)
    planned_at = _planning(day, whom, van_at, dice)
    if unhurried:
        planned_at = datetime.combine(day.day, time(6, dice.randrange(60)), tzinfo=zone)
    canceled = dice.random() < 0.04
    return Order(
        customer=whom,
        reference=f"R-{day.day:%Y%m%d}-{nth}",
        planned_at=planned_at,
        van_at=van_at,
        consent=dice.random() > 0.04,
        canceled_at=planned_at + dice.random() * (van_at - planned_at) if canceled else None,
    )


def _planning(day: Day, whom: Customer, van_at: datetime, dice: Dice) -> datetime:
    """The evening before, the same morning, or just before the lawful hours of the eve end."""
    zone = ZoneInfo(whom.place.zone)
    eve = day.day - timedelta(days=1)
    way = dice.random()
    if way < 0.45:
        at = datetime.combine(eve, time(16), tzinfo=zone) + timedelta(hours=7 * dice.random())
    elif way < 0.7:
        at = datetime.combine(day.day, time(4), tzinfo=zone) + timedelta(hours=5 * dice.random())
    else:
        closing = datetime.combine(eve, time(_closing(whom)), tzinfo=zone)
        # Dialled in the window's last second it would leave the network's queue too late; with
        # little more than a minute left, too late once the network has refused it a few times.
        seconds = dice.uniform(*dice.choice(((0.3, 1.3), (1, 60), (60, 120))))
        at = closing - timedelta(seconds=seconds)
    latest = van_at - timedelta(minutes=dice.choice((10, 40, 120)))
    return min(at, latest, key=lambda moment: moment.timestamp())


def _closing(whom: Customer) -> int:
    """The local hour from which on they may not be called any more."""
    own = SECOND_HOURS[1] if whom.tenant_id == SECOND_COMPANY else 21
    return min(own, *(law.until for law in whom.law))


async def live(order: Order, world: World, dice: Dice) -> None:
    """Plan the parcel in time, cancel it perhaps, and bring it."""
    await world.time.until(order.planned_at)
    delivery_id = _plan(order, world)
    world.stir()
    if delivery_id is None:
        return
    if order.canceled_at is not None:
        await world.time.until(order.canceled_at)
        _drive(delivery_id, "cancelled", world)
        return
    await world.time.until(order.van_at - timedelta(hours=1))
    _drive(delivery_id, "in_transit", world)
    await world.time.until(order.van_at + timedelta(minutes=dice.randrange(5, 90)))
    _drive(delivery_id, "completed", world)


def _plan(order: Order, world: World) -> ObjectId | None:
    whom, place = order.customer, order.customer.place
    by_door = whom.known_by == "coordinates"
    wish = NewDelivery(
        reference=order.reference,
        customer_name=whom.name,
        phone=whom.number,
        address=f"12 Mill Lane, {place.name}" + (f", {place.state} 12345" if place.state else ""),
        scheduled_time=order.van_at,
        longitude=place.longitude if by_door else None,
        latitude=place.latitude if by_door else None,
        time_zone=place.zone if whom.known_by == "stated" else None,
        window_end=order.van_at + timedelta(hours=2),
        language=place.language,
        agent_email=f"driver@{whom.tenant_id}.example",
        consent=order.consent,
    )
    runtime = world.product.runtime
    try:
        delivery = plan(
            whom.tenant_id,
            wish,
            now=world.time.moment,
            window=runtime.settings.calling_window,
            book=runtime.rules,
        )
    except PermanentError as error:
        if "the number tells none" in str(error) or "must lie ahead" in str(error):
            # A dispatcher would add what is missing; here one delivery less is planned.
            return None
        raise
    found: ObjectId = delivery.pk
    return found


def _drive(delivery_id: ObjectId, status: str, world: World) -> None:
    delivery = Delivery.across_tenants(pk=delivery_id).get()
    delivery.move_to(DELIVERY, status, at=world.time.moment, cause="by the driver")
    world.stir()
