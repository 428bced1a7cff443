"""Executing Dial: another person is called and, if they answer, talks to the customer."""

from __future__ import annotations

from dataclasses import dataclass

from local.carrier.behaviour import CallBehaviour
from local.carrier.conversation import Conversation, Document, NextDocument
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


async def dial(conversation: Conversation, verb: Verb, document: Document) -> NextDocument | None:
    """Call the number in the document and tell the action how that ended.

    Whoever has the number behaves as in any call; somebody is always there at a number that was
    given to nobody. The customer who hangs up meanwhile ends both calls.
    """
    leg = _leg(verb, _behaviour(conversation, verb.text))
    conversation.note_verb(verb, seconds=leg.talks, status=leg.status)
    await conversation.line.wait(leg.waits)
    await conversation.line.wait(leg.talks)
    if "action" not in verb.attributes:
        return None
    fields = {
        "DialCallStatus": leg.status,
        "DialCallSid": new_sid("CA"),
        "DialBridged": "true" if leg.talks else "false",
    }
    if leg.talks:
        fields["DialCallDuration"] = str(round(leg.talks))
    return NextDocument(document.action(verb), fields)


def _behaviour(conversation: Conversation, number: str) -> CallBehaviour:
    return conversation.parts.dialled(number) or _ANSWERS


def _leg(verb: Verb, behaviour: CallBehaviour) -> _Leg:
    patience = verb.seconds("timeout", 30)
    rings = behaviour.rings * RING_SECONDS
    if behaviour.outcome == "fails":
        return _Leg("failed", UNREACHABLE_AFTER)
    if behaviour.outcome == "no_answer" or rings > patience:
        return _Leg("no-answer", patience)
    if behaviour.outcome == "busy":
        return _Leg("busy", rings + BUSY_AFTER)
    return _Leg("completed", rings, min(behaviour.talks, verb.seconds("timeLimit", 14400)))
