"""Takes clauses in one after another, letting a correction replace what it corrects."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.rules.analysis import Kind
from app.rules.directives.choices import second_choice, with_otherwise
from app.rules.directives.corrections import (
    correction_mark,
    denied,
    is_undecided,
    last_of,
    same_family,
    takes_back,
)
from app.rules.directives.framing import in_frame, read_as
from app.rules.directives.merging import TIMES
from app.rules.directives.numbers import ORDINAL
from app.rules.directives.readers import read_clause
from app.rules.directives.reading import Reading, Scene

_MAKE_IT = re.compile(r"(?:(?:and|so|but|then|please) )*make (?:it|that) ")
_SOMEBODY_ELSE = re.compile(r"(?:s?he|they)(?:'s|'re|'ll| is| are| will| won't| isn't| aren't)\b")
_THEIR_DAY = re.compile(
    r"(?:s?he|they|it)(?:'s|'re)? (?:only |always |usually |often )?(?:finish|leave|clos|shut|go|"
    r"knock|"
    r"start|open|work|not|is|are|away|off)\w*\b"
)
_REASON = re.compile(
    r"^its \w+ \w+$|^(?:the|my|our) (?:[\w']+ ){1,3}?(?:is|are|isn't|aren't|won't|doesn't|can't)\b|"
    r"^(?:the|my|our) [\w ]+'s (?:locked|shut|closed|full|broken|gone|out|not|away|at|on)\b|"
    r"^(?!(?:it|that)'s (?:the|my|our|number|flat|\d|(?:zero|oh|one|two|three|four|five|six|seven|"
    r"eight|nine|double|star|hash)\b))(?:they|it|he|she|we|i|there|you|that)(?:'\w+)? \w+|"
    r"^(?:s?he|they|it|we|i|there)'\w+$"
)
"""A sentence of its own behind a mark: it tells why, and replaces nothing."""
_PLACED = frozenset({Kind.LEAVE_AT, Kind.LEAVE_WITH, Kind.HAND_OVER, Kind.REDIRECT, Kind.ACCESS})
_OTHER_DEED = re.compile(
    r"^(?:just |please )*(?:bring|take|leave|put|give|hand|keep|send|drop|come|go|let|get) "
    r"(?:it|them|that|home|back)\b"
)
_A_FLOOR = re.compile(rf"^(?:the )?{ORDINAL}$")
_CHANGED = re.compile(
    r"\b(?:it|that|they|we)(?:'s|'ve| has| have)? (?:been )?changed(?: it)?$|\bthat's the old one$"
)
"""What makes the code just said an old one."""
_MERELY_WHY = re.compile(
    r"^(?:(?:because|as|since|cos|sorry|i'm sorry) )*(?:i've|we've|i|we) (?:just )?changed (?:my|"
    r"our) minds?"
)
_A_TIME_ONLY = re.compile(
    r"^(?:(?:half|quarter|ten|twenty|five) (?:past |to )?)?[\w:]+(?: o'clock| thirty| fifteen| am|"
    r" pm)?$"
)


@dataclass(frozen=True, slots=True)
class Mending:
    """A correction under way: its mark ("no, wait"), and what was denied and not yet replaced."""

    mark: str = ""
    retracted: Reading | None = None


@dataclass(frozen=True, slots=True)
class _Correction:
    """A clause's words without the mark, how sure the mark is, and what was denied before it."""

    words: str
    strong: bool
    retracted: Reading | None


def take_in(scene: Scene, readings: list[Reading], mending: Mending) -> Mending:
    """Add what a clause yields to ``readings``, replacing what it corrects; return what is open."""
    said = f"{mending.mark}, {scene.whole}" if mending.mark else scene.whole
    words, strong = correction_mark(said)
    if readings and (what := denied(scene.whole)):
        index = _named(readings, what)
        if index is not None:
            _use(scene)
            return Mending("sorry wait", readings.pop(index))
    if readings and _withdraws(scene, readings):
        _use(scene)
        last = readings.pop()
        return Mending("sorry wait", last if last.kind in _PLACED else None)
    if not words and said:
        _use(scene)
        return Mending(said, mending.retracted)
    found = read_clause(scene)
    told = scene.whole if mending.mark else words
    if (mending.mark or strong) and found and all(_is_reason(one, told) for one in found):
        return Mending(f"{mending.mark or 'sorry'}, wait", mending.retracted)
    if (
        strong
        and not found
        and (said_last := mending.retracted or (readings[-1] if readings else None))
        and (_REASON.match(words) or _speaks_of(said_last, words))
    ):
        return Mending("sorry wait", mending.retracted)
    if (strong or words != said or mending.retracted) and (readings or mending.retracted):
        correction = _Correction(words, strong, mending.retracted)
        found = _corrected(scene, correction, found, readings)
    if not found and readings and (order := second_choice(scene, readings[-1])):
        found = read_as(order, readings[-1], scene)
        if found:
            _use(scene)
    readings.extend(with_otherwise(scene, found))
    return Mending()


def _use(scene: Scene) -> None:
    """Count a clause as used: its words put others right, or are read in the place of others."""
    scene.page.blot(scene.start, scene.end)


