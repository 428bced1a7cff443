"""Sharing trips: alone at once, together when busy, and each with an outcome of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from pymongo.errors import AutoReconnect, NetworkTimeout

from app.web.together import Together


class Road:
    """What is done together: each trip is noted, and the first takes until it is let go."""

    def __init__(self) -> None:
        self.trips: list[list[int]] = []
        self.go = threading.Event()
        self.left = threading.Event()
        self.trouble: dict[int, BaseException] = {}

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.trips.append(list(items))
        if len(self.trips) == 1:
            self.left.set()
            assert self.go.wait(10)
        if trouble := self.trouble.get(len(self.trips)):
            raise trouble
        return [item * 2 for item in items]


@pytest.fixture
def road() -> Road:
    return Road()


@pytest.fixture
def crowd():
    with ThreadPoolExecutor(16) as pool:
        yield pool


def behind_the_first(
    together: Together[int, int], road: Road, crowd: ThreadPoolExecutor, items: Sequence[int]
) -> tuple[Future[int], list[Future[int]]]:
    """One on the way, and so many who came meanwhile."""
    first = crowd.submit(together.ask, 0, seconds=10)
    assert road.left.wait(10)
    others = [crowd.submit(together.ask, item, seconds=10) for item in items]
    until(lambda: len(together._waiting) == len(items))
    return first, others


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_who_comes_alone_sets_out_at_once_and_in_their_own_thread() -> None:
    threads = []

    def double(items: Sequence[int]) -> list[int]:
        threads.append(threading.current_thread())
        return [item * 2 for item in items]

    together = Together(double)
    assert [together.ask(item, seconds=0) for item in (1, 2)] == [2, 4]
    assert set(threads) == {threading.current_thread()}


def test_who_comes_meanwhile_shares_the_next_trip_and_gets_their_own_result(road, crowd) -> None:
    first, others = behind_the_first(Together(road), road, crowd, range(1, 9))
    road.go.set()
    assert first.result() == 0
    assert [each.result() for each in others] == [item * 2 for item in range(1, 9)]
    assert [sorted(trip) for trip in road.trips] == [[0], list(range(1, 9))]


def test_a_failure_is_heard_by_all_of_that_trip_and_nobody_after(road, crowd) -> None:
    together = Together(road)
    road.trouble[2] = AutoReconnect("gone")
    first, others = behind_the_first(together, road, crowd, [1, 2, 3])
    road.go.set()
    assert first.result() == 0
    assert [type(each.exception()) for each in others] == [AutoReconnect] * 3
    assert together.ask(4, seconds=1) == 8


def test_who_waits_too_long_leaves_and_nothing_is_done_for_them(road, crowd) -> None:
    together = Together(road)
    first, others = behind_the_first(together, road, crowd, [1, 2])
    with pytest.raises(NetworkTimeout):
        together.ask(3, seconds=0.05)
    road.go.set()
    assert [each.result() for each in (first, *others)] == [0, 2, 4]
    assert sorted(item for trip in road.trips for item in trip) == [0, 1, 2]


@pytest.mark.parametrize("dies", [1, 2])
def test_a_leader_who_dies_leaves_nobody_waiting(road, crowd, dies) -> None:
    together = Together(road)
    road.trouble[dies] = SystemExit()
    first, others = behind_the_first(together, road, crowd, [1, 2])
    road.go.set()
    ends = [type(each.exception()) for each in (first, *others)]
    if dies == 1:
        assert ends == [SystemExit, type(None), type(None)]
    else:
        # One of the two led; the other hears that the trip never ended.
        assert ends[0] is type(None)
        assert set(ends[1:]) == {SystemExit, NetworkTimeout}
    assert together.ask(4, seconds=1) == 8


def test_a_wrong_number_of_results_is_nobodys_result() -> None:
    together: Together[int, int] = Together(lambda _: [])
    with pytest.raises(ValueError, match="zip"):
        together.ask(1, seconds=1)


def test_thousands_in_many_threads_each_get_their_own(crowd) -> None:
    trips = []

    def double(items: Sequence[int]) -> list[int]:
        trips.append(len(items))
        time.sleep(0.0005)
        return [item * 2 for item in items]

    together = Together(double)
    found = list(crowd.map(lambda item: together.ask(item, seconds=30), range(4000)))
    assert found == [item * 2 for item in range(4000)]
    assert sum(trips) == 4000
    assert len(trips) < 4000
