"""What the live pages show of each delivery, gathered with a handful of queries."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bson import ObjectId
from mongoengine import Q, QuerySet

from app.models import Agent, AnalysisRecord, CallLog, Customer, Delivery, Recording, Review
from app.models.as_stored import all_of
from app.pipeline.tell import sentence
from app.rules.analysis import SLOTS, Kind
from app.rules.hiding import MASK, withheld
from app.states import DELIVERY_OVER
from app.web.words import day_of, gettext, marked, retold, speaking

STEPS = (
    marked("planned"),
    marked("called"),
    marked("recorded"),
    marked("heard"),
    marked("understood"),
    marked("told"),
)
_MOST_ROWS = 5000
FIRST_ROWS = 100
"""With which the page begins; its script fetches the others."""
_POSITION = re.compile(r"(20\d{10}) ([0-9a-f]{24})")
_OF_A_DELIVERY = (
    "customer_id", "agent_id", "address", "reference", "package_details", "scheduled_time",
    "time_zone", "window", "route", "status", "outreach", "analysis", "analysis_version", "to_tell",
    "acknowledged_at",
)  # fmt: skip
_OF_A_CALL = ("delivery_id", "status", "attempt", "keys")
_OF_A_RECORDING = ("delivery_id", "stage", "storage_key", "segments", "transcription.text")
_LABELS = {
    "pending": marked("Waiting to be called"),
    "calling": marked("On the phone"),
    "waiting": marked("Trying again later"),
    "instructed": marked("Instructions given"),
    "confirmed": marked("All fine as planned"),
    "nothing_said": marked("Said nothing"),
    "declined": marked("Wants no calls"),
    "unreachable": marked("Not reached"),
    "suppressed": marked("Not to be called"),
    "skipped": marked("Not called"),
    "superseded": marked("Heard another way"),
}
_ON_THE_LINE = {
    "intended": marked("About to be called"),
    "queued": marked("Dialling"),
    "ringing": marked("Ringing"),
    "in-progress": marked("Speaking"),
    "unknown": marked("Looking for the call"),
}
"""What a call is doing, by its status."""
_ON_TAPE = {
    "announced": marked("Fetching the recording"),
    "stored": marked("Writing down what was said"),
    "transcribed": marked("Reading the answer"),
    "understood": marked("Reading the answer"),
}
"""What comes after it, by the stage of its recording."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A word of the transcript, for the player to follow; times in seconds."""

    text: str
    start: float
    end: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Eyes:
    """What somebody may see, and in which language they read."""

    audio: bool
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery as the pages show it."""

    id: str
    customer: str
    address: str
    reference: str
    parcel: str
    when: str
    sequence: int
    agent_id: str
    agent: str
    state: str
    label: str
    reason: str
    steps_done: int
    attempts: int
    words: tuple[Heard, ...]
    transcript: str
    recording_id: str
    kinds: tuple[str, ...]
    priority: str
    needs_review: bool
    told: bool
    acknowledged: bool
    instructions: str = ""
    """The driver's sentence, in ``language``."""
    language: str = "en"
    order: str = ""
    """Sorts as text into the order of the day."""
    day: str = ""
    """The day in the customer's time zone; empty for today."""
    status: str = ""
    """Where the parcel is: ``DeliveryStatus``."""
    access: tuple[tuple[str, str], ...] = ()
    """How to get in, label and value: code, unit, floor, entrance."""
    proposed: tuple[tuple[str, str], ...] = ()
    """What only a second reader found: its kind, and the customer's words."""
    doubted: tuple[str, ...] = ()
    """Kinds that the second reader did not find."""
    phone: str = ""
    """The customer's number, E.164."""

    @property
    def find(self) -> str:
        """All that the row is found by, in small letters without accents."""
        digits = self.phone.removeprefix("+")
        parts = (
            self.customer, self.address, self.reference, self.parcel, self.agent,
            self.instructions, self.transcript, digits,
        )  # fmt: skip
        plain = unicodedata.normalize("NFKD", " ".join(parts))
        return "".join(each for each in plain if not unicodedata.combining(each)).lower()

    @property
    def done(self) -> bool:
        """Does the driver have nothing more to do here?"""
        return self.status in DELIVERY_OVER


