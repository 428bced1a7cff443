"""Permission: may this delivery's customer be called now? The gate, asked over the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from app.models import CallLog, Delivery, Message
from app.pipeline import circuit
from app.pipeline.standing import Ledger
from app.rules.gate import Channel, Facts, RuleBook, Verdict, judge
from app.states import OUTREACH_WAITING

Window = tuple[time, time]


def facts_of(
    deliveries: Sequence[Delivery],
    *,
    channel: Channel = "call",
    now: datetime,
    window: Window,
    session: ClientSession | None = None,
    but: Iterable[ObjectId] = (),
) -> dict[ObjectId, Facts]:
    """The facts about every delivery, by its id; one query for each collection.

    ``window`` is the installation's CALLING_HOURS. Within a transaction, give its ``session``.
    ``but`` names calls and messages that do not count as contacts: the one that is being judged.
    A delivery whose customer is gone is left out.
    """
    if not deliveries:
        return {}
    ledger = Ledger.read(deliveries, now, session, frozenset(but))
    found = {}
    for delivery in deliveries:
        facts = ledger.facts(delivery, channel, now, window)
        if facts is not None:
            found[delivery.pk] = facts
    return found


def judge_delivery(
    delivery: Delivery,
    book: RuleBook,
    *,
    now: datetime,
    window: Window,
    channel: Channel = "call",
    session: ClientSession | None = None,
    but: Iterable[ObjectId] = (),
) -> Verdict | None:
    """The verdict about one delivery; None where its customer is gone."""
    facts = facts_of(
        [delivery], channel=channel, now=now, window=window, session=session, but=but
    ).get(delivery.pk)
    return judge(facts, book) if facts else None


@dataclass(frozen=True, slots=True)
class Kept:
    """A call or text that was placed or planned, and the verdict that was kept with it."""

    channel: Channel
    attempt: int | None
    status: str
    at: datetime
    why_allowed: dict[str, Any]
    error_code: str | None = None
    """The network's, where it failed; ``rules.network_errors.of`` has its meaning."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that answers why a delivery's customer is, or is not, called."""

    channel: Channel
    delivery_id: ObjectId
    reference: str | None
    time_zone: str
    van_at: datetime
    state: str
    reason: str | None
    attempts: int
    most_attempts: int
    next_at: datetime | None
    """When the next call is planned; None where none is."""
    verdict: Verdict | None
    """None where the customer is gone."""
    kept: tuple[Kept, ...]
    """What was done so far, the earliest first."""
    stopped: str | None = None
    """Why nobody is called (or texted) at all now; None where that is not so."""


def explain(
    delivery: Delivery,
    at: datetime,
    book: RuleBook,
    *,
    window: Window,
    channel: Channel = "call",
) -> Explanation:
    """Explain what the gate says of a delivery at a time, past or to come.

    Numbers, consents and contacts are judged as they stood at ``at``; the delivery's own state and
    the rules are those of today. What was kept with earlier calls is told as it was kept.
    """
    facts = facts_of([delivery], channel=channel, now=at, window=window).get(delivery.pk)
    if facts is not None:
        facts = replace(
            facts,
            contacts=tuple(each for each in facts.contacts if each.at <= at),
            suppressions=tuple(each for each in facts.suppressions if each.since <= at),
        )
    outreach = delivery.outreach
    return Explanation(
        channel=channel,
        delivery_id=delivery.pk,
        reference=delivery.reference,
        time_zone=delivery.time_zone,
        van_at=delivery.scheduled_time,
        state=outreach.state,
        reason=outreach.reason,
        attempts=outreach.attempts,
        most_attempts=delivery.max_retries + 1,
        next_at=outreach.next_attempt_at if outreach.state in OUTREACH_WAITING else None,
        verdict=judge(facts, book) if facts else None,
        kept=tuple(sorted(_kept(delivery), key=lambda each: each.at)),
        stopped=stopped(channel),
    )


def stopped(channel: Channel) -> str | None:
    """Why nobody is called (or texted) at all now; None where that is not so."""
    name = circuit.CALLS if channel == "call" else circuit.MESSAGES
    for each in circuit.standing():
        if each.name == name and each.state != "closed":
            return str(each.reason)
    return None


def _kept(delivery: Delivery) -> list[Kept]:
    calls = CallLog.of(
        delivery.tenant_id,
        __raw__={"$or": [{"delivery_id": delivery.pk}, {"covers": delivery.pk}]},
    )
    texts = Message.of(delivery.tenant_id, delivery_id=delivery.pk, purpose="link")
    return [
        *(
            Kept("call", call.attempt, call.status, call.dialing_at or call.claimed_at,
                 dict(call.why_allowed), call.error_code)
            for call in calls
            if call.direction == "outbound"
        ),
        *(
            Kept("sms", None, text.status, text.sending_at or text.claimed_at,
                 dict(text.why_allowed), text.error_code)
            for text in texts
        ),
    ]  # fmt: skip
