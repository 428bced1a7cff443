"""Hashes of passwords: argon2id, a few at a time.

argon2-cffi's defaults (RFC 9106, low-memory profile) lie above OWASP's minimum. Each takes 64 MiB
while it is made, so that a flood of log-ins must not make dozens at once.
"""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_AT_ONCE = 4
"""In one process."""
_turn = threading.BoundedSemaphore(_AT_ONCE)


def hash_of(plain: str) -> str:
    """The hash to keep, with its salt and parameters in it. Raises ValueError for half characters
    (lone surrogates).
    """
    with _turn:
        return _hasher.hash(plain)


def matches(kept: str, plain: str) -> bool:
    """Is this the password of the hash? What cannot be a password, or a hash, does not match."""
    with _turn:
        try:
            return _hasher.verify(kept, plain)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False


def spend_as_much(plain: str) -> bool:
    """Take as long as ``matches`` for somebody who is unknown; always False."""
    matches(_of_nobody(), plain)
    return False


def is_dated(kept: str) -> bool:
    """Was the hash made with other parameters than a new one would be?"""
    return _hasher.check_needs_rehash(kept)


@cache
def _of_nobody() -> str:
    return _hasher.hash("the password of nobody")
