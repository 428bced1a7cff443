"""Stands in for a chat-completions endpoint: one that answers well, and all the others."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.gateways.http_side import Answer, reply


def request_of(handler: BaseHTTPRequestHandler) -> dict[str, Any]:
    """What was asked, as JSON."""
    return json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))


def transcript_of(request: dict[str, Any]) -> str:
    """The customer's words in a request."""
    return json.loads(request["messages"][-1]["content"])["transcript"]


def completion(content: str | None, **extra: Any) -> bytes:
    """A completion as endpoints send it, with one choice."""
    finish = extra.pop("finish_reason", "stop")
    message = {"role": "assistant", "content": content, "refusal": None, **extra}
    choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
    body = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "stand-in",
            "choices": [choice], "usage": {"total_tokens": 5}}  # fmt: skip
    return json.dumps(body).encode()


def model(
    think: Callable[[dict[str, Any]], str], asked: list[dict[str, Any]] | None = None
) -> Answer:
    """An endpoint whose model answers ``think(request)``; ``asked`` collects the requests."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        request = request_of(handler)
        if asked is not None:
            asked.append({**request, "path": handler.path, "headers": dict(handler.headers)})
        reply(200, completion(think(request)))(handler)

    return answer


def after_reading(answer: Answer) -> Answer:
    """The same answer, once the request was read."""

    def read_first(handler: BaseHTTPRequestHandler) -> None:
        request_of(handler)
        answer(handler)

    return read_first


def drips(handler: BaseHTTPRequestHandler) -> None:
    """Headers at once, then a byte at a time for as long as somebody listens."""
    request_of(handler)
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    _drip(handler)


def drips_headers(handler: BaseHTTPRequestHandler) -> None:
    """Not even the headers come to an end."""
    request_of(handler)
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(handler)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            handler.wfile.write(b"1")
        except OSError:
            return
        time.sleep(0.05)


def floods(handler: BaseHTTPRequestHandler) -> None:
    """Far more than any answer, for as long as somebody listens."""
    request_of(handler)
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(2_000):
            handler.wfile.write(b" " * 64 * 1024)
    except OSError:
        return


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    """Reads the request and closes the line."""
    request_of(handler)
    handler.close_connection = True


def is_silent(handler: BaseHTTPRequestHandler) -> None:
    """Takes the request and says nothing."""
    request_of(handler)
    time.sleep(1.5)
    handler.close_connection = True
