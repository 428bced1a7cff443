"""Whether a "not" governs what was taken for a wish: "don't cancel it", "no need to text me".

The readers know the words of a wish; this is the one place that asks whether those words were
denied. A "not" governs a reading where it stands before it in its clause and nothing but small
words lies between: no other verb, no comma. "I can't hear the bell so call me" asks for a call.
"""

from __future__ import annotations

import re
from dataclasses import replace

from app.rules.analysis import Kind
from app.rules.directives.deeds import deed, where_not
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.windows import Window

_NOT = (
    r"(?P<not>(?<!why )(?:do|does|did|is|are|was|were|should|must|need|has|have|had|ai)n't|"
    r"(?<!why )(?:can't|won't|wouldn't|couldn't)(?! (?:you|i|we|he|she|they|someone|anyone)\b)|"
    r"(?<!why )not(?! (?:only|just)\b)|never|no need|no reason|no point|no use|no longer|no way|"
    r"without|rather than|instead of|as opposed to|no(?= (?:one|need|call|text|signature|id)\b)|"
    r"(?:nobody|who)(?: (?:ever|here))?(?= (?:said|says|asked|asks|told|wants|wanted|needs|need|"
    r"has|mentioned|ordered)\b))"
)
_ADVERB = (
    r"(?:ever|even|just|really|actually|necessarily|simply|please|dare|yet|also|exactly|"
    r"specifically|at all)"
)
_SUBJECT = (
    r"(?:you|i|we|he|she|they|anyone|someone|the driver|your driver|the courier|him|them|her|"
    r"anything|people|nobody)"
)
_OPEN = (
    r"(?:(?:want|need|like|wish|car|intend|mean|plan|expect|hop|try|look|ask|think|thinking|request|"
    r"requir|allow|suppos|authori[sz]|oblig|bother|say|going|hav|be|get|tell)"
    r"(?:s|es|e|d|ed|ing|ning|n)?|"
    r"trying|said|meant|told|has|had|got|been|able|about|necessary|worth|wanting|it's|is|i'd|"
    r"it|this|that|a|an|the|my|our|your|any|for|of|with|by|to|in)"
)
_BEFORE_VERB = rf"(?:to|and|say|says|said|saying|asked|asking|told|bother|be|try|tell|{_SUBJECT})"
_TIGHT = re.compile(
    rf"\b{_NOT}(?P<bridge>(?: {_ADVERB})*(?:(?: (?:{_OPEN}|{_SUBJECT}|{_ADVERB}))*? {_BEFORE_VERB}"
    rf"(?: {_ADVERB})*)?) $"
)
"""Before an order ("cancel it"), which begins anew behind "I don't want it"."""
_LOOSE = re.compile(rf"\b{_NOT}(?P<bridge>(?: (?:{_OPEN}|{_SUBJECT}|{_ADVERB}))*) $")
"""Before any other words: "a signature", "cancelled", "the wrong number"."""
_ORDER = re.compile(
    r"(?:cancel|call|ring|phone|text|message|send|give|leave|put|take|bring|drop|let|get|connect|"
    r"transfer|patch|pass|hide|keep|stop|quit|speak|talk|come|deliver|cover|stash|store|return|"
    r"refuse|"
    r"reject|tell|use|lose|delete|remove|opt|unsubscribe|reschedule|rearrange|postpone|move|"
    r"redeliver|find|have|hold|delay|change|handle|carry|ping|shoot|notify|warn|inform|hand|pop)\b"
)
_DENIED_BEHIND = re.compile(
    r"^(?: (?:is|are|was|will|would|'s))?(?:'s)? ?(?:not|isn't|aren't|wasn't|won't be|"
    r"wouldn't be|never)(?: (?:be|really|actually|at all|even))* (?:needed|necessary|required|"
    r"wanted|called for|asked for|allowed|called off)\b"
)
_NEVER_DENIED = re.compile(r"^(?:without|unless|except|nobody|not|never|no)\b")
_BUT_FOR = re.compile(r"\b(?:but|except|other than|apart from|besides|else|unless|without)\b")
_PAST = frozenset({"didn't", "wasn't", "weren't", "hasn't", "haven't", "hadn't", "instead of"})
_ANY_NOT = re.compile(r"n't\b|\b(?:not|never)\b")
_ABLE = re.compile(r"can't|couldn't")
_COMING = (
    r"(?:come|coming|deliver|delivering|delivered|delivery|bring|bringing|brought|drop|dropping|"
    r"send|sending|arrive|arriving|turn|show|try|do|make|round|here|over|by|out|up|off|back|again|"
    r"on|at|in|for|around|about|the|parcel|package|order|box|thing|them|one|anything|want|need|be)"
)
_NOT_THEN = re.compile(
    rf"\b{_NOT}(?: (?:{_OPEN}|{_SUBJECT}|{_ADVERB}|{_COMING}))*"
    rf" (?:{_COMING}|it|this|that)(?: (?:{_ADVERB}|{_COMING}|it|this|that))* *$"
)
"""Before a day or an hour for which the parcel is not wanted."""
_SIDED = re.compile(r" *(?:before|after|until|till?|by|since|past)\b")
_SERVICE = frozenset({Kind.CANCEL, Kind.OPT_OUT, Kind.WRONG_NUMBER, Kind.SPEAK_TO_HUMAN})
_WISHES = _SERVICE | {
    Kind.CONTACT,
    Kind.HANDLING,
    Kind.HAND_OVER,
    Kind.LEAVE_AT,
    Kind.LEAVE_WITH,
    Kind.REDIRECT,
    Kind.RESCHEDULE,
    Kind.QUESTION,
    Kind.CAUTION,
    Kind.ACCESS,
}
_SIGNED = re.compile(r"\b(?:sign(?:ed|ing|s)?|signature|id|identification|passport|licen[cs]e)\b")
_LEAVING = re.compile(r" (?:leave|put|have|keep|make|store|carry|stand)(?: (?:it|them|that))? $")
_FORBIDS = re.compile(
    r"(?:(?<!\byou )(?<!\bthey )(?<!\bhe )(?<!\bshe )(?:don't|never)(?: ever)?|needn't|mustn't|"
    r"shouldn't|no need|not|rather than|instead of|don't)$"
)
_STATED = re.compile(r"\b(?:you|they|he|she|it|i|we)(?: \w+)? $")
_WANTED = re.compile(r"^ (?:really |actually |even )*(?:have|need|want|like|bother)\b")