def today(
    tenant_id: str,
    agent_id: ObjectId | None = None,
    *,
    language: str = "en",
    after: str = "",
    most: int = _MOST_ROWS,
) -> list[Row]:
    """The deliveries that matter now: from half a day ago to a day and a half ahead.

    ``language`` is that of the sentences and labels. ``after``: those behind the row of this
    ``order`` alone; at most so many.
    """
    found = _that_matter(tenant_id)
    if agent_id is not None:
        found = found.filter(agent_id=agent_id)
    if last := _POSITION.fullmatch(after):
        minute = datetime.strptime(last[1], "%Y%m%d%H%M").replace(tzinfo=UTC)
        later = Q(scheduled_time__gte=minute + timedelta(minutes=1))
        # An order names minutes: those of the same one that come behind are looked for by id.
        same = Q(scheduled_time__gte=minute, scheduled_time__lt=minute + timedelta(minutes=1))
        found = found.filter(later | (same & Q(pk__gt=ObjectId(last[2]))))
    asked = found.order_by("scheduled_time", "id").limit(most)
    return sorted(_rows(tenant_id, asked, language), key=lambda row: row.order)


def one(tenant_id: str, delivery_id: ObjectId, *, language: str = "en") -> Row | None:
    """One delivery, whenever it is."""
    rows = _rows(tenant_id, Delivery.of(tenant_id, pk=delivery_id, deleted_at=None), language)
    return rows[0] if rows else None


def some(tenant_id: str, delivery_ids: list[ObjectId], *, language: str = "en") -> list[Row]:
    """Those of these deliveries that matter now, as they stand."""
    return _rows(tenant_id, _that_matter(tenant_id).filter(pk__in=delivery_ids), language)


def for_eyes(row: Row, eyes: Eyes) -> Row:
    """The row without codes, which the delivery's page tells who asks and notes that; for somebody
    who may not listen, also without what follows the sound."""
    if not eyes.audio:
        row = replace(row, recording_id="", words=())
    hidden = [value for label, value in row.access if label == "Code"]
    transcript = withheld(row.transcript, hidden)
    return replace(
        row,
        words=row.words if transcript == row.transcript else (),
        transcript=transcript,
        instructions=withheld(row.instructions, hidden),
        access=tuple((label, MASK if label == "Code" else value) for label, value in row.access),
        proposed=tuple((kind, withheld(said, hidden)) for kind, said in row.proposed),
    )


def counts(rows: list[Row]) -> dict[str, int]:
    """How many stand where: all, waiting, calling, heard, unheard, review."""
    heard = ("instructed", "confirmed", "declined", "superseded")
    unheard = ("nothing_said", "unreachable", "suppressed", "skipped")
    return {
        "all": len(rows),
        "waiting": sum(row.state in ("pending", "waiting") for row in rows),
        "calling": sum(row.state == "calling" for row in rows),
        "heard": sum(row.state in heard for row in rows),
        "unheard": sum(row.state in unheard for row in rows),
        "review": sum(row.needs_review for row in rows),
    }


def _that_matter(tenant_id: str) -> Any:
    now = datetime.now(UTC)
    return Delivery.of(
        tenant_id,
        scheduled_time__gte=now - timedelta(hours=12),
        scheduled_time__lte=now + timedelta(hours=36),
        deleted_at=None,
    )


def _rows(tenant_id: str, asked: QuerySet, language: str) -> list[Row]:
    deliveries = all_of(asked.only(*_OF_A_DELIVERY))
    customers = _people(Customer, tenant_id, {d.customer_id for d in deliveries})
    agents = _people(Agent, tenant_id, {d.agent_id for d in deliveries if d.agent_id})
    about = {"delivery_id__in": [d.pk for d in deliveries]}
    calls: dict[ObjectId, CallLog] = {}
    for call in all_of(CallLog.of(tenant_id, **about).only(*_OF_A_CALL)):
        latest = calls.setdefault(call.delivery_id, call)
        if call.attempt > latest.attempt:
            calls[call.delivery_id] = call
    heard = all_of(Recording.of(tenant_id, **about).only(*_OF_A_RECORDING).order_by("id"))
    recordings = {r.delivery_id: r for r in heard}
    asked_about = set(Review.of(tenant_id, closed_at=None, **about).scalar("delivery_id"))
    with speaking(language):
        return [
            replace(
                _row(
                    delivery,
                    customers.get(delivery.customer_id),
                    agents.get(delivery.agent_id),
                    calls.get(delivery.pk),
                    recordings.get(delivery.pk),
                    asked_about=delivery.pk in asked_about,
                ),
                instructions=sentence(delivery, language),
                language=language,
            )
            for delivery in deliveries
        ]


def _people(model: Any, tenant_id: str, ids: set[ObjectId]) -> dict[ObjectId, Any]:
    found = model.of(tenant_id, pk__in=ids).only("name", "phone")
    return {each.pk: each for each in all_of(found)}


