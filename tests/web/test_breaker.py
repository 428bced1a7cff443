"""A breaker: after failures nobody asks, then one at a time."""

from __future__ import annotations

from app.web.breaker import Breaker


class Clock:
    """Time that stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_one_failure_is_forgiven_where_three_are_allowed() -> None:
    breaker = Breaker(rest=1, most=3, clock=Clock())
    for _ in range(2):
        assert breaker.allows()
        breaker.failed()
    assert breaker.allows()


def test_an_answer_in_between_starts_the_count_anew() -> None:
    breaker = Breaker(rest=1, most=2, clock=Clock())
    breaker.failed()
    breaker.worked()
    breaker.failed()
    assert breaker.allows()


def test_after_the_rest_one_asks_and_the_others_wait_for_how_it_goes() -> None:
    clock = Clock()
    breaker = Breaker(rest=5, clock=clock)
    breaker.failed()
    assert not breaker.allows()
    clock.now += 5
    assert breaker.allows()
    assert not breaker.allows()
    breaker.worked()
    assert breaker.allows()


def test_one_that_asked_and_never_came_back_does_not_keep_it_shut() -> None:
    clock = Clock()
    breaker = Breaker(rest=5, clock=clock)
    breaker.failed()
    clock.now += 5
    assert breaker.allows()
    clock.now += 5
    assert breaker.allows()
