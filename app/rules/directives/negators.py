"""The words for "not", what may stand between one and what it denies, and days not wanted."""

from __future__ import annotations

import re

from app.rules.directives.windows import Window

_NOT = (
    r"(?P<not>(?<!why )(?:do|does|did|is|are|was|were|should|must|need|has|have|had|ai)n't|"
    r"(?<!why )(?:can't|won't|wouldn't|couldn't)(?! (?:you|i|we|he|she|they|someone|anyone)\b)|"
    r"(?<!why )(?<!if )(?<!or )not(?! (?:only|just)\b)|never|no need|no reason|no point|no use|"
    r"no longer|no way|without|rather than|instead of|as opposed to|"
    r"no(?= (?:one|need|call|text|signature|id)\b)|"
    r"(?:nobody|who)(?: (?:ever|here))?(?= (?:said|says|asked|asks|told|wants|wanted|needs|need|"
    r"has|can|could|will|mentioned|ordered)\b))"
)
ADVERB = (
    r"(?:ever|even|just|really|actually|necessarily|simply|please|dare|yet|also|exactly|"
    r"specifically|at all|under any circumstances|[a-z]+(?: (?:it|me|us))? (?:or|nor))"
)
_SUBJECT = (
    r"(?:you|i|we|he|she|they|anyone|someone|the driver|your driver|the courier|him|them|her|"
    r"anything|people|nobody)"
)
_OPEN = (
    r"(?:(?:want|need|like|wish|car|intend|mean|plan|expect|hop|try|look|ask|think|thinking|request|"
    r"requir|allow|suppos|authori[sz]|oblig|bother|say|going|hav|be|get)"
    r"(?:s|es|e|d|ed|ing|ning|n)?|"
    r"trying|dial|dialled|reached|said|meant|told|has|had|got|been|able(?= to)|about|after|"
    r"necessary|worth|wanting|it's|is|i'd|it|this|that|a|an|the|my|our|your|any|for|of|to|can|will)"
)
_BEFORE_VERB = rf"(?:to|and|say|says|said|saying|asked|asking|told|bother|be|try|tell|{_SUBJECT})"
BEFORE_AN_ORDER = re.compile(
    rf"\b{_NOT}(?P<bridge>(?: {ADVERB})*(?:(?: (?:{_OPEN}|{_SUBJECT}|{ADVERB}))*? {_BEFORE_VERB}"
    rf"(?: {ADVERB})*)?) $"
)
"""Before an order ("cancel it"), which begins anew behind "I don't want it"."""
BEFORE_A_THING = re.compile(rf"\b{_NOT}(?P<bridge>(?: (?:{_OPEN}|{_SUBJECT}|{ADVERB}))*) $")
"""Before any other words: "a signature", "cancelled", "the wrong number"."""
_COMING = (
    r"(?:come|coming|deliver|delivering|delivered|delivery|bring|bringing|brought|drop|dropping|"
    r"send|sending|arrive|arriving|turn|show|try|do|make|round|here|over|by|out|up|off|back|again|"
    r"on|at|in|for|around|about|the|parcel|package|order|box|thing|them|one|anything|want|need|be)"
)
_NOT_THEN = re.compile(
    rf"\b{_NOT}(?: (?:{_OPEN}|{_SUBJECT}|{ADVERB}|{_COMING}))*"
    rf" (?:{_COMING}|it|this|that)(?: (?:{ADVERB}|{_COMING}|it|this|that))* *$|\bnever *$"
)
"""Before a day or an hour for which the parcel is not wanted."""
MOVED = re.compile(
    rf"\b{_NOT}(?: (?:{_OPEN}|{_SUBJECT}|{ADVERB}))* (?:re-?schedul|re-?arrang|postpon|mov|chang|"
    r"re-?book|push)(?:e|ed|ing|es)?(?: (?:it|that|this|the delivery|my delivery|back|to|till|"
    r"until|for|on))* *$"
)
"""Before a day to which the parcel is not to be moved."""
_SIDED = re.compile(r" *(?:before|after|until|till?|by|since|past)\b")
_DEED = re.compile(
    r"\b(?:com|deliver|bring|drop|send|arriv|turn|show|try|do|make|want|need)|\bnever(?: on)? *$"
)
_PAST = frozenset({"didn't", "wasn't", "weren't", "hasn't", "haven't", "hadn't", "instead of"})


def is_forbidden(text: str, window: Window) -> bool:
    """Whether a window is one at which not to come: "don't bring it tomorrow"."""
    start, _ = min(window.spans)
    found = _NOT_THEN.search(text[:start])
    if found is None or not _DEED.search(found.group()):
        return False
    return not _SIDED.match(text[start:]) and (found["not"] or "") not in _PAST
