"""The words that make an order a second choice: "otherwise", "failing that"."""

from __future__ import annotations

import re

ELSE = (
    r"(?:otherwise|failing (?:that|which|him|her|them)|or else|if not|if (?:s?he|they)(?:'s| "
    r"isn't| aren't) (?:not|out|in))"
)
_LED = re.compile(r"(?:(?:and|or|but|so),? )*(?:otherwise|failing (?:that|which)|or else|if not)\b")


def is_second_choice(words: str) -> bool:
    """Tell whether words begin by saying that they hold only where the first choice fails."""
    return _LED.match(words.lower()) is not None
