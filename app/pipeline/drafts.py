"""Drafts: deliveries that can be planned, made of all that is wished at once; nothing is written.

What wishes have in common is read once, and what each needs with one query for all of them, so
that a thousand ask the database no oftener than one does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from bson import ObjectId
from mongoengine import ValidationError

from app.errors import PermanentError
from app.models import Agent, Customer, Delivery, Outreach, Route, Tenant, TimeWindow
from app.models.base import stored_time
from app.models.delivery import PackageDetails, TrackingEvent
from app.models.numbers import Stored, opened, sealed
from app.models.outbox import told_of
from app.pipeline.standing import Ledger
from app.pipeline.wish import NewDelivery, ReferenceTakenError, WishError, checked, wrong
from app.rules.gate import Consented, RuleBook, Verdict, judge
from app.saying import Saying, Sayings
from app.states import DELIVERY, OUTREACH


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for all that is planned at once.

    ``window`` is the installation's CALLING_HOURS, ``own_number`` the one we call from: no
    customer has it. ``locate``: is there a geocoder, so that an address without a place is to be
    found on the map?
    """

    tenant_id: str
    now: datetime
    window: tuple[time, time]
    book: RuleBook
    own_number: str | None = None
    locate: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """One delivery that can be planned."""

    wish: NewDelivery
    phone: str
    """E.164."""
    delivery: Delivery
    """As it will be stored; it is not stored yet."""
    consent: Consented | None
    """The one that is to be written; None where there is none, or one like it."""
    renames: bool = False
    """Is the number known by another name? All deliveries to it carry the new one then."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A wish in which nothing is wrong by itself."""

    wish: NewDelivery
    phone: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class _Begun:
    """A delivery without what the gate says."""

    wish: NewDelivery
    phone: str
    delivery: Delivery
    renames: bool


def draft_all(terms: Terms, wishes: Sequence[NewDelivery]) -> list[Draft | PermanentError]:
    """One for each wish, in their order: what can be planned, or why not.

    Each is judged as if those before it were planned. Raises PermanentError where there is no such
    company.
    """
    known_company(terms.tenant_id)
    ready = [_ready(terms, wish) for wish in wishes]
    known = _Known.read(terms, [each for each in ready if isinstance(each, _Ready)])
    begun = [known.begun(each) if isinstance(each, _Ready) else each for each in ready]
    deliveries = [each.delivery for each in begun if isinstance(each, _Begun)]
    if not deliveries:
        return [each for each in begun if isinstance(each, PermanentError)]
    ledger = Ledger.read(deliveries, terms.now, None, frozenset(), known.phones)
    return [_drafted(terms, ledger, each) if isinstance(each, _Begun) else each for each in begun]


def known_company(tenant_id: str) -> None:
    """Raises PermanentError, with the command that makes it, where there is no such company.

    Without one its customers would be called by nobody: no name, no callback number.
    """
    if Tenant.of(tenant_id).only("id").first() is None:
        raise PermanentError(
            Saying(
                "there is no company %(tenant_id)s: delauto tenant set NAME --tenant "
                "%(tenant_id_2)s",
                tenant_id=repr(tenant_id),
                tenant_id_2=tenant_id,
            )
        )


