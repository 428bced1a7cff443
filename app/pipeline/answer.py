"""Answer: what a customer said, by whatever way, and what it makes of one delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.errors import TransientError
from app.models import AnalysisRecord, CallLog, Delivery
from app.models.outbox import told_of
from app.pipeline.review import open_review
from app.rules.analysis import FOR_A_PERSON, Kind
from app.saying import Saying
from app.states import CALL_ENDED, OUTREACH

_HEARD = ("instructed", "confirmed", "declined")
_MOST_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was learned from a call, a link or a text message.

    ``outcome`` is instructed, confirmed, declined or nothing_said; ``analysis`` is there unless
    nothing was said.
    """

    outcome: str
    analysis: AnalysisRecord | None
    channel: str
    said_at: datetime
    source_id: ObjectId
    """The call or the reply."""
    cause: str
    call_id: ObjectId | None = None
    recording_id: ObjectId | None = None


def outcome_of(analysis: AnalysisRecord | None, *, words: bool) -> str:
    """What an analysis means for hearing from the customer; ``words``: were there any at all?"""
    if analysis is None:
        return "nothing_said"
    if analysis.has(Kind.OPT_OUT):
        return "declined"
    kinds = {directive.kind for directive in analysis.directives}
    if kinds == {Kind.CONFIRM}:
        return "confirmed"
    # Words that nothing was read from still are an answer: a person listens to it.
    return "instructed" if kinds or words or analysis.needs_review else "nothing_said"


def take(delivery: Delivery, answer: Answer, *, now: datetime) -> bool:
    """Let a delivery know; safe to repeat. True where something changed.

    The customer's last word counts: an answer that is older than the one that is known only goes
    into the history. Whatever was planned or queued is dropped by the move itself, since only an
    outreach that is pending or waiting is claimed.
    """
    if answer.analysis is None:
        return _nothing_said(delivery, answer, now)
    answer.analysis.at = answer.said_at
    for _ in range(_MOST_TRIES):
        known = delivery.analysis
        if known is not None and _same(known, answer) and known.correction_id is not None:
            return _beside_a_correction(delivery, answer, now)
        if known is not None and not _same(known, answer) and _later(known, answer):
            return _filed(delivery, answer)
        if known is not None and _same(known, answer) and _alike(known, answer):
            return False
        if _put(delivery, answer, now):
            return True
        delivery.reload()
    raise TransientError(Saying("the delivery changes all the time"))


def _put(delivery: Delivery, answer: Answer, now: datetime) -> bool:
    """Make it the delivery's answer; False where somebody changed the delivery meanwhile."""
    known = delivery.analysis
    changes: dict[str, Any] = {
        "set__analysis": answer.analysis,
        "set__outreach__channel": answer.channel,
        "set__outreach__reason": f"heard in {answer.cause}",
        "unset__outreach__next_attempt_at": True,
        "unset__outreach__to_text": True,
        **news(),
    }
    if answer.call_id is not None:
        changes["set__call_log_id"] = answer.call_id
    if answer.recording_id is not None:
        changes["set__recording_id"] = answer.recording_id
    if known is not None and not _same(known, answer):
        changes["push__analysis_history"] = known
    version = {"analysis_version": delivery.analysis_version}
    if OUTREACH.allows(delivery.outreach.state, answer.outcome):
        return delivery.move_to(
            OUTREACH, answer.outcome, at=now, cause=answer.cause, where=version, **changes
        )
    # It stands there already: what was said is new, the state is not.
    here = {"outreach__state": delivery.outreach.state}
    notes = list(told_of(OUTREACH.name, answer.outcome, at=now, cause=answer.cause))
    return bool(delivery.modify({**version, **here}, push_all__outbox=notes, **changes))


def _later(known: AnalysisRecord, answer: Answer) -> bool:
    return known.at is not None and known.at > answer.said_at


def _alike(known: AnalysisRecord, answer: Answer) -> bool:
    return answer.analysis is not None and known.as_dict() == answer.analysis.as_dict()


def _same(known: AnalysisRecord, answer: Answer) -> bool:
    if answer.call_id is not None:
        return bool(known.call_id == answer.call_id)
    return known.call_id is None and known.source_id in (answer.source_id, answer.recording_id)


def _nothing_said(delivery: Delivery, answer: Answer, now: datetime) -> bool:
    """Somebody was on the line and said nothing: they are not called again, but texted once."""
    return delivery.move_to(
        OUTREACH,
        "nothing_said",
        at=now,
        cause=answer.cause,
        where={"outreach__call_id": answer.call_id, "outreach__state": "calling"},
        set__outreach__reason=f"nothing was said in {answer.cause}",
        set__outreach__to_text=True,
        set__call_log_id=answer.call_id,
        **news(),
    )


def _filed(delivery: Delivery, answer: Answer) -> bool:
    """An older answer came in late: it is kept beside the newer one."""
    if any(_same(old, answer) for old in delivery.analysis_history):
        return False
    return bool(delivery.modify(push__analysis_history=answer.analysis))


def _beside_a_correction(delivery: Delivery, answer: Answer, now: datetime) -> bool:
    """The answer that a person has corrected is read anew, as when a recording comes in late.

    What the person put down stays. What they cannot have seen is kept, for a person to look at.
    """
    known = delivery.analysis_history
    if any(_same(old, answer) and _alike(old, answer) for old in known):
        return False
    open_review(
        delivery.tenant_id,
        delivery.pk,
        reason="unclear",
        source_id=delivery.analysis.correction_id,
        call_id=answer.call_id,
        due=delivery.scheduled_time,
        now=now,
    )
    return bool(delivery.modify(push__analysis_history=answer.analysis))


def news() -> dict[str, Any]:
    """What is written where the agent has something to be told, which they cannot have seen."""
    return {
        "inc__analysis_version": 1,
        "set__to_tell": True,
        "unset__acknowledged_by": True,
        "unset__acknowledged_at": True,
    }


def put_before_a_person(
    delivery: Delivery,
    answer: Answer,
    *,
    doubt: str = "unclear",
    but: frozenset[Kind] = frozenset(),
) -> None:
    """Open the reviews that an answer calls for; safe to repeat.

    ``doubt``: the reason (``Review.reason``) where the analysis wants to be looked at. ``but``:
    kinds that were seen to already.
    """
    analysis = answer.analysis
    if analysis is None:
        return
    kinds = {directive.kind for directive in analysis.directives} & FOR_A_PERSON
    reasons = [kind.value for kind in sorted(kinds - but)]
    if analysis.needs_review:
        reasons.append(doubt)
    for reason in reasons:
        open_review(
            delivery.tenant_id,
            delivery.pk,
            reason=reason,
            source_id=answer.source_id,
            call_id=answer.call_id,
            due=delivery.scheduled_time,
            now=answer.said_at,
        )


def to_withdraw(delivery: Delivery, *, but: ObjectId | None) -> ObjectId | None:
    """The call that is about to ring for a delivery that was heard meanwhile, if there is one."""
    call_id: ObjectId | None = delivery.outreach.call_id
    if call_id is None or call_id == but or delivery.outreach.state not in _HEARD:
        return None
    live = CallLog.of(delivery.tenant_id, pk=call_id, status__nin=sorted(CALL_ENDED))
    return call_id if live.count() else None
