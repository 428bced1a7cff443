"""How fast the audit log grows while several append to it, in turn and out of turn, in one run.

    python -m benchmarks.audit [--seconds 4]

On a real mongod; every write waits for the journal. Each row is one company's chain: readings (an
entry alone) and changes (a document and its entry in one transaction), from some threads of one
process, or of two. Out of turn, each thread opens its transaction when it likes, and begins again
where another was faster. Every chain is verified afterwards.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import migrations
from app import models
from app.config import Settings
from app.models import Customer, database
from app.models.transaction import in_transaction
from app.pipeline.audit import Actor, audited, record
from app.pipeline.audit_chain import verify
from local.stack import LocalStack

TENANT = "default"
_DOT = Actor("user", "65f000000000000000000001", "Dot Dispatcher")


def reading(_thread: int) -> None:
    """Somebody listens to a recording."""
    record(TENANT, _DOT, "recording.listened", "recording", "r", now=datetime.now(UTC))


def _change(thread: int, run: Callable[[Callable[[], None]], None]) -> None:
    def work() -> None:
        phone = f"+1555{thread:07}"
        Customer.of(TENANT, phone=phone).update_one(inc__total_deliveries=1)
        record(TENANT, _DOT, "customer.changed", "customer", phone[-4:], now=datetime.now(UTC))

    run(work)


def change(thread: int) -> None:
    """Each thread changes a customer of its own, taking turns."""
    _change(thread, lambda work: audited(TENANT, work))


def change_out_of_turn(thread: int) -> None:
    """The same, whenever it likes."""
    _change(thread, in_transaction)


WORK = {"a reading": reading, "a change": change, "a change, out of turn": change_out_of_turn}


def main() -> int:
    """Print the table; exit status 1 where a chain is not whole."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=float, default=4.0)
    arguments.add_argument("--child", nargs=2, metavar=("WORK", "THREADS"))
    given = arguments.parse_args()
    if given.child:
        models.connect(Settings.from_env(os.environ))
        print(*measured(WORK[given.child[0]], int(given.child[1]), given.seconds))
        return 0
    basics = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="delauto-audit-") as folder:
        stack = LocalStack(Path(folder), environ=basics)
        with stack:
            environment = {**basics, **stack.start(), "PUBLIC_URL": "http://127.0.0.1:9"}
            return _table(environment, given.seconds)


def _table(environment: dict[str, str], seconds: float) -> int:
    models.connect(Settings.from_env(environment))
    migrations.up(database())
    for thread in range(64):
        Customer(tenant_id=TENANT, name="C", phone=f"+1555{thread:07}").save()
    print(
        f"{'what':<24} {'processes':>9} {'threads':>8} {'entries/s':>10} {'p50':>6} {'p99, ms':>8}"
    )
    whole = True
    for name in WORK:
        for processes, threads in ((1, 1), (1, 8), (1, 32), (2, 8), (2, 32)):
            database().audit_log.delete_many({})
            runs = _run(environment, name, threads, processes, seconds)
            rate = sum(each[0] for each in runs)
            p50, p99 = max(each[1] for each in runs), max(each[2] for each in runs)
            whole = whole and verify(TENANT).broken is None
            print(f"{name:<24} {processes:>9} {threads:>8} {rate:>10.0f} {p50:>6.0f} {p99:>8.0f}")
    print("every chain is whole" if whole else "a chain is BROKEN")
    return 0 if whole else 1


def _run(
    environment: dict[str, str], name: str, threads: int, processes: int, seconds: float
) -> list[tuple[float, ...]]:
    children = [
        subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "benchmarks.audit", "--seconds", str(seconds), "--child", name,
             str(threads)],
            env=environment, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
        )
        for _ in range(processes)
    ]  # fmt: skip
    return [tuple(map(float, child.communicate()[0].split())) for child in children]


def measured(
    work: Callable[[int], None], threads: int, seconds: float
) -> tuple[float, float, float]:
    """Times a second, and the median and 99th percentile of how long one takes, in ms."""
    work(0)
    end = time.monotonic() + seconds

    def several(thread: int) -> list[float]:
        took = []
        while time.monotonic() < end:
            began = time.monotonic()
            work(thread)
            took.append(1000 * (time.monotonic() - began))
        return took

    began = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        took = sorted(one for each in pool.map(several, range(threads)) for one in each)
    lasted = time.monotonic() - began
    return len(took) / lasted, statistics.median(took), took[int(0.99 * (len(took) - 1))]


if __name__ == "__main__":
    sys.exit(main())