def _row(
    delivery: Delivery,
    customer: Customer | None,
    agent: Agent | None,
    call: CallLog | None,
    recording: Recording | None,
    *,
    asked_about: bool,
) -> Row:
    analysis = delivery.analysis
    state = delivery.outreach.state
    return Row(
        id=str(delivery.pk),
        customer=customer.name if customer else "",
        phone=customer.phone if customer else "",
        address=delivery.address,
        reference=delivery.reference or "",
        parcel=delivery.package_details.special_instructions or "",
        when=_when(delivery),
        sequence=(delivery.route.sequence if delivery.route else None) or 0,
        agent_id=str(delivery.agent_id or ""),
        agent=agent.name if agent else "",
        state=state,
        label=_label(state, call, recording),
        reason=retold(delivery.outreach.reason or ""),
        steps_done=_steps_done(delivery, call, recording),
        attempts=delivery.outreach.attempts,
        words=_words(recording),
        transcript=_transcript(recording),
        recording_id=str(recording.pk) if recording and recording.storage_key else "",
        kinds=tuple(directive.kind.value for directive in analysis.directives) if analysis else (),
        priority=analysis.priority.value if analysis and analysis.priority else "",
        # Also where the question is about the driver, say, and not about what was understood.
        needs_review=asked_about or bool(analysis and analysis.needs_person),
        told=delivery.analysis_version > 0 and not delivery.to_tell,
        acknowledged=delivery.acknowledged_at is not None,
        order=f"{delivery.scheduled_time.astimezone(UTC):%Y%m%d%H%M} {delivery.pk}",
        day=_day(delivery),
        status=delivery.status,
        access=_access(analysis),
        proposed=tuple((_plain(d.kind), d.text) for d in analysis.proposed) if analysis else (),
        doubted=tuple(map(_plain, analysis.doubted)) if analysis else (),
    )


def _label(state: str, call: CallLog | None, recording: Recording | None) -> str:
    """Where the outreach stands; of a call in progress, what is happening now."""
    if state != "calling" or call is None:
        return gettext(_LABELS[state])
    if call.status in _ON_THE_LINE:
        leaving = call.status == "in-progress" and bool(call.keys) and call.keys[-1].digits == "2"
        return gettext("Leaving instructions") if leaving else gettext(_ON_THE_LINE[call.status])
    return gettext(_ON_TAPE[recording.stage] if recording else _ON_TAPE["understood"])


def _steps_done(delivery: Delivery, call: CallLog | None, recording: Recording | None) -> int:
    """How many of STEPS lie behind; those that a call did not need count as done with the last."""
    if delivery.analysis_version > 0:
        return len(STEPS) - (1 if delivery.to_tell else 0)
    if recording is not None:
        return {"announced": 2, "stored": 3, "transcribed": 4, "understood": 5}[recording.stage]
    return 1 if call is None else 2 if call.status == "completed" else 1


def _when(delivery: Delivery) -> str:
    zone = ZoneInfo(delivery.time_zone)
    start = f"{delivery.scheduled_time.astimezone(zone):%H:%M}"
    if delivery.window and delivery.window.end:
        return f"{start}–{delivery.window.end.astimezone(zone):%H:%M}"
    return start


def _day(delivery: Delivery) -> str:
    zone = ZoneInfo(delivery.time_zone)
    day = delivery.scheduled_time.astimezone(zone).date()
    ahead = (day - datetime.now(zone).date()).days
    names = {-1: gettext("Yesterday"), 0: "", 1: gettext("Tomorrow")}
    return names[ahead] if ahead in names else day_of(delivery.scheduled_time, delivery.time_zone)


def _access(analysis: AnalysisRecord | None) -> tuple[tuple[str, str], ...]:
    if analysis is None:
        return ()
    return tuple(
        (slot.capitalize(), str(directive.slots[slot]))
        for directive in analysis.directives
        if directive.kind is Kind.ACCESS and directive.slots
        for slot in SLOTS[Kind.ACCESS]
        if slot in directive.slots
    )


def _plain(kind: Kind) -> str:
    return kind.value.replace("_", " ")


def _words(recording: Recording | None) -> tuple[Heard, ...]:
    if recording is None or not recording.segments:
        return ()
    return tuple(
        Heard(
            word["text"].strip(),
            round(word["start"], 2),
            round(word["end"], 2),
            word["probability"] >= 0.5,
        )
        for segment in recording.segments
        for word in segment["words"]
    )


def _transcript(recording: Recording | None) -> str:
    if recording is None or recording.transcription is None:
        return ""
    return recording.transcription.text or ""
