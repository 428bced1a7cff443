"""What a call looks like from outside, and the gate's reasons for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

from bson import ObjectId
from pydantic import Field

from app.models import ByHand, CallLog
from app.models.call_log import KeyPress
from app.pipeline.permission import Explanation, Kept
from app.rules import call_script, network_errors
from app.rules.gate import Verdict
from app.web.api.delivery_shapes import DeliveryOut, Outreaching
from app.web.api.shapes import Given, GivenMoment, Id, Listed, Moment, Page, Shape

Status = Literal[
    "intended", "unknown", "queued", "ringing", "in-progress", "completed", "busy", "no-answer",
    "failed", "canceled",
]  # fmt: skip
Weighs = Literal["allows", "delays", "forbids"]


class ReasonOut(Shape):
    """One rule that mattered."""

    rule: str
    version: int
    source: str = Field(description="The law, or whose choice it is.")
    says: str
    weight: Weighs


class ContactsOut(Shape):
    """How often a number was contacted, of how often it may be."""

    made: int
    most: int


class VerdictOut(Shape):
    """What the rules say of a call or text at one moment."""

    allowed: bool
    at: Moment | None
    not_before: Moment | None = Field(description="Allowed from then on; null: never.")
    not_after: Moment | None
    rules_version: str | None
    reasons: list[ReasonOut]
    local_times: dict[str, str] = Field(description="The time on the wall in each zone.")
    regions: list[str] = Field(description="Whose rules were asked; empty: all.")
    found_by: list[str] = Field(description="How zones and regions were found.")
    consent_id: str | None
    counts: dict[str, ContactsOut]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> VerdictOut | None:
        """A verdict as a call keeps it; None where nothing was kept."""
        if not kept:
            return None
        counts = kept.get("counts") or {}
        return cls.model_construct(
            allowed=bool(kept.get("allowed", True)),
            at=kept.get("at"),
            not_before=kept.get("not_before"),
            not_after=kept.get("not_after"),
            rules_version=kept.get("rules_version"),
            reasons=[
                ReasonOut.model_construct(**{name: each[name] for name in ReasonOut.model_fields})
                for each in kept.get("reasons") or ()
            ],
            local_times=dict(kept.get("local_times") or {}),
            regions=list(kept.get("regions") or ()),
            found_by=list(kept.get("found_by") or ()),
            consent_id=kept.get("consent_id"),
            counts={
                name: ContactsOut.model_construct(made=each["made"], most=each["most"])
                for name, each in counts.items()
            },
        )

    @classmethod
    def fresh(cls, verdict: Verdict | None) -> VerdictOut | None:
        """A verdict that was reached just now."""
        return cls.of(verdict.as_dict()) if verdict is not None else None


class ByHandOut(Shape):
    """Who asked for it, when and why."""

    by: Id
    kind: Literal["user", "key"]
    name: str | None
    why: str | None
    at: Moment

    @classmethod
    def of(cls, deed: ByHand | None) -> ByHandOut | None:
        """As it is kept."""
        if deed is None:
            return None
        return cls.model_construct(
            by=str(deed.by), kind=deed.kind, name=deed.name, why=deed.why, at=deed.at
        )


class PressedOut(Shape):
    """A choice that the customer made."""

    step: str = Field(description="At which step of the call script.")
    key: str
    means: str
    spoken: bool = Field(description="It was spoken, not pressed.")
    at: Moment


class ErrorOut(Shape):
    """Why the network did not connect it."""

    code: str
    meaning: str

    @classmethod
    def of(cls, code: str | None) -> ErrorOut | None:
        """By the network's code; its own message may hold the number, and is not shown."""
        if not code:
            return None
        return cls.model_construct(code=code, meaning=network_errors.of(code).meaning)


