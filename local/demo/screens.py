"""The drivers' screens: clients of the live feed, which note when each message arrives."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator

import requests


class Screens:
    """Logs in as every driver and listens to their feed over HTTP, as their telephones would."""

    def __init__(self, base_url: str, emails: list[str], password: str) -> None:
        self._base_url = base_url
        self._password = password
        self._lock = threading.Lock()
        self._arrived: dict[tuple[str, int], float] = {}
        for email in emails:
            threading.Thread(target=self._listen, args=(email,), daemon=True).start()

    def arrival(self, delivery_id: str, version: int) -> float | None:
        """When a version of a delivery's news first reached its driver, as a Unix time."""
        with self._lock:
            return self._arrived.get((delivery_id, version))

    def _listen(self, email: str) -> None:
        last = ""
        while True:
            try:
                with logged_in(self._base_url, email, self._password) as browser:
                    headers = {"Last-Event-ID": last} if last else {}
                    with browser.get(
                        f"{self._base_url}/agent/live",
                        headers=headers,
                        stream=True,
                        timeout=(5, 60),
                    ) as answer:
                        answer.raise_for_status()
                        for name, event_id, data in _events(answer):
                            if name == "told":
                                last = event_id
                                self._note(data)
            except requests.RequestException:
                # The web process may be restarting; a telephone would come back too.
                time.sleep(0.5)

    def _note(self, data: str) -> None:
        told = json.loads(data)
        with self._lock:
            self._arrived.setdefault((told["delivery_id"], told["version"]), time.time())


def logged_in(base_url: str, email: str, password: str) -> requests.Session:
    """A browser in which this person has filled in the form to log in.

    Raises requests.RequestException where they are not let in.
    """
    browser = requests.Session()
    # A proxy that the user has set is for the world outside.
    browser.trust_env = False
    form = browser.get(f"{base_url}/login", timeout=10)
    form.raise_for_status()
    hidden = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
    given = {"email": email, "password": password, "csrf_token": hidden[1] if hidden else ""}
    browser.post(f"{base_url}/login", data=given, timeout=10).raise_for_status()
    return browser


def _events(answer: requests.Response) -> Iterator[tuple[str, str, str]]:
    """Server-sent events as (name, id, data)."""
    name, event_id = "", ""
    data: list[str] = []
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        field, _, value = line.partition(": ")
        if not line and data:
            yield name, event_id, "\n".join(data)
            name, event_id, data = "", "", []
        elif field == "event":
            name = value
        elif field == "id":
            event_id = value
        elif field == "data":
            data.append(value)
