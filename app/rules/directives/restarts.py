"""Codes that are looked for or begun again while they are said: "it's, hang on, 99, yeah, 9915".

Rows of a pattern and what it becomes, for the plain form: the search and the first attempt go,
so that the code stands in one piece. An attempt counts as begun again only where the next one
starts with the same digit; "four five, no, six" corrects a tail and stays.
"""

from __future__ import annotations

_DIGIT = (
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|nought|double \w+|triple \w+|hash|"
    r"star|pound|asterisk|\d+)"
)
_LOCK_CODE = r"\b(?:code|pin|combination|combo|passcode|keypad)"
_LOOKING = (
    r"(?:hang on|hold on|wait|let me (?:see|find it|check|think|look|get it)|what (?:is|was) it|"
    r"what's it|one sec(?:ond)?|(?:just )?a (?:sec(?:ond)?|minute|moment)|i think|"
    r"i believe|i've got it here|here we (?:go|are))"
)
_AGAIN = (
    r"(?:no|yeah|yes|sorry|wait|actually|i mean|hang on|hold on|let me start again|start again|"
    r"or rather|no wait|no sorry|that's it|right)"
)
RESTARTS: tuple[tuple[str, str], ...] = (
    (rf"({_LOCK_CODE})(?: first| here| now| please)?: (?={_DIGIT}\b)", r"\1 is "),
    (rf"({_LOCK_CODE})(?: is|'s)?,? (?:{_LOOKING},? )+(?:it's |is )?(?={_DIGIT}\b)", r"\1 is "),
    (
        rf"({_LOCK_CODE})(?:'s| has| have|'ve)? (?:been )?changed,? (?:to |and |so |but )?(?:it's "
        rf"|is )"
        rf"(?:now )?(?={_DIGIT}\b)",
        r"\1 is ",
    ),
    (rf"({_LOCK_CODE}),? it's (?={_DIGIT}\b)", r"\1 is "),
    (
        rf"({_LOCK_CODE})(?:'s not|'s no longer| (?:isn't|is not|is no longer|"
        rf"wasn't)) {_DIGIT}(?:[ ,]+{_DIGIT})*"
        rf"(?:,? (?:any ?more|any longer|now))?,? (?:(?:but|and|now|so|because),? )*(?:it's|it is|"
        rf"use|try|that's)(?: now| actually| been)? (?={_DIGIT}\b)",
        r"\1 is ",
    ),
    (
        rf"({_LOCK_CODE}(?: is|'s) )({_DIGIT})(?:,? {_DIGIT}){{1,5}},? (?:{_AGAIN},? )+"
        rf"(?:it's )?(?=\2(?:,? {_DIGIT}){{2,}})",
        r"\1",
    ),
)
