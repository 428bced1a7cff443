"""An open page's event stream, as a browser reads it from the real server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from typing import NamedTuple

import requests

from app.models import Agent
from tests.web.gunicorn_side import Served


class Heard(NamedTuple):
    """One event."""

    name: str
    data: str
    id: str


class Page:
    """One stream; what it waits for in vain fails the test."""

    def __init__(
        self, served: Served, browser: requests.Session, path: str, seconds: float = 20
    ) -> None:
        self.connection = HTTPConnection("127.0.0.1", served.port, timeout=seconds)
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        self.connection.request("GET", path, headers={"Cookie": cookie})
        self.answer: HTTPResponse = self.connection.getresponse()
        self.last_id = ""

    def __iter__(self) -> Iterator[Heard]:
        kept: dict[str, str] = {}
        while line := self.answer.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if name:
                kept[name] = f"{kept[name]}\n{value}" if name in kept else value
            elif "event" in kept:
                self.last_id = kept.get("id", self.last_id)
                yield Heard(kept["event"], kept.get("data", ""), kept.get("id", ""))
                kept = {}
            else:
                kept = {}

    def until(self, name: str, has: str = "") -> list[Heard]:
        """All events up to the first of this name with this in it."""
        found = []
        for each in self:
            found.append(each)
            if each.name == name and has in each.data:
                return found
        raise AssertionError(f"the stream ended before {name} {has}: {found}")

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


def shown(served: Served, browser: requests.Session, path: str = "/") -> tuple[str, str]:
    """A page's HTML, and the address of its stream."""
    html = browser.get(served.url + path, timeout=20).text
    found = re.search(r'data-live="([^"]+)"', html)
    assert found, html[:500]
    return html, unescape(found[1])


def rows(events: list[Heard]) -> set[str]:
    """The ids of the deliveries whose rows or cards were sent."""
    found = (re.search(r'id="delivery-(\w+)"', each.data) for each in events)
    return {each[1] for each in found if each}


def opened(served: Served, who: Agent, path: str = "/live") -> Page:
    """A page of somebody who logs in for it."""
    return Page(served, served.log_in(who), path)
