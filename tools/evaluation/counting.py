"""Holds one answer against its label: what was found, missed, invented, and how sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.rules.analysis import Kind, SlotValue
from tools.evaluation.readers import Answered
from tools.evaluation.sets import Labelled, Read, Slots


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one kind in one answer, or of many added up."""

    right: int = 0
    """Found and labelled."""
    found: int = 0
    labelled: int = 0
    exact: int = 0
    """Found with all slots as labelled."""
    slots_right: int = 0
    slots: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.right + other.right,
            self.found + other.found,
            self.labelled + other.labelled,
            self.exact + other.exact,
            self.slots_right + other.slots_right,
            self.slots + other.slots,
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """One answer beside its label; what was not labelled is None, or empty."""

    kinds: Mapping[Kind, Tally] = field(default_factory=dict)
    whole: bool | None = None
    """Are all directives as labelled, with all slots, and none beside them?"""
    invented: int | None = None
    """Directives found where the label says that there are none."""
    sure: tuple[tuple[float, bool], ...] = ()
    """For each directive found: its confidence, and whether it is exact."""
    sentiment: bool | None = None
    priority: bool | None = None
    needs_review: bool = False


def compare(label: Labelled, answered: Answered) -> Compared:
    """Count one answer."""
    judged = Compared(
        sentiment=_same(label.sentiment, answered.sentiment),
        priority=_same(label.priority, answered.priority),
        needs_review=answered.needs_review,
    )
    if label.directives is None:
        return judged
    kinds: dict[Kind, Tally] = {}
    sure: list[tuple[float, bool]] = []
    for kind in Kind:
        found = [one for one in answered.directives if one.kind is kind]
        wanted = [one for one in label.directives if one.kind is kind]
        if found or wanted:
            pairs = paired(found, wanted)
            kinds[kind] = _tally(pairs, len(found), len(wanted))
            exact = [one for one, other in pairs if plain(one.slots) == plain(other.slots)]
            sure += [(one.confidence, any(one is each for each in exact)) for one in found]
    whole = all(each.exact == each.found == each.labelled for each in kinds.values())
    invented = None if label.directives else len(answered.directives)
    return replace(judged, kinds=kinds, whole=whole, invented=invented, sure=tuple(sure))


def _same(label: str | None, answered: str) -> bool | None:
    return None if label is None else label == answered


def _tally(pairs: Sequence[tuple[Read, Read]], found: int, labelled: int) -> Tally:
    agreed = [agreement(one.slots, other.slots) for one, other in pairs]
    return Tally(
        right=len(pairs),
        found=found,
        labelled=labelled,
        exact=sum(right == every for right, every in agreed),
        slots_right=sum(right for right, _ in agreed),
        slots=sum(every for _, every in agreed),
    )


def paired(found: Sequence[Read], wanted: Sequence[Read]) -> list[tuple[Read, Read]]:
    """Each directive found with a labelled one of its kind; those that agree best go first."""
    left, open_ = list(found), list(wanted)
    pairs: list[tuple[Read, Read]] = []
    while left and open_:
        _, _, i, j = min(
            (*_apart(one.slots, other.slots), i, j)
            for i, one in enumerate(left)
            for j, other in enumerate(open_)
        )
        pairs.append((left.pop(i), open_.pop(j)))
    return pairs


def _apart(one: Slots, other: Slots) -> tuple[int, int]:
    right, every = agreement(one, other)
    return every - right, -right


def agreement(one: Slots, other: Slots) -> tuple[int, int]:
    """How many slots are equal, of all that either of them names."""
    mine, theirs = plain(one), plain(other)
    names = mine.keys() | theirs.keys()
    right = sum(name in mine and name in theirs and mine[name] == theirs[name] for name in names)
    return right, len(names)


def plain(slots: Slots) -> dict[str, SlotValue]:
    """Slots without difference of case and spaces."""
    return {
        name: " ".join(value.casefold().split()) if isinstance(value, str) else value
        for name, value in slots.items()
    }
