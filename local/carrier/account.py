"""The account as Twilio's console would show it: its numbers' addresses, and what it may do."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import phonenumbers

ADDRESSES = ("voice_url", "voice_fallback_url", "status_callback", "sms_url", "sms_fallback_url")


class AccountError(ValueError):
    """A description of the account that is not well-formed; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Twilio's way to say no: HTTP status and error code."""

    status: int
    code: int

    @staticmethod
    def read(given: Any) -> Refusal:
        """Return the refusal in `{"status", "code"}`; AccountError when it is none."""
        if not isinstance(given, Mapping) or given.keys() != {"status", "code"}:
            raise AccountError(f'a refusal needs "status" and "code", not {given!r:.80}')
        status, code = given["status"], given["code"]
        if type(status) is not int or type(code) is not int or not 400 <= status < 600:
            raise AccountError(f"a refusal has a status from 400 and a code, not {given!r:.80}")
        return Refusal(status, code)


@dataclass(frozen=True, slots=True)
class Account:
    """Where the account's numbers send calls and texts, and what is refused to it.

    Addresses are asked by POST. `numbers` are those it may call from (none: any), else 21210.
    `countries` are those it may call (none: any), else 21215. `refuse_all` answers every request.
    """

    voice_url: str = ""
    voice_fallback_url: str = ""
    status_callback: str = ""
    sms_url: str = ""
    sms_fallback_url: str = ""
    numbers: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    refuse_all: Refusal | None = None

    def changed(self, given: Any) -> Account:
        """Return the account with these fields replaced; AccountError names a bad one."""
        if not isinstance(given, Mapping):
            raise AccountError(f"an account must be an object, not {given!r:.80}")
        changes: dict[str, Any] = {}
        for name, value in given.items():
            if name in ADDRESSES:
                changes[name] = _address(name, value)
            elif name in {"numbers", "countries"}:
                changes[name] = _texts(name, value)
            elif name == "refuse_all":
                changes[name] = None if value is None else Refusal.read(value)
            else:
                raise AccountError(f"unknown field {name!r} of the account")
        return dataclasses.replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """Return the account in the form that `changed` takes."""
        return dataclasses.asdict(self)

    def may_call_from(self, number: str) -> bool:
        """Say whether the number is one of the account's."""
        return not self.numbers or number in self.numbers

    def may_call(self, number: str) -> bool:
        """Say whether the country of the number is one the account may call."""
        if not self.countries:
            return True
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) in self.countries


def _address(name: str, value: Any) -> str:
    parts = urlsplit(value) if isinstance(value, str) else None
    if parts is None or (value and not (parts.scheme in {"http", "https"} and parts.hostname)):
        raise AccountError(f"{name} must be an address, or empty, not {value!r:.80}")
    return str(value)


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise AccountError(f"{name} must be a list of texts, not {value!r:.80}")
    return tuple(value)
