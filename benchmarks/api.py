"""The reading routes of the API under many users, beside a view that does nothing; and its growth.

A ledger is filled, served as in production (gunicorn.conf.py, 2 processes) and asked over the
loopback from a process of its own. First many users ask at once (``benchmarks.many_users`` says
how, ``benchmarks.api_users`` who and for what); before that the same users ask as often for a fixed
JSON of the same size from a bare Flask view in the same gunicorn. Then one client asks ledgers of
several sizes for a single thing or a first page at a time: growth is what that takes in the
largest, of what it takes in the smallest. Everything shares this machine's cores; "us each" is the
processors' time of one answer in gunicorn, MongoDB and Redis, which another load on the machine
changes least.

    python -m benchmarks.api --users 500 --seconds 60 --every 2 --deliveries 100000 \\
        --sizes 10000,100000,1000000
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import psutil

import migrations
from app import create_app, models
from app.config import Settings
from app.runtime import Runtime
from benchmarks import api_users
from benchmarks.api_users import LIST, READ
from benchmarks.ledger import Wanted, fill
from local.ports import Ports
from local.product import product_processes
from local.stack import LocalStack

SINGLE = ("read_delivery", "read_customer", "read_call", "read_recording")
FIRST_PAGES = ("list_deliveries", "list_customers", "list_calls", "list_recordings")
SEED = 1
_ROUND = 20
"""Questions of one kind before the next ledger's turn."""
COSTS = ("web", "mongodb", "redis")
SETTINGS = {
    "PUBLIC_URL": "https://calls.example",
    "WEB_CONCURRENCY": "2",
    # Requests are counted as always; nobody is refused.
    "API_RATE_USER": "1000000/60",
}


@dataclass(frozen=True)
class Bench:
    """A ledger that is served."""

    stack: LocalStack
    settings: Settings
    port: int

    def asked(self, users: Sequence[Any], seconds: float, every: float) -> dict[str, Any]:
        """What came back when these users asked, and what each answer cost in microseconds."""
        file = self.stack.folder / "users.json"
        file.write_text(json.dumps(users))
        before = self._spent()
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "benchmarks.many_users"]
            + [str(each) for each in (self.port, file, seconds, every)],
            check=True,
            capture_output=True,
            text=True,
        )
        found: dict[str, Any] = json.loads(done.stdout)
        count = max(1, sum(each["answers"] for each in found["kinds"].values()))
        spent = zip(COSTS, before, self._spent(), strict=True)
        return found | {"cost": {name: (now - then) / count * 1e6 for name, then, now in spent}}

    def _spent(self) -> list[float]:
        return [_spent(self.stack.supervisor.pid(name)) for name in COSTS]


def _spent(pid: int | None) -> float:
    process = psutil.Process(pid)
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


@contextmanager
def served(deliveries: int) -> Iterator[Bench]:
    """Fill a ledger of this size and serve it; leaves nothing behind."""
    basics = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="delauto-bench-") as folder:
        stack = LocalStack(Path(folder), environ=basics)
        with stack:
            environment = {**basics, **stack.start(), **SETTINGS}
            settings = Settings.from_env(environment)
            models.connect(settings)
            migrations.up(models.database())
            began = time.monotonic()
            fill(Wanted(deliveries, SEED, today=datetime.now(UTC).date()))
            print(f"filled with {deliveries:,} deliveries in {time.monotonic() - began:.0f} s")
            port = Ports(Path(folder), {}).choose("web")
            web, *_ = product_processes(environment, port)
            argv = [*web.argv[:-1], "benchmarks.bare_api:app"]
            stack.supervisor.add(dataclasses.replace(web, argv=argv))
            stack.supervisor.start("web")
            yield Bench(stack, settings, port)
            models.disconnect()


def growth(sizes: Sequence[int], count: int) -> None:
    """One client, one question at a time, of each ledger in turn; prints milliseconds and ratios.

    All are served together and asked in small rounds by turns, so that whatever else the machine
    does meanwhile slows each alike: the ratio is the median of the rounds' ratios.
    """
    with ExitStack() as ledgers:
        asked = [_questions(ledgers.enter_context(served(size)), count) for size in sizes]
        print(f"one client, the ledgers by turns; load average {os.getloadavg()[0]:.1f}")
        ratios = {}
        for name in (*SINGLE, *FIRST_PAGES):
            rounds = [
                [_sound(bench.asked([(who, asks[name][at : at + _ROUND])], 600, 0))
                 for bench, who, asks in asked]
                for at in range(0, count, _ROUND)
            ]  # fmt: skip
            for size, found in zip(sizes, zip(*rounds, strict=True), strict=True):
                p50 = median(each["routes"][name]["p50"] for each in found)
                cost = {what: median(each["cost"][what] for each in found) for what in COSTS}
                print(f"  {name:<18}{size:>11,}  p50 {p50:7.1f} ms{_costs(cost)}", flush=True)
            ratios[name] = median(
                each[-1]["routes"][name]["p50"] / each[0]["routes"][name]["p50"] for each in rounds
            )
        print(f"growth from {sizes[0]:,} to {sizes[-1]:,} deliveries (ratio of p50)")
        for kind, names in ((READ, SINGLE), (LIST, FIRST_PAGES)):
            print(f"  {kind:<6}" + "  ".join(f"{each} {ratios[each]:.2f}" for each in names))


