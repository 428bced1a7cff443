"""Reading the form fields and filters of REST requests, with Twilio's errors."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from multidict import MultiMapping

from local.carrier.records import Target
from local.carrier.rest_answers import ApiError
from local.carrier.store import Condition

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_METHODS = ("GET", "POST")
_DAY_SECONDS = 86400


def is_number(text: str) -> bool:
    """Say whether the text is a telephone number in E.164 form."""
    return _NUMBER.fullmatch(text) is not None


def refuse_unknown(form: MultiMapping[str], known: frozenset[str]) -> None:
    """Refuse a field the carrier does not act on.

    Twilio ignores such fields; the carrier does not, so that a misspelt name never passes.
    """
    unknown = sorted(set(form) - known)
    if unknown:
        raise ApiError(400, 20001, f"The carrier does not know the parameter '{unknown[0]}'")


def number_field(form: MultiMapping[str], name: str, missing: int, invalid: int) -> str:
    """Return a telephone number in E.164 form, or the error with the code given."""
    number = form.get(name, "").strip()
    if not number:
        raise ApiError(400, missing, f"No '{name}' number is specified")
    if not is_number(number):
        raise ApiError(400, invalid, f"The '{name}' number {number} is not a valid phone number")
    return number


def target_field(form: MultiMapping[str], name: str, method_name: str) -> Target | None:
    """Return an address with its method (POST by default), or None; 21205 when it is bad."""
    url = form.get(name, "")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname)
        valid = valid and "_" not in (parts.hostname or "") and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid or any(character.isspace() for character in url):
        raise ApiError(400, 21205, f"{name} is not a valid URL: {url}")
    return Target(url, choice_field(form, method_name, _METHODS, "POST"))


def choice_field(form: MultiMapping[str], name: str, allowed: tuple[str, ...], default: str) -> str:
    """Return one of the allowed words; 20001 for another."""
    value = form.get(name) or default
    if value not in allowed:
        raise ApiError(400, 20001, f"Parameter '{name}' is not valid: {value}")
    return value


def whole_field(form: MultiMapping[str], name: str, default: int, limits: tuple[int, int]) -> int:
    """Return a whole number within the limits; 20001 for another."""
    value = form.get(name) or str(default)
    if not value.isdecimal() or not limits[0] <= int(value) <= limits[1]:
        raise ApiError(400, 20001, f"Parameter '{name}' is not valid: {value}")
    return int(value)


def flag_field(form: MultiMapping[str], name: str) -> bool:
    """Return a truth value, false when absent."""
    return choice_field(form, name, ("true", "false", "True", "False"), "false").lower() == "true"


def equal_conditions(query: MultiMapping[str], columns: dict[str, str]) -> list[Condition]:
    """Return conditions for filters that demand equality, by field name and column."""
    return [
        Condition(column, "=", query[name]) for name, column in columns.items() if name in query
    ]


def time_conditions(query: MultiMapping[str], name: str, column: str) -> Iterator[Condition]:
    """Return conditions for `Name`, `Name<` and `Name>`, each with a date or a moment.

    As at Twilio `Name` means the whole day in UTC, and both bounds are inclusive.
    """
    if query.get(name):
        begin = _span(query[name])[0]
        midnight = begin - begin % _DAY_SECONDS
        yield Condition(column, ">=", midnight)
        yield Condition(column, "<", midnight + _DAY_SECONDS)
    if query.get(f"{name}<"):
        yield Condition(column, "<", _span(query[f"{name}<"])[1])
    if query.get(f"{name}>"):
        yield Condition(column, ">=", _span(query[f"{name}>"])[0])


def _span(written: str) -> tuple[float, float]:
    """Return the day, or the second, that was written, as seconds since 1970."""
    try:
        moment = datetime.datetime.fromisoformat(written)
    except ValueError as error:
        raise ApiError(400, 20001, f"'{written}' is not a date") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    begin = moment.timestamp()
    if _DAY.fullmatch(written):
        return begin, begin + _DAY_SECONDS
    return begin - begin % 1, begin - begin % 1 + 1
