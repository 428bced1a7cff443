"""The shape in which the second reader must answer, made from the shape of our own analysis.

It keeps to what strict structured outputs of all providers have in common: every property is
required, what was not said is null, nothing may be added, and no lengths or patterns are asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from app.rules.analysis import CHOICES, SLOTS, Kind, SlotValue

_TYPES: Mapping[str, type] = {"signature": bool, "id_check": bool, "minutes": int}
"""Slots that hold no text."""
_CONFIG = ConfigDict(extra="forbid", strict=True, frozen=True)
_FENCE = re.compile(r"```(?:json)?\s*\n(.*)\n\s*```", re.DOTALL)
MOST = 24
"""Directives in one answer; more is no customer's."""


class NonsenseError(ValueError):
    """The answer does not fit the schema."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One directive as the second reader gave it, unchecked."""

    kind: Kind
    quote: str
    slots: Mapping[str, SlotValue]


def _slot(name: str) -> Any:
    if name in CHOICES:
        return Literal[CHOICES[name]] | None
    return _TYPES.get(name, str) | None


def _of_kind(kind: Kind) -> type[BaseModel]:
    names = (*SLOTS[kind], "condition")
    fields: dict[str, Any] = {
        "kind": (Literal[kind.value], ...),
        "quote": (str, ...),
        **{name: (_slot(name), ...) for name in names},
    }
    return create_model(kind.value, __config__=_CONFIG, **fields)


@cache
def _model() -> type[BaseModel]:
    either: Any = reduce(or_, (_of_kind(kind) for kind in Kind))
    fields: dict[str, Any] = {"directives": (list[either], ...)}
    return create_model("SecondOpinion", __config__=_CONFIG, **fields)


@cache
def schema() -> Mapping[str, Any]:
    """The JSON schema of an answer."""
    made: Mapping[str, Any] = _untitled(_model().model_json_schema())
    return made


def _untitled(node: Any) -> Any:
    """Without pydantic's titles, which only repeat the names."""
    if isinstance(node, list):
        return [_untitled(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _untitled(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }


def parse(content: str) -> tuple[Proposal, ...]:
    """Read an answer. Raises NonsenseError, which repeats nothing of it, unless it fits whole."""
    try:
        answer = _model().model_validate_json(_unfenced(content))
    except ValidationError:
        raise NonsenseError("the answer does not fit the schema") from None
    found = answer.model_dump()["directives"]
    if len(found) > MOST:
        raise NonsenseError(f"the answer has more than {MOST} directives")
    return tuple(_proposal(each) for each in found)


def _unfenced(content: str) -> str:
    """Without the fence of Markdown in which some models put their JSON."""
    fenced = _FENCE.fullmatch(content.strip())
    return fenced[1] if fenced else content


def _proposal(found: dict[str, Any]) -> Proposal:
    kind, quote = Kind(found.pop("kind")), str(found.pop("quote"))
    # As in our own analysis, what was not said is absent.
    slots = {name: value for name, value in found.items() if value not in (None, False, "")}
    return Proposal(kind, quote, slots)
