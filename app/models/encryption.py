"""What customers said is encrypted in the database; this is the field that does it.

Fernet (AES-128-CBC with HMAC-SHA256) from `cryptography`; several keys during rotation, the first
encrypts, all decrypt.
"""

from __future__ import annotations

import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from mongoengine.base import BaseField

from app.errors import PermanentError

_MARK = "enc:"


class _KeyRing:
    """The keys of this process; set once, when it connects to the database."""

    def __init__(self) -> None:
        self.fernet: MultiFernet | None = None

    def require(self) -> MultiFernet:
        if self.fernet is None:
            raise PermanentError("no FIELD_ENCRYPTION_KEY in use: call models.connect() first")
        return self.fernet


_ring = _KeyRing()


def use_keys(comma_separated: str) -> None:
    """Encrypt with the first of these Fernet keys from now on; decrypt with any of them."""
    keys = [key.strip() for key in comma_separated.split(",")]
    _ring.fernet = MultiFernet([Fernet(key) for key in keys])


class EncryptedField(BaseField):
    """Any JSON value, unreadable in the database; absent and empty values stay as they are.

    Reading raises PermanentError where none of the keys fits.
    """

    def to_mongo(self, value: Any) -> Any:
        if value is None or value == "" or (isinstance(value, str) and value.startswith(_MARK)):
            return value
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return _MARK + _ring.require().encrypt(plain).decode()

    def prepare_query_value(self, op: Any, value: Any) -> Any:  # noqa: ARG002
        # Updates come through here. (Equality never matches: every encryption differs.)
        return self.to_mongo(value)

    def to_python(self, value: Any) -> Any:
        if not (isinstance(value, str) and value.startswith(_MARK)):
            return value
        try:
            return json.loads(_ring.require().decrypt(value.removeprefix(_MARK).encode()))
        except InvalidToken:
            raise PermanentError(
                "FIELD_ENCRYPTION_KEY does not fit what is stored: "
                "add the former key behind a comma"
            ) from None
