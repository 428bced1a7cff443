"""Our own keys towards push services (RFC 8292), and what a browser's keys must be (RFC 8291).

Keys travel as base64url without padding: a private one as its 32 bytes, a public one as the 65
bytes of an uncompressed point of P-256.
"""

from __future__ import annotations

import base64
import binascii
import re

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_CURVE = ec.SECP256R1()
_PRIVATE_BYTES = 32
_AUTH_BYTES = 16
_SUBJECT = re.compile(r"mailto:[^@\s]+@[\w-]+(\.[\w-]+)+|https://[\w-]+(\.[\w-]+)+")


def new_private_key() -> str:
    """A private key that nobody else has."""
    number = ec.generate_private_key(_CURVE).private_numbers().private_value
    return _text(number.to_bytes(_PRIVATE_BYTES, "big"))


def public_key(private: str) -> str:
    """The public key of a private one. Raises ValueError where it is none."""
    raw = _bytes(private)
    if len(raw) != _PRIVATE_BYTES:
        raise ValueError("a private key has 32 bytes")
    key = ec.derive_private_key(int.from_bytes(raw, "big"), _CURVE).public_key()
    return _text(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def is_subject(text: str) -> bool:
    """Is this how a push service reaches us: a mailbox, or an origin, by a full name?"""
    return _SUBJECT.fullmatch(text) is not None


def is_browser_key(p256dh: str) -> bool:
    """Can something be encrypted for this key?"""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, _bytes(p256dh))
    except ValueError:
        return False
    return True


def is_browser_secret(auth: str) -> bool:
    """Is this a browser's authentication secret?"""
    try:
        return len(_bytes(auth)) == _AUTH_BYTES
    except ValueError:
        return False


def _bytes(text: str) -> bytes:
    plain = text.rstrip("=")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", plain):
        raise ValueError("not base64url")
    try:
        return base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
    except binascii.Error:
        raise ValueError("not base64url") from None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
