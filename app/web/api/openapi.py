"""The description of the API, OpenAPI 3.1, from the declared operations and their shapes."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from app.web.api import once, parsing
from app.web.api.operations import JSON, PREFIX, Operation, Resource
from app.web.api.problems import KINDS, MEDIA_TYPE, ProblemDetails

VERSION = "1.0.0"
_REF = "#/components/schemas/{model}"
_Plain = dict[str, Any]
_INTRODUCTION = f"""\
Everything that a dispatcher's own system needs: customers, deliveries, calls, recordings, what
was understood, and what needs a person.

**Credentials.** Send an API key (`delauto key add`) or an access token (`POST {PREFIX}/auth/token`)
as `Authorization: Bearer …`. A role or key has permissions; each route names the one it needs.
What belongs to another company is not found.

**Lists** come in pages: send `next` of one page as `cursor` for what follows. Parameters that a
list does not know are refused, so that a misspelt filter does not return everything.

**Changes.** Each thing has a `version`, which is its `ETag` too. `PATCH` and `DELETE` need it in
`If-Match`; who was slower gets 412 and loses nothing.

**Repetition.** Every `POST` that changes something takes an `Idempotency-Key` (a UUID, say). Sent
again with the same key within 24 hours, it does nothing and answers what it answered then.

**Times** are RFC 3339. Those sent must have an offset from UTC; those returned are in UTC.
**Telephone numbers** may be sent as people write them; they are returned in E.164.