def as_meant(scene: Scene, one: Reading) -> Reading | None:
    """Return a reading as it is meant: itself, the avoid that a "not" makes it, or nothing."""
    denial = _denial(scene, one)
    if denial is None:
        return one
    begin = denial.start("not") if denial.re is not _DENIED_BEHIND else None
    if begin is None or not _forbids(scene.whole, denial):
        return None
    action = _forbidden(scene, one)
    if not action:
        return None
    scene.page.blot(scene.start + begin, one.end)
    start = scene.start + begin
    return replace(
        one, kind=Kind.AVOID, start=start, slots={"action": action}, confidence=0.85, wording=""
    )


def is_forbidden(text: str, window: Window) -> bool:
    """Whether a window is one at which not to come: "don't bring it tomorrow"."""
    start, _ = min(window.spans)
    found = _NOT_THEN.search(text[:start])
    return found is not None and not _SIDED.match(text[start:]) and found["not"] not in _PAST


def _denial(scene: Scene, one: Reading) -> re.Match[str] | None:
    """Return the "not" that governs a reading, if any does."""
    plain = scene.page.spoken.plain
    words, before = plain[one.start : one.end], plain[scene.start : one.start]
    if one.kind not in _WISHES or _NEVER_DENIED.match(words):
        return None
    if one.kind is Kind.RESCHEDULE and one.slots:
        return None  # ``is_forbidden`` has judged its day.
    if one.kind is Kind.HAND_OVER:
        if _BUT_FOR.search(words) or not ({"signature", "id_check"} & set(one.slots)):
            return None
        if signed := _SIGNED.search(words):
            before, words = before + words[: signed.start()], words[signed.start() :]
    if one.kind is Kind.HANDLING and not words.startswith("where "):
        before = _LEAVING.sub(" ", before)
    found = (_TIGHT if _ORDER.match(words) else _LOOSE).search(before)
    if found is None:
        return _DENIED_BEHIND.match(plain[one.end : scene.end])
    unable = one.kind is Kind.SPEAK_TO_HUMAN and _ABLE.match(found["not"])
    twice = found["not"] == "without" and _ANY_NOT.search(before)
    return None if unable or twice else found


def _forbids(whole: str, denial: re.Match[str]) -> bool:
    """Whether a denial is an order to the driver, not a statement: "you never text me" is none."""
    if _WANTED.match(denial["bridge"]):
        return denial["not"] in ("don't", "no need", "needn't")
    stated = _STATED.search(whole[: denial.start("not")]) and denial["not"] in ("don't", "never")
    return not stated and _FORBIDS.search(denial["not"]) is not None


def _forbidden(scene: Scene, one: Reading) -> str:
    """Return the avoid's action for what was forbidden; empty where the driver has none of it."""
    if one.kind is Kind.CONTACT:
        return "call" if one.slots.get("channel") == "call" else "other"
    if one.kind is Kind.HANDLING:
        return "" if one.slots.get("note") in ("fragile", "heavy", "perishable") else "other"
    if one.kind in (Kind.LEAVE_AT, Kind.LEAVE_WITH, Kind.REDIRECT):
        words = scene.page.spoken.plain[one.start : one.end]
        found = deed(words)
        return found[0] if found else where_not(words)
    return ""
