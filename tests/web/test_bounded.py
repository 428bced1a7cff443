"""Answers in bounded time with MongoDB and Redis slow, full or gone; all of it on real servers."""

from __future__ import annotations

import dataclasses
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from pydantic import SecretStr
from redis import Redis

import migrations
from app import create_app, models
from app.models import CallLog, Recording
from app.runtime import Runtime
from local.mongodb import mongodb_process, mongodb_uri
from local.ports import Ports
from local.redis_server import redis_process, redis_url
from local.supervisor import Supervisor
from tests import factories
from tests.factories import sid
from tests.web.twilio_side import Twilio, led_to, verbs

AT_MOST = 8.0
"""Seconds: generous beside our own limits, and half of what Twilio waits."""
MOMENT = ["Say", "Pause", "Redirect"]
GOODBYE = ["Say", "Hangup"]


@dataclasses.dataclass
class Parts:
    """A MongoDB and a Redis that only these tests use, and that they may stop."""

    supervisor: Supervisor
    mongodb: str
    redis: str

    @contextmanager
    def hanging(self, name: str) -> Iterator[None]:
        """The process is there and does not answer."""
        pid = self.supervisor.pid(name)
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def gone(self, name: str) -> Iterator[None]:
        """The process is dead, and nothing listens where it did."""
        self.supervisor.kill(name)
        try:
            yield
        finally:
            self.supervisor.restart(name)

    @contextmanager
    def failing(self, **how: object) -> Iterator[None]:
        """MongoDB's own fault injection: every read and write is slow, or fails with a code."""
        admin = models.database().client.admin
        commands = ["find", "findAndModify", "update", "insert", "aggregate"]
        admin.command(
            "configureFailPoint",
            "failCommand",
            mode="alwaysOn",
            data={"failCommands": commands, **how},
        )
        try:
            yield
        finally:
            admin.command("configureFailPoint", "failCommand", mode="off")


@pytest.fixture(scope="module")
def parts(tmp_path_factory) -> Iterator[Parts]:
    folder = tmp_path_factory.mktemp("bounded")
    basics = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ports = Ports(folder, {})
    mongodb, redis = ports.choose("mongodb"), ports.choose("redis")
    process = mongodb_process(folder, mongodb, basics)
    able_to_fail = [*process.argv, "--setParameter", "enableTestCommands=1"]
    supervisor = Supervisor(folder / "logs")
    supervisor.add(dataclasses.replace(process, argv=able_to_fail, restart=False))
    supervisor.add(
        dataclasses.replace(redis_process(folder, redis, "secret", basics), restart=False)
    )
    try:
        supervisor.start_all()
        yield Parts(supervisor, mongodb_uri(mongodb), redis_url(redis, "secret"))
    finally:
        supervisor.stop()


@pytest.fixture
def own(parts, migrated) -> Iterator[object]:
    """Settings over the parts, with an empty ledger; the other tests' connection comes back."""
    own = migrated.model_copy(
        update={"mongodb_uri": SecretStr(parts.mongodb), "redis_url": SecretStr(parts.redis)}
    )
    models.connect(own)
    migrations.up(models.database())
    for name in ("call_logs", "recordings", "deliveries", "customers", "tenants"):
        models.database()[name].delete_many({})
    Redis.from_url(parts.redis).flushdb()
    yield own
    models.connect(migrated)


@pytest.fixture
def twilio(own) -> Twilio:
    """Twilio, posting to an application over these parts."""
    return Twilio(create_app(own, Runtime(own)).test_client(), own)


@pytest.fixture
def live_call(own) -> CallLog:
    factories.tenant()
    delivery = factories.delivery(outreach={"state": "calling", "attempts": 1})
    return factories.call(delivery, call_sid=sid("CA"), status="in-progress")


def timed(post, *args, **form):
    """The answer, once it is clear that it came in time."""
    began = time.monotonic()
    answer = post(*args, **form)
    assert time.monotonic() - began < AT_MOST
    return answer


def heard_until_the_end(twilio: Twilio, call: CallLog, what: str, **form) -> list[list[str]]:
    """What a caller hears, following every redirect."""
    answer = timed(twilio.about, call, what, **form)
    heard = [verbs(answer)]
    while (path := led_to(answer)) is not None and len(heard) < 8:
        answer = timed(twilio.post, path, CallSid=call.call_sid)
        heard.append(verbs(answer))
    return heard


