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
    TITLE,
)
from app.rules.directives.phrases import bare, noun_phrase
from app.rules.directives.reading import Reading, Scene

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


_WHO = r"(?P<who>[^_,;.]*?[^_,;]*)"
_TOLD_OF = r"(?<!they )(?<!he )(?<!driver )(?<!was )(?<!guy )(?<!lot )(?<!body )(?<!you just )"
"""Before a verb of the past: what once happened is no order."""
_LEAVE_WITH = re.compile(
    rf"\b(?:leave|leaving|drop|dropping|give|giving|hand|handing|pass|deliver|take|put|bring|"
    rf"entrust|"
    rf"{_TOLD_OF}dropped|{_TOLD_OF}left|deposit|send|get|want|pop) (?:{PARCEL} )?(?:(?:off|in|"
    rf"over|on|round|around|"
    rf"back|just|there|here|"
    rf"please|inside|down|left|dropped) )*with (?P<who>[^_]+)"
)
_GIVE_TO = re.compile(
    rf"\b(?:give|giving|hand|handing|pass|deliver|take|bring|drop|pop|run|"
    rf"leave|bung|chuck) {PARCEL} (?:(?:off|in|over|on|"
    rf"round|around|back|just|please|straight|directly|along) )*(?:to|in to|into) (?P<who>[^_]+)"
)
_HAND_TO = re.compile(
    rf"\b(?:give|giving|hand|handing|pass|hand ?over) (?:{PARCEL} )?(?:(?:off|in|over|on|just|"
    rf"please|straight) )*"
    rf"to (?P<who>[^_]+)"
)
_GIVE_AT = re.compile(
    rf"\b(?:give|hand|submit|deposit|handover) (?:{PARCEL} )?(?:in |over |off )?(?:at|in) "
    rf"(?P<who>(?!the door\b|my\b|our\b|hand|person\b)[^_]+)"
)
_PASSED_ON = re.compile(
    rf"\b{PARCEL} (?:can|could|should|may|to) be (?:given|handed|passed|handed over|left) (?:over "
    rf")?"
    rf"(?:to|with) (?P<who>[^_]+)"
)
_DELIVER_TO = re.compile(
    rf"\b(?:deliver|delivered|handover|submit|drop off|drop) (?:it )?(?:to|with) "
    rf"(?P<who>(?:my |our |the )?(?:\w+ )??(?:{RELATION})\b[^_]*)"
)
_LET_HAVE = re.compile(
    rf"\b(?:let|can|could|may|have) (?P<who>[^_,;]+?) (?:have|take|get|keep|grab|hold(?: on to)?|"
    rf"look after|accept|collect|receive)(?: {PARCEL}| for)\b"
)
_TRY = re.compile(
    rf"\btry (?P<who>(?!it\b|the\b|my\b|and\b|to\b|again\b|not\b|me\b|us\b)[a-z]+ (?:at|in|next|"
    rf"across|over|opposite|"
    rf"down|up|upstairs|downstairs)\b [^_,;]+|(?:the |my |our )?[^_,;]*\b(?:{RELATION})\b[^_,;]*)"
)
_TO_THEM = re.compile(
    rf"\b(?:(?:give|hand|pass|leave|drop) (?:{PARCEL} )?(?:(?:off|in|over) )?(?:to|with) "
    rf"(?:him|her|them)|(?:give|hand) (?:him|her|them) {PARCEL})\b|"
    r"\b(?:you|they|driver) (?:can|may|could) (?:give|hand)(?: over)?(?: to)? (?:him|her|them)$"
)
_PERSON_BEFORE = re.compile(
    rf"(?:\b(?:{TITLE}\.? \w+|(?:the|my|our|a) (?:[\w'-]+ ){{0,2}}?(?:{RELATION})\b(?! (?:flat|"
    rf"annexe?|suite)\b))|"
    rf"^(?:{RELATION})\b)"
    rf"(?: (?!(?:lives?|takes?|will|is|has|can|works?|stays?|who|that|always|usually|normally|said|"
    rf"knows?|accepts?|loves?|likes?|and|or|but|so|if|when|for|have|could|would|doesn't|does|does"
    rf"n't|about|he|she|they|it|to|please)\b)[\w'-]+)*"
)
_GIVE_WHO = re.compile(
    rf"\b(?:give|hand|pass) (?P<who>(?:my|our|the) (?:\w+ )??(?:{RELATION})|"
    rf"{TITLE}\.? \w+) {PARCEL}"
)
_NEXT_DOOR = re.compile(
    rf"\b(?:(?:leave|drop|pop|put|take|bring) {PARCEL} (?:(?:off|in|over|round|to|just|at) )*|"
    rf"try (?:at )?|go to |knock (?:at|on|for) )"
    r"(?P<who>(?:the |my )?(?:next[- ]door(?:'s)?(?: neighbo(?:u)?rs?(?:'s)?)?|"
    r"neighbo(?:u)?rs?(?:'s)?|number (?:\d+|[a-z]+)|"
    r"(?:flat|house|people|lady|man) (?:next door|opposite|upstairs|downstairs)|"
    r"across the (?:road|street|hall))"
    r"(?: at (?:number )?\w+)?)"
)
_TAKING = (
    rf"(?:unload|handle|deal with|see to|sort(?: out)?|take|accept|receive|collect|grab|get|"
    rf"hold(?: on to)?|hang on(?: |-)?to|look after|store|take charge of|mind|pick up|have|keep|"
    rf"fetch|carry|bring|"
    rf"take in|take care of|pop out for) (?:{PARCEL}|delivery|care of it|in)\b"
)
_MODAL = (
    r"(?:'ll| will| can| could| would| should| might| may|'s going to|'s able to|'s happy to|"
    r" (?:has|have|'s got|'ve got) (?:my|our) permission to| is going to| is able to| (?:is|are) "
    r"(?:authori[sz]ed|allowed|supposed|willing|ready|meant|set|"
    r"told|expecting) to|(?:'s|'re) (?:authori[sz]ed|allowed|supposed|willing|ready|meant) to|"
    r" is happy to| are happy to| are able to|'re happy to| has agreed to| have agreed to| have "
    r"offered to| have said they'll|'d| would happily|"
    r"'s agreed to| has offered to|"
    r"'s offered to| agreed to| offered to| always| usually| normally|'s there to| is there to|"
    r"'s (?:home|in|here|there|around) to|"
    r" is (?:home|in|here|there|around) to| will be (?:home|in|here|there|around)(?: all day)? to|"
    r"(?: will|'ll|'s going to) (?:come|pop|nip|run|be) (?:down|out|over|up|round|along)(?: to the "
    r"(?:door|gate|desk|van|lobby))?(?: and| to)|"
    r"(?: will|'ll) meet (?:you|him|the driver|them)(?: (?:downstairs|outside|there|upstairs|at "
    r"the \w+|"
    r"in the \w+))?(?: and| to)|"
    r" said (?:he|she|they)(?:'d|'ll)"
    r"| doesn't mind| don't mind)"
    r"(?: (?:also|just|always|be able to|be happy to|be there to|be in to|be home to|usually|"
    r"happily|normally|probably))*"
)
_WILL_TAKE = re.compile(
    rf"^(?:(?:see if|i think|(?:i )?reckon|i believe|i hope|pretty sure|i'm sure|maybe|perhaps|"
    rf"hopefully|check if|ask if|try if|whether|"
    rf"and|so|but|yes|yeah|okay|hi|hello|well|because|then|or|oh|actually|also) )*"
    rf"(?P<who>[^_,;]+?)(?:{_MODAL} (?:(?:{_TAKING})|(?P<sign>sign)(?: for (?:it|{PARCEL}))?|"
    rf"taking {PARCEL}|(?:accept|receive|collect)(?= please| it|$))|(?: (?:always|usually|"
    rf"normally|often|generally))? (?:takes?|accepts?|"
    rf"receives?|signs? for|collects?|gets?|keeps?|holds?|minds?|handles?|deals with) (?:in "
    rf")?(?:all )?(?:my |our |of |the )*"
    rf"(?:parcels|packages|deliveries|stuff|post|mail)(?: in)?)"
)
_SHE_WILL = re.compile(
    rf"^(?:(?:and|so|but) )*(?:she|he|they|someone there|either of them|any of them|one of them|"
    rf"who){_MODAL} "
    rf"(?:{_TAKING}|(?P<sign>sign)\b)"
)
_CALLED = (
    rf"(?:,? (?:{TITLE}\.? [a-z]+|(?!(?:at|in|from|on|is|are|will|who|that|there|here|home|has|"
    rf"next|"
    rf"over|up|down|across|opposite|upstairs|downstairs|and|or|can|always|usually|both|to|she|he|"
    rf"they|"
    rf"it|so|if|but|lives?|works?|takes?|with|for|i|we|you|because|when|should|would|could|might|"
    rf"just|please|said|says)\b)[a-z]{{2,}}(?= (?:at|in|is|lives|from|next|will|she|he|can|who)\b|"
    rf"'|"
    rf"[,.]|$)))?"
)
"""The name that may stand behind a relation: "my flatmate priya"."""
_SOMEBODY_IN = re.compile(
    rf"(?P<who>(?:{TITLE}\.? \w+|(?:my|our|the) (?:\w+ )?(?:{RELATION}){_CALLED})(?: (?:at|from|"
    rf"in|next|"
    rf"over|across|"
    rf"opposite|upstairs|downstairs|on) [\w' ]+?)?)(?:'s|'ll be| is| are| will be|'re)"
    rf"(?: always| usually| both| going to be)? (?:in|home|at home|here|there|around|available|"
    rf"working from home)\b"
)
_NAMED_IN = re.compile(
    r"^(?:(?:and|so|but|yes|yeah) )*(?P<who>(?!it|that|there|what|where|he|she|who|nobody|someone|"
    r"everyone|i\b|we\b|"
    r"you|they)[a-z]+)(?:'s|'ll be| is| will be) (?:in|home|at home|here|there|around)\b"
)
_ASK = re.compile(
    rf"\b(?:ask|asked|get|have|got) (?P<who>(?:my|our|the|{TITLE}|(?<=asked )[a-z]+)\b[^_]*?) "
    rf"(?:to |if (?:s?he|they)(?:'ll| will|'d| would| can| could)(?: mind| please)? )?(?:{_TAKING}|"
    rf"(?P<sign>sign))"
)
_BUZZ_TO_TAKE = re.compile(
    rf"\b(?P<who>(?:the|my|our) (?:\w+ )?(?:{RELATION})) (?:takes|accepts|signs for) "
)


