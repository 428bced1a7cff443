"""What goes wrong with a request, as RFC 9457 problem details: what, where, how to mend it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE = "application/problem+json"
_MOST_FAULTS = 50
WHERE = "/api/v1/problems"
"""The page that explains each kind; a problem's ``type`` is this with the kind's name behind #."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, its title, and what to do about it in general."""

    status: int
    title: str
    mend: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "malformed": Kind(
            400,
            "The request does not have the form that is described",
            "Mend each of the errors: it says where, and what must be there.",
        ),
        "unauthenticated": Kind(
            401,
            "Nobody is known by these credentials",
            "Send an API key or an access token as: Authorization: Bearer …",
        ),
        "forbidden": Kind(
            403,
            "These credentials do not permit this",
            "Ask an administrator of your company for a role or key that has the permission.",
        ),
        "not-found": Kind(
            404,
            "There is no such thing",
            "Check the id. What belongs to another company, or is not assigned to you, is not "
            "found either.",
        ),
        "method-not-allowed": Kind(
            405, "The address does not know this method", "See the header Allow."
        ),
        "conflict": Kind(
            409,
            "It cannot be done as things stand",
            "Read the thing again: its state says what can be done now.",
        ),
        "changed-meanwhile": Kind(
            412,
            "Somebody else has changed it",
            "Read it again, and send your change with its new ETag in If-Match.",
        ),
        "too-large": Kind(
            413,
            "The request is too large",
            "Send less at once: several things in several requests, one with less in it.",
        ),
        "unsupported-media-type": Kind(
            415, "The body is not of a type that is read here", "Set Content-Type as described."
        ),
        "invalid": Kind(
            422,
            "The request has the right form, and says something that cannot be",
            "Mend each of the errors: it says where, and what must be there.",
        ),
        "idempotency-key-reused": Kind(
            422,
            "The Idempotency-Key was used for another request",
            "Take a new key for each new request; send the same key only with the same request.",
        ),
        "version-required": Kind(
            428,
            "A change must say of which version it is",
            "Read it first, and send its ETag in If-Match; If-Match: * changes whatever is there.",
        ),
        "too-many-requests": Kind(
            429, "Too many requests", "Wait for as many seconds as Retry-After says."
        ),
        "internal": Kind(
            500,
            "Something went wrong here",
            "It has been logged. Name the request_id when you ask about it.",
        ),
        "unavailable": Kind(
            503, "Out of reach for a moment", "Send the same request again in a few seconds."
        ),
    }
)


_AS_DESCRIBED = "Send the request as /api/v1/docs describes it."
_AT_NO_FIELD = {"malformed": _AS_DESCRIBED, "invalid": _AS_DESCRIBED}
"""What to do where no error is named."""


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    model_config = ConfigDict(frozen=True)

    detail: str = Field(description="What is wrong, and what must be there.")
    source: Literal["body", "query", "path", "header"] = Field(description="In which part.")
    pointer: str | None = Field(
        default=None, description="Where in the body, as a JSON Pointer (RFC 6901)."
    )
    name: str | None = Field(default=None, description="Which parameter or header.")


class ProblemDetails(BaseModel):
    """A problem, as RFC 9457 describes it."""

    type: str = Field(description="The kind of problem; the address of a page that explains it.")
    title: str
    status: int
    detail: str = Field(description="What is wrong with this request.")
    mend: str = Field(description="What to do about it.")
    errors: list[Fault] = []
    reason: str | None = Field(
        default=None, description="For programs: which of the reasons that the operation knows."
    )
    request_id: str | None = Field(default=None, description="Name it when you ask about it.")


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818 - the standard's word
    """Ends a request with a problem of one of ``KINDS``."""

    kind: str
    detail: str
    errors: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    mend: str = ""
    """What to do about it, where that is not what helps against most of its kind."""


def body(problem: Problem, request_id: str | None) -> dict[str, Any]:
    """The problem as JSON carries it."""
    kind = KINDS[problem.kind]
    return ProblemDetails(
        type=f"{WHERE}#{problem.kind}",
        title=kind.title,
        status=kind.status,
        detail=problem.detail,
        mend=problem.mend or _general_mend(problem),
        errors=list(problem.errors),
        reason=problem.reason,
        request_id=request_id,
    ).model_dump(mode="json", exclude_none=True)


def _general_mend(problem: Problem) -> str:
    general = KINDS[problem.kind].mend
    return general if problem.errors else _AT_NO_FIELD.get(problem.kind, general)


def response(problem: Problem, request_id: str | None) -> Response:
    """The answer that tells of it."""
    return Response(
        json.dumps(body(problem, request_id), ensure_ascii=False) + "\n",
        status=KINDS[problem.kind].status,
        content_type=MEDIA_TYPE,
        headers=dict(problem.headers),
    )


_BY_STATUS = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
    503: "unavailable",
}


def of_status(
    status: int | None,
    detail: str | None,
    headers: Mapping[str, str] | None = None,
    most: int | None = None,
) -> Problem:
    """What Flask itself refuses, as a problem. ``most``: bytes that the body may have."""
    if status == 413 and most is not None:
        detail = f"The body may have at most {most:,} bytes here."
    kind = _BY_STATUS.get(status or 500, "malformed" if (status or 500) < 500 else "internal")
    return Problem(kind, detail or KINDS[kind].title, headers=headers or {})


def invalid(*faults: Fault) -> Problem:
    """What is sent has the right form, and cannot be taken all the same."""
    return with_errors("invalid", faults)


def with_errors(kind: str, faults: Sequence[Fault]) -> Problem:
    """A problem of this kind that names what is wrong."""
    says = "There is one error." if len(faults) == 1 else f"There are {len(faults)} errors."
    return Problem(kind, says, faults[:_MOST_FAULTS])


def not_found(what: str) -> Problem:
    """There is no such thing, or it is none of the caller's business, which is the same."""
    return Problem("not-found", f"There is no such {what}.")
