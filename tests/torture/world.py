"""The product, whole and running, on a world of its own that will misbehave."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import migrations
from app import models
from app.config import Settings
from local.carrier.client import CarrierAdmin
from local.ports import Ports
from local.product import product_processes
from local.stack import LocalStack
from local.supervisor import Process

RULES = Path(__file__).parents[1] / "always.toml"
PACE = {
    "TWILIO_CALLS_PER_SECOND": "100",
    "TWILIO_CALLS_IN_PROGRESS": "400",
    "PATIENCE": "0.1",
    "RETRY_AFTER": "busy=1,no-answer=1,failed=1,machine=1",
    "CALLING_HOURS": "00:00-23:59",
    "CALLING_RULES": str(RULES),
    "LOG_LEVEL": "WARNING",
}
SPEED = 1000.0
"""Call seconds per second: conversations are short here, dialling is what matters."""


@dataclass(frozen=True, slots=True)
class World:
    """A running world: its parts, its settings, its telephone network and who dials."""

    stack: LocalStack
    settings: Settings
    carrier: CarrierAdmin
    diallers: list[str]

    @property
    def books(self) -> Path:
        """Where the carrier keeps its books."""
        return self.stack.folder / "carrier"


@contextmanager
def world(folder: Path, personas: Path, *, workers: int, naive: bool) -> Iterator[World]:
    """Start everything; with ``naive`` its workers dial instead of the product's."""
    names = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
    basics = {name: os.environ[name] for name in names if name in os.environ}
    stack = LocalStack(folder, environ=basics, speed=SPEED, personas=personas)
    with stack:
        given = stack.start()
        port = Ports(folder, basics).choose("web")
        environment = {**basics, **given, **PACE, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
        settings = Settings.from_env(environment)
        models.connect(settings)
        migrations.up(models.database())
        product = {each.name: each for each in product_processes(environment, port)}
        wanted = ["web", "answers"] if naive else ["web", "answers", "clock"]
        for name in wanted:
            stack.supervisor.add(product[name])
        diallers = [f"dialler-{index}" for index in range(workers)]
        command = ["tests.torture.naive"] if naive else ["app.cli", "worker", "calls"]
        for name in diallers:
            stack.supervisor.add(_process(name, command, environment))
        if not naive:
            stack.supervisor.add(_process("clock-2", ["app.cli", "clock"], environment))
        stack.supervisor.start_all()
        carrier = CarrierAdmin(
            settings.twilio_api_url, settings.twilio_account_sid, settings.auth_tokens[0]
        )
        try:
            yield World(stack, settings, carrier, diallers)
        finally:
            models.disconnect()


def _process(name: str, command: list[str], environment: dict[str, str]) -> Process:
    return Process(
        name=name,
        argv=[sys.executable, "-m", *command],
        environment=environment,
        stop_seconds=10,
    )


def eventually(seconds: float, look) -> bool:
    """Look until it is so, at most so long; an exception of a part that is down is a no."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if look():
                return True
        except Exception:  # noqa: BLE001 - whatever was killed is coming back
            time.sleep(0.5)
        time.sleep(0.25)
    return False
