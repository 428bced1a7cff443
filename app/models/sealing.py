"""Seals values with the keys of FIELD_ENCRYPTION_KEY: AES-256-GCM, with the key's id in each value.

A sealed value is BSON binary of a subtype of our own, which no words of a customer can be:

    1 byte version, 4 bytes id of the key, 4 bytes place, 12 bytes nonce, ciphertext, 16 bytes tag

The first nine bytes are authenticated with it (NIST SP 800-38D). The place is a short hash of the
field that the value was sealed for, so it opens in no other field; and as it stands in the value,
who walks the whole database can open any value without knowing the documents.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bson.binary import Binary
from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import PermanentError

SUBTYPE = 128
"""The first BSON subtype that is left to applications."""
LEGACY = "enc:"
"""How values began that were sealed before: a Fernet token as text."""
_VERSION = b"\x01"
_ID, _PLACE, _NONCE = 4, 4, 12
_HEAD = len(_VERSION) + _ID + _PLACE
_MISSING_KEY = "FIELD_ENCRYPTION_KEY does not fit what is stored: add the former key behind a comma"


class UnreadableError(PermanentError):
    """One value cannot be read: none of the keys opens it, or it is not what was sealed here."""


def derived(secret: bytes, purpose: str, length: int) -> bytes:
    """Bytes for one purpose from a secret, by HKDF (RFC 5869) with SHA-256."""
    return HKDF(SHA256(), length, None, f"delauto {purpose}".encode()).derive(secret)


def place(label: str) -> bytes:
    """What stands in a value for the field that it is sealed for."""
    return hashlib.sha256(label.encode()).digest()[:_PLACE]


@dataclass(frozen=True, slots=True)
class _Key:
    id: bytes
    cipher: AESGCM

    @classmethod
    def of(cls, configured: str) -> _Key:
        secret = base64.urlsafe_b64decode(configured)
        return cls(
            derived(secret, "field key id", _ID), AESGCM(derived(secret, "field AES-256-GCM", 32))
        )


class KeyRing:
    """The keys of FIELD_ENCRYPTION_KEY: the first seals, all open."""

    def __init__(self, configured: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(each) for each in configured])
        keys = [_Key.of(each) for each in configured]
        self._newest = keys[0]
        self._by_id = {key.id: key for key in keys}
        self.ids = tuple(key.id.hex() for key in keys)
        """Short names of the keys, the newest first; they tell nothing of the keys themselves."""

    def seal(self, plain: bytes, where: bytes) -> Binary:
        """Encrypt for a place (``place``) under the newest key."""
        head, nonce = _VERSION + self._newest.id + where, os.urandom(_NONCE)
        return Binary(head + nonce + self._newest.cipher.encrypt(nonce, plain, head), SUBTYPE)

    def open(self, value: Binary) -> bytes:
        """Decrypt, whatever it was sealed for. Raises UnreadableError."""
        head, rest = bytes(value[:_HEAD]), bytes(value[_HEAD:])
        key = self._by_id.get(head[1 : 1 + _ID])
        if key is None:
            raise UnreadableError(_MISSING_KEY)
        try:
            return key.cipher.decrypt(rest[:_NONCE], rest[_NONCE:], head)
        except (InvalidTag, ValueError):
            raise UnreadableError("a sealed value was altered: restore it from a backup") from None

    def open_legacy(self, value: str) -> bytes:
        """Decrypt a token of before. Raises UnreadableError."""
        try:
            return self._fernet.decrypt(value.removeprefix(LEGACY).encode())
        except InvalidToken:
            raise UnreadableError(_MISSING_KEY) from None

    def seal_legacy(self, plain: bytes) -> str:
        """A token as it was made before, for going back."""
        return LEGACY + self._fernet.encrypt(plain).decode()

    def is_newest(self, value: Binary) -> bool:
        """Is it sealed under the key that seals now?"""
        return key_of(value) == self.ids[0]


def is_sealed(value: Any) -> bool:
    """Is this a value that ``KeyRing.seal`` made?"""
    return isinstance(value, Binary) and value.subtype == SUBTYPE


def is_legacy(value: Any) -> bool:
    """May this be a token of before? (A customer may have written one's beginning.)"""
    return isinstance(value, str) and value.startswith(LEGACY)


def key_of(value: Binary) -> str:
    """The short name of the key under which it is sealed."""
    return bytes(value[1 : 1 + _ID]).hex()


def place_of(value: Binary) -> bytes:
    """What it was sealed for."""
    return bytes(value[1 + _ID : _HEAD])


def packed(value: Any) -> bytes:
    """Any JSON value as bytes to seal."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class _InUse:
    """The key ring of this process; set when it connects to the database."""

    def __init__(self) -> None:
        self.ring: KeyRing | None = None


_in_use = _InUse()


def use(comma_separated: str) -> None:
    """Seal with the first of these keys from now on; open with any of them."""
    _in_use.ring = KeyRing([key.strip() for key in comma_separated.split(",")])


def ring() -> KeyRing:
    """The keys in use. Raises PermanentError before there are any."""
    if _in_use.ring is None:
        raise PermanentError("no FIELD_ENCRYPTION_KEY in use: call models.connect() first")
    return _in_use.ring
