"""Fixtures: a carrier with an empty folder, and a product that answers it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.carrier.exchange_parts import CarrierOptions
from tests.local.carrier.carrier_world import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    OPENAPI_FILE,
    CarrierThread,
    Product,
    World,
    write_tone,
)
from tests.local.carrier.virtual_world import VirtualWorld


@pytest.fixture(scope="session", autouse=True)
def _say_whether_answers_are_validated() -> None:
    if not OPENAPI_FILE.exists():
        warnings.warn(
            f"{OPENAPI_FILE} is absent: REST answers are NOT validated against OpenAPI",
            stacklevel=1,
        )


@pytest.fixture
def options(tmp_path: Path) -> CarrierOptions:
    return CarrierOptions(ACCOUNT_SID, AUTH_TOKEN, tmp_path / "carrier", speed=100)


@pytest.fixture
def virtual(tmp_path: Path) -> VirtualWorld:
    return VirtualWorld(tmp_path / "carrier")


@pytest.fixture
def speech(tmp_path: Path) -> str:
    return str(write_tone(tmp_path / "speech.wav", seconds=2))


@pytest.fixture
def product() -> Iterator[Product]:
    product = Product()
    product.start()
    yield product
    product.stop()


@pytest.fixture
def world(options: CarrierOptions, product: Product) -> Iterator[World]:
    carrier = CarrierThread(options)
    yield World(carrier, product)
    carrier.stop()
    unsigned = [webhook.path for webhook in product.received if not webhook.signed]
    assert not unsigned, f"webhooks with a signature that does not verify: {unsigned}"