TROUBLES = {
    "hanging": lambda parts: parts.hanging("mongodb"),
    "gone": lambda parts: parts.gone("mongodb"),
    "slow": lambda parts: parts.failing(blockConnection=True, blockTimeMS=6000),
    "full": lambda parts: parts.failing(errorCode=14031),
}
"""What may be wrong with MongoDB; 14031 is its OutOfDiskSpace."""


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_caller_hears_one_moment_three_times_and_then_goodbye(
    parts, twilio, live_call, trouble
) -> None:
    with TROUBLES[trouble](parts):
        heard = heard_until_the_end(twilio, live_call, "script/menu/keys", Digits="1")
        assert heard == [MOMENT] * 3 + [GOODBYE]
        # And whoever calls us hears no less.
        sid_of_caller = sid("CA")
        answer = timed(
            twilio.post,
            "/webhooks/twilio/inbound/call",
            CallSid=sid_of_caller,
            From="+15550001",
            To="+15550002",
        )
        assert verbs(answer) == MOMENT


@pytest.mark.parametrize("trouble", ["hanging", "full"])
def test_a_report_that_cannot_be_kept_is_refused_so_that_it_comes_again(
    parts, twilio, live_call, trouble
) -> None:
    with TROUBLES[trouble](parts):
        form = {"CallStatus": "completed", "SequenceNumber": "3"}
        for _ in range(4):
            assert timed(twilio.about, live_call, "status", **form).status_code == 503
    until = time.monotonic() + 20
    while twilio.about(live_call, "status", **form).status_code != 204:
        assert time.monotonic() < until
        time.sleep(0.2)
    live_call.reload()
    assert live_call.status == "completed"


@pytest.mark.parametrize("trouble", TROUBLES)
def test_many_who_wait_together_are_all_answered_in_time(
    parts, own, twilio, live_call, trouble
) -> None:
    app = twilio.client.application
    form = {"CallStatus": "completed", "SequenceNumber": "3"}

    def ask(number: int):
        one = Twilio(app.test_client(), own)
        if number % 2:
            return timed(one.about, live_call, "status", **form).status_code
        return verbs(timed(one.about, live_call, "script/menu"))

    with TROUBLES[trouble](parts), ThreadPoolExecutor(12) as pool:
        assert list(pool.map(ask, range(24))) == [MOMENT, 503] * 12
    until = time.monotonic() + 20
    while twilio.about(live_call, "status", **form).status_code != 204:
        assert time.monotonic() < until
        time.sleep(0.2)


def test_a_key_that_was_pressed_meanwhile_is_not_lost(parts, twilio, live_call) -> None:
    with parts.failing(errorCode=14031):
        answer = twilio.about(live_call, "script/opt-out-check/keys", Digits="*")
        path = led_to(answer)
        assert path is not None
        assert "try=1&keys=s" in path
        answer = twilio.post(path, CallSid=live_call.call_sid)
        assert "try=2&keys=s" in led_to(answer)
    answer = twilio.about(live_call, "script/menu/keys?try=1&keys=1")
    live_call.reload()
    assert [press.digits for press in live_call.keys] == ["1"]


@pytest.mark.parametrize("tries", ["3", "99", "-1", "x", "%C2%B2", ""])
def test_the_number_of_tries_ends_whatever_the_address_says(
    parts, twilio, live_call, tries
) -> None:
    with parts.failing(errorCode=14031):
        answer = twilio.about(live_call, f"script/menu?try={tries}")
        assert verbs(answer) == GOODBYE


@pytest.mark.parametrize("trouble", ["hanging", "gone", "full"])
def test_without_redis_everything_is_kept_and_answered(
    parts, own, twilio, live_call, trouble
) -> None:
    with {"hanging": parts.hanging, "gone": parts.gone, "full": lambda _: full(own)}[trouble](
        "redis"
    ):
        for number in range(6):
            recording = {"RecordingSid": sid("RE"), "RecordingStatus": "completed"}
            answer = timed(twilio.about, live_call, "recording", **recording)
            assert answer.status_code == 204
            answer = timed(
                twilio.about,
                live_call,
                "status",
                CallStatus="completed",
                SequenceNumber=str(number),
            )
            assert answer.status_code == 204
    live_call.reload()
    assert live_call.status == "completed"
    assert Recording.of("default", stage="announced").count() == 6


@contextmanager
def full(settings) -> Iterator[None]:
    """Redis takes nothing more: `maxmemory` is reached and nothing may be evicted."""
    redis = Redis.from_url(settings.redis_url.get_secret_value())
    redis.config_set("maxmemory", 1)
    try:
        yield
    finally:
        redis.config_set("maxmemory", 0)
