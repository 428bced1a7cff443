"""The stops of a driver's round as the page shows them, gathered with six queries.

No code that opens a door is among it: whoever needs one asks for it, and that is noted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bson import ObjectId
from flask import render_template

from app.models import AnalysisRecord, BridgedCall, Customer, Delivery, Recording
from app.pipeline import bridge
from app.pipeline.tell import sentence
from app.rules.analysis import SLOTS, Kind
from app.rules.bridging import OVER
from app.rules.hiding import withheld
from app.rules.round_order import Place, key
from app.states import DELIVERY_OVER
from app.web import words
from app.web.agent.labels import CALLING, LABELS

_MOST = 500
_BEFORE, _AHEAD = timedelta(hours=12), timedelta(hours=36)
_HINTS = ("caution", "cancel", "reschedule", "redirect", "wrong_number", "hand_over", "opt_out")


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom the stops are shown."""

    language: str
    """Of the page."""
    sentences: str
    """Of what the customer wants: the driver's own."""
    own: bool = False
    """It is the driver, who may do something about it."""
    codes: bool = False
    """May ask for codes."""
    audio: bool = False
    """May listen."""


@dataclass(frozen=True, slots=True)
class Calling:
    """How the driver's call to the customer is getting on, or how it ended a moment ago."""

    phase: str
    over: bool
    talked: str
    """Minutes and seconds, as 2:05; empty where nobody talked."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One delivery of a round."""

    id: str
    agent_id: str
    status: str
    state: str
    sequence: int
    day: str
    """A moment of it; empty for today in the customer's time zone."""
    zone: str
    when: str
    customer: str
    address: str
    place: tuple[float, float] | None
    """Longitude, latitude."""
    reference: str
    parcel: str
    fragile: bool
    sign: bool
    """The sender wants a signature."""
    sentence: str
    hints: tuple[str, ...]
    """What to see first, caution before all."""
    urgent: bool
    review: bool
    loud: bool
    """There is something to do otherwise than always."""
    access: tuple[tuple[str, str], ...]
    """How to get in, but for codes."""
    has_code: bool
    words: str
    """The customer's, masked."""
    recording_id: str
    version: int
    acknowledged: bool
    order: str = ""
    """Where it stands in its round, for sorting."""
    calling: Calling | None = None

    @property
    def done(self) -> bool:
        """Has the driver nothing more to do here?"""
        return self.status in DELIVERY_OVER


def today(tenant_id: str, agent_id: ObjectId, language: str) -> list[Stop]:
    """The round: from half a day ago to a day and a half ahead, in its order.

    ``language`` is that of the sentences.
    """
    found = _that_matter(tenant_id).filter(agent_id=agent_id)
    stops = _stops(tenant_id, list(found.order_by("scheduled_time", "id").limit(_MOST)), language)
    return sorted(stops, key=lambda stop: stop.order)


def some(tenant_id: str, delivery_ids: Iterable[ObjectId], language: str) -> list[Stop]:
    """Those of these deliveries that matter now, as they stand, whosever they are."""
    found = _that_matter(tenant_id).filter(pk__in=list(delivery_ids))
    return _stops(tenant_id, list(found), language)


def card(stop: Stop, reader: Reader) -> str:
    """A stop's card; also where no request is at hand."""
    with words.speaking(reader.language):
        return render_template(
            "agent/_stop.html", stop=stop, reader=reader, labels=LABELS, calling=CALLING
        )


def _that_matter(tenant_id: str) -> Any:
    now = datetime.now(UTC)
    return Delivery.of(
        tenant_id,
        deleted_at=None,
        scheduled_time__gte=now - _BEFORE,
        scheduled_time__lte=now + _AHEAD,
    )


def _stops(tenant_id: str, deliveries: list[Delivery], language: str) -> list[Stop]:
    people = Customer.of(tenant_id, pk__in=list({each.customer_id for each in deliveries}))
    names = {each.pk: each.name for each in people.only("name")}
    heard = Recording.of(tenant_id, delivery_id__in=[each.pk for each in deliveries])
    recordings = {each.delivery_id: each for each in heard.order_by("id")}
    calls = bridge.shown(tenant_id, [each.pk for each in deliveries], now=datetime.now(UTC))
    numbered = _numbered(tenant_id, deliveries)
    return [
        replace(
            _stop(each, names.get(each.customer_id, ""), recordings.get(each.pk), language),
            order=_order(each, numbered),
            calling=_calling(calls.get(each.pk)),
        )
        for each in deliveries
    ]


