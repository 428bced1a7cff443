"""The way in that a customer names: a door, a gate by its number, a lift."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.lexicon import ENTRANCE_NOUN
from app.rules.directives.numbers import CARDINAL, ORDINAL
from app.rules.directives.phrases import bare, noun_phrase
from app.rules.directives.reading import Reading, Scene

_SEE_ENTRANCE = (
    r"(?P<entrance>(?:the |a |our |my )?(?:[\w'-]+ ){0,4}?" + ENTRANCE_NOUN + r"\b[^_]*)"
)
_ENTRANCES = (
    re.compile(
        rf"\b(?:use|using|take|come|coming|go|enter|deliver|head|walk|drive|pull|get in|access|"
        rf"access it|knock|pass|buzz|call|bring it|"
        rf"carry it|chap|nip|pop|pull up|park|better|best|door is|entrance is|entrance's|we're|"
        rf"way in is|let yourself(?: in)?|it's)\b(?: \w+ it)?"
        rf"(?: (?:in|up|down|over|along|on|back|please|just|always|straight|best to))*"
        rf" ?(?P<prep>(?:to|by|via|through|from|at|around to|round to|round by|round|around by|"
        rf"around|"
        rf"in by|into|off|up|down|past|out|on|"
        rf"over to|in through|in via|in by|in from|(?:round|around) through|"
        rf"in at)?)\b ?{_SEE_ENTRANCE}"
    ),
    re.compile(
        r"\b(?:(?:the|our|my) (?:main |only |front )?(?:entrance|door|way in|entry)(?:'s|"
        r" is)) (?P<prep>(?:at|on|round|around|in|through|via|by|down|off|from|"
        r"up)?) ?(?P<entrance>[^_]+)"
    ),
)
_THROUGH = re.compile(
    rf"^(?:(?:and|so|then|it's|go|just) )*(?:(?:a?round|up|down|at|in) (?:the|our|my) (?:side|"
    rf"back|front|"
    rf"corner) )?(?P<prep>through|via|in by) {_SEE_ENTRANCE}"
)
"""The way in with no verb: "round the side through the roller door"."""
_NUMBERED_GATE = re.compile(
    rf"\b(?P<entrance>(?:gate|entrance|dock door|dock|bay|door)(?: (?:number|no\.?))? (?:\d+|"
    rf"{CARDINAL}|[b-h]\b))"
    rf"(?= (?:you )?(?:please |kindly )?(?:take|use|is (?:nearest|best|closest|open|the))|"
    rf"(?: side| please)?$)"
)
_DOOR_ON = re.compile(
    r"^(?:(?:and|it's|so|then|we're|that's|the|a|our|_+) )*(?P<entrance>(?:(?!front\b)[a-z'-]+ )?"
    r"(?:door|gate|entrance) (?:on|to|at|in|facing|next to|beside) (?:the|your) "
    r"(?:left|right|far|corner|end|side|back|rear)[\w' -]*)$"
)
_TO_A_FLOOR = re.compile(
    rf"(?:the )?(?:lift|elevator|stairs|staircase|steps)(?: up| down)? to "
    rf"(?:(?:the |floor |level )*(?:{ORDINAL}|{CARDINAL}|top|ground|\d+)\b|(?:the )?_)"
)
"""How one gets from floor to floor, which is no way in."""
_WANTED = re.compile(
    rf"\byou(?:'ll)? (?:want|need|have|should look for|are after)(?: to use)? "
    rf"(?P<entrance>(?:the |a |our |my )"
    rf"(?:[\w'-]+ ){{0,3}}?{ENTRANCE_NOUN}\b[^_]*)|^(?:(?:and|so|but|it's) )*(?P<first>(?:the |"
    rf"our )?(?:[\w'-]+ "
    rf"){{0,3}}?{ENTRANCE_NOUN}(?: (?:on|at|in|off|by|round) (?:the )?\w+(?: \w+)?)?)(?:'s| is) "
    rf"the (?:one|way|"
    rf"right one|best one|entrance)\b[\w' ]*"
)
_NOT_THE_ENTRANCE = re.compile(
    r"^(?:(?:to )?(?:go|going|went|come|coming|be|sent|send|take|taken|bring) (?:it )?back\b.*|"
    r"back for an? .*|"
    r".*\bwrong\b.*|me|you|my|us|it|work|place|(?:the )?(?:car|dog|lift is|door bell|doorbell|"
    r"bell)|locked|"
    r"open|broken|unlocked|shut|closed|(?:the )?next door.*|"
    r"number .*|.*\bnext[- ]door\b.*|not .*|(?:the )?(?:doorbell|buzzer)|.*\b(?:tomorrow|"
    r"today|day|days|time|later|week|soon)\b.*|.*\bmonday\b.*|back|always .*|stiff|stuck|fine|"
    r".*code.*|the door)$"
)


def read_entrances(scene: Scene) -> Iterator[Reading]:
    """Yield the way in that a clause names."""
    yield from _wanted(scene)
    for pattern in (*_ENTRANCES, _THROUGH):
        for match in scene.matches(pattern):
            phrase = noun_phrase(match["entrance"])
            round_back = match["prep"].startswith(("round", "around", "at", "out"))
            phrase = re.sub(r"(?: (?:to|at|on|in|from|of|by)(?: the)?)$", "", phrase)
            entrance = bare(phrase)
            if _TO_A_FLOOR.match(match["entrance"]) or _TO_A_FLOOR.match(
                scene.text, match.start("entrance")
            ):
                continue
            if entrance == "door" or (
                not entrance
                or (_NOT_THE_ENTRANCE.match(phrase) and not round_back)
                or len(entrance.split()) > 9
            ):
                continue
            if not re.search(rf"\b{ENTRANCE_NOUN}\b", entrance) or phrase.startswith(
                ("back at", "back in", "me ", "back from")
            ):
                continue
            if match.group().startswith(("it's", "we're")) and not re.search(
                r"\b(?:door|entrance|gate|side|back|rear)\b", entrance
            ):
                continue
            end = match.start("entrance") + len(phrase)
            leading = match["prep"] if match["prep"] in ("round", "around", "at") else ""
            yield scene.read(
                Kind.ACCESS,
                (match.start(), end),
                {"entrance": entrance},
                0.85,
                f"{leading} {phrase}".strip(),
            )


def _wanted(scene: Scene) -> Iterator[Reading]:
    for pattern in (_NUMBERED_GATE, _DOOR_ON):
        for match in scene.matches(pattern):
            if re.search(r"\bnot (?:by |at |the |to )*$", scene.text[: match.start("entrance")]):
                continue
            phrase = noun_phrase(match["entrance"])
            if bare(phrase):
                yield scene.read(Kind.ACCESS, match.span(), {"entrance": bare(phrase)}, 0.8, phrase)
    for match in scene.matches(_WANTED):
        phrase = noun_phrase(match["entrance"] or match["first"])
        if re.search(rf"\b{ENTRANCE_NOUN}\b", phrase):
            yield scene.read(Kind.ACCESS, match.span(), {"entrance": bare(phrase)}, 0.8, phrase)
