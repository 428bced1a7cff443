"""A real gunicorn with the settings of the repository, and what goes on around it."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import requests

from app.models import DEFAULT_TENANT, Agent
from local.http_check import status_of
from local.ports import Ports
from local.product import product_processes
from local.supervisor import Supervisor
from tests.web.page_side import PASSWORD


@dataclass
class Served:
    """The application as gunicorn serves it on a port."""

    supervisor: Supervisor
    port: int
    pid: int

    def tell_to_stop(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def wait_for_the_end(self, seconds: float = 40) -> float:
        """Seconds until the master had ended."""
        began = time.monotonic()
        while self.supervisor.pid("web") is not None:
            assert time.monotonic() - began < seconds, "gunicorn did not stop"
            time.sleep(0.05)
        return time.monotonic() - began

    def log(self) -> str:
        return self.supervisor.log_file("web").read_text()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def log_in(self, who: Agent) -> requests.Session:
        """A browser in which this person is logged in."""
        browser = requests.Session()
        token = re.search(
            r'name="csrf_token" value="([^"]+)"', browser.get(f"{self.url}/login").text
        )
        assert token
        form = {"email": who.email, "password": PASSWORD, "csrf_token": token[1]}
        if who.tenant_id != DEFAULT_TENANT:
            form["company"] = who.tenant_id
        answer = browser.post(f"{self.url}/login", data=form, allow_redirects=False, timeout=30)
        assert answer.status_code == 303, answer.text
        return browser

    def connect(self, seconds: float = 30) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)


@contextmanager
def serving(folder: Path, surroundings: dict[str, str], **extra: str) -> Iterator[Served]:
    """Start gunicorn, and leave nothing of it."""
    port = Ports(folder, {}).choose("web")
    web, *_ = product_processes({**surroundings, **extra}, port)
    supervisor = Supervisor(folder / "logs")
    supervisor.add(dataclasses.replace(web, restart=False))
    try:
        supervisor.start("web")
        pid = supervisor.pid("web")
        assert pid is not None
        yield Served(supervisor, port, pid)
    finally:
        supervisor.stop()


@dataclass
class Load:
    """Who asks all the time, until whoever shares out the requests sees red."""

    served: Served
    kept_alive: bool
    answered: int = 0
    broken: list[str] = field(default_factory=list)
    red: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Ask whether it is ready, as whatever shares out the requests does."""
        while not self.red.is_set():
            with suppress(TimeoutError):
                if status_of(self.served.port, "/readyz") == 503:
                    self.red.set()
            time.sleep(0.1)

    def ask(self) -> None:
        """One request after the other, each on its own connection unless they are kept."""
        connection = None
        while not self.red.is_set():
            connection = connection or HTTPConnection("127.0.0.1", self.served.port, timeout=30)
            try:
                connection.request("GET", "/healthz")
                answer = connection.getresponse()
                body = answer.read()
                assert (answer.status, body) == (200, b'{"status":"ok"}\n')
                self.answered += 1
            except Exception as error:  # noqa: BLE001 - whatever it is, a request was cut
                self.broken.append(repr(error))
                connection = None
                continue
            if not self.kept_alive:
                connection.close()
                connection = None

    def run(self, askers: int) -> list[threading.Thread]:
        targets = [self.watch, *[self.ask] * askers]
        threads = [threading.Thread(target=each, daemon=True) for each in targets]
        for thread in threads:
            thread.start()
        return threads
