"""The whole product, running: web server, workers and clock, on a world of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

import migrations
from app import models
from app.config import Settings
from app.models import DEFAULT_TENANT, Agent, CallLog, Delivery, Tenant
from app.pipeline.plan import NewDelivery, plan
from app.pipeline.staff import NewPerson, add_person
from app.rules.permissions import Role
from local.carrier.client import CarrierAdmin
from local.ports import Ports
from local.product import product_processes
from local.stack import LocalStack
from tests.factories import ALL_DAY, ALWAYS, ALWAYS_RULES

T = TypeVar("T")
AUDIO = Path(__file__).parents[2] / "local" / "carrier" / "audio"
PASSWORD = "seven plums upon the sill"
"""Of everybody who can log in."""
PACE = {
    "TWILIO_CALLS_PER_SECOND": "5",
    "PATIENCE": "0.1",
    "WEBHOOKS_TO_LOOPBACK": "true",
    "RETRY_AFTER": "busy=1,no-answer=1,failed=1,machine=1",
    "CALLING_HOURS": "00:00-23:59",
    "CALLING_RULES": str(ALWAYS_RULES),
}


@dataclass
class Product:
    """The running product and its world."""

    stack: LocalStack
    settings: Settings
    carrier: CarrierAdmin
    url: str
    agent: Agent
    """Who drives."""
    dispatcher: Agent
    numbers: int = 0

    def deliver(self, persona: str | list, **fields) -> Delivery:
        """Plan a delivery for a customer who behaves like a persona."""
        self.numbers += 1
        number = f"+447700900{self.numbers:03}"
        self.carrier.assign(number, persona)
        now = datetime.now(UTC)
        wish = NewDelivery(
            reference=None,
            customer_name=f"Customer {self.numbers}",
            phone=number,
            address="12 Mill Lane",
            longitude=-0.1,
            latitude=51.5,
            scheduled_time=now + timedelta(hours=2),
            time_zone="Europe/London",
            agent_email=self.agent.email,
            **fields,
        )
        return plan(DEFAULT_TENANT, wish, now=now, window=ALL_DAY, book=ALWAYS)

    def settled(self, delivery: Delivery, state: str, seconds: float = 60) -> Delivery:
        """The delivery once its outreach is in a state and its agent told."""

        def there() -> Delivery | None:
            now = Delivery.of(DEFAULT_TENANT, pk=delivery.pk).get()
            return now if now.outreach.state == state and not now.to_tell else None

        return until(there, f"{delivery.pk} {state}", seconds)

    def calls(self, delivery: Delivery) -> list[CallLog]:
        return list(CallLog.of(DEFAULT_TENANT, delivery_id=delivery.pk).order_by("attempt"))

    def rung(self, number: str) -> list[dict]:
        """The calls that the network placed to a number."""
        return [call for call in self.carrier.calls() if call["to"] == number]


def until(look: Callable[[], T | None], what: str, seconds: float = 60) -> T:
    """What ``look`` finds, once it finds something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} seconds: {what}")


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    basics = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    stack = LocalStack(tmp_path_factory.mktemp("product"), environ=basics, speed=100)
    with stack:
        given = stack.start()
        port = Ports(stack.folder, basics).choose("web")
        url = f"http://127.0.0.1:{port}"
        environment = {**basics, **given, **PACE, "PUBLIC_URL": url}
        settings = Settings.from_env(environment)
        models.connect(settings)
        migrations.up(models.database())
        Tenant(tenant_id=DEFAULT_TENANT, name="Harbour Parcels").save()
        agent, dispatcher = (
            add_person(DEFAULT_TENANT, who, PASSWORD)
            for who in (
                NewPerson("Dana Driver", "dana@example.com", "+447700900999"),
                NewPerson("Del Dispatcher", "del@example.com", "+447700900996", Role.DISPATCHER),
            )
        )
        for process in product_processes(environment, port):
            stack.supervisor.add(process)
        stack.supervisor.start_all()
        carrier = CarrierAdmin(
            settings.twilio_api_url, settings.twilio_account_sid, settings.auth_tokens[0]
        )
        yield Product(stack, settings, carrier, url, agent, dispatcher)
        models.disconnect()


@pytest.fixture
def product(world: Product) -> Product:
    models.connect(world.settings)
    return world
