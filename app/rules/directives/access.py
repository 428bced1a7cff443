"""How to get in: gate and door codes, flat and floor."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.numbers import (
    CARDINAL,
    ORDINAL,
    SPOKEN_CODE,
    cardinal_from,
    code_from,
    ordinal_from,
)
from app.rules.directives.reading import Reading, Scene

_LOCK = (
    r"(?:gate|front gate|side gate|key|door|front door|back door|entry|entrance|access|building|"
    r"security|garage|key ?pad|lock ?box|"
    r"key ?safe|key box|safe|lobby|main|elevator|lift|buzzer|intercom|call ?box|pin|pass|street|"
    r"community|barrier|porch|entry ?phone|"
    r"side door|mail ?room|locker|parcel box|shed|keycode|door entry|complex|padlock)"
)
_CODE_ROWS = (
    rf"\b(?:(?:the|my|our|your|a) )?(?:{_LOCK} )*(?:code|combination|combo|pin|pin number|"
    rf"passcode|keycode|keypad|key ?pad number|password|buzzer|"
    rf"intercom|entryphone|pass code|digits|(?:{_LOCK}) number|number(?= (?:for|to) (?:it|the|"
    rf"get)))(?: (?:for|to|on|at|of) (?:it\b|(?:the|my|our) (?:\w+ )??\w+(?='s| is)|(?:the |my |"
    rf"our )?)(?:{_LOCK}|get in|front|back|box|"
    rf"building|main \w+| )*)?(?: there| here)?(?:'s| is| are| which is| will be| should be|,|"
    rf":)?(?: (?:now|currently|just|"
    rf"actually|still))? (?P<code>{SPOKEN_CODE})",
    rf"\b(?:punch|type|key|tap|put|enter|press|dial|use|hit|input|buzz)(?: in)?(?: (?:the |gate |"
    rf"door |access |entry )*(?:code|number|pin))?(?: in)? "
    rf"(?P<dialled>{SPOKEN_CODE})(?! (?:minutes?|mins?|hours?|if|times?|twice|o'clock|am|pm)\b)",
    rf"\b(?P<code>{SPOKEN_CODE}) (?:is the (?:code|number|pin|combination)|(?:for|at|on|"
    rf"gets you through|opens|will open|into|gets you in) "
    rf"(?:the |my |our )?(?:{_LOCK})\b)",
    rf"\bopens? (?:with|on|to) (?P<code>{SPOKEN_CODE})(?! (?:am|pm|o'clock)\b)",
    rf"\b(?:gate|door entry|entry|door|keypad|pad|padlock|safe|shutter|barrier|lock ?box|key "
    rf"?safe)(?:'s| is) (?P<code>{SPOKEN_CODE})",
    rf"\b(?P<code>{SPOKEN_CODE}) (?:to (?:get|come|let yourself|buzz yourself|go) (?:in|through|"
    rf"inside)|to open|"
    rf"to enter|gets? you in|for entry|lets? you in|will (?:get|let) you in|opens)\b",
    rf"(?:^|\b(?:is|and|the|lock|gate|door|entry) )code's? (?P<code>{SPOKEN_CODE})",
)
_CODES = tuple(re.compile(row) for row in _CODE_ROWS)
_IDENTIFIER = (
    rf"(?P<unit>\d(?: \d){{1,3}}(?![\w'])|\d+(?: ?[-/] ?\d+)?(?:[a-z](?![\w'])| (?!a (?:\w+ "
    rf"))[a-z](?![\w']))?|[a-z] ?[-/]?\d+|"
    rf"(?:(?:zero|oh|{CARDINAL}|double \w+)(?:[ -]|(?![\w']))){{1,4}}(?:hundred(?: and)?(?: "
    rf"{CARDINAL})? ?)?(?:[a-h](?![\w']))?|(?!a \w)[a-z](?![\w']))"
)
_UNIT = re.compile(
    rf"\b(?:flat|apartment|apt|appt|appartment|unit|suite|room|villa|condo|townhouse|studio|"
    rf"office|cabin|lot|chalet|door number|flat number|"
    rf"apartment number|unit number|room number|suite number)(?:'s)?\.? (?:number |no\.? |is |"
    rf"it's )*(?:#\s?)?{_IDENTIFIER}"
)
_HASH_UNIT = re.compile(r"(?:^|\s)#\s?(?P<unit>\d+[a-z]?)\b")
_BUZZ_UNIT = re.compile(
    rf"\b(?:buzz|ring|press|dial|call|use)(?: the)? (?:(?:buzzer|bell|button|buzzer for|bell for|"
    rf"flat|apartment|for|marked|unit|number|on|intercom) )*"
    rf"{_IDENTIFIER}(?= on the (?:intercom|buzzer|panel)| and (?:i'll|we'll|someone)|$)"
)
_TYPED = re.compile(
    r"(?:press|dial|use) (?!(?:the )?(?:buzzer|bell|flat|apartment|unit|number|button))"
)
_AT_NUMBER = re.compile(
    rf"\b(?:i'm|we're|i live|we live|it's)(?: in| at)? number {_IDENTIFIER}(?= on the|$|,)"
)
_LETTERED = re.compile(
    r"(?:^|\b(?:and|so) )(?:we're|i'm|it's|you want)(?: in| at)? (?P<unit>\d{1,4} "
    r"?[a-h])(?![\w'])(?=$|,| (?:and|on|at))"
)
"""A flat by its number and letter alone, beside its floor: "ninth floor, we're 9d"."""
_NUMBER_FIRST = re.compile(rf"^(?:(?:hi|hello|yes|it's|we're|i'm) )*number {_IDENTIFIER}$")
_FLOOR = re.compile(
    rf"\b(?:(?P<nth>{ORDINAL})[ -](?:floor|storey|story|level)|(?:floor|"
    rf"level)(?: number)? (?P<number>\d{{1,2}}|{CARDINAL})\b|"
    rf"(?P<named>ground|top|lower ground|basement|mezzanine|upper|bottom|main)(?: floor|"
    rf" level))(?! (?:balcony|window|flat above))"
)
_DOWN = re.compile(
    r"\b(?:i'm|we're|i live|we live|it's|flat is|apartment is|door is|in the|live in the|up on|"
    r"up in|down in|on the) (?:in |down in )?(?:the )?(?P<named>basement|mezzanine)\b"
)


def read_access(scene: Scene) -> Iterator[Reading]:
    """Yield codes, units, floors and entrances, each as its own reading; they are merged later."""
    for match in scene.matches(_BUZZ_UNIT):
        if _TYPED.match(match.group()) and len(unit_from(match["unit"])) > 2:
            typed = {"code": code_from(match["unit"])}
            yield scene.read(Kind.ACCESS, match.span(), typed, 0.8)
            continue
        yield scene.read(Kind.ACCESS, match.span(), {"unit": unit_from(match["unit"])}, 0.8)
    for pattern in _CODES:
        for match in scene.matches(pattern):
            said = match.groupdict()
            spoken = said.get("code") or said.get("dialled") or ""
            if _is_code(spoken, 3 if said.get("dialled") else 2):
                if (
                    "buzzer" in match.group()
                    and "code" not in match.group()
                    and len(code_from(spoken)) < 4
                ):
                    yield scene.read(Kind.ACCESS, match.span(), {"unit": code_from(spoken)}, 0.8)
                    continue
                span = (_code_begins(scene.text, match), match.end())
                yield scene.read(Kind.ACCESS, span, {"code": code_from(spoken)})
    yield from _flats(scene)


def _flats(scene: Scene) -> Iterator[Reading]:
    """Yield flats and floors, and set aside those it is not."""
    for match in scene.matches(_NOT_THIS):
        scene.page.blot(scene.start + match.start(), scene.start + match.end())
    for match in scene.matches(_UNIT):
        yield scene.read(Kind.ACCESS, match.span(), {"unit": unit_from(match["unit"])})
    for pattern in (_HASH_UNIT, _AT_NUMBER, _NUMBER_FIRST, _LETTERED):
        for match in scene.matches(pattern):
            if pattern is _NUMBER_FIRST and not re.search(
                r"\b(?:floor|level|storey)\b", scene.after
            ):
                continue
            yield scene.read(Kind.ACCESS, match.span(), {"unit": unit_from(match["unit"])}, 0.8)
    for pattern in (_FLOOR, _DOWN):
        for match in scene.matches(pattern):
            yield scene.read(Kind.ACCESS, match.span(), {"floor": _floor(match)})


_NOT_THIS = re.compile(
    rf"(?<=\w )\bnot (?:at |in |on |to |for |the )*(?:flat|apartment|unit|number|suite|room|"
    rf"floor)? ?"
    rf"(?:\d+[a-z]?|{CARDINAL}|(?:{ORDINAL}|ground|top)(?: floor)?)$"
)
"""Which one it is not, beside which it is: "flat 2, not flat 3"."""
_WAY_THROUGH = re.compile(r"\b(?:through|via|in by|round to|round by) (?:the|my|our)(?: \w+)? ?$")
_USED = re.compile(
    r"\buse (?:the|my|our) (?:side|back|rear|front|main|other|left|right) (?:door|gate|entrance) $"
)
_CODE_NOUN = re.compile(r"\b(?:code|pin|combo|combination|number)\b")


def _code_begins(text: str, match: re.Match[str]) -> int:
    """Return where a code's own words begin: "through the roller door | code's 5511"."""
    noun = _CODE_NOUN.search(match.group())
    if (
        noun
        and noun.start()
        and re.match(r" is|'s", match.group()[noun.end() :])
        and _USED.search(text[: match.start() + noun.start()])
    ):
        return match.start() + noun.start()
    if (
        noun
        and noun.start()
        and _WAY_THROUGH.search(
            text[: match.start()] + "the "[: 4 * match.group().startswith("the ")]
        )
    ):
        return match.start() + noun.start()
    return match.start()


def unit_from(spoken: str) -> str:
    """Return the bare id of a flat: "three b" is ``3B``, "two oh four" is ``204``."""
    words = spoken.replace("-", " ").split() if not re.search(r"\d", spoken) else []
    if not words:
        return re.sub(r"\s", "", spoken).upper()
    letter = words.pop().upper() if len(words[-1]) == 1 else ""
    if "hundred" in words:
        rest = cardinal_from(" ".join(words[words.index("hundred") + 1 :]).replace("and ", "")) or 0
        return f"{(cardinal_from(words[0]) or 1) * 100 + rest}{letter}"
    return code_from(" ".join(words)) + letter


def _is_code(spoken: str, least: int) -> bool:
    typed = code_from(spoken)
    return len(re.sub(r"\D", "", typed)) >= least and len(typed) <= 10


def _floor(match: re.Match[str]) -> str:
    said = match.groupdict()
    if said["named"]:
        return str(said["named"])
    if said["nth"]:
        return str(ordinal_from(said["nth"]))
    return str(cardinal_from(said["number"]))
