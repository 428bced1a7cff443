"""Who takes the parcel: left with somebody, or handed only to one person, signed for, ID shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind, SlotValue
from app.rules.directives.lexicon import (
    NEIGHBOUR,
    NUMBERED,
    PARCEL,
    PLACE_NOUN,
    RELATION,
    STREET,
    TITLE,
)
from app.rules.directives.numbers import CARDINAL
from app.rules.directives.phrases import bare, noun_phrase
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.takers import (
    ASK,
    ASKED_FOR,
    BUZZ_TO_TAKE,
    CALLED,
    DELIVER_TO,
    GIVE_AT,
    GIVE_TO,
    GIVE_WHO,
    HAND_TO,
    LEAVE_WITH,
    LET_HAVE,
    NAMED_IN,
    NEXT_DOOR,
    PASSED_ON,
    PERSON_BEFORE,
    SHE_WILL,
    SOMEBODY_IN,
    TAKEN_AT,
    TO_THEM,
    TRY,
    WILL_TAKE,
)

_PERSON = re.compile(
    rf"(?:^|\b)(?:{TITLE}\.? \w+|(?:\w+ ){{0,3}}(?:{RELATION})\b|{NEIGHBOUR}|{NUMBERED}\b|me\b|"
    rf"us\b|myself\b)"
)
_NOBODY = re.compile(
    r"^(?:(?:it|that|this|there|you|i|we|they|he|she|who|nobody)\b.*|it|that|this|there|here|you|"
    r"i|we|they|he|she|who|what|nobody|someone|anyone|everyone|somebody|"
    r"care|caution|pleasure|respect|rain|thanks|that said|everything|parcel|package|box|"
    r"the (?:parcel|"
    r"package|box|delivery|note|label|others?|rest|driver)|a (?:signature|note|card|slip)|him|her|"
    r"them|"
    r"people|no|which|(?:the )?same|all|gate|door|dog|my|the|a|out|me)$"
)


def is_person(phrase: str) -> bool:
    """Tell whether a noun phrase names somebody, or a desk where somebody sits."""
    return _PERSON.match(phrase) is not None


def read_leave_with(scene: Scene) -> Iterator[Reading]:
    """Yield the people or desks with whom the parcel may be left."""
    if (them := TO_THEM.search(scene.text)) and (phrase := _spoken_of(scene, them.start())):
        yield _with(scene, them, phrase, signed=False)
    for pattern in _PATTERNS:
        for match in scene.matches(pattern):
            phrase = _who(match["who"])
            if pattern is WILL_TAKE and (house := _AT_HOUSE.search(match["who"])):
                phrase = phrase.removesuffix(house.group()) + house.group()
            if _unfit(
                phrase,
                any_name=(pattern is GIVE_TO and match.group().startswith(("give", "hand", "pass")))
                or pattern in (TRY, PASSED_ON, LEAVE_WITH, ASK, WILL_TAKE, HAND_TO, LET_HAVE),
            ):
                continue
            if is_place(phrase) and not is_person(phrase) and pattern is not LET_HAVE:
                if pattern is LEAVE_WITH:
                    spot = {"place": bare(phrase)}
                    yield scene.read(Kind.LEAVE_AT, match.span(), spot, 0.8, f"with {phrase}")
                continue
            if pattern is GIVE_TO and (
                re.search(r"\b(?:office|house|place)\b", phrase) or _AWAY.search(phrase)
            ):
                continue
            yield _with(scene, match, phrase, "sign" in match.groupdict() and bool(match["sign"]))
    yield from _with_them_instead(scene)
    if _LEAVE_THERE.search(scene.text) and (desk := _DESK.search(scene.before)):
        there = _LEAVE_THERE.search(scene.text)
        if there:
            yield _with(scene, there, _who(desk["who"]), signed=False)
    if (other := _SO_WILL.match(scene.text)) and any(
        one.kind is Kind.LEAVE_WITH for one in scene.found[-2:]
    ):
        yield _with(scene, other, other["who"], signed=False)
    she_will = SHE_WILL.search(scene.text)
    if she_will and (phrase := _home(scene.before)):
        yield _with(scene, she_will, phrase, bool(she_will["sign"]))


_PATTERNS = (
    LEAVE_WITH,
    NEXT_DOOR,
    GIVE_WHO,
    GIVE_TO,
    HAND_TO,
    GIVE_AT,
    PASSED_ON,
    DELIVER_TO,
    ASK,
    LET_HAVE,
    TAKEN_AT,
    WILL_TAKE,
    BUZZ_TO_TAKE,
    TRY,
)


_LONG_AGO = re.compile(r" (?:last time|yesterday|last week|the other day)$")
_AT_HOUSE = re.compile(rf" at (?:{CARDINAL}|\d+[a-z]?)$")
"""The house of who will take it, which is no hour: "Nora at nine will have it"."""
_SO_WILL = re.compile(
    rf"^(?:(?:and|but|then|otherwise|or) )*(?P<who>(?:the|my|our) (?:\w+ )?(?:{RELATION})(?: [\w' "
    rf"]+?)?)"
    rf"(?:'ll| will| can)(?: do(?: it)?| too| instead)?$"
)
"""Another who takes it, the taking left unsaid: "if she's out, the porter will"."""
_LEAVE_THERE = re.compile(rf"\b(?:leave|drop|pop) {PARCEL} (?:off )?there\b")
_DESK = re.compile(
    r"\b(?:an?|the|our) (?P<who>(?:\w+ )?(?:concierge|doorman|porter|receptionist|reception|"
    r"front desk|security guard|"
    r"security|mail ?room|gatehouse|leasing office|watchman))\b"
)


def is_place(phrase: str) -> bool:
    """Tell whether a noun phrase is a spot rather than somebody."""
    return re.fullmatch(rf"(?:the|my|our|a)? ?(?:\w+ )?{PLACE_NOUN}", phrase) is not None


def _spoken_of(scene: Scene, start: int) -> str:
    """Return the person spoken of last before "give it to him"."""
    people = list(PERSON_BEFORE.finditer(scene.page.spoken.plain, 0, scene.start + start))
    if not people:
        return ""
    whole = re.split(r"(?<=\w)'s (?=\w+ing\b)", people[-1].group())[0]
    return _who(whole)


_EITHER = re.compile(
    r"(?P<who>(?:my|our|the) [a-z]+ or (?:my|our|the) [a-z]+|[a-z]{3,} or (?!so|call|text|ring|"
    r"leave|put|whoever|whatever|something|someone|anyone|else|not|maybe|just|in|on|at|behind|if|near|"
    r"the|my|our|whichever|other|next|nobody|otherwise|bring|take|give|him|her|them|me|us)[a-z]{3,})"
    r"(?: please| thanks)*$"
)
"""Two of whom either may have it: "Pete or Dave"."""
_WITH_THEM = re.compile(r"^(?:(?:and|but|just|only) )*with (?P<who>[^_,;]+)$")
"""With whom instead, behind "not with the neighbour"."""


def _with_them_instead(scene: Scene) -> Iterator[Reading]:
    match = _WITH_THEM.match(scene.text) if scene.before.startswith("not ") else None
    if match and not _unfit(phrase := _who(match["who"]), any_name=True):
        yield _with(scene, match, phrase, signed=False)


def _who(spoken: str) -> str:
    if either := _EITHER.match(spoken):
        return either["who"]
    if spoken.startswith("whoever"):
        return re.split(r",| (?:if|please|and|but|because)\b", spoken)[0].strip()
    spoken = re.split(
        r"(?:'s|'re) (?:in|home|at|working|here|there|always|usually|around|got|off|not|normally|"
        r"just)\b",
        spoken,
    )[0]
    return re.sub(
        r"\s+(?:at|in|on|for|to|with|or|there|here|in person|personally|himself|herself)$",
        "",
        noun_phrase(spoken, keep_and=True),
    ).strip()


def _unfit(phrase: str, *, any_name: bool) -> bool:
    if not phrase or _LONG_AGO.search(phrase) or _NOBODY.match(phrase) or len(phrase.split()) > 12:
        return True
    return not (is_person(phrase) or any_name or _SHOP.search(phrase))


_AWAY = re.compile(rf"\b(?:on|in|at) (?:\w+ ){{1,3}}?{STREET}\b")
_SHOP = re.compile(
    r"\b(?:shop|store|stores|mart|pharmacy|chemist'?s?|clinic|salon|cafe|kiosk|stall|newsagent'?s?|"
    r"bakery|laundry|parlour|vets?|surgery|garage|school|church|library|butcher's?|barber'?s?|tea "
    r"rooms?|counter|cabin|reception|desk|dairy|off licence|post office)\b"
)


def _with(scene: Scene, match: re.Match[str], phrase: str, signed: bool) -> Reading:
    recipient = bare(phrase)
    end = match.end()
    if match.groupdict().get("who") and match.end("who") == match.end():
        end = match.start("who") + len(phrase)
    if signed:
        slots: dict[str, SlotValue] = {"recipient": recipient, "signature": True}
        return scene.read(Kind.HAND_OVER, (match.start(), end), slots, 0.88, phrase)
    return scene.read(Kind.LEAVE_WITH, (match.start(), end), {"recipient": recipient}, 0.92, phrase)


def _home(before: str) -> str:
    """Return who was said to be in, in the clause before "she'll take it"."""
    if asked := ASKED_FOR.search(before):
        return _who(asked["who"])
    for pattern in (SOMEBODY_IN, NAMED_IN):
        if match := pattern.search(before):
            return match["who"]
    if match := re.search(
        rf"\b(?:{TITLE}\.? \w+|(?:my|our|the) (?:\w+ )??(?:{RELATION}){CALLED})(?: (?:at|next|"
        rf"across|"
        rf"upstairs|"
        rf"downstairs|opposite)[\w ]*)?",
        before,
    ):
        return _who(match.group())
    return ""


def read_somebody_in(scene: Scene) -> Iterator[Reading]:
    """Yield whoever is said to be in, with no time beside it: they can take the parcel."""
    for match in scene.matches(SOMEBODY_IN):
        after = scene.text[match.end() :]
        if re.match(
            r" (?:all (?:day|morning|afternoon)|today|now|anyway|if|and|so|please|$)|$|,", after
        ):
            yield scene.read(
                Kind.LEAVE_WITH,
                match.span(),
                {"recipient": bare(match["who"])},
                0.7,
                match["who"],
                loose=True,
            )
