"""What is known of a delivery and its customer, for understanding what they say."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bson import ObjectId

from app.models import Customer, Delivery
from app.rules.directives import Known, place_in

_OF_CUSTOMER = ("name", "preferences.delivery_instructions")


def known_of(delivery: Delivery) -> Known:
    """The facts of a delivery, in its own time zone; those of its customer where there is one."""
    window = delivery.window
    return known(
        delivery.tenant_id,
        delivery.customer_id,
        delivery.scheduled_time,
        (window.start, window.end) if window else (None, None),
        delivery.time_zone,
    )


def known(
    tenant_id: str,
    customer_id: ObjectId | None,
    scheduled: datetime,
    window: tuple[datetime | None, datetime | None],
    zone: str,
) -> Known:
    """The same from a delivery's plain values; one read. Raises PyMongoError."""
    local = ZoneInfo(zone)
    start, end = (each.astimezone(local) if each else None for each in window)
    # A window that goes on past midnight says nothing of a day's hours.
    whole = start is not None and end is not None and start.date() == end.date()
    customer = None
    if customer_id is not None:
        wanted = Customer.of(tenant_id, pk=customer_id)
        customer = wanted.only(*_OF_CUSTOMER).first()
    standing = customer.preferences.delivery_instructions if customer else None
    return Known(
        day=scheduled.astimezone(local).date(),
        start=start.time() if start and whole else None,
        end=end.time() if end and whole else None,
        name=customer.name if customer else "",
        usual_place=place_in(standing or ""),
    )
