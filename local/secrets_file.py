"""The secrets of one data folder: made once, kept in a private file, never shown."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from app.errors import AppError
from app.rules import vapid

# A number of the range that is reserved for fiction, so that it can never be anybody's.
FROM_NUMBER = "+12025550142"

MAKERS: Mapping[str, Callable[[], str]] = {
    "REDIS_PASSWORD": lambda: secrets.token_hex(24),
    "S3_ACCESS_KEY_ID": lambda: f"DELAUTO{secrets.token_hex(6).upper()}",
    "S3_SECRET_ACCESS_KEY": lambda: secrets.token_hex(24),
    "TWILIO_ACCOUNT_SID": lambda: f"AC{secrets.token_hex(16)}",
    "TWILIO_AUTH_TOKEN": lambda: secrets.token_hex(16),
    "VAPID_PRIVATE_KEY": vapid.new_private_key,
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "FIELD_ENCRYPTION_KEY": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
}


class SecretsError(AppError):
    """The file of secrets cannot be read; the message names it."""


def stored_secrets(folder: Path) -> dict[str, str]:
    """Return the folder's secrets by variable name, making those that are missing.

    Raises SecretsError when the file is damaged: making new ones would lock the data away.
    """
    file = folder / "secrets.json"
    known = _read(file)
    missing = {name: make() for name, make in MAKERS.items() if name not in known}
    if missing:
        known |= missing
        _write(file, known)
    return known


def _read(file: Path) -> dict[str, str]:
    try:
        entries = json.loads(file.read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise SecretsError(f"{file} is damaged; restore it, or start in another folder.") from error
    return {str(name): str(value) for name, value in entries.items()}


def _write(file: Path, entries: Mapping[str, str]) -> None:
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as target:
        json.dump(entries, target)
        target.flush()
        os.fsync(target.fileno())
    unfinished.replace(file)
