"""When and how the driver is to call or text, and whom, on what number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from app.rules.analysis import Kind, SlotValue
from app.rules.directives.lexicon import NAME_AFTER, RELATION, TITLE
from app.rules.directives.moments import SUBORDINATE, moment
from app.rules.directives.numbers import LENGTH_OF_TIME, SPOKEN_CODE, code_from
from app.rules.directives.phrases import bare
from app.rules.directives.reading import Reading, Scene

_WHOM = (
    rf"(?P<whom>me|us|this number|(?:my|our) (?:\w+ )??(?:{RELATION}){NAME_AFTER}\b|(?:my|"
    rf"our) (?:\w+ )??(?:mobile|cell|phone|number|"
    rf"work|landline|other number|"
    rf"house phone)\b|our (?!\w+ (?:door|gate|bell|buzzer)\b)[a-z]+(?= (?:on|if|when|at|before|first)\b)|the (?:\w+ )??(?:{RELATION}|number|mobile|house|landline)\b|{TITLE}\.? \w+|"
    rf"(?!zero\b|oh\b|one\b|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|double\b|"
    rf"triple\b|star\b|hash\b|extension\b|an\b|half\b|about\b|around\b|roughly\b|quarter\b|any\b|"
    rf"some\b|people\b|ten\b|fifteen\b|twenty\b|thirty\b|me\b|the\b|it\b|you\b|my\b|our\b|"
    rf"first\b|ahead\b|if\b|when\b|"
    rf"once\b|on\b|and\b|before\b|for\b|him\b|her\b|back\b|or\b|from\b|a\b|"
    rf"that\b|this\b|to\b|plus\b|would\b|direct\b|up\b|in\b|at\b|by\b|customer\b|someone\b|anyone\b|as\b|after\b|again\b|"
    rf"is\b|call\b|ring\b|phone\b|text\b|me\b|us\b|your\b|twice\b|out\b|"
    rf"flat\b|apartment\b|number\b|with\b|instead\b|please\b|only\b|not\b|so\b|box\b|unit\b|"
    rf"just\b|message\b|buzzer\b|"
    rf"bell\b|doorbell\b|code\b|off\b|was\b|said\b|centre\b|center\b)[a-z]+)"
)
_CALL = r"(?:call|phone|ring|telephone|dial|buzz|bell|tinkle)"
_TEXT = r"(?:text|message|sms|whatsapp|msg)"
_ROWS: tuple[tuple[str, str], ...] = (
    (
        rf"\b{LENGTH_OF_TIME}(?:'s|s'|')? (?:notice|warning|heads[- ]?up)(?: (?:by|with a|on the) "
        rf"(?P<by>phone|text|call|ring|message))?|\ba (?:quick )?(?:heads[- ]?up|warning) "
        rf"(?:by (?P<by2>phone|text|call)|first|before|beforehand|when)",
        "by",
    ),
    (
        rf"\b(?:give|giving|send|sending|drop|dropping|shoot|shooting|ping|fire|do) (?P<whom>me|"
        rf"us|"
        rf"(?:my|our) (?:\w+ )??(?:{RELATION})|{TITLE}\.? \w+|him|her) (?:over )?(?:a |an |one |"
        rf"another )?"
        rf"(?:quick |little |missed )?(?:text|sms|message|whatsapp|line|msg)(?: message)?",
        "text",
    ),
    (
        rf"\b(?:give|giving) (?P<whom>me|us|(?:my|our) (?:\w+ )??(?:{RELATION})|{TITLE}\.? \w+|"
        rf"him|"
        rf"her|(?!it\b|them\b|that\b|a\b|an\b|one\b)[a-z]+) (?:a |one )?(?:quick |little |missed )?"
        r"(?:call|ring|bell|buzz|tinkle|phone ?call|shout|phone|holler)",
        "call",
    ),
    (
        rf"\b(?:send|drop|shoot) (?:a |an )?(?:quick )?(?:text|sms|"
        rf"message)(?: (?:message )?to {_WHOM})?",
        "text",
    ),
    (rf"\b{_TEXT} {_WHOM}", "text"),
    (rf"\b(?:call|phone|ring|telephone|dial)(?: up)? {_WHOM}(?: back| up| first)?", "call"),
    (r"\bping (?P<whom>me|us)", "text"),
    (r"\bbuzz (?P<whom>me|us)(?= (?:on|when|from)\b|$)", "call"),
    (
        r"\b(?:can|could|please|just|to) (?:text|message|sms)(?= instead|$|,| (?:when|before|"
        r"first|"
        r"once|please|on|if|ahead))",
        "text",
    ),
    (
        r"\b(?:prefer|rather have|rather get|rather) (?:a )?(?:text|message)\b(?: (?:to|over|than|"
        r"rather than) a (?:phone )?call)?|\b(?:a )?text (?:would be|is|will be)? ?(?:fine|better|"
        r"best|enough|ideal|great|is better)|\b(?:just|only) (?:a )?text(?: please)?$|"
        r"^text (?:when|"
        r"once|first|instead|only|please|on)|(?:^|\bor )(?:and )?a (?:quick )?(?:text|message)(?= (?:when|once|before|after|first|"
        r"on arrival|\w+ minutes)\b)",
        "text",
    ),
    (
        r"^(?:please |just )*(?:call|(?<!^)phone|ring)(?= (?:when|once|before|first|ahead|on|if|"
        r"from|"
        r"as soon)\b|$)|\bjust (?:call|phone|ring)$|(?:^|\bor )(?:and )?a (?:quick )?(?:call|ring|bell|buzz)(?= (?:when|once|before|first|"
        r"beforehand|on arrival|ahead|half|\w+ minutes)\b)|\bcall ahead\b",
        "call",
    ),
    (
        r"\b(?:(?:get hold of|reach|contact|get) (?P<whom>me|us|(?:my|our) \w+)|(?:my|the best|"
        r"best|"
        r"her|his|our|the|a better|mobile|cell|phone|contact)(?: (?:mobile|cell|phone|contact|new|"
        r"best|work|other))*(?: number| phone| mobile| cell)?"
        r"(?:'s| is| will be| to (?:call|ring|reach me|use)(?: \w+)?(?: is)?))(?= (?:on |at |"
        r"now )*(?!one of)(?:\+|\d|zero|oh|plus|one|two|three|four|five|six|seven|eight|nine|double))",
        "",
    ),
    (
        rf"\b(?:let|tell|warn|notify|inform) (?P<whom>(?:my|our|the) (?:\w+ )??(?:{RELATION}){NAME_AFTER}|"
        rf"him|her|them)(?: know)?(?:,? (?:not|and not|instead of) (?:me|us),?)?(?= (?:when|once|as soon|"
        rf"before|after you|first|beforehand|if you're|on arrival|the (?:minute|moment|second))\b)",
        "",
    ),
    (
        rf"\b(?:call|ring|phone|text|message)(?= (?:as (?:you|soon)|the (?:minute|moment|second|instant))\b)",
        "",
    ),
    (
        r"^(?:(?:and|but|so|please|or|then|just) )*try (?:my|our|the|her|his) (?:mobile|cell|phone|"
        r"number|landline)\b|\bholler (?:at )?(?:me|us)(?: on the phone)?",
        "call",
    ),
    (
        r"\b(?:shoot|send|ping|drop) (?:me|us) (?:a |the )?(?:quick )?(?:pic|picture|photo|snap)\w*(?: or an? "
        r"(?:text|message))?(?= (?:after|when|once|as soon))",
        "text",
    ),
    (
        r"\blet (?P<whom>me|us|(?:my|our) \w+) know(?= (?:when|once|as soon|before|after|if|by|\d|"
        r"five|ten|half|an hour|fifteen|twenty|on arrival|beforehand))",
        "",
    ),
    (
        rf"\b(?:call|ring|phone|text)(?= (?:on |the number )?(?:plus |\d{{3}}|"
        rf"(?:(?:zero|oh|double|triple|one|two|three|four|five|six|seven|eight|nine|\d)[ ,]+){{4}}))",
        "",
    ),
    (
        rf"\b(?:call|ring|phone|text)(?= (?:about |around )?{LENGTH_OF_TIME} (?:before|ahead|"
        rf"away))",
        "",
    ),
)
_MORE_ROWS: tuple[tuple[str, str], ...] = (
    (
        r"\b(?:inform|notify|alert|update|intimate|advise|warn|tell) (?P<whom>me|us)(?= (?:prior|"
        r"ahead|a quarter|a few|when|once|before|after|as soon|"
        r"on|upon|"
        r"first|beforehand|in advance|\w+ minutes|half an hour)\b)|\b(?:give|giving) "
        r"(?P<whom2>me|us) "
        r"(?:a |some )?(?:little |quick )?(?:heads[- ]?up|warning|notice)|"
        r"^(?:(?:please|just|and|then|so) )*(?:holler|shout|toot|beep|honk)(?: (?:me|us|"
        r"out))?(?= (?:when|"
        r"once|on|as soon))",
        "",
    ),
    (
        r"\b(?:can|could|may|would) (?:i|we) (?:please )?(?:get|have) (?:a |an )?(?:quick "
        r")?(?:text|message|"
        r"sms|whatsapp)|\b(?:i'd|we'd) (?:like|love|appreciate|want|prefer) (?:a |an )?(?:quick "
        r")?(?:text|"
        r"message|sms)\b|\b(?:rather|prefer(?: it if)?) (?:you |they |he |the driver )?(?:just )?"
        r"(?:text|texted|messaged?)\b(?: me)?(?: (?:than|instead of|rather than) (?:\w+ ?){1,3})?",
        "text",
    ),
    (
        r"\b(?:can|could|may|would) (?:i|we) (?:please )?(?:get|have) (?:a |an )?(?:quick "
        r")?(?:call|ring|"
        r"phone call|buzz|bell)\b|\b(?:i'd|we'd) (?:like|love|appreciate|want|prefer) (?:a |an "
        r")?(?:quick )?"
        r"(?:call|ring|phone call)\b|\bgive (?:a |one )?(?:quick |missed )*(?:call|ring|buzz|"
        r"bell)\b",
        "call",
    ),
    (
        rf"\b(?:(?:please|just|you|to|and|then|or|so|but|kindly|always|only|we're available|can "
        rf"you|"
        rf"could you|,) |^)(?P<verb>text|message|sms|call|ring|phone|telephone)(?= (?:when|once|"
        rf"before|after|on "
        rf"(?:arrival|reaching|arriving)|upon|as soon|if (?:you|there|nobody)|{LENGTH_OF_TIME}|"
        rf"in advance|"
        rf"first|ahead)\b)",
        "",
    ),
    (
        rf"\b(?P<whom>(?:my|our|the) (?:\w+ )??(?:{RELATION})|{TITLE}\.? \w+)'?s (?:\w+ "
        rf")?(?:number|mobile|"
        rf"phone|cell)(?: number)?(?:'s| is|,)?(?= (?:\+|\d|zero|oh|one|two|three|four|five|six|"
        rf"seven|eight|"
        rf"nine|double|triple))",
        "",
    ),
)
_AGAIN = re.compile(
    r"\b(?P<verb>call|ring|phone|text|message|telephone|try|use) (?:(?P<them>him|her|them)|"
    r"that|it|there)"
    r"(?: number| one)?\b(?! (?:code|door|gate|bell))"
)
_CONTACTS = tuple((re.compile(row), channel) for row, channel in (*_ROWS, *_MORE_ROWS))
_VERB_CHANNEL = {
    "call": "call",
    "ring": "call",
    "phone": "call",
    "telephone": "call",
    "text": "text",
    "message": "text",
    "sms": "text",
}
_PHONE = re.compile(
    rf"(?:(?:on|at|is|number|coming|line|to|it's|me|call|ring|text|phone|"
    rf"'s),? )?(?:\+ ?)?(?:plus )?(?P<phone>(?:\(?\d[\d() -]{{5,}}\d)(?! ?(?:\d|double|triple|oh\b|zero))|{SPOKEN_CODE})"
)
_NOT_ASKED = re.compile(
    r"(?:\b(?:i'll|we'll|he'll|she'll|they'll|i'd|i|we|you|somebody|someone|he|she|they|i've|"
    r"you've|will|going to|gonna|i can|i could|who|did|didn't|has|don't need to|"
    r"no need to) (?:just |already |have |be able to |can |always )?|\b(?:phone|text|this|that|missed|last|"
    r"your|a|the|gate|intercom|for a) |\b(?:manager|person|human|agent|people|supervisor|"
    r"services?|"
    r"team|depot|representative) (?:to )?)$"
)
_ASKED_AGAIN = re.compile(
    r"\b(?:can|could|would|will|did|should|ought to|must|need|that) (?:you|someone|somebody|they|"
    r"he|the driver|she)(?: just| please)? $|^(?:(?:and|so|then|please|but|first|ok|okay) )*you "
    r"(?:(?:just|please|kindly|also|then|always) )*$|\b(?:have|get|ask|tell) (?:him|her|them|the "
    r"driver|"
    r"someone) (?:to )?$|\bmake sure (?:they|he|you|the driver|she) $|\byou(?:'d)? (?:can|could|"
    r"should|must|need to|may|might)?(?: just| please| always)* $|\bcan you (?:please |"
    r"just )*give a $"
)
_ORDER_WORDS = re.compile(r"\b(?:order|tracking|reference|account) number\b")


def read_contact(scene: Scene) -> Iterator[Reading]:
    """Yield the calls and texts that a clause asks for."""
    for pattern, channel in _CONTACTS:
        for match in scene.matches(pattern):
            before = (
                ""
                if match.group().startswith(("prefer", "rather"))
                else scene.text[: match.start()]
            )
            if _NOT_ASKED.search(before) and not _ASKED_AGAIN.search(before):
                continue
            yield _contact(scene, match, _channel(match, channel))
    yield from _same_again(scene)
    if not any(found.kind is Kind.CONTACT for found in scene.found):
        return
    if not _ORDER_WORDS.search(scene.whole):
        yield from _number_alone(scene)


def _channel(match: re.Match[str], channel: str) -> str:
    if channel != "by":
        return channel or _channel_of(match)
    said = match.groupdict()
    by = said.get("by") or said.get("by2") or ""
    return "" if not by else "text" if by in ("text", "message") else "call"


def _channel_of(match: re.Match[str]) -> str:
    said = match.groupdict().get("verb") or match.group().split()[0]
    return _VERB_CHANNEL.get(said, "")


def _same_again(scene: Scene) -> Iterator[Reading]:
    """Yield "call her", "ring that": somebody or a number that was spoken of before."""
    for match in scene.matches(_AGAIN):
        before = scene.text[: match.start()]
        if _NOT_ASKED.search(before) and not _ASKED_AGAIN.search(before):
            continue
        numbers = [one for one in scene.found if one.kind is Kind.CONTACT and "phone" in one.slots]
        if match["them"]:
            people = _people_before(scene, match.start())
            if not people:
                continue
            reading = _contact(scene, match, _channel_of(match))
            named = {"recipient": bare(people[-1]), **reading.slots}
            yield replace(reading, slots=named, wording=people[-1])
        elif numbers and match["verb"] not in ("use", "try"):
            yield _contact(scene, match, _channel_of(match))


def _people_before(scene: Scene, start: int) -> list[str]:
    """Return those who were spoken of before a place in the clause, the latest last."""
    said = scene.page.spoken.plain[: scene.start + start]
    return [one.group() for one in _SPOKEN_OF.finditer(said)]


def _phone_before(scene: Scene, match: re.Match[str]) -> str:
    """Return the number that "text me on that" speaks of; empty where none was said."""
    if not _ON_THAT.match(scene.text, match.end()):
        return ""
    typed = [code_from(one["phone"]) for one in _PHONE.finditer(scene.page.spoken.plain[: scene.start])]
    numbers = [digits for one in typed if len(digits := re.sub(r"\D", "", one)) >= 9]
    return numbers[-1] if numbers else ""


_ON_THAT = re.compile(r" (?:on|at|using) (?:that|this|it|there)(?: one| number)?\b")
_SPOKEN_OF = re.compile(rf"(?:{TITLE}\.? [a-z]+|\b(?:my|our|the) (?:\w+ )??(?:{RELATION}))\b")


def _contact(scene: Scene, match: re.Match[str], channel: str) -> Reading:
    slots: dict[str, SlotValue] = {"channel": channel} if channel else {}
    when, minutes, reach = moment(scene.text, match.start())
    begin = match.start()
    if not channel and (by := _BY.search(scene.text, match.end())):
        slots["channel"] = "call" if by["by"] in ("phone", "call") else "text"
    if not when and _UNANSWERED.match(scene.before):
        when = "no_answer"
    if not when and SUBORDINATE.match(scene.before):
        when, minutes, _ = moment(scene.before, 0)
    if not when and SUBORDINATE.match(scene.after):
        when, minutes, _ = moment(scene.after, 0)
    if not when and (later := _LATER.match(scene.onward, match.end())):
        when, minutes, _ = moment(later["rest"], 0)
    if not when and (_STOPS.match(scene.before) or _STOPS.match(scene.text[: match.start()])):
        when = "on_arrival"
    if not when and _THEN.match(scene.text) and _placed_before(scene):
        when = "after_delivery"
    if when == "before" and not minutes and SUBORDINATE.match(scene.after):
        minutes = moment(scene.after, 0)[1]
    if when:
        slots["when"] = when
    if minutes:
        slots["minutes"] = minutes
    end = max(match.end(), reach)
    if phone := _phone_in(scene.onward, match.end(), scene.end - scene.start):
        typed = code_from(phone["phone"].replace("(", "").replace(")", "").replace("-", " "))
        slots["phone"] = re.sub(r"\D", "", typed)
        scene.page.blot(scene.start + phone.start(), scene.start + phone.end())
        end = max(end, min(phone.end(), scene.end - scene.start))
    elif earlier := _phone_before(scene, match):
        slots["phone"] = earlier
    said = match.groupdict()
    whom = said.get("whom") or ""
    recipient = "" if _is_self(whom) else bare(whom)
    if whom in ("him", "her") and (people := _people_before(scene, match.start())):
        recipient = bare(people[-1])
    if recipient:
        slots["recipient"] = recipient
    return scene.read(Kind.CONTACT, (begin, end), slots, 0.92 if channel else 0.8, whom)


_BY = re.compile(r"\bby (?P<by>text|phone|sms|message|call|whatsapp)\b")
_UNANSWERED = re.compile(
    r"^(?:(?:and|but|so) )*(?:(?:nobody|no one|no-one)(?:'s| is)? (?:answering|answers|there|in|home|comes)|"
    r"no (?:answer|reply|response))(?: at the door)?$"
)
_LATER = re.compile(
    rf",? (?:and )?(?:not|instead of|rather than) (?:me|us|him|her|(?:my|the) \w+),? "
    rf"(?P<rest>(?:when|once|as soon as|before|after|on arrival|the (?:minute|moment)|"
    rf"{LENGTH_OF_TIME})\b[^.?!,]*)"
)
_STOPS = re.compile(
    r"^(?:(?:and|but|so|please|just|then|he's \w+ \w+ so) )*(?:wait|stop|pull up|park(?: up)?|stand|"
    r"stay|draw up)(?: (?:at|by|outside|in|on|near|up|out|there|here|beside|front|opposite)\b[\w ]*)?$"
)
"""Where the driver is to stand while they call."""
_THEN = re.compile(r"^(?:and )?then (?:please )?(?:just )?(?:text|call|ring|phone|message|give|send|drop|ping)\b")


def _placed_before(scene: Scene) -> bool:
    """Whether it was just said where the parcel is to be put, or with whom."""
    left = (Kind.LEAVE_AT, Kind.LEAVE_WITH, Kind.REDIRECT)
    return any(one.kind in left and scene.number - one.clause <= 4 for one in scene.found)


def _is_self(whom: str) -> bool:
    return (
        not whom
        or re.search(
            r"^(?:me|us|him|her)$|\b(?:number|mobile|cell|phone|landline|line|work|house)$", whom
        )
        is not None
    )


def _phone_in(onward: str, start: int, clause_end: int) -> re.Match[str] | None:
    for match in _PHONE.finditer(onward, start):
        if match.start() > clause_end + 3 and not re.search(
            r"\b(?:number|mobile|cell|on|it's|call|ring)\b", onward[clause_end : match.start() + 8]
        ):
            return None
        if (
            len(
                re.sub(
                    r"\D",
                    "",
                    code_from(match["phone"].replace("-", " ").replace("(", "").replace(")", "")),
                )
            )
            >= 6
        ):
            return _without_minutes(onward, match)
    return None


def _without_minutes(onward: str, match: re.Match[str]) -> re.Match[str] | None:
    """Return a number without the "thirty" of "thirty minutes" that was read on from it."""
    if not re.match(r" (?:minutes?|mins?|hours?)\b", onward[match.end() :]):
        return match
    last = re.search(r"[ ,]+\S+$", match.group())
    return _PHONE.match(onward, match.start(), match.start() + last.start()) if last else match


def _number_alone(scene: Scene) -> Iterator[Reading]:
    match = _phone_in(scene.text, 0, len(scene.text))
    if match and not re.search(r"\bcode\b", scene.text):
        yield scene.read(
            Kind.CONTACT,
            match.span(),
            {"phone": re.sub(r"\D", "", code_from(match["phone"].replace("-", " ")))},
            0.75,
        )
