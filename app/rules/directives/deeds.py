"""The deeds that a customer forbids, by the words that name them, and where a thing must not be."""

from __future__ import annotations

import re

from app.rules.directives.lexicon import (
    LEAVE,
    NEIGHBOUR,
    OUTDOOR,
    PARCEL,
    PREPOSITION,
    RELATION,
)
from app.rules.directives.phrases import bare, noun_phrase

_BELL = (
    r"(?:ring|ringing|press|pressing|use|using|touch|touching|buzz|buzzing|push|pushing|hit|"
    r"sound|the|try|hitting|go for|rung|lean on)(?:(?: on)? (?:the|my|our|that|any|front|door|a|"
    r"at))*(?: (?:door ?bell|bell|buzzer|chime|intercom|doorbell|ring doorbell|bells))(?: at all|"
    r" please)?|(?:ring|ringing|buzz|buzzing)(?! (?:me|us|my|this|him|her|the (?!bell|door)|"
    r"our (?!bell|door)|on my|number|again))(?: at)?(?: the door)?\b|(?:door ?bell|bell|buzzer|"
    r"doorbell)\b"
)
_ROWS: tuple[tuple[str, str], ...] = (
    (
        "block_driveway",
        r"block (?:it|us|me|anyone|anybody|people)(?: in)?|(?:park|block|stop|"
        r"blocking|parking|pull|obstruct|stand|pulling|drive|blocked|leave (?:the|your) (?:van|"
        r"truck|"
        r"car|vehicle|lorry))(?: (?:up|across|in|on|over|into|your|the|my|our|van|truck|"
        r"in front of|"
        r"outside|near|by|right|front of|anywhere|neighbou?r's|neighbors?'?s?|shared|at|onto|out|"
        r"car))* (?:driveway|drive|drive way|garage|dropped kerb|entrance|carport|car park|gate|"
        r"gateway|way|road|alley|lane|bay|access)s?(?: door)?",
    ),
    (
        "leave_with_neighbor",
        rf"(?:{LEAVE}|give|giving|hand|handing|take|taking|left|deliver|pass|"
        rf"going|go|given|handed|end up)(?: {PARCEL})?(?: off)?(?: (?:with|to|at|"
        rf"next))+ (?:(?:any of |the|my|our|any|those|a|one of) )*(?:other )?(?:{NEIGHBOUR}|"
        rf"(?<=next )door\b|"
        rf"(?:people|man|lady|woman|guy|lot|tenants) (?:at|in|from|upstairs|downstairs|opposite|"
        rf"across|next)[\w ]*|them next door|door neighbou?rs?)|(?:the |"
        rf"with the )?neighbo(?:u)?rs?|"
        rf"knock (?:on|at) (?:the )?(?:next|neighbou?rs?)[\w ]*|(?:leave|drop) {PARCEL} next door|"
        rf"try (?:the )?(?:neighbou?rs?|next door)|(?:{LEAVE}|give|hand|take|giving|handing|"
        rf"taking)(?: {PARCEL})? (?:with|to|"
        rf"at|in) (?:the |my |our )?\S+(?: \S+)? (?:next[ -]door|downstairs|upstairs|opposite|"
        rf"across the "
        rf"(?:road|street|hall))|(?:leave|leaving|leave it|"
        rf"left)(?: {PARCEL})? (?:with|at) (?:number|flat|no) \w+",
    ),
    (
        "leave_unattended",
        rf"(?:{LEAVE}|left|dump|abandon|sit|leaving)(?: {PARCEL})?(?: "
        rf"\w+){{0,4}}?(?: (?:unattended|alone|by itself|on its own|(?:if|when|unless|"
        rf"without) (?:there's )?(?:nobody|no one|no-one|anyone|someone|somebody|i'm not|"
        rf"we're not|"
        rf"i'm out|we're out)[\w' ]*|with nobody[\w ]*|sitting there|lying (?:around|about)))|"
        rf"just (?:leave|dump|drop|abandon|chuck|stick) {PARCEL}(?: there| here|"
        rf" anywhere)?(?: and (?:go|run|leave|drive off))?|be unattended|(?:leave|leaving|"
        rf"left) (?:{PARCEL})?(?: there| here)?$",
    ),
    (
        "leave_outside",
        rf"(?:(?!park\b){LEAVE}|left|leaving|sit|sitting|be|stay|"
        rf"standing)(?: {PARCEL})?(?: (?:just|sitting|lying|standing|out|there|sat|exposed|right|"
        rf"over|off|on its own|by itself|unattended))*,? (?:(?:just )?{OUTDOOR}|out\b(?! of)|"
        rf"outdoors)(?:[\w' ]*?(?:door|house|gate|rain|property|building|road|street|front|"
        rf"side))?",
    ),
    (
        "open_gate",
        r"(?:open|opening|unlatch|unlock|undo|touch|use|using|go through|come through|"
        r"come in(?: through| by)?|go in(?: through| by)?|enter(?: through| by)?|"
        r"let yourself in(?:to| through| by)?|push)(?: up)? (?:(?:the|my|our|that|side|back|front|"
        r"garden|rear|main|big|yard|driveway|metal|wooden|electric) )*(?:\w+ )?gates?\b",
    ),
    (
        "knock",
        r"(?:knock|knocking|bang|banging|hammer|hammering|pound|pounding|tap|rap|thump|beat|"
        r"knocks)(?: (?:on|at))?(?: (?:the|my|our) (?:\w+ )?(?:door|window|glass))?(?: (?:loudly|"
        r"hard|please|at all|too loud))*|the knocker|use the (?:door )?knocker",
    ),
    ("ring_bell", _BELL),
    (
        "call",
        rf"(?:call|calling|phone|phoning|telephone|ring|ringing|phone ?calls?|"
        rf"calls?)(?: (?:me|us|my|this|the|our|him|her|number|mobile|phone|cell|(?:{RELATION})|"
        rf"line|"
        rf"landline|house|please|up|at work|during|back|anyone))*\b",
    ),
)
_DEEDS = tuple(
    (
        action,
        re.compile(
            rf"(?:to |be |by |the |go |bother |just |get |have |receive |try and |try to "
            rf")*(?:{pattern})"
        ),
    )
    for action, pattern in _ROWS
)
_AT_PLACE = re.compile(
    rf"(?:{LEAVE}|left|leaving)(?: {PARCEL})?(?: (?:just|sitting|lying|out|there|down|off))* "
    rf"(?P<prep>{PREPOSITION}) (?P<place>[^_,;]+)"
)
_OPEN_AIR = re.compile(
    r"\b(?:door|doorstep|step|steps|stoop|porch|street|pavement|sidewalk|kerb|curb|driveway|drive|"
    r"path|lawn|road|yard|garden|gate|mat|doormat|patio|deck|veranda|verandah|balcony|rain|sun|"
    r"front|open|wall|fence|hedge|bench|terrace|grass|verge|pathway|threshold)$"
)
_SHARED = re.compile(
    r"\b(?:hall|hallway|lobby|foyer|corridor|communal \w+|common \w+|shared \w+|stairwell|stairs|"
    r"staircase|landing|vestibule|entrance hall|entryway|lift|elevator|passage|passageway|"
    r"public \w+|reception area|mail ?room|waiting room)$"
)


def deed(words: str) -> tuple[str, int] | None:
    """Return which deed the words begin with and how far it reaches; the longest wins."""
    best: tuple[str, int] | None = None
    for action, pattern in _DEEDS:
        match = pattern.match(words)
        if match and match.end() and (best is None or match.end() > best[1]):
            best = (action, match.end())
    if (
        best
        and best[0] == "call"
        and re.match(r"(?:call|ring)\w*\b(?: (?:out|back))? (?:the |a )?(?:bell|door)", words)
    ):
        return ("ring_bell", best[1])
    return best


def where_not(words: str) -> str:
    """Return what a forbidden place amounts to: in the open, or where nobody watches over it."""
    match = _AT_PLACE.match(words)
    if not match or match["prep"] in ("through", "over", "under", "behind", "into"):
        return "other"
    place = bare(noun_phrase(match["place"]))
    if _SHARED.search(place):
        return "leave_unattended"
    return "leave_outside" if _OPEN_AIR.search(place) else "other"
