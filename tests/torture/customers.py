"""Who is called in the torture: many numbers, a few ways to answer, all of them short."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bson import ObjectId

from app.models import DEFAULT_TENANT, Consent, Customer, Delivery, Tenant
from app.models.delivery import Outreach

PRESSES_1 = {"outcome": "answers", "rings": 1, "steps": [{"on": "gather", "press": "1"}]}
HANGS_UP = {"outcome": "answers", "rings": 1, "steps": [{"on": "say", "hang_up_after": 2.0}]}
BUSY = {"outcome": "busy"}
NO_ANSWER = {"outcome": "no_answer"}
FAILS = {"outcome": "fails", "sip_code": 503}

WAYS: tuple[tuple[str, float, list[dict[str, Any]]], ...] = (
    ("presses-1", 0.86, [PRESSES_1]),
    ("hangs-up", 0.04, [HANGS_UP]),
    ("busy-first", 0.04, [BUSY, PRESSES_1]),
    ("misses-first", 0.03, [NO_ANSWER, PRESSES_1]),
    ("fails-first", 0.03, [FAILS, PRESSES_1]),
)
"""How customers behave, and how many of them."""


def number(index: int) -> str:
    """The index-th customer's number."""
    return f"+44790{index:07}"


def personas(folder: Path, count: int, seed: int) -> Path:
    """Write the file that tells the carrier how each number answers."""
    dice = random.Random(seed)
    numbers: dict[str, list[str]] = {name: [] for name, _, _ in WAYS}
    names = [name for name, _, _ in WAYS]
    shares = [share for _, share, _ in WAYS]
    for index in range(count):
        numbers[dice.choices(names, shares)[0]].append(number(index))
    path = folder / "personas.json"
    found = [{"name": name, "numbers": numbers[name], "calls": calls} for name, _, calls in WAYS]
    path.write_text(json.dumps({"personas": found}))
    return path


def deliveries(count: int, *, spread: timedelta) -> None:
    """Insert customers, consents and deliveries, due over the coming ``spread``."""
    now = datetime.now(UTC)
    Tenant(tenant_id=DEFAULT_TENANT, name="Harbour Parcels").save()
    for start in range(0, count, 1000):
        several = range(start, min(start + 1000, count))
        whom = [_customer(index, now) for index in several]
        Customer._get_collection().insert_many([each.to_mongo() for each in whom])
        Consent._get_collection().insert_many([_consent(each, now) for each in whom])
        Delivery._get_collection().insert_many(
            [
                _delivery(each, now + spread * (index / count), now).to_mongo()
                for index, each in zip(several, whom, strict=True)
            ]
        )


def _customer(index: int, now: datetime) -> Customer:
    return Customer(
        id=ObjectId(),
        tenant_id=DEFAULT_TENANT,
        name=f"Customer {index}",
        phone=number(index),
        created_at=now,
        updated_at=now,
    )


def _consent(customer: Customer, now: datetime) -> dict[str, Any]:
    consent = Consent(
        tenant_id=DEFAULT_TENANT,
        phone=customer.phone,
        basis="order",
        source="torture",
        since=now,
        created_at=now,
        updated_at=now,
    )
    found: dict[str, Any] = consent.to_mongo()
    return found


def _delivery(customer: Customer, due: datetime, now: datetime) -> Delivery:
    return Delivery(
        id=ObjectId(),
        tenant_id=DEFAULT_TENANT,
        customer_id=customer.pk,
        address="12 Mill Lane",
        coordinates=[-0.1, 51.5],
        scheduled_time=now + timedelta(hours=6),
        time_zone="Europe/London",
        max_retries=5,
        outreach=Outreach(state="pending", next_attempt_at=due, reason="planned"),
        created_at=now,
        updated_at=now,
    )
