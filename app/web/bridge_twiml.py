"""A bridged call as TwiML: what the driver hears, and the customer's number, rung for them."""

from __future__ import annotations

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from app.callbacks import BridgeCallbacks
from app.rules.bridging_words import Words
from app.rules.call_script.texts import Language

_PAUSE = 2
_KEY_SECONDS = 6
_RING_SECONDS = 25
LONGEST_TALK = 600
"""Seconds."""


def greeting(words: Words, voice: Language, callbacks: BridgeCallbacks, *, company: str) -> str:
    """Ask for a key, twice: a machine that answered presses none, and nobody is put through."""
    asked = words.greeting.format(company=company)
    response = VoiceResponse()
    gather = Gather(
        input="dtmf",
        action=callbacks.keys,
        method="POST",
        timeout=_KEY_SECONDS,
        num_digits=1,
        finish_on_key="",
    )
    _say(gather, asked, voice)
    # Once more for who had the telephone on its way to the ear.
    gather.pause(length=_PAUSE)
    _say(gather, asked, voice)
    response.append(gather)
    _say(response, words.goodbye, voice)
    response.hangup()
    return str(response)


def put_through(
    words: Words, voice: Language, callbacks: BridgeCallbacks, *, number: str, caller_id: str
) -> str:
    """Ring the customer. Neither hears the other's number, and nothing is recorded."""
    response = VoiceResponse()
    _say(response, words.connecting, voice)
    dial = Dial(
        action=callbacks.dialled,
        method="POST",
        caller_id=caller_id,
        timeout=_RING_SECONDS,
        time_limit=LONGEST_TALK,
    )
    dial.number(
        number,
        status_callback=callbacks.customer,
        status_callback_method="POST",
        status_callback_event="initiated ringing answered completed",
    )
    response.append(dial)
    return str(response)


def farewell(text: str | None, voice: Language) -> str:
    """The last words, if any, and the end."""
    response = VoiceResponse()
    if text:
        _say(response, text, voice)
    response.hangup()
    return str(response)


def _say(parent: VoiceResponse | Gather, text: str, voice: Language) -> None:
    parent.say(text, voice=voice.voice, language=voice.locale)
