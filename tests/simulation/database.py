"""A MongoDB of its own for simulations outside the tests, in memory where there is room."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.stack import LocalStack

_IN_MEMORY = Path("/dev/shm")
_NOT_USED = {
    "REDIS_URL": "redis://127.0.0.1:1",
    "S3_ENDPOINT_URL": "http://127.0.0.1:1",
    "S3_BUCKET": "recordings",
    "S3_ACCESS_KEY_ID": "nobody",
    "S3_SECRET_ACCESS_KEY": "nothing",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "a token of the simulation",
    "TWILIO_FROM_NUMBER": "+12025550142",
    "TWILIO_API_URL": "http://carrier.test",
    "PUBLIC_URL": "https://calls.test:8443",
}


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """The variables of an installation whose only running part is a mongod."""
    basics = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    place = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="delauto-", dir=place) as folder:
        environ = {**basics, **_NOT_USED}
        stack = LocalStack(Path(folder), environ=environ)
        with stack:
            yield {**environ, **stack.start()}


def part_of(environ: dict[str, str], part: int) -> dict[str, str]:
    """The same installation with a database of its own for each part of the work."""
    address, question, options = environ["MONGODB_URI"].partition("?")
    return {**environ, "MONGODB_URI": f"{address}-{part}{question}{options}"}
