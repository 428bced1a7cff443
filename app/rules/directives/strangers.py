"""How those speak who are not the customer, or whose number it no longer is."""

from __future__ import annotations

import re

from app.rules.directives.lexicon import TITLE

STRANGER_PARTS = "|".join(
    (
        r"\byou(?:'ve| have)? (?:just |only )?(?:rung|called|phoned|dialled|dialed|rang|got|"
        r"reached|"
        r"come through to|got through to|got hold of) an? (?!(?:few|lot|couple|hundred|million|"
        r"dozen|"
        r"second|third|good|bad|parcel|package|delivery|box|busy|thing|bit|man|woman|minute|moment|"
        r"problem|nerve|cheek|point|code|key|number|letter|card|van|time|day|day's|real|human|"
        r"great|"
        r"nice|lovely|chance|wrong)\b)[a-z]+(?: [a-z]+)?(?: (?:pal|mate|love|here|sorry|son|hen|"
        r"dear|not \w+|"
        r"i'm afraid|i think|you know))*$",
        r"\bmy name (?:isn't|is not|'s not) \w+|\bmy name's not \w+|\b(?:mixed|mixing|muddled|"
        r"confused|confusing) "
        r"(?:me|us)(?: up)? with\b",
        r"\b(?:sold|gave|passed on|handed down) (?:me|us) (?:this|his|her|their) (?:phone|number|"
        r"sim|mobile)\b|"
        r"\bwon't (?:reach|get|find) (?:him|her|them) (?:on|at) (?:it|this|here|this number)\b|"
        r"\bthis (?:number|phone|"
        r"line) (?:doesn't|does not|no longer) belongs? to\b[\w ]*",
        r"\bthis is an? [a-z]+(?: [a-z]+)?,? not (?:a|the|his|her) (?:house|home|private \w+|"
        r"number|"
        r"phone)\b",
        r"\b(?:s?he|they)(?:'s|'ve| has| have)? (?:just )?(?:changed|got) (?:her|his|their|a new) "
        r"number\b|\b(?:given|gave|giving|got|put down) (?:you |out )?(?:some|somebody|someone|"
        r"an) ?"
        r"(?:other|else)(?: person)?'s number\b",
        r"\b(?:an? )?(?:old|previous|former|out of date|outdated|different|incorrect) (?:phone )?"
        r"number (?:for|of)\b(?: \w+)?|\b(?:isn't|'s not|not|no longer) (?:hers|his|theirs)\b"
        r"(?: any ?more| now)?",
        r"\b(?:i've|we've|i|we) (?:just |only |actually |already )?(?:got|had|have had|have|"
        r"bought) "
        r"this (?:number|phone|sim)(?: (?:for|since|last|a|two|three|new|now|recently)\b[\w ]*)",
        rf"^(?:(?:and|but|no|sorry|hi|hello|well|look|oh) )*no {TITLE}\.? (?!\w+ (?:is|will|can|"
        rf"has|"
        rf"takes|lives)\b)[a-z]+(?: (?:sorry|here|mate|love|i'm afraid|at all))*$",
        r"\b(?:hasn't|haven't|has not|not) (?:lived|worked|been) (?:here|at this \w+)(?: (?:for|"
        r"since|"
        r"in)\b[\w ]*)",
        r"\b(?:s?he|they|that person|\w+) used to (?:live|work) here\b|\b(?:previous|last|former|"
        r"old) "
        r"(?:tenants?|owners?|occupants?|people)(?:'s)? (?:\w+ )?(?:name|number|parcel|moved|"
        r"lived)\b",
        r"\bused to have this (?:number|phone|mobile)\b|\bleft (?:here )?(?:\w+ )?(?:years|ages|"
        r"months|weeks) ago\b|"
        r"\bno such (?:person|name|customer|number)\b|\b(?:that's|it's|that is) (?:not|isn't) my "
        r"name\b|"
        r"\bnot my name\b",
        r"\byou(?:'re| are|'ve| must be| have| want| need)? (?:after|looking for|calling for|want|"
        r"confus\w+ me with|mixed me up with|mistaken me for|thinking of) (?:someone|somebody|"
        r"anyone|"
        r"another \w+) else\b",
    )
)
"""Alternatives of one pattern."""

_THING = (
    r"(?:dogs?|cats?|pets?|gas|water|electric\w*|power|heating|bins?|box(?:es)?|intercoms?|stairs|"
    r"steps?|drivers?|vans?|gates?|lights?|garden|yard|shed|garage|lobby|hallway|lifts?|elevators?|"
    r"neighbours?|neighbors?|grandma|grandad|kids?|children|baby|wife|husband|mum|mom|dad|mat|"
    r"table|shelf|cupboard|locker|lockers|mailbox|letterbox|plants?|pots?|bench|fence|hedge|"
    r"guard|security|signal|phone|internet|wifi|leak|danger|ice|snow|mud|traffic|pavement|kerb|"
    r"camera|alarm|buttons?|handle|lock|window|windows|doors?|numbers?|names?|signs?|parcels?|"
    r"packages?|deliver(?:y|ies)|orders?|post|mail|trouble|difference|charge|men|women|ramp|"
    r"bags?|car|cars|trees?|bush(?:es)?|road|street|shops?|offices?|flats?|rooms?|floors?|safe)"
)
_NONE_HERE = re.compile(
    r"(?:there's (?:no|not an?|not any)|there isn't (?:any|an?)|there is no|no) "
    r"(?P<who>(?:[\w.]+ )*?)(?:here|at this|on this|in this|living|lives)\b"
)
_I_AM_NOT = re.compile(r"(?:.* )?i'm not (?:mr |mrs |ms )?(?P<who>[a-z]+)$")
_STATE = re.compile(
    r"(?:[a-z]+ing|[a-z]+(?:ful|less|ous|able|ible|ive)|asleep|awake|ill|sick|disabled|deaf|blind|"
    r"upstairs|downstairs|inside|outside|away|alone|married|retired|dead|angry|happy|stupid|rude|"
    r"old|young|rich|poor|busy|tired|drunk|scared|afraid|surprised|convinced|annoyed|amused|"
    r"concerned|prepared|dumb|mad|crazy|local|english|british|american|pregnant|strong|tall|"
    r"picky|fussy|anymore|then|yet|either|tho|though|bad|wrong|late|early|nearby|close|serious)"
)


def names_nobody(words: str, as_heard: str, transcript: str) -> bool:
    """Whether "there's no … here" or "I'm not …" speaks of a thing or a state, and of no name.

    Where the transcript has capitals they tell; elsewhere the words for things and states do.
    """
    none, am = _NONE_HERE.match(words), _I_AM_NOT.match(words)
    said = none["who"].split() if none else [am["who"]] if am else []
    if not said or not said[-1]:
        return False
    if re.search(rf"\b{re.escape(said[-1])}\b", as_heard) is None:
        return False  # Not so in the transcript as it was heard: a capital, as names have.
    known = _THING if none else _STATE
    return re.fullmatch(known, said[-1]) is not None or (
        am is not None and said[-1] not in _OTHERS and _HAS_CAPITALS.search(transcript) is not None
    )


_OTHERS = frozenset({"him", "her", "them", "he", "she"})
_HAS_CAPITALS = re.compile(r"\bI\b|(?:^|[.!?] )[A-Z]")
