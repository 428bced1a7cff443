"""Brings a transcript into one plain form that the rest of the room can read.

Recognisers differ: some write capitals and punctuation, some neither, some drop apostrophes.
Here a transcript becomes lower case with apostrophes restored, fillers and stutters removed and
near-miss words put right, while each letter still knows which letter of the transcript it came
from, so that a directive can quote the customer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.rules.directives.hesitations import HESITATIONS
from app.rules.directives.mishearings import MISHEARINGS
from app.rules.directives.restarts import RESTARTS

_EDGES = " \t\n\r,.;:!?"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A transcript in plain form, beside the transcript itself.

    ``origin[i]`` is where the i-th letter of ``plain`` lay in ``transcript``.
    """

    transcript: str
    plain: str
    origin: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the transcript the words behind ``plain[start:end]`` lie."""
        if start >= end:
            return (0, 0)
        first, last = self.origin[start], self.origin[end - 1] + 1
        while first < last and self.transcript[first] in _EDGES:
            first += 1
        while last > first and self.transcript[last - 1] in _EDGES:
            last -= 1
        return (first, last)

    def quote(self, start: int, end: int) -> str:
        """Return the customer's own words behind ``plain[start:end]``."""
        first, last = self.place(start, end)
        return " ".join(self.transcript[first:last].split())

    def replace(self, pattern: re.Pattern[str], replacement: str) -> Spoken:
        """Return the same with each match rewritten; ``replacement`` is a template."""
        pieces: list[str] = []
        origin: list[int] = []
        done = 0
        for match in pattern.finditer(self.plain):
            new = match.expand(replacement)
            pieces += [self.plain[done : match.start()], new]
            origin += self.origin[done : match.start()]
            origin += _stretched(self.origin[match.start() : match.end()], len(new))
            done = match.end()
        if not pieces:
            return self
        pieces.append(self.plain[done:])
        origin += self.origin[done:]
        return Spoken(self.transcript, "".join(pieces), tuple(origin))


def _stretched(origin: tuple[int, ...], length: int) -> list[int]:
    """Spread the letters of the old words over the new ones, last on last."""
    if not origin or not length:
        return []
    kept = list(origin[: length - 1])
    kept += [origin[-1]] * (length - len(kept))
    return kept


_CONTRACTIONS = {
    "don't": "dont|dinnae|dinna|do not|do n't|divn't",
    "can't": "cant|cannae|canna|cannot|can not",
    "won't": "wont|winnae|willnae|will not|shan't|shant|shall not",
    "isn't": "isnt|is not|isnae",
    "aren't": "arent|are not",
    "wasn't": "wasnt|was not",
    "mustn't": "mustnt|must not",
    "shouldn't": "shouldnt|should not",
    "wouldn't": "wouldnt|would not",
    "couldn't": "couldnt|could not",
    "didn't": "didnt|did not|didnae",
    "doesn't": "doesnt|does not",
    "hasn't": "hasnt|has not",
    "haven't": "havent|have not",
    "i'm": "im|i am|i m",
    "i've": "ive|i ve",
    "i'll": r"i will|i shall|i ll|ill(?= (?:be|have|take|pick|sign|get|call|come|do|let|need|"
    r"leave|pay|"
    r"wait|"
    r"meet|show|open|buzz|not))",
    "i'd": "i would|i d(?= )|id(?= (?:like|love|rather|prefer|want|need|be|appreciate)\b)",
    "it's": r"it is|it s|its(?= (?:a|an|the|my|our|not|for|in|on|at)\b)|"
    # Apart from what belongs to "it", an apostrophe was dropped.
    r"(?<!\bon )(?<!\bin )(?<!\bby )(?<!\bto )(?<!\bof )(?<!\bfrom )(?<!\bwith )(?<!\binto )"
    r"(?<!\bat )(?<!\bunder )(?<!\binside )(?<!\bhas )(?<!\bhave )(?<!\bkeep )(?<!\blost )"
    r"(?<!\bhad )(?<!\boff )(?<!\bover )(?<!\bbehind )(?<!\bget )its"
    r"(?= (?!(?:own|side|back|end|box|lid|name|place|way|head|contents|packaging|seat|door|"
    r"wrapping)\b)\w)",
    "it'll": "it will|itll|it ll",
    "that's": "that is|thats|that s",
    "that'll": "that will|thatll",
    "there's": r"(?<!code )there is(?! (?:code|\d))|theres|there s|they's(?= an? )",
    "he's": "he is|hes",
    "she's": "she is|shes",
    "he'll": "he will",
    "she'll": "she will",
    "they're": "they are|theyre",
    "they'll": "they will|theyll",
    "we're": r"we are|were(?= (?:in|at|on|not|out|away|home) (?!by\b))",
    "we'll": "we will|we shall",
    "we've": "weve",
    "you're": "you are|youre",
    "you'll": "you will|youll",
    "you've": "youve",
    "what's": "what is|whats",
    "where's": "where is|wheres",
    "who's": "who is|whos",
    "nobody's": "nobody is|no one is|no-one is|no one's|nobodys|no ones|no-ones|noones",
    "someone's": "someone is|somebody is|somebody's|someones",
    "nobody": "no one|no-one|noone",
    "someone": "somebody",
    "anyone": "anybody",
    "afternoon": "arvo",
    "afternoon's": "arvo's",
    "them": "(?<![a-z])em|'em",
    "let me": "lemme",
    "give me": "gimme",
    "want to": "wanna",
    "got to": "gotta",
    "going to": "gonna|gonnae",
    "don't know": "dunno",
    "because": "coz|cuz|'cos|'cause",
    "you": r"(?:(?<=would )|(?<=will )|(?<=could )|(?<=can )|(?<=see )|(?<=off )|(?<=thank ))ya",
    "am": r"(?<=\d)a\.m\.?|a\.m\.?|a m(?=$| )",
    "pm": r"p\.m\.?|p m(?=$| )",
    "o'clock": "oclock|o clock|o' clock",
    "id": r"i\.d\.?|i d$",
}

_STEPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile("[\u2018\u2019\u02bc`\u00b4]"), "'"),
    (re.compile(r"</?[a-z][^<>]*>"), " "),
    (re.compile('[\u201c\u201d"()\\[\\]<>{}*](?<![*])'), " "),
    (re.compile("\\s*(?:\u2026|\\.{2,}|\u2014|\u2013|--)\\s*"), ", "),
    (
        re.compile(
            r"\b(?:u+m+|u+h+|e+r+m*|h+m+|m+m+|a+h+|uh huh|"
            r"(?<!do )(?<!if )(?<!did )(?<!let )(?<!don't )you know(?= |,)(?! (?:when|what|where|"
            r"who|how|if))|i guess|sort of|kind of)\b,?"
        ),
        " ",
    ),
    (re.compile(r"(?<=,) like,"), " "),
    *((re.compile(pattern), kept) for pattern, kept in HESITATIONS),
    (re.compile(r"\s+"), " "),
    (re.compile(r"^[ ,.;:]+"), ""),
    (re.compile(r" (?=[,.;:?!])"), ""),
    (re.compile(r"([,;:])(?:\s*[,;:])+"), r"\1"),
    (
        re.compile(
            r"\b(?!tomorrow,? tomorrow week\b)(?!to to (?:ten|fifteen|twenty|thirty|forty|"
            r"fifty)\b)(?!(?:one|two|three|four|"
            r"five|six|seven|eight|nine|zero|oh|no|bye|knock|yes|"
            r"very|really|so|please|star|hash|ate|won|sicks)\b)([a-z']{2,})(?:,? \1(?![\w']))+"
        ),
        r"\1",
    ),
    *(
        (re.compile(rf"(?<![\w'])(?:{spellings})(?![\w'])"), plain)
        for plain, spellings in _CONTRACTIONS.items()
    ),
    (re.compile(r"\b(ten|[1-9]|1[0-2]|\d\d)(am|pm)\b"), r"\1 \2"),
    *((re.compile(pattern), meant) for pattern, meant in (*MISHEARINGS, *RESTARTS)),
    (re.compile(r"\s+"), " "),
    (re.compile(r" $"), ""),
)


_MOST_ROUNDS = 5


def plain_form(transcript: str) -> Spoken:
    """Return the transcript in plain form; bringing the result in again changes nothing."""
    lowered = "".join(letter if len(low := letter.lower()) != 1 else low for letter in transcript)
    spoken = Spoken(transcript, lowered, tuple(range(len(lowered))))
    # One step may make work for an earlier one: "don't dont" is "don't don't" is "don't".
    for _ in range(_MOST_ROUNDS):
        before = spoken.plain
        for pattern, replacement in _STEPS:
            spoken = spoken.replace(pattern, replacement)
        if spoken.plain == before:
            break
    return spoken
