"""Many users at a server on this machine, each of whom asks, reads the answer, and asks again.

Run as a process of its own: python -m benchmarks.many_users PORT USERS.json SECONDS EVERY

Each user has a connection, and begins at a moment of their own within the first EVERY seconds. The
next question follows EVERY seconds after the one before, or as soon as that is answered where it
took longer (a closed loop): N users ask N / EVERY times a second while answers come in time. Times
run from sending a question to the last byte of its answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp

PATIENCE = aiohttp.ClientTimeout(total=30)
"""Seconds after which an answer counts as an error."""
Ask = tuple[str, str, str]
"""Kind, name of the route, and path."""


class Users:
    """What came back, for all of them."""

    def __init__(self, session: aiohttp.ClientSession, every: float, seconds: float) -> None:
        self.session = session
        self.every = every
        self.began = time.perf_counter()
        self.ends = self.began + seconds
        self.took: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.sizes: dict[str, list[int]] = defaultdict(list)
        self.errors: dict[str, int] = defaultdict(int)

    async def one(self, number: float, credentials: str, asks: Iterable[Ask]) -> None:
        """All that one user asks; ``number`` from 0 to 1 says when they begin."""
        headers = {"Authorization": f"Bearer {credentials}"} if credentials else {}
        due = self.began + number * self.every
        for kind, name, path in asks:
            if max(due, time.perf_counter()) >= self.ends:
                return
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            since = time.perf_counter()
            await self._ask(kind, name, path, headers, since)
            due = max(due + self.every, time.perf_counter())

    async def _ask(
        self, kind: str, name: str, path: str, headers: Mapping[str, str], since: float
    ) -> None:
        try:
            async with self.session.get(path, headers=headers) as answer:
                size = len(await answer.read())
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            self.errors[f"{name}: {type(error).__name__}"] += 1
            return
        self.took[kind, name].append(time.perf_counter() - since)
        self.sizes[kind].append(size)
        if status != 200:
            self.errors[f"{name}: {status}"] += 1


def figures(took: Iterable[float]) -> dict[str, float]:
    """How many, and how long they took, in milliseconds."""
    ordered = sorted(took)
    if not ordered:
        return {"answers": 0}
    at = {f"p{part}": ordered[int(len(ordered) * part / 100)] * 1000 for part in (50, 95, 99)}
    return {"answers": len(ordered), **at, "most": ordered[-1] * 1000}


async def load(port: int, users: Sequence[Any], seconds: float, every: float) -> dict[str, Any]:
    """What came back: figures by kind and by route, errors, and bytes of an answer by kind."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=14)
    async with aiohttp.ClientSession(
        f"http://127.0.0.1:{port}", connector=connector, timeout=PATIENCE
    ) as session:
        found = Users(session, every, seconds)
        await asyncio.gather(*(found.one(n / len(users), *each) for n, each in enumerate(users)))
        took = time.perf_counter() - found.began
    kinds: dict[str, list[float]] = defaultdict(list)
    for (kind, _), times in found.took.items():
        kinds[kind] += times
    return {
        "seconds": took,
        "kinds": {kind: figures(times) for kind, times in sorted(kinds.items())},
        "routes": {name: figures(times) for (_, name), times in sorted(found.took.items())},
        "bytes": {kind: sum(sizes) // len(sizes) for kind, sizes in found.sizes.items()},
        "errors": found.errors,
    }


def main(port: int, path: Path, seconds: float, every: float) -> None:
    """Print what came back, as JSON."""
    print(json.dumps(asyncio.run(load(port, json.loads(path.read_text()), seconds, every))))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
