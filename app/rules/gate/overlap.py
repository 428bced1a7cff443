"""Do hours that somebody chose ever meet those that the rules leave open?"""

from __future__ import annotations

from app.rules.gate.book import Applying, RuleBook
from app.rules.gate.calendar import hours_on, seconds
from app.rules.gate.facts import Channel
from app.rules.gate.facts import Hours as LocalTimes

_ELSEWHERE = "ZZ"
"""A country that no rule names (ISO 3166 leaves ZZ to its users)."""


def meets_anywhere(book: RuleBook, *chosen: LocalTimes, channel: Channel = "call") -> bool:
    """Is there a region, known to the book or not, where all these hours and its rules meet?"""
    named = {region for rule in book.hours for region in (*rule.where, *rule.but)} - {"*"}
    return any(
        meets(book.applying(frozenset({region, region.partition("-")[0]}), channel), *chosen)
        for region in sorted(named | {_ELSEWHERE})
    )


def meets(rules: Applying, *chosen: LocalTimes) -> bool:
    """Do these local times and the rules' hours have a moment in common on any weekday?"""
    spans = [seconds(each) for each in chosen]
    for weekday in range(7):
        since, until = hours_on(rules, weekday)
        if max([since, *(each[0] for each in spans)]) < min([until, *(each[1] for each in spans)]):
            return True
    return False
