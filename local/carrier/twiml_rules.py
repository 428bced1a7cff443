"""What TwiML may say: every verb the carrier executes, with its attributes and children.

One table, after Twilio's TwiML reference. Names are case-sensitive as there. Twilio merely warns
(12200) about an attribute it does not know, so that a misspelt one silently does nothing; the
carrier refuses the document instead. Attributes Twilio has but the carrier cannot act on are left
out on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class VerbRule:
    """What one element may carry: attribute patterns, child elements, whether text is needed."""

    attributes: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    needs_text: bool = False
    mixed_text: bool = False


def _one_of(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in words))


_ANYTHING = re.compile(r"[\s\S]*")
_ADDRESS = re.compile(r"\S+")
_METHOD = _one_of("GET", "POST")
_WHOLE = re.compile(r"\d{1,6}")
_POSITIVE = re.compile(r"[1-9]\d{0,5}")
_BOOLEAN = _one_of("true", "false")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_KEYS = re.compile(r"[0-9*#]*")
_WORDS_ALOUD = frozenset(
    {"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"}
)
_ACTION = {"action": _ADDRESS, "method": _METHOD}
_PROMPTS = frozenset({"Say", "Play", "Pause"})
_SPEECH_ATTRIBUTES = (
    *("strength", "time", "level", "xml:lang", "alphabet", "ph", "volume", "rate", "pitch"),
    *("interpret-as", "format", "alias", "role"),
)
_SPEECH_ELEMENT = VerbRule(
    attributes=dict.fromkeys(_SPEECH_ATTRIBUTES, _ANYTHING),
    children=_WORDS_ALOUD,
    mixed_text=True,
)

VERBS: Mapping[str, VerbRule] = {
    "Response": VerbRule(
        children=_PROMPTS | {"Gather", "Record", "Redirect", "Hangup", "Reject", "Dial"}
    ),
    "Say": VerbRule(
        attributes={"voice": _ADDRESS, "language": _LANGUAGE, "loop": _WHOLE},
        children=_WORDS_ALOUD,
        mixed_text=True,
    ),
    "Play": VerbRule(
        attributes={"loop": _WHOLE, "digits": re.compile(r"[0-9*#wWA-D]+")}, mixed_text=True
    ),
    "Pause": VerbRule(attributes={"length": _WHOLE}),
    "Gather": VerbRule(
        attributes={
            **_ACTION,
            "input": _one_of("dtmf", "speech", "dtmf speech", "speech dtmf"),
            "timeout": re.compile(r"\d{1,4}|auto"),
            "speechTimeout": re.compile(r"\d{1,4}|auto"),
            "finishOnKey": re.compile(r"[0-9*#]?"),
            "numDigits": _POSITIVE,
            "hints": _ANYTHING,
            "language": _LANGUAGE,
            "actionOnEmptyResult": _BOOLEAN,
            "bargeIn": _BOOLEAN,
            "profanityFilter": _BOOLEAN,
            "speechModel": _ADDRESS,
            "enhanced": _BOOLEAN,
        },
        children=_PROMPTS,
    ),
    "Record": VerbRule(
        attributes={
            **_ACTION,
            "timeout": _WHOLE,
            "finishOnKey": _KEYS,
            "maxLength": _POSITIVE,
            "playBeep": _BOOLEAN,
            "trim": _one_of("trim-silence", "do-not-trim"),
            "recordingStatusCallback": _ADDRESS,
            "recordingStatusCallbackMethod": _METHOD,
            "recordingStatusCallbackEvent": re.compile(
                r"(in-progress|completed|absent)( (in-progress|completed|absent))*"
            ),
        },
    ),
    "Redirect": VerbRule(attributes={"method": _METHOD}, needs_text=True, mixed_text=True),
    "Hangup": VerbRule(),
    "Reject": VerbRule(attributes={"reason": _one_of("rejected", "busy")}),
    "Dial": VerbRule(
        attributes={
            **_ACTION,
            "timeout": _WHOLE,
            "timeLimit": _POSITIVE,
            "callerId": _ADDRESS,
            "answerOnBridge": _BOOLEAN,
        },
        children=frozenset({"Number"}),
        needs_text=True,
        mixed_text=True,
    ),
    "Number": VerbRule(
        attributes={
            "statusCallback": _ADDRESS,
            "statusCallbackMethod": _METHOD,
            "statusCallbackEvent": re.compile(
                r"(initiated|ringing|answered|completed)( (initiated|ringing|answered|completed))*"
            ),
        },
        needs_text=True,
        mixed_text=True,
    ),
    **dict.fromkeys(_WORDS_ALOUD, _SPEECH_ELEMENT),
}

MESSAGING_VERBS: Mapping[str, VerbRule] = {
    "Response": VerbRule(children=frozenset({"Message", "Redirect"})),
    "Message": VerbRule(children=frozenset({"Body"}), needs_text=True, mixed_text=True),
    "Body": VerbRule(needs_text=True, mixed_text=True),
    "Redirect": VerbRule(attributes={"method": _METHOD}, needs_text=True, mixed_text=True),
}
"""What TwiML may say in answer to a text: always to its sender, from the number it went to."""
