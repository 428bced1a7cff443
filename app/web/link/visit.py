"""A visit to the customer's page: which delivery it is about, in which language, what to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from flask import Request, request

from app.models import Customer, Delivery, Recording, Reply, Tenant
from app.pipeline.link import Links, deadline
from app.pipeline.suppression import suppress
from app.rules.analysis import FOR_A_PERSON, Kind
from app.rules.texts import LANGUAGES, moments, spoken
from app.rules.texts.choices import other_days
from app.states import DELIVERY_OVER
from app.web.here import runtime_here
from app.web.link.words import OWN_NAMES, WORDS


@dataclass(frozen=True, slots=True)
class NotThere:
    """There is no form to show; ``reason`` is gone, unknown or away."""

    reason: str
    language: str
    status: int


@dataclass(frozen=True, slots=True)
class Visit:
    """What the page may say about a delivery: never an address, never a name."""

    token: str
    delivery: Delivery
    language: str
    asked_language: str | None
    company: str
    phone: str
    """The number to call, E.164."""
    when: str
    days: tuple[date, ...]

    @property
    def phone_shown(self) -> str:
        """The number to call, as people write it."""
        return readable(self.phone)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What arrived, for who sent it."""

    picks: tuple[str, ...]
    wrote: str
    said: str
    driver: str
    waiting: str
    """Which of the words tells what is still to come; empty where all is known."""
    office: bool
    """Will a person decide, so that nobody can say yet when it comes?"""


def arrive(token: str, *, now: datetime) -> Visit | NotThere:
    """Whom this token leads to. 404 for one that is not ours, 410 for one whose time is over."""
    runtime = runtime_here()
    runtime.connect()
    read = Links(runtime.settings.secret_key.get_secret_value()).read(token, now=now)
    if read is None:
        return NotThere("unknown", preferred(request, "en"), 404)
    delivery = None
    if not read.expired:
        delivery = Delivery.across_tenants(pk=read.delivery_id).first()
    if delivery is None or delivery.status in DELIVERY_OVER or now >= deadline(delivery):
        return NotThere("gone", preferred(request, "en"), 410)
    customer = Customer.of(delivery.tenant_id, pk=delivery.customer_id).first()
    tenant = Tenant.of(delivery.tenant_id).first()
    language = preferred(request, spoken(customer.preferences.language if customer else "en"))
    today = now.astimezone(ZoneInfo(delivery.time_zone)).date()
    end = delivery.window.end if delivery.window else None
    moment = moments.Moment(delivery.scheduled_time, end, delivery.time_zone, today)
    return Visit(
        token=token,
        delivery=delivery,
        language=language,
        asked_language=language if _asked(request) else None,
        company=tenant.name if tenant else "",
        phone=(tenant.callback_number if tenant else None) or runtime.settings.twilio_from_number,
        when=moments.said(moment, language),
        days=other_days(moment.day, today, tenant.calling.quiet_days if tenant else ()),
    )


def preferred(asking: Request, customers: str) -> str:
    """The language to show: chosen on the page, else the customer's own where their browser
    reads it, else the browser's best of ours.
    """
    chosen = _asked(asking)
    if chosen:
        return chosen
    reads = [spoken(tag) for tag in asking.accept_languages.values() if _ours(tag)]
    if not reads or customers in reads:
        return customers
    return reads[0]


def stop(delivery: Delivery, *, now: datetime) -> None:
    """They want no more calls or messages: that holds from now on, before anything else."""
    customer = Customer.of(delivery.tenant_id, pk=delivery.customer_id).get()
    suppress(
        delivery.tenant_id,
        customer.phone,
        scope="all",
        source="link",
        evidence=delivery.pk,
        now=now,
    )


def read_back(reply: Reply, here: Visit) -> ReadBack:
    """What is known of an answer by now."""
    words = WORDS[here.language]
    recording = Recording.of(reply.tenant_id, pk=reply.recording_id).first()
    heard = recording.transcription if recording else None
    failed = recording is not None and recording.processing_status == "failed"
    analysis = reply.analysis
    waiting = ""
    if failed or (heard is not None and not heard.text):
        waiting = "unheard"
    elif recording is not None and heard is None:
        waiting = "listening"
    elif analysis is None:
        waiting = "reading"
    return ReadBack(
        picks=tuple(_label(pick, words, here.language) for pick in reply.picked),
        wrote=reply.text or "",
        said=(heard.text or "") if heard else "",
        driver=(analysis.instructions or "") if analysis and here.language == "en" else "",
        waiting=waiting,
        office=bool(analysis and analysis.needs_person)
        or any(Kind(pick["kind"]) in FOR_A_PERSON for pick in reply.picked),
    )


def _label(pick: dict[str, Any], words: Any, language: str) -> str:
    label = str(words.get(pick.get("choice", ""), pick.get("text", "")))
    day = pick.get("slots", {}).get("date")
    if not day:
        return label
    return f"{label}: {moments.named(date.fromisoformat(day), language)}"


def texts(language: str, **values: str) -> dict[str, Any]:
    """What every template needs: the words with their values in them, and the languages."""
    words = {
        name: text.format_map({"when": "{when}", **values}) if values else text
        for name, text in WORDS[language].items()
    }
    return {"say": words, "language": language, "languages": OWN_NAMES, "named": moments.named}


def readable(number: str) -> str:
    """A telephone number as people write it."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return str(written).replace(" ", "\u00a0")


def _asked(asking: Request) -> str | None:
    chosen = asking.values.get("lang", "") if asking.method == "GET" else asking.args.get("lang")
    return chosen if chosen in LANGUAGES else None


def _ours(tag: str) -> bool:
    return tag.replace("_", "-").partition("-")[0].lower() in LANGUAGES
