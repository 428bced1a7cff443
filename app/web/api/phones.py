"""Telephone numbers as people write them, made E.164."""

from __future__ import annotations

from typing import Annotated

import phonenumbers
from pydantic import Field, StringConstraints

from app.models import Tenant
from app.rules.numbers import not_a_customers
from app.saying import Saying
from app.web.api.asking import Ask
from app.web.api.problems import Fault, invalid

Phone = Annotated[
    str,
    StringConstraints(min_length=3, max_length=40),
    Field(description="In E.164, or as it is dialled in its region.", examples=["+14155550123"]),
]
Region = Annotated[
    str | None,
    Field(
        pattern="^[A-Z]{2}$",
        description="The country in which the number is dialled so, ISO 3166; the company's own "
        "unless given.",
        examples=["US"],
    ),
]


def phone_of(
    ask: Ask,
    text: str,
    region: str | None,
    name: str | None = None,
    *,
    any_kind: bool = False,
) -> str:
    """The number in E.164. Raises Problem, for the parameter ``name`` or the body's phone.

    ``any_kind``: also one that cannot be a customer's.
    """
    return e164(text, region or region_of(ask.tenant_id), name, any_kind=any_kind)


def e164(text: str, region: str | None, name: str | None = None, *, any_kind: bool = False) -> str:
    """The same, where the region is known already."""
    says = Saying(
        "must be a telephone number: with its country as +14155550123, or with its region"
    )
    try:
        number = phonenumbers.parse(text, region)
        kind = None if any_kind else not_a_customers(number)
        if kind is not None:
            says = Saying("is %(kind)s, not a customer's", kind=kind)
        elif phonenumbers.is_possible_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    except phonenumbers.NumberParseException:
        pass
    if name is None:
        fault = Fault(detail=says, source="body", pointer="/phone")
    else:
        fault = Fault(detail=says, source="query", name=name)
    raise invalid(fault)


def region_of(tenant_id: str) -> str | None:
    """Where the company itself is called."""
    tenant = Tenant.of(tenant_id).only("callback_number").first()
    if tenant is None or not tenant.callback_number:
        return None
    try:
        number = phonenumbers.parse(tenant.callback_number)
    except phonenumbers.NumberParseException:
        return None
    found = phonenumbers.region_code_for_number(number)
    return str(found) if found else None
