"""Workers and clock are real processes here, and are told to stop while they are at something."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis

from app import queues
from app.models import CallLog, Delivery, Heartbeat
from app.runtime import Runtime
from tests import factories
from tests.gateways.http_side import reply, server
from tests.gateways.test_twilio_media import audio
from tests.workers.test_clock import due

ROOT = Path(__file__).parents[2]
SOUND = audio()


@contextmanager
def process(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process of the product; it does not outlive the block."""
    running = subprocess.Popen(
        [sys.executable, "-m", "app.cli", *arguments],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def until(look: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_worker_finishes_the_job_at_hand_and_takes_no_other(surroundings, settings) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    def slowly(handler) -> None:
        asked.set()
        assert may_answer.wait(30)
        reply(200, SOUND, "audio/x-wav")(handler)

    first, second = factories.recording(), factories.recording()
    enqueuer = Runtime(settings).enqueuer
    for each in (first, second):
        enqueuer.enqueue(queues.STORE, each.pk)
    with (
        server(slowly) as network,
        process("worker", "answers", **{**surroundings, "TWILIO_API_URL": network}) as worker,
    ):
        assert asked.wait(30)
        worker.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert worker.poll() is None
        may_answer.set()
        assert worker.wait(30) == 0
    first.reload()
    second.reload()
    assert (first.stage, second.stage) == ("stored", "announced")
    assert enqueuer.depth(queues.ANSWERS) == 1


def test_an_idle_worker_ends_at_once_and_leaves_nothing_behind(surroundings, settings) -> None:
    with process("worker", "calls", **surroundings) as worker:
        redis = Redis.from_url(settings.redis_url.get_secret_value())
        # A worker is on the list before it takes signals.
        until(lambda: [name for name in redis.smembers("rq:workers")
                       if redis.hget(name, "state") == b"idle"])  # fmt: skip
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0
        assert redis.scard("rq:workers") == 0


def test_a_clock_ends_what_it_has_begun(surroundings, settings) -> None:
    any_time = {"CALLING_RULES": str(factories.ALWAYS_RULES), "CALLING_HOURS": "00:00-23:59"}
    plenty = {"TWILIO_CALLS_PER_SECOND": "100", "TWILIO_CALLS_IN_PROGRESS": "1000"}
    due(60)
    with process("clock", **surroundings, **any_time, **plenty) as clock:
        until(lambda: CallLog.of("default").count())
        clock.send_signal(signal.SIGTERM)
        assert clock.wait(30) == 0
        assert "clock stopped" in clock.stdout.read()
    calling = Delivery.of("default", outreach__state="calling").scalar("id")
    claimed = [each.delivery_id for each in CallLog.of("default", status="intended")]
    assert sorted(calling) == sorted(claimed)
    assert claimed
    # None of them waits for the sweep: each has its job.
    assert Runtime(settings).enqueuer.depth(queues.CALLS) == len(claimed)
    assert Heartbeat.objects(name="clock").count() == 1
