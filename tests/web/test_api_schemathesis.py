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
from app.models.webhooks import Subscription
from app.rules.permissions import NOT_FOR_KEYS, Role
from app.runtime import Runtime
from app.web.api import OPERATIONS
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


def failures_of(operations, api) -> tuple[list[str], int]:
    """What these routes answer otherwise than is described, and how many requests they got.

    Each route finds one of everything, whatever the one before it deleted.
    """
    failures, count = [], 0
    for operation in operations:
        # A company may have so many subscriptions and no more.
        Subscription.of("default").delete()
        world = api_world.World.filled("default", now=datetime.now(UTC))
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                count += asked(operation, mode, world, api)
            except hypothesis.errors.Unsatisfiable:
                # A route that takes nothing cannot be asked wrongly.
                assert mode is GenerationMode.NEGATIVE, operation.label
            except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - all routes are asked before any is judged
                failures.append(f"{operation.label}: {error}\n{getattr(error, 'exceptions', '')}")
    return failures, count


def described(flask) -> list:
    """Every operation of the description."""
    config = SchemathesisConfig.from_dict(_CONFIG)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", flask, config=config)
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("role", list(Role))
def test_every_route_answers_as_described(settings, role) -> None:
    flask = create_app(settings, Runtime(settings))
    api = api_side.key_of_role(flask.test_client(), "default", role)
    operations = described(flask)
    failures, count = failures_of(operations, api)
    print(f"{role}: {count} requests to {len(operations)} routes")
    assert not failures, "\n\n".join(failures)


@pytest.mark.timeout(3600)
def test_what_no_key_may_do_is_answered_to_people_as_described(settings) -> None:
    often = settings.model_copy(update={"api_rate_user": "999999/60"})
    flask = create_app(often, Runtime(often))
    api = api_side.signed_in(flask.test_client(), api_side.person("default", Role.ADMIN))
    names = {each.name for each in OPERATIONS if each.may in NOT_FOR_KEYS}
    operations = [each for each in described(flask)
                  if each.definition.raw["operationId"] in names]  # fmt: skip
    assert len(operations) == len(names)
    failures, _ = failures_of(operations, api)
    assert not failures, "\n\n".join(failures)
    assert api.get("/me").status_code == 200, "the last requests were nobody's"
