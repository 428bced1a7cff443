"""How an API key reads: ``da_live_k3V9x2m81QaZ_`` and 49 letters and digits.

The first part is public: whose it is, for which environment, and twelve letters by which it is
looked up. Then come 256 random bits in base 62, and the CRC-32 of all that in six letters, so that
a mistyped key is told from an unknown one, and programs that search texts for secrets can tell a
key from what only looks like one.
"""

from __future__ import annotations

import hashlib
import re
import string
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

ENVIRONMENTS: Mapping[str, str] = MappingProxyType(
    {"development": "dev", "staging": "test", "production": "live"}
)
"""What each environment is called within a key."""
_LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_LOOK_UP, _SECRET, _SUM = 12, 43, 6
"""43 letters in base 62 hold 256 bits, and 6 hold 32."""
_SHAPE = re.compile(
    rf"(?P<prefix>da_(?:{'|'.join(ENVIRONMENTS.values())})_[0-9A-Za-z]{{{_LOOK_UP}}})_"
    rf"[0-9A-Za-z]{{{_SECRET}}}(?P<sum>[0-9A-Za-z]{{{_SUM}}})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class KeyText:
    """A key in clear, and the part of it that may be shown."""

    prefix: str
    plain: str = field(repr=False)


def made(environment: str, random_below: Callable[[int], int]) -> KeyText:
    """A new key; ``random_below(n)`` gives an unpredictable number from 0 to n - 1."""
    look_up = _base62(random_below(62**_LOOK_UP), _LOOK_UP)
    prefix = f"da_{ENVIRONMENTS[environment]}_{look_up}"
    body = f"{prefix}_{_base62(random_below(2**256), _SECRET)}"
    return KeyText(prefix, body + _sum(body))


def prefix_of(plain: str) -> str | None:
    """The public part of a key; None where this is none, or was mistyped."""
    found = _SHAPE.fullmatch(plain)
    if found is None or found["sum"] != _sum(plain[:-_SUM]):
        return None
    return found["prefix"]


def hash_of(plain: str) -> str:
    """What is stored for a key, hexadecimal."""
    return hashlib.sha256(plain.encode()).hexdigest()


def _sum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _SUM)


def _base62(number: int, letters: int) -> str:
    found = []
    for _ in range(letters):
        number, rest = divmod(number, 62)
        found.append(_LETTERS[rest])
    return "".join(reversed(found))
