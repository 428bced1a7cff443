"""What the driver must not do. A negated action is an avoid, never its opposite."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.lexicon import (
    LEAVE,
    NEIGHBOUR,
    OUTDOOR,
    PARCEL,
    PREPOSITION,
    RELATION,
)
from app.rules.directives.phrases import bare, noun_phrase
from app.rules.directives.reading import Reading, Scene

_NOT = re.compile(
    r"(?:\bunder no circumstances(?: (?:should|must|is|are|can|may) (?:you|it|this|that|they|"
    r"the \w+)(?: to)?)?|\b(?:stop|quit)(?= (?:leaving|putting|dropping|dumping|chucking|"
    r"throwing|parking|knocking|banging|ringing the (?:door ?)?bell))|\brather (?:you|they|he) "
    r"(?:didn't|don't|not)|(?<!\bi )(?<!\bwe )(?<!they )\bdon't(?: "
    r"you)?(?: ever| even| dare)?(?:,? for (?:the love of \w+|\w+'?s? sake|crying out loud),?)?|"
    r"(?<!will )(?<!'ll )(?<!she )(?<!he )(?<!they )(?<!i )(?<!we )\bnever(?! mind)|\b(?:please "
    r")?not to|\bnot (?=leave|ring|knock|call|"
    r"put)|\bno need (?:to|for)|"
    r"\bdon't need to|\bdon't have to|\bavoid|\binstead of|\brather than|\bwithout(?! (?:a |me |"
    r"my )?sign)|\b(?:i'd|we'd) (?:rather|prefer)(?: if| that)? (?:you|it|they)? ?(?:didn't|not|"
    r"wasn't|"
    r"doesn't|not to|don't)|\b(?:i|we) (?:really )?(?:don't|wouldn't) want (?:you |it |them |him |"
    r"anyone |people |the driver )?(?:to )?(?:be )?|"
    r"\b(?:it|that|you|this|driver|parcel|package|they|he|he's|she's|they're|it's|you're|"
    r"driver's) (?:can't|mustn't|shouldn't|mustn't|"
    r"is not to|isn't to|aren't to|not to|'s not to|better not|must never|should never|"
    r"can never)(?: just)?(?: be)?|\bno(?=(?: \w+)? (?:knocking|ringing|hooting|honking|beeping|"
    r"smoking|"
    r"calls?\b(?! (?:me|us|my|him|her|the))|phone ?calls?|doorbell|bell|door bell|knocks|buzzing|"
    r"parking|leaving|calling|"
    r"banging))|\bhold off on|\brefrain from|\bplease no\b|\bdo not\b|\bmake sure you don't|"
    r"\bisn't to be|\bstop short of|\bnothing(?:'s|"
    r" ever)?(?: (?:gets|is|to|should|must|can|may|be|get))*(?= (?:left|put|dumped|dropped))|"
    r"\bnothing(?= (?:to )?(?:stays?|sits?) "
    r"out)|\bnot(?= (?:the|with the) neighbo)|\bor(?=_ ))"
)
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
_MORE = re.compile(
    r"(?:,? ?(?:or|and|nor|,|either|please|and don't|or even|or else)(?: (?:even|to|also|don't|"
    r"the|please))* )(?=\w)"
)
_HARMLESS = re.compile(
    r"^(?: (?:worry|bother(?! (?:me|us|the|my|her|him|\w+ing)\b)|let (?:me|us) down|lose (?:it|my|"
    r"the)|"
    r"break (?:it|anything)|come to the (?:door|phone)|ever let|forget|hesitate|mind|know|think|"
    r"bother me|care|have (?:any|a|to)\b|believe|"
    r"suppose|disturb (?:registry|list|register)|get me wrong|work|want|need (?:it|this|that|"
    r"anything|any)|remember|see|"
    r"expect|understand|like|"
    r"feel|hear|live|mention|fret|panic|stress|rush|hang (?:about|around)|dawdle|dilly dally|"
    r"dither|hurry|a problem|problem|delay|fail|miss|"
    r"be (?:late|long|back)|get home|come out|you worry|be fooled|trust|signing|trip|slip|"
    r"stumble|fall|bang your head|hit your head)\b|$| until|"
    r" before| after| on| at| any(?:more| more| longer)?$)"
)
_VERBAL = re.compile(
    r"^ (?:(?:to|be|ever|just|please|even|you|have|get|it|the driver|driver) )*(?P<verb>leave|put|"
    r"push|throw|bend|fold|drop|drag|roll|shake|open|close|shut|let|walk|step|tread|use|take|come|"
    r"go|park|drive|stack|squash|crush|"
    r"tip|turn|lay|touch|feed|pet|wake|disturb|make|shout|honk|beep|toss|chuck|lob|post|force|"
    r"squeeze|hand|give|deliver|send|bring|cut|scan|forge|sign|stand|stuff|jam|cram|hide|pop|try|"
    r"enter|block|place|lift|move|trip|smoke|"
    r"idle|reverse|ask|tell|mention|show|say|wedge|kick|slam|lean|stick|tap|hang|run|get|pick|"
    r"wait|return|refuse|mark|buzz|leave|set|being|leaving|putting|throwing|bending|using|parking|"
    r"letting|walking|posting|tossing|dropping|shoving|shove|hoot|dump|tell|discuss|"
    r"thrown|bent|dropped|left|handed|folded|squashed|opened|posted|pushed|stacked|given|tipped|"
    r"startle|hooting|honking|beeping|smoking|reverse|block|damage|crush|drive|bother|chain|"
    r"unplug|lock)\b[^_,;]*"
)
_KEEP_OFF = re.compile(
    r"\b(?:keep|stay|stand|walk|drive|park)(?: (?:the|your|that) (?:van|truck|lorry|wheels|"
    r"trolley|tyres))?"
    r" (?:well )?(?:off|clear of|out of|away from) (?:the|my|"
    r"our) (?:\w+ )?(?:grass|lawn|garden|flowers?|flower beds?|beds?|borders?|plants?|gravel|deck|"
    r"decking|back yard|backyard|yard|house|pool|neighbou?r's \w+|new \w+|seedlings?|vegetables?|"
    r"concrete)\b"
)
_DRIVE = r"(?:drive|driveway|drive way|garage(?: door)?|dropped kerb|gateway|gates?|access)"
_KEEP_CLEAR = re.compile(
    rf"\b(?:keep|stay) (?:off|clear of|out of|away from) (?:the|my|our) (?:\w+ )?(?:drive|driveway|"
    rf"drive way)\b|\b(?:keep|leave) (?:the|my|our) (?:\w+ )?{_DRIVE} (?:clear|free)\b|"
    rf"\bnot (?:across|over|in front of|blocking) (?:the|my|our|anyone's|next door's) "
    rf"(?:\w+ )?{_DRIVE}\b"
)
_OFF_LIMITS = re.compile(
    r"\b(?:the|that|our|my) (?:front )?(?:door ?bell|bell|buzzer|intercom)(?:'s| is) (?:strictly "
    r")?(?:off limits|"
    r"out of bounds|forbidden|a no[- ]?no|not to be (?:used|rung|touched|pressed))\b"
)
_NOT_THEM = re.compile(
    r"^(?:(?:and|but|just|only|please) )*(?:not|never)(?: (?:to|with|at))? (?:the other side|the "
    r"other (?:neighbours?|neighbors?|lot|one|ones|house)|next door|number \w+|(?:the|them|those) "
    r"(?:people|lot|ones|lady|man|couple|family|lads|students)? ?(?:at|in|opposite|upstairs|"
    r"downstairs|next door|across|on the other side)\b[\w ]*)(?: (?:though|please|mind|either))*$"
)
"""Whom it is not for, beside who may have it: "Carol will take it, not the other side though"."""
_SAID_ELSEWHERE = re.compile(rf" {LEAVE} {PARCEL} _")
_ANY_TIME = re.compile(
    r"\b(?:before|after|until|between|today|tomorrow|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday)\b"
)
_WHEN_VERBS = ("come", "deliver", "bring", "try", "get", "send", "take")


_NOT_AT = re.compile(
    rf"^(?:(?:and|but|so|just|only|please|oh|well|kindly) )*(?:not|(?:anywhere|any place) (?:but|"
    rf"except|other than)) (?P<where>(?:{PREPOSITION} )?(?:the|my|our) [^_,;]+|outside)"
    rf"(?: please| thanks)*$"
)
"""A place refused with no verb: "not on the doorstep please"."""


def _refused_place(scene: Scene) -> Iterator[Reading]:
    match = _NOT_AT.match(scene.text)
    if not match or any(one.kind in (Kind.LEAVE_AT, Kind.REDIRECT) for one in scene.found):
        return
    where = match["where"]
    placed = where if where == "outside" or re.match(PREPOSITION, where) else f"at {where}"
    if placed != where and scene.found and "but" not in match.group():
        return
    found = _deed(f"leave it {placed}")
    action = found[0] if found else _where_not(f"leave it {placed}")
    if action in ("leave_outside", "leave_unattended"):
        yield scene.read(Kind.AVOID, match.span(), {"action": action}, 0.85)


def read_avoid(scene: Scene) -> Iterator[Reading]:
    """Yield each thing a clause forbids, and what "or" adds to it."""
    yield from _refused_place(scene)
    for match in scene.matches(_KEEP_CLEAR):
        yield scene.read(Kind.AVOID, match.span(), {"action": "block_driveway"}, 0.9)
    for match in scene.matches(_OFF_LIMITS):
        yield scene.read(Kind.AVOID, match.span(), {"action": "ring_bell"}, 0.9)
    if (not_them := _NOT_THEM.match(scene.text)) and any(
        one.kind is Kind.LEAVE_WITH for one in scene.found
    ):
        yield scene.read(Kind.AVOID, not_them.span(), {"action": "leave_with_neighbor"}, 0.85)
    for match in scene.matches(_KEEP_OFF):
        yield scene.read(Kind.AVOID, match.span(), {"action": "other"}, 0.85)
    for match in scene.matches(_NOT):
        position = match.end()
        rest = scene.text[position:]
        if reading := _unwanted(scene, match, rest):
            yield reading
            continue
        if _HARMLESS.match(rest) or not rest.strip(" _"):
            continue
        found = _deed(rest.lstrip())
        lead = len(rest) - len(rest.lstrip())
        if found is None:
            if reading := _other(scene, match, rest):
                yield reading
            continue
        begin = match.start()
        while found:
            action, length = found
            end = position + lead + length
            yield scene.read(Kind.AVOID, (begin, end), {"action": action}, 0.93)
            more = _MORE.match(scene.text, end)
            found = _deed(scene.text[more.end() :]) if more else None
            if (
                more
                and found
                and (
                    scene.text[end : more.end()].strip(" ,")
                    not in ("or", "nor", "and", "", "or even")
                )
            ):
                pass
            begin, position, lead = (more.end(), more.end(), 0) if more else (end, end, 0)


def _unwanted(scene: Scene, match: re.Match[str], rest: str) -> Reading | None:
    """Read "I don't want it on the step": the leaving goes without saying."""
    placed = _PLACED.match(rest)
    if not match.group().strip().endswith(("want it", "want them", "want that")) or not placed:
        return None
    found = _deed(f"leave it {rest.lstrip()}")
    action = found[0] if found else _where_not(f"leave it {rest.lstrip()}")
    return scene.read(
        Kind.AVOID, (match.start(), match.end() + placed.end()), {"action": action}, 0.85
    )


def _deed(words: str) -> tuple[str, int] | None:
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


_ANY_DEED = re.compile(
    r"^ (?P<verb>[a-z]{3,}) (?:the|your|my|our|any|anything|a|an|it|on|at|up)\b[^_,;]*"
)
_PLACED = re.compile(rf" ?(?:(?:{PREPOSITION}|with) (?:the|my|our|any) [^_,;]+|outside)")
_OPEN_IT = re.compile(
    r"^ (?:try (?:and|to) |go )?(?:open|unlatch|unlock|undo|force)(?:ing)? (?:it|that)\b"
)
_FIRST = re.compile(r"^(?:(?:and|so|but|just|please|also|oh|whatever you do,?) )*$")


def _other(scene: Scene, match: re.Match[str], rest: str) -> Reading | None:
    verbal = _VERBAL.match(rest)
    if not verbal and match.group() == "don't" and _FIRST.match(scene.text[: match.start()]):
        verbal = _ANY_DEED.match(rest)
    if (
        not verbal
        or _SAID_ELSEWHERE.match(rest)
        or (verbal["verb"] in _WHEN_VERBS and _ANY_TIME.search(verbal.group()))
    ):
        return None
    if match.group() == "without":
        return None
    action = _where_not(rest.lstrip())
    lately = scene.page.spoken.plain[max(0, scene.start - 80) : scene.start]
    if _OPEN_IT.match(rest) and re.search(r"\bgates?\b", lately):
        action = "open_gate"
    end = match.end() + len(
        re.split(r" (?:because|so|as|since|but|if|when|please)\b", verbal.group())[0]
    )
    return scene.read(Kind.AVOID, (match.start(), end), {"action": action}, 0.85)


def _where_not(words: str) -> str:
    """Return what a forbidden place amounts to: in the open, or where nobody watches over it."""
    match = _AT_PLACE.match(words)
    if not match or match["prep"] in ("through", "over", "under", "behind", "into"):
        return "other"
    place = bare(noun_phrase(match["place"]))
    if _SHARED.search(place):
        return "leave_unattended"
    return "leave_outside" if _OPEN_AIR.search(place) else "other"
