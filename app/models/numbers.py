"""Telephone numbers in the database: unreadable, and yet the same number is always the same value.

AES-SIV (RFC 5297) under a key of its own, without a nonce: equal numbers give equal values, so that
indexes, unique ones too, and queries for equality work; who has the database sees which documents
share a number, and not which number it is.

That key is random, made once by a migration, and kept in the database sealed under
FIELD_ENCRYPTION_KEY. A rotation seals it anew and changes no number: while numbers were changed one
by one, two calls could ring one.
"""

from __future__ import annotations

import hmac
import os
from contextlib import suppress
from typing import Any

import mongoengine
from bson.binary import Binary
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from mongoengine.base import BaseField
from mongoengine.errors import InvalidQueryError
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from app.errors import PermanentError
from app.models import sealing
from app.models.sealing import UnreadableError

Stored = Binary
"""A number as it stands in the database: fit for comparing, and for nothing else."""
SUBTYPE = 129
"""Of a number; ``sealing.SUBTYPE`` is the one before."""
DIGEST_SUBTYPE = 130
"""Of what is left of a number that was erased."""
COLLECTION = "data_keys"
_NAME = "numbers"
_KEY_BYTES = 64
_PLACE = sealing.place("data_keys.key")
_PURPOSE = [b"delauto number"]
_NO_KEY = "the database has no key for telephone numbers: run `delauto migrate up`"


class NumberKey:
    """The key under which one database keeps numbers."""

    def __init__(self, secret: bytes) -> None:
        self._siv = AESSIV(secret)
        self._digest_key = sealing.derived(secret, "number digest", 32)

    @classmethod
    def of(cls, db: Database[dict[str, Any]]) -> NumberKey:
        """The database's. Raises PermanentError where it has none."""
        found = db[COLLECTION].find_one({"_id": _NAME})
        if found is None:
            raise PermanentError(_NO_KEY)
        try:
            return cls(sealing.ring().open(found["key"]))
        except UnreadableError as error:
            # Not one value, but all of them.
            raise PermanentError(str(error)) from None

    @classmethod
    def made_in(cls, db: Database[dict[str, Any]]) -> NumberKey:
        """The database's, made where it has none. For the migration alone.

        A key that was lost cannot be made again: nobody may be called by numbers under another.
        """
        sealed = sealing.ring().seal(os.urandom(_KEY_BYTES), _PLACE)
        with suppress(DuplicateKeyError):
            db[COLLECTION].insert_one({"_id": _NAME, "key": sealed})
        return cls.of(db)

    def seal(self, number: str) -> Binary:
        """The value that stands for this number, the same each time."""
        return Binary(self._siv.encrypt(number.encode(), _PURPOSE), SUBTYPE)

    def open(self, value: Binary) -> str:
        """The number. Raises UnreadableError."""
        try:
            return self._siv.decrypt(bytes(value), _PURPOSE).decode()
        except (InvalidTag, ValueError):
            raise UnreadableError("a telephone number in the database was altered") from None

    def digest(self, number: str) -> Binary:
        """What can be compared with a number that is given, and leads back to none."""
        return Binary(hmac.digest(self._digest_key, number.encode(), "sha256"), DIGEST_SUBTYPE)


class _InUse:
    """The key of the connected database; looked up when first needed."""

    def __init__(self) -> None:
        self.key: NumberKey | None = None


_in_use = _InUse()


def forget_key() -> None:
    """Look the key up anew: another database is connected, or was emptied."""
    _in_use.key = None


def key() -> NumberKey:
    """The connected database's. Raises PermanentError, PyMongoError."""
    if _in_use.key is None:
        _in_use.key = NumberKey.of(mongoengine.get_db())
    return _in_use.key


class Erased(str):
    """What is read where a number was erased: it compares with none, and stays what it is."""

    digest: Binary

    def __new__(cls, digest: Binary) -> Erased:
        self = super().__new__(cls, "erased")
        self.digest = digest
        return self


def is_number(value: Any) -> bool:
    """Does this value stand for a number?"""
    return isinstance(value, Binary) and value.subtype == SUBTYPE


def sealed(number: Any) -> Any:
    """A number as it stands in the database; what is none, or stands so already, stays."""
    if isinstance(number, Erased):
        return number.digest
    return key().seal(number) if isinstance(number, str) and number else number


def either(number: str) -> list[Stored]:
    """As it stands in the database, and as it stands there after an erasure: for suppressions."""
    return [key().seal(number), key().digest(number)] if number else []


def opened(value: Any) -> Any:
    """A number from the database as people know it."""
    if is_number(value):
        return key().open(value)
    if isinstance(value, Binary) and value.subtype == DIGEST_SUBTYPE:
        return Erased(value)
    return value


class NumberField(BaseField):
    """A telephone number as text, kept by ``sealed``; found only whole, and in no order."""

    def to_mongo(self, value: Any) -> Any:
        return sealed(value)

    def to_python(self, value: Any) -> Any:
        return opened(value)

    def prepare_query_value(self, op: Any, value: Any) -> Any:
        if op in _IN_PARTS:
            raise InvalidQueryError(f"a telephone number is found whole, not by {op}")
        return sealed(value)

    def validate(self, value: Any) -> None:
        if not isinstance(value, str):
            self.error("a telephone number must be text")


_IN_PARTS = frozenset(
    {"contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "iexact",
     "regex", "iregex", "wholeword", "iwholeword", "lt", "lte", "gt", "gte", "mod"}
)  # fmt: skip