class CallOut(Shape):
    """A call."""

    id: Id
    direction: Literal["outbound", "inbound"]
    status: Status
    answered_by: str | None = Field(description="human, machine or unknown.")
    outcome: str | None = Field(description="What was learned, or why nothing was.")
    attempt: int = Field(description="Counts from 1; 0 where the customer called.")
    covers: list[Id] = Field(description="The deliveries it is about.")
    customer_id: Id | None
    language: str
    claimed_at: Moment
    dialed_at: Moment | None
    started_at: Moment | None
    ended_at: Moment | None
    duration: int | None = Field(description="Seconds.")
    cost: float | None
    currency: str | None = Field(description="Of the cost, as USD.")
    error: ErrorOut | None
    keys: list[PressedOut]
    asked: ByHandOut | None = Field(description="Who had it placed out of turn.")
    cancelled: ByHandOut | None = Field(description="Who cancelled it.")
    why_allowed: VerdictOut | None

    @classmethod
    def of(cls, call: CallLog, own: Collection[ObjectId] | None = None) -> CallOut:
        """A call as it is shown; ``own``: no other of its deliveries are."""
        covers = call.covers or [call.delivery_id]
        return cls.model_construct(
            id=str(call.pk),
            direction=call.direction,
            status=call.status,
            answered_by=call.answered_by,
            outcome=call.outcome,
            attempt=call.attempt,
            covers=[str(each) for each in covers if each and (own is None or each in own)],
            customer_id=str(call.customer_id) if call.customer_id else None,
            language=call.language,
            claimed_at=call.claimed_at,
            dialed_at=call.dialing_at,
            started_at=call.start_time,
            ended_at=call.end_time,
            duration=call.duration,
            cost=call.cost,
            currency=call.currency,
            error=ErrorOut.of(call.error_code),
            keys=[each for each in map(_key, call.keys) if each is not None],
            asked=ByHandOut.of(call.asked),
            cancelled=ByHandOut.of(call.cancelled),
            why_allowed=VerdictOut.of(call.why_allowed),
        )


class CallPage(Page[CallOut]):
    """Some calls."""


class CallsAsked(Listed):
    """Which calls."""

    delivery_id: Annotated[Id | None, Field(description="About this delivery.")] = None
    customer_id: Id | None = None
    status: Annotated[
        list[Status], Field(max_length=10, description="One of these; repeat it for several.")
    ] = []
    claimed_from: Annotated[GivenMoment | None, Field(description="Then or later.")] = None
    claimed_before: Annotated[GivenMoment | None, Field(description="Before then.")] = None
    sort: Literal["-claimed_at", "claimed_at"] = "-claimed_at"


class CalledDelivery(DeliveryOut):
    """A delivery that somebody is to be called about."""

    VOLATILE = frozenset({"stopped"})
    stopped: str | None = Field(
        default=None,
        description="Why nobody at all is called at the moment: the call waits until that is over.",
    )


class WhyAsked(Given):
    """When, and by what."""

    at: Annotated[GivenMoment | None, Field(description="Now unless given.")] = None
    channel: Literal["call", "sms"] = "call"


class KeptOut(Shape):
    """A call or text that was made or planned, and why it was allowed."""

    channel: Literal["call", "sms"]
    attempt: int | None
    status: str
    at: Moment
    error: ErrorOut | None
    why_allowed: VerdictOut | None

    @classmethod
    def of(cls, kept: Kept) -> KeptOut:
        """As it was kept."""
        return cls.model_construct(
            channel=kept.channel,
            attempt=kept.attempt,
            status=kept.status,
            at=kept.at,
            error=ErrorOut.of(kept.error_code),
            why_allowed=VerdictOut.of(kept.why_allowed),
        )


class WhyOut(Shape):
    """Why a delivery's customer is, or is not, called."""

    channel: Literal["call", "sms"]
    delivery_id: Id
    reference: str | None
    time_zone: str
    scheduled_time: Moment
    state: Outreaching
    reason: str | None
    attempts: int
    most_attempts: int
    next_attempt_at: Moment | None
    stopped: str | None = Field(description="Why nobody at all is called or texted now.")
    verdict: VerdictOut | None = Field(description="null: the customer is gone.")
    kept: list[KeptOut] = Field(description="What was done so far, the earliest first.")

    @classmethod
    def of(cls, told: Explanation) -> WhyOut:
        """An explanation as data."""
        return cls.model_construct(
            channel=told.channel,
            delivery_id=str(told.delivery_id),
            reference=told.reference,
            time_zone=told.time_zone,
            scheduled_time=told.van_at,
            state=told.state,
            reason=told.reason,
            attempts=told.attempts,
            most_attempts=told.most_attempts,
            next_attempt_at=told.next_at,
            stopped=told.stopped,
            verdict=VerdictOut.fresh(told.verdict),
            kept=[KeptOut.of(each) for each in told.kept],
        )


def _key(press: KeyPress) -> PressedOut | None:
    """A key that the script offers; whatever else was typed, as a reference, is not told."""
    scene = call_script.SCENES.get(press.step)
    choice = scene.choices.get(press.digits) if scene else None
    if choice is None:
        return None
    return PressedOut.model_construct(
        step=press.step, key=press.digits, means=choice.does, spoken=bool(press.spoken), at=press.at
    )
