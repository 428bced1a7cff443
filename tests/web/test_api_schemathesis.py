"""Whatever is sent to the API, it answers as it is described: requests drawn from the description.

``API_EXAMPLES`` is how many requests each route is sent with each role's key, half of them wrong.
In half of the right ones the ids of the path are of things that are there.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth

from app import create_app
from app.rules.permissions import Role
from app.runtime import Runtime
from tests.web import api_side, api_world

EXAMPLES = int(os.environ.get("API_EXAMPLES", "6"))
_NOT_HERE = [ignored_auth]
"""Without credentials every route is asked in tests/test_architecture.py."""
_EXPECTED = ["2xx", "3xx", "401", "403", "404", "409", "412", "422", "429", "503"]
"""What a request of the described form may be answered: never 400, nor 500."""
_CONFIG = {
    "checks": {"positive_data_acceptance": {"expected-statuses": _EXPECTED}},
    "generation": {"allow-x00": True},
}


def asked(operation, mode, world, api) -> int:
    """Send one route's requests; how many there were."""
    count = 0

    @hypothesis.seed(20265)
    @hypothesis.settings(max_examples=max(1, EXAMPLES // 2), deadline=None, database=None,
                         suppress_health_check=list(hypothesis.HealthCheck))  # fmt: skip
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode), there=st.booleans())
    def ask(case, there) -> None:
        nonlocal count
        count += 1
        if there and case.path_parameters and mode is GenerationMode.POSITIVE:
            case.path_parameters.update(world.known(case.path_parameters))
            if "If-Match" in case.headers:
                case.headers["If-Match"] = "*"
        case.call_and_validate(
            headers={"Authorization": f"Bearer {api.credentials}"}, excluded_checks=_NOT_HERE
        )

    ask()
    return count


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("role", list(Role))
def test_every_route_answers_as_described(settings, role) -> None:
    flask = create_app(settings, Runtime(settings))
    api = api_side.key_of_role(flask.test_client(), "default", role)
    world = api_world.World.filled("default", now=datetime.now(UTC))
    config = SchemathesisConfig.from_dict(_CONFIG)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", flask, config=config)
    failures, count = [], 0
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                count += asked(operation, mode, world, api)
            except hypothesis.errors.Unsatisfiable:
                # A route that takes nothing cannot be asked wrongly.
                assert mode is GenerationMode.NEGATIVE, operation.label
            except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - all routes are asked before any is judged
                failures.append(f"{operation.label}: {error}\n{getattr(error, 'exceptions', '')}")
    print(f"{role}: {count} requests to {len(list(schema.get_all_operations()))} routes")
    assert not failures, "\n\n".join(failures)
