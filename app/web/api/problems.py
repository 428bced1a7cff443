"""What goes wrong with a request, as RFC 9457 problem details: what, where, how to mend it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, GetPydanticSchema, WithJsonSchema
from pydantic_core import core_schema

from app.errors import AppError
from app.saying import Saying, Sayings
from app.web.words import language_here, told

MEDIA_TYPE = "application/problem+json"
_MOST_FAULTS = 50
WHERE = "/api/v1/problems"
"""The page that explains each kind; a problem's ``type`` is this with the kind's name behind #."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, its title, and what to do about it in general."""

    status: int
    title: Saying
    mend: Saying


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "malformed": Kind(
            400,
            Saying("The request does not have the form that is described"),
            Saying("Mend each of the errors: it says where, and what must be there."),
        ),
        "unauthenticated": Kind(
            401,
            Saying("Nobody is known by these credentials"),
            Saying("Send an API key or an access token as: Authorization: Bearer …"),
        ),
        "forbidden": Kind(
            403,
            Saying("These credentials do not permit this"),
            Saying(
                "Ask an administrator of your company for a role or key that has the permission."
            ),
        ),
        "not-found": Kind(
            404,
            Saying("There is no such thing"),
            Saying(
                "Check the id. What belongs to another company, or is not assigned to you, is not "
                "found either."
            ),
        ),
        "method-not-allowed": Kind(
            405, Saying("The address does not know this method"), Saying("See the header Allow.")
        ),
        "conflict": Kind(
            409,
            Saying("It cannot be done as things stand"),
            Saying("Read the thing again: its state says what can be done now."),
        ),
        "changed-meanwhile": Kind(
            412,
            Saying("Somebody else has changed it"),
            Saying("Read it again, and send your change with its new ETag in If-Match."),
        ),
        "too-large": Kind(
            413,
            Saying("The request is too large"),
            Saying("Send less at once: several things in several requests, one with less in it."),
        ),
        "unsupported-media-type": Kind(
            415,
            Saying("The body is not of a type that is read here"),
            Saying("Set Content-Type as described."),
        ),
        "invalid": Kind(
            422,
            Saying("The request has the right form, and says something that cannot be"),
            Saying("Mend each of the errors: it says where, and what must be there."),
        ),
        "idempotency-key-reused": Kind(
            422,
            Saying("The Idempotency-Key was used for another request"),
            Saying(
                "Take a new key for each new request; send the same key only with the same request."
            ),
        ),
        "version-required": Kind(
            428,
            Saying("A change must say of which version it is"),
            Saying(
                "Read it first, and send its ETag in If-Match; If-Match: * changes whatever is "
                "there."
            ),
        ),
        "too-many-requests": Kind(
            429,
            Saying("Too many requests"),
            Saying("Wait for as many seconds as Retry-After says."),
        ),
        "internal": Kind(
            500,
            Saying("Something went wrong here"),
            Saying("It has been logged. Name the request_id when you ask about it."),
        ),
        "unavailable": Kind(
            503,
            Saying("Out of reach for a moment"),
            Saying("Send the same request again in a few seconds."),
        ),
    }
)


_AS_DESCRIBED = Saying("Send the request as /api/v1/docs describes it.")
_AT_NO_FIELD = {"malformed": _AS_DESCRIBED, "invalid": _AS_DESCRIBED}
"""What to do where no error is named."""


Text = Annotated[
    Saying,
    GetPydanticSchema(lambda _source, _handler: core_schema.any_schema()),
    WithJsonSchema({"type": "string"}),
]
"""A string to pydantic; for us it must be one that can be told in the reader's language."""


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    model_config = ConfigDict(frozen=True)

    detail: Text = Field(description="What is wrong, and what must be there.")
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
    detail: Saying
    errors: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    mend: Saying | None = None
    """What to do about it, where that is not what helps against most of its kind."""


def body(problem: Problem, request_id: str | None) -> dict[str, Any]:
    """The problem as JSON carries it, in the reader's language."""
    kind, problem = KINDS[problem.kind], in_words(problem)
    return ProblemDetails(
        type=f"{WHERE}#{problem.kind}",
        title=told(kind.title),
        status=kind.status,
        detail=problem.detail,
        mend=told(problem.mend or _general_mend(problem)),
        errors=list(problem.errors),
        reason=problem.reason,
        request_id=request_id,
    ).model_dump(mode="json", exclude_none=True)


def _general_mend(problem: Problem) -> Saying:
    general = KINDS[problem.kind].mend
    return general if problem.errors else _AT_NO_FIELD.get(problem.kind, general)


def response(problem: Problem, request_id: str | None) -> Response:
    """The answer that tells of it."""
    return Response(
        json.dumps(body(problem, request_id), ensure_ascii=False) + "\n",
        status=KINDS[problem.kind].status,
        content_type=MEDIA_TYPE,
        headers={
            "Content-Language": language_here(),
            "Vary": "Accept-Language, Cookie",
            **problem.headers,
        },
    )


def in_words(problem: Problem) -> Problem:
    """The same, told in the reader's language."""
    faults = [fault.model_copy(update={"detail": told(fault.detail)}) for fault in problem.errors]
    return replace(problem, detail=told(problem.detail), errors=faults)


def of_error(error: AppError) -> Saying:
    """What a failure that we foresee says."""
    says = str(error)
    return says if isinstance(says, Saying) else Saying(says)


def in_one(problem: Problem) -> Saying:
    """All that is wrong in one text, each thing behind its place."""
    return Sayings.of(_at(fault) for fault in problem.errors) if problem.errors else problem.detail


def _at(fault: Fault) -> Saying:
    where = fault.pointer or ""
    return Saying("%(where)s %(what)s", where=where, what=fault.detail) if where else fault.detail


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
        detail = Saying("The body may have at most %(most)s bytes here.", most=f"{most:,}")
    kind = _BY_STATUS.get(status or 500, "malformed" if (status or 500) < 500 else "internal")
    says = detail if isinstance(detail, Saying) else KINDS[kind].title
    return Problem(kind, says, headers=headers or {})


def invalid(*faults: Fault) -> Problem:
    """What is sent has the right form, and cannot be taken all the same."""
    return with_errors("invalid", faults)


def with_errors(kind: str, faults: Sequence[Fault]) -> Problem:
    """A problem of this kind that names what is wrong."""
    says = Saying("There are %(count)s errors.", count=len(faults))
    if len(faults) == 1:
        says = Saying("There is one error.")
    return Problem(kind, says, faults[:_MOST_FAULTS])


def not_found(says: Saying) -> Problem:
    """There is no such thing, or it is none of the caller's business, which is the same."""
    return Problem("not-found", says)
