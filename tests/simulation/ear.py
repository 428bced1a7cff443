"""Listens to the product's log: an exception that it caught and went on from is a finding, too."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Ear(logging.Handler):
    """Keeps what was logged with an exception, and counts what else went wrong."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.exceptions: list[str] = []
        self.errors: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Take down one line."""
        said = record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
        trace = said.get("exception") or (record.exc_info and str(record.exc_info[1]))
        if trace:
            self.exceptions.append(f"{said['event']}: {str(trace).strip().splitlines()[-1]}")
        else:
            self.errors[str(said["event"])] += 1


@contextmanager
def listening() -> Iterator[Ear]:
    """Hear instead of writing the log anywhere; afterwards it goes where it went before."""
    root = logging.getLogger()
    before, root.handlers = root.handlers, [ear := Ear()]
    try:
        yield ear
    finally:
        root.handlers = before
