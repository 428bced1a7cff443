"""Executing Dial: another person is called and, if they answer, talks to the customer."""

from __future__ import annotations

from dataclasses import dataclass

from local.carrier.behaviour import CallBehaviour
from local.carrier.call_progress import CallProgress
from local.carrier.conversation import Conversation, Document, NextDocument
from local.carrier.line import HungUp, Ordered, Redirected
from local.carrier.records import CallRecord, CallRequest
from local.carrier.sids import new_sid
from local.carrier.twiml import Verb

RING_SECONDS = 6.0
BUSY_AFTER = 2.0
UNREACHABLE_AFTER = 1.0
_ANSWERS = CallBehaviour("answers", rings=0)


@dataclass(frozen=True, slots=True)
class _Leg:
    """How the second call goes: seconds until it is answered or given up, then talking."""

    status: str
    waits: float
    talks: float = 0.0
    rings: bool = True


async def dial(conversation: Conversation, verb: Verb, document: Document) -> NextDocument | None:
    """Call the number in the document and tell the action how that ended.

    Whoever has the number behaves as in any call; somebody is always there at a number that was
    given to nobody. It is a call of its own, with callbacks where its `Number` asks for them. The
    customer who hangs up meanwhile ends both calls.
    """
    leg = _leg(verb, _behaviour(conversation, verb.text))
    conversation.note_verb(verb, seconds=leg.talks, status=leg.status)
    sid = await _second_call(conversation, verb, document, leg)
    if "action" not in verb.attributes:
        return None
    fields = {
        "DialCallStatus": leg.status,
        "DialCallSid": sid,
        "DialBridged": "true" if leg.talks else "false",
    }
    if leg.talks:
        fields["DialCallDuration"] = str(round(leg.talks))
    return NextDocument(document.action(verb), fields)


async def _second_call(
    conversation: Conversation, verb: Verb, document: Document, leg: _Leg
) -> str:
    """Live through the second call and leave it in a final status; return its identifier."""
    call, line = _placed(conversation, verb, document), conversation.line
    conversation.parts.store.save(call)
    noted = {"from_number": call.from_number, "direction": call.direction}
    conversation.parts.note("call_placed", call, **noted)
    progress = CallProgress(conversation.parts, call)
    progress.initiated()
    answered_at = None
    try:
        if leg.rings:
            progress.reached("ringing")
        await line.wait(leg.waits)
        if leg.status == "completed":
            answered_at = line.elapsed
            progress.reached("in-progress")
            await line.wait(leg.talks)
    except (HungUp, Ordered, Redirected):
        if answered_at is None:
            progress.ended("canceled", 0)
        else:
            progress.ended("completed", round(line.elapsed - answered_at))
        raise
    progress.ended(leg.status, round(leg.talks))
    return call.sid


def _placed(conversation: Conversation, verb: Verb, document: Document) -> CallRecord:
    parent, now = conversation.call, conversation.parts.clock.now()
    asked = verb.children[0].attributes if verb.children else {}
    callback = asked.get("statusCallback")
    method = asked.get("statusCallbackMethod", "POST")
    request = CallRequest(
        status_callback=document.resolve(callback, method) if callback else None,
        status_events=tuple(asked.get("statusCallbackEvent", "completed").split()),
    )
    return CallRecord(
        new_sid("CA"),
        verb.text,
        verb.attributes.get("callerId", parent.customer),
        now,
        now,
        request,
        direction="outbound-dial",
        parent_sid=parent.sid,
    )


def _behaviour(conversation: Conversation, number: str) -> CallBehaviour:
    return conversation.parts.dialled(number) or _ANSWERS


def _leg(verb: Verb, behaviour: CallBehaviour) -> _Leg:
    patience = verb.seconds("timeout", 30)
    rings = behaviour.rings * RING_SECONDS
    if behaviour.outcome == "fails":
        return _Leg("failed", UNREACHABLE_AFTER, rings=False)
    if behaviour.outcome == "no_answer" or rings > patience:
        return _Leg("no-answer", patience)
    if behaviour.outcome == "busy":
        return _Leg("busy", rings + BUSY_AFTER)
    return _Leg("completed", rings, min(behaviour.talks, verb.seconds("timeLimit", 14400)))
