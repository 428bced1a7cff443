"""Is this process about to stop? Told in two steps, so that nobody's request is cut.

First it is announced: `/readyz` goes red, and whoever shares out the requests sends them elsewhere,
while those that come are still answered. Then it is final: what would never end by itself, the
event streams, ends. Set by the server's worker; nothing else of the application is needed for it.
"""

from __future__ import annotations

import threading

_announced = threading.Event()
_final = threading.Event()


def announce() -> None:
    """From now on this process says that it is not ready."""
    _announced.set()


def finish() -> None:
    """From now on event streams end."""
    _announced.set()
    _final.set()


def is_announced() -> bool:
    """Will this process stop before long?"""
    return _announced.is_set()


def is_final() -> bool:
    """Does this process take nothing new any more?"""
    return _final.is_set()
