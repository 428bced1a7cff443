"""What Twilio's voice TwiML reference allows, as a table of its own: verbs, attributes, nesting.

Twilio ignores an attribute that it does not know (warning 12200), so that a misspelt one silently
does nothing. Attributes that the product has no use for are left out.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

_URL = r"https?://[^\s_/]+(/[^\s]*)?"
_POST = r"POST"
_SECONDS = r"[1-9]\d{0,3}"
_LOCALE = r"(en|es|fr|de)-[A-Z]{2}"
_ONE_KEY = r"[0-9*#]"

ATTRIBUTES: dict[str, dict[str, str]] = {
    "Response": {},
    "Say": {"voice": r"(Polly|Google)\.[\w-]+", "language": _LOCALE, "loop": r"\d+"},
    "Pause": {"length": r"\d+"},
    "Hangup": {},
    "Redirect": {"method": _POST},
    "Gather": {
        "action": _URL,
        "method": _POST,
        "input": r"dtmf|speech|dtmf speech",
        "timeout": _SECONDS,
        "numDigits": _SECONDS,
        "finishOnKey": rf"{_ONE_KEY}?",
        "language": _LOCALE,
        "hints": r"[^,]{1,100}(, [^,]{1,100}){0,499}",
        "speechModel": r"default|phone_call|numbers_and_commands",
        # "auto" goes with no model (error 13335).
        "speechTimeout": _SECONDS,
        "profanityFilter": r"true|false",
        "actionOnEmptyResult": r"true|false",
    },
    "Record": {
        "action": _URL,
        "method": _POST,
        "timeout": _SECONDS,
        "finishOnKey": rf"{_ONE_KEY}{{1,12}}",
        "maxLength": _SECONDS,
        "playBeep": r"true|false",
        "trim": r"trim-silence|do-not-trim",
        "recordingStatusCallback": _URL,
        "recordingStatusCallbackMethod": _POST,
        "recordingStatusCallbackEvent": r"(in-progress|completed|absent)( (completed|absent))*",
    },
    "Dial": {
        "action": _URL,
        "method": _POST,
        "timeout": _SECONDS,
        "timeLimit": _SECONDS,
        "callerId": r"\+[1-9]\d{6,14}",
    },
    "Number": {
        "statusCallback": _URL,
        "statusCallbackMethod": _POST,
        "statusCallbackEvent": r"(initiated|ringing|answered|completed)"
        r"( (ringing|answered|completed))*",
    },
}
NEEDED = {
    "Say": {"voice", "language"},
    "Gather": {"action", "method", "input", "timeout", "finishOnKey"},
    "Record": {"action", "method", "maxLength", "recordingStatusCallback", "finishOnKey"},
    "Dial": {"action", "method", "timeout"},
    "Redirect": {"method"},
}
"""What must not be left to a default."""
NESTING = {
    "Response": {"Say", "Pause", "Gather", "Record", "Redirect", "Hangup", "Dial"},
    "Gather": {"Say", "Pause"},
    "Dial": {"Number"},
}
MOST_BYTES = 64 * 1024
LONGEST_URL = 2000
LONGEST_SAY = 4096


def check(document: bytes) -> ElementTree.Element:
    """The root of a document that Twilio would take without a warning; AssertionError if not."""
    assert len(document) < MOST_BYTES
    assert document.startswith(b"<?xml")
    root = ElementTree.fromstring(document)
    assert root.tag == "Response"
    _element(root)
    _order([child.tag for child in root])
    return root


def _element(element: ElementTree.Element) -> None:
    known = ATTRIBUTES[element.tag]
    for name, value in element.attrib.items():
        assert name in known, f"<{element.tag}> has no attribute {name}"
        assert re.fullmatch(known[name], value), f"<{element.tag} {name}={value!r}>"
        if value.startswith("http"):
            assert len(value) < LONGEST_URL
    missing = NEEDED.get(element.tag, set()) - set(element.attrib)
    assert not missing, f"<{element.tag}> lacks {missing}"
    if element.get("input", "").endswith("speech"):
        assert {"language", "speechModel", "speechTimeout"} <= set(element.attrib)
    for child in element:
        assert child.tag in NESTING.get(element.tag, set()), f"<{child.tag}> in <{element.tag}>"
        assert not (child.tail or "").strip()
        _element(child)
    if element.tag == "Say":
        assert 0 < len(element.text or "") < LONGEST_SAY
    elif element.tag == "Redirect":
        assert re.fullmatch(_URL, element.text or "")
        assert len(element.text or "") < LONGEST_URL
    elif element.tag == "Dial" and len(element):
        assert [child.tag for child in element] == ["Number"]
    elif element.tag in {"Dial", "Number"}:
        assert re.fullmatch(r"\+[1-9]\d{6,14}", element.text or "")
    else:
        assert not (element.text or "").strip()


def _order(tags: list[str]) -> None:
    """Nothing stands after what ends or leads away; what waits has a way on after it."""
    final = {"Hangup", "Redirect", "Dial"}
    assert tags
    assert tags[-1] in final
    assert not set(tags[:-1]) & final
    assert sum(tag in ("Gather", "Record") for tag in tags) <= 1
