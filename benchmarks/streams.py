"""Open pages' event streams on one web process, beside gunicorn's own threads with a fixed text.

Deliveries of a board change at a rate; every page must hear the last state of each. Then the server
is killed (SIGKILL) while the changes go on, comes back, and again none may have been missed, nor
any page have got everything anew. Before that, the same number of streams send a fixed text of the
size of a row at the same rate from a bare Flask view, a thread for each. Pages are read by a
process of its own. Everything shares this machine's cores; "us an event" is the processor's time of
the web process for one event on one page, which another load on the machine changes least.

    python -m benchmarks.streams --pages 200 --seconds 30 --rate 20
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import psutil
from bson import ObjectId
from flask import Flask

import migrations
from app import create_app, models
from app.config import Settings
from app.models import DEFAULT_TENANT, Agent, Delivery
from app.runtime import Runtime
from app.web import live
from benchmarks.signed_in import cookie_of
from benchmarks.streams_world import SEED, fill
from local.ports import Ports
from local.product import product_processes
from local.stack import LocalStack

EACH_MANY = 4
"""Pages of one person."""
ROW_BYTES = 1300
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Server:
    """A gunicorn of one process."""

    stack: LocalStack
    name: str
    port: int

    def worker(self) -> psutil.Process:
        """Its one process that answers."""
        return psutil.Process(self.stack.supervisor.pid(self.name)).children()[0]


class Readers:
    """The process that reads the streams."""

    def __init__(self, server: Server, path: str, cookies: list[str]) -> None:
        file = server.stack.folder / "cookies.json"
        file.write_text(json.dumps(cookies))
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "benchmarks.stream_readers", str(server.port), path, str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._asked: Any = self._process.stdin
        self._answered: Any = self._process.stdout

    def ask(self, **question: Any) -> dict[str, Any]:
        """One question, its answer."""
        self._asked.write(json.dumps(question) + "\n")
        self._asked.flush()
        found: dict[str, Any] = json.loads(self._answered.readline())
        return found

    def close(self) -> None:
        """No more questions."""
        self._process.communicate(timeout=30)


class Writer:
    """Changes deliveries, one after the other at random, and knows how each stands."""

    def __init__(self, ids: list[ObjectId], rate: float) -> None:
        self.final: dict[str, int] = {}
        self._ids, self._rate = ids, rate
        self._number = count(1)
        self._random = Random(SEED)  # noqa: S311 - draws, no secret

    def write(self, seconds: float) -> None:
        """Go on for so long."""
        began = time.monotonic()
        for sent in range(int(seconds * self._rate)):
            time.sleep(max(0.0, began + sent / self._rate - time.monotonic()))
            which, number = self._random.choice(self._ids), next(self._number)
            mark = f"W{which}.{number}.{time.time():.4f};"
            Delivery.of(DEFAULT_TENANT, pk=which).update(set__address=mark)
            self.final[str(which)] = number


def cookies_of(flask: Flask, pages: int) -> list[str]:
    """The cookies of so many pages: of dispatchers, and of others who may see less."""
    found = []
    for number in range(-(-pages // EACH_MANY)):
        who = Agent(
            tenant_id=DEFAULT_TENANT,
            name=f"Dispatcher {number}",
            email=f"dispatcher-{number}@example.com",
            phone=f"+1557{number:07}",
            password="none",  # noqa: S106 - nobody logs in by it
            role="viewer" if number % 4 == 0 else "dispatcher",
        ).save()
        found += ["=".join(cookie_of(flask, who))] * EACH_MANY
    return found[:pages]


@contextmanager
def served(deliveries: int, pages: int) -> Iterator[tuple[Server, Server, Settings]]:
    """The application and the bare view over a filled database; leaves nothing behind."""
    basics = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="delauto-bench-") as folder:
        stack = LocalStack(Path(folder), environ=basics)
        with stack:
            environment = {**basics, **stack.start(), "WEB_CONCURRENCY": "1"}
            environment["PUBLIC_URL"] = "http://calls.example"
            settings = Settings.from_env(environment)
            models.connect(settings)
            migrations.up(models.database())
            fill(deliveries)
            ports = Ports(Path(folder), {})
            ours, bare = (Server(stack, n, ports.choose(n)) for n in ("web", "carrier"))
            web, *_ = product_processes(environment, ours.port)
            stack.supervisor.add(web)
            other, *_ = product_processes(environment, bare.port)
            argv = [*other.argv[:-1], "--worker-class", "gthread", "--threads", str(pages + 8)]
            argv.append("benchmarks.bare_streams:app")
            stack.supervisor.add(replace(other, name="carrier", argv=argv, restart=False))
            yield ours, bare, settings
            models.disconnect()


def measured(server: Server, readers: Readers, work: Any) -> dict[str, Any]:
    """What the pages heard while ``work`` went on, and what it cost the web process."""
    process = server.worker()
    before, began = process.cpu_times(), time.monotonic()
    final = work()
    found = readers.ask(final=final)
    after = process.cpu_times()
    spent = after.user + after.system - before.user - before.system
    events = max(1, found["events"].get("row", 0))
    found |= {"us": spent / events * 1e6, "cpu": spent / (time.monotonic() - began)}
    return found


def compare(given: argparse.Namespace) -> None:
    """The bare view first, then ours; prints both, and their ratios."""
    with served(given.deliveries, given.pages) as (ours, bare, settings):
        print(f"{given.pages} pages, {given.rate:g} changes a second for {given.seconds:g} s,"
              f" {given.deliveries} deliveries; load average {os.getloadavg()[0]:.1f}")  # fmt: skip
        least = bare_streams(bare, given)
        flask = create_app(settings, Runtime(settings))
        cookies = cookies_of(flask, given.pages)
        ours.stack.supervisor.start("web")
        idle = memory(ours)
        readers = Readers(ours, f"/live?after={live.now()}", cookies)
        readers.ask()
        opened = memory(ours)
        ids = list(Delivery.of(DEFAULT_TENANT).limit(given.deliveries).scalar("id"))
        writer = Writer(ids, given.rate)

        def work() -> dict[str, int]:
            writer.write(given.seconds)
            return writer.final

        ours.worker()
        found = measured(ours, readers, work)
        show("ours", found, (idle, opened, memory(ours)), given.pages)
        each = (opened - idle) / max(1, least["opened"] - least["idle"])
        print(f"  of the bare view's: us an event {found['us'] / least['us']:.2f},"
              f" memory of the streams {each:.2f},"
              f" delay p95 {found['delay']['p95'] / least['delay']['p95']:.1f}")  # fmt: skip
        after_a_death(ours, readers, writer, given.seconds / 2)
        readers.close()


def after_a_death(ours: Server, readers: Readers, writer: Writer, seconds: float) -> None:
    """Kill the server while everything goes on."""
    ours.stack.supervisor.kill("web")
    began = time.monotonic()
    writer.write(seconds)
    readers.ask()
    back = time.monotonic() - began
    found = readers.ask(final=writer.final)
    events = found["events"]
    print(f"  killed, all back after {back:.0f} s: missed {found['missed']},"
          f" lost lines {events.get('lost lines', 0)},"
          f" pages that got everything anew {events.get('only', 0)},"
          f" delay p50 {found['delay']['p50']:.0f} ms  most {found['delay']['most']:.0f} ms;"
          f" memory {memory(ours) / MEGABYTE:.0f} MiB;"
          f" load average {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip


def bare_streams(bare: Server, given: argparse.Namespace) -> dict[str, Any]:
    """As many streams of a fixed text."""
    bare.stack.supervisor.start("carrier")
    idle = memory(bare)
    readers = Readers(bare, f"/bare?rate={given.rate:g}&size={ROW_BYTES}", [""] * given.pages)
    readers.ask()
    opened = memory(bare)
    readers.ask(final={})
    found = measured(bare, readers, lambda: time.sleep(given.seconds) or {})
    show("bare", found, (idle, opened, memory(bare)), given.pages)
    readers.close()
    bare.stack.supervisor.kill("carrier")
    return found | {"idle": idle, "opened": opened}


def memory(server: Server) -> int:
    """Bytes that the process has to itself."""
    return int(server.worker().memory_full_info().uss)


def show(which: str, found: dict[str, Any], taken: tuple[int, int, int], pages: int) -> None:
    """One line of figures."""
    delay, (idle, opened, after) = found["delay"], (each / MEGABYTE for each in taken)
    print(
        f"  {which}: {found['events'].get('row', 0)} events, missed {found['missed']},"
        f" delay p50 {delay['p50']:.0f}  p95 {delay['p95']:.0f}  most {delay['most']:.0f} ms,"
        f" us an event {found['us']:.0f}, {found['cpu']:.0%} of a core;"
        f" memory {idle:.0f} MiB, with {pages} pages {opened:.0f},"
        f" after {after:.0f}",
        flush=True,
    )


def main() -> None:
    """Print the figures of both, and what was missed."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--pages", type=int, default=200)
    arguments.add_argument("--seconds", type=float, default=30.0)
    arguments.add_argument("--rate", type=float, default=20.0, help="changes a second")
    arguments.add_argument("--deliveries", type=int, default=2000)
    compare(arguments.parse_args())


if __name__ == "__main__":
    main()
