"""Many open pages' event streams, read in one process.

Run as a process of its own: python -m benchmarks.stream_readers PORT PATH COOKIES.json

Each cookie is one page. A page whose line is lost comes back a second later with the id that it
heard last. Standard input takes a JSON object a line, and each is answered by a line: ``{}`` waits
until all pages are open; ``{"final": {"THING": N}}`` waits until each page has heard each thing at
that number or a later one, at most a minute, and tells the figures since the last question.

What is measured looks like ``WTHING.N.TIME;`` in an event, TIME in seconds of time.time().
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.many_users import figures

_MARK = re.compile(rb"W(\w+)\.(\d+)\.([\d.]+);")
_ID = re.compile(rb"^id: (\S+)$", re.MULTILINE)
_EVENT = re.compile(rb"^event: (\w+)$", re.MULTILINE)
_PATIENCE = 60


class Pages:
    """All pages, and what they heard."""

    def __init__(self, port: int, path: str, cookies: list[str]) -> None:
        self.port, self.path, self.cookies = port, path, cookies
        self.heard: list[dict[str, int]] = [{} for _ in cookies]
        self.open: set[int] = set()
        self.took: list[float] = []
        self.events: Counter[str] = Counter()

    async def page(self, number: int) -> None:
        """One page, for ever."""
        last = ""
        while True:
            try:
                last = await self._read(number, last)
            except OSError:
                self.events["refused"] += 1
            self.open.discard(number)
            await asyncio.sleep(1)

    async def _read(self, number: int, last: str) -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        path = f"{self.path.partition('?')[0]}?after={quote(last)}" if last else self.path
        cookie = self.cookies[number]
        writer.write(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
        rest = b""
        try:
            if b" 200 " not in await reader.readline():
                self.events["refused"] += 1
                return last
            while piece := await reader.read(1 << 16):
                # Whole events alone, as a browser takes them.
                text, _, rest = (rest + piece).rpartition(b"\n\n")
                self._note(number, text)
                if ids := _ID.findall(text):
                    last = ids[-1].decode()
        except OSError:
            pass
        finally:
            writer.close()
        self.events["lost lines"] += 1
        return last

    def _note(self, number: int, text: bytes) -> None:
        now, heard = time.time(), self.heard[number]
        for name in _EVENT.findall(text):
            self.events[name.decode()] += 1
        for thing, count, at in _MARK.findall(text):
            if int(count) > heard.get(thing.decode(), 0):
                heard[thing.decode()] = int(count)
                self.took.append(now - float(at))
        if b"retry: " in text:
            self.open.add(number)

    async def all_open(self) -> dict[str, Any]:
        """Wait until every page is."""
        while len(self.open) < len(self.cookies):
            await asyncio.sleep(0.05)
        return {"open": len(self.open)}

    async def final(self, wanted: dict[str, int]) -> dict[str, Any]:
        """Wait until every page has heard all; what was measured since this was asked last."""
        ends = time.monotonic() + _PATIENCE
        while self._missed(wanted) and time.monotonic() < ends:
            await asyncio.sleep(0.05)
        found = {
            "missed": self._missed(wanted),
            "delay": figures(self.took),
            "events": dict(self.events),
        }
        self.took, self.events = [], Counter()
        return found

    def _missed(self, wanted: dict[str, int]) -> int:
        return sum(
            heard.get(thing, 0) < count for heard in self.heard for thing, count in wanted.items()
        )


async def main(port: int, path: str, cookies: Path) -> None:
    """Serve questions until there are no more."""
    pages = Pages(port, path, json.loads(cookies.read_text()))
    running = [asyncio.create_task(pages.page(number)) for number in range(len(pages.cookies))]
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        found = await (pages.final(asked["final"]) if "final" in asked else pages.all_open())
        print(json.dumps(found), flush=True)
    for each in running:
        each.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
