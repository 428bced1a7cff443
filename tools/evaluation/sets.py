"""Reads labelled answers: files of JSON lines, one answer a line.

A line holds ``text``, ``now`` (local) and ``tz``, and of ``directives``, ``sentiment`` and
``priority`` what somebody labelled; ``id`` and ``confidence`` (the recogniser's) where known.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.rules.analysis import BESIDE, SLOTS, Directive, Kind, SlotValue

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).with_name("data")
OWN = ROOT / "tests" / "rules" / "directives" / "answers.jsonl"
USUAL_MOMENT, USUAL_ZONE = "2026-11-18T11:00:00", "Europe/London"
"""When and where the answers were given that do not say so."""

Slots = Mapping[str, SlotValue]


_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, ZoneInfoNotFoundError)


class LabelError(Exception):
    """A line cannot be read; says which and why."""


@dataclass(frozen=True, slots=True)
class Read:
    """One directive, without the words it was read from."""

    kind: Kind
    slots: Slots
    confidence: float = 1.0

    @classmethod
    def of(cls, one: Mapping[str, Any]) -> Read:
        """From its JSON form. Raises ValueError for what is no slot of its kind."""
        kind = Kind(one["kind"])
        names = (*SLOTS[kind], "condition")
        slots = {name: value for name, value in one.items() if name not in BESIDE}
        if unknown := set(slots) - set(names):
            raise ValueError(f"{kind} has no {', '.join(sorted(unknown))}")
        Directive(kind, "", 1.0, slots)
        return cls(kind, slots, float(one.get("confidence", 1.0)))


@dataclass(frozen=True, slots=True)
class Labelled:
    """One answer and what it means; None where that was not labelled."""

    id: str
    text: str
    at: datetime
    directives: tuple[Read, ...] | None
    sentiment: str | None = None
    priority: str | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """The answers of one file."""

    name: str
    answers: tuple[Labelled, ...]


def usual() -> list[Path]:
    """Every labelled set that comes with the project."""
    return [*sorted(FOLDER.glob("*.jsonl")), OWN]


def load(path: Path) -> LabelledSet:
    """Read one file. Raises LabelError naming the first line that does not fit."""
    answers: list[Labelled] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise LabelError(f"{path} is no text in UTF-8") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answers.append(answer_of(json.loads(line)))
        except _UNREADABLE as error:
            raise LabelError(f"{path}, line {number}: {_told(error)}") from None
    return LabelledSet(path.stem, tuple(_named_apart(answers)))


def answer_of(row: Mapping[str, Any]) -> Labelled:
    """One line as an answer. Raises ValueError, KeyError or TypeError where it does not fit."""
    labels = row.get("directives")
    moment = datetime.fromisoformat(row.get("now") or USUAL_MOMENT)
    zone = ZoneInfo(row.get("tz") or USUAL_ZONE)
    text = str(row["text"])
    return Labelled(
        id=str(row.get("id") or hashlib.sha256(text.encode()).hexdigest()[:10]),
        text=text,
        at=moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone),
        directives=None if labels is None else tuple(Read.of(one) for one in labels),
        sentiment=row.get("sentiment"),
        priority=row.get("priority"),
        confidence=float(row.get("confidence", 1.0)),
    )


def _told(error: Exception) -> str:
    """What is wrong with a line, for whoever wrote it."""
    if isinstance(error, KeyError):
        return f"{error} is missing"
    if isinstance(error, TypeError | AttributeError):
        return "it must be an object with a text and a list of directives"
    return str(error)


def _named_apart(answers: Iterable[Labelled]) -> Iterable[Labelled]:
    """The same; raises LabelError where two answers have one name."""
    seen: set[str] = set()
    for each in answers:
        if each.id in seen:
            raise LabelError(f"two answers are called {each.id}")
        seen.add(each.id)
        yield each
