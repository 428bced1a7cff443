"""A delivery as it is sent, made what the pipeline plans; what speaks against it, at its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bson import ObjectId

from app.models import Customer
from app.models.delivery import Dimensions, PackageDetails
from app.pipeline.plan import NewDelivery as Wish
from app.pipeline.wish import ReferenceTakenError, WishError, Wrong
from app.saying import Saying
from app.web.api.asking import Ask
from app.web.api.delivery_shapes import NewDelivery, Parcel
from app.web.api.phones import e164, region_of
from app.web.api.problems import Fault, Problem, invalid

_PLACES = {"longitude": "place", "latitude": "place", "parcel": "parcel/special_instructions"}
"""Where a field is in the body, if not at its own name."""
_OF_A_NEW_ONE = ("customer_name", "phone", "address")
_OF_WHO_IS_KNOWN = ("customer_name", "phone", "region")


@dataclass(frozen=True, slots=True)
class Known:
    """What the wishes of one request may lean on, read with two queries for all of them."""

    region: str | None
    """Where the company itself is called."""
    customers: Mapping[str, Customer]
    """Those who are named by their id, by it."""

    @classmethod
    def read(cls, ask: Ask, bodies: Sequence[NewDelivery]) -> Known:
        """Of the caller's company."""
        ids = [ObjectId(each.customer_id) for each in bodies if each.customer_id]
        found = Customer.of(ask.tenant_id, pk__in=ids, deleted_at=None) if ids else ()
        return cls(region_of(ask.tenant_id), {str(each.pk): each for each in found})


def wish_of(body: NewDelivery, known: Known) -> Wish:
    """What is to be planned. Raises Problem where it does not say for whom, or where to."""
    name, phone, address = _customer(body, known)
    return Wish(
        reference=body.reference,
        customer_name=name,
        phone=phone,
        address=address,
        scheduled_time=body.scheduled_time,
        longitude=body.place.longitude if body.place else None,
        latitude=body.place.latitude if body.place else None,
        time_zone=body.time_zone,
        window_end=body.window_end,
        language=body.language,
        agent_email=body.agent_email,
        sequence=body.sequence,
        parcel=body.parcel.special_instructions,
        package=package_of(body.parcel),
        priority=body.priority,
        estimated_duration=body.estimated_duration,
        delivery_instructions=body.delivery_instructions,
        consent=body.consent,
    )


@contextmanager
def told_at_fields() -> Iterator[None]:
    """What cannot be planned is told with the places in the body where the reasons stand.

    With 422 what could be planned at no time, with 409 a reference that is taken.
    """
    try:
        yield
    except WishError as error:
        faults = [_fault(_place(each), each.says) for each in error.problems]
        raise Problem("invalid", error.says, faults) from None
    except ReferenceTakenError as error:
        mend = Saying("Give it another reference, or change the delivery that has this one.")
        at = _fault("reference", error.says)
        raise Problem("conflict", error.says, [at], mend=mend) from None


def _place(problem: Wrong) -> str | None:
    """Where it stands in the body; None where that is in several places, or in none."""
    places = {_PLACES.get(each, each) for each in problem.fields}
    return places.pop() if len(places) == 1 else None


def package_of(parcel: Parcel) -> PackageDetails:
    """The parcel as it is kept."""
    size = parcel.dimensions
    return PackageDetails(
        weight=parcel.weight,
        dimensions=Dimensions(**size.model_dump()) if size else None,
        value=parcel.value,
        fragile=parcel.fragile,
        signature_required=parcel.signature_required,
        special_instructions=parcel.special_instructions,
    )


def _customer(body: NewDelivery, known: Known) -> tuple[str, str, str]:
    """Name, number and address: as they are sent, or of the customer who is named."""
    if body.customer_id is None:
        name, phone, address = body.customer_name, body.phone, body.address
        if name is None or phone is None or address is None:
            missing = [each for each in _OF_A_NEW_ONE if getattr(body, each) is None]
            raise invalid(*(_fault(each, Saying("must be given")) for each in missing))
        return name, e164(phone, body.region or known.region), address
    if both := [each for each in _OF_WHO_IS_KNOWN if getattr(body, each) is not None]:
        raise invalid(
            *(_fault(each, Saying("must be left out beside customer_id")) for each in both)
        )
    customer = known.customers.get(body.customer_id)
    if customer is None:
        raise invalid(_fault("customer_id", Saying("names no customer")))
    if not (address := body.address or customer.address):
        raise invalid(_fault("address", Saying("must be given: this customer has none yet")))
    return customer.name, customer.phone, address


def _fault(name: str | None, says: Saying) -> Fault:
    return Fault(detail=says, source="body", pointer=f"/{name}" if name else "")
