"""A turn of the conversation as TwiML, made by Twilio's own classes, which escape every text."""

from __future__ import annotations

from twilio.twiml.voice_response import Gather, VoiceResponse

from app.callbacks import Callbacks
from app.pipeline.talk import Turn
from app.rules.call_script import MOST_SECONDS

CONTENT_TYPE = "text/xml; charset=utf-8"
_VOICE = "Polly.Joanna"
_LANGUAGE = "en-US"
_KEY_SECONDS = 6
_SILENCE_SECONDS = 4


def render(turn: Turn, callbacks: Callbacks) -> str:
    """The TwiML document for a turn."""
    response = VoiceResponse()
    if turn.scene.keys:
        gather = Gather(
            input="dtmf",
            num_digits=1,
            timeout=_KEY_SECONDS,
            action=callbacks.keys(turn.name),
            method="POST",
        )
        _say(gather, turn.words)
        response.append(gather)
        _go(response, callbacks, turn.scene.silent)
    elif turn.scene.records:
        _say(response, turn.words)
        response.record(
            max_length=MOST_SECONDS,
            timeout=_SILENCE_SECONDS,
            finish_on_key="#",
            play_beep=True,
            trim="trim-silence",
            action=callbacks.script(turn.scene.recorded or turn.name),
            method="POST",
            recording_status_callback=callbacks.recording,
            recording_status_callback_method="POST",
            recording_status_callback_event="completed absent",
        )
        # Twilio comes here only where nothing was said.
        _go(response, callbacks, turn.scene.silent)
    else:
        _say(response, turn.words)
        response.hangup()
    return str(response)


def one_moment(url: str | None) -> str:
    """What the caller hears when we cannot answer now: a pause, then one more try, or goodbye."""
    response = VoiceResponse()
    if url is None:
        response.say("We are sorry, something went wrong. Goodbye.", language=_LANGUAGE)
        response.hangup()
    else:
        response.say("One moment please.", language=_LANGUAGE)
        response.pause(length=2)
        response.redirect(url, method="POST")
    return str(response)


def _say(parent: VoiceResponse | Gather, words: tuple[str, ...]) -> None:
    for text in words:
        parent.say(text, voice=_VOICE, language=_LANGUAGE)


def _go(response: VoiceResponse, callbacks: Callbacks, scene: str | None) -> None:
    if scene is None:
        response.hangup()
    else:
        response.redirect(callbacks.script(scene), method="POST")
