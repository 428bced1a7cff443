"""A REST request as the handlers see it, whichever way it came."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from multidict import CIMultiDict, MultiDict, MultiMapping

from local.carrier.rest_answers import ApiError, RestAnswer


@dataclass(frozen=True, slots=True)
class RestRequest:
    """Method, path and what came with it; `match` are the named parts of the route."""

    method: str
    path: str
    query: MultiMapping[str] = field(default_factory=MultiDict)
    form: MultiMapping[str] = field(default_factory=MultiDict)
    body: bytes = b""
    headers: MultiMapping[str] = field(default_factory=CIMultiDict)
    match: Mapping[str, str] = field(default_factory=dict)
    target: str = ""

    def json(self) -> Any:
        """Return the body read as JSON; 20001 when it is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise ApiError(400, 20001, f"The body is not JSON: {error}") from error


@dataclass(frozen=True, slots=True)
class Settling:
    """An answer that is better given a moment later, when an order has taken effect."""

    wait: Callable[[], Awaitable[None]]
    then: Callable[[], RestAnswer]


Handler = Callable[[RestRequest], RestAnswer | Settling]