def read_leave_with(scene: Scene) -> Iterator[Reading]:
    """Yield the people or desks with whom the parcel may be left."""
    if (them := _TO_THEM.search(scene.text)) and (phrase := _spoken_of(scene, them.start())):
        yield _with(scene, them, phrase, signed=False)
    for pattern in _PATTERNS:
        for match in scene.matches(pattern):
            phrase = _who(match["who"])
            if _unfit(
                phrase,
                any_name=(
                    pattern is _GIVE_TO and match.group().startswith(("give", "hand", "pass"))
                )
                or pattern
                in (_TRY, _PASSED_ON, _LEAVE_WITH, _ASK, _WILL_TAKE, _HAND_TO, _LET_HAVE),
            ):
                continue
            if is_place(phrase) and not is_person(phrase) and pattern is not _LET_HAVE:
                if pattern is _LEAVE_WITH:
                    spot = {"place": bare(phrase)}
                    yield scene.read(Kind.LEAVE_AT, match.span(), spot, 0.8, f"with {phrase}")
                continue
            if pattern is _GIVE_TO and re.search(r"\b(?:office|house|place)\b", phrase):
                continue
            yield _with(scene, match, phrase, "sign" in match.groupdict() and bool(match["sign"]))
    if _LEAVE_THERE.search(scene.text) and (desk := _DESK.search(scene.before)):
        there = _LEAVE_THERE.search(scene.text)
        if there:
            yield _with(scene, there, _who(desk["who"]), signed=False)
    if (other := _SO_WILL.match(scene.text)) and any(
        one.kind is Kind.LEAVE_WITH for one in scene.found[-2:]
    ):
        yield _with(scene, other, other["who"], signed=False)
    she_will = _SHE_WILL.search(scene.text)
    if she_will and (phrase := _home(scene.before)):
        yield _with(scene, she_will, phrase, bool(she_will["sign"]))


