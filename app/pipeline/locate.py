"""Locate: an address that came without a place on the map gets one, where a geocoder is set."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from bson import ObjectId

from app.errors import PermanentError
from app.gateways import Geocoder
from app.models import Delivery

log = structlog.get_logger()
_OLDEST = timedelta(days=2)
"""Whom nobody could locate for so long is not looked for any more."""


def locate(delivery_id: ObjectId, geocoder: Geocoder | None, *, now: datetime) -> bool:
    """Find where a delivery goes; True where a place was found. Safe to repeat.

    What a person put down meanwhile stays. An address that is not known stays without a place.
    Raises TransientError where the geocoder does not answer; the sweep asks again.
    """
    delivery: Delivery | None = Delivery.across_tenants(pk=delivery_id, to_locate=True).first()
    if delivery is None:
        return False
    place = None
    too_old = delivery.created_at is not None and delivery.created_at < now - _OLDEST
    if geocoder is not None and not too_old and delivery.coordinates is None:
        try:
            place = geocoder.find(delivery.address)
        except PermanentError:
            log.warning("an address could not be located", delivery_id=str(delivery.pk))
    here = {"address": delivery.address, "coordinates": None}
    if place is not None and delivery.modify(
        here, set__coordinates=list(place), unset__to_locate=True
    ):
        log.info("located", delivery_id=str(delivery.pk))
        return True
    delivery.modify({"address": delivery.address}, unset__to_locate=True)
    return False
