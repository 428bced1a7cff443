"""Figures are computed once for many who ask, tell their age, and never hang on somebody dead."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import redis

from app.models import KeptFigures, database
from app.pipeline.analytics import Span, Terms, computed, report
from app.pipeline.analytics.kept import STALE, kept
from benchmarks.ledger import TODAY, Wanted, fill
from tests import factories

DAY = Span(date(2026, 3, 10), date(2026, 3, 10), "UTC")
NEVER_FRESH = Terms(fresh=timedelta(0))


class Counting:
    """Computes the same thing, however slowly, and counts how often."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.times, self.seconds = 0, seconds
        self._lock = threading.Lock()

    def __call__(self) -> dict[str, int]:
        with self._lock:
            self.times += 1
            number = self.times
        time.sleep(self.seconds)
        return {"number": number}


def test_what_is_kept_is_the_whole_report(settings) -> None:
    fill(Wanted(400))
    span = Span(TODAY - timedelta(days=20), TODAY, "America/New_York")
    first = report("default", span)
    again = report("default", span)
    assert again == first
    assert first == replace(computed("default", span), computed_at=first.computed_at)
    assert first.costs
    assert first.told.calls


def test_figures_tell_as_of_when_they_are(settings) -> None:
    before = datetime.now(UTC)
    assert report("default", DAY).total.deliveries == 0
    factories.delivery()
    kept_ones = report("default", DAY)
    assert kept_ones.total.deliveries == 0
    assert before - timedelta(seconds=1) < kept_ones.computed_at < datetime.now(UTC)
    newer = report("default", DAY, NEVER_FRESH)
    assert newer.total.deliveries == 1
    assert newer.computed_at > kept_ones.computed_at


def test_each_company_and_each_range_has_its_own(settings) -> None:
    factories.delivery()
    assert report("default", DAY).total.deliveries == 1
    assert report("theirs", DAY).total.deliveries == 0
    other = Span(date(2026, 3, 10), date(2026, 3, 10), "Pacific/Auckland")
    assert report("default", other).total.deliveries == 0
    assert report("default", DAY).total.deliveries == 1


def test_of_many_who_ask_at_once_one_computes(settings) -> None:
    compute = Counting(seconds=0.5)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: kept("default", "x", compute), range(16)))
    assert compute.times == 1
    assert {figures["number"] for figures, _ in found} == {1}
    assert len({at for _, at in found}) == 1


def test_who_finds_old_figures_while_new_ones_are_computed_takes_the_old(settings) -> None:
    kept("default", "x", Counting())
    compute = Counting(seconds=1.0)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(kept, "default", "x", compute, NEVER_FRESH)
        deadline = time.monotonic() + 10
        while not compute.times and time.monotonic() < deadline:
            time.sleep(0.01)
        _, age = kept("default", "x", compute, NEVER_FRESH)
        assert not slow.done()
        assert compute.times == 1
        assert slow.result()[1] > age


def test_a_computation_that_fails_leaves_the_way_free(settings) -> None:
    def fails() -> dict[str, int]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        kept("default", "x", fails)
    assert kept("default", "x", Counting(), Terms(patience=0))[0] == {"number": 1}


def test_nobody_waits_for_ever_for_one_who_died_computing(settings) -> None:
    KeptFigures(
        tenant_id="default",
        name="x",
        computing_until=datetime.now(UTC) + timedelta(hours=1),
        expires_at=datetime.now(UTC) + timedelta(hours=1),
    ).save()
    found, _ = kept("default", "x", Counting(), Terms(patience=0.2))
    assert found == {"number": 1}
    assert kept("default", "x", Counting())[0] == {"number": 1}


def test_figures_go_by_themselves(settings) -> None:
    kept("default", "x", Counting())
    indexes = database().kept_figures.index_information()
    assert indexes["expires_at_1"]["expireAfterSeconds"] == 0
    (left,) = KeptFigures.of("default")
    assert STALE < left.expires_at - datetime.now(UTC) < timedelta(hours=1)


def test_nothing_of_it_lies_in_redis(settings) -> None:
    fill(Wanted(50))
    report("default", Span(TODAY - timedelta(days=9), TODAY, "UTC"))
    assert redis.Redis.from_url(settings.redis_url.get_secret_value()).keys() == []


def test_no_persons_name_is_kept(settings) -> None:
    who = factories.agent(name="Unmistakable Name")
    factories.delivery(agent_id=who.pk)
    report("default", DAY)
    assert "Unmistakable" not in str(list(database().kept_figures.find()))
