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
from app.rules.directives.negators import ADVERB, BEFORE_A_THING, BEFORE_AN_ORDER, MOVED
from app.rules.directives.reading import Reading, Scene

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
_BE_NOT = frozenset({"isn't", "aren't", "wasn't", "weren't", "haven't", "hasn't", "hadn't"})
_IS = re.compile(r"(?:'m|'re|'s|\bis|\bare|\bam|\bwas) $")
_MYSELF = re.compile(r"\b(?:i|we|nobody|he|she)(?: \w+ly)? $")
_ANY_NOT = re.compile(r"n't\b|\b(?:not|never|nobody|no)\b")
_ABLE = re.compile(r"can't|couldn't")
_NEAR = 80
"""Letters before a wish among which its "not" is looked for."""
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
    Kind.ACCESS,
}
_NATURE = frozenset({"fragile", "heavy", "perishable"})
_SIGNED = re.compile(r"\b(?:sign(?:ed|ing|s)?|signature|id|identification|passport|licen[cs]e)\b")
_SHOWING = re.compile(r"\b(?:check|see|show|take|collect|obtain|produce|bring)(?:ing)? ")
_NOT_ASKED = re.compile(
    r"\b(?P<not>not asking|(?:don't|no) (?:need|want|have) to (?:know|ask|hear|tell|say)|"
    r"don't care|don't tell|never mind|doesn't matter)(?P<bridge>(?: (?:me|us|about|anyone))*) $"
)
_LEAVING = re.compile(r" (?:leave|put|have|keep|make|store|carry|stand)(?: (?:it|them|that))? $")
_FORBIDS = re.compile(
    r"(?:(?<!\byou )(?<!\bthey )(?<!\bhe )(?<!\bshe )(?:don't|never)(?: ever)?|needn't|mustn't|"
    r"shouldn't|no need|not|rather than|instead of|don't)$"
)
_STATED = re.compile(r"\b(?:you|they|he|she|it|i|we)(?: \w+)? $")
_SPARED = re.compile(r"(?:no need|needn't|don't (?:have|need))\b")
"""What need not be is not forbidden: "no need to hide it"."""
_WANTED = re.compile(r"^ (?:really |actually |even )*(?:have|need|want|like|bother)\b")


def as_meant(scene: Scene, one: Reading) -> Reading | None:
    """Return a reading as it is meant: itself, the avoid that a "not" makes it, or nothing."""
    denial = _denial(scene, one)
    if denial is None:
        return one
    if denial.re in (_DENIED_BEHIND, MOVED) or not _forbids(denial):
        return None
    spared = one.kind is Kind.HANDLING and _SPARED.match(denial.group())
    action = "" if spared else _forbidden(scene, one)
    if not action:
        return None
    start = max(scene.start, one.start - len(denial.group()))
    scene.page.blot(start, one.end)
    return replace(
        one, kind=Kind.AVOID, start=start, slots={"action": action}, confidence=0.85, wording=""
    )


def _denial(scene: Scene, one: Reading) -> re.Match[str] | None:
    """Return the "not" that governs a reading, if any does."""
    if one.kind not in _WISHES:
        return None
    before, words = _split(scene, one)
    if one.kind is Kind.RESCHEDULE and one.slots:  # ``negators.is_forbidden`` has judged its day.
        return MOVED.search(before)
    if one.kind is Kind.QUESTION:
        return _NOT_ASKED.search(before)
    signed = bool({"signature", "id_check"} & set(one.slots))
    bound = one.kind is Kind.HAND_OVER and (_BUT_FOR.search(words) is not None or not signed)
    if bound or _NEVER_DENIED.match(words):
        return None
    order = _ORDER.match(words) is not None
    found = (BEFORE_AN_ORDER if order else BEFORE_A_THING).search(before)
    if found is None:
        return _DENIED_BEHIND.match(scene.page.spoken.plain[one.end : scene.end])
    anew = _answers(before, found, one) if order else one.kind is Kind.LEAVE_WITH
    unable = one.kind is Kind.SPEAK_TO_HUMAN and _ABLE.match(found["not"])
    twice = found["not"] == "without" and _ANY_NOT.search(before)
    return None if anew or unable or twice else found


def _split(scene: Scene, one: Reading) -> tuple[str, str]:
    """Return what stands before the words that a "not" may deny, and these words."""
    plain = scene.page.spoken.plain
    words, before = plain[one.start : one.end], plain[scene.start : one.start]
    if plain.endswith("why ", 0, scene.start):
        before = f"why {before}"
    if before.strip() in ("", "or", "nor") and (_ORDER.match(words) or one.kind is Kind.QUESTION):
        before = _since_stop(plain, one.start)
    signed = _SIGNED.search(words) if one.kind is Kind.HAND_OVER else None
    if signed and not _BUT_FOR.search(words):
        said = _SHOWING.sub("", words[: signed.start()])
        return before + said, words[signed.start() :]
    if one.kind is Kind.HANDLING and not words.startswith("where "):
        before = _LEAVING.sub(" ", before)
    return before, words


def _since_stop(plain: str, end: int) -> str:
    """Return the words before a place since the last stop or comma; a clause may begin without."""
    stop = re.search(r"[^.,;:!?]*$", plain[max(0, end - _NEAR) : end])
    return (stop.group() if stop else "").lstrip()


def _answers(before: str, found: re.Match[str], one: Reading) -> bool:
    """Whether a "not" ends an answer and the order begins anew: "no I'm not leave it with Pete"."""
    if re.search(rf" (?!{ADVERB}\b)\w", found["bridge"]):
        return False
    if found["not"] in _BE_NOT or _IS.search(before[: found.start("not")]):
        return True
    return one.kind not in _SERVICE and _MYSELF.search(before[: found.start("not")]) is not None


def _forbids(denial: re.Match[str]) -> bool:
    """Whether a denial is an order to the driver, not a statement: "you never text me" is none."""
    if _WANTED.match(denial["bridge"]):
        return denial["not"] in ("don't", "no need", "needn't")
    told = denial["not"] in ("don't", "never")
    stated = told and _STATED.search(denial.string[: denial.start("not")])
    return not stated and _FORBIDS.search(denial["not"]) is not None


def _forbidden(scene: Scene, one: Reading) -> str:
    """Return the avoid's action for what was forbidden; empty where the driver has none of it."""
    if one.kind is Kind.CONTACT:
        return "call" if one.slots.get("channel") == "call" else "other"
    if one.kind is Kind.HANDLING:
        return "" if one.slots.get("note") in _NATURE else "other"
    if one.kind in (Kind.LEAVE_AT, Kind.LEAVE_WITH, Kind.REDIRECT):
        words = scene.page.spoken.plain[one.start : one.end]
        found = deed(words)
        return found[0] if found else where_not(words)
    return ""
