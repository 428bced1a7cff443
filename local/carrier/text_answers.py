"""What the product answers to a text: TwiML with Message and Redirect, or nothing at all."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

from local.carrier.twiml import TwimlError, parse_twiml
from local.carrier.twiml_rules import MESSAGING_VERBS


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """Texts to send back, and where to ask on, if anywhere."""

    texts: tuple[str, ...] = ()
    next_url: str | None = None


def answers_in(body: bytes, content_type: str, url: str) -> TextAnswer:
    """Return what an answer says; an empty one is fine. TwimlError when it cannot be executed."""
    if not body:
        return TextAnswer()
    texts: list[str] = []
    for verb in parse_twiml(body, content_type, MESSAGING_VERBS):
        if verb.name == "Redirect":
            return TextAnswer(tuple(texts), urljoin(url, verb.text))
        if not verb.text:
            raise TwimlError(14103, "<Message> is empty")
        texts.append(verb.text)
    return TextAnswer(tuple(texts))
