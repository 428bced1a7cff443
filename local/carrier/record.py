"""Executing Record: the beep, what the customer says, and telling the product where it is."""

from __future__ import annotations

from local.carrier.audio import encode_wav, seconds_of
from local.carrier.conversation import Conversation, Document, NextDocument
from local.carrier.line import HungUp, Ordered, Redirected
from local.carrier.recording_news import RecordingNews
from local.carrier.records import RecordingRecord
from local.carrier.sids import new_sid
from local.carrier.take import SILENT, TOO_SHORT, Result, Take, finish_take, plan_take
from local.carrier.twiml import Verb

BEEP_SECONDS = 0.5
EARLY_SECONDS = 3.0  # after the beep, within which a customer hangs up by the plan of faults


async def record(conversation: Conversation, verb: Verb, document: Document) -> NextDocument | None:
    """Record the customer and send the recording's address to the action.

    An empty recording makes no request: the call goes on with the next verb, and the recording
    is announced as absent to whoever subscribed to that. A key that ends it makes the request all
    the same. When the customer hangs up meanwhile, the action is told so (`Digits=hangup`) and its
    answer has no effect.
    """
    conversation.note_verb(verb)
    if verb.flag("playBeep", default=True):
        await conversation.line.wait(BEEP_SECONDS)
    parts, news = conversation.parts, RecordingNews(conversation, verb, document)
    begun = RecordingRecord.begun(new_sid("RE"), conversation.call_sid, parts.clock.now())
    news.tell(begun)
    take = _take(conversation, verb)
    lasted, interruption = await _listen(conversation, take)
    result = finish_take(verb, take, lasted)
    if result.error_code is None and parts.strikes("recording_too_short", conversation.call):
        result = Result(result.samples, lasted, TOO_SHORT)
    hung_up = isinstance(interruption, HungUp)
    following = None
    # A key is an answer even where nothing was said; mere silence is none.
    if result.error_code is None or (take.key and interruption is None):
        digits = "hangup" if hung_up else take.key
        fields = _action_fields(news.url(begun), begun.sid, result, digits)
        following = NextDocument(document.action(verb), fields)
    if result.error_code is None and parts.strikes("recording_absent", conversation.call):
        result = Result(result.samples, lasted, SILENT)
    ended = begun.ended(seconds_of(result.samples), result.error_code, parts.clock.now())
    await news.keep(ended, None if result.error_code else encode_wav(result.samples))
    if interruption is None:
        return following
    if hung_up and following is not None:
        conversation.status = "completed"
        await conversation.ask("hangup", following)
    raise interruption


def _take(conversation: Conversation, verb: Verb) -> Take:
    line, customer = conversation.line, conversation.customer
    step = customer.step_for("record")
    if step is not None and step.hang_up_after is not None:
        line.hang_up_in(step.hang_up_after)
    if conversation.parts.strikes("hang_up_in_record", conversation.call):
        share = conversation.parts.faults.share("hang_up_in_record", conversation.call.customer)
        line.hang_up_in(share * EARLY_SECONDS)
    background = customer.heard_from(line.elapsed - conversation.answered_at)
    return plan_take(verb, step, background)


async def _listen(
    conversation: Conversation, take: Take
) -> tuple[float, HungUp | Ordered | Redirected | None]:
    """Return how long the take lasted and what cut it short."""
    started = conversation.line.elapsed
    try:
        await conversation.line.wait(take.seconds)
    except (HungUp, Ordered, Redirected) as interruption:
        return conversation.line.elapsed - started, interruption
    return take.seconds, None


def _action_fields(url: str, sid: str, result: Result, digits: str) -> dict[str, str]:
    """Return what Record adds to its action request; the duration is the one before trimming."""
    return {
        "RecordingUrl": url,
        "RecordingSid": sid,
        "RecordingDuration": str(max(1, round(result.raw_seconds))),
        "Digits": digits,
    }
