"""The description of the API is whole, valid, and true of its examples."""

from __future__ import annotations

import re
from collections.abc import Iterator

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.rules.permissions import FOR_KEYS
from app.web.api import OPERATIONS, PREFIX
from app.web.api.patterns import SAYS
from app.web.api.problems import KINDS


@pytest.fixture(scope="module")
def described(migrated) -> dict:
    from app import create_app
    from app.runtime import Runtime

    client = create_app(migrated, Runtime(migrated)).test_client()
    return client.get(f"{PREFIX}/openapi.json").json


def test_it_is_valid_openapi(described) -> None:
    assert described["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(described).iter_errors()) == []


def test_shapes_have_plain_names(described) -> None:
    for name in described["components"]["schemas"]:
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", name), f"{name}: two classes of one name"


def test_a_key_is_offered_what_it_may_have_alone(described) -> None:
    for name in ("WantedKey", "ChangedKey"):
        offered = described["components"]["schemas"][name]["properties"]["permissions"]
        assert set(offered["items"]["enum"]) == {str(each) for each in FOR_KEYS}


def patterns_in(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for each in schema.values():
            yield from patterns_in(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from patterns_in(each)


def test_every_pattern_is_told_in_words() -> None:
    sent = {each for each in (op.body for op in OPERATIONS) if each}
    sent |= {each for each in (op.query for op in OPERATIONS) if each}
    found = {name for model in sent for name in patterns_in(model.model_json_schema())}
    assert found - set(SAYS) == {"^[0-9a-f]{24}$"}, "ids are checked, and told, by code of our own"
    assert set(SAYS) <= found, "there is no such pattern any more"


def test_every_route_is_in_it(client, described) -> None:
    pages = {"api.description", "api.docs", "api.docs_file", "api.problem_kinds"}
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule)), method)
        for rule in client.application.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if str(rule).startswith(PREFIX) and rule.endpoint not in pages
    }
    known = {(path, method.upper()) for path, item in described["paths"].items() for method in item}
    assert routes == known
    assert len(known) == len(OPERATIONS)


def test_every_route_says_what_it_does_and_what_it_needs() -> None:
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS)
    for operation in OPERATIONS:
        assert operation.summary, operation.name
        assert operation.problems <= set(KINDS), operation.name
        if operation.changes and operation.body is not None:
            assert operation.body.model_config["extra"] == "forbid", operation.name
        if operation.query is not None:
            assert operation.query.model_config["extra"] == "forbid", operation.name


def examples(described: dict) -> list[tuple[str, dict, object]]:
    found = []
    for item in described["paths"].values():
        for operation in item.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                found += [
                    (operation["operationId"], content["schema"], each["value"])
                    for each in content.get("examples", {}).values()
                ]
    return found


def test_every_body_has_an_example_and_each_is_valid(described) -> None:
    exemplified = {name for name, _, _ in examples(described)}
    for operation in OPERATIONS:
        if operation.body is not None and operation.body.model_fields:
            assert operation.name in exemplified
    for name, schema, value in examples(described):
        whole = {**schema, "components": described["components"]}
        jsonschema.Draft202012Validator(whole).validate(value), name
        (operation,) = (each for each in OPERATIONS if each.name == name)
        operation.body.model_validate(value)


def test_the_pages_for_people_are_there(client) -> None:
    for path in ("docs", "docs/swagger-ui.css", "docs/swagger-ui-bundle.js", "problems"):
        assert client.get(f"{PREFIX}/{path}").status_code == 200
    assert client.get(f"{PREFIX}/docs/secrets.py").status_code == 404
    problems = client.get(f"{PREFIX}/problems").text
    assert all(f'id="{name}"' in problems for name in KINDS)
