"""The real parts that tests run on: one local stack for the run, a clean ledger for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import redis
from argon2 import PasswordHasher
from pymongo.database import Database
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

import migrations
from app import create_app, models
from app.config import Settings
from app.models import password
from app.runtime import Runtime
from local.carrier.client import CarrierAdmin
from local.stack import LocalStack

# No example has a time limit: machines are busy. What lands must not depend on a throw of dice; on
# a developer's machine the dice roll.
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")
SPEED = 100.0
LONGEST = ("journeys", "torture", "attempts", "simulation")
"""Folders of tests that take minutes: begun first where several processes share the tests."""
KEPT = ("migrations", "data_keys")
"""Collections that are not emptied between tests: what the database itself is."""
PUBLIC_URL = "http://calls.test"
TRUE_HASHER = password._hasher
"""Of passwords, as the product has it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first."""
    items.sort(key=lambda item: not any(name in item.path.parts for name in LONGEST))


class ByFile(LoadScopeScheduling):
    """One process for each file, and one for all journeys, which share a running product.

    Not xdist's own groups: they are written into the ids of tests, which pytest 9.2 does not allow.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", maxsplit=1)[0]
        return "journeys" if file.startswith("tests/journeys/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """For ``make test``."""
    return ByFile(config, log)


def shared_folder() -> Path:
    """Optional test data that is not part of the project."""
    return Path(os.environ.get("DELAUTO_SHARED", Path(__file__).parents[2] / "shared"))


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """A password costs next to nothing in the processes of the tests.

    Only here: the product has no setting for it, and the processes that tests start pay in full.
    ``true_hashes`` gives a test what the product does.
    """
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(password, "_hasher", quick)
        yield


@pytest.fixture
def true_hashes(quick_hashes: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost what they cost in the product."""
    monkeypatch.setattr(password, "_hasher", TRUE_HASHER)


@pytest.fixture(scope="session")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables of a running local stack."""
    basics = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    stack = LocalStack(tmp_path_factory.mktemp("stack"), environ=basics, speed=SPEED)
    with stack:
        yield {**basics, **stack.start(), "PUBLIC_URL": PUBLIC_URL}


@pytest.fixture(scope="session")
def migrated(surroundings: dict[str, str]) -> Iterator[Settings]:
    """Settings whose database has run all migrations."""
    settings = Settings.from_env(surroundings)
    models.connect(settings)
    migrations.up(models.database())
    yield settings
    models.disconnect()


def empty(database: Database) -> None:
    """Delete all documents: most collections have none, and one question finds those that have."""
    names = [
        name
        for name in database.list_collection_names()
        if name not in KEPT and not name.startswith("system.")
    ]
    one = {"$limit": 1}
    look = [
        {"$unionWith": {"coll": name, "pipeline": [one, {"$project": {"of": {"$literal": name}}}]}}
        for name in names
    ]
    for found in database.aggregate([{"$documents": []}, *look]):
        database[found["of"]].delete_many({})


@pytest.fixture
def settings(migrated: Settings) -> Settings:
    """Settings with an empty ledger and empty queues."""
    # A test may have connected elsewhere.
    models.connect(migrated)
    empty(models.database())
    redis.Redis.from_url(migrated.redis_url.get_secret_value()).flushdb()
    return migrated


@pytest.fixture
def carrier(settings: Settings) -> CarrierAdmin:
    """Steers the telephone network of the stack."""
    return CarrierAdmin(
        settings.twilio_api_url, settings.twilio_account_sid, settings.auth_tokens[0]
    )


@pytest.fixture
def runtime(settings: Settings) -> Runtime:
    """Real gateways over the local stack."""
    return Runtime(settings)


@pytest.fixture
def client(settings: Settings, runtime: Runtime):
    """The web application, called without a network."""
    flask = create_app(settings, runtime)
    return flask.test_client()