def _ready(terms: Terms, wish: NewDelivery) -> _Ready | PermanentError:
    try:
        return _Ready(wish, *checked(wish, terms.now, terms.own_number))
    except PermanentError as error:
        return error


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database says of everything that wishes name."""

    terms: Terms
    agents: Mapping[str, ObjectId]
    references: set[str]
    customers: Mapping[str, ObjectId]
    """By number; who is new has an id already."""
    names: dict[str, str]
    """Of those who are known, or named by a wish before, by number."""

    @classmethod
    def read(cls, terms: Terms, ready: Sequence[_Ready]) -> _Known:
        tenant_id = terms.tenant_id
        emails = {each.wish.agent_email for each in ready if each.wish.agent_email}
        references = {each.wish.reference for each in ready if each.wish.reference}
        agents = Agent.of(
            tenant_id, email__in=sorted(emails), is_active=True, role="agent", deleted_at=None
        )
        # Only what says that it is text is looked up by the index of references.
        named = {"reference": {"$in": sorted(references), "$type": "string"}}
        planned = Delivery.of(tenant_id, __raw__=named)
        phones = dict.fromkeys(each.phone for each in ready)
        people = (
            Customer.of(tenant_id, phone__in=list(phones))
            .only("phone", "name", "deleted_at")
            .as_pymongo()
        )
        known = {opened(each["phone"]): each for each in people}
        return cls(
            terms,
            {each.email: each.pk for each in agents.only("email")} if emails else {},
            set(planned.scalar("reference")) if references else set(),
            {phone: known[phone]["_id"] if phone in known else ObjectId() for phone in phones},
            {
                phone: each["name"]
                for phone, each in known.items()
                if each.get("name") and not each.get("deleted_at")
            },
        )

    @property
    def phones(self) -> dict[ObjectId, Stored]:
        """The customers' numbers as they are stored, by the customer's id."""
        return {each: sealed(phone) for phone, each in self.customers.items()}

    def begun(self, ready: _Ready) -> _Begun | PermanentError:
        """Its delivery, or why there is none; its reference is taken from then on."""
        wish, terms = ready.wish, self.terms
        if wish.agent_email and wish.agent_email not in self.agents:
            says = Saying(
                "no active agent has the e-mail address %(email)s",
                email=wish.agent_email,
            )
            return WishError([wrong(says, "agent_email")])
        if wish.reference in self.references:
            return ReferenceTakenError(wish.reference)
        start = stored_time(wish.scheduled_time)
        made = Delivery(
            id=ObjectId(),
            tenant_id=terms.tenant_id,
            customer_id=self.customers[ready.phone],
            agent_id=self.agents[wish.agent_email] if wish.agent_email else None,
            address=wish.address,
            coordinates=list(wish.coordinates) if wish.coordinates else None,
            scheduled_time=start,
            window=TimeWindow(
                start=start, end=stored_time(wish.window_end) if wish.window_end else None
            ),
            time_zone=ready.time_zone,
            reference=wish.reference,
            to_locate=(terms.locate and wish.coordinates is None) or None,
            route=Route(sequence=wish.sequence, eta=start),
            package_details=_package(wish),
            **_chosen(wish),
        )
        try:
            made.validate()
        except ValidationError as error:
            odd = Sayings.of(
                Saying("%(name)s: %(says)s", name=name, says=says)
                for name, says in error.to_dict().items()
            )
            return PermanentError(odd)
        if wish.reference:
            self.references.add(wish.reference)
        return _Begun(wish, ready.phone, made, self._renames(ready))

    def _renames(self, ready: _Ready) -> bool:
        name = ready.wish.customer_name
        before = self.names.get(ready.phone, name)
        self.names[ready.phone] = name
        return _plain(before) != _plain(name)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _package(wish: NewDelivery) -> PackageDetails:
    return wish.package or PackageDetails(
        special_instructions=wish.parcel,
        fragile=wish.fragile,
        signature_required=wish.signature_required,
    )


def _chosen(wish: NewDelivery) -> dict[str, Any]:
    given = {"priority": wish.priority, "estimated_duration": wish.estimated_duration}
    return {name: value for name, value in given.items() if value is not None}


def _drafted(terms: Terms, ledger: Ledger, begun: _Begun) -> Draft:
    """With the consent that comes with it, the gate's verdict, and its agent."""
    now, delivery = stored_time(terms.now), begun.delivery
    consent = None
    if begun.wish.consent:
        source = delivery.reference or str(delivery.pk)
        wanted = Consented(basis="order", since=now, source=source, id=str(ObjectId()))
        consent = wanted if ledger.agree(terms.tenant_id, begun.phone, wanted) else None
    facts = ledger.facts(delivery, "call", terms.now, terms.window)
    delivery.outreach = _first_outreach(judge(facts, terms.book) if facts else None)
    delivery.outbox = [
        *told_of(DELIVERY.name, delivery.status, at=now, cause="planned"),
        # Whom nobody may call is known from the start.
        *told_of(OUTREACH.name, delivery.outreach.state, at=now, cause=delivery.outreach.reason),
    ]
    if delivery.agent_id:
        cause = "planned with an agent"
        delivery.moved_before(DELIVERY, "assigned", at=now, cause=cause)
        delivery.tracking_events = [
            TrackingEvent(status="assigned", timestamp=now, notes=cause, agent_id=delivery.agent_id)
        ]
    return Draft(begun.wish, begun.phone, delivery, consent, begun.renames)


def _first_outreach(verdict: Verdict | None) -> Outreach:
    if verdict is None:
        return Outreach(state="skipped", reason=Saying("the customer is gone"))
    if verdict.not_before is None:
        state = "suppressed" if verdict.has("suppression") else "skipped"
        return Outreach(state=state, reason=verdict.summary)
    return Outreach(
        state="pending", next_attempt_at=stored_time(verdict.not_before), reason=verdict.summary
    )
