"""The product as it is, with stand-ins only for what is beside the point: queue, storage, model."""

from __future__ import annotations

import time
from dataclasses import replace

import mongoengine
from flask import Flask

import migrations
from app import create_app, models
from app.config import Settings
from app.errors import TransientError
from app.gateways import StoredObject
from app.pipeline.dial import Line
from app.pipeline.pace import Clock
from app.runtime import Runtime, install
from app.web.breaker import Breaker
from tests.fakes import FakeStorage
from tests.simulation.mishaps import Mishaps
from tests.simulation.speech import Listener
from tests.simulation.wake_ups import WakeUps

CARRIER_URL = "http://carrier.test"
PUBLIC_URL = "https://calls.test:8443"
_KEPT = frozenset({"migrations", "data_keys"})


class Shelf(FakeStorage):
    """Storage in memory that is out of reach now and then."""

    def __init__(self, mishaps: Mishaps) -> None:
        super().__init__()
        self._mishaps = mishaps

    def put(self, key: str, content: bytes, content_type: str) -> StoredObject:
        """Keep it, or raise TransientError."""
        if self._mishaps.strikes("storage out of reach"):
            raise TransientError("the storage is out of reach")
        return super().put(key, content, content_type)

    def get(self, key: str) -> bytes:
        """The bytes, or TransientError."""
        if self._mishaps.strikes("storage out of reach"):
            raise TransientError("the storage is out of reach")
        return super().get(key)


class Rehearsal(Runtime):
    """The product's runtime; voice and texts are the real ones, over the network within."""

    def __init__(self, settings: Settings, wake_ups: WakeUps, shelf: Shelf) -> None:
        super().__init__(settings)
        self._still = Still()
        # They are cached properties: what is there already is not made.
        self.__dict__.update(enqueuer=wake_ups, waker=wake_ups, storage=shelf, speech=Listener())

    def connect(self) -> None:
        """Connected since the beginning."""

    @property
    def line(self) -> Line:
        """Calls leave at once: pacing them takes real time, and is proven elsewhere."""
        return replace(super().line, clock=Clock(boot=self._still.boot, sleep=self._still.sleep))


class Still:
    """Seconds that pass only where somebody sleeps."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def boot(self) -> float:
        """Seconds since the start."""
        return self._seconds

    def sleep(self, seconds: float) -> None:
        """Be that much later at once."""
        self._seconds += seconds


def _seconds() -> float:
    return time.time()


class Product:
    """Database, runtime and web application; made once a process."""

    def __init__(self, settings: Settings, wake_ups: WakeUps, mishaps: Mishaps) -> None:
        self.settings = settings.model_copy(
            update={
                "twilio_api_url": CARRIER_URL,
                "public_url": PUBLIC_URL,
                "twilio_calls_per_second": 20.0,
                "twilio_delete_recordings_after": None,
                "calling_hours": "08:00-21:00",
                "calling_rules": None,
                "log_level": "ERROR",
            }
        )
        self._connect()
        self.runtime = Rehearsal(self.settings, wake_ups, Shelf(mishaps))
        self.flask: Flask = create_app(self.settings, self.runtime)
        self._rest()
        install(self.runtime)

    def _rest(self) -> None:
        """Breakers that rest in the simulation's time, which only `time.time` knows."""
        for name, rest, most in (("database", 1.0, 3), ("waking", 5.0, 1)):
            breaker = Breaker(rest=rest, most=most, clock=_seconds)
            self.flask.extensions[f"delauto.{name}"] = breaker

    def _connect(self) -> None:
        models.connect(self.settings)
        migrations.up(models.database())
        # It is not MongoDB that fails here: its writes need not wait for the journal.
        uri = self.settings.mongodb_uri.get_secret_value()
        mongoengine.disconnect()
        mongoengine.connect(
            host=uri, tz_aware=True, uuidRepresentation="standard", w=1, journal=False
        )

    def empty(self) -> None:
        """Forget everything: the next chapter may lie years before."""
        self._rest()
        database = models.database()
        for name in database.list_collection_names():
            if name not in _KEPT and not name.startswith("system."):
                database[name].delete_many({})
        self.runtime.storage.objects.clear()  # type: ignore[attr-defined]
