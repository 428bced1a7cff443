"""Sums up many answers: shares, the harmonic mean of two of them, and how far chance may go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add

import numpy as np

from app.rules.analysis import Kind
from tools.evaluation.counting import Compared, Tally

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
"""Of the calibration table; a confidence belongs to the row that it is not above."""
DRAWS, SEED = 2000, 20261118

Share = tuple[int, int]
"""So many, of so many."""


def f1(right: int, found: int, labelled: int) -> float:
    """The harmonic mean of precision and recall; 1 where there was nothing to find."""
    return 2 * right / (found + labelled) if found + labelled else 1.0


def total(answers: Iterable[Compared], kind: Kind | None = None) -> Tally:
    """The tallies of one kind, or of all, added up."""
    tallies = (
        tally for each in answers for own, tally in each.kinds.items() if kind in (None, own)
    )
    return reduce(add, tallies, Tally())


def interval(answers: Sequence[Compared], kind: Kind | None = None) -> tuple[float, float]:
    """The middle 95 % of F1 if as many answers like these had been drawn again (bootstrap).

    Whole answers are drawn, with replacement, always by the same dice.
    """
    if not answers:
        return 0.0, 1.0
    each = [total([one], kind) for one in answers]
    counts = np.array([(one.right, one.found, one.labelled) for one in each])
    dice = np.random.default_rng(SEED)
    drawn = dice.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=DRAWS)
    right, found, labelled = (drawn @ counts).T
    some = np.maximum(found + labelled, 1)
    values = np.where(found + labelled > 0, 2 * right / some, 1.0)
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def share(answers: Iterable[Compared], what: Callable[[Compared], bool | None]) -> Share:
    """How many are so, of those that were labelled for it."""
    judged = [value for each in answers if (value := what(each)) is not None]
    return sum(judged), len(judged)


def reviewed(answers: Iterable[Compared], *, whole: bool) -> Share:
    """How often a person is asked, of the answers that were read rightly (or wrongly)."""
    return share(answers, lambda one: one.needs_review if one.whole is whole else None)


def invented(answers: Iterable[Compared]) -> tuple[int, int, int]:
    """Directives found where none is labelled; in so many answers; of so many."""
    empty = [each.invented for each in answers if each.invented is not None]
    return sum(empty), sum(count > 0 for count in empty), len(empty)


@dataclass(frozen=True, slots=True)
class Bin:
    """The directives whose confidence is above ``low`` and not above ``high``."""

    low: float
    high: float
    count: int
    confidence: float
    """On average."""
    exact: float
    """The share that is right, with all slots."""


def reliability(answers: Iterable[Compared]) -> list[Bin]:
    """How right directives are, by how sure they were; rows without any are left out."""
    sure = [pair for each in answers for pair in each.sure]
    bins: list[Bin] = []
    for low, high in pairwise(EDGES):
        here = [(c, ok) for c, ok in sure if low < c <= high or (c <= low == EDGES[0])]
        if here:
            mean = sum(c for c, _ in here) / len(here)
            bins.append(Bin(low, high, len(here), mean, sum(ok for _, ok in here) / len(here)))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: how far confidence is from the share right, on average."""
    count = sum(each.count for each in bins)
    apart = sum(each.count * abs(each.confidence - each.exact) for each in bins)
    return apart / count if count else 0.0
