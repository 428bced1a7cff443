"""Where the parcel goes: left at a place, or taken to another address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.addresses import ADDRESS
from app.rules.directives.lexicon import (
    CONTAINER,
    LEAVE,
    LEFT,
    PARCEL,
    PLACE_NOUN,
    PREPOSITION,
    STREET,
)
from app.rules.directives.people import is_person
from app.rules.directives.phrases import bare, noun_phrase
from app.rules.directives.reading import Reading, Scene

_LOOSELY = (
    r"(?: (?:off|down|over|just|safely|carefully|please|for me|for us|right|back|out|up|away|"
    r"somewhere|tucked|hidden|propped|leaning|leant|stood|sat|wedged|"
    r"straight|(?:up|down)stairs(?= (?:on|in|by|at|outside|next|behind)\b)|in there|anywhere|"
    r"someplace|so|maybe|sitting|standing|inside(?= (?:the|my|our) "
    r"\w+ (?:by|on|in|"
    r"under))|"
    r"_+|like|well|neatly|there|here|all|thanks))*"
)
_WHERE = rf"(?P<prep>{PREPOSITION}|to the|out|with) (?P<place>[^_].*)"
_ADVERB = (
    r"(?P<adverb>(?:just |right )?(?:outside|inside|indoors|upstairs|downstairs|"
    r"(?:out |at the |in )?(?:front|back)(?! (?:to|by|until|on|from|at|in|tomorrow|another|door|"
    r"porch|step|steps|gate|garden|yard|of|entrance|desk|deck|patio|room|seat|hall)\b)|(?:round|"
    r"around|out) (?:the )?(?:front|back|side)|out front|"
    r"out back|somewhere (?:safe|dry|sheltered|secure|sensible))\b)"
)
_LEAVE_IT = re.compile(rf"\b(?:{LEAVE}) {PARCEL}{_LOOSELY} {_WHERE}")
_LEAVE_ADVERB = re.compile(
    rf"\b(?:(?:{LEAVE}) {PARCEL}|(?<!don't )(?<!to )(?:leave|drop|"
    rf"keep(?! (?:well |right )?(?:back|off|out)\b)))"
    rf"{_LOOSELY} {_ADVERB}"
)
_LEAVE_THING = re.compile(
    rf"\b(?:leave|put|pop|drop|place|set|stick|tuck|stash|dump|plonk|chuck) (?:the|my|our|your) "
    rf"\w+(?: \w+)?? (?P<prep>{PREPOSITION}) (?P<place>[^_].*)"
)
_IT_GOES = re.compile(
    rf"\b(?:{PARCEL}(?:'s|'ll)? (?:(?:can|could|should|will|would|needs to|has to|might|"
    rf"may) )?(?:just |always |"
    rf"usually )?"
    rf"(?:go|goes|stay|sit|live|fit|be (?:{LEFT})|(?:best|better|probably best|safest|"
    rf"probably better) {LEFT}|be (?:fine|safe|ok|okay|all right|alright|"
    rf"safest)|left|be)|"
    rf"(?:have|want|like|prefer|need|get) {PARCEL} (?:to be )?{LEFT}|"
    rf"happy for {PARCEL} to be {LEFT}){_LOOSELY} {_WHERE}"
)
_FINE_THERE = re.compile(
    rf"\b(?:it's|it is|that's|it'll be|it'd be|they're|they'll be) (?:fine|ok|okay|safe|all right|"
    rf"alright|"
    rf"safest|best|better)(?: left)? {_WHERE}"
)
_BRING = re.compile(
    rf"\b(?:(?:bring|take|carry|deliver|drop|drive) {PARCEL}|deliver) (?:(?:straight|right|"
    rf"over|up|down|"
    rf"along|on|through|inside) )?(?P<prep>round to|around to|to|into|inside|up to|over to|round|"
    rf"around) "
    rf"(?P<place>[^_].*)"
)
_IN_THERE = re.compile(
    rf"\b(?:{LEAVE} {PARCEL}{_LOOSELY}|{PARCEL} (?:can go|could go|should go|goes)|^) "
    rf"?(?:(?P<prep>in|on|under|inside|behind|"
    rf"underneath|by|on top of|at) (?:there|it|that|them|those)\b|there$)|\buse (?:that|it)\b"
)
_ANTECEDENT = re.compile(rf"\b(?P<place>(?:the|my|our|an?) (?:[\w-]+ ){{0,3}}?{PLACE_NOUN}\b.*)")
_THERE_IS_A = re.compile(
    r"\b(?:there's|there (?:should|will) be|there'll be|i have|we have|i've got|we've got|"
    r"you(?:'ll| will| should| can)? (?:see|find)|(?:look for|see)|i've left|we've left|"
    r"i'll leave)(?: out)? "
    r"(?P<place>(?:an?|the|my|our) [^_,]+)"
)
_OPEN = re.compile(
    rf"(?P<place>(?:(?:the|my|our) )?(?:(?:front|back|side|garden) )?{PLACE_NOUN})(?:'s| is| will "
    rf"be|'ll be|"
    rf" has been| been)?(?: left| always| usually)? (?:open|unlocked|never locked|not locked|"
    rf"ajar)\b"
)
_INSIDE = re.compile(rf"\b{LEAVE} {PARCEL} (?:just |right )?(?P<prep>inside|in|indoors)$")
_USE = re.compile(
    rf"\buse (?P<place>(?:the|my|our) (?:\w+ )?(?:{CONTAINER}|shed|greenhouse|outhouse|"
    rf"conservatory|"
    rf"log ?store|bunker|summer ?house|cupboard|meter box)\b.*)"
)
_IS_BEST = re.compile(
    rf"^(?:(?:and|so|just|yeah|yes|otherwise|or|else|then|but|failing that|the|my|our) )*"
    rf"(?P<place>(?:(?!(?:no|code|this|that|it|any|next|your)\b)[a-z]+ ){{0,2}}?{PLACE_NOUN}"
    rf"(?: (?:by|on|in|at|under|near) the (?:\w+ )?{PLACE_NOUN})?)(?:'s| is| will be|'ll be|"
    rf" would be)"
    rf" (?:fine|good|best|okay|ok|great|perfect|safest|the best (?:place|spot)|"
    rf"the safest (?:place|spot))"
)
_BEST_IS = re.compile(
    rf"\b(?:safest|best|usual|safe|good|normal|preferred) (?:place|spot|bet)(?: for it)?(?:'s| is|"
    rf" would be)(?: just)? "
    rf"(?:(?P<prep>{PREPOSITION}) )?(?P<place>[^_].*)"
)
_FRAGMENT = re.compile(
    rf"^(?:(?:and|so|just|maybe|yeah|yes|yep|okay|ok|hi|hello|please|then|or|else|otherwise|oh|"
    rf"um|well|probably|"
    rf"sure|right|anywhere|somewhere) )*"
    rf"(?P<prep>{PREPOSITION}) (?P<place>(?:the|my|our) [^_]*)$"
)
_AFTER_USED = re.compile(
    rf"^(?:[\w' ]* )?_+ (?P<prep>{PREPOSITION}) (?P<place>(?:the|my|our) [^_]*)$"
)
"""What is left of "tuck it out of sight behind the hedge", where the hiding is read already."""
_NAMED_ALONE = re.compile(
    r"^(?:(?:and|so|just|maybe|yeah|yes|yep|okay|ok|hi|hello|please|oh|um|well|probably|sure) )*"
    r"(?P<place>(?:(?:the|my|our) )?(?:(?:front|back|side|rear|garden) )?(?:porch|step|doorstep|"
    r"shed|"
    r"garage|greenhouse|carport|deck|patio|balcony|veranda|verandah|stoop|mailbox|letterbox|bench|"
    r"bins?|"
    r"conservatory|barn|parcel box|lobby|mailroom|front door|back door|side door))"
    r"(?: (?:please|thanks|thank you|cheers|mate|will do|would do|it is))+$"
)
_ASKS_ABOUT = re.compile(
    r"^(?:(?:and|but|so|oh|hi|hello) )*(?:will|does|did|do|is|are|has|have|was|how|what|when|"
    r"who|why|which)"
    r" (?!the driver|someone|him|them|your|you leave|it be (?:ok|okay|possible|all right|fine)|"
    r"it (?:ok|okay|possible|all right|alright|fine))\w"
)
_ELIDED = re.compile(
    rf"(?<!i )(?<!we )(?<!you )(?<!they )(?<!to )\b(?:put|keep|leave|drop|place|deposit)(?: "
    rf"(?:safely|down|off))? "
    rf"(?P<prep>{PREPOSITION}) (?P<place>(?:(?:the|my|our|a) |(?:\w+ )?{PLACE_NOUN}\b)[^_]*)"
)
_HIDDEN_SPOT = re.compile(
    r"^(?:(?:and|so|just|maybe|yeah|yes|okay|ok|hi|hello|please|then|or|oh|else|otherwise) "
    r")*(?P<prep>behind|under|"
    r"underneath|beneath|beside|next to|on top of|inside|round by) (?P<place>(?:the|my|our) [^_]*)$"
)
_ELSEWHERE = re.compile(
    r"\b(?:station|pick ?up point|collection point|access point|post office|depot|servo|"
    r"supermarket|"
    r"newsagents?|parcel shop)\b"
)
_IN_A_STREET = re.compile(
    rf" (?:on|in|at|of) (?:\w+ ){{1,4}}?(?:hospital|clinic|school|university|"
    rf"station|hotel|{STREET})\b"
)
_SOMEWHERE = re.compile(
    r"^(?:somewhere|someplace|anywhere|a) (?:really )?(?:safe|dry|sheltered|secure|sensible)\b"
)
_NO_PLACE = re.compile(
    r"^(?:(?:on|in|at|by|to|with|for)(?: \w+day.*)?|end|to (?!the\b|my\b|our\b).*|(?:it|that|i|he|"
    r"she|they|we|you|there)(?:'\w+)? .*|(?:it|that|"
    r"there|nobody)'s|if\b.*|"
    r"when\b.*|because\b.*|it|there|here|me|us|you|him|her|them|this|that|all|rain|sun|way|sight|"
    r"view|hold|care|"
    r"charge|"
    r"mind|hand|hands|person|writing|account|list|order|time|moment|day|meantime|case|once|first|"
    r"phone|cold|heat|wet|open|dark|weather|dogs?|feet|name|least|all costs|all possible.*|"
    r"present|work(?: in)?|"
    r"of .*|no|a minute|instead|sunlight|shade|direct sun.*|same time|kettle|telly|tv|later|"
    r"(?:\d\d?:\d\d|"
    r"noon|midday|half .*|quarter .*)|"
    r"(?:(?:early|late|mid)[ -])?(?:morning|afternoon|evening|night|lunch ?time)s?|"
    r"week(?:end|days?)?|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:\w+ )?(?:minutes?|hours?)|fridge door)$"
)
_NEARER = re.compile(rf"({PREPOSITION}) (?=the |my |our |your |a |an )")
_DOOR = re.compile(r"^(?:the|my|our) (?:\w+ ){0,2}(?:door|entrance|gate)$")
"""Where it is to be brought, rather than left: the way in."""
_YOURS = re.compile(
    r"your (?:own )?(?:end|side|depot|office|warehouse|branch|hub|yard|van|place|base|facility)\b"
)
"""With the courier, where it is kept rather than left."""
_WAY_IN = re.compile(
    r"^(?:side|back|front|rear|corner|house|building) (?:and )?(?:in )?(?:through|via|by) (?:the|"
    r"my|our) "
    r"(?:\w+ ){0,2}(?:door|gate|entrance|shutter|alley|passage)$"
)
"""Round the side through a door: which way to go, and no place to leave a thing."""
_TOLD_SOMEBODY = re.compile(r"\b(?:told|asked) (?:her|him|them|my \w+) (?:to )?$")
_THERE_NEXT = re.compile(r"(?:there's|there are|there'll be|you'll (?:find|see))\b")
"""Behind a spot: it says what is there, and not where the parcel goes."""
_HEAD = re.compile(rf"\b{PLACE_NOUN}\b")


def read_places(scene: Scene) -> Iterator[Reading]:
    """Yield the places in a clause at which the parcel is to be left."""
    if _ASKS_ABOUT.match(scene.text):
        return
    for match in scene.matches(_USE):
        if reading := _left_at(scene, match, any_place=False, confidence=0.85):
            yield reading
    for pattern in (_LEAVE_IT, _IT_GOES, _BEST_IS, _LEAVE_THING, _ELIDED, _FINE_THERE):
        for match in scene.matches(pattern):
            surely = pattern in (_LEAVE_IT, _IT_GOES)
            if reading := _left_at(scene, match, any_place=surely):
                yield reading
    yield from _named_before(scene)
    for match in scene.matches(_LEAVE_ADVERB):
        words = re.sub(r"^(?:just|right) ", "", match["adverb"])
        place = re.sub(r"^(?:round|around|out|at|in) (?:the )?(?=front|back|side)", "", words)
        yield scene.read(Kind.LEAVE_AT, match.span(), {"place": bare(place)}, 0.85, words)
    yield from _brought(scene)
    yield from _spots_alone(scene)


def _brought(scene: Scene) -> Iterator[Reading]:
    """Yield where it is brought to: a door is the way in, a spot is where it stays."""
    for match in scene.matches(_BRING):
        spot = noun_phrase(match["place"])
        elsewhere = ADDRESS.match(match["place"]) or not _HEAD.search(spot)
        if " wrong " in f" {spot} ":
            continue
        if _DOOR.search(spot) and match.group().startswith(("bring", "take", "carry")):
            span = (match.start(), match.start("place") + len(spot))
            yield scene.read(Kind.ACCESS, span, {"entrance": bare(spot)}, 0.85, spot)
        elif not elsewhere and (reading := _left_at(scene, match, any_place=False)):
            yield reading


def _spots_alone(scene: Scene) -> Iterator[Reading]:
    """Yield spots that stand with no verb: "behind the shed", "porch is fine"."""
    patterns = [(_IS_BEST, 0.8), (_FRAGMENT, 0.75), (_HIDDEN_SPOT, 0.7), (_NAMED_ALONE, 0.7)]
    if any(one.clause == scene.number and "note" in one.slots for one in scene.found):
        patterns.insert(0, (_AFTER_USED, 0.85))
    if _THERE_NEXT.match(scene.after):
        return
    for pattern, confidence in patterns:
        for match in scene.matches(pattern):
            anywhere = pattern in (_HIDDEN_SPOT, _AFTER_USED)
            if reading := _left_at(scene, match, any_place=anywhere, confidence=confidence):
                yield reading


def _named_before(scene: Scene) -> Iterator[Reading]:
    """Yield the place of "there's a box by the door, put it in there"."""
    inside, opened = _INSIDE.search(scene.text), _OPEN.search(scene.before)
    if inside and opened:
        spot = bare(opened["place"])
        yield scene.read(Kind.LEAVE_AT, inside.span(), {"place": spot}, 0.8, f"in the {spot}")
        return
    there = _IN_THERE.search(scene.text)
    named = _THERE_IS_A.search(scene.before) or _ANTECEDENT.search(scene.before)
    if there and named:
        phrase = re.split(
            r"'s\b| (?:open|unlocked|ajar|out|outside)$", noun_phrase(named["place"])
        )[0]
        wording = f"{there['prep'] or 'in'} {phrase}"
        yield scene.read(Kind.LEAVE_AT, there.span(), {"place": bare(phrase)}, 0.8, wording)


def _hidden_there(scene: Scene, match: re.Match[str]) -> bool:
    """Whether "and hide it behind the paper" only adds to a place named just before."""
    return match.group().startswith(("hide", "hiding")) and any(
        one.kind is Kind.LEAVE_AT and 0 < scene.number - one.clause <= 2 for one in scene.found
    )


def _left_at(
    scene: Scene, match: re.Match[str], *, any_place: bool, confidence: float = 0.93
) -> Reading | None:
    if _TOLD_SOMEBODY.search(scene.text[: match.start()]) or _hidden_there(scene, match):
        return None
    said = match.groupdict()
    preposition = said.get("prep") or "in"
    spoken = said["place"]
    if nearer := _NEARER.match(spoken):
        preposition, spoken = nearer[1], spoken[nearer.end() :]
    phrase = noun_phrase(spoken, keep_and=preposition == "between")
    place = bare(phrase)
    if not place or _NO_PLACE.match(place) or preposition == "with" or _WAY_IN.search(place):
        return None
    known = _HEAD.search(place) or _SOMEWHERE.match(phrase)
    if _YOURS.match(phrase) or (
        not known and (not any_place or re.match(r"(?:\d|not\b|no\b)", place))
    ):
        return None
    towards = preposition in ("to", "to the", "up to", "over to", "round to", "around to")
    astray = preposition == "out" and not re.match(r"(?:the )?(?:back|front|side)", phrase)
    if astray or (towards and not known):
        return None
    if preposition == "to the":
        phrase = "the " + phrase
    somebody = is_person(phrase) and not known and not _ELSEWHERE.search(place)
    if preposition not in ("in",) and somebody:
        return None
    away = _ELSEWHERE.search(place) or (_IN_A_STREET.search(place) and "instead" in scene.whole)
    kind = Kind.REDIRECT if away else Kind.LEAVE_AT
    length = match.end("place") - len(spoken) - match.start() + len(phrase)
    leading = preposition.removesuffix(" the") if preposition == "to the" else preposition
    return scene.read(
        kind,
        (match.start(), match.start() + length),
        {"place" if kind is Kind.LEAVE_AT else "address": place},
        confidence,
        f"{leading} {phrase}",
        loose=confidence < 0.8,
    )
