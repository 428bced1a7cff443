"""The whole product in one process, on the real database, with a network that obeys.

Clock, workers and webhooks are the product's own functions; time, wake-ups and the telephone
network are in the test's hand. A process dies by an exception that nobody catches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import mongoengine
import time_machine
from twilio.request_validator import RequestValidator

from app import crash_points, create_app, models, queues
from app.config import Settings
from app.models import Tenant
from app.pipeline.dial import Line
from app.pipeline.pace import Clock
from app.runtime import Runtime, install
from tests.attempts.network import Died, Network, NetworkCall
from tests.attempts.wake_ups import WakeUps
from tests.fakes import FakeSpeech, FakeStorage
from workers import clock, jobs

RULES = Path(__file__).with_name("hours.toml")
START = datetime(2026, 3, 27, 10, 0, tzinfo=UTC)
"""A Friday; on Sunday the clocks change in London."""
TENANTS = ("default", "harbour-two")
RETRY_AFTER = "busy=300,no-answer=1800,failed=300,machine=7200"
_KEPT = ("migrations", "data_keys")


class HandledRuntime(Runtime):
    """A runtime whose diallers go by the test's clock."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(settings)
        self._clock = clock

    @property
    def line(self) -> Line:
        return replace(super().line, clock=self._clock)


@dataclass
class World:
    """One product and its surroundings; ``begin`` and ``end`` make and wipe one example."""

    settings: Settings
    network: Network = field(init=False)
    wake_ups: WakeUps = field(init=False)
    runtime: Runtime = field(init=False)
    dies_at: str | None = None
    """The next process to reach this point dies there."""
    interrupts: dict[str, Callable[[], Any]] = field(default_factory=dict)
    """What happens elsewhere while a process stands at a point, once."""
    passed: float = 0.0
    """Seconds that passed by the test's will in this example."""
    _waited: float = 0.0
    seen: Counter[str] = field(default_factory=Counter)
    """Over all examples: the points that were reached, died at, or saw others act."""

    def __post_init__(self) -> None:
        self.settings = self.settings.model_copy(
            update={
                "calling_rules": str(RULES),
                "calling_hours": "08:00-21:00",
                "retry_after": RETRY_AFTER,
                "twilio_calls_per_second": 100.0,
                "log_level": "ERROR",
            }
        )
        self.network, self.wake_ups = Network(), WakeUps()
        self.clock = Clock(boot=lambda: self.passed + self._waited, sleep=self._sleep)
        self.runtime = HandledRuntime(self.settings, self.clock)
        for name, stand_in in {
            "voice": self.network,
            "enqueuer": self.wake_ups,
            "waker": self.wake_ups,
            "storage": FakeStorage(),
            "speech": FakeSpeech(),
        }.items():
            # They are cached properties: what is there already is not made.
            self.runtime.__dict__[name] = stand_in
        self.flask = create_app(self.settings, self.runtime)
        install(self.runtime)
        self._hurry()
        self.web = self.flask.test_client()

    def _hurry(self) -> None:
        """Writes need not wait for the journal: it is not MongoDB that dies here."""
        uri = self.settings.mongodb_uri.get_secret_value()
        mongoengine.disconnect()
        mongoengine.connect(
            host=uri, tz_aware=True, uuidRepresentation="standard", w=1, journal=False
        )

    # -- one example --------------------------------------------------------------------------

    def begin(self) -> None:
        """An empty ledger, a quiet network, ten in the morning."""
        self.seen["lives"] += 1
        database = models.database()
        # Some are made only when they are first written to.
        for name in database.list_collection_names():
            if name not in _KEPT and not name.startswith("system."):
                database[name].delete_many({})
        self.network.__init__()  # type: ignore[misc]
        self.wake_ups.waiting.clear()
        self.dies_at, self.interrupts, self.passed = None, {}, 0.0
        self.travel = time_machine.travel(START, tick=False)
        self.time = self.travel.start()
        crash_points.on_reach = self._reached
        # No texts: what follows a call alone is looked at here.
        for name in TENANTS:
            Tenant(tenant_id=name, name="Harbour Parcels", calling={"texts": False}).save()

    def end(self) -> None:
        """Back to the present."""
        crash_points.on_reach = None
        self.travel.stop()

    def pass_time(self, by: timedelta) -> None:
        """Time passes for everybody."""
        self.time.shift(by)
        self.passed += by.total_seconds()
        self.network.time_passed()

    def _sleep(self, seconds: float) -> None:
        # On the dialler's clock alone: how long it waits for MongoDB is no part of an example.
        self._waited += max(0.0, seconds)

    # -- the product's processes --------------------------------------------------------------

    def alive(self, do: Callable[[], Any]) -> bool:
        """Let a process do something; False where it died on the way."""
        try:
            do()
        except Died:
            return False
        return True

    def _reached(self, point: str) -> None:
        meanwhile = self.interrupts.pop(point, None)
        self.seen[point] += 1
        if meanwhile is not None:
            self.seen[f"others act at {point}"] += 1
            meanwhile()
        if self.dies_at == point:
            self.dies_at = None
            self.seen[f"died at {point}"] += 1
            raise Died(point)

    def tick(self) -> None:
        """A clock claims what is due."""
        clock.tick(self.runtime)

    def duty(self, name: str) -> None:
        """A clock does one of its duties."""
        (duty,) = [each for each in clock.DUTIES if each.name == name]
        duty.do(self.runtime)

    def work(self, index: int, *, keep: bool = False) -> None:
        """A worker runs a waiting job; ``keep``: and another one will run it again."""
        name, document_id = self.wake_ups.waiting[index]
        if not keep:
            del self.wake_ups.waiting[index]
        getattr(jobs, queues.JOBS[name].name)(document_id)

    # -- what the network tells it ------------------------------------------------------------

    def post(self, path: str, **form: str) -> Any:
        """A signed webhook."""
        form = {"AccountSid": self.settings.twilio_account_sid, **form}
        url = self.settings.public_url + path
        token = self.settings.auth_tokens[0]
        signature = RequestValidator(token).compute_signature(url, form)
        answer = self.web.post(path, data=form, headers={"X-Twilio-Signature": signature})
        # Whatever stands in the way, a webhook has an answer: what a view raises is our fault.
        assert answer.status_code != 500, path
        return answer

    def about(self, call: NetworkCall, what: str, **form: str) -> Any:
        """A webhook about a call of the network, at the address that was given for it."""
        return self.post(f"/webhooks/twilio/calls/{call.attempt}/{what}", CallSid=call.sid, **form)


@contextmanager
def world(settings: Settings):
    """A world over the fixture's database; the fixture's connection is back afterwards."""
    made = World(settings)
    try:
        yield made
    finally:
        models.connect(settings)
