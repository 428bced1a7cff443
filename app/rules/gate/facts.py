"""What the gate is told: everything that bears on one call or text, gathered beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

Channel = Literal["call", "sms"]
Mode = Literal["consent", "package_notification"]
Hours = tuple[time, time]
"""Local times: the first is allowed, the second no longer is."""


@dataclass(frozen=True, slots=True)
class Contact:
    """An earlier call or text to the same number that was placed, whoever answered."""

    at: datetime
    channel: Channel = "call"
    delivery_ids: tuple[str, ...] = ()
    """The deliveries it was about: a household's call is about several."""
    status: str = "completed"
    answered_by: str | None = None


@dataclass(frozen=True, slots=True)
class Suppressed:
    """The number asked to be left alone; ``scope`` is all, calls or sms."""

    scope: str
    since: datetime
    source: str = "dispatcher"
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Consented:
    """Why the number may be called; ``withdrawn`` where that is over."""

    basis: str
    since: datetime
    source: str = ""
    withdrawn: datetime | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One wish to call or text, and what is known about it. Every moment carries its offset."""

    now: datetime
    phone: str
    """E.164."""
    channel: Channel = "call"
    delivery_id: str | None = None
    coordinates: tuple[float, float] | None = None
    """Longitude and latitude of the door."""
    stated_zone: str | None = None
    """The time zone that the dispatcher gave."""
    states: tuple[str, ...] = ()
    """Where else the customer may live, by ISO 3166-2, as US-FL from the postal address."""
    deadline: datetime | None = None
    """From then on it is pointless: the van is there."""
    over: bool = False
    """The delivery is completed, failed or cancelled."""
    heard: str | None = None
    """How the customer answered about this delivery already: instructed, confirmed, declined."""
    suppressions: tuple[Suppressed, ...] = ()
    """Those that hold; lifted ones are left out."""
    consents: tuple[Consented, ...] = ()
    mode: Mode = "consent"
    contacts: tuple[Contact, ...] = ()
    """To this number in the last 30 days, over all deliveries, in any order."""
    attempts: int = 0
    installation_hours: Hours | None = None
    tenant_hours: Hours | None = None
    quiet_days: frozenset[date] = frozenset()
    """The company's: local days on which nobody is called."""
    days_ahead: int | None = None
    """The company's: so many days before the deadline it calls at the earliest."""
    most_calls_a_day: int | None = None
    most_calls_a_delivery: int | None = None
