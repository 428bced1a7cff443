"""Each request has an id, given with it or made here: on its answer and all its log lines."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

HEADER = "X-Request-Id"
_WELL_FORMED = re.compile(r"(?!\d+$)[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
"""Bounded, and nothing that a log or a header could take for something else. A number alone is
refused: it may be a telephone's."""
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The id of the request that this thread is answering; empty outside of one."""
    return _current.get()


def begin(asked: str | None) -> str:
    """Take the id that the request came with where it is well formed, else make one."""
    found = asked if asked and _WELL_FORMED.fullmatch(asked) else secrets.token_hex(16)
    _current.set(found)
    return found


def end() -> None:
    """The request is answered; the thread goes on to another."""
    _current.set("")
