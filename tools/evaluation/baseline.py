"""What thirty lines of keyword rules make of an answer: what the product has to be better than."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.rules.analysis import Kind
from tools.evaluation.sets import Labelled, Read

_THING = r"(?:it|the (?:parcel|package|box))"
_RULES: tuple[tuple[Kind, str, Mapping[str, str]], ...] = (
    (Kind.LEAVE_AT, rf"(?<!not )(?<!n't )\b(?:leave|put|pop) {_THING} (?:in|on|at|by|behind|under)"
                    r" (?:the |my )?(?P<place>[\w ]+?)(?= and | please|[.,]|$)", {}),
    (Kind.LEAVE_WITH, rf"\bleave {_THING} with (?:my |the )?(?P<recipient>[\w ]+)", {}),
    (Kind.HAND_OVER, r"\b(?:only to|in person|sign for)\b", {}),
    (Kind.TIME_WINDOW, r"\bafter (?P<start>\d\d:\d\d)", {}),
    (Kind.TIME_WINDOW, r"\bbefore (?P<end>\d\d:\d\d)", {}),
    (Kind.UNAVAILABLE, r"\b(?:not (?:at )?home|nobody|away|i'm out)\b", {}),
    (Kind.RESCHEDULE, r"\b(?:another day|reschedule|instead|tomorrow)\b", {}),
    (Kind.REDIRECT, r"\b(?:take|bring) it to (?:my )?(?P<address>[\w ,]+)", {}),
    (Kind.ACCESS, r"\bcode is (?P<code>\d[\d ]*)", {}),
    (Kind.ACCESS, r"\b(?:flat|apartment|unit) (?P<unit>\w+)", {}),
    (Kind.CONTACT, r"\b(?P<channel>call|text) me\b", {}),
    (Kind.CONTACT, r"\bring me\b", {"channel": "call"}),
    (Kind.AVOID, r"\bdon't ring\b", {"action": "ring_bell"}),
    (Kind.AVOID, r"\bdon't knock\b", {"action": "knock"}),
    (Kind.AVOID, r"\bdon't call\b", {"action": "call"}),
    (Kind.CAUTION, r"\b(?:mind|beware of|careful of) the (?P<hazard>[\w ]+)", {}),
    (Kind.CAUTION, r"\bdog\b", {"hazard": "dog"}),
    (Kind.HANDLING, r"\bfragile\b", {"note": "fragile"}),
    (Kind.HANDLING, r"\bheavy\b", {"note": "heavy"}),
    (Kind.HANDLING, r"\b(?:hide it|out of sight)\b", {"note": "conceal"}),
    (Kind.CANCEL, r"\b(?:cancel|send it back)\b", {}),
    (Kind.WRONG_NUMBER, r"\bwrong number\b", {}),
    (Kind.OPT_OUT, r"\bstop calling\b", {}),
    (Kind.SPEAK_TO_HUMAN, r"\b(?:speak|talk) to (?:a|an|some)", {}),
    (Kind.QUESTION, r"\b(?:what time|when)\b.*\?", {"topic": "eta"}),
    (Kind.CONFIRM, r"\b(?:yes|fine)\b", {}),
)  # fmt: skip


def by_keywords(answer: Labelled) -> tuple[Read, ...]:
    """The directives whose keywords an answer holds, each with confidence 1."""
    return tuple(
        Read(kind, {**slots, **{name: said.strip() for name, said in match.groupdict().items()}})
        for kind, pattern, slots in _RULES
        for match in re.finditer(pattern, answer.text.lower())
    )
