"""Every route, asked by every role, about things of its own, of others, and of another company.

What must come of it is read from the table of permissions alone. Each request is undone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from app.models.transaction import in_transaction
from app.rules.permissions import FOR_KEYS, MAY, NOT_FOR_KEYS, Permission, Reach, Role
from app.runtime import Runtime
from app.web.api import OPERATIONS
from app.web.api.operations import CSV, Operation
from tests.web import api_side
from tests.web.api_side import Api
from tests.web.api_world import World

AUDIO = Path(__file__).parents[2] / "local" / "carrier" / "audio"
HERE, THERE = "default", "other"
GUARDED = [operation for operation in OPERATIONS if not operation.anyone]
OF_KEYS_ALONE = ("/auth/", "/me")
"""Routes about the session of a person, which need no permission."""
ALSO = {"read_transcript": {Permission.RECORDINGS_READ}}
"""What a route needs beside its own permission."""


class Undo(Exception):  # noqa: N818 - it is no error
    """Takes back what a request did."""


@dataclass(frozen=True)
class Worlds:
    """Own things, a colleague's, and those of another company."""

    own: World
    colleagues: World
    foreign: World


@pytest.fixture
def client(settings, runtime):
    """The application for who asks more than people do."""
    generous = settings.model_copy(update={"api_rate_user": "1000000/60"})
    return create_app(generous, Runtime(generous)).test_client()


@pytest.fixture
def driver(settings):
    api_side.company(HERE)
    return api_side.person(HERE, Role.AGENT)


@pytest.fixture
def worlds(driver, runtime) -> Worlds:
    now = datetime.now(UTC)
    # What their recordings sound like.
    runtime.storage.put("rec/world.wav", (AUDIO / "angry-manager.wav").read_bytes(), "audio/wav")
    api_side.company(THERE)
    colleague = api_side.person(HERE, Role.AGENT, 2)
    stranger = api_side.person(THERE, Role.AGENT, 3)
    return Worlds(
        World.filled(HERE, now=now, driver=driver),
        World.filled(HERE, now=now, driver=colleague),
        World.filled(THERE, now=now, driver=stranger),
    )


def test_every_route_takes_a_permission_of_the_table() -> None:
    for operation in GUARDED:
        if operation.may is None:
            assert operation.path.startswith(OF_KEYS_ALONE), operation.name
        else:
            assert operation.may in Permission, operation.name
    needed = {operation.may for operation in GUARDED} - {None}
    assert needed <= set(Permission)
    assert set(MAY) == set(Role)
    assert set(MAY[Role.ADMIN]) == set(Permission)
    assert not FOR_KEYS & NOT_FOR_KEYS


@pytest.mark.timeout(900)
@pytest.mark.parametrize("role", list(Role))
def test_every_route_answers_each_role_as_the_table_says(client, driver, worlds, role) -> None:
    api = api_side.signed_in(client, driver if role is Role.AGENT else api_side.person(HERE, role))
    counted: Counter[str] = Counter()
    for operation in GUARDED:
        for whose, world in (
            ("own", worlds.own), ("colleague's", worlds.colleagues), ("foreign", worlds.foreign)
        ):  # fmt: skip
            status, text = asked(api, operation, world)
            expected = _expected(operation, role, whose)
            where = (operation.name, role, whose, status, text[:300])
            if expected is None:
                assert status not in (401, 403, 429), where
                assert status < 500, where
                assert status != 404 or not _known(operation, world), where
            else:
                assert status == expected, where
            if whose == "own" and status < 300:
                _holds_nothing_foreign(text, worlds, role, where)
            counted[f"{expected or 'let in'}"] += 1
    print(f"{role}: {sum(counted.values())} requests to {len(GUARDED)} routes, {dict(counted)}")


@pytest.mark.timeout(900)
def test_a_key_does_what_its_permissions_say_and_nothing_else(client, worlds) -> None:
    count, keys = 0, {}
    for permission in sorted(FOR_KEYS):
        for operation in GUARDED:
            if operation.may is None:
                continue
            also = ALSO.get(operation.name, set()) if operation.may is permission else set()
            wanted = frozenset({permission} | also)
            if wanted not in keys:
                keys[wanted] = api_side.key_for(client, HERE, wanted)
            api = keys[wanted]
            status, text = asked(api, operation, worlds.own)
            count += 1
            if operation.may is permission:
                assert status not in (401, 403), (operation.name, permission, text[:300])
            else:
                assert status == 403, (operation.name, permission, status)
    print(f"keys: {count} requests, {len(FOR_KEYS)} permissions, {len(GUARDED)} routes")


def asked(api: Api, operation: Operation, world: World) -> tuple[int, str]:
    """What a valid request about this world is answered; whatever it did is undone."""
    path = operation.path
    for name in operation.parameters:
        known = world.ids.get(name, "a" * 24)
        path = path.replace(f"<id:{name}>", known)
    options: dict[str, Any] = {"headers": {"If-Match": "*"}}
    if operation.media == CSV:
        options |= {"data": "customer_name,phone,address,scheduled_time\n", "content_type": CSV}
    elif operation.body is not None:
        options["json"] = _example(operation)
    if operation.query is not None:
        options["query_string"] = _needed(operation)
    found: list[tuple[int, str]] = []

    def once() -> None:
        answer = api.ask(operation.method, path, **options)
        found.append((answer.status_code, answer.text))
        raise Undo

    with pytest.raises(Undo):
        in_transaction(once)
    return found[-1]


def _example(operation: Operation) -> Any:
    extra = operation.body.model_config.get("json_schema_extra") or {} if operation.body else {}
    examples = extra.get("examples") or [{}]
    return examples[0]


def _needed(operation: Operation) -> dict[str, str]:
    fields = operation.query.model_fields if operation.query else {}
    examples = {"place": "-73.98,40.74", "since": "2026-11-01", "until": "2026-11-08"}
    return {
        name: str((field.examples or [examples.get(name, "x")])[0])
        for name, field in fields.items()
        if field.is_required()
    }


def _expected(operation: Operation, role: Role, whose: str) -> int | None:
    """The status of a refusal; None where the request is let in."""
    reach = Reach.OWN if operation.may is None else MAY[role].get(operation.may)
    if reach is None:
        return 403
    named = set(operation.parameters)
    if named and (whose == "foreign" or (whose == "colleague's" and reach is Reach.OWN)):
        return 404
    return None


def _known(operation: Operation, world: World) -> bool:
    return set(operation.parameters) <= set(world.ids)


def _holds_nothing_foreign(text: str, worlds: Worlds, role: Role, where: object) -> None:
    for found in worlds.foreign.ids.values():
        assert found not in text, where
    if MAY[role].get(Permission.DELIVERIES_READ) is Reach.OWN:
        for found in worlds.colleagues.ids.values():
            assert found not in text, where
