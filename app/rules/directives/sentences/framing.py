"""Finds a directive's noun phrase as it was said, with its preposition and article."""

from __future__ import annotations

import re

from app.rules.analysis import Directive
from app.rules.directives.lexicon import PREPOSITION

_BEFORE = re.compile(
    rf"(?:^|(?<=\s))(?:(?P<preposition>{PREPOSITION}) )?(?:(?P<article>the|a|an|my|our) )?$"
)


def framed(directive: Directive, slot: str) -> str:
    """The words of a slot with what stood before them, lower case: "behind the shed".

    The reader's own wording where it holds more than the slot; else what stands before them in the
    directive's text, so that a directive from elsewhere is worded as well; else the slot alone.
    """
    value = " ".join(str(directive.slots.get(slot, "")).split())
    if value and value in directive.wording != value:
        return directive.wording
    text = " ".join(directive.text.lower().replace("’", "'").split())
    found = re.search(rf"(?<!\w){re.escape(value.lower())}(?!\w)", text) if value else None
    if not found:
        return value
    before = _BEFORE.search(text[: found.start()])
    return f"{before.group() if before else ''}{value}".strip()


def as_cased(words: str, text: str) -> str:
    """Words with the capitals that the customer's text gives them: names keep theirs."""
    capitals = {
        match.group().lower(): match.group()
        for match in re.finditer(r"(?<=[\w,] )[^\W\d_][\w'’-]*", text)
        if match.group().istitle() and match.group() != "I"
    }
    return re.sub(r"[^\W\d_][\w'’-]*", lambda m: capitals.get(m.group(), m.group()), words)
