"""Reads what is sent: against its description, with everything that is wrong told at once."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from flask import Request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.datastructures import MultiDict

from app.saying import Saying
from app.web.api import odd
from app.web.api.operations import JSON, Operation
from app.web.api.problems import Fault, Problem, invalid, with_errors

Model = TypeVar("Model", bound=BaseModel)
_JSONS = {JSON, "application/merge-patch+json"}
_BEYOND_FORM = {"value_error", "datetime_from_date_parsing", "timezone_offset"}
"""Errors that no description of a form can tell beforehand."""

_SEND_JSON = Saying("Send JSON (RFC 8259) in UTF-8.")


def query(model: type[Model], given: MultiDict[str, str]) -> Model:
    """What stands behind the question mark. Raises Problem ``invalid``."""
    plain: dict[str, Any] = {}
    repeated = []
    for name, values in given.lists():
        field = model.model_fields.get(name)
        if field is not None and _is_list(field.annotation):
            plain[name] = values
        elif len(values) > 1:
            repeated.append(Fault(detail=Saying("must be given once"), source="query", name=name))
        else:
            plain[name] = values[0]
    try:
        found = model.model_validate(plain)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        faults = [*repeated, *(_in_query(each) for each in errors)]
        raise _refused(faults, bool(repeated) or _of_form(errors)) from None
    if repeated:
        raise _refused(repeated, form=True)
    return found


def query_given(model: type[Model], given: Mapping[str, Any]) -> Model:
    """The same of what a page of ours asks for."""
    try:
        return model.model_validate({name: each for name, each in given.items() if each != ""})
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise _refused([_in_query(each) for each in details], _of_form(details)) from None


def no_query(given: MultiDict[str, str]) -> None:
    """Raises Problem: this route takes no parameters."""
    faults = [
        Fault(detail=Saying("is not known here"), source="query", name=name) for name in given
    ]
    raise _refused(faults, form=True)


def body(model: type[Model], asked: Request) -> Model:
    """The JSON that was sent. Raises Problem ``malformed``, ``invalid`` and others."""
    raw = asked.get_data(cache=True)
    if not raw.strip() and not any(field.is_required() for field in model.model_fields.values()):
        return model.model_validate({})
    _must_be(asked, _JSONS)
    return body_given(model, raw)


def body_given(model: type[Model], raw: str | bytes) -> Model:
    """The same of JSON that is at hand."""
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        if details[0]["type"] == "json_invalid":
            says = str(details[0].get("ctx", {}).get("error", "it is none"))
            detail = Saying("The body is no JSON that can be read: %(says)s.", says=says)
            raise Problem("malformed", detail, mend=_SEND_JSON) from None
        raise _refused([_in_body(each) for each in details], _of_form(details)) from None


def text(asked: Request, media: str) -> str:
    """The text that was sent, in UTF-8. Raises Problem ``malformed`` and others."""
    _must_be(asked, {media})
    try:
        return asked.get_data(cache=True).decode("utf-8-sig")
    except UnicodeDecodeError:
        mend = Saying("Save it as UTF-8, and send it again.")
        raise Problem("malformed", Saying("The body is not UTF-8."), mend=mend) from None


def selection(operation: Operation, wanted: str) -> Any:
    """What to include, for pydantic, of a thing or of a page of things. Raises Problem."""
    if operation.answer is None:
        raise TypeError(f"{operation.name} answers nothing")
    names = {name.strip() for name in wanted.split(",") if name.strip()}
    shown, items = fields_of(operation.answer)
    if unknown := sorted(names - shown):
        says = Saying(
            "knows no %(names)s; there are %(names_2)s",
            names=", ".join(unknown)[:100],
            names_2=", ".join(sorted(shown)),
        )
        raise invalid(Fault(detail=says, source="query", name="fields"))
    return {"items": {"__all__": names}, "next": True} if items else names


def fields_of(answer: type[BaseModel]) -> tuple[set[str], bool]:
    """Names of the fields of a thing, or of the things of a page; and whether it is a page."""
    items = answer.model_fields.get("items")
    if items is None:
        return set(answer.model_fields), False
    (item,) = typing.get_args(items.annotation)
    return set(item.model_fields), True


def _must_be(asked: Request, media: Iterable[str]) -> None:
    if asked.mimetype not in media:
        raise Problem(
            "unsupported-media-type",
            Saying("Content-Type must be %(names)s.", names=" or ".join(sorted(media))),
        )


def _is_list(annotation: Any) -> bool:
    if typing.get_origin(annotation) in (types.UnionType, typing.Union, typing.Annotated):
        return any(_is_list(each) for each in typing.get_args(annotation))
    return typing.get_origin(annotation) is list


def _refused(faults: Sequence[Fault], form: bool) -> Problem:
    """Not of the form that is described; or of the form, and impossible all the same."""
    return with_errors("malformed" if form else "invalid", faults)


def _of_form(errors: Iterable[Mapping[str, Any]]) -> bool:
    return any(error["type"] not in _BEYOND_FORM for error in errors)


def _in_body(error: ErrorDetails) -> Fault:
    return Fault(detail=odd.says(error), source="body", pointer=pointer(error["loc"]))


def _in_query(error: ErrorDetails) -> Fault:
    return Fault(detail=odd.says(error), source="query", name=str(error["loc"][0])[:100])


def pointer(location: Iterable[int | str]) -> str:
    """Where it is, as RFC 6901 writes it."""
    parts = (str(part)[:100].replace("~", "~0").replace("/", "~1") for part in location)
    return "".join(f"/{part}" for part in parts)
