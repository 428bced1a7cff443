"""Sends prepared requests to a server on this machine and tells how long the answers took.

Run as a process of its own: python -m benchmarks.load PORT REQUESTS.pickle RATE SECONDS
RATE 0: as fast as the answers come, over a fixed number of connections. Otherwise an open loop:
request number n leaves at n / RATE seconds whatever became of the others, and its time counts from
then.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import sys
import time
from pathlib import Path

CONNECTIONS = 24
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Load:
    """Requests to one port, in their order."""

    def __init__(self, port: int, requests: list[bytes]) -> None:
        self.port = port
        self.requests = requests
        self.idle: list[Connection] = []
        self.took: list[float] = []
        self.statuses: dict[int, int] = {}

    async def send(self, request: bytes, since: float) -> None:
        """One request and its answer."""
        reader, writer = (
            self.idle.pop() if self.idle else await asyncio.open_connection("127.0.0.1", self.port)
        )
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        if length.strip():
            await reader.readexactly(int(length))
        self.took.append(time.perf_counter() - since)
        status = int(head[9:12])
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if b"connection: close" in head.lower():
            writer.close()
        else:
            self.idle.append((reader, writer))

    async def flat_out(self, seconds: float) -> float:
        """As many as the server answers; returns the seconds it took."""
        began = time.perf_counter()
        left = iter(self.requests)

        async def one() -> None:
            for request in left:
                now = time.perf_counter()
                if now - began > seconds:
                    return
                await self.send(request, now)

        await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
        return time.perf_counter() - began

    async def at(self, rate: float, seconds: float) -> float:
        """An open loop; returns the seconds it took."""
        began = time.perf_counter()
        sent = []
        for number, request in enumerate(self.requests[: int(rate * seconds)]):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            sent.append(asyncio.create_task(self.send(request, due)))
        await asyncio.gather(*sent)
        return time.perf_counter() - began


def main(port: int, path: Path, rate: float, seconds: float) -> None:
    """Print what came back, as JSON."""
    load = Load(port, pickle.loads(path.read_bytes()))  # noqa: S301 - our own file
    took = asyncio.run(load.at(rate, seconds) if rate else load.flat_out(seconds))
    ordered = sorted(load.took)
    figures = {
        "answers": len(ordered),
        "per_second": len(ordered) / took,
        "p50": ordered[len(ordered) // 2] * 1000,
        "p99": ordered[int(len(ordered) * 0.99)] * 1000,
        "most": ordered[-1] * 1000,
        "statuses": load.statuses,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
