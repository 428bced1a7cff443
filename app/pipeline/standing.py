"""How customers' numbers stand in the ledger: what they asked, agreed to, and were called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from bson import ObjectId
from pymongo.client_session import ClientSession

from app.models import CallLog, Consent, Customer, Delivery, Message, Suppression, Tenant
from app.models.base import TenantDocument
from app.models.numbers import Stored, key, opened, sealed
from app.rules.gate import Channel, Consented, Contact, Facts, Suppressed
from app.rules.postal import states_in
from app.states import DELIVERY_OVER

REMEMBERED = timedelta(days=30)
"""How far back contacts count."""
_HEARD = ("instructed", "confirmed", "declined")
_FIELDS: dict[type[TenantDocument], tuple[str, ...]] = {
    Customer: ("phone",),
    Tenant: ("tenant_id", "calling"),
    Suppression: ("tenant_id", "phone", "scope", "source", "since"),
    Consent: ("tenant_id", "phone", "basis", "source", "since", "withdrawn"),
    CallLog: (
        "tenant_id", "to_number", "status", "call_sid", "outcome", "direction", "claimed_at",
        "dialing_at", "end_time", "history.to", "delivery_id", "covers", "answered_by",
    ),
    Message: (
        "tenant_id", "to_number", "status", "message_sid", "purpose", "claimed_at", "sending_at",
        "delivery_id",
    ),
}  # fmt: skip

_Number = tuple[str, Stored]
"""Tenant and telephone number, as it is stored."""
_Raw = dict[str, Any]
_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the collections say about some deliveries' numbers at one moment."""

    phones: dict[ObjectId, Stored]
    choices: dict[str, _Raw]
    suppressions: dict[_Number, list[Suppressed]]
    consents: dict[_Number, list[Consented]]
    contacts: dict[_Number, list[Contact]]

    @classmethod
    def read(
        cls,
        deliveries: Sequence[Delivery],
        now: datetime,
        session: ClientSession | None,
        but: frozenset[ObjectId],
        people: Mapping[ObjectId, Stored] | None = None,
    ) -> Ledger:
        """Read with one query a collection, in the transaction of ``session`` where given.

        ``people``: the numbers of the customers, where they are known to the caller alone.
        """
        tenants = {"$in": sorted({delivery.tenant_id for delivery in deliveries})}
        known = _people(deliveries, tenants, session) if people is None else people
        phones = {"$in": sorted(set(known.values()))}
        numbers = {"tenant_id": tenants, "phone": phones}
        # The wish of somebody who was erased holds on, and is found by a digest alone.
        left = {key().digest(opened(each)): each for each in phones["$in"]}
        wishes = {**numbers, "phone": {"$in": [*phones["$in"], *left]}}
        calls = _find(CallLog, _lately(tenants, phones, now), session)
        texts = _find(Message, _lately(tenants, phones, now), session)
        contacts: dict[_Number, list[Contact]] = {}
        for document in (*calls, *texts):
            contact = None if document["_id"] in but else _contact(document)
            if contact is not None:
                whose = (document["tenant_id"], document["to_number"])
                contacts.setdefault(whose, []).append(contact)
        return cls(
            phones=dict(known),
            choices={
                document["tenant_id"]: document.get("calling") or {}
                for document in _find(Tenant, {"tenant_id": tenants}, session)
            },
            suppressions=_by_number(
                _find(Suppression, {**wishes, "lifted_at": {"$not": {"$lte": now}}}, session),
                _suppressed,
                left,
            ),
            consents=_by_number(_find(Consent, numbers, session), _consented),
            contacts=contacts,
        )

    def agree(self, tenant_id: str, phone: str, consent: Consented) -> bool:
        """Count a consent that is about to be written; False where there is one like it."""
        held = self.consents.setdefault((tenant_id, sealed(phone)), [])
        if any((each.basis, each.source) == (consent.basis, consent.source) for each in held):
            return False
        held.append(consent)
        return True

    def facts(
        self, delivery: Delivery, channel: Channel, now: datetime, window: tuple[time, time]
    ) -> Facts | None:
        """What the gate needs to know about one delivery; None where its customer is gone."""
        phone = self.phones.get(delivery.customer_id)
        if phone is None:
            return None
        whose = (delivery.tenant_id, phone)
        choices = self.choices.get(delivery.tenant_id, {})
        state = delivery.outreach.state
        return Facts(
            now=now,
            phone=opened(phone),
            channel=channel,
            delivery_id=str(delivery.pk),
            coordinates=_coordinates(delivery),
            stated_zone=delivery.time_zone,
            states=states_in(delivery.address),
            deadline=delivery.scheduled_time,
            over=delivery.status in DELIVERY_OVER,
            heard=state if state in _HEARD else None,
            suppressions=tuple(self.suppressions.get(whose, ())),
            consents=tuple(self.consents.get(whose, ())),
            contacts=tuple(self.contacts.get(whose, ())),
            attempts=delivery.outreach.attempts,
            installation_hours=window,
            **of_the_company(choices),
        )


