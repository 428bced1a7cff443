"""The routes of the API: each declared once, guarded, served and described from that.

A handler's signature is its description: the parameter ``query`` is what it takes behind the
question mark, ``body`` what is sent, other parameters are those of the path, and the first line
of the docstring says what it does.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel

from app.rules.permissions import Permission

Handler = TypeVar("Handler", bound=Callable[..., Any])
PREFIX = "/api/v1"
JSON = "application/json"
CSV = "text/csv"
_SMALL = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    """Beneath ``PREFIX``, with <id:name> for ids."""
    name: str
    """Unique; the description's operationId."""
    resource: str
    summary: str
    description: str
    may: Permission | None
    """What the caller needs; None: nothing but to be somebody, or not even that (``anyone``)."""
    anyone: bool
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    media: str
    """What the body is: JSON, or CSV that the handler reads itself."""
    status: int
    answer: type[BaseModel] | None
    problems: frozenset[str]
    """Kinds of problems of its own, beside those that every route of its form has."""
    versioned: bool
    """A change that must say in If-Match of which version it is."""
    transactional: bool
    """One transaction holds all it writes; otherwise the handler makes its own."""
    largest: int
    """Bytes that a body may have."""
    kept: bool
    """Is the answer kept for a repeated request? Not of what is only read: who may read it now, and
    whether it still is there, is asked each time."""
    handler: Callable[..., Any]

    @property
    def changes(self) -> bool:
        """Does it change anything?"""
        return self.method != "GET"

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the ids in the path."""
        return tuple(re.findall(r"<(?:\w+:)?(\w+)>", self.path))

    @property
    def template(self) -> str:
        """The whole address as OpenAPI writes it."""
        return PREFIX + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", self.path)


@dataclass(frozen=True, slots=True)
class Resource:
    """Some operations that belong together."""

    name: str
    description: str
    operations: list[Operation] = field(default_factory=list)

    def get(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare what reads. Options as ``Operation`` has them."""
        return self._declare("GET", path, {"status": 200, **options})

    def post(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare what makes or does something."""
        return self._declare("POST", path, {"status": 201, **options})

    def patch(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare what changes some fields; the version must be given."""
        return self._declare("PATCH", path, {"status": 200, "versioned": True, **options})

    def put(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare what replaces the whole."""
        return self._declare("PUT", path, {"status": 200, **options})

    def delete(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare what takes something away."""
        return self._declare("DELETE", path, {"status": 204, **options})

    def _declare(
        self, method: str, path: str, options: Mapping[str, Any]
    ) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            self.operations.append(_operation(self.name, method, path, options, handler))
            return handler

        return declare


def _operation(
    resource: str, method: str, path: str, options: Mapping[str, Any], handler: Callable[..., Any]
) -> Operation:
    hints = get_type_hints(handler)
    summary, _, rest = inspect.cleandoc(handler.__doc__ or "").partition("\n")
    defaults: dict[str, Any] = {
        "may": None,
        "anyone": False,
        "media": JSON,
        "answer": None,
        "problems": frozenset(),
        "versioned": False,
        "transactional": method != "GET",
        "largest": _SMALL,
        "kept": method == "POST",
    }
    found = {**defaults, **options, "problems": frozenset(options.get("problems", ()))}
    if found["may"] is None and "may" not in options and not found["anyone"]:
        raise TypeError(f"{handler.__name__} must say which permission it needs")
    operation = Operation(
        method=method,
        path=path,
        name=handler.__name__,
        resource=resource,
        summary=summary.rstrip("."),
        description=" ".join(rest.split()),
        query=hints.get("query"),
        body=hints.get("body"),
        handler=handler,
        **found,
    )
    asked = set(inspect.signature(handler).parameters) - {"ask", "query", "body", "text"}
    if asked != set(operation.parameters):
        raise TypeError(f"{handler.__name__} takes {asked}, its path {operation.parameters}")
    return operation
