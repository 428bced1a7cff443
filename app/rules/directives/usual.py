"""What only those understand who know the customer: their usual place, and that they are not it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.rules.analysis import Kind
from app.rules.directives.known import Known, is_customer, resembles
from app.rules.directives.lexicon import LEAVE, PARCEL, PREPOSITION, TITLE
from app.rules.directives.reading import Reading, Scene

_SOMEBODY = (
    r"(?:you|they|he|she|it|we|everyone|everybody|your (?:\w+ )?\w+|"
    r"the (?:\w+ )?(?:driver|courier|guy|lad|man|fella|bloke|chap|lady|postie|postman|others?))"
)
_LEAVES = r"(?:leave|put|pop|drop|place|hide|stick|keep|go|tuck|left|placed|dropped|kept)(?:s|es)?"
_OFTEN = r"(?:normally|usually|always|generally|typically|(?:'ve |have )?always)"
_AS_EVER = (
    r"(?:as (?:always|ever|usual|normal|before|last time|the last time|the last one|yesterday|the "
    r"other (?:one|ones|parcels?)|the rest|you (?:always|usually|normally) do)|like (?:always|last "
    r"time|before|usual|normal|you (?:always|usually|normally) do))"
)
_USUAL = re.compile(
    rf"(?:\b(?:(?:{LEAVE}) (?:{PARCEL} )?)?(?:(?P<prep>in|at|on|by|to|into) )?)?"
    rf"\b(?P<said>(?:(?:the|my|our|your|its|that) )?(?P<place>(?:(?:same old|usual|normal|regular|"
    rf"customary|same) "
    rf"(?:safe )?(?:place|spot|location|hiding (?:place|spot)|drop(?: |-)?off (?:place|spot|"
    rf"point))(?:,? {_AS_EVER})?)|"
    rf"where(?:ver)? {_SOMEBODY} (?:{_OFTEN} {_LEAVES}|{_LEAVES} (?:{PARCEL} )?(?:last time|before|"
    rf"the last time|yesterday|every time))(?: (?:{PARCEL}|my (?:parcels|packages|post|stuff)))?))"
)
_NOT_THERE = re.compile(
    r"\b(?:not|n't|never|no longer|instead of|rather than|except|than|but not|isn't|of|about|from)"
    r"(?: (?:the|leave it|put it|in|at|to|just))* $"
)
_NAMED_NEXT = re.compile(
    rf"(?:'s|s| is| would be|,)? (?:just |right |up |down |out |always |usually )*"
    rf"(?!at the moment|in the way|as\b)(?:{PREPOSITION}) (?!this|that|moment)|"
    r" (?:has|was|isn't|is not|won't|got|gets)\b|(?:'s| is| would be) (?:the|my|our|an?) "
)


def read_usual_place(scene: Scene) -> Iterator[Reading]:
    """Yield "the usual place", "where you normally leave it": a place that is known elsewhere."""
    for match in scene.matches(_USUAL):
        text = scene.text
        if _NOT_THERE.search(text[: match.start("said")]) or (scene.asked and "?" in text):
            continue
        if match["place"].startswith("where") and re.search(
            r"\b(?:know|ask|wonder\w*|see|tell me|show \w+)(?: you)? $", text[: match.start()]
        ):
            continue
        if _NAMED_NEXT.match(text, match.end()):
            continue
        place, said = match["place"], match["said"]
        article = "" if said != place else "the "
        wording = f"{match['prep'] or 'in'} {article}{said}"
        if place.startswith("where"):
            wording = f"just {said}"
        found = scene.read(Kind.LEAVE_AT, match.span(), {"place": place}, 0.88, wording)
        yield replace(found, usual=True)


_NAME = (
    rf"(?P<name>(?:{TITLE}\.? )?[a-z'-]+"
    r"(?: (?!here|at|on|and|but|so|or|sorry|is|any)[a-z'-]+){0,2})"
)
_HERE = (
    r"(?:here|at this (?:number|address|house|place|flat|office|company)|on this (?:number|phone|"
    r"line)|liv\w+ here|in this (?:house|building|office))"
)
_ENDS = (
    r"(?=$|[,.;!?_]| (?:and|but|so|sorry|mate|here|at this|on this|any ?more|you|by the way|i|i'm|"
    r"either)\b)"
)
_NOT_THEM = tuple(
    re.compile(row)
    for row in (
        rf"\b(?:i'm|i ain't|this is|this|it's|it|that's|that)(?: not| isn't| ain't|n't)"
        rf"(?: the| a)? {_NAME}{_ENDS}",
        rf"\b(?:this|it|that)(?:'s not| isn't| is not) {_NAME}(?:'s)? (?:number|phone|mobile|cell|"
        r"house|line|address|place)\b",
        rf"\b(?:nobody|not anyone|no person|isn't anyone|not any|no one|no)\b(?: (?:here|in this "
        rf"\w+))? (?:called|named|(?:by|with|of) the name(?: of)?|who goes by|goes by) "
        rf"{_NAME}{_ENDS}",
        rf"\b(?:no|isn't an?|isn't any|not an?|no such person as) {_NAME} {_HERE}",
        rf"\b(?:never heard of|don't know|don't have|we've no|there's no|there isn't)"
        rf"(?: an?| any| anyone called)? {_NAME}{_ENDS}",
        rf"^(?:(?:no|sorry|oh|but|and|hi|hello|i think|look|well) )*{_NAME} (?:doesn't|don't|no "
        r"longer|hasn't|isn't)"
        r" (?:live|lives|lived|work|works|worked|on this|at this)(?: here| number| address| phone)*"
        r"(?= any ?more| now| for|$|[,.;_])",
        rf"^(?:(?:no|sorry|oh|but|and|hi|hello|i think|look|well) )*{_NAME}(?:'s| has| have)? "
        r"(?:long )?(?:since )?moved(?: out| away| on| house)\b",
    )
)
_NO_NAME = re.compile(
    r"^(?:me|my|sure|home|ready|well|here|there|free|fine|around|able|happy|in|out|away|back|"
    r"working|"
    r"going|the|a|an|that|this|it|him|her|them|one|late|fussed|bothered|available|really|very|"
    r"too|so|"
    r"quite|late|keen|certain|near|far|dressed|due|mine|ours|safe|right|good|great|true|fair|room|"
    r"rush|need|one's|answer|bell|gate|code|parking|light|space|place|problem|hurry|more|other)\b"
)


def read_not_them(scene: Scene) -> Iterator[Reading]:
    """Yield a wrong number where the customer's own name is denied, misheard or not."""
    name = scene.known.name
    if not name:
        return
    for pattern in _NOT_THEM:
        for match in scene.matches(pattern):
            if not _NO_NAME.match(match["name"]) and resembles(match["name"], name):
                yield scene.read(Kind.WRONG_NUMBER, match.span(), None, 0.9)
                return


def in_their_light(readings: Sequence[Reading], known: Known) -> tuple[Reading, ...]:
    """Return the readings with what is known: who the customer is, and their usual place."""
    return tuple(_seen(one, known) for one in _without_repeat(readings))


def _seen(one: Reading, known: Known) -> Reading:
    if one.kind is Kind.LEAVE_WITH and is_customer(str(one.slots.get("recipient", "")), known.name):
        return replace(one, kind=Kind.HAND_OVER, loose=False)
    if one.usual and known.usual_place:
        return replace(one, wording=f"{one.wording} ({known.usual_place})")
    return one


def _without_repeat(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Drop "the usual place" where the next words say which that is."""
    for one in readings:
        named = one.usual and any(
            other.kind is Kind.LEAVE_AT
            and not other.usual
            and abs(other.clause - one.clause) <= 1
            and "condition" not in {**one.slots, **other.slots}
            for other in readings
        )
        if not named:
            yield one
