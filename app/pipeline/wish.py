"""What a dispatcher wishes planned, and everything that may be wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import phonenumbers

from app.errors import PermanentError
from app.models.delivery import PackageDetails
from app.rules.gate.place import is_zone, likely_zone, zones_at
from app.rules.numbers import not_a_customers
from app.rules.texts import LANGUAGES, is_spoken
from app.saying import Saying, Sayings

_LONGEST_TEXT = 200
_TEXTS = ("customer_name", "address", "reference", "parcel", "delivery_instructions")
_LONGEST_WINDOW = timedelta(hours=24)
"""A longer one would be read out as hours of one day."""
_FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """What a dispatcher knows about a delivery. ``phone`` in E.164, or as dialled in ``region``."""

    reference: str | None
    customer_name: str
    phone: str
    address: str
    scheduled_time: datetime
    longitude: float | None = None
    latitude: float | None = None
    """Both or neither; without them the time zone is the stated one, or the number's."""
    time_zone: str | None = None
    window_end: datetime | None = None
    region: str | None = None
    language: str | None = None
    """One that we speak (en, es-MX); where absent the customer's own, or English for a new one."""
    agent_email: str | None = None
    sequence: int | None = None
    parcel: str | None = None
    fragile: bool = False
    signature_required: bool = False
    delivery_instructions: str | None = None
    """What the customer asks for every time, as where the usual place is; absent: as it was."""
    consent: bool = True
    """Was the number given for the order? Then that is why it may be called."""
    package: PackageDetails | None = None
    """All that is known of the parcel, in place of ``parcel`` and the two marks."""
    priority: str | None = None
    estimated_duration: int | None = None
    """Minutes."""

    @property
    def coordinates(self) -> tuple[float, float] | None:
        """Longitude and latitude, where both are known."""
        if self.longitude is None or self.latitude is None:
            return None
        return self.longitude, self.latitude


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a wish."""

    says: Saying
    fields: tuple[str, ...] = ()
    """What it is about: fields of ``NewDelivery``, which a file's columns are called like."""


def wrong(says: Saying, *fields: str) -> Wrong:
    """One thing that is wrong with these fields."""
    return Wrong(says, fields)


class WishError(PermanentError):
    """What is wished cannot be, however things stand; ``problems`` is all that is wrong."""

    def __init__(self, problems: Sequence[Wrong]) -> None:
        self.problems = tuple(problems)
        self.says = Sayings.of(each.says for each in problems)
        super().__init__(self.says)


class ReferenceTakenError(PermanentError):
    """Another delivery of the company has the reference."""

    def __init__(self, reference: str | None) -> None:
        self.says = Saying("reference %(reference)s is planned already", reference=reference)
        super().__init__(self.says)


def checked(wish: NewDelivery, now: datetime, own_number: str | None) -> tuple[str, str]:
    """The number in E.164, and the time zone. Raises WishError naming all that is wrong."""
    phone, problems = _number(wish, own_number)
    problems += _wrong_place(wish)
    time_zone = None if problems else _time_zone(wish, phone)
    if not problems and time_zone is None:
        says = Saying("time_zone or longitude and latitude must be given: the number tells none")
        problems.append(wrong(says, "time_zone"))
    if wish.language and not is_spoken(wish.language):
        says = Saying("language must be one of %(names)s, or empty", names=", ".join(LANGUAGES))
        problems.append(wrong(says, "language"))
    problems += wrong_times(wish.scheduled_time, wish.window_end, now)
    problems += _wrong_texts(wish)
    if problems or time_zone is None:
        raise WishError(problems)
    return phone, time_zone


def _number(wish: NewDelivery, own_number: str | None) -> tuple[str, list[Wrong]]:
    """In E.164, where it can be read, and what is wrong with it."""
    try:
        number = phonenumbers.parse(wish.phone, wish.region)
    except phonenumbers.NumberParseException:
        says = Saying("phone must be a telephone number with its country, as +14155550123")
        return "", [wrong(says, "phone")]
    phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    problems = []
    if not phonenumbers.is_possible_number(number):
        problems.append(Saying("phone is not a possible telephone number"))
    if kind := not_a_customers(number):
        problems.append(Saying("phone is %(kind)s, not a customer's", kind=kind))
    if phone == own_number:
        problems.append(Saying("phone is the number that we call from, not a customer's"))
    return phone, [wrong(says, "phone") for says in problems]


def wrong_times(scheduled: datetime, end: datetime | None, now: datetime) -> list[Wrong]:
    """What is wrong with when a delivery is to come."""
    problems: list[Wrong] = []
    if scheduled <= now:
        problems.append(wrong(Saying("scheduled_time must lie ahead"), "scheduled_time"))
    if scheduled > now + _FARTHEST:
        says = Saying("scheduled_time must lie at most %(days)s days ahead", days=_FARTHEST.days)
        problems.append(wrong(says, "scheduled_time"))
    if end is not None:
        if end <= scheduled:
            says = Saying("window_end must be after scheduled_time")
            problems.append(wrong(says, "window_end"))
        if end > scheduled + _LONGEST_WINDOW:
            says = Saying("window_end must be at most 24 hours after scheduled_time")
            problems.append(wrong(says, "window_end"))
    return problems


def _wrong_place(wish: NewDelivery) -> list[Wrong]:
    problems: list[Wrong] = []
    if wish.time_zone is not None and not is_zone(wish.time_zone):
        says = Saying(
            "time_zone %(time_zone)s is none: write one like Europe/London",
            time_zone=repr(wish.time_zone),
        )
        problems.append(wrong(says, "time_zone"))
    if (wish.longitude is None) is not (wish.latitude is None):
        says = Saying("longitude and latitude must be given together, or neither")
        problems.append(wrong(says, "longitude", "latitude"))
    pair = wish.coordinates
    if pair is not None and not (-180 <= pair[0] <= 180 and -90 <= pair[1] <= 90):
        says = Saying("longitude must be within -180 and 180, latitude within -90 and 90")
        problems.append(wrong(says, "longitude", "latitude"))
    return problems


def _wrong_texts(wish: NewDelivery) -> list[Wrong]:
    problems: list[Wrong] = []
    needed = ("customer_name", "address")
    if empty := [name for name in needed if not getattr(wish, name).strip()]:
        problems.append(wrong(Saying("customer_name and address must be given"), *empty))
    texts = {name: getattr(wish, name) or "" for name in _TEXTS}
    if odd := [
        name for name, text in texts.items() if len(text) > _LONGEST_TEXT or not text.isprintable()
    ]:
        says = Saying(
            "%(names)s must be of at most %(most)s letters, on one line, without control codes",
            names=", ".join(odd),
            most=_LONGEST_TEXT,
        )
        problems.append(wrong(says, *odd))
    return problems


def _time_zone(wish: NewDelivery, phone: str) -> str | None:
    """By the door where it is known, else as stated, else the number's."""
    there = zones_at(wish.coordinates) if wish.coordinates else ()
    if there:
        return there[0]
    return wish.time_zone or likely_zone(phone, wish.scheduled_time)
