"""Plots as SVG that the server draws: all places in per cent, so that they fit any width.

Text keeps its size on any screen, nothing needs a script or a style of its own, and what is drawn
prints. Colours come from the style sheet; what they tell apart differs in its form too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from app.rules.shares import FEW, interval

LEFT, TOP, BOTTOM = 9.0, 6.0, 84.0
"""Where the drawn area begins and ends, in per cent; it goes to the right edge."""
_LABELS = 7


@dataclass(frozen=True, slots=True)
class Tick:
    """A text beside an axis, and where it stands."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a column."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """One column of several pieces, one on the other."""

    x: float
    width: float
    says: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One share, with how far chance may have moved it."""

    kind: str
    x: float
    y: float
    low: float
    high: float
    few: bool
    says: str


@dataclass(frozen=True, slots=True)
class Key:
    """What a form and colour stand for."""

    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing with what it is told by."""

    id: str
    title: str
    keys: tuple[Key, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    columns: tuple[Column, ...] = ()
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, and what is said of it."""

    hits: int
    of: int
    says: str


def columns(
    name: tuple[str, str],
    keys: Sequence[Key],
    rows: Sequence[tuple[str, str, Sequence[float]]],
    shown: Sequence[Tick] | None = None,
) -> Plot:
    """Columns of several amounts each; a row is its label, what is said of it, and the amounts.

    ``name`` is the plot's id and title, ``shown`` the marks of the vertical axis by amount.
    """
    top = max((sum(amounts) for _, _, amounts in rows), default=0.0) or 1.0
    marks = list(shown) if shown is not None else [Tick(each, f"{each:g}") for each in steps(top)]
    top = max(top, *(mark.at for mark in marks))
    drawn = []
    for place, (_, says, amounts) in enumerate(rows):
        x, width = _slot(place, len(rows))
        pieces, so_far = [], 0.0
        for key, amount in zip(keys, amounts, strict=True):
            y, beneath = _y((so_far + amount) / top), _y(so_far / top)
            so_far += amount
            if amount:
                pieces.append(Piece(key.kind, y, round(beneath - y, 3)))
        drawn.append(
            Column(round(x + width * 0.14, 3), round(width * 0.72, 3), says, tuple(pieces))
        )
    up = tuple(Tick(_y(mark.at / top), mark.text) for mark in marks)
    return Plot(*name, tuple(keys), _across([row[0] for row in rows]), up, columns=tuple(drawn))


def points(
    name: tuple[str, str],
    keys: Sequence[Key],
    rows: Sequence[tuple[str, Sequence[Share]]],
    up: Sequence[Tick],
) -> Plot:
    """Shares between 0 and 1; a row is its label and the shares. ``up`` are marks by share."""
    drawn = []
    for place, (_, shares) in enumerate(rows):
        x, width = _slot(place, len(rows))
        for number, (key, share) in enumerate(zip(keys, shares, strict=True)):
            if share.of:
                beside = width * (0.5 + 0.24 * (number - (len(keys) - 1) / 2))
                drawn.append(_point(key.kind, round(x + beside, 3), share))
    marks = tuple(Tick(_y(mark.at), mark.text) for mark in up)
    return Plot(*name, tuple(keys), _across([row[0] for row in rows]), marks, points=tuple(drawn))


def steps(top: float) -> list[float]:
    """Two to five round amounts from 0 to about ``top``."""
    rough = top / 4
    power: float = 10.0 ** floor(log10(rough))
    step = next(power * each for each in (1, 2, 5, 10) if power * each >= rough)
    return [step * n for n in range(int(top / step + 1e-9) + 1)]


def _point(kind: str, x: float, share: Share) -> Point:
    low, high = interval(share.hits, share.of)
    return Point(kind, x, _y(share.hits / share.of), _y(low), _y(high), share.of < FEW, share.says)


def _slot(place: int, of: int) -> tuple[float, float]:
    """Where the so-many-eth of so many begins, and how wide it is."""
    width = (100 - LEFT) / max(1, of)
    return LEFT + place * width, width


def _y(share: float) -> float:
    return round(BOTTOM - share * (BOTTOM - TOP), 3)


def _across(labels: Sequence[str]) -> tuple[Tick, ...]:
    """As many labels as there is room for on a telephone."""
    every = -(-len(labels) // _LABELS) or 1
    return tuple(
        Tick(round(x + width / 2, 3), label)
        for place, label in enumerate(labels)
        if place % every == 0
        for x, width in [_slot(place, len(labels))]
    )
