"""What becomes of a second reader's answer: it is checked, then held against our own reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.rules.analysis import CHOICES, Directive, Kind, SlotValue
from app.rules.second_opinion.masking import Sent, figures
from app.rules.second_opinion.schema import Proposal, parse
from app.rules.second_opinion.spoken import find, flat, sounds_of
from app.rules.second_opinion.support import supported

CONFIDENCE = 0.5
"""Of what only the second reader found: nobody has measured how often it is right."""
LONGEST_QUOTE = 300
"""Letters; who quotes more has not said which words a directive comes from."""
_FIGURES = ("code", "unit", "phone")
_EXACT = ("start", "end", "minutes", "signature", "id_check", *CHOICES)
_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "my",
        "our",
        "your",
        "at",
        "in",
        "on",
        "by",
        "with",
        "to",
        "of",
        "behind",
        "under",
        "beside",
        "near",
        "inside",
        "into",
        "if",
        "when",
        "its",
        "it",
        "is",
        "are",
    ]
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a second reader understood, as far as its words were really said."""

    directives: tuple[Directive, ...]
    dropped: int
    """How many directives were thrown away because nobody said so."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two readings differ."""

    proposed: tuple[Directive, ...] = ()
    """What only the second reader found, or found otherwise."""
    doubted: tuple[Kind, ...] = ()
    """Kinds that only we found."""

    def __bool__(self) -> bool:
        return bool(self.proposed or self.doubted)


def checked(content: str, sent: Sent, at: datetime) -> Opinion:
    """Read an answer, and keep of it what was said in the transcript that was ``sent``.

    Hidden numbers are put back. Raises NonsenseError for what does not fit the schema.
    """
    proposals = parse(content)
    found = [_directive(each, sent, at) for each in proposals]
    kept = tuple(each for each in found if each is not None)
    return Opinion(kept, len(proposals) - len(kept))


def _directive(proposal: Proposal, sent: Sent, at: datetime) -> Directive | None:
    """The proposal in the customer's own spelling; None where it was not said."""
    quote = proposal.quote
    said = find(quote, sent.text) if len(quote) <= LONGEST_QUOTE else None
    if said is None or not supported(proposal.slots, said, at):
        return None
    slots = {name: _value(name, value, sent) for name, value in proposal.slots.items()}
    return Directive(proposal.kind, " ".join(sent.reveal(said).split()), CONFIDENCE, slots)


def _value(name: str, value: SlotValue, sent: Sent) -> SlotValue:
    if not isinstance(value, str) or name in CHOICES:
        return value
    said = sent.reveal(value)
    return figures(said) if name in _FIGURES else " ".join(said.lower().split())


def difference(ours: Sequence[Directive], theirs: Sequence[Directive], at: datetime) -> Difference:
    """Hold the second reading against ours; a bare yes beside anything else counts for nothing."""
    ours, theirs = _without_yes(ours), _without_yes(theirs)
    proposed = [each for each in theirs if not any(_alike(each, own, at) for own in ours)]
    found = {each.kind for each in theirs}
    doubted = dict.fromkeys(each.kind for each in ours if each.kind not in found)
    return Difference(tuple(proposed), tuple(doubted))


def _without_yes(directives: Sequence[Directive]) -> Sequence[Directive]:
    rest = [each for each in directives if each.kind is not Kind.CONFIRM]
    return rest or directives


def _alike(one: Directive, other: Directive, at: datetime) -> bool:
    """Would a driver do the same?"""
    if one.kind is not other.kind or _day(one.slots, at) != _day(other.slots, at):
        return False
    names = {*one.slots, *other.slots} - {"date"}
    return all(_same(name, one.slots.get(name), other.slots.get(name)) for name in names)


def _day(slots: Mapping[str, SlotValue], at: datetime) -> SlotValue:
    """A window without a day is one of today."""
    return slots.get("date") or at.date().isoformat()


def _same(name: str, one: SlotValue | None, other: SlotValue | None) -> bool:
    if one is None or other is None or name in _EXACT:
        return one == other
    if name in _FIGURES:
        return figures(str(one)) == figures(str(other))
    first, second = (set(flat(sounds_of(str(each)))) - _SMALL for each in (one, other))
    # "Bench" and "bench by the front door" are one place, told more or less closely.
    return first <= second or second <= first
