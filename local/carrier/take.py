"""What a Record hears: a pure account of one take, from the beep to its end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from local.carrier.audio import Samples, audible, read_audio, seconds_of, silence, trimmed
from local.carrier.behaviour import Step
from local.carrier.twiml import Verb

KEY_DELAY = 0.3  # seconds between the last word and the key
SHORTEST = 0.1  # seconds of sound below which Twilio calls a recording too short

TOO_SHORT, SILENT = 16101, 16102


@dataclass(frozen=True, slots=True)
class Take:
    """A planned recording: how many seconds it lasts, the key that ends it, what is heard."""

    seconds: float
    key: str
    heard: Samples


@dataclass(frozen=True, slots=True)
class Result:
    """A finished recording: sound after trimming, seconds before it, error when unusable."""

    samples: Samples
    raw_seconds: float
    error_code: int | None


def plan_take(verb: Verb, step: Step | None, background: Samples) -> Take:
    """Return how a Record goes when nobody hangs up.

    `background` is what is heard on the line anyway, as a machine's announcement. Silence of
    `timeout` seconds, a key of `finishOnKey` or `maxLength` ends it.
    """
    patience = verb.seconds("timeout", 5)
    longest = verb.seconds("maxLength", 3600)
    speech, begins = _speech(step, background)
    silent_end = patience
    if len(speech) and begins <= patience:
        heard = np.concatenate([silence(begins), speech])
        spoken_until = seconds_of(heard)
        silent_end = spoken_until + patience
    else:
        heard, spoken_until = silence(0), begins
    key = _ending_key(verb, step)
    key_at = spoken_until + (KEY_DELAY if len(heard) else 0.0)
    if key and key_at <= silent_end and key_at <= longest:
        return Take(key_at, key, heard)
    return Take(min(silent_end, longest), "", heard)


def finish_take(verb: Verb, take: Take, lasted: float) -> Result:
    """Return what was recorded in the seconds the take really lasted."""
    length = len(silence(lasted))
    full = np.zeros(length, dtype=np.int16)
    heard = take.heard[:length]
    full[: len(heard)] = heard
    if not audible(full):
        return Result(full[:0], lasted, SILENT)
    sound = trimmed(full)
    if seconds_of(sound) < SHORTEST:
        return Result(full[:0], lasted, TOO_SHORT)
    keep_all = verb.attributes.get("trim") == "do-not-trim"
    return Result(full if keep_all else sound, lasted, None)


def _speech(step: Step | None, background: Samples) -> tuple[Samples, float]:
    if step is None:
        return background, 0.0
    return (read_audio(step.speak) if step.speak else silence(0)), step.after


def _ending_key(verb: Verb, step: Step | None) -> str:
    finishing = verb.attributes.get("finishOnKey", "1234567890*#")
    pressed = step.press if step else ""
    return next((key for key in pressed if key in finishing), "")
