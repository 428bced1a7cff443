"""What a share of a few tells: how far chance alone may have moved it.

Shares come with their interval of 95 per cent after Wilson (1927), which holds for small numbers
and near 0 and 1, and are compared by Newcombe's interval for a difference (1998, method 10), which
is made of two of those. Brown, Cai and DasGupta (2001) recommend the first for what is small.
"""

from __future__ import annotations

from math import sqrt

FEW = 20
"""Of fewer, a percentage says more than is known: 2 of 3 are not 67 of 100."""
_Z = 1.959964
"""Two-sided 95 per cent of the normal distribution."""


def interval(hits: int, of: int) -> tuple[float, float]:
    """From where to where the share lies, as far as so many tell; 0 to 1 of nothing."""
    if of <= 0:
        return 0.0, 1.0
    share, square = hits / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def clearly_apart(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Do two shares, each as (hits, of), differ by more than chance may explain?"""
    if one[1] <= 0 or other[1] <= 0:
        return False
    first, second = one[0] / one[1], other[0] / other[1]
    (low, high), (other_low, other_high) = interval(*one), interval(*other)
    apart = first - second
    least = apart - sqrt((first - low) ** 2 + (other_high - second) ** 2)
    most = apart + sqrt((high - first) ** 2 + (second - other_low) ** 2)
    return least > 0 or most < 0
