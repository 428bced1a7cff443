"""What a dispatcher wishes planned, and everything that may be wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import phonenumbers

from app.errors import PermanentError
from app.models.delivery import PackageDetails
from app.rules.gate.place import is_zone, likely_zone, zones_at
from app.rules.numbers import not_a_customers
from app.rules.texts import LANGUAGES, is_spoken
from app.saying import Saying, Sayings

_LONGEST_TEXT = 200
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


class WishError(PermanentError):
    """What is wished cannot be, however things stand.

    ``problems``: the field of ``NewDelivery`` that each is about (None: of several), and what is
    wrong with it. Each text begins with its field's name, unless ``about`` names it.
    """

    def __init__(self, problems: Sequence[Saying], about: str | None = None) -> None:
        names = {each.name for each in fields(NewDelivery)}
        firsts = (each.english.split(" ")[0] for each in problems)
        self.problems = tuple(
            (about or (first if first in names else None), each)
            for first, each in zip(firsts, problems, strict=True)
        )
        self.says = Sayings.of(problems)
        super().__init__(self.says)


def checked(wish: NewDelivery, now: datetime, own_number: str | None) -> tuple[str, str]:
    """The number in E.164, and the time zone. Raises WishError naming all that is wrong."""
    problems: list[Saying] = []
    phone = ""
    try:
        number = phonenumbers.parse(wish.phone, wish.region)
        phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if not phonenumbers.is_possible_number(number):
            problems.append(Saying("phone is not a possible telephone number"))
        if kind := not_a_customers(number):
            problems.append(Saying("phone is %(kind)s, not a customer's", kind=kind))
        if phone == own_number:
            problems.append(Saying("phone is the number that we call from, not a customer's"))
    except phonenumbers.NumberParseException:
        problems.append(
            Saying("phone must be a telephone number with its country, as +14155550123")
        )
    problems += _wrong_place(wish)
    time_zone = None if problems else _time_zone(wish, phone)
    if not problems and time_zone is None:
        problems.append(
            Saying("time_zone or longitude and latitude must be given: the number tells none")
        )
    if wish.language and not is_spoken(wish.language):
        problems.append(
            Saying("language must be one of %(names)s, or empty", names=", ".join(LANGUAGES))
        )
    problems += wrong_times(wish.scheduled_time, wish.window_end, now)
    if not wish.customer_name.strip() or not wish.address.strip():
        problems.append(Saying("customer_name and address must be given"))
    texts = (wish.customer_name, wish.address, wish.reference or "", wish.parcel or "",
             wish.delivery_instructions or "")  # fmt: skip
    if any(len(text) > _LONGEST_TEXT or not text.isprintable() for text in texts):
        problems.append(
            Saying(
                "texts must be of at most %(most)s letters, on one line, without control codes",
                most=_LONGEST_TEXT,
            )
        )
    if problems or time_zone is None:
        raise WishError(problems)
    return phone, time_zone


def wrong_times(scheduled: datetime, end: datetime | None, now: datetime) -> list[Saying]:
    """What is wrong with when a delivery is to come."""
    problems: list[Saying] = []
    if scheduled <= now:
        problems.append(Saying("scheduled_time must lie ahead"))
    if scheduled > now + _FARTHEST:
        problems.append(
            Saying("scheduled_time must lie at most %(days)s days ahead", days=_FARTHEST.days)
        )
    if end is not None:
        if end <= scheduled:
            problems.append(Saying("window_end must be after scheduled_time"))
        if end > scheduled + _LONGEST_WINDOW:
            problems.append(Saying("window_end must be at most 24 hours after scheduled_time"))
    return problems


def _wrong_place(wish: NewDelivery) -> list[Saying]:
    problems: list[Saying] = []
    if wish.time_zone is not None and not is_zone(wish.time_zone):
        problems.append(
            Saying(
                "time_zone %(time_zone)s is none: write one like Europe/London",
                time_zone=repr(wish.time_zone),
            )
        )
    if (wish.longitude is None) is not (wish.latitude is None):
        problems.append(Saying("longitude and latitude must be given together, or neither"))
    pair = wish.coordinates
    if pair is not None and not (-180 <= pair[0] <= 180 and -90 <= pair[1] <= 90):
        problems.append(Saying("longitude must be within -180 and 180, latitude within -90 and 90"))
    return problems


def _time_zone(wish: NewDelivery, phone: str) -> str | None:
    """By the door where it is known, else as stated, else the number's."""
    there = zones_at(wish.coordinates) if wish.coordinates else ()
    if there:
        return there[0]
    return wish.time_zone or likely_zone(phone, wish.scheduled_time)
