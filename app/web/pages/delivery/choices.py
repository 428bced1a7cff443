"""What a directive may be corrected to with one more click."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.rules.analysis import CHOICES
from app.rules.directive_shape import ShapeError, directives_from
from app.rules.hiding import MASK
from app.web.api.analysis_shapes import DirectiveOut
from app.web.pages.delivery.wording import directive_in_words

_MOST = 9
"""As many as there are figures on a keyboard."""
_PHRASES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "leave_at": (("leave_with", "recipient"),),
    "leave_with": (("leave_at", "place"), ("hand_over", "recipient")),
    "hand_over": (("leave_with", "recipient"),),
    "redirect": (("leave_at", "place"),),
    "caution": (("leave_at", "place"),),
    "reschedule": (("time_window", "start"), ("unavailable", "date")),
    "time_window": (("unavailable", "start"), ("reschedule", "date")),
    "unavailable": (("time_window", "start"), ("reschedule", "date")),
}
"""What one kind is mistaken for, and which slot takes the phrase over."""
_PLAIN = ("hand_over", "speak_to_human", "confirm", "cancel", "wrong_number")
"""Kinds that need nothing beside them."""
_WHEN = ("date", "start", "end")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that it may be instead, worded, and as the API takes it."""

    label: str
    becomes: dict[str, Any]


def choices_for(directive: DirectiveOut, proposed: Sequence[DirectiveOut]) -> list[Choice]:
    """What it may be instead, the likeliest first: what a second reader found, the same kind with
    another choice, other kinds. Only what the API would take."""
    found: list[Choice] = []
    for kind, text, slots in _wishes(directive, proposed):
        if MASK in text or any(value == MASK for value in slots.values()):
            continue
        if (kind, dict(slots)) == (directive.kind, dict(directive.slots)):
            continue
        try:
            directives_from([{"kind": kind, "text": text, **slots}])
        except ShapeError:
            continue
        label = directive_in_words(kind, text, slots)
        if all(each.label != label for each in found):
            found.append(Choice(label, {"kind": kind, "text": text, "slots": dict(slots)}))
    return found[:_MOST]


def _wishes(
    directive: DirectiveOut, proposed: Sequence[DirectiveOut]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    text = "" if MASK in directive.text else directive.text
    for each in proposed:
        yield each.kind, each.text, each.slots
    for slot in CHOICES:
        if slot in directive.slots:
            for value in CHOICES[slot]:
                if value != "other":
                    yield directive.kind, text, {**directive.slots, slot: value}
    phrase = next((str(v) for k, v in directive.slots.items() if k != "condition"), text)
    times = {name: directive.slots[name] for name in _WHEN if name in directive.slots}
    for kind, slot in _PHRASES.get(directive.kind, ()):
        # With the words around it, the sentence would be worded as the kind was that is wrong.
        yield kind, text if times else phrase, times or {slot: phrase}
    for kind in _PLAIN:
        yield kind, text, {}
