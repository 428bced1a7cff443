"""Times named without asking for anything: what was, what is only asked, what is agreed."""

from __future__ import annotations

import re

from app.rules.directives.reading import Scene
from app.rules.directives.windows import Window

_CONFIRMING = re.compile(
    r"^(?:(?:yes|yeah|yep|yup|sure|okay|ok|right|hi|hello|no problem|absolutely|perfect|great|"
    r"lovely|oh|that's|so|and|well) ?)*(?:(?:today|tomorrow|that time|this (?:morning|afternoon|"
    r"evening)|that(?: day| slot| window)?|the (?:morning|afternoon|evening|time|slot)|\w+day|"
    r"tonight)(?:'s| is| are| sounds| will be| works| suits| would be|'ll be)(?: (?:absolutely|"
    r"just|totally|perfectly|all|really|very))*"
    r"(?: (?:fine|good|great|perfect|okay|ok|for me|for us|me|well|fine by me|lovely|ideal|"
    r"brilliant|works|be fine|alright|all right|no problem|a good time|fantastic|wonderful|"
    r"excellent))*)(?: (?:for (?:today|tonight|tomorrow|\w+day|this \w+)|for me|for us|by me|"
    r"with me|thanks|thank you|then|very much|today))*$"
)


_YES = re.compile(r"\b(?:yes|yeah|yep|yup|sure|okay|ok|perfect|great|lovely|fine)\b(?! on)")


_NOT_TODAY = re.compile(r"\b(?:don't|not|never) (?:come|deliver|bring it|send it|drop it)\b")


_REMARK = re.compile(
    r"^(?:(?:and|but|so|which|i think|i believe|oh|well|hang on|wait) )*(?:(?:that's|it's|which "
    r"is|that'll "
    r"be|that would be|today's|it is|that was|it was)(?: (?:a|the|on a|already|now|only|now "
    r"already|"
    r"still))* \w+day(?: (?:morning|afternoon|evening|today|already|now|i (?:think|believe|"
    r"reckon|guess)"
    r"))*$|"
    r"\w+day's (?:the|my|our|his|her|a) (?!best|better|good|fine|preferred)\w+|"
    r"(?:(?:no|sorry|so|yeah|um|hi) )*(?:\w+ )?what(?:'s| is| day| date| was)(?! (?:if|"
    r"about))\b(?!.*\b(?:you come|bring|deliver)\b))"
)
"""Which day it is, said or asked in passing."""


PAST = re.compile(
    r"(?<!have )(?<!want )(?<!get )(?<!like )(?<!need )(?<!having )(?<!getting )\b(?:(?:he|she|"
    r"it|they|i|we|nobody|someone|your \w+|the \w+) (?:just |already |only |never )?(?!need|feed|"
    r"bleed|"
    r"indeed|speed)(?:\w{2,}ed|fell|had|got|went|broke|lost|saw|died|sent|left it|put it|found|"
    r"brought|threw|"
    r"stood|spent|heard|did)\b(?= .*\b(?:this (?:morning|afternoon|evening)|today|yesterday|at|"
    r"since|last|on)\b)|"
    r"since (?:this |the )?(?:morning|\w+day|last|early|about|around|\w+)|it's (?:now|already|"
    r"gone|nearly|only|just gone)|yesterday|last (?:week|time|monday|tuesday|wednesday|thursday|"
    r"friday|saturday|sunday|"
    r"night|month)|(?:ordered|waited|waiting|stayed|bought|paid|missed|supposed|took|was (?:told|"
    r"left|delivered|dropped|put|thrown|stolen|late|"
    r"in|home|here|meant)|were (?:told|meant|supposed)|rang|called|emailed|(?<!he )(?<!she "
    r")(?<!i )said|told me|said \w+ (?:in|on) the (?:app|form|website|site|phone|order)|"
    r"should have|(?:app|text|email|message|website|site|card|note|letter|tracking|slip) "
    r"(?:says?|said|told|shows?)|promised|(?<!be )(?<!get )moved|been waiting|sat (?:in|here|at)|"
    r"i've been (?:in|"
    r"here)|"
    r"delivered to|(?<!you )(?<!they )(?<!he )came|ago))\b"
)


_QUESTION = re.compile(
    r"\b(?:what time|are you (?:still )?(?:coming|delivering)|will (?:it|you|they)|"
    r"is (?:it|this|that|anyone|someone|my \w+|the \w+) (?:(?:still|actually|definitely|even) "
    r")*(?:coming|due|"
    r"arriving|"
    r"going|out|on|being)|when(?! (?:i|we|he|she|my|our)\b)|do you know|how long)\b"
)


_ASKS_WHETHER = re.compile(
    r"^(?:(?:and|but|so) )*(?:is there (?:a|an|any) (?!way|chance)|how (?!about)|why (?!not)|"
    r"who|do you|did)\b"
)


_IS_THERE = re.compile(
    r"^(?:is (?:today|tonight|tomorrow|\w+day) (?:still|definitely|really)|is it (?!possible|ok|"
    r"all|too|feasible|fine)|are you (?!able))"
)


def _only_asks(scene: Scene, *, absent: bool) -> bool:
    text = scene.text
    if _REMARK.match(text) or _ASKS_WHETHER.match(text) or (scene.asked and _IS_THERE.match(text)):
        return True
    wishes = absent or re.match(r"(?:can|could|would) ", text)
    return _QUESTION.search(text) is not None and not wishes


def is_told_in_passing(scene: Scene, text: str, window: Window | None, *, absent: bool) -> bool:
    """Whether a clause only asks, remarks on the day, or tells of the past."""
    if _only_asks(scene, absent=absent):
        return True
    past = PAST.search(text) and not absent
    return window is not None and bool(past or re.search(r"\bsee (?:you|ya)\b", text))


def agrees_only(scene: Scene, text: str, window: Window) -> bool:
    """Whether a day is named only to agree to it, or to say no more than "don't come"."""
    agreed = _CONFIRMING.match(text.strip(" ,.!")) and not window.timed_by_clock(text)
    if agreed and (not window.other_day or _YES.search(f"{scene.before} {text}")):
        return True
    return not window.timed and not window.other_day and _NOT_TODAY.search(text) is not None