**Errors** are problem details (RFC 9457): `detail` says what is wrong, `errors` where (a JSON
Pointer or a parameter's name), `mend` what to do. They are English, or the best of English,
Spanish, French and German for `Accept-Language`; `type`, `pointer` and `name` never change.

**Limits.** `RateLimit-Policy` and `RateLimit` tell how many requests are left; after the last
one comes 429 with `Retry-After`.
"""


def text(resources: Sequence[Resource], public_url: str) -> str:
    """The whole description as JSON."""
    return json.dumps(document(resources, public_url), ensure_ascii=False)


def document(resources: Sequence[Resource], public_url: str) -> _Plain:
    """The whole description."""
    operations = [each for resource in resources for each in resource.operations]
    shapes = _Shapes(operations)
    paths: dict[str, _Plain] = {}
    for operation in operations:
        described = _operation(operation, shapes)
        paths.setdefault(operation.template, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "DelAuto", "version": VERSION, "description": _INTRODUCTION},
        "servers": [{"url": public_url}, {"url": "/"}][::-1],
        "tags": [{"name": each.name, "description": each.description} for each in resources],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(shapes.components.items())),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key (da_…) or an access token.",
                }
            },
        },
    }


class _Shapes:
    """Every schema that some operation needs."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(ProblemDetails, "serialization")]
        for each in operations:
            wanted += [(model, "validation") for model in (each.body, each.query) if model]
            wanted += [(each.answer, "serialization")] if each.answer else []
        unique = list(dict.fromkeys(wanted))
        self._refs, found = models_json_schema(unique, ref_template=_REF)
        self.components: dict[str, _Plain] = found["$defs"]
        for each in operations:
            if each.query is not None:
                self.components.pop(self.name(each.query, "validation"), None)
        self._queries = {
            each.query: each.query.model_json_schema(ref_template=_REF)
            for each in operations
            if each.query is not None
        }

    def name(self, model: type[BaseModel], mode: JsonSchemaMode) -> str:
        """What a shape is called among the components."""
        return str(self._refs[(model, mode)]["$ref"]).rpartition("/")[2]

    def ref(self, model: type[BaseModel], mode: JsonSchemaMode) -> _Plain:
        """A reference to a shape."""
        return {"$ref": _REF.format(model=self.name(model, mode))}

    def answer(self, operation: Operation) -> _Plain:
        """What an operation answers; where fields may be chosen, with any of them left out."""
        if operation.answer is None:
            raise TypeError(f"{operation.name} answers nothing")
        whole = self.ref(operation.answer, "serialization")
        if operation.query is None or "fields" not in operation.query.model_fields:
            return whole
        return {"anyOf": [whole, self._partial(operation.answer)]}

    def _partial(self, answer: type[BaseModel]) -> _Plain:
        name = f"Some{self.name(answer, 'serialization')}"
        if name not in self.components:
            schema = copy.deepcopy(self.components[self.name(answer, "serialization")])
            if parsing.fields_of(answer)[1]:
                items = schema["properties"]["items"]
                item = copy.deepcopy(self.components[items["items"]["$ref"].rpartition("/")[2]])
                item.pop("required", None)
                items["items"] = item
            else:
                schema.pop("required", None)
            self.components[name] = schema
        return {"$ref": _REF.format(model=name)}

    def parameters(self, operation: Operation) -> list[_Plain]:
        """What stands behind the question mark."""
        if operation.query is None:
            return []
        schema = self._queries[operation.query]
        self.components.update(schema.get("$defs", {}))
        return [
            _parameter("query", name, _not_null(each), name in schema.get("required", ()))
            for name, each in schema["properties"].items()
        ]


def _operation(operation: Operation, shapes: _Shapes) -> _Plain:
    parts = [operation.description]
    if operation.may is not None:
        parts.append(f"Needs the permission `{operation.may}`.")
    described: _Plain = {
        "operationId": operation.name,
        "tags": [operation.resource],
        "summary": operation.summary,
        "description": " ".join(part for part in parts if part),
        "parameters": [*_path(operation), *shapes.parameters(operation), *_headers(operation)],
        "responses": _responses(operation, shapes),
    }
    if operation.anyone:
        described["security"] = []
    if operation.may is not None:
        described["x-permission"] = str(operation.may)
    if operation.media != JSON:
        described["requestBody"] = {
            "required": True,
            "content": {operation.media: {"schema": {"type": "string"}}},
        }
    elif operation.body is not None:
        schema = shapes.ref(operation.body, "validation")
        content: _Plain = {"schema": schema}
        component = shapes.components[shapes.name(operation.body, "validation")]
        if operation.method == "PATCH":
            # What is not sent stays as it is: there is no default.
            for each in component["properties"].values():
                each.pop("default", None)
        if examples := component.pop("examples", None):
            component["x-examples"] = examples
        if examples := component.get("x-examples"):
            content["examples"] = {
                f"example {number}": {"value": each} for number, each in enumerate(examples, 1)
            }
        needed = any(field.is_required() for field in operation.body.model_fields.values())
        described["requestBody"] = {"required": needed, "content": {JSON: content}}
    return described


def _path(operation: Operation) -> list[_Plain]:
    schema = {"type": "string", "pattern": "^[0-9a-f]{24}$"}
    return [_parameter("path", name, schema, True) for name in operation.parameters]


def _headers(operation: Operation) -> list[_Plain]:
    found = []
    if operation.versioned:
        tag = {"type": "string", "description": "The ETag of what you saw, or *."}
        found.append(_parameter("header", "If-Match", tag, True))
    if operation.kept and not operation.anyone:
        schema: _Plain = {
            "type": "string",
            "minLength": 1,
            "maxLength": once.LONGEST,
            "pattern": "^[!-~]+$",
            "description": "The same for the same request, sent again; kept for 24 hours.",
        }
        found.append(_parameter("header", once.HEADER, schema, False))
    return found


def _parameter(where: str, name: str, schema: Mapping[str, Any], required: bool) -> _Plain:
    schema = dict(schema)
    found: _Plain = {"name": name, "in": where, "required": required}
    if description := schema.pop("description", None):
        found["description"] = description
    schema.pop("title", None)
    return {**found, "schema": schema}


def _not_null(schema: _Plain) -> _Plain:
    """A parameter is there or not; it is never null."""
    found = {
        name: value for name, value in schema.items() if name != "default" or value is not None
    }
    choices = [each for each in found.get("anyOf", ()) if each != {"type": "null"}]
    if len(choices) == 1:
        del found["anyOf"]
        found.update(choices[0])
    return found


def _responses(operation: Operation, shapes: _Shapes) -> _Plain:
    headers: _Plain = {
        "X-Request-Id": {"schema": {"type": "string"}},
        "RateLimit-Policy": {"schema": {"type": "string"}},
        "RateLimit": {"schema": {"type": "string"}},
    }
    good: _Plain = {
        "description": "Done." if operation.changes else "As it is.",
        "headers": headers,
    }
    if operation.answer is not None:
        good["content"] = {JSON: {"schema": shapes.answer(operation)}}
        if "version" in operation.answer.model_fields:
            good["headers"] = {**headers, "ETag": {"schema": {"type": "string"}}}
    found: _Plain = {str(operation.status): good}
    if not operation.changes and operation.answer and "version" in operation.answer.model_fields:
        found["304"] = {"description": "As If-None-Match says."}
    for status in sorted(_problem_statuses(operation)):
        kinds = [kind for kind in KINDS.values() if kind.status == status]
        found[str(status)] = {
            "description": "; or: ".join(kind.title for kind in kinds) + ".",
            "content": {MEDIA_TYPE: {"schema": shapes.ref(ProblemDetails, "serialization")}},
        }
    return found


def _problem_statuses(operation: Operation) -> set[int]:
    kinds = {"malformed", "invalid", "too-many-requests", "unavailable", *operation.problems}
    kinds |= set() if operation.anyone else {"unauthenticated"}
    kinds |= {"forbidden"} if operation.may is not None else set()
    kinds |= {"not-found"} if operation.parameters else set()
    kinds |= {"conflict"} if operation.changes else set()
    kinds |= {"version-required", "changed-meanwhile"} if operation.versioned else set()
    if operation.body is not None or operation.media != JSON:
        kinds |= {"too-large", "unsupported-media-type"}
    return {KINDS[kind].status for kind in kinds}
