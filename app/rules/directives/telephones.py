"""Finds telephone numbers as they are spoken, and leaves out the minutes read on from them."""

from __future__ import annotations

import re

from app.rules.directives.numbers import SPOKEN_CODE, code_from
from app.rules.directives.reading import Scene

_PHONE = re.compile(
    rf"(?:(?:on|at|is|number|coming|line|to|it's|me|call|ring|text|phone|"
    rf"'s),? )?(?:\+ ?)?(?:plus )?(?P<phone>(?:\(?\d[\d() -]{{5,}}\d)(?! ?(?:\d|double|triple|"
    rf"oh\b|zero|(?:one|two|three|four|five|six|seven|eight|nine)\b(?! (?:minutes?|mins?|hours?|"
    rf"of|or)\b)))|{SPOKEN_CODE})"
)


def phone_before(scene: Scene, match: re.Match[str]) -> str:
    """Return the number that "text me on that" speaks of; empty where none was said."""
    if not _ON_THAT.match(scene.text, match.end()):
        return ""
    typed = [
        code_from(one["phone"]) for one in _PHONE.finditer(scene.page.spoken.plain[: scene.start])
    ]
    numbers = [digits for one in typed if len(digits := re.sub(r"\D", "", one)) >= 9]
    return numbers[-1] if numbers else ""


_ON_THAT = re.compile(r" (?:on|at|using) (?:that|this|it|there)(?: one| number)?\b")


def phone_in(onward: str, start: int, clause_end: int) -> re.Match[str] | None:
    for match in _PHONE.finditer(onward, start):
        if match.start() > clause_end + 3 and not re.search(
            r"\b(?:number|mobile|cell|on|it's|call|ring)\b", onward[clause_end : match.start() + 8]
        ):
            return None
        if (
            len(
                re.sub(
                    r"\D",
                    "",
                    code_from(match["phone"].replace("-", " ").replace("(", "").replace(")", "")),
                )
            )
            >= 6
        ):
            return _without_minutes(onward, match)
    return None


def _without_minutes(onward: str, match: re.Match[str]) -> re.Match[str] | None:
    """Return a number without the "thirty" of "thirty minutes" that was read on from it."""
    if not re.match(r" (?:minutes?|mins?|hours?)\b", onward[match.end() :]):
        return match
    last = re.search(r"[ ,]+\S+$", match.group())
    return _PHONE.match(onward, match.start(), match.start() + last.start()) if last else match
