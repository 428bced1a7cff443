"""Timeline: all that happened about one delivery, from everywhere that keeps some of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

from bson import ObjectId

from app.models import (
    Agent,
    ApiKey,
    AuditEntry,
    BridgedCall,
    CallLog,
    Correction,
    Delivery,
    Message,
    PushMessage,
    Recording,
    Reply,
    Review,
)
from app.pipeline.bridge import of_delivery, phase_of
from app.pipeline.dispatch import GIVEN_AWAY
from app.pipeline.happening import About, Happening, moment, of_one_act, once
from app.rules import call_script
from app.rules.bridging import OVER

Source = Literal["calls", "recordings", "corrections", "reviews", "audit"]
MOST = 500
_DELIVERY = {
    "scheduled": "delivery.planned_anew", "assigned": "delivery.assigned",
    "in_transit": "delivery.started", "completed": "delivery.completed",
    "failed": "delivery.failed", "cancelled": "delivery.cancelled",
}  # fmt: skip
"""What a step of the delivery is called: as in the audit log, which says who took it."""
_KNOWN_TWICE = ("ringing", "answered", "in-progress", "completed", "initiated", "queued", "busy",
                "no-answer", "failed", "canceled")  # fmt: skip
"""What the network reports and is a step of the call as well."""


def timeline(delivery: Delivery, sources: Collection[Source]) -> list[Happening]:
    """What happened, the latest first; at most ``MOST``. Beside the delivery's own history, what
    these ``sources`` keep."""
    names = _Names(delivery.tenant_id)
    calls = list(CallLog.of(delivery.tenant_id, covers=delivery.pk).order_by("claimed_at"))
    about: list[Happening] = [*_delivery(delivery, names), *_pushes(delivery, names)]
    if "calls" in sources:
        about += [each for call in calls for each in _call(call)]
        about += _texts(delivery)
        for bridged in of_delivery(delivery.tenant_id, delivery.pk):
            about += _bridged(bridged, names)
    recordings = _recordings(delivery, calls) if {"recordings", "audit"} & set(sources) else []
    if "recordings" in sources:
        about += [each for recording in recordings for each in _recording(recording)]
    if "corrections" in sources:
        about += _corrections(delivery, names)
    reviews = list(Review.of(delivery.tenant_id, delivery_id=delivery.pk))
    if "reviews" in sources:
        about += [each for review in reviews for each in _review(review, names)]
    if "audit" in sources:
        subjects: dict[About, list[Any]] = {
            "delivery": [delivery],
            "call": calls,
            "recording": recordings,
            "review": reviews,
        }
        about = of_one_act(about, _audited(delivery.tenant_id, subjects))
    return sorted(once(about), key=lambda each: each.at, reverse=True)[:MOST]


class _Names:
    """Who people and systems are, each looked up once."""

    def __init__(self, tenant_id: str) -> None:
        self._tenant_id = tenant_id
        self._known: dict[tuple[str, ObjectId], str | None] = {}

    def of(self, who: ObjectId | None, kind: str = "user") -> str | None:
        """The name; None where nobody is known."""
        if who is None:
            return None
        if (kind, who) not in self._known:
            model = ApiKey if kind == "key" else Agent
            found = model.of(self._tenant_id, pk=who).only("name").first()
            self._known[kind, who] = found.name if found else None
        return self._known[kind, who]


def _delivery(delivery: Delivery, names: _Names) -> Iterator[Happening]:
    if delivery.created_at:
        yield Happening(delivery.created_at, "delivery", "delivery.created", delivery.pk)
    steps: dict[int, str] = {}
    for step in delivery.history:
        if step.machine == "delivery":
            what = _DELIVERY.get(step.target, f"delivery.{step.target}")
            steps[moment(step.at)] = what
            yield Happening(step.at, "delivery", what, delivery.pk, detail=step.cause)
        elif step.machine == "outreach":
            what = f"outreach.{step.target}"
            yield Happening(step.at, "outreach", what, delivery.pk, detail=step.cause)
    for event in delivery.tracking_events:
        if event.timestamp:
            # Told with the step that it belongs to, or by itself.
            given = event.agent_id or event.notes == GIVEN_AWAY
            alone = "delivery.assigned" if given else "delivery.rescheduled"
            yield Happening(
                event.timestamp,
                "delivery",
                steps.get(moment(event.timestamp), alone),
                delivery.pk,
                detail=event.notes,
                to=names.of(event.agent_id),
                scheduled_before=event.scheduled_before,
                scheduled_time=event.scheduled_time,
            )
    if delivery.acknowledged_at:
        by = names.of(delivery.acknowledged_by)
        yield Happening(
            delivery.acknowledged_at, "delivery", "delivery.acknowledged", delivery.pk, by
        )


def _call(call: CallLog) -> Iterator[Happening]:
    def one(at: datetime, what: str, detail: str | None = None, by: str | None = None) -> Happening:
        return Happening(at, "call", what, call.pk, by, detail)

    yield one(call.claimed_at, "call.inbound" if call.direction == "inbound" else "call.planned")
    if call.asked:
        yield one(call.asked.at, "call.placed", by=call.asked.name)
    if call.cancelled:
        yield one(call.cancelled.at, "call.cancelled", by=call.cancelled.name)
    for step in call.history:
        yield one(step.at, f"call.{step.target}", step.cause)
    for event in call.webhook_events:
        if event.event and event.event not in _KNOWN_TWICE:
            yield one(event.timestamp, f"network.{event.event}")
    for press in call.keys:
        scene = call_script.SCENES.get(press.step)
        choice = scene.choices.get(press.digits) if scene else None
        if choice is not None:
            means = f"{press.digits} · {choice.does}"
            yield one(press.at, "call.spoken" if press.spoken else "call.key", means)


def _bridged(call: BridgedCall, names: _Names) -> Iterator[Happening]:
    by = names.of(call.person_id)
    # As the audit log has it, which tells it as well.
    yield Happening(call.claimed_at, "delivery", "customer.called", call.delivery_id, by)
    if call.talking_at:
        yield Happening(call.talking_at, "call", "bridged.talking", call.pk, by)
    phase = phase_of(call)
    if call.end_time and phase in OVER:
        lasted = f"{call.talked} s" if call.talked else None
        yield Happening(call.end_time, "call", f"bridged.{phase}", call.pk, by, lasted)


def _recordings(delivery: Delivery, calls: Iterable[CallLog]) -> list[Recording]:
    about = {"$or": [{"delivery_id": delivery.pk},
                     {"call_log_id": {"$in": [each.pk for each in calls]}}]}  # fmt: skip
    return list(Recording.of(delivery.tenant_id, __raw__=about))


def _recording(recording: Recording) -> Iterator[Happening]:
    if recording.created_at:
        yield Happening(recording.created_at, "recording", "recording.announced", recording.pk)
    for step in recording.history:
        yield Happening(
            step.at, "recording", f"recording.{step.target}", recording.pk, detail=step.cause
        )


def _texts(delivery: Delivery) -> Iterator[Happening]:
    for text in Message.of(delivery.tenant_id, delivery_id=delivery.pk):
        yield Happening(text.claimed_at, "text", f"text.{text.purpose}", text.pk)
        for step in text.history:
            yield Happening(step.at, "text", f"text.{step.target}", text.pk, detail=step.cause)
    for reply in Reply.of(delivery.tenant_id, delivery_id=delivery.pk):
        yield Happening(reply.at, "answer", f"answer.{reply.channel}", reply.pk)


def _pushes(delivery: Delivery, names: _Names) -> Iterator[Happening]:
    # Whoever sees the instructions has read all messages about them; and those to a driver who
    # has to make it no more are put aside, which nobody saw.
    given = [e.timestamp for e in delivery.tracking_events if e.notes == GIVEN_AWAY]
    seen = {moment(at) for at in (delivery.acknowledged_at, *given) if at is not None}
    for push in PushMessage.of(delivery.tenant_id, delivery_id=delivery.pk):
        agent = names.of(push.agent_id)
        for at, what in (
            (push.sent_at, "push.sent"),
            (push.delivered_at, "push.delivered"),
            (push.acknowledged_at, "push.acknowledged"),
        ):
            if at is None or (what == "push.acknowledged" and moment(at) in seen):
                continue
            if what == "push.acknowledged":
                seen.add(moment(at))
            yield Happening(at, "push", what, push.pk, agent)


def _corrections(delivery: Delivery, names: _Names) -> Iterator[Happening]:
    for each in Correction.of(delivery.tenant_id, delivery_id=delivery.pk):
        by = names.of(each.corrected_by, each.corrected_as)
        yield Happening(each.at, "analysis", "analysis.corrected", delivery.pk, by)


def _review(review: Review, names: _Names) -> Iterator[Happening]:
    yield Happening(review.opened_at, "review", "review.opened", review.pk, detail=review.reason)
    if review.closed_at:
        by = names.of(review.closed_by, review.closed_as)
        yield Happening(
            review.closed_at, "review", "review.closed", review.pk, by, review.resolution
        )


def _audited(tenant_id: str, subjects: dict[About, list[Any]]) -> Iterator[Happening]:
    for kind, documents in subjects.items():
        ids = [str(each.pk) for each in documents]
        where = {"subject.kind": kind, "subject.id": {"$in": ids}}
        for entry in AuditEntry.of(tenant_id, __raw__=where).order_by("-at").limit(MOST):
            about: About = "analysis" if entry.action.startswith("analysis.") else kind
            subject = ObjectId(entry.subject.id)
            yield Happening(entry.at, about, entry.action, subject, entry.actor.label)
