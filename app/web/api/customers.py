"""Customers: who expects parcels, what they prefer, and whether they may be reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from bson import ObjectId
from pydantic import ConfigDict, Field

from app.models import Customer
from app.pipeline import customers
from app.pipeline.customers import Basis, Reachable, Scope
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api.asking import Ask, Reply
from app.web.api.listing import NEWEST, OLDEST, Order, page_of
from app.web.api.operations import Resource
from app.web.api.phones import Phone, Region, phone_of
from app.web.api.problems import not_found
from app.web.api.shapes import (
    Email,
    Given,
    Id,
    Line,
    Listed,
    Moment,
    Page,
    Selected,
    Shape,
    Text,
    Versioned,
    Wanted,
    stamped,
)

resource = Resource(
    "Customers", "Who expects parcels, what they prefer, and whether they may be reached."
)
_DAYS = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_Hours = Annotated[
    str,
    Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$", examples=["09:00-12:00"]),
]
_ORDERS = {
    "-created": NEWEST,
    "created": OLDEST,
    "name": Order("name"),
}


class Preferences(Shape):
    """What a customer wants every time."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    preferred_times: Annotated[list[_Hours], Field(max_length=20)] = []
    preferred_days: Annotated[list[_DAYS], Field(max_length=7)] = []
    delivery_instructions: Text | None = None
    contact_method: Literal["call", "sms", "both"] = "call"
    language: Annotated[str, Field(pattern=r"^(en|es|fr|de)(-[A-Z]{2})?$")] = "en"
    timezone: Annotated[str, Field(max_length=60, examples=["Europe/London"])] = "America/New_York"


class CustomerOut(Versioned):
    """A customer."""

    id: Id
    name: str
    phone: str = Field(description="E.164")
    email: str | None
    address: str | None
    preferences: Preferences
    suppressed: tuple[Scope, ...] = Field(description="How they asked not to be reached.")
    consents: tuple[Basis, ...] = Field(
        description="Why they may be called: each basis that holds."
    )
    total_deliveries: int
    successful_deliveries: int
    last_delivery_date: Moment | None
    customer_rating: float | None
    created_at: Moment | None
    updated_at: Moment | None


class CustomerPage(Page[CustomerOut]):
    """Some customers."""


class NewCustomer(Given):
    """A customer to keep."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Casey Jones",
                    "phone": "(415) 555-0123",
                    "region": "US",
                    "address": "12 Mill Lane, Springfield",
                    "preferences": {"language": "en", "timezone": "America/New_York"},
                }
            ]
        }
    )
    name: Line
    phone: Phone
    region: Region = None
    email: Email | None = None
    address: Line | None = None
    preferences: Preferences = Preferences()


class ChangedCustomer(Given):
    """What is to change; the rest stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"address": "14 Mill Lane"}]})
    name: Line = ""
    phone: Phone = ""
    region: Region = None
    email: Email | None = None
    address: Line | None = None
    preferences: Preferences = Preferences()


class CustomersAsked(Listed):
    """Which customers."""

    phone: Annotated[Wanted | None, Field(description="Exactly this number.")] = None
    email: Wanted | None = None
    name: Annotated[Wanted | None, Field(description="Names that begin so, in whichever case.")] = (
        None
    )
    sort: Literal["-created", "created", "name"] = "-created"


@resource.get("/customers", may=Permission.CUSTOMERS_READ, answer=CustomerPage)
def list_customers(ask: Ask, query: CustomersAsked) -> CustomerPage:
    """List customers.

    Agents see those to whom they deliver.
    """
    where = customers.chosen(
        ask.tenant_id,
        agent_id=ask.own_id,
        phone=phone_of(ask, query.phone, None, "phone", any_kind=True) if query.phone else None,
        email=query.email.lower() if query.email else None,
        name=query.name,
    )

    def show(found: Sequence[Customer]) -> list[CustomerOut]:
        reachable = customers.reachable(ask.tenant_id, [each.phone for each in found])
        return [_shown(each, reachable[each.phone]) for each in found]

    by_name = query.name is not None or query.sort == "name"
    page = page_of(
        Customer, ask.tenant_id, query, where=where, order=_ORDERS[query.sort], show=show,
        page=CustomerPage, collation=customers.NAMES if by_name else None,
    )  # fmt: skip
    return CustomerPage.model_validate(page)


