"""Conclude: what one call, or one reply, means for hearing from the customer.

Three things are kept apart: how the call went (its status), who answered (``answered_by``), and
what was learned (``outcome``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from app.crash_points import reach
from app.models import AnalysisRecord, CallLog, Customer, Delivery, Recording, Reply, Suppression
from app.models.outbox import Note
from app.models.people import PastCall
from app.pipeline import again, call_words, circuit
from app.pipeline.again import Terms
from app.pipeline.answer import Answer, outcome_of, put_before_a_person, take, to_withdraw
from app.pipeline.inbound import is_withheld
from app.pipeline.suppression import suppress
from app.rules import network_errors
from app.rules.analysis import Kind
from app.rules.call_script import Effect
from app.states import CALL_ENDED

__all__ = ["Concluded", "Terms", "conclude", "conclude_reply"]


@dataclass(frozen=True, slots=True)
class Concluded:
    """What is to be done next."""

    tell: tuple[ObjectId, ...] = ()
    """Deliveries whose agents have news."""
    text: tuple[ObjectId, ...] = ()
    """Deliveries whose customers are to be texted."""
    withdraw: tuple[ObjectId, ...] = ()
    """Calls that need not ring any more."""


def conclude(call_id: ObjectId, terms: Terms, *, now: datetime) -> Concluded | None:
    """Settle the outreach of every delivery of a call that has ended and whose words are read.

    Safe to repeat; a recording that comes in later is concluded from anew. None where there is
    nothing to conclude, or not yet.
    """
    call: CallLog | None = CallLog.across_tenants(pk=call_id).first()
    if call is None or call.settled_at is not None or call.status not in CALL_ENDED:
        return None
    if call.delivery_id is None:
        return None
    recordings = list(Recording.of(call.tenant_id, call_log_id=call.pk).order_by("id"))
    if _still_to_come(call, recordings):
        return None
    reach("conclude-begin")
    _tell_the_circuit(call, now)
    analysis = call_words.of_call(call, recordings, now=now)
    if analysis is not None or (_talked(call) and not again.unspoken(call)):
        outcome = _heard(call, recordings, analysis, now)
    else:
        outcome = _unheard(call, terms, now)
    _settle(call, outcome, now)
    reach("conclude-settled")
    return _next(_covered(call), but=call.pk)


def conclude_reply(reply_id: ObjectId, *, now: datetime) -> Concluded | None:
    """Let the delivery know what its customer answered by link or text message.

    Safe to repeat. A call that is planned is dropped, and one that waits to ring is named in
    ``withdraw``. None where the reply is not read yet, or settled.
    """
    reply: Reply | None = Reply.across_tenants(pk=reply_id).first()
    if reply is None or reply.settled_at is not None or reply.analysis is None:
        return None
    delivery: Delivery | None = Delivery.of(reply.tenant_id, pk=reply.delivery_id).first()
    if delivery is None:
        return None
    words = bool(reply.text or reply.recording_id)
    answer = Answer(
        outcome=outcome_of(reply.analysis, words=words),
        analysis=reply.analysis,
        channel=reply.channel,
        said_at=reply.at,
        source_id=reply.pk,
        cause=f"an answer by {reply.channel}",
        recording_id=reply.recording_id,
    )
    if reply.analysis.has(Kind.OPT_OUT):
        customer = Customer.of(reply.tenant_id, pk=reply.customer_id).first()
        if customer is not None:
            _suppress_once(reply.tenant_id, customer.phone, reply.channel, reply.pk, now)
    if answer.outcome != "nothing_said":
        take(delivery, answer, now=now)
        put_before_a_person(delivery, answer)
    reply.modify({"settled_at": None}, set__settled_at=now)
    delivery.reload()
    return _next([delivery], but=None)


def _still_to_come(call: CallLog, recordings: Sequence[Recording]) -> bool:
    if recordings:
        return any(recording.stage != "understood" for recording in recordings)
    # However the call ended: one that broke off after the beep was recorded all the same.
    return Effect.RECORDS.value in call.effects


def _talked(call: CallLog) -> bool:
    """Was a person on the line? A machine that was only guessed does not outweigh a key."""
    return bool(call.status == "completed" and call.answered_by != "machine")


def _covered(call: CallLog) -> list[Delivery]:
    ids = list(call.covers or [call.delivery_id])
    found = Delivery.of(call.tenant_id, pk__in=ids)
    return sorted(found, key=lambda delivery: ids.index(delivery.pk))


def _heard(
    call: CallLog,
    recordings: Sequence[Recording],
    analysis: AnalysisRecord | None,
    now: datetime,
) -> str:
    heard = (each.transcription.text for each in recordings if each.transcription)
    if analysis is not None and analysis.has(Kind.OPT_OUT) and not is_withheld(call.line):
        by_key = any(each["kind"] == Kind.OPT_OUT.value for each in call.chosen)
        _suppress_once(call.tenant_id, call.line, "key" if by_key else "speech", call.pk, now)
        reach("conclude-suppressed")
    if analysis is not None:
        call.modify(set__ai_analysis=analysis)
    unverified = call.identified_by == "reference"
    if unverified and analysis is not None:
        analysis = _by_a_stranger(analysis)
    outcome = outcome_of(analysis, words=bool(call.said) or any(heard))
    inbound = call.direction == "inbound"
    answer = Answer(
        outcome=outcome,
        analysis=None if outcome == "nothing_said" else analysis,
        channel="inbound" if inbound else "call",
        said_at=call.end_time or now,
        source_id=call.pk,
        cause="the customer's own call" if inbound else f"attempt {call.attempt}",
        call_id=call.pk,
        recording_id=recordings[-1].pk if recordings else None,
    )
    deliveries = _covered(call)
    for delivery in deliveries:
        take(delivery, answer, now=now)
        reach("conclude-delivery")
    lost = any(each.processing_status == "failed" for each in recordings)
    # Who pressed the key for a person was seen to while the call went on.
    seen_to = frozenset(Kind(each["kind"]) for each in call.chosen) & {Kind.SPEAK_TO_HUMAN}
    for delivery in deliveries[:1]:
        doubt = "unverified" if unverified else "unheard" if lost else "unclear"
        put_before_a_person(delivery, answer, doubt=doubt, but=seen_to)
    return outcome


def _by_a_stranger(analysis: AnalysisRecord) -> AnalysisRecord | None:
    """What a delivery is told of an answer from a telephone that is not the customer's.

    Whoever knows a parcel's number may have read it off a label: a person looks at it, and the
    wish for no more calls is for the telephone from which it came. None where nothing is left.
    """
    left = [each for each in analysis.directives if each.kind is not Kind.OPT_OUT]
    if analysis.directives and not left:
        return None
    analysis.directives, analysis.needs_review = left, True
    return analysis


def _suppress_once(
    tenant_id: str, phone: str, source: str, evidence: ObjectId, now: datetime
) -> None:
    # What the customer took back since must not come into force again by the same evidence.
    if Suppression.of(tenant_id, phone=phone, evidence=evidence).first() is None:
        suppress(tenant_id, phone, scope="all", source=source, evidence=evidence, now=now)


def _unheard(call: CallLog, terms: Terms, now: datetime) -> str:
    outcome = call.outcome or call.status
    for delivery in _covered(call):
        if delivery.outreach.call_id == call.pk and delivery.outreach.state == "calling":
            outcome = again.after(call, delivery, terms, now=now)
            reach("conclude-delivery")
    return str(outcome)


def _tell_the_circuit(call: CallLog, now: datetime) -> None:
    """Some refusals come only on the way, and only an answered call proves that they are over."""
    if call.direction == "inbound" or call.dialing_at is None:
        return
    if again.unspoken(call):
        code = network_errors.UNSPOKEN
        circuit.failed(circuit.CALLS, code, call.pk, about=call.customer_id, now=now)
        return
    if call.status == "failed" and call.error_code:
        circuit.failed(circuit.CALLS, call.error_code, call.pk, about=call.customer_id, now=now)
    elif call.status in ("completed", "busy", "no-answer"):
        circuit.worked(circuit.CALLS, call.pk, now=now, reached=True)


def _settle(call: CallLog, outcome: str, now: datetime) -> None:
    over = Note(type="call.completed", at=now)
    changes = {"set__settled_at": now, "set__outcome": outcome, "push__outbox": over}
    if not call.modify({"settled_at": None}, **changes):
        return
    past = PastCall(
        call_id=call.pk,
        timestamp=call.start_time or call.claimed_at,
        status=call.status,
        duration=call.duration,
    )
    customer = Customer.of(call.tenant_id, pk=call.customer_id, call_history__call_id__ne=call.pk)
    customer.update_one(push__call_history=past)


def _next(deliveries: Sequence[Delivery], *, but: ObjectId | None) -> Concluded:
    live = (to_withdraw(delivery, but=but) for delivery in deliveries)
    return Concluded(
        tell=tuple(each.pk for each in deliveries if each.to_tell),
        text=tuple(each.pk for each in deliveries if each.outreach.to_text),
        withdraw=tuple({call_id for call_id in live if call_id is not None}),
    )
