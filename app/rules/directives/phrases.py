"""Cuts a noun phrase out of running words: where it stops, and what it sheds in front."""

from __future__ import annotations

import re

from app.rules.directives.clock import STRONG_CLOCK
from app.rules.directives.days import NAMED_DAY
from app.rules.directives.lexicon import PART_OF_DAY

_STOP = re.compile(
    rf"'s (?:fine|good|ok|okay|best|great|perfect|alright|all right|safest)\b|"
    rf"\s*(?:[,;?!_]|(?<!\bmr)(?<!\bmrs)(?<!\bms)(?<!\bdr)(?<!\bst)\.)(?=\s|$|_)|"
    rf"\s+(?:pretty please|please|thanks|thank|cheers|ta|okay|ok|if|when|whenever|once|"
    rf"unless|until|till(?<!the till)|because|cause|cos|since|so|as|but|then|instead|or|that's|"
    rf"(?:his|her|their) names?|"
    rf"that|"
    rf"which|who|where|it's|it'll|it|he's|she's|he'll|she'll|they'll|they're|they|he|she|i'm|i'll|"
    rf"i've|i|we're|"
    rf"we'll|we|you'll|you're|you|there's|today|tonight|tomorrow|again|now(?=$|[ ,.])|rather|not|"
    rf"though|"
    rf"this {PART_OF_DAY}|in the {PART_OF_DAY}|any ?time|alright|all right|yeah|will|would|"
    rf"can|could|is|are|was|works|anyway|while|whilst|otherwise|"
    rf"with (?:(?:a|the|some|photo|his|her|their) )*(?:signature|id|proof|receipt)|don't|doesn't|"
    rf"isn't|aren't|won't|please|yes|no|bye|sorry|with thanks|has|have|'ll|said|"
    rf"actually|"
    rf"like (?:you|last|before|always|usual)|for (?:me|us|now|him|her|them|safety|the time being|"
    rf"collection)|"
    rf"each time|every time|if possible|(?:after|before|by|from|at|around|about|till|between) "
    rf"(?:about |around |noon|midday|lunch|{STRONG_CLOCK})|after that|afterwards|after|before|"
    rf"ring|knock|text|"
    rf"on (?:your|my|our) (?:way|own|behalf)|on (?:{NAMED_DAY})|(?:next |this |"
    rf"on )?(?:{NAMED_DAY})|"
    rf"to be safe|to be honest|just(?! (?:inside|outside|by|behind|past|off|below|above|beside|at|"
    rf"in|on|under))|only|also|straight away|right away|thats|its)\b"
)
_VOCATIVE = re.compile(
    r"(?<!my)(?<!our)(?<!the)(?<!old)(?<!young)(?<!it)(?<!delivery) (?:mate|love|buddy|pal|boss|"
    r"dear|sir|man|bro|darling|madam|ma'am|eh|"
    r"sweetheart|hun|hon|dude|innit|chief|guv|sweetie|honey|petal|cobber|everybody does)$"
)
_AND = re.compile(r"\s+(?:and|&)\b(?! mrs\b| missus\b)")
_DETERMINERS = re.compile(
    r"^(?:(?:(?:one|any|some|either) of (?:the|my|our)|the|a|an|my|our|your|their|his|her|that|"
    r"this|these|those|them|some|any|"
    r"either|both)\s+)+"
)


_NEXT_THING = re.compile(
    r"(?<!\bof)(?<!\bby)(?<!\bin)(?<!\bon)(?<!\bat)(?<!\bto)(?<!\bthe)(?<!\bfrom)(?<!\bwith)(?<!\bnear)"
    r"(?<!\bunder)(?<!\bover)(?<!\binto)(?<!\bonto)(?<!\band)(?<!\bor)(?<!\bfor)(?<!\bbehind)(?<!\bbeside)"
    r"(?<!\bpast)(?<!\bround)(?<!\baround)(?<!\binside)(?<!\boutside)(?<!\bbetween)(?<!\bopposite)(?<!\banswers)"
    r"(?<!\bbelow)(?<!\babove)(?<!\bup)(?<!\bdown)(?<!\bacross)(?<!\bthrough)(?<!\ball)(?<!\bunderneath)"
    r"(?<!\bbeneath)(?<!\bagainst)(?<!\balong)(?<!\bout)(?<!\boff) (?:the|my|our) "
)
"""Where a second noun phrase begins with nothing to join it to the first."""


_BORNE = re.compile(
    r"\bwith (?:(?!and\b|or\b)[\w'-]+ ){1,4}(?:on|in|over|round|under|across|beside|behind) (?:it|"
    r"them)\b"
)
"""What a thing bears, which tells it from others: "the bin with 40 on it"."""


def noun_phrase(words: str, *, keep_and: bool = False) -> str:
    """Return the phrase at the start of ``words`` and its article, cut where another begins."""
    stop = _STOP.search(words)
    borne = _BORNE.search(words)
    if stop and borne and borne.start() < stop.start() < borne.end() == stop.end():
        stop = _STOP.search(words, borne.end())
    phrase = _VOCATIVE.sub("", words[: stop.start()] if stop else words)
    if ahead := _NEXT_THING.search(phrase):
        phrase = phrase[: ahead.start()]
    if not keep_and and (joint := _AND.search(phrase)):
        phrase = phrase[: joint.start()]
    return phrase.strip(" ,;:?!_").removesuffix(" and").strip()


def bare(phrase: str) -> str:
    """Return a noun phrase without its article or possessive."""
    return _DETERMINERS.sub("", phrase).strip().removesuffix(".")
