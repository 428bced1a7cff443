"""The account's pace as the network sees it: three clocks, four workers, and one call a second.

    python -m benchmarks.pace [--seconds 75] [--rate 1]

The real processes on the real carrier; what is measured are the times at which the carrier took
the calls. While work is waiting, the rate over any ten seconds must not exceed the configured one,
and the mean must stay above 0.95 of it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import migrations
from app import models
from app.config import Settings
from app.models import DEFAULT_TENANT, Customer, Delivery, Tenant, database
from local.carrier.client import CarrierAdmin
from local.ports import Ports
from local.product import product_processes
from local.stack import LocalStack
from local.supervisor import Process

CLOCKS, WORKERS, WINDOW = 3, 4, 10.0
RULES = Path(__file__).parents[1] / "tests" / "always.toml"


def main() -> int:
    """Print what the carrier saw; exit status 1 where it saw too much or too little."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=float, default=75)
    arguments.add_argument("--rate", type=float, default=1.0)
    given = arguments.parse_args()
    moments = measured(given.rate, given.seconds)
    lasted = moments[-1] - moments[0]
    mean = (len(moments) - 1) / lasted
    most = max(bisect_left(moments, start + WINDOW) - index for index, start in enumerate(moments))
    nearest = min(later - sooner for sooner, later in pairwise(moments))
    print(f"{'configured':>12} {'calls':>6} {'over, s':>8} {'mean/s':>7} {'most in any 10 s':>17}")
    print(f"{given.rate:>12.2f} {len(moments):>6} {lasted:>8.1f} {mean:>7.3f} {most:>17}")
    print(f"share of the configured rate {mean / given.rate:.3f}; two calls were never closer than"
          f" {nearest:.2f} s")  # fmt: skip
    good = most <= given.rate * WINDOW and mean >= 0.95 * given.rate
    return 0 if good else 1


def measured(rate: float, seconds: float) -> list[float]:
    """Run the product for so long with more work than it can do; when the carrier took calls."""
    basics = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="delauto-pace-") as folder:
        stack = LocalStack(Path(folder), environ=basics)
        with stack:
            started = stack.start()
            port = Ports(stack.folder, basics).choose("web")
            environment = {
                **basics,
                **started,
                "PUBLIC_URL": f"http://127.0.0.1:{port}",
                "TWILIO_CALLS_PER_SECOND": str(rate),
                "TWILIO_CALLS_IN_PROGRESS": "500",
                "CALLING_RULES": str(RULES),
                "CALLING_HOURS": "00:00-23:59",
                "LOG_LEVEL": "WARNING",
            }
            settings = Settings.from_env(environment)
            models.connect(settings)
            migrations.up(database())
            carrier = CarrierAdmin(
                settings.twilio_api_url, settings.twilio_account_sid, settings.auth_tokens[0]
            )
            _plan(carrier, round(1.5 * rate * (seconds + 60)))
            for process in _processes(environment, port):
                stack.supervisor.add(process)
            stack.supervisor.start_all()
            _wait_for(carrier, 3)
            time.sleep(seconds)
            placed = carrier.journal(kind="call_placed")
            waiting = Delivery.across_tenants(outreach__state="pending").count()
            models.disconnect()
    if not waiting:
        raise SystemExit("no work was waiting in the end: nothing is proved")
    # The first are left out: processes were still starting.
    return sorted(float(each["at"]) for each in placed)[3:]


def _processes(environment: dict[str, str], port: int) -> list[Process]:
    made = product_processes(environment, port)
    kept = [each for each in made if each.name == "web"]
    for name, count in (("clock", CLOCKS), ("calls", WORKERS), ("answers", 1)):
        (pattern,) = [each for each in made if each.name == name]
        kept += [
            Process(
                name=f"{name}-{index}",
                argv=pattern.argv,
                environment=environment,
                stop_seconds=30,
            )
            for index in range(count)
        ]
    return kept


def _plan(carrier: CarrierAdmin, count: int) -> None:
    now = datetime.now(UTC)
    Tenant(tenant_id=DEFAULT_TENANT, name="Harbour Parcels").save()
    for index in range(count):
        phone = f"+4420794{index:05}"
        carrier.assign(phone, "busy-then-answers")
        customer = Customer(tenant_id=DEFAULT_TENANT, name=f"Customer {index}", phone=phone).save()
        Delivery(
            tenant_id=DEFAULT_TENANT,
            customer_id=customer.pk,
            address="12 Mill Lane",
            scheduled_time=now + timedelta(hours=6),
            time_zone="Europe/London",
            max_retries=0,
            outreach={"next_attempt_at": now},
        ).save()


def _wait_for(carrier: CarrierAdmin, calls: int) -> None:
    end = time.monotonic() + 120
    while len(carrier.journal(kind="call_placed")) < calls:
        if time.monotonic() > end:
            raise SystemExit("nothing was dialled within two minutes")
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
