"""A shipper's system: it verifies what it gets as its makers would, and answers as a test says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class Receiver:
    """What came, in order: ``seen`` every event once, ``repeated`` what it knew already."""

    def __init__(self) -> None:
        self.url = ""
        self.secret = ""
        self.seen: list[dict[str, Any]] = []
        self.repeated: list[str] = []
        self.refused = 0
        self.requests = 0
        self.statuses: list[int] = [200]
        self.before: Callable[[], None] = lambda: None
        self.location = ""

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        """The status with which it answers."""
        self.requests += 1
        self.before()
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        try:
            event = Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            self.refused += 1
            return 401
        if status == 200:
            if any(event["id"] == each["id"] for each in self.seen):
                self.repeated.append(event["id"])
            else:
                self.seen.append(event)
        return status


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One that listens on our own machine."""
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = made.take(body, dict(self.headers))
            self.send_response(status)
            if made.location:
                self.send_header("Location", made.location)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address) -> None:
            pass

    httpd = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, args=(0.02,), daemon=True).start()
    made.url = f"http://127.0.0.1:{httpd.server_port}/delauto"
    try:
        yield made
    finally:
        httpd.shutdown()
        httpd.server_close()
