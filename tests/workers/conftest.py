"""What the tests of workers share."""

from __future__ import annotations

import pytest

from app import runtime
from app.runtime import Runtime


@pytest.fixture
def real(settings) -> Runtime:
    """The real storage and the real model."""
    made = Runtime(settings)
    runtime.install(made)
    yield made
    runtime.install(None)
