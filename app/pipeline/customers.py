"""Customers: found, kept, changed and put away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bson import ObjectId
from mongoengine import NotUniqueError, Q

from app.errors import PermanentError
from app.models import Consent, Customer, Delivery, Preferences, Suppression
from app.models.base import sets_of
from app.models.numbers import either, sealed
from app.rules.gate.place import is_zone
from app.saying import Saying

Scope = Literal["all", "calls", "sms"]
Basis = Literal["order", "express", "contract"]
NAMES = {"locale": "en", "strength": 1}
"""How names are compared: without case and accents, as the index on them does."""
_UNDER_WAY = ("scheduled", "assigned", "in_transit")
_LAST = "\uffff"
_MOST_OWN = 5000


@dataclass(frozen=True, slots=True)
class Reachable:
    """Whether somebody may be reached."""

    suppressed: tuple[Scope, ...]
    """Scopes in which they asked not to be."""
    consents: tuple[Basis, ...]
    """Bases on which they may be called."""


def chosen(
    tenant_id: str,
    *,
    agent_id: ObjectId | None = None,
    phone: str | None = None,
    email: str | None = None,
    name: str | None = None,
) -> dict[str, Any]:
    """The condition, in MongoDB's form, of being one of these customers.

    ``agent_id``: to whom this agent delivers. ``name``: how it begins, compared as ``NAMES``.
    """
    where: dict[str, Any] = {"deleted_at": None}
    if agent_id is not None:
        own = Delivery.of(tenant_id, agent_id=agent_id).order_by("-scheduled_time")
        kept = own.only("customer_id")[:_MOST_OWN].as_pymongo()
        # One whose customer was erased names nobody.
        found = {each["customer_id"] for each in kept if each.get("customer_id")}
        where["_id"] = {"$in": list(found)}
    if phone is not None:
        where["phone"] = sealed(phone)
    if email is not None:
        where["email"] = email
    if name is not None:
        where["name"] = {"$gte": name, "$lt": name + _LAST}
    return where


def find(tenant_id: str, customer_id: ObjectId, *, agent_id: ObjectId | None) -> Customer | None:
    """The customer; None where there is none, or none to whom this agent delivers."""
    if agent_id is not None:
        own = Delivery.of(tenant_id, customer_id=customer_id, agent_id=agent_id)
        if own.only("id").first() is None:
            return None
    found: Customer | None = Customer.of(tenant_id, pk=customer_id, deleted_at=None).first()
    return found


def reachable(tenant_id: str, phones: Sequence[str]) -> dict[str, Reachable]:
    """Of each of these numbers, whether it may be reached: two reads for all."""
    suppressed: dict[str, list[Scope]] = {phone: [] for phone in phones}
    consents: dict[str, set[Basis]] = {phone: set() for phone in phones}
    # As it stands, or as it stood before an erasure: each tells whose it is.
    whose = {stored: phone for phone in phones for stored in either(phone)}
    holding = Suppression.of(tenant_id, phone__in=list(whose), lifted_at=None)
    for each in holding.only("phone", "scope").as_pymongo():
        suppressed[whose[each["phone"]]].append(each["scope"])
    agreed = Consent.of(tenant_id, phone__in=list(phones), withdrawn=None)
    for phone, basis in agreed.scalar("phone", "basis"):
        consents[phone].add(basis)
    return {
        phone: Reachable(tuple(sorted(suppressed[phone])), tuple(sorted(consents[phone])))
        for phone in phones
    }


def create(
    tenant_id: str,
    phone: str,
    what: Mapping[str, Any],
    preferences: Mapping[str, Any],
    *,
    now: datetime,
) -> Customer:
    """Keep a new customer, or bring a deleted one back with these particulars.

    Raises PermanentError where the number belongs to a customer already.
    """
    _check_zone(preferences.get("timezone"))
    known = Customer.of(tenant_id, phone=phone).first()
    if known is not None and known.deleted_at is None:
        raise PermanentError(
            Saying("this number belongs to the customer %(id)s already", id=known.pk)
        )
    customer = known or Customer(tenant_id=tenant_id, phone=phone, created_at=now)
    for name, value in what.items():
        setattr(customer, name, value)
    customer.preferences = Preferences(**preferences)
    customer.deleted_at = None
    saved: Customer = customer.save()
    return saved


def change(customer: Customer, changes: Mapping[str, Any]) -> Customer:
    """Change these fields (``preferences__language`` and so on are fields, too).

    Raises PermanentError where another customer has the number.
    """
    _check_zone(changes.get("preferences__timezone"))
    phone = changes.get("phone", customer.phone)
    if phone != customer.phone:
        if Customer.of(customer.tenant_id, phone=phone).only("id").first() is not None:
            raise PermanentError(Saying("this number belongs to another customer already"))
        _none_under_way(customer, "its number is changed")
    if changes:
        try:
            customer.modify(**sets_of(changes))
        except NotUniqueError:
            raise PermanentError(
                Saying("this number belongs to another customer already")
            ) from None
    return customer


def delete(customer: Customer, *, now: datetime) -> None:
    """Put a customer away. Raises PermanentError while something is on its way to them."""
    _none_under_way(customer, "they can be deleted")
    customer.modify(set__deleted_at=now)


def _none_under_way(customer: Customer, before: str) -> None:
    under_way = Delivery.of(
        customer.tenant_id, customer_id=customer.pk, status__in=_UNDER_WAY
    ).filter(Q(deleted_at=None))
    if under_way.only("id").first() is not None:
        raise PermanentError(
            Saying(
                "a delivery is planned for this customer: cancel or complete it before %(before)s",
                before=before,
            )
        )


def _check_zone(name: str | None) -> None:
    if name is not None and not is_zone(name):
        raise PermanentError(Saying("preferences.timezone must be a time zone, as Europe/London"))
