"""Logs: JSON lines on standard output, each with the ids of the work at hand, none with people.

What identifies a person (telephone numbers, e-mail addresses) or opens a door (signed links,
authorisation) is taken out here as the last resort; callers log ids alone.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

import structlog

_HIDDEN = (
    (re.compile(r"(?<![\w+])\+\d{3,12}(\d{2})\b"), r"+…\1"),
    (re.compile(r"%2B\d{3,12}(\d{2})\b"), r"+…\1"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "…@…"),
    (re.compile(r"(X-Amz-(?:Signature|Credential)=)[^&\s\"']+"), r"\1…"),
    (re.compile(r"/i/[\w.-]{20,}"), "/i/…"),
    (re.compile(r"(?i)\b(basic|bearer) [a-z0-9._~+/=-]{8,}"), r"\1 …"),
    (re.compile(r"(\w+://)[^/\s:@]+:[^/\s@]+@"), r"\1…@"),
)

_SUSPECT = re.compile(r"[+%@=\s]|://")
"""What each of them has at least one of: most values are ids and times."""


def redact(text: str) -> str:
    """The text without telephone numbers, e-mail addresses, signatures and credentials."""
    if _SUSPECT.search(text) is None:
        return text
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text


def _redacted(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value)
    return event


def _of(process: str) -> Any:
    def name(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("process", process)
        return event

    return name


def configure(level: str, process: str, stream: TextIO | None = None) -> None:
    """Set up logging for this process, libraries' logs included; to standard output unless told."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        # Not a context variable: a new thread begins without any.
        _of(process),
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _redacted,
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # These tell of every request and byte; their warnings are worth having.
    for chatty in ("pymongo", "botocore", "boto3", "urllib3", "twilio", "rq", "faster_whisper"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


@contextmanager
def journey(correlation_id: str, **ids: str) -> Iterator[None]:
    """Bind the ids of one piece of work to every line logged within."""
    with structlog.contextvars.bound_contextvars(correlation_id=correlation_id, **ids):
        yield
