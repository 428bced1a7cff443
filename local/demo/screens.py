"""The drivers' screens: clients of the live feed, which note when each message arrives."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

import requests


class Screens:
    """Listens to every driver's feed over HTTP, as their telephones would."""

    def __init__(self, base_url: str, agent_ids: list[str]) -> None:
        self._base_url = base_url
        self._lock = threading.Lock()
        self._arrived: dict[tuple[str, int], float] = {}
        for agent_id in agent_ids:
            threading.Thread(target=self._listen, args=(agent_id,), daemon=True).start()

    def arrival(self, delivery_id: str, version: int) -> float | None:
        """When a version of a delivery's news first reached its driver, as a Unix time."""
        with self._lock:
            return self._arrived.get((delivery_id, version))

    def _listen(self, agent_id: str) -> None:
        last = ""
        while True:
            try:
                headers = {"Last-Event-ID": last} if last else {}
                with requests.get(
                    f"{self._base_url}/agent/{agent_id}/live",
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
