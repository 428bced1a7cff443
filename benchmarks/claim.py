"""How fast due deliveries become intended calls, beside one transaction for each, in one run.

    python -m benchmarks.claim [--most 1000000]

On a real mongod. Three tables: 10,000 and 100,000 due deliveries, all claimed in batches; the
same with 2 clocks side by side, and one by one, as a naive design would; and claims a second while
the collection grows, most of it settled or due another day, as it is in real life.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bson import ObjectId

import migrations
from app import models
from app.config import Settings
from app.models import CallLog, Customer, Delivery, database
from app.models.base import Transition
from app.models.numbers import sealed
from app.pipeline.claim import claim_batch
from app.pipeline.due import Room
from app.pipeline.permission import judge_delivery
from app.pipeline.policy import CallingPolicy
from app.runtime import Runtime
from app.states import OUTREACH
from local.stack import LocalStack

BATCH = 500
_CHUNK = 5000
_TENANTS = ("anchor", "beacon", "harbour")
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


def main() -> int:
    """Print the tables."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--most", type=int, default=1_000_000, help="deliveries in the end")
    most = arguments.parse_args().most
    basics = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="delauto-claim-") as folder:
        stack = LocalStack(Path(folder), environ=basics)
        with stack:
            given = {**basics, **stack.start(), "PUBLIC_URL": "http://127.0.0.1:9"}
            settings = Settings.from_env(given)
            models.connect(settings)
            migrations.up(database())
            policy = Runtime(settings).policy
            _claims(policy, most)
            _growth(policy, most)
    return 0


def _claims(policy: CallingPolicy, most: int) -> None:
    print(f"{'due deliveries':>15} {'how':<28} {'seconds':>8} {'claims/s':>9} {'ratio':>6}")
    base = 0.0
    for count, name, claim in (
        (2_000, "one transaction for each", lambda: _one_by_one(policy)),
        (10_000, f"batches of {BATCH}", lambda: _batches(policy)),
        (10_000, f"batches of {BATCH}, 2 clocks", lambda: _side_by_side(policy, 2)),
        (100_000, f"batches of {BATCH}", lambda: _batches(policy)),
    ):
        if count > most:
            continue
        _empty()
        _plan(count, due=True)
        started = time.monotonic()
        claimed = claim()
        seconds = time.monotonic() - started
        calls = CallLog.across_tenants().count()
        if not claimed == calls == count:
            raise SystemExit(f"{count} due, {claimed} claimed, {calls} calls: this is wrong")
        base = base or claimed / seconds
        rate = claimed / seconds
        print(f"{count:>15,} {name:<28} {seconds:>8.1f} {rate:>9,.0f} {rate / base:>6.1f}")


