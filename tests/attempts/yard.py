"""A world in which single processes of the product are made to die at a named point.

MongoDB, Redis, the storage and the telephone network are real and go on. The web server runs in
this process, but for those that are to die; workers and clocks are processes of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import redis
from bson import ObjectId
from werkzeug.serving import BaseWSGIServer, make_server

import migrations
from app import create_app, models, queues
from app.config import Settings
from app.models import DEFAULT_TENANT, Agent, CallLog, Delivery, Recording, Tenant
from app.pipeline.plan import NewDelivery, plan
from app.runtime import Runtime, install
from local.carrier.client import CarrierAdmin
from local.http_check import status_of
from local.ports import Ports
from local.product import product_processes
from local.stack import LocalStack
from tests.factories import ALL_DAY, ALWAYS, ALWAYS_RULES
from workers import clock, jobs

T = TypeVar("T")
PACE = {
    "TWILIO_CALLS_PER_SECOND": "5",
    "PATIENCE": "0.05",
    "RETRY_AFTER": "busy=1,no-answer=1,failed=1,machine=1",
    "CALLING_HOURS": "00:00-23:59",
    "CALLING_RULES": str(ALWAYS_RULES),
    "LOG_LEVEL": "WARNING",
    "WEB_CONCURRENCY": "1",
}
SPEED = 100.0
_SERVE = (
    "import sys; from werkzeug.serving import run_simple; from wsgi import app; "
    "run_simple('127.0.0.1', int(sys.argv[1]), app, threaded=True)"
)
GRACE = timedelta(seconds=20.5)
"""However impatient, so long an answer may be under way."""
RECOVERY = ("calls", "answers", "speech", "clock")


@dataclass
class Yard:
    """The running world."""

    stack: LocalStack
    settings: Settings
    environment: dict[str, str]
    carrier: CarrierAdmin
    port: int
    agent: Agent
    runtime: Runtime = field(init=False)
    numbers: int = 0
    _server: BaseWSGIServer | None = None

    def __post_init__(self) -> None:
        self.runtime = Runtime(self.settings)
        install(self.runtime)
        self._app = create_app(self.settings, self.runtime)

    # -- what a scene is made of ---------------------------------------------------------------

    def deliver(self, persona: str | list[dict[str, Any]], parcels: int = 1) -> list[Delivery]:
        """Plan deliveries for one customer, who behaves like the persona."""
        self.numbers += 1
        phone = f"+447700900{self.numbers:03}"
        self.carrier.assign(phone, persona)
        now = datetime.now(UTC)
        wish = NewDelivery(
            reference=None,
            customer_name="Casey Customer",
            phone=phone,
            address="12 Mill Lane",
            longitude=-0.1,
            latitude=51.5,
            scheduled_time=now + timedelta(hours=2),
            agent_email=self.agent.email,
        )
        return [
            plan(DEFAULT_TENANT, wish, now=now, window=ALL_DAY, book=ALWAYS) for _ in range(parcels)
        ]

    def claimed(self, deliveries: Sequence[Delivery]) -> CallLog:
        """Their call, claimed by a clock that lives."""
        self.forget_turns()
        clock.tick(self.runtime)
        return self.call(deliveries)

    @staticmethod
    def call(deliveries: Sequence[Delivery]) -> CallLog:
        """The one call of a household."""
        return CallLog.of(DEFAULT_TENANT, covers=deliveries[0].pk).get()

    @staticmethod
    def wait_until_it_counts(call: CallLog) -> None:
        """Until the network has had its time to list a call that it accepted."""
        passed = datetime.now(UTC) - call.dialing_at
        time.sleep(max(0.0, (GRACE - passed).total_seconds()))

    def dialled(self, deliveries: Sequence[Delivery]) -> CallLog:
        """The same, dialled by a worker that lives."""
        call = self.claimed(deliveries)
        self.dial(call)
        return call.reload()

    @staticmethod
    def dial(call: CallLog) -> None:
        """A worker that lives dials, again if it misses its moment: the machine may be busy."""

        def asked() -> bool:
            jobs.dial(str(call.pk))
            return call.reload().dialing_at is not None

        until(asked, "the call is dialled")

    def over(self, deliveries: Sequence[Delivery]) -> CallLog:
        """The same, once its end was reported."""
        call = self.dialled(deliveries)
        return until(lambda: call.reload() if call.reload().end_time else None, "the call's end")

    def recorded(self, deliveries: Sequence[Delivery]) -> Recording:
        """The recording of such a call, once it is announced and the call is over."""
        call = self.over(deliveries)
        return until(
            lambda: Recording.of(DEFAULT_TENANT, call_log_id=call.pk).first(), "the recording"
        )

    def forget_wake_ups(self) -> None:
        """Empty Redis: what earlier scenes left there is not this one's."""
        redis.Redis.from_url(self.settings.redis_url.get_secret_value()).flushdb()

    @staticmethod
    def forget_turns() -> None:
        """As if the dead clock's turn had run out."""
        models.database().pacing.delete_many({"_id": {"$regex": "clock$"}})

    # -- processes -----------------------------------------------------------------------------

    def worker_dies(self, point: str, job: queues.Job, document_id: ObjectId) -> int:
        """Run one worker that dies at the point while it does this job; returns its exit status.

        The job is offered until then, as the sweep would: a worker may put it off.
        """
        self.forget_wake_ups()
        process = self._run(point, [sys.executable, "-m", "app.cli", "worker", job.queue])

        def offered() -> bool:
            self.runtime.enqueuer.enqueue(job, document_id)
            return self._ended(process, 0.5)

        return self._status_of(process, offered)

    def clock_dies(self, point: str) -> int:
        """Run one clock that dies at the point."""
        self.forget_turns()
        process = self._run(point, [sys.executable, "-m", "app.cli", "clock"])
        return self._status_of(process, lambda: self._ended(process, 0.5))

    def web_dies(self, point: str, meanwhile: Callable[[], Any]) -> int:
        """The same for the web server, while something happens that it hears of."""
        with self.nobody_listens():
            process = self._run(point, [sys.executable, "-c", _SERVE, str(self.port)])
            until(self._answers, "the web server")
            meanwhile()
            return self._status_of(process, lambda: self._ended(process, 0.5))

    @contextmanager
    def nobody_listens(self) -> Iterator[None]:
        """Webhooks find no web server."""
        self._close()
        try:
            yield
        finally:
            self.listen()

    def listen(self) -> None:
        """Serve the webhooks in this process."""
        self._server = make_server("127.0.0.1", self.port, self._app, threaded=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def recover(self) -> None:
        """Start everything as it should be."""
        self.forget_turns()
        for process in product_processes(self.environment, self.port):
            if process.name in RECOVERY:
                self.stack.supervisor.add(process)
        self.stack.supervisor.start_all()

    def close(self) -> None:
        self._close()

    def _close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _answers(self) -> bool:
        try:
            return status_of(self.port, "/healthz") == HTTPStatus.OK
        except OSError:
            return False

    @staticmethod
    def _status_of(process: subprocess.Popen[bytes], ended: Callable[[], bool]) -> int:
        """Who does not die by itself is killed, with another status than that of the point."""
        try:
            until(ended, "the process's death", 20)
        except AssertionError:
            process.kill()
        return process.wait()

    @staticmethod
    def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _run(self, point: str, argv: list[str]) -> subprocess.Popen[bytes]:
        log = self.stack.folder / "logs" / f"dies-at-{point}.log"
        with log.open("ab") as output:
            return subprocess.Popen(
                argv,
                env={**self.environment, "DELAUTO_CRASH_AT": point},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )


def until(look: Callable[[], T | None], what: str, seconds: float = 30) -> T:
    """What ``look`` finds, once it finds something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} seconds: {what}")


@contextmanager
def yard(folder: Path) -> Iterator[Yard]:
    """Start the world; nothing of the product runs yet but the web server."""
    basics = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    stack = LocalStack(folder, environ=basics, speed=SPEED)
    with stack:
        given = stack.start()
        port = Ports(folder, basics).choose("web")
        environment = {**basics, **given, **PACE, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
        settings = Settings.from_env(environment)
        models.connect(settings)
        migrations.up(models.database())
        # A dead process's transaction keeps its locks until the server ends it, after a minute.
        models.database().client.admin.command("setParameter", 1, transactionLifetimeLimitSeconds=2)
        Tenant(tenant_id=DEFAULT_TENANT, name="Harbour Parcels").save()
        agent = Agent(
            tenant_id=DEFAULT_TENANT, name="Dana", phone="+447700900999", email="d@example.com"
        )
        agent.set_password("a driver's password")
        agent.save()
        carrier = CarrierAdmin(
            settings.twilio_api_url, settings.twilio_account_sid, settings.auth_tokens[0]
        )
        made = Yard(stack, settings, environment, carrier, port, agent)
        made.listen()
        try:
            yield made
        finally:
            made.close()
            models.disconnect()
