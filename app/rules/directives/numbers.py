"""Numbers as they are spoken: codes digit by digit, cardinals, ordinals, minutes."""

from __future__ import annotations

import re

ONES = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    word: 10 * number
    for number, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_UNITS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
ORDINALS = {word: number for number, word in enumerate(_UNITS, start=1)} | {
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "thirteenth": 13,
    "fourteenth": 14,
    "fifteenth": 15,
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "thirtieth": 30,
}
ORDINALS |= {
    f"{tens}{joint}{unit}": value + number
    for tens, value in (("twenty", 20), ("thirty", 30))
    for number, unit in enumerate(_UNITS, start=1)
    for joint in (" ", "-")
}

_ONE = "|".join(sorted((word for word in ONES if ONES[word]), key=len, reverse=True))
_TEN = "|".join(TENS)
_UNIT = "one|two|three|four|five|six|seven|eight|nine"
CARDINAL = rf"(?:(?:{_TEN})(?:[ -](?:{_UNIT}))?|(?:{_ONE}))"
"""One to ninety-nine in words."""
ORDINAL = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{'|'.join(sorted(ORDINALS, key=len, reverse=True))})"
"""First to thirty-first, in words or as 4th."""

_SIGNS = {
    "hash": "#",
    "pound": "#",
    "hashtag": "#",
    "#": "#",
    "star": "*",
    "asterisk": "*",
    "*": "*",
}
_SIGN = r"(?:hash(?:tag)?|pound|star|asterisk|[#*])(?: (?:key|sign|symbol|button))?"
_DIGIT = (
    rf"(?:(?:double|triple|treble)[ -](?:{_UNIT}|zero|oh|o|nought|\d)|{_ONE}|{_TEN}|zero|oh(?! "
    rf"(?:no|wait|sorry|hang|hold)\b)|o|"
    rf"nought|"
    rf"nil|hundred|"
    rf"\d+[a-z]?|[a-hj-np-z]\d{{2,}}|{_SIGN})"
)
_JOINT = r"(?:[ ,-]+(?:(?:and |then |and then |followed by )(?:press )?(?:the )?)?|(?=[#*]))"
SPOKEN_CODE = (
    rf"(?:(?<![\w'])[a-hj-np-z] )?(?:the )?{_DIGIT}(?:{_JOINT}(?:{_DIGIT}|"
    rf"(?!a )[a-hj-np-z](?![\w'])))*(?![\w'])"
)
"""A code read aloud: digits, doubled digits, hash and star, now and then a letter."""

_CODE_WORD = re.compile(
    rf"(?P<many>double|triple|treble)[ -](?P<what>\w+)|(?P<sign>{_SIGN})|(?P<word>[a-z]+)|"
    rf"(?P<digits>\d+[a-z]?)"
)


def code_from(spoken: str) -> str:
    """Return the code as it is typed: "double four oh nine hash" becomes ``4409#``."""
    typed: list[str] = []
    for match in _CODE_WORD.finditer(spoken):
        if match["sign"]:
            typed.append(_SIGNS[match["sign"].split()[0]])
        elif match["many"]:
            typed.append(_digit(match["what"]) * (2 if match["many"] == "double" else 3))
        elif match["digits"]:
            typed.append(match["digits"].upper())
        elif match["word"] in TENS and _unit_follows(spoken, match.end()):
            typed.append(str(TENS[match["word"]] // 10))
        else:
            typed.append(_digit(match["word"]))
    return "".join(typed)


def _unit_follows(spoken: str, position: int) -> bool:
    return re.match(rf"[ -](?:{_UNIT})\b", spoken[position:]) is not None


def _digit(word: str) -> str:
    if word in ("oh", "o", "nought", "nil"):
        return "0"
    if word == "hundred":
        return "00"
    if word in ONES or word in TENS:
        return str(ONES.get(word, TENS.get(word, 0)))
    if word.isdigit():
        return word
    return word.upper() if len(word) == 1 else ""


def cardinal_from(spoken: str) -> int | None:
    """Return the number behind "twenty five" or "25"; None where it is no number."""
    words = spoken.replace("-", " ").split()
    if len(words) == 1 and words[0].isdigit():
        return int(words[0])
    if not words or any(word not in ONES and word not in TENS for word in words):
        return None
    return sum(ONES.get(word, TENS.get(word, 0)) for word in words)


def ordinal_from(spoken: str) -> int | None:
    """Return the number behind "fourteenth" or "14th"; None where it is no ordinal."""
    if match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", spoken):
        return int(match[1])
    return ORDINALS.get(spoken)


LENGTH_OF_TIME = (
    rf"(?:half an hour|a half hour|half hour|quarter of an hour|a quarter of an hour|"
    rf"an hour and a half|"
    rf"an hour|one hour|1 hour|a couple (?:of )?minutes|a few minutes|"
    rf"(?:\d{{1,3}}|{CARDINAL})(?: or so)?[ -](?:minutes?|mins?|hours?))"
)


def minutes_from(spoken: str) -> int | None:
    """Return how many minutes a spoken length of time is: "half an hour" is 30."""
    if "hour and a half" in spoken:
        return 90
    if "quarter" in spoken:
        return 15
    if "half" in spoken:
        return 30
    if "couple" in spoken:
        return 2
    number = cardinal_from(re.sub(r"(?: or so)?[ -](?:minutes?|mins?|hours?)$", "", spoken))
    if "hour" in spoken:
        return 60 * (number or 1)
    return number