def _growth(policy: CallingPolicy, most: int) -> None:
    print(f"\n{'deliveries':>15} {'due':>8} {'claims/s':>9} {'one tick of 5, ms':>18}")
    _empty()
    size = 0
    for target in (10_000, 100_000, 300_000, 1_000_000):
        if target > most:
            break
        _plan(target - size - 2_600, due=False)
        _plan(2_600, due=True)
        size = target
        ticks = []
        for _ in range(100):
            started = time.monotonic()
            claim_batch(policy, now=NOW, room=Room(5, {}), most=36)
            ticks.append(time.monotonic() - started)
        started = time.monotonic()
        claimed = _batches(policy)
        seconds = time.monotonic() - started
        tick = 1000 * sorted(ticks)[len(ticks) // 2]
        print(f"{size:>15,} {2_600:>8,} {claimed / seconds:>9,.0f} {tick:>18.1f}")


def _batches(policy: CallingPolicy) -> int:
    claimed = 0
    while True:
        batch = claim_batch(policy, now=NOW, room=Room(BATCH, {}))
        claimed += len(batch.claimed)
        if not batch.looked_at:
            return claimed


def _side_by_side(policy: CallingPolicy, clocks: int) -> int:
    with ThreadPoolExecutor(clocks) as pool:
        return sum(pool.map(lambda _: _batches(policy), range(clocks)))


def _one_by_one(policy: CallingPolicy) -> int:
    claimed = 0
    due = {"outreach__state": "pending", "outreach__next_attempt_at__lte": NOW}
    while True:
        found = list(Delivery.across_tenants(**due).order_by("scheduled_time").limit(100))
        for delivery in found:
            claimed += _claim_one(delivery, policy)
        if not found:
            return claimed


def _claim_one(delivery: Delivery, policy: CallingPolicy) -> bool:
    """One document read, judged and written by itself."""
    customer = Customer.of(delivery.tenant_id, pk=delivery.customer_id).get()
    verdict = judge_delivery(delivery, policy.book, now=NOW, window=policy.window)
    if verdict is None or not verdict.allowed:
        return False
    call = CallLog(
        tenant_id=delivery.tenant_id,
        delivery_id=delivery.pk,
        customer_id=customer.pk,
        covers=[delivery.pk],
        attempt=1,
        from_number=policy.from_number,
        to_number=customer.phone,
        claimed_at=NOW,
        why_allowed=verdict.as_dict(),
    )
    call.validate()
    step = Transition(machine=OUTREACH.name, source="pending", target="calling", at=NOW, cause="-")

    def write(session: Any) -> bool:
        moved = Delivery._get_collection().update_one(
            {"_id": delivery.pk, "outreach.state": "pending"},
            {
                "$set": {"outreach.state": "calling", "outreach.attempts": 1},
                "$push": {"history": step.to_mongo().to_dict()},
            },
            session=session,
        )
        if moved.modified_count:
            CallLog._get_collection().insert_one(call.to_mongo().to_dict(), session=session)
        return bool(moved.modified_count)

    with database().client.start_session() as session:
        return bool(session.with_transaction(write))


def _empty() -> None:
    for name in ("customers", "consents", "deliveries", "call_logs", "pacing"):
        database()[name].delete_many({})


def _plan(count: int, *, due: bool) -> None:
    """So many deliveries, each for a customer of its own; due now, or settled or due tomorrow."""
    db = database()
    start = db.customers.estimated_document_count()
    for first in range(start, start + count, _CHUNK):
        numbers = range(first, min(first + _CHUNK, start + count))
        rows = list(_rows(numbers, due=due))
        for name, index in (("customers", 0), ("consents", 1), ("deliveries", 2)):
            db[name].insert_many([row[index] for row in rows], ordered=False)


def _rows(numbers: range, *, due: bool) -> Iterator[tuple[dict[str, Any], ...]]:
    for number in numbers:
        tenant = _TENANTS[number % len(_TENANTS)]
        phone, customer_id = sealed(f"+1212{number:07}"), ObjectId()
        settled = not due and number % 2 == 0
        at = NOW - timedelta(minutes=1) if due else NOW + timedelta(days=1)
        outreach = {"state": "confirmed" if settled else "pending", "attempts": int(settled)}
        if not settled:
            outreach["next_attempt_at"] = at
        yield (
            {"_id": customer_id, "tenant_id": tenant, "name": "Casey", "phone": phone},
            {
                "tenant_id": tenant,
                "phone": phone,
                "basis": "order",
                "source": "R",
                "since": NOW - timedelta(days=1),
            },
            {
                "tenant_id": tenant,
                "customer_id": customer_id,
                "address": "12 Mill Lane, New York, NY 10001",
                "coordinates": {
                    "type": "Point",
                    "coordinates": [-73.9 - number % 100 / 1000, 40.7 + number % 97 / 1000],
                },
                "scheduled_time": at + timedelta(hours=3, seconds=number % 7200),
                "time_zone": "America/New_York",
                "status": "scheduled",
                "priority": ("normal", "normal", "normal", "high", "urgent")[number % 5],
                "max_retries": 3,
                "outreach": outreach,
                "updatedAt": NOW,
                "createdAt": NOW,
            },
        )


if __name__ == "__main__":
    sys.exit(main())
