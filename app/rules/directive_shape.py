"""Reads directives that a person wrote down, and says everything that is wrong with them at once.

The shape is that of ``app.rules.analysis``, as JSON carries it: kind, text and slots on one level.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from app.rules.analysis import BESIDE, CHOICES, SLOTS, Directive, Kind, SlotValue
from app.saying import Saying, Sayings

MOST = 20
"""Directives in one answer."""
LONGEST = 500
"""Letters of the words that a directive was read from."""
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_CODE = re.compile(r"[0-9A-Z#*]{1,20}")
_PHONE = re.compile(r"\d{3,15}")
_LONGEST_VALUE = 200
_NEEDED: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.LEAVE_AT: ("place",),
        Kind.LEAVE_WITH: ("recipient",),
        Kind.REDIRECT: ("address",),
        Kind.AVOID: ("action",),
        Kind.CAUTION: ("hazard",),
        Kind.HANDLING: ("note",),
        Kind.QUESTION: ("topic",),
    }
)
_ONE_NEEDED = (Kind.TIME_WINDOW, Kind.ACCESS, Kind.CONTACT)
"""Kinds that say nothing without any slot."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and with which directive, counted from 1; None: with them all."""

    number: int | None
    says: Saying

    def __str__(self) -> str:
        if self.number is None:
            return self.says
        return Saying("directive %(number)s: %(says)s", number=self.number, says=self.says)


class ShapeError(ValueError):
    """Directives that are none; ``faults`` names each, for whoever wrote them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(Sayings.of(map(str, faults)))
        self.faults = tuple(faults)

    @property
    def problems(self) -> tuple[str, ...]:
        """The faults in words."""
        return tuple(map(str, self.faults))


def directives_from(rows: Sequence[Any]) -> tuple[Directive, ...]:
    """The directives of a person, in their order, each with confidence 1. Raises ShapeError.

    What is sent along of how sure it was, and where it was heard, is passed over.
    No message repeats what was written: it may be a customer's own words.
    """
    if len(rows) > MOST:
        raise ShapeError(
            [Fault(None, Saying("there are more than %(most)s directives", most=MOST))]
        )
    faults: list[Fault] = []
    found: list[Directive] = []
    for number, row in enumerate(rows, start=1):
        wrong = _problems(row)
        faults += [Fault(number, problem) for problem in wrong]
        if not wrong:
            found.append(_directive(row))
    if faults:
        raise ShapeError(faults)
    return tuple(found)


def _directive(row: Mapping[str, Any]) -> Directive:
    slots: dict[str, SlotValue] = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in row.items()
        if name not in BESIDE
    }
    return Directive(Kind(row["kind"]), str(row.get("text") or "").strip(), 1.0, slots)


def _problems(row: object) -> list[Saying]:
    if not isinstance(row, Mapping):
        return [Saying("it must be an object with a kind")]
    if row.get("kind") not in tuple(Kind):
        return [Saying("kind must be one of %(names)s", names=", ".join(Kind))]
    kind = Kind(row["kind"])
    text = row.get("text") or ""
    slots = {name: value for name, value in row.items() if name not in BESIDE}
    problems: list[Saying] = []
    if not isinstance(text, str) or len(text) > LONGEST:
        problems.append(Saying("text must be words, at most %(most)s letters", most=LONGEST))
    allowed = (*SLOTS[kind], "condition")
    if any(name not in allowed for name in slots):
        problems.append(Saying("%(kind)s has only %(names)s", kind=kind, names=", ".join(allowed)))
    for name, value in slots.items():
        if name in allowed and not _fits(name, value):
            problems.append(Saying("%(name)s must be %(what)s", name=name, what=_meaning(name)))
    problems += [
        Saying("%(kind)s needs %(name)s", kind=kind, name=name)
        for name in _NEEDED.get(kind, ())
        if name not in slots
    ]
    if kind in _ONE_NEEDED and not slots.keys() - {"condition"}:
        problems.append(
            Saying("%(kind)s needs one of %(names)s", kind=kind, names=", ".join(SLOTS[kind]))
        )
    if not problems and str(slots.get("start", "")) > str(slots.get("end", "99")):
        problems.append(Saying("start must not be after end"))
    return problems


def _fits(name: str, value: object) -> bool:
    if name in CHOICES:
        return value in CHOICES[name]
    return _CHECKS.get(name, _is_phrase)(value)


def _meaning(name: str) -> Saying:
    if name in CHOICES:
        return Saying("one of %(names)s", names=", ".join(CHOICES[name]))
    few = Saying("a few words, at most %(most)s letters", most=_LONGEST_VALUE)
    return _MEANINGS.get(name, few)


def _is_phrase(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST_VALUE


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_like(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_yes(value: object) -> bool:
    return value is True


def _are_minutes(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 24 * 60


_CHECKS: Mapping[str, Callable[[object], bool]] = MappingProxyType(
    {
        "date": _is_date,
        "start": _is_like(_TIME),
        "end": _is_like(_TIME),
        "code": _is_like(_CODE),
        "phone": _is_like(_PHONE),
        "minutes": _are_minutes,
        "signature": _is_yes,
        "id_check": _is_yes,
    }
)
_MEANINGS: Mapping[str, Saying] = MappingProxyType(
    {
        "date": Saying("a date like 2026-11-20"),
        "start": Saying("a time like 18:30"),
        "end": Saying("a time like 18:30"),
        "code": Saying("digits, capital letters, # and *, without spaces"),
        "phone": Saying("digits alone"),
        "minutes": Saying("a whole number of minutes, at most a day"),
        "signature": Saying("true, or left out"),
        "id_check": Saying("true, or left out"),
    }
)
