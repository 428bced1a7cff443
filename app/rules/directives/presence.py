"""Which of the words for an absence say that nobody is in, and which only look like it.

"Not in the bin" names a place, "the dog's not here" a dog, "nobody here speaks English" a tongue;
"I'm not out until six" says that somebody is in.
"""

from __future__ import annotations

import re

from app.rules.directives.absence import ABSENT

_SPOT = re.compile(
    r"^ (?:the|my|our|a|an|any|that|this|your|his|her|their)(?: \w+)?? (?!morning|afternoon|"
    r"evening|house|flat|office|building|property|apartment|home|shop|store|week|day|weekend|month|country|"
    r"area|moment|next|first|last|end|middle|early|late|mornings|afternoons|evenings|same|"
    r"neighbou?rhood|town|city|village)\w+"
)
"""What follows "not in" where it tells of a place and not of a time or a house."""
_SAYS_WHERE = re.compile(r"^(?:not|isn't|aren't)\b.*\b(?:in|inside|around|about|back|there|here)$")
_SOMEBODY = re.compile(
    r"\b(?:i|we|i'm|we're|i'll|we'll|he's|she's|they're|he|she|they|everyone's|nobody's|be)"
    r"(?: (?:really|actually|definitely|still))* $"
)
_DOES = re.compile(
    r"^ (?:speaks?|spoke|knows?|knew|understands?|ordered|orders|wants?|wanted|asked|needs?|uses?|"
    r"drives?|works?|lives?|bought|says?|said|minds?|likes?|smokes?|by|called|named|with|of|goes|"
    r"reads?|signs?|deals?|handles?|likes|cares?|believes?|remembers?)\b"
)
"""What "nobody here" does, without being away."""
_BEAST = re.compile(
    r"\b(?:dogs?|puppy|cats?|cat's|dog's|hound|car|van|bike|bin|bins|key|keys|box|bell|parcel|"
    r"package|code|light|sun|gate|baby|kids?|kitten|alsatian|terrier|lodger)(?:'s|s| is| are|'re)?"
    r"(?: (?:really|actually|usually|even|still))* $"
)
_DENIED = re.compile(
    r"(?:\bnot|\bnever|(?:is|are|wo|do|was)n't)(?: (?:going to|gonna|be|being|actually|really|even|"
    r"usually|often|ever|always|planning|to|have|that|too|all|just|on))* (?:out|away|gone|busy|"
    r"working|at work|on holiday|on vacation|leaving|abroad|overseas|travelling|unavailable|tied "
    r"up|closed|shut|empty|(?:popping|nipping|heading|going|stepping) (?:out|away|off|anywhere|to "
    r"(?:the|my|a|work|church|school)))\b"
)


def absence_in(text: str) -> re.Match[str] | None:
    """Find the words of a clause that say that nobody is in."""
    match = ABSENT.search(text)
    while match is not None and _is_none(text, match):
        match = ABSENT.search(text, match.end())
    return match


def _is_none(text: str, match: re.Match[str]) -> bool:
    words, before, after = match.group(), text[: match.start()], text[match.end() :]
    where = _SAYS_WHERE.match(words) is not None
    if where and not _SOMEBODY.search(before) and _SPOT.match(after):
        return True
    if where and _BEAST.search(before):
        return True
    if words.startswith(("nobody", "there's nobody")) and _DOES.match(after):
        return True
    reach = re.match(r"(?: \w+)?", after)
    denied = list(_DENIED.finditer(text, 0, match.end() + (reach.end() if reach else 0)))
    return any(one.start() < match.end() and one.end() > match.start() for one in denied)