@resource.post("/customers", may=Permission.CUSTOMERS_WRITE, answer=CustomerOut)
def create_customer(ask: Ask, body: NewCustomer) -> Reply:
    """Keep a customer.

    One customer for each number: planning a delivery for a new number makes one as well.
    """
    phone = phone_of(ask, body.phone, body.region)
    made = customers.create(
        ask.tenant_id, phone, body.given("phone", "region", "preferences"),
        body.preferences.model_dump(), now=ask.now,
    )  # fmt: skip
    shown = _one(ask, made)
    ask.note("customer.created", "customer", made.pk, after=shown)
    return Reply(shown, location=f"/customers/{made.pk}")


@resource.get("/customers/<id:customer_id>", may=Permission.CUSTOMERS_READ, answer=CustomerOut)
def read_customer(ask: Ask, query: Selected, customer_id: ObjectId) -> CustomerOut:  # noqa: ARG001
    """Read a customer."""
    return _one(ask, _found(ask, customer_id))


@resource.patch("/customers/<id:customer_id>", may=Permission.CUSTOMERS_WRITE, answer=CustomerOut)
def change_customer(ask: Ask, body: ChangedCustomer, customer_id: ObjectId) -> CustomerOut:
    """Change a customer.

    What is not sent stays as it is; preferences are changed one by one as well.
    """
    customer = _found(ask, customer_id)
    before = _one(ask, customer)
    ask.still(before)
    changes = body.given("region", "phone", "preferences")
    if "phone" in body.model_fields_set:
        changes["phone"] = phone_of(ask, body.phone, body.region)
    if "preferences" in body.model_fields_set:
        for name in body.preferences.model_fields_set:
            changes[f"preferences__{name}"] = getattr(body.preferences, name)
    after = _one(ask, customers.change(customer, changes))
    ask.note("customer.changed", "customer", customer_id, before=before, after=after)
    return after


@resource.delete("/customers/<id:customer_id>", may=Permission.CUSTOMERS_WRITE, versioned=True)
def delete_customer(ask: Ask, customer_id: ObjectId) -> Reply:
    """Delete a customer.

    They are not listed or found any more; a new delivery to the number brings them back. Refused
    while a delivery is on its way to them. To erase all that is known of a number, the operator
    has `delauto erase`.
    """
    customer = _found(ask, customer_id)
    before = _one(ask, customer)
    ask.still(before)
    customers.delete(customer, now=ask.now)
    ask.note("customer.deleted", "customer", customer_id, before=before)
    return Reply()


def _found(ask: Ask, customer_id: ObjectId) -> Customer:
    found = customers.find(ask.tenant_id, customer_id, agent_id=ask.own_id)
    if found is None:
        raise not_found(Saying("There is no such customer."))
    return found


def _one(ask: Ask, customer: Customer) -> CustomerOut:
    return stamped(
        _shown(customer, customers.reachable(ask.tenant_id, [customer.phone])[customer.phone])
    )


def _shown(customer: Customer, reachable: Reachable) -> CustomerOut:
    wishes = customer.preferences
    return CustomerOut(
        id=str(customer.pk),
        name=customer.name,
        phone=customer.phone,
        email=customer.email,
        address=customer.address,
        preferences=Preferences.model_construct(
            preferred_times=list(wishes.preferred_times),
            preferred_days=list(wishes.preferred_days),
            delivery_instructions=wishes.delivery_instructions,
            contact_method=wishes.contact_method,
            language=wishes.language,
            timezone=wishes.timezone,
        ),
        suppressed=reachable.suppressed,
        consents=reachable.consents,
        total_deliveries=customer.total_deliveries,
        successful_deliveries=customer.successful_deliveries,
        last_delivery_date=customer.last_delivery_date,
        customer_rating=customer.customer_rating,
        created_at=customer.created_at,
        updated_at=customer.updated_at,
    )
