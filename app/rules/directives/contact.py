"""When and how the driver is to call or text, and whom, on what number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from app.rules.analysis import Kind, SlotValue
from app.rules.directives.calls import CONTACTS
from app.rules.directives.lexicon import RELATION, TITLE
from app.rules.directives.moments import SUBORDINATE, moment
from app.rules.directives.numbers import LENGTH_OF_TIME, code_from
from app.rules.directives.phrases import bare
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.telephones import phone_before, phone_in

_AGAIN = re.compile(
    r"\b(?P<verb>call|ring|phone|text|message|telephone|try|use) (?:(?P<them>him|her|them)|"
    r"that|it|there)"
    r"(?: number| one)?\b(?! (?:code|door|gate|bell))"
)
_VERB_CHANNEL = {
    "call": "call",
    "ring": "call",
    "phone": "call",
    "telephone": "call",
    "text": "text",
    "message": "text",
    "sms": "text",
}
_NOT_ASKED = re.compile(
    r"(?:\b(?:i'll|we'll|he'll|she'll|they'll|i'd|i|we|you|somebody|someone|he|she|they|i've|"
    r"you've|will|going to|gonna|i can|i could|who|did|didn't|has|don't need to|"
    r"no need to) (?:just |already |have |be able to |can |always )?|\b(?:phone|text|by|this|"
    r"that|missed|last|"
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
    r"just )*give a $|(?:^|\bwhy )don't (?:you|they) (?:just )?$"
)
_ORDER_WORDS = re.compile(r"\b(?:order|tracking|reference|account) number\b")


def read_contact(scene: Scene) -> Iterator[Reading]:
    """Yield the calls and texts that a clause asks for."""
    for pattern, channel in CONTACTS:
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


_SPOKEN_OF = re.compile(rf"(?:{TITLE}\.? [a-z]+|\b(?:my|our|the) (?:\w+ )??(?:{RELATION}))\b")


def _contact(scene: Scene, match: re.Match[str], channel: str) -> Reading:
    slots: dict[str, SlotValue] = {"channel": channel} if channel else {}
    if not channel and (by := _BY.search(scene.text, match.end())):
        slots["channel"] = "call" if by["by"] in ("phone", "call") else "text"
    when, minutes, reach = _when(scene, match)
    if when:
        slots["when"] = when
    if minutes:
        slots["minutes"] = minutes
    end = max(match.end(), reach)
    if phone := phone_in(scene.onward, match.end(), scene.end - scene.start):
        typed = code_from(phone["phone"].replace("(", "").replace(")", "").replace("-", " "))
        slots["phone"] = re.sub(r"\D", "", typed)
        scene.page.blot(scene.start + phone.start(), scene.start + phone.end())
        end = max(end, min(phone.end(), scene.end - scene.start))
    elif earlier := phone_before(scene, match):
        slots["phone"] = earlier
    whom = match.groupdict().get("whom") or ""
    if recipient := _recipient(scene, match.start(), whom):
        slots["recipient"] = recipient
    return scene.read(Kind.CONTACT, (match.start(), end), slots, 0.92 if channel else 0.8, whom)


def _when(scene: Scene, match: re.Match[str]) -> tuple[str, int | None, int]:
    """Return when a call is wanted, how many minutes ahead, and where the words for it end."""
    when, minutes, reach = moment(scene.text, match.start())
    if not when and _UNANSWERED.match(scene.before):
        when = "no_answer"
    for beside in (scene.before, scene.after):
        if not when and SUBORDINATE.match(beside):
            when, minutes, _ = moment(beside, 0)
    if not when and (later := _LATER.match(scene.onward, match.end())):
        when, minutes, _ = moment(later["rest"], 0)
    if not when and (_STOPS.match(scene.before) or _STOPS.match(scene.text[: match.start()])):
        when = "on_arrival"
    if not when and _THEN.match(scene.text) and _placed_before(scene):
        when = "after_delivery"
    if when == "before" and not minutes and SUBORDINATE.match(scene.after):
        minutes = moment(scene.after, 0)[1]
    return when, minutes, reach


def _recipient(scene: Scene, start: int, whom: str) -> str:
    """Return who is to be reached; empty for the customer."""
    if whom in ("him", "her") and (people := _people_before(scene, start)):
        return bare(people[-1])
    return "" if _is_self(whom) else bare(whom)


_BY = re.compile(r"\bby (?P<by>text|phone|sms|message|call|whatsapp)\b")
_UNANSWERED = re.compile(
    r"^(?:(?:and|but|so) )*(?:(?:nobody|no one|no-one)(?:'s| is)? (?:answering|answers|there|in|"
    r"home|comes)|"
    r"no (?:answer|reply|response))(?: at the door)?$"
)
_LATER = re.compile(
    rf",? (?:and )?(?:not|instead of|rather than) (?:me|us|him|her|(?:my|the) \w+),? "
    rf"(?P<rest>(?:when|once|as soon as|before|after|on arrival|the (?:minute|moment)|"
    rf"{LENGTH_OF_TIME})\b[^.?!,]*)"
)
_STOPS = re.compile(
    r"^(?:(?:and|but|so|please|just|then|he's \w+ \w+ so) )*(?:wait|stop|pull up|park(?: up)?|"
    r"stand|"
    r"stay|draw up)(?: (?:at|by|outside|in|on|near|up|out|there|here|beside|front|"
    r"opposite)\b[\w ]*)?$"
)
"""Where the driver is to stand while they call."""
_THEN = re.compile(
    r"^(?:and )?then (?:please )?(?:just )?(?:text|call|ring|phone|message|give|send|drop|ping)\b"
)


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


def _number_alone(scene: Scene) -> Iterator[Reading]:
    match = phone_in(scene.text, 0, len(scene.text))
    if match and not re.search(r"\bcode\b", scene.text):
        yield scene.read(
            Kind.CONTACT,
            match.span(),
            {"phone": re.sub(r"\D", "", code_from(match["phone"].replace("-", " ")))},
            0.75,
        )
