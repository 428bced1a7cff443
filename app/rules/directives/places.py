"""Where the parcel goes: left at a place, or taken to another address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.lexicon import (
    PLACE_NOUN,
    PREPOSITION,
    STREET,
)
from app.rules.directives.people import is_person
from app.rules.directives.phrases import bare, noun_phrase
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.spots import (
    AFTER_USED,
    ANTECEDENT,
    ASKS_ABOUT,
    BEST_IS,
    BRING,
    ELIDED,
    FINE_THERE,
    FRAGMENT,
    HIDDEN_SPOT,
    IN_THERE,
    INSIDE,
    IS_BEST,
    IT_GOES,
    LEAVE_ADVERB,
    LEAVE_IT,
    LEAVE_THING,
    NAMED_ALONE,
    OPEN,
    THERE_IS_A,
    USE,
)
from app.rules.directives.streets import ADDRESS

_ELSEWHERE = re.compile(
    r"\b(?:(?<!nurses )(?<!nurse )(?<!nurses' )(?<!work )station|pick ?up point|collection point|"
    r"access point|post office|depot|servo|"
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
    r"^(?:(?!where|same).* (?:last time|yesterday|last week|the other day)|(?:on|in|at|by|to|with|"
    r"for)(?: \w+day.*)?|wraps|end|wrong \w+.*|to (?!the\b|my\b|our\b).*|(?:it|that|i|he|"
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
_TOLD_SOMEBODY = re.compile(
    r"\b(?:told|asked) (?:her|him|them|my \w+) (?:to )?$|\b(?:s?he|they|driver|man|bloke|guy|lads?|"
    r"postman|courier)(?:'s|'d| had| has| have)?(?: did| always| usually| never| just| only| once|"
    r" kept)+ $"
)
"""What others did, or were told, is no order."""
_THERE_NEXT = re.compile(r"(?:there's|there are|there'll be|you'll (?:find|see))\b")
"""Behind a spot: it says what is there, and not where the parcel goes."""
_HEAD = re.compile(rf"\b{PLACE_NOUN}\b")


def read_places(scene: Scene) -> Iterator[Reading]:
    """Yield the places in a clause at which the parcel is to be left."""
    if ASKS_ABOUT.match(scene.text):
        return
    for match in scene.matches(USE):
        if reading := _left_at(scene, match, any_place=False, confidence=0.85):
            yield reading
    for pattern in (LEAVE_IT, IT_GOES, BEST_IS, LEAVE_THING, ELIDED, FINE_THERE):
        for match in scene.matches(pattern):
            surely = pattern in (LEAVE_IT, IT_GOES)
            if reading := _left_at(scene, match, any_place=surely):
                yield reading
    yield from _named_before(scene)
    for match in scene.matches(LEAVE_ADVERB):
        words = re.sub(r"^(?:just|right) ", "", match["adverb"])
        place = re.sub(r"^(?:round|around|out|at|in) (?:the )?(?=front|back|side)", "", words)
        yield scene.read(Kind.LEAVE_AT, match.span(), {"place": bare(place)}, 0.85, words)
    yield from _brought(scene)
    yield from _spots_alone(scene)


def _brought(scene: Scene) -> Iterator[Reading]:
    """Yield where it is brought to: a door is the way in, a spot is where it stays."""
    for match in scene.matches(BRING):
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
    patterns = [(IS_BEST, 0.8), (FRAGMENT, 0.75), (HIDDEN_SPOT, 0.7), (NAMED_ALONE, 0.7)]
    if any(one.clause == scene.number and "note" in one.slots for one in scene.found):
        patterns.insert(0, (AFTER_USED, 0.85))
    if _THERE_NEXT.match(scene.after):
        return
    for pattern, confidence in patterns:
        for match in scene.matches(pattern):
            anywhere = pattern in (HIDDEN_SPOT, AFTER_USED)
            if reading := _left_at(scene, match, any_place=anywhere, confidence=confidence):
                yield reading


def _named_before(scene: Scene) -> Iterator[Reading]:
    """Yield the place of "there's a box by the door, put it in there"."""
    inside, opened = INSIDE.search(scene.text), OPEN.search(scene.before)
    if inside and opened:
        spot = bare(opened["place"])
        yield scene.read(Kind.LEAVE_AT, inside.span(), {"place": spot}, 0.8, f"in the {spot}")
        return
    there = IN_THERE.search(scene.text)
    named = THERE_IS_A.search(scene.before) or ANTECEDENT.search(scene.before)
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
