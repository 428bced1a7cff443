"""What tests of the web edge share."""

from __future__ import annotations

import pytest

from app.models import CallLog
from tests import factories
from tests.factories import sid
from tests.web.twilio_side import Twilio


@pytest.fixture
def twilio(client, settings) -> Twilio:
    """Twilio, posting to the application."""
    return Twilio(client, settings)


@pytest.fixture
def live_call(settings) -> CallLog:
    """A call that the customer has answered."""
    factories.tenant()
    delivery = factories.delivery(outreach={"state": "calling", "attempts": 1})
    return factories.call(delivery, call_sid=sid("CA"), status="in-progress")
