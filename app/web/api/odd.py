"""What pydantic finds odd about what was sent, in words of our own, which are translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from app.saying import Saying
from app.web.api.patterns import SAYS

Words = Callable[[Mapping[str, Any]], Saying]


def says(error: Mapping[str, Any]) -> Saying:
    """What must be there instead, for one of pydantic's errors."""
    found = KINDS.get(error["type"])
    if found is not None:
        return found(error.get("ctx", {}))
    reason = error.get("ctx", {}).get("error")
    if isinstance(reason, ValueError) and reason.args:
        reason = reason.args[0]
    if isinstance(reason, Saying):
        return reason
    return Saying("does not have the form that is asked for: %(why)s", why=error["msg"])


def _always(told: Saying) -> Words:
    return lambda _given: told


def _short(given: Mapping[str, Any]) -> Saying:
    if given["min_length"] == 1:
        return Saying("must not be empty")
    return Saying("must have at least %(least)s characters", least=given["min_length"])


def _long(given: Mapping[str, Any]) -> Saying:
    return Saying("may have at most %(most)s characters", most=given["max_length"])


def _few(given: Mapping[str, Any]) -> Saying:
    if given["min_length"] == 1:
        return Saying("choose at least one")
    return Saying("must hold at least %(least)s", least=given["min_length"])


def _many(given: Mapping[str, Any]) -> Saying:
    return Saying("may hold at most %(most)s", most=given["max_length"])


def _one_of(given: Mapping[str, Any]) -> Saying:
    return Saying("must be one of %(names)s", names=given["expected"])


def _form(given: Mapping[str, Any]) -> Saying:
    return SAYS.get(given["pattern"], Saying("does not have the form that is asked for"))


def _number(bound: object) -> object:
    """720 where the bound is 720.0."""
    return int(bound) if isinstance(bound, float) and bound.is_integer() else bound


_NUMBER = _always(Saying("must be a number"))
_WHOLE = _always(Saying("must be a whole number"))
_TEXT = _always(Saying("must be a text"))
_YES_OR_NO = _always(Saying("must be true or false"))
_LIST = _always(Saying("must be a list"))
_OBJECT = _always(Saying("must be an object"))
_DAY = _always(Saying("must be a day, as 2026-03-02"))
_MOMENT = _always(
    Saying("must be a time as RFC 3339 writes it, with its offset, as 2026-11-20T09:30:00-05:00")
)
KINDS: Mapping[str, Words] = MappingProxyType(
    {
        "extra_forbidden": _always(Saying("is not known here")),
        "missing": _always(Saying("must be given")),
        "string_too_short": _short,
        "string_too_long": _long,
        "too_short": _few,
        "too_long": _many,
        "greater_than_equal": lambda given: Saying(
            "must be at least %(least)s", least=_number(given["ge"])
        ),
        "less_than_equal": lambda given: Saying(
            "may be at most %(most)s", most=_number(given["le"])
        ),
        "greater_than": lambda given: Saying(
            "must be more than %(least)s", least=_number(given["gt"])
        ),
        "less_than": lambda given: Saying("must be less than %(most)s", most=_number(given["lt"])),
        "literal_error": _one_of,
        "enum": _one_of,
        "string_pattern_mismatch": _form,
        "string_type": _TEXT,
        "string_unicode": _TEXT,
        "int_type": _WHOLE,
        "int_parsing": _WHOLE,
        "int_parsing_size": _WHOLE,
        "int_from_float": _WHOLE,
        "float_type": _NUMBER,
        "float_parsing": _NUMBER,
        "finite_number": _NUMBER,
        "bool_type": _YES_OR_NO,
        "bool_parsing": _YES_OR_NO,
        "list_type": _LIST,
        "dict_type": _OBJECT,
        "model_type": _OBJECT,
        "model_attributes_type": _OBJECT,
        "date_type": _DAY,
        "date_parsing": _DAY,
        "date_from_datetime_parsing": _DAY,
        "date_from_datetime_inexact": _DAY,
        "datetime_type": _MOMENT,
        "datetime_parsing": _MOMENT,
        "datetime_from_date_parsing": _MOMENT,
        "datetime_object_invalid": _MOMENT,
        "timezone_aware": _MOMENT,
        "timezone_offset": _MOMENT,
    }
)
"""By the kind of error that pydantic names."""