def _questions(bench: Bench, count: int) -> tuple[Bench, str, dict[str, Any]]:
    """A client of the ledger that was filled last, and what it asks; it has asked once already."""
    client, random = api_users.one_client(), Random(SEED)  # noqa: S311 - draws, no secret
    names = (*SINGLE, *FIRST_PAGES)
    asks = {name: api_users.one_of_each(client, name, count, random) for name in names}
    for each in asks.values():
        bench.asked([(client.credentials, each[:10])], 60, 0)
    return bench, client.credentials, asks


def together(bench: Bench, users: int, seconds: float, every: float) -> None:
    """Many users at once: the bare view first, then the API; prints both and their ratio."""
    now, random = datetime.now(UTC), Random(SEED)  # noqa: S311 - draws, no secret
    flask = create_app(bench.settings, Runtime(bench.settings))
    who = api_users.people(flask, users, now)
    most = int(seconds / every) + 1 if every else 100_000
    asks = [(each.credentials, api_users.asks_of(each, most, random, now)) for each in who]
    # Each worker has loaded everything, and the sizes of answers are known.
    warm = bench.asked([(key, few[:1]) for key, few in asks], 60, max(10.0, every))
    sizes = warm["bytes"]
    bare = [
        ("", [(kind, "bare", f"/bare/{sizes.get(kind, 1000)}") for kind, _, _ in each])
        for _, each in asks
    ]
    print(
        f"{users} users, each asks every {every:g} s: {users / every:.0f} requests a second for "
        f"{seconds:g} s; load average {os.getloadavg()[0]:.1f} before"
    )
    least = bench.asked(bare, seconds, every)
    ours = bench.asked(asks, seconds, every)
    for which, found in (("bare", least), ("ours", ours)):
        _print(which, found)
    for kind in ours["kinds"]:
        ratios = (
            f"{part} {ours['kinds'][kind][part] / least['kinds'][kind][part]:.1f}"
            for part in ("p50", "p95", "p99")
        )
        print(f"  ours, of the bare view's   {kind:<8}{'  '.join(ratios)}")
    for name, each in ours["routes"].items():
        print(f"    {name:<22}{each['answers']:6}  p50 {each['p50']:7.1f}  p95 {each['p95']:7.1f}")
    print(f"  load average {os.getloadavg()[0]:.1f} after", flush=True)


def _print(which: str, found: dict[str, Any]) -> None:
    answers = sum(each["answers"] for each in found["kinds"].values())
    errors = dict(found["errors"]) or "none"
    print(f"  {which}: {answers / found['seconds']:.0f}/s answered, errors: {errors}"
          f"{_costs(found['cost'])}")  # fmt: skip
    for kind, each in found["kinds"].items():
        print(
            f"    {kind:<8}{each['answers']:6} answers of {found['bytes'][kind]:7,} bytes"
            f"  p50 {each['p50']:7.1f}  p95 {each['p95']:7.1f}  p99 {each['p99']:7.1f} ms"
        )


def _costs(cost: dict[str, float]) -> str:
    return "  us each: " + " ".join(f"{name} {spent:.0f}" for name, spent in cost.items())


def _sound(found: dict[str, Any]) -> dict[str, Any]:
    if found["errors"]:
        raise SystemExit(f"answers that are no success: {found['errors']}")
    return found


def main() -> None:
    """Print milliseconds, errors, ratios to the bare view, and growth."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--users", type=int, default=500)
    arguments.add_argument("--seconds", type=float, default=60.0)
    arguments.add_argument("--every", type=float, default=2.0, help="seconds between questions")
    arguments.add_argument("--deliveries", type=int, default=100_000, help="for many users; or 0")
    arguments.add_argument("--sizes", default="10000,100000", help="for growth, the smallest first")
    arguments.add_argument("--count", type=int, default=200, help="questions of one client")
    given = arguments.parse_args()
    sizes = [int(each) for each in given.sizes.split(",") if each]
    if given.deliveries:
        with served(given.deliveries) as bench:
            together(bench, given.users, given.seconds, given.every)
    if len(sizes) > 1:
        growth(sizes, given.count)


if __name__ == "__main__":
    main()
