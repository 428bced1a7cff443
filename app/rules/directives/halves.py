"""Tells which cuts would leave half a clause behind, so that its halves stay together."""

from __future__ import annotations

import re

from app.rules.directives.days import MONTH
from app.rules.directives.lexicon import TITLE
from app.rules.directives.numbers import ORDINAL

_DANGLING = re.compile(
    r"(?:^|\s)(?:with|to|at|by|behind|under|near|beside|from|of|for|across|opposite|next to|into|"
    r"inside|outside|the|my|our|your|a|an|there's|if|when)\s*$"
)
_VERB_ALONE = re.compile(
    r"(?:^|\s)(?<!n't )(?<!or )(?<!never )(?<!not )(?:text|call|ring|phone|give|ask|use|mind|"
    r"tell)\s*$"
)
_TRY_AND = re.compile(r"(?:^|\s)(?:don't|never|not|to) (?:you )?(?:try|go|come)\s*$")
_AND_DO = re.compile(r"and (?!don't\b)\w")
"""The halves of "don't try | and open it"."""
_JOINT_NEXT = re.compile(
    r"(?:just (?:leave|put|pop|drop)|and|but|so|or|because|then|don't|please)\b"
)
_NOUN_NEXT = re.compile(rf"(?:the|my|our|him|her|them|{TITLE})\b")
"""What leaves a phrase open: its other half is no clause of its own."""
_QUESTION_SO_FAR = re.compile(
    r"^(?:(?:and|but|so|also|or|well) )*(?:(?:do|does|did) (?:(?!you\b|i\b|we\b)\w+\s+){1,3}|"
    r"(?:has|have|is|are|was|will) (?:it|they|he|this|that|my \w+|the \w+)\s+)$"
)
_ONLY_WHEN = re.compile(
    rf"^(?:(?:and|but|so|well|okay|ok|yeah|yes|sir|madam|then|also|the|on|in|at|by|for|this|next|"
    rf"early|late|of|only|after|before|until|from|all)\s+)*(?:(?:today|tonight|tomorrow|morning|"
    rf"afternoon|evening|forenoon|night|noon|midday|week(?:end)?|(?:mon|tues|wednes|thurs|fri|"
    rf"satur|sun)days?|lunchtime|only|first thing|{ORDINAL}|of|the|after|before|by|eve|christmas|"
    rf"(?:{MONTH})|coming|that|after tomorrow|day)[,\s]+)+$"
)
_SUBJECT_NEXT = re.compile(
    r"(?:i'm|i'll|i (?:won't|can't)|we're|we'll|we (?:won't|can't)|nobody's|nobody will|there's|"
    r"nobody|no one)\b"
)


def kept_cuts(plain: str, cuts: dict[int, bool]) -> list[int]:
    """Return the cuts that part two clauses, without those that leave half of one behind."""
    starts = sorted(cuts)
    kept = starts[:1]
    for cut in starts[1:]:
        before = plain[kept[-1] : cut]
        joined = cuts[cut]
        unfinished = (
            joined
            and not _JOINT_NEXT.match(plain, cut)
            and (
                _DANGLING.search(before)
                or _QUESTION_SO_FAR.match(before)
                or (_VERB_ALONE.search(before) and _NOUN_NEXT.match(plain, cut))
            )
        )
        subject_follows = _SUBJECT_NEXT.match(plain, cut)
        tried = _TRY_AND.search(before) and _AND_DO.match(plain, cut)
        if (
            unfinished
            or tried
            or (_ONLY_WHEN.match(before.lstrip()) and (joined or subject_follows))
        ):
            continue
        kept.append(cut)
    return kept
