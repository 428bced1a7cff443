"""Identifiers in Twilio's form: two letters naming the kind, then 32 hexadecimal digits."""

from __future__ import annotations

import re
import secrets

_SID = re.compile(r"^[A-Z]{2}[0-9a-fA-F]{32}$")


def new_sid(prefix: str) -> str:
    """Return a fresh identifier such as `CA…` for a call or `RE…` for a recording."""
    return prefix + secrets.token_hex(16)


def is_sid(text: str, prefix: str) -> bool:
    """Say whether `text` is a well-formed identifier of the kind `prefix`."""
    return text.startswith(prefix) and _SID.match(text) is not None
