"""Ends a process whose job hangs, from outside Python: a stuck library may never return to it."""

from __future__ import annotations

import faulthandler
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hard_limit(seconds: float) -> Iterator[None]:
    """End this process, after writing where each thread stood, unless the block ends in time.

    The timer is a thread of C that needs no interpreter. The supervisor starts the process again,
    and the sweep offers its job again.
    """
    faulthandler.dump_traceback_later(seconds, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
