"""Executing Gather: prompts that a key or a word interrupts, and what the customer entered."""

from __future__ import annotations

from dataclasses import dataclass

from local.carrier.audio import read_audio, seconds_of
from local.carrier.behaviour import Step
from local.carrier.conversation import (
    SPOKEN_CHARACTERS_PER_SECOND,
    Conversation,
    Document,
    NextDocument,
)
from local.carrier.twiml import Verb

KEY_INTERVAL = 0.3
SPEECH_PAUSE = 1.0  # what speechTimeout="auto" comes to


@dataclass(frozen=True, slots=True)
class _Input:
    """What the customer will enter: the first sign of it so many seconds into the Gather."""

    begins: float
    keys: str = ""
    words: str = ""


async def gather(conversation: Conversation, verb: Verb, document: Document) -> NextDocument | None:
    """Play the nested prompts, collect keys or speech, and send them to the action.

    Without any input the call goes on with the next verb, unless `actionOnEmptyResult`. The finish
    key alone is no input.
    """
    conversation.note_verb(verb)
    line = conversation.line
    # A hang-up during prompts comes first: the customer's step for this Gather is not used yet.
    hangs_up_after = conversation.customer.hangs_up_during_prompt() if verb.children else None
    if hangs_up_after is not None:
        line.hang_up_in(hangs_up_after)
    step = conversation.customer.step_for("gather")
    if step is not None and step.hang_up_after is not None:
        line.hang_up_in(step.hang_up_after)
    started = line.elapsed
    entered = _input(verb, step)
    interrupted_at = started + entered.begins if entered and _interrupts(verb, entered) else None
    await _prompts(conversation, verb, document, interrupted_at)
    # Waiting begins when the prompts end; input that comes later is not heard.
    patience = _patience(verb)
    until_input = entered.begins - (line.elapsed - started) if entered else patience + 1
    if entered is None or step is None or until_input > patience:
        await line.wait(patience)
        return _empty(conversation, verb, document)
    await line.wait(max(0.0, until_input))
    if entered.keys:
        return await _keys(conversation, verb, document, entered.keys)
    return await _speech(conversation, verb, document, step)


def _input(verb: Verb, step: Step | None) -> _Input | None:
    kinds = verb.attributes.get("input", "dtmf").split()
    if step is not None and step.press and "dtmf" in kinds:
        return _Input(step.after, keys=step.press)
    if step is not None and step.words and "speech" in kinds:
        return _Input(step.after, words=step.words)
    return None


def _interrupts(verb: Verb, entered: _Input) -> bool:
    """Say whether the input stops the prompts: keys always do, words unless `bargeIn` forbids."""
    return bool(entered.keys) or verb.flag("bargeIn", default=True)


def _patience(verb: Verb) -> float:
    written = verb.attributes.get("timeout", "5")
    return 5.0 if written == "auto" else float(written)


async def _prompts(
    conversation: Conversation, verb: Verb, document: Document, interrupted_at: float | None
) -> None:
    line = conversation.line
    for prompt in verb.children:
        seconds = await conversation.prompt_seconds(prompt, document)
        heard = seconds
        if interrupted_at is not None:
            heard = max(0.0, min(seconds, interrupted_at - line.elapsed))
        interrupted = heard < seconds
        conversation.note_verb(prompt, seconds=round(heard, 2), interrupted=interrupted)
        await line.wait(heard)
        if interrupted:
            return


async def _keys(
    conversation: Conversation, verb: Verb, document: Document, pressed: str
) -> NextDocument | None:
    finish_key = verb.attributes.get("finishOnKey", "#")
    wanted = int(verb.attributes.get("numDigits", 10_000))
    digits, finished_by = "", ""
    for index, key in enumerate(pressed):
        if index:
            await conversation.line.wait(KEY_INTERVAL)
        if key == finish_key:
            finished_by = key
            break
        digits += key
        if len(digits) == wanted:
            break
    else:
        await conversation.line.wait(_patience(verb))
    if not digits:
        return _empty(conversation, verb, document)
    fields = {"Digits": digits, "FinishedOnKey": finished_by, "msg": "Gather End"}
    conversation.parts.note("customer", conversation.call, pressed=digits)
    return NextDocument(document.action(verb), fields)


async def _speech(
    conversation: Conversation, verb: Verb, document: Document, step: Step
) -> NextDocument:
    speaking = len(step.words) / SPOKEN_CHARACTERS_PER_SECOND
    if step.speak:
        speaking = seconds_of(read_audio(step.speak))
    pause = verb.attributes.get("speechTimeout", verb.attributes.get("timeout", "5"))
    await conversation.line.wait(speaking + (SPEECH_PAUSE if pause == "auto" else float(pause)))
    conversation.parts.note("customer", conversation.call, said=step.words)
    fields = {
        "SpeechResult": step.words,
        "Confidence": f"{step.confidence:.8f}",
        "Language": verb.attributes.get("language", "en-US"),
    }
    return NextDocument(document.action(verb), fields)


def _empty(conversation: Conversation, verb: Verb, document: Document) -> NextDocument | None:
    if not verb.flag("actionOnEmptyResult", default=False):
        return None
    speech = "speech" in verb.attributes.get("input", "dtmf")
    fields = {"Digits": "", "FinishedOnKey": "", "msg": "Gather End"}
    if speech:
        fields |= {"SpeechResult": "", "Confidence": "0.0"}
    conversation.parts.note("customer", conversation.call, silent=True)
    return NextDocument(document.action(verb), fields)
