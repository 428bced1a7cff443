"""Twilio's connection overrides: what the fragment of a webhook address says about its delivery.

`#ct=2000&rt=5000&tt=15000&rc=2&rp=5xx,ct,rt`: connect, read and total time limits in
milliseconds, number of retries, and what to retry. Fragments are neither sent nor signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

TOTAL_LIMIT = 15.0
_TRIGGERS = frozenset({"4xx", "5xx", "ct", "rt", "all"})
_RANGES = {"ct": (100, 10000), "rt": (100, 15000), "tt": (100, 15000), "rc": (0, 5)}


class OverrideError(Exception):
    """A fragment Twilio would report as 11243."""


@dataclass(frozen=True, slots=True)
class ConnectionOverride:
    """Time limits in seconds of real time, retries, and what is retried."""

    connect: float = 5.0
    read: float = 15.0
    total: float = TOTAL_LIMIT
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})

    def retries_after(self, failure: str) -> bool:
        """Say whether that failure (`ct`, `rt`, `4xx`, `5xx`) is worth another attempt."""
        return failure in self.retry_on or "all" in self.retry_on


def read_override(fragment: str) -> ConnectionOverride:
    """Return what a fragment asks for; OverrideError when it is not well-formed."""
    if not fragment:
        return ConnectionOverride()
    try:
        pairs = parse_qsl(fragment, strict_parsing=True)
    except ValueError as error:
        raise OverrideError(str(error)) from error
    numbers: dict[str, int] = {}
    retry_on = frozenset({"ct"})
    for name, value in pairs:
        if name == "rp":
            retry_on = _triggers(value)
        elif name in _RANGES:
            numbers[name] = _number(name, value)
        elif name not in {"e", "sni"}:
            raise OverrideError(f"unknown setting {name!r}")
    return ConnectionOverride(
        connect=numbers.get("ct", 5000) / 1000,
        read=numbers.get("rt", 15000) / 1000,
        total=numbers.get("tt", 15000) / 1000,
        retries=numbers.get("rc", 1),
        retry_on=retry_on,
    )


def _triggers(value: str) -> frozenset[str]:
    triggers = frozenset(value.split(","))
    if not triggers <= _TRIGGERS:
        raise OverrideError(f"rp={value} names something other than {', '.join(sorted(_TRIGGERS))}")
    return triggers


def _number(name: str, value: str) -> int:
    low, high = _RANGES[name]
    if not value.isdecimal() or not low <= int(value) <= high:
        raise OverrideError(f"{name}={value} is not a number from {low} to {high}")
    return int(value)
