"""Reading fields of a persona with errors that say which field of which persona is wrong."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Any

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_KEYS = re.compile(r"[0-9*#]*")


class PersonaError(Exception):
    """A persona that is not as the format demands; the text names persona and field."""


class ReadFields:
    """Typed access to the fields of one JSON object; every method raises PersonaError."""

    def __init__(self, raw: Any, where: str, known: Set[str]) -> None:
        if not isinstance(raw, dict):
            raise PersonaError(f"{where}: must be an object, not {raw!r:.80}")
        unknown = sorted(raw.keys() - known)
        if unknown:
            raise PersonaError(
                f"{where}: unknown field {unknown[0]!r}; there are {', '.join(sorted(known))}"
            )
        self.where = where
        self._raw = raw

    def text(self, name: str) -> str:
        """Return a text, empty when absent."""
        value = self._raw.get(name, "")
        if not isinstance(value, str):
            raise PersonaError(f"{self.where}: {name} must be a text, not {value!r:.80}")
        return value

    def keys(self, name: str) -> str:
        """Return keys of a telephone, empty when absent."""
        value = self.text(name)
        if not _KEYS.fullmatch(value):
            raise PersonaError(f"{self.where}: {name} may hold 0-9, * and #, not {value!r}")
        return value

    def number(self, name: str, default: float) -> float:
        """Return a number of at least zero."""
        value = self._raw.get(name, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
            raise PersonaError(f"{self.where}: {name} must be a number from 0, not {value!r:.80}")
        return float(value)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """Return one of the allowed words."""
        value = self._raw.get(name)
        if value not in allowed:
            raise PersonaError(
                f"{self.where}: {name} must be one of {', '.join(allowed)}, not {value!r:.80}"
            )
        return str(value)

    def numbers(self, name: str) -> tuple[str, ...]:
        """Return a list of telephone numbers in E.164 form, empty when absent."""
        value = self._raw.get(name, [])
        if not isinstance(value, list):
            raise PersonaError(f"{self.where}: {name} must be a list, not {value!r:.80}")
        for number in value:
            if not isinstance(number, str) or not _NUMBER.fullmatch(number):
                raise PersonaError(
                    f"{self.where}: {name} has {number!r:.80}, not a number like +1…"
                )
        return tuple(value)
