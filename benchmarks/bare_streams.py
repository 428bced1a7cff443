"""The least that event streams can be, for comparison: a thread of gunicorn's each, a fixed text.

Every second so many texts of so many bytes go out on each stream; nothing is looked up.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

from flask import Flask, Response, request

app = Flask("bare")


@app.get("/healthz")
def healthz() -> str:
    """It is there."""
    return "ok"


@app.get("/bare")
def bare() -> Response:
    """``rate`` texts a second of ``size`` bytes, until the other side goes away."""
    rate, size = float(request.args["rate"]), int(request.args["size"])

    def texts() -> Iterator[str]:
        yield "retry: 1000\n\n"
        began = time.monotonic()
        for number in itertools.count(1):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            mark = f"Wbare.{number}.{time.time():.4f};"
            yield f"event: row\nid: {number}\ndata: {mark}{'x' * (size - len(mark))}\n\n"

    return Response(texts(), content_type="text/event-stream")