def _place(delivery: Delivery) -> Place:
    local = delivery.scheduled_time.astimezone(ZoneInfo(delivery.time_zone))
    number = delivery.route.sequence if delivery.route else None
    return Place(local.date(), delivery.scheduled_time, number or None)


def _numbered(tenant_id: str, deliveries: list[Delivery]) -> Mapping[ObjectId, Sequence[Place]]:
    """The numbered stops of each round of which one here has no number."""
    without = {each.agent_id for each in deliveries if _place(each).number is None}
    if not (drivers := [each for each in without if each]):
        return {}
    found = _that_matter(tenant_id).filter(agent_id__in=drivers, route__sequence__gt=0)
    rounds: defaultdict[ObjectId, list[Place]] = defaultdict(list)
    for each in found.only("agent_id", "route", "scheduled_time", "time_zone"):
        rounds[each.agent_id].append(_place(each))
    return rounds


def _order(delivery: Delivery, numbered: Mapping[ObjectId, Sequence[Place]]) -> str:
    """Where it stands in its round, for sorting: what is done comes last."""
    day, number, after, time = key(_place(delivery), numbered.get(delivery.agent_id, ()))
    done = int(delivery.status in DELIVERY_OVER)
    clock = f"{time.astimezone(UTC):%Y%m%d%H%M}"
    return f"{done}{day:%Y%m%d}{number:04}{int(after)} {clock} {delivery.pk}"


def _calling(call: BridgedCall | None) -> Calling | None:
    if call is None:
        return None
    phase, seconds = bridge.phase_of(call), call.talked or 0
    return Calling(phase, phase in OVER, f"{seconds // 60}:{seconds % 60:02}" if seconds else "")


def _stop(delivery: Delivery, customer: str, heard: Recording | None, language: str) -> Stop:
    analysis, parcel = delivery.analysis, delivery.package_details
    kinds = [each.kind.value for each in analysis.directives] if analysis else []
    codes = _codes(analysis)
    sequence = (delivery.route.sequence if delivery.route else None) or 0
    place = delivery.coordinates
    return Stop(
        id=str(delivery.pk),
        agent_id=str(delivery.agent_id or ""),
        status=delivery.status,
        state=delivery.outreach.state,
        sequence=sequence,
        day=_day(delivery),
        zone=delivery.time_zone,
        when=_when(delivery),
        customer=customer,
        address=delivery.address,
        place=tuple(_pair(place)) if place else None,  # type: ignore[arg-type]
        reference=delivery.reference or "",
        parcel=parcel.special_instructions or "",
        fragile=bool(parcel.fragile),
        sign=bool(parcel.signature_required),
        sentence=withheld(sentence(delivery, language), codes),
        hints=tuple(each for each in _HINTS if each in kinds),
        urgent=bool(analysis and analysis.priority and analysis.priority.value == "urgent"),
        review=bool(analysis and analysis.needs_person),
        loud=bool(set(kinds) - {"confirm", "opt_out", "question"})
        or delivery.outreach.state == "instructed",
        access=_access(analysis),
        has_code=bool(codes),
        words=withheld(_said(heard), codes),
        recording_id=str(heard.pk) if heard and heard.storage_key else "",
        version=delivery.analysis_version,
        acknowledged=delivery.acknowledged_at is not None,
    )


def _pair(point: Any) -> list[float]:
    return list(point["coordinates"] if isinstance(point, dict) else point)


def _said(heard: Recording | None) -> str:
    return (heard.transcription.text or "") if heard and heard.transcription else ""


def _codes(analysis: AnalysisRecord | None) -> list[str]:
    if analysis is None:
        return []
    return [str(each.slots["code"]) for each in analysis.directives if "code" in (each.slots or ())]


def _access(analysis: AnalysisRecord | None) -> tuple[tuple[str, str], ...]:
    if analysis is None:
        return ()
    return tuple(
        (slot, str(each.slots[slot]))
        for each in analysis.directives
        if each.kind is Kind.ACCESS and each.slots
        for slot in SLOTS[Kind.ACCESS]
        if slot != "code" and slot in each.slots
    )


def _when(delivery: Delivery) -> str:
    zone = ZoneInfo(delivery.time_zone)
    start = f"{delivery.scheduled_time.astimezone(zone):%H:%M}"
    if delivery.window and delivery.window.end:
        return f"{start}–{delivery.window.end.astimezone(zone):%H:%M}"
    return start


def _day(delivery: Delivery) -> str:
    """The day as a date, empty for today in the customer's time zone."""
    zone = ZoneInfo(delivery.time_zone)
    same = delivery.scheduled_time.astimezone(zone).date() == datetime.now(zone).date()
    return "" if same else delivery.scheduled_time.astimezone(zone).isoformat()