_PATTERNS = (
    _LEAVE_WITH,
    _NEXT_DOOR,
    _GIVE_WHO,
    _GIVE_TO,
    _HAND_TO,
    _GIVE_AT,
    _PASSED_ON,
    _DELIVER_TO,
    _ASK,
    _LET_HAVE,
    _WILL_TAKE,
    _BUZZ_TO_TAKE,
    _TRY,
)


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
    people = list(_PERSON_BEFORE.finditer(scene.page.spoken.plain, 0, scene.start + start))
    if not people:
        return ""
    whole = re.split(r"(?<=\w)'s (?=\w+ing\b)", people[-1].group())[0]
    return _who(whole)


def _who(spoken: str) -> str:
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
    if not phrase or _NOBODY.match(phrase) or len(phrase.split()) > 12:
        return True
    return not (is_person(phrase) or any_name or _SHOP.search(phrase))


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
    for pattern in (_SOMEBODY_IN, _NAMED_IN):
        if match := pattern.search(before):
            return match["who"]
    if match := re.search(
        rf"\b(?:{TITLE}\.? \w+|(?:my|our|the) (?:\w+ )??(?:{RELATION}){_CALLED})(?: (?:at|next|"
        rf"across|"
        rf"upstairs|"
        rf"downstairs|opposite)[\w ]*)?",
        before,
    ):
        return _who(match.group())
    return ""


def read_somebody_in(scene: Scene) -> Iterator[Reading]:
    """Yield whoever is said to be in, with no time beside it: they can take the parcel."""
    for match in scene.matches(_SOMEBODY_IN):
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