def of_the_company(choices: Mapping[str, Any]) -> dict[str, Any]:
    """What the gate hears of a company's choices: these fields of ``Facts``."""
    return {
        "mode": choices.get("mode") or "consent",
        "tenant_hours": hours(choices["hours"]) if choices.get("hours") else None,
        "quiet_days": _days(tuple(choices.get("quiet_days") or ())),
        "days_ahead": choices.get("days_ahead"),
        "most_calls_a_day": choices.get("most_calls_a_day"),
        "most_calls_a_delivery": choices.get("most_calls_a_delivery"),
    }


@lru_cache(maxsize=1024)
def hours(text: str) -> tuple[time, time]:
    """Two local times from 09:00-20:00. Raises ValueError."""
    since, _, until = text.partition("-")
    found = time.fromisoformat(since.strip()), time.fromisoformat(until.strip())
    if found[0] >= found[1]:
        raise ValueError("the first time must be before the second")
    return found


@lru_cache(maxsize=1024)
def _days(texts: tuple[str, ...]) -> frozenset[date]:
    return frozenset(date.fromisoformat(text) for text in texts)


def _find(
    model: type[TenantDocument], query: _Raw, session: ClientSession | None
) -> Iterator[_Raw]:
    # mongoengine knows no sessions, and a thousand whole documents would cost a second.
    found: Iterator[_Raw] = model._get_collection().find(query, _FIELDS[model], session=session)
    return found


def _people(
    deliveries: Sequence[Delivery], tenants: _Raw, session: ClientSession | None
) -> dict[ObjectId, Stored]:
    people = {"$in": sorted({each.customer_id for each in deliveries if each.customer_id})}
    found = _find(Customer, {"tenant_id": tenants, "_id": people}, session)
    return {document["_id"]: document["phone"] for document in found}


def _lately(tenants: _Raw, phones: _Raw, now: datetime) -> _Raw:
    return {"tenant_id": tenants, "to_number": phones, "claimed_at": {"$gte": now - REMEMBERED}}


def _by_number(
    documents: Iterable[_Raw],
    keep: Callable[[_Raw], _Kept],
    left: Mapping[Stored, Stored] = MappingProxyType({}),
) -> dict[_Number, list[_Kept]]:
    found: dict[_Number, list[_Kept]] = {}
    for document in documents:
        phone = left.get(document["phone"], document["phone"])
        found.setdefault((document["tenant_id"], phone), []).append(keep(document))
    return found


def _suppressed(document: _Raw) -> Suppressed:
    return Suppressed(
        scope=document["scope"],
        since=_aware(document["since"]),
        source=document["source"],
        id=str(document["_id"]),
    )


def _consented(document: _Raw) -> Consented:
    withdrawn = document.get("withdrawn")
    return Consented(
        basis=document["basis"],
        since=_aware(document["since"]),
        source=document["source"],
        withdrawn=_aware(withdrawn) if withdrawn else None,
        id=str(document["_id"]),
    )


def _contact(document: _Raw) -> Contact | None:
    """A call or text that was placed, or is about to be; None for one that never was.

    A customer who called us was not contacted by us, and a receipt answers what they sent. A call
    counts from its end: nobody knows how long it waited at the network before it rang.
    """
    text = "purpose" in document
    placed = document.get("message_sid" if text else "call_sid")
    ended_unplaced = document["status"] in ("canceled", "failed") and not placed
    if ended_unplaced or document.get("direction") == "inbound":
        return None
    if document.get("purpose") == "receipt":
        return None
    if document["status"] == "canceled" and not _rang(document):
        return None
    covered = document.get("covers") or [document.get("delivery_id")]
    started = document.get("sending_at" if text else "dialing_at")
    return Contact(
        at=_aware(document.get("end_time") or started or document["claimed_at"]),
        channel="sms" if text else "call",
        delivery_ids=tuple(str(each) for each in covered if each),
        status=document["status"],
        answered_by=document.get("answered_by"),
    )


def _rang(document: _Raw) -> bool:
    return any(step.get("to") == "ringing" for step in document.get("history") or ())


def _coordinates(delivery: Delivery) -> tuple[float, float] | None:
    point = delivery.coordinates
    pair = point.get("coordinates") if isinstance(point, dict) else point
    return (float(pair[0]), float(pair[1])) if pair else None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
