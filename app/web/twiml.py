"""A turn of the conversation as TwiML, made by Twilio's own classes, which escape every text.

Twilio only warns about an attribute that it does not know, and goes on without it; its classes
write any. A test holds every document against a table of what Twilio knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import g, has_request_context
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from app.callbacks import Callbacks
from app.pipeline.turn import Turn
from app.rules.call_script import MOST_SECONDS, Step
from app.rules.call_script.texts import Language, language

CONTENT_TYPE = "text/xml; charset=utf-8"
_SPEECH_SECONDS = 2
"""Silence after which an utterance is over. A number: "auto" does not go with a speech model
(Twilio's error 13335)."""
_SILENCE_SECONDS = 4
_RING_SECONDS = 20
_LONGEST_TRANSFER = 1800
_MOMENT = 3
"""Seconds between two tries; three of them outlast the election of another database server."""
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (its production 2, Char)."""


def render(turn: Turn, callbacks: Callbacks) -> str:
    """The TwiML document for a turn."""
    response = VoiceResponse()
    if turn.scene.asks:
        # Outside the Gather, so that a "Hello?" at pick-up neither interrupts nor answers it.
        _say(response, turn.opening, turn.language)
        gather = _question(turn, callbacks)
        _say(gather, turn.words, turn.language)
        response.append(gather)
        _go(response, callbacks, turn.silent)
    elif turn.scene.records:
        _say(response, turn.words, turn.language)
        _record(response, turn, callbacks)
        # Twilio comes here only where nothing was said.
        _go(response, callbacks, turn.silent)
    elif turn.dial:
        _say(response, turn.words, turn.language)
        response.append(_transfer(turn, callbacks))
    else:
        _say(response, turn.words, turn.language)
        response.hangup()
    return str(response)


def one_moment(url: str | None, code: str | None = None) -> str:
    """What the caller hears when we cannot answer now: a pause, then one more try, or goodbye.

    In the language ``code``, unless given the one that this request was marked with.
    """
    if code is None and has_request_context():
        code = g.get("spoken_language")
    spoken = language(code)
    response = VoiceResponse()
    if url is None:
        _say(response, [spoken.prompts["sorry"]], spoken)
        response.hangup()
    else:
        _say(response, [spoken.prompts["one_moment"]], spoken)
        response.pause(length=_MOMENT)
        response.redirect(url, method="POST")
    return str(response)


def speaks(code: str | None) -> None:
    """Mark this request with the language on the line, for ``one_moment``."""
    g.spoken_language = code


def _question(turn: Turn, callbacks: Callbacks) -> Gather:
    by_voice = bool(turn.scene.speech)
    options: dict[str, object] = {
        "input": "dtmf speech" if by_voice else "dtmf",
        "action": callbacks.keys(str(turn.step)),
        "method": "POST",
    }
    if turn.scene.reference:
        options |= {"timeout": turn.scene.patience, "finish_on_key": "#"}
    else:
        # No key ends the input early: the first one, # included, is the answer.
        options |= {"timeout": turn.scene.patience, "num_digits": 1, "finish_on_key": ""}
    if by_voice:
        options |= {
            "language": turn.language.locale,
            "speech_model": turn.language.speech_model,
            "speech_timeout": _SPEECH_SECONDS,
            "profanity_filter": False,
        }
    if turn.hints:
        options["hints"] = turn.hints
    return Gather(**options)


def _record(response: VoiceResponse, turn: Turn, callbacks: Callbacks) -> None:
    response.record(
        max_length=MOST_SECONDS,
        timeout=_SILENCE_SECONDS,
        finish_on_key="1234567890*#",
        play_beep=True,
        trim="trim-silence",
        action=callbacks.recorded(str(turn.step)),
        method="POST",
        recording_status_callback=callbacks.recording,
        recording_status_callback_method="POST",
        recording_status_callback_event="completed absent",
    )


def _transfer(turn: Turn, callbacks: Callbacks) -> Dial:
    return Dial(
        turn.dial,
        action=callbacks.transferred(str(turn.step)),
        method="POST",
        timeout=_RING_SECONDS,
        time_limit=_LONGEST_TRANSFER,
        caller_id=turn.caller_id,
    )


def _say(parent: VoiceResponse | Gather, words: Iterable[str], spoken: Language) -> None:
    for text in words:
        plain = _UNSPEAKABLE.sub("", text)
        parent.say(plain, voice=spoken.voice, language=spoken.locale)


def _go(response: VoiceResponse, callbacks: Callbacks, step: Step | None) -> None:
    if step is None:
        response.hangup()
    else:
        response.redirect(callbacks.script(str(step)), method="POST")
