"""Where else the parcel is to go: another street address, a workplace, somebody's house."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.lexicon import ENTRANCE_NOUN, FAMILY, PARCEL, STREET
from app.rules.directives.numbers import CARDINAL, ORDINAL
from app.rules.directives.people import is_person
from app.rules.directives.phrases import bare, noun_phrase
from app.rules.directives.reading import Reading, Scene

_INSIDE = (
    r"(?:suite|unit|flat|apartment|apt|floor|building|block|level|room|tower|office|studio|shop)"
)


STREET_ADDRESS = (
    rf"(?:(?:{_INSIDE} \w+(?:,? | slash ))?\d+[a-z]?(?:[-/]\d+)?,? (?:\w+\.? "
    rf"){{1,4}}?{STREET}\b\.?|"
    rf"(?:{_INSIDE} \w+,? )?(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|eleven|"
    rf"twelve|"
    rf"\w+ty)(?:[ -](?:hundred|one|two|three|four|five|six|seven|eight|"
    rf"nine))*) (?:\w+ ){{1,3}}?{STREET}\b)"
    rf"(?:,? (?:{_INSIDE}) (?:{CARDINAL}|[a-z\d]+)\b(?: [a-h](?![\w']))?)?(?:,? (?:on )?(?:the "
    rf")?\w+ "
    rf"floor)?"
    rf"(?:, (?!(?:please|thanks|thank|it|that|i|and|because|instead|my|he|she|so|not|if|the|a|but|"
    rf"we|they|"
    rf"don|there|just|you|leave|can|could|is|ring|call|text|cheers|ok|okay|no|wait|sorry)\b)"
    rf"[a-z]+(?: [a-z]+)?(?: \d+\w*(?: \d\w+)?)?(?=[,.;]|$| (?:instead|please)))*"
)


ADDRESS = re.compile(rf"(?:the )?(?:{STREET_ADDRESS})")


_ELSEWHERE = (
    r"(?:(?:my|our|your|his|her|their|the) )?(?:(?!(?:front|back|side|rear|ground|"
    r"top)\b)[\w'.]+ ){0,3}?"
    r"(?:work(?:place)?|office|job|address|house|place|home|flat|apartment|shop|store|school|"
    r"college|"
    r"university|hospital|clinic|surgery|church|salon|restaurant|cafe|café|pub|hotel|bakery|"
    r"warehouse|"
    r"studio|gym|library|post office|pick ?up (?:point|location|spot)|collection point|depot|"
    r"locker|"
    r"parcel shop|access point|station|(?:mum|mom|dad|mother|father|sister|brother|parent|gran|"
    r"nan|"
    r"friend|mate|in-law|neighbour|"
    rf"neighbor|{FAMILY})s?'s?|pharmacy|garage on|branch|factory|farm|parents)\b[^_]*"
)


_NO_PART = (
    r"(?:please|thanks|thank|cheers|and|or|but|so|if|when|because|instead|not|no|it|it's|that|"
    r"that's|"
    r"i|i'm|i'll|we|we're|you|he|she|they|he's|she's|they're|there's|is|are|was|will|can|could|"
    r"call|"
    r"ring|text|leave|put|bring|take|give|send|don't|just|then|yes|yeah|okay|ok|sorry|wait|"
    r"actually|"
    r"o'clock|am|pm|minutes?|hours?|days?|today|tomorrow|tonight|before|after|by|until|from now|"
    r"where|"
    r"who|which|mind|ask|there|people|times?|hundred|flights?)"
)
"""Words that are no part of an address, and end one."""
_CHUNK = rf"(?!{_NO_PART}\b)[\w'-]+(?: (?!{_NO_PART}\b)[\w'-]+){{0,9}}"
_DETAILS = rf"{_CHUNK}(?:, {_CHUNK})*"
_PART = re.compile(_DETAILS)
_ADDRESSY = re.compile(
    rf"\d|\b(?:tower|block|wing|ward|hall|building|house|plaza|centre|center|mall|campus|hospital|"
    rf"estate|market|hotel|phase|floor|residency|apartments|society|(?:lot|number|room|unit|suite|"
    rf"flat)"
    rf" (?:{CARDINAL})|{STREET})\b"
)
_TOWN = re.compile(
    rf"(?: in(?= (?!(?:{_NO_PART}|the|my|our|an?|case|person|front|your)\b)[a-z]{{3,}}))?"
    rf"(?: (?!(?:{_NO_PART}|my|the|our|on|at|in|with|for|to|from|around|"
    rf"between)\b)[a-z]{{3,}}){{1,2}}$"
)
_ITSELF = re.compile(
    r"^(?:(?:the|my|our|new|right|correct|other|delivery|work|home|office|business) )*address$"
)
_APPOSED = re.compile(r"(?: instead| please| now)*(?P<link>,| at| on|)(?: at| on)? ")
_IT_IS = re.compile(
    rf"[ ,.?!]*(?:instead|please)?[ ,.?!]*(?:it's|that's|the address is|address is|which is)(?: "
    rf"at| on)? "
    rf"(?P<address>{_DETAILS})"
)
_TAKE_TO = re.compile(
    rf"\b(?:take|bring|carry|route|run|pop|nip|(?<!will )(?<!'ll )(?<!can )hold|send|deliver|"
    rf"redirect|forward|drop|move|"
    rf"divert|ship|"
    rf"reroute|re-route|"
    rf"redeliver|transfer|"
    rf"re-direct|drive|switch|change|(?:get|have)(?= {PARCEL})|delivered|sent|dropped|go|come|"
    rf"redirected|taken|"
    rf"brought)"
    rf" (?:(?:{PARCEL}|the (?:delivery )?address|the drop[- ]?off) )?"
    rf"(?:(?:delivered|sent|dropped|redirected|taken|brought|forwarded|moved|diverted|go|"
    rf"to be (?:sent|delivered)|"
    rf"off|over|round|along|instead|please|up|on|out|a?round the corner|(?:down|up|over|across) "
    rf"the "
    rf"(?:road|street)|in town|nearby) )*"
    rf"(?:(?:to|at|over to|round to) (?P<address>{STREET_ADDRESS}|{_ELSEWHERE})|"
    rf"to (?P<numbered>(?:\d+[a-z]?|{CARDINAL})(?: (?!(?:{_NO_PART}|{CARDINAL}|and|with)\b)[a-z']+)"
    rf"{{1,4}}))"
)


_ADDRESS_IS = re.compile(
    rf"\b(?:(?:new|correct|right|actual|proper|current|other|work|office|delivery|my|our|"
    rf"the) )+(?:address|place)"
    rf"(?:'s| is| should be| has changed to)(?: now| actually)? (?P<address>{STREET_ADDRESS})|"
    rf"\b(?:it|that|which|address)(?: should| ought to| needs to) (?:be(?: at)?|go to|"
    rf"say) (?P<should>{STREET_ADDRESS})|"
    rf"\b(?:i'm|we're|i am|i live|we live|i'm living|"
    rf"i'm staying)(?: now)? at (?P<here>{STREET_ADDRESS}) (?:now|instead|these days)|"
    rf"\b(?:i've|we've|i|we) (?:just )?moved[^.]*? to (?P<moved>{STREET_ADDRESS})"
)


_FREE_ADDRESS = (
    rf"(?:(?:{_INSIDE}|house) (?:number )?\w+|\d+[a-z]?\b)[\w ,'/-]*?(?=\s(?:kindly|please|"
    rf"deliver|instead|not|"
    rf"thanks|thank|so|because|and|if|from now|now|bring|send|take|is|that's)\b|[.;!?]|$)"
)
_NEW_ADDRESS = re.compile(
    rf"\b(?:(?:new|correct|right|actual|proper|current|delivery) (?:delivery )?address(?:'s| is|"
    rf":|,)?(?: now)?|"
    rf"(?:change|update|switch|correct|amend) (?:the|my|our) (?:delivery )?address(?: over)? to|"
    rf"(?:we|i)(?:'ve| have)? (?:just )?(?:moved|shifted)(?: \w+){{0,2}}? to) "
    rf"(?P<address>{_FREE_ADDRESS})"
)
_NOT_THERE = re.compile(
    r"\b(?:moved|shifted|wrong (?:address|house|place|street|number on)|address (?:is|'s) "
    r"(?:wrong|not right|"
    r"incorrect|old)|old address|incorrect address|address isn't right)\b"
)
_IT_IS_AT = re.compile(
    rf"(?:^|\b)(?:it's|that's|we're|i'm|should be|now)(?: now| actually| at| in)* "
    rf"(?P<address>{STREET_ADDRESS})"
)
_TO_SOMEWHERE = re.compile(
    rf"\b(?:take|bring|send|deliver|redirect|forward|divert|ship|reroute|re-route|redeliver|"
    rf"transfer) (?:{PARCEL} )?"
    rf"(?:(?:over|round|along|instead|please|straight|down|up) )*to (?P<address>(?:the|my|our) "
    rf"[^_]+)|"
    rf"\b(?:send|redirect|forward|divert|ship|reroute|re-route|redeliver) (?:{PARCEL} )?"
    rf"(?:(?:on|instead|please) )*to (?P<named>(?!me\b|us\b|him\b|her\b|them\b|sender\b|"
    rf"voicemail\b)"
    rf"[^_]+)|"
    rf"\b(?:needs to|should|has to|must|ought to) (?:go|be sent|be delivered|come) to "
    rf"(?P<goes>{_DETAILS})|"
    rf"\b(?:take|bring|carry|deliver|drop) (?:{PARCEL} )?(?:over |round |along )?to "
    rf"(?P<apposed>(?!me\b|us\b)[a-z' ]+?)(?=, {STREET_ADDRESS})|"
    rf"\b(?:can|could|should|may) {PARCEL} (?:go|come|be (?:sent|taken|brought|delivered)) to "
    rf"(?P<instead>(?:the|my|our) [^_,]+?) instead\b"
)
_UPSTAIRS = re.compile(
    rf"(?:the )?(?:{ORDINAL}|ground|top) floor\b|(?:the|my|our) (?:flat|apartment|house|place|"
    rf"address|home)$|"
    rf"(?:the |my |our )?(?:next[- ]door|neighbo)"
)
"""Where in this very house it goes, or next door."""
_INDOORS = re.compile(
    rf"\b(?:{ENTRANCE_NOUN}|floor|flat|apartment|level|storey|desk|counter|hatch|bay|window|"
    rf"kitchen|room|car|van|"
    rf"boot|fridge|freezer|shed|bin|bins|box|shelf|table|step|steps|mat|attention|boil|point|"
    rf"letter|list)$"
)
_THEN_IT_IS = re.compile(
    rf"\b(?:it's|that's|the address is|address is|which is|at)(?: at|"
    rf" on)? (?P<address>{STREET_ADDRESS})"
)


_STREET_IN = re.compile(STREET_ADDRESS)


def read_redirects(scene: Scene) -> Iterator[Reading]:
    """Yield the other addresses to which the parcel is to be taken."""
    for match in scene.matches(_TAKE_TO):
        name = "numbered" if match["numbered"] else "address"
        spoken = scene.onward[match.start(name) :]
        street = _STREET_IN.match(spoken)
        phrase = street.group() if street else match[name]
        if not street and name == "address":
            phrase = noun_phrase(phrase)
        if street and (town := _TOWN.match(spoken, street.end())):
            phrase = spoken[: town.end()]
        if not street and (not phrase or (is_person(phrase) and not _is_building(phrase))):
            continue
        end = match.start(name) + len(phrase)
        specific = None if street else _more_exactly(scene, phrase, end)
        if not street and not specific and _stays(scene, phrase):
            continue
        if specific:
            phrase, end = specific
        address = _plainly(bare(phrase))
        yield scene.read(
            Kind.REDIRECT,
            (match.start(), end),
            {"address": address},
            0.92 if specific or street else 0.85,
            phrase,
        )
    for match in scene.matches(_ADDRESS_IS):
        start = max(match.start(name) for name in ("address", "should", "here", "moved"))
        if street := _STREET_IN.match(scene.onward[start:]):
            yield scene.read(
                Kind.REDIRECT,
                (match.start(), start + street.end()),
                {"address": _plainly(street.group())},
                0.88,
                street.group(),
            )


def _stays(scene: Scene, phrase: str) -> bool:
    """Whether a place "elsewhere" is this very house, or the next."""
    return _UPSTAIRS.match(phrase) is not None and "instead" not in scene.whole


def _more_exactly(scene: Scene, phrase: str, end: int) -> tuple[str, int] | None:
    """Return where a place elsewhere is: "my mum's, 4 Mill Lane"; None where that is not said.

    What follows without a word between belongs to the phrase; a sentence of its own replaces it.
    """
    link = _APPOSED.match(scene.onward, end)
    if link:
        street = _STREET_IN.match(scene.onward, link.end())
        found = street or _PART.match(scene.onward, link.end())
        if found and (street or (link["link"] == "," and _ADDRESSY.search(found.group()))):
            if _ITSELF.match(phrase):
                return found.group(), found.end()
            joint = "," if link["link"] in (",", "") else link["link"]
            return f"{phrase}{joint} {found.group()}", found.end()
    following = _THEN_IT_IS.search(scene.onward, end)
    if following and (town := _TOWN.match(scene.onward, following.end())):
        scene.page.blot(scene.start + following.start(), scene.start + town.end())
        return f"{following['address']}{town.group()}", end
    following = following or _IT_IS.match(scene.onward, end)
    if following and _ADDRESSY.search(following["address"]):
        scene.page.blot(scene.start + following.start(), scene.start + following.end())
        return following["address"], end
    return None


def read_new_addresses(scene: Scene) -> Iterator[Reading]:
    """Yield an address that replaces a wrong one, and places elsewhere that no list knows."""
    match = _NEW_ADDRESS.search(re.sub(r"[:;](?= )", ",", scene.onward))
    if match and match.start() < scene.end - scene.start:
        spoken = match["address"].strip(" ,")
        yield _redirect(scene, (match.start(), match.start("address") + len(spoken)), spoken, 0.85)
        return
    said_before = scene.page.spoken.plain[: scene.end]
    if _NOT_THERE.search(said_before):
        for match in scene.matches(_IT_IS_AT):
            street = _STREET_IN.match(scene.onward[match.start("address") :])
            spoken = street.group() if street else match["address"]
            yield _redirect(
                scene, (match.start(), match.start("address") + len(spoken)), spoken, 0.82
            )
    yield from _to_somewhere(scene)


def _to_somewhere(scene: Scene) -> Iterator[Reading]:
    """Yield places elsewhere that no list knows, behind a verb that sends the parcel there."""
    for match in scene.matches(_TO_SOMEWHERE):
        name = next(each for each, said in match.groupdict().items() if said)
        phrase = noun_phrase(match[name])
        if name == "goes":
            whole = _PART.match(scene.onward, match.start(name))
            phrase = (whole.group() if whole else match[name]).removesuffix(" now")
        words = bare(phrase)
        kept_here = _INDOORS.search(re.split(r" (?:on|at|in|by|of|near) ", words)[0])
        unknown = not words or (name == "goes" and not re.search(r"\d", words))
        if unknown or kept_here or (is_person(phrase) and not _ADDRESSY.search(words)):
            continue
        end = match.start(name) + len(phrase)
        if specific := _more_exactly(scene, phrase, end):
            phrase, end = specific
        yield _redirect(scene, (match.start(), end), bare(phrase), 0.72, phrase)


def _redirect(
    scene: Scene, span: tuple[int, int], spoken: str, confidence: float, wording: str = ""
) -> Reading:
    slots = {"address": _plainly(bare(spoken))}
    return scene.read(Kind.REDIRECT, span, slots, confidence, wording or spoken)


def _plainly(address: str) -> str:
    """Return an address as said, without "the new address" in front of it."""
    return re.sub(r"^(?:new |right |correct )?address,? (?=\d)", "", address)


def _is_building(phrase: str) -> bool:
    return (
        re.search(r"'s?\b|\b(?:office|house|work|place|shop|store|parents)\b", phrase) is not None
    )
