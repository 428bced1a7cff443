"""Deliveries planned many at once, beside one request for each, in one run.

    python -m benchmarks.imports [--rows 1000] [--singly 200]

Through the API on a real mongod, in this process and without a network. Each way plans deliveries
for customers that are not known yet, every third of them with an agent. Told are seconds, rows a
second, requests to the database for each row, and how often as fast it is as one POST for each.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from pymongo import monitoring

import migrations
from app import create_app, models
from app.config import Settings
from app.models import DEFAULT_TENANT, Agent, Tenant, database
from app.pipeline import api_keys
from app.pipeline.audit import Actor
from app.rules.permissions import FOR_KEYS
from app.runtime import Runtime
from local.stack import LocalStack

SYSTEM = Actor("system", "benchmarks", "benchmarks")
_AGENT = "dana@example.com"
_numbers = count(1)
_CSV = {"Content-Type": "text/csv"}


class Requests(monitoring.CommandListener):
    """Counts what is asked of MongoDB."""

    def __init__(self) -> None:
        self.count = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:  # noqa: ARG002
        self.count += 1

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


def main() -> int:
    """Print the table; exit status 1 where not everything was planned."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=1000, help="of a file or a batch")
    arguments.add_argument("--singly", type=int, default=200, help="deliveries with a POST each")
    given = arguments.parse_args()
    asked = Requests()
    monitoring.register(asked)
    basics = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="delauto-imports-") as folder:
        stack = LocalStack(Path(folder), environ=basics)
        with stack:
            environment = {
                **basics,
                **stack.start(),
                "PUBLIC_URL": "http://127.0.0.1:9",
                "LOG_LEVEL": "WARNING",
            }
            settings = Settings.from_env(environment)
            models.connect(settings)
            migrations.up(database())
            _measure(_client(settings), asked, given.rows, given.singly)
            models.disconnect()
    return 0


def _client(settings: Settings) -> FlaskClient:
    """Somebody with a key, of a company with one agent."""
    Tenant(tenant_id=DEFAULT_TENANT, name="Harbour", callback_number="+14155550100").save()
    agent = Agent(tenant_id=DEFAULT_TENANT, name="Dana", email=_AGENT, phone="+14155550101")
    agent.set_password("seven plums upon the sill")
    agent.save()
    wish = api_keys.NewKey(
        name="benchmarks", permissions=[str(each) for each in FOR_KEYS], requests=10**6
    )
    key = api_keys.issue(DEFAULT_TENANT, SYSTEM, wish, now=datetime.now(UTC)).plain
    client = create_app(settings, Runtime(settings)).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


def _measure(client: FlaskClient, asked: Requests, rows: int, singly: int) -> None:
    ways: tuple[tuple[str, int, Callable[[list[dict[str, Any]]], int]], ...] = (
        ("a POST for each", singly, lambda wishes: _singly(client, wishes)),
        ("POST /deliveries/batch", rows, lambda wishes: _batch(client, wishes)),
        ("import, only tried", rows, lambda wishes: _file(client, wishes, "?dry_run=true")),
        ("import", rows, lambda wishes: _file(client, wishes, "")),
    )
    print(f"{'how':<24} {'rows':>6} {'seconds':>8} {'rows/s':>7} {'requests/row':>13} {'ratio':>6}")
    _singly(client, _wishes(5))
    base = 0.0
    for name, many, plan in ways:
        wishes = _wishes(many)
        before, started = asked.count, time.monotonic()
        planned = plan(wishes)
        seconds = time.monotonic() - started
        if planned != many:
            raise SystemExit(f"{name}: {planned} of {many} planned: this is wrong")
        rate, each = many / seconds, (asked.count - before) / many
        base = base or rate
        print(
            f"{name:<24} {many:>6,} {seconds:>8.2f} {rate:>7,.0f} {each:>13.2f} {rate / base:>6.1f}"
        )


def _wishes(many: int) -> list[dict[str, Any]]:
    soon = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    return [
        {
            "reference": f"R-{number}",
            "customer_name": f"Customer {number}",
            "phone": f"+1212{2000000 + number}",
            "address": f"{number} Mill Lane, New York, NY 10001",
            "scheduled_time": (soon + timedelta(seconds=number)).isoformat(),
            "place": {
                "longitude": -73.9 - number % 100 / 1000,
                "latitude": 40.7 + number % 97 / 1000,
            },
            **({"agent_email": _AGENT} if number % 3 == 0 else {}),
        }
        for number in (next(_numbers) for _ in range(many))
    ]


def _singly(client: FlaskClient, wishes: list[dict[str, Any]]) -> int:
    answers = [client.post("/api/v1/deliveries", json=wish) for wish in wishes]
    return sum(answer.status_code == 201 for answer in answers)


def _batch(client: FlaskClient, wishes: list[dict[str, Any]]) -> int:
    answer = client.post("/api/v1/deliveries/batch", json={"items": wishes})
    return int(answer.get_json()["planned"])


def _file(client: FlaskClient, wishes: list[dict[str, Any]], query: str) -> int:
    lines = [
        "reference,customer_name,phone,address,scheduled_time,longitude,latitude,agent_email",
        *(
            f'{wish["reference"]},{wish["customer_name"]},{wish["phone"]},"{wish["address"]}",'
            f"{wish['scheduled_time']},{wish['place']['longitude']},{wish['place']['latitude']},"
            f"{wish.get('agent_email', '')}"
            for wish in wishes
        ),
    ]
    answer = client.post(
        f"/api/v1/deliveries/import{query}", data="\n".join(lines).encode(), headers=_CSV
    )
    return int(answer.get_json()["planned"])


if __name__ == "__main__":
    sys.exit(main())