def _withdraws(scene: Scene, readings: list[Reading]) -> bool:
    """Whether a clause takes the last reading back, or makes the code just said an old one."""
    if "code" in readings[-1].slots and _CHANGED.search(scene.whole):
        return True
    if readings[-1].kind in (Kind.CONFIRM, Kind.CANCEL) and is_undecided(scene.whole):
        return True
    return takes_back(scene.whole) and not _cancels_anew(scene, readings)


def _speaks_of(last: Reading, words: str) -> bool:
    """Whether words tell something of the place just named: "no, the kiln's hot"."""
    said = str(last.slots.get("place", last.slots.get("recipient", ""))).split()
    either = "|".join({re.escape(word) for word in said[:1] + said[-1:]})
    told = rf"(?:(?:the|my|our) )?(?:{either})(?:'s| is| are| isn't| aren't) \w+"
    return bool(said) and re.match(told, words) is not None


def _is_reason(one: Reading, told: str) -> bool:
    """Whether a reading tells of somebody else's day: "no, he's on holiday, give it to …"."""
    if one.kind in TIMES and _THEIR_DAY.match(told):
        return True
    return one.kind is Kind.UNAVAILABLE and (
        _SOMEBODY_ELSE.match(one.quoted.lower()) is not None or (one.loose and not one.slots)
    )


def _named(readings: list[Reading], what: str) -> int | None:
    """Return which reading speaks of a thing."""
    return next(
        (
            index
            for index, one in enumerate(readings)
            if what in one.quoted.lower() or what in one.wording
        ),
        None,
    )


def _cancels_anew(scene: Scene, readings: list[Reading]) -> bool:
    """Whether "cancel it" here cancels the parcel rather than the last remark."""
    if readings[-1].kind is Kind.CANCEL and _MERELY_WHY.search(scene.whole):
        return True
    said = re.search(r"\bcancel (?:it|that)\b", scene.whole)
    return (
        said is not None
        and readings[-1].kind is not Kind.CONFIRM
        and not re.search(r"\b(?:scrap|scratch|forget|don't)\b", scene.whole)
    )


def _corrected(
    scene: Scene, correction: _Correction, found: list[Reading], readings: list[Reading]
) -> list[Reading]:
    """Return what a correcting clause amounts to, having removed what it replaces."""
    last = correction.retracted or readings[-1]
    fresh = [one for one in found if not (one.kind is Kind.CONFIRM and one.loose)]
    if last.kind is Kind.UNAVAILABLE and fresh and _MAKE_IT.match(scene.whole):
        if correction.retracted is None and last.quoted.lower().startswith("not "):
            readings.remove(last)
        return fresh
    only_a_time = (
        last.kind in (*TIMES, Kind.CONTACT) and _A_TIME_ONLY.match(correction.words) is not None
    )
    only_a_time = only_a_time or (
        "floor" in last.slots and _A_FLOOR.match(correction.words) is not None
    )
    if fresh and not only_a_time:
        _make_room(readings, fresh, strong=correction.strong)
        return [replace(_of_that_day(one, last), mends=True) for one in fresh]
    if not 0 < len(correction.words.split()) <= (9 if correction.strong else 5):
        return fresh
    if _REASON.match(correction.words) or _OTHER_DEED.match(correction.words):
        return fresh
    fragment = in_frame(last, correction.words, scene)
    if fragment:
        _use(scene)
    if fragment and correction.retracted is None:
        readings.remove(last)
    return fragment or fresh


def _of_that_day(one: Reading, last: Reading) -> Reading:
    """ "Tomorrow after two, no, after three": the hour is corrected, the day stays."""
    stays = last.kind is Kind.RESCHEDULE and one.kind is Kind.TIME_WINDOW and "date" in last.slots
    if not stays or "date" in one.slots:
        return one
    return replace(one, kind=last.kind, slots={"date": last.slots["date"], **one.slots})


def _make_room(readings: list[Reading], fresh: list[Reading], *, strong: bool) -> None:
    """Remove the readings that fresh ones replace."""
    for one in fresh:
        if one.slots.get("action") in ("ring_bell", "call"):
            _withdraw_call(readings)
        kinds = frozenset(kind for kind in Kind if same_family(kind, one.kind))
        index = last_of(readings, kinds)
        if index is not None and _replaces(readings[index], one, strong=strong):
            del readings[index]
    if readings and readings[-1].kind is Kind.CONFIRM:
        del readings[-1]


def _withdraw_call(readings: list[Reading]) -> None:
    """ "Ring, no, don't ring": what was asked for is asked for no more."""
    if (index := last_of(readings, frozenset({Kind.CONTACT}))) is not None and (
        readings[index].slots == {"channel": "call"}
    ):
        del readings[index]


def _replaces(old: Reading, new: Reading, *, strong: bool) -> bool:
    if old.kind is Kind.UNAVAILABLE and new.kind is not Kind.UNAVAILABLE and not strong:
        return False
    if new.kind in (Kind.AVOID, Kind.HANDLING, Kind.QUESTION):
        return False
    if new.kind is old.kind and new.kind in TIMES and not new.slots:
        return False
    if new.kind is Kind.ACCESS:
        return any(name in old.slots for name in new.slots)
    return new.kind is not Kind.CAUTION or strong
