"""The voices that the network can speak with, and the languages each of them speaks.

Names: Twilio's list of values of Say's attribute voice, as its helper library for Node has it
(type SayVoice); which language an Amazon voice speaks: Amazon Polly's list of available voices.
Twilio documents man, woman and alice for all our languages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.saying import Saying

_BASIC = frozenset({"man", "woman", "alice"})
_POLLY: Mapping[str, str] = {
    "en": "Amy Brian Emma Geraint Ivy Joanna Joey Justin Kendra Kevin Kimberly Matthew Nicole "
    "Raveena Russell Salli Aditi",
    "es": "Conchita Enrique Lucia Lupe Mia Miguel Penelope",
    "fr": "Celine Chantal Lea Mathieu",
    "de": "Hans Marlene Vicki",
}
_NEURAL: Mapping[str, str] = {
    "en": "Amy Aria Arthur Ayanda Brian Danielle Emma Gregory Ivy Joanna Joey Justin Kajal Kendra "
    "Kevin Kimberly Matthew Niamh Olivia Ruth Salli Stephen",
    "es": "Andres Lucia Lupe Mia Pedro Sergio",
    "fr": "Gabrielle Isabelle Lea Liam Remi",
    "de": "Daniel Hannah Vicki",
}
_GENERATIVE: Mapping[str, str] = {
    "en": "Amy Ayanda Danielle Joanna Kajal Matthew Olivia Ruth Stephen",
    "es": "Andres Lucia Lupe Mia Mía Pedro Sergio",
    "fr": "Lea Remi Rémi",
    "de": "Daniel Vicki",
}
_GOOGLE = re.compile(
    r"Google\.(?P<language>[a-z]{2})-[A-Z]{2}-"
    r"((Standard|Wavenet|Neural2)-[A-Z]"
    r"|Chirp3-HD-(Aoede|Charon|Fenrir|Kore|Leda|Orus|Puck|Zephyr))"
)
_UNLISTED = re.compile(r"(ElevenLabs|Azure)\.[\w.:-]{2,80}")
"""Of providers whose voices no list that we could find names."""


def _named(table: Mapping[str, str], code: str, engine: str) -> frozenset[str]:
    return frozenset(f"Polly.{name}{engine}" for name in table[code].split())


_AMAZON: Mapping[str, frozenset[str]] = {
    code: _named(_POLLY, code, "")
    | _named(_NEURAL, code, "-Neural")
    | _named(_GENERATIVE, code, "-Generative")
    for code in _POLLY
}


def offered(code: str) -> frozenset[str]:
    """The voices whose names are known to speak a language of ours."""
    return _AMAZON[code]


def problem(code: str, voice: object) -> Saying | None:
    """What is wrong with a voice for a language of ours, or None."""
    if not isinstance(voice, str):
        return Saying("must be the name of a voice, as Polly.Matthew-Neural")
    if voice in _BASIC or voice in _AMAZON[code] or _UNLISTED.fullmatch(voice):
        return None
    google = _GOOGLE.fullmatch(voice)
    if google and google["language"] == code:
        return None
    others = [other for other, names in _AMAZON.items() if voice in names]
    if google or others:
        spoken = google["language"] if google else others[0]
        return Saying(
            "%(voice)s speaks %(spoken)s, not %(code)s", voice=voice, spoken=spoken, code=code
        )
    alike = ", ".join(sorted(name for name in _AMAZON[code] if name.endswith("-Neural")))
    return Saying(
        "the network knows no voice %(voice)s: must be the name of a voice, as %(alike)s, or one "
        "of Google's, as %(google)s",
        voice=repr(voice),
        alike=alike,
        google=f"Google.{code}-{_COUNTRIES[code]}-Neural2-A",
    )


_COUNTRIES = {"en": "US", "es": "ES", "fr": "FR", "de": "DE"}


def unlisted(voice: str) -> bool:
    """May it exist, without any list that says so? Then somebody should listen to it first."""
    return _UNLISTED.fullmatch(voice) is not None
