"""How far chance may have moved a share, held to values that others published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.shares import clearly_apart, interval

counts = st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(hits, of, low, high) -> None:
    assert interval(hits, of) == pytest.approx((low, high), abs=5e-5)


def test_nothing_tells_nothing() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    assert not clearly_apart((0, 0), (5, 5))


@given(counts)
def test_the_share_lies_in_its_interval(share) -> None:
    hits, of = share
    low, high = interval(hits, of)
    assert 0 <= low <= hits / of + 1e-12
    assert hits / of - 1e-12 <= high <= 1


@given(counts, counts)
def test_two_shares_are_apart_whichever_comes_first(one, other) -> None:
    assert clearly_apart(one, other) == clearly_apart(other, one)


@given(counts)
def test_a_share_is_never_apart_from_itself(share) -> None:
    assert not clearly_apart(share, share)


def test_the_difference_is_newcombes() -> None:
    # The same author's examples (Statistics in Medicine 17 (1998), 873-890, table II, method 10):
    # 56/70 and 48/80 differ by 0.0524 to 0.3339, 9/10 and 3/10 by 0.1705 to 0.8090.
    assert clearly_apart((56, 70), (48, 80))
    assert clearly_apart((9, 10), (3, 10))
    # 6/7 and 2/7 by 0.0582 to 0.8062; 5/56 and 0/29 by -0.0381 to 0.1926.
    assert clearly_apart((6, 7), (2, 7))
    assert not clearly_apart((5, 56), (0, 29))
