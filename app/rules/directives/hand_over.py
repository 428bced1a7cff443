"""Who alone may have the parcel: in person, against a signature, on showing an ID."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind, SlotValue
from app.rules.directives.in_person import HANDS, ID, NOT_WITHOUT, SIGNATURE, SIGNER
from app.rules.directives.lexicon import NAME_AFTER, RELATION, TITLE
from app.rules.directives.phrases import bare, noun_phrase
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.takers import ASKED_FOR, SHE_WILL

_ASKED_IF = re.compile(
    r"^(?:(?:and|but|so|also|or) )*(?:(?:do|will|does|should|must|would|am|did|has|have|was) (?:i|"
    r"we|you|it|my|someone|somebody|anyone|anybody|he|she|they)|is it(?! (?:ok|okay|possible|all "
    r"right|"
    r"alright|fine)\b))\b"
)
_NO_SIGNATURE = re.compile(
    r"\b(?:no|n't need|not need|n't want|n't have to|no need (?:to|for)) (?:a |to )?(?:signature|"
    r"sign)\b|\bwithout (?:signing|me signing)\b"
)
_TO_NOBODY_BUT = re.compile(r"\bnobody else\b|\bno-one else\b")


_PERSON = (
    rf"(?:{TITLE}\.? [a-z]+|(?:my|our|the|your|his|her) (?:[\w-]+ ){{0,2}}?(?:{RELATION}|person "
    rf"(?:named|"
    rf"on)[\w ]*?|addressee|recipient|account holder|customer)\b(?: (?:at|in|from|on) [\w "
    rf"]+)?{NAME_AFTER})"
)
_NAMED_PERSON = re.compile(
    rf"(?P<own>(?:my|our|his|her|the) (?:{RELATION})(?:'s|s)(?= (?:id|passport|licen[cs]e|"
    rf"signature)\b))|{_PERSON}"
)
_BY_LINK = re.compile(
    rf"\b(?:to|from|by|with|but|except|than|for|ask(?: for)?|get|only|just|let|hands? of) "
    rf"(?P<who>{_PERSON}|(?:me|myself)\b)"
)
_IN_FRONT = re.compile(
    rf"(?:^|\b(?:and|so|but|that|only|just|sure|please|if|because|then) )(?P<who>{_PERSON}|i|me|"
    rf"i'll|"
    rf"i'm|i've|i'd|myself)(?:'s|'ll|'d)?\b"
)
_THEIR_HANDS = re.compile(
    rf"\b(?:in|into|in to)(?: to)? (?P<who>my|our|{_PERSON}'s|{TITLE}\.? [a-z]+'s|[a-z]+'s)"
    rf"(?: own)? hands?\b(?: only)?"
)
_NAMED_AFTER = re.compile(
    r"\b(?:only|ask for|signature (?:from|of)|signed (?:for )?by|hand (?:it|this|that) to|"
    r"given? (?:it |"
    r"only |this )*to|personally to|directly to|straight to|goes? to|but|except) "
    r"(?P<who>(?!me\b|my\b|"
    r"our\b|the\b|a\b|an\b|you\b|it\b|him\b|her\b|them\b|us\b|i\b|we\b|he\b|she\b|they\b|"
    r"anyone\b|someone\b|nobody\b|that\b|this\b|whoever\b|who\b|if\b|when\b|after\b|before\b|"
    r"id\b|please\b|to\b|in\b|on\b|at\b|not\b|no\b|and\b|or\b|if\b|leave\b|give\b|hand\b|"
    r"deliver\b|once\b|one\b|people\b|photo\b|proof\b|identification\b|with\b|against\b|don't\b|"
    r"let\b|come\b|bring\b|ring\b|knock\b|call\b|text\b|use\b|sign\b|be\b|by\b|do\b|work\b)"
    r"[a-z]{3,}(?: [a-z]+(?= (?:only|personally|in person|and|please)|$))?)\b"
)
_WHOSE_ID = re.compile(
    r"\b(?:ask for|give it to|hand it to|leave it with) (?P<who>(?:my |the |our )?(?!id\b|my\b|"
    r"the\b|our\b|"
    r"photo\b|proof\b|an?\b|his\b|her\b|their\b|some\b|identification\b|me\b)[a-z]+)\b"
)
_ANYBODY = re.compile(r"\b(?:anyone|anybody|someone|whoever|either|any adult|an adult|they sign)\b")
_GROWN = re.compile(r"\b(?:an?|any) (adult|grown[- ]?up)\b")
_PRONOUN = re.compile(r"\b(?:s?he|him|her|they|them)(?:'ll|'s)?\b")


def _whom(scene: Scene) -> str:
    """Return who alone is to have it, from anywhere in the clause; empty where nobody is named."""
    text = scene.whole
    for pattern in (_THEIR_HANDS, _BY_LINK, _IN_FRONT, _NAMED_AFTER):
        if match := pattern.search(text):
            return _recipient(re.sub(r"^i(?:'\w+)?$", "me", match["who"]).removesuffix("'s"))
    return _spoken_of(scene) if _PRONOUN.search(text) else ""


def _spoken_of(scene: Scene) -> str:
    """Return the person named last before the clause, or in it before "him"."""
    if asked := ASKED_FOR.search(scene.before):
        return _recipient(asked["who"])
    pronoun = re.search(r"\b(?:him|her)\b", scene.whole)
    end = scene.start + (pronoun.start() if pronoun else 0)
    people = list(_NAMED_PERSON.finditer(scene.page.spoken.plain[:end]))
    if not people:
        return ""
    return _recipient(
        re.sub(r"(?:'s|s)$", "", people[-1].group()) if people[-1]["own"] else people[-1].group()
    )


def _whose_id(scene: Scene) -> str:
    """Return who is to show an ID, where the clause says to whom it is given."""
    seen = _WHOSE_ID.search(scene.whole)
    who = _recipient(seen["who"]) if seen else ""
    return (_spoken_of(scene) or who) if who in ("him", "her", "them") else who


def _is_taken_in(scene: Scene, match: re.Match[str]) -> bool:
    """Whether "only" merely stresses who takes it in: "give it to the watchman only, he will"."""
    return (
        match.group().endswith(" only")
        and match.groupdict().get("who") not in ("me", "myself", "us")
        and SHE_WILL.match(scene.after) is not None
    )


_STRAIGHT = re.compile(r"\bstraight\b(?!.*\b(?:only|person|personally)\b)")
_WHERE_THEY_ARE = re.compile(
    r" (?:in|at|on|from|behind) (?!person\b|hand|my\b|me\b|your\b|arrival\b|delivery\b|a\b|an\b|"
    r"the door\b|time\b|\d|this\b|that\b)(?:the )?[a-z]+(?: (?:desk|office|room|counter|reception|"
    r"department|kitchen|cabin|hall|lab|team|floor))?(?=$|[,.]| and\b| please\b| with\b| only\b)"
)
"""Where somebody is found, which belongs to who it is: "the pharmacist on duty"."""
_REFUSED = re.compile(
    r"\b(?:don't|never|not)(?: ever| just)?"
    r"(?: (?:give|hand|leave|pass|let))?(?: (?:it|them|this))? $"
)
_BUT = re.compile(r"\b(?:but|except|other than|apart from|besides)\b")


def read_hand_over(scene: Scene) -> Iterator[Reading]:
    """Yield what a clause says about who alone may have the parcel, and against what."""
    if _ASKED_IF.match(scene.text):
        return
    if match := _NO_SIGNATURE.search(scene.text):
        scene.page.blot(scene.start + match.start(), scene.start + match.end())
        return
    for match in scene.matches(NOT_WITHOUT):
        yield scene.read(Kind.HAND_OVER, match.span(), {"signature": True}, 0.9)
    for pattern, default in HANDS:
        for match in scene.matches(pattern):
            refused = _REFUSED.search(scene.text[: match.start()]) and not default
            if (refused and not _BUT.search(match.group())) or _is_taken_in(scene, match):
                continue
            said = (match.groupdict().get("who") or default).removesuffix("'s")
            who = _recipient(said) or _whom(scene)
            if who in ("him", "her"):
                who = _spoken_of(scene) or who
            if _STRAIGHT.search(match.group()) and who not in ("me", "us", ""):
                continue
            span = match.span()
            if (said and match.groupdict().get("who") and match.end("who") == match.end()) and (
                more := _WHERE_THEY_ARE.match(scene.text, match.end())
            ):
                who, span = who + more.group(), (match.start(), more.end())
            slots: dict[str, SlotValue] = {"recipient": who} if who else {}
            if re.search(r"\bsigns?\b", match.group()):
                slots["signature"] = True
            yield scene.read(Kind.HAND_OVER, span, slots, 0.92, who)
    for match in scene.matches(SIGNATURE):
        yield _signature(scene, match)
    for match in scene.matches(ID):
        who = _whose_id(scene)
        named: dict[str, SlotValue] = {"recipient": who} if who else {}
        yield scene.read(Kind.HAND_OVER, match.span(), {**named, "id_check": True}, 0.9, who)


def _recipient(who: str) -> str:
    if who in ("my", "myself", "me"):
        return "me"
    return (
        ""
        if who
        in (
            "anyone",
            "someone",
            "nobody",
            "it",
            "whoever",
            "that",
            "and",
            "you",
            "i",
            "the",
            "else",
            "the",
            "please",
            "this",
            "they",
        )
        else re.sub(r" (?:in person|personally|only)$", "", bare(noun_phrase(who)))
    )


def _signature(scene: Scene, match: re.Match[str]) -> Reading:
    said = match.groupdict()
    who = _recipient(said["who"] or said["whom"] or said["let"] or "")
    signer = (said["signer"] or "").strip()
    if not who and (grown := _GROWN.search(signer)):
        who = grown[1]
    if not who and not _ANYBODY.search(signer) and (person := SIGNER.search(signer)):
        who = bare(person[1])
    if not who and said["self"]:
        who = "me"
    if not who and not _ANYBODY.search(scene.whole):
        who = _whom(scene)
    slots: dict[str, SlotValue] = {"recipient": who} if who else {}
    return scene.read(Kind.HAND_OVER, match.span(), {**slots, "signature": True}, 0.9, who)
