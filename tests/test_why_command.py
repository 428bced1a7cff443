"""`delauto why`: what it says where the network is at fault, and how a delivery is found."""

from __future__ import annotations

import pytest
from bson import ObjectId
from click.testing import CliRunner, Result

from app import models
from app.cli import main
from app.models import CallLog
from app.pipeline import circuit
from tests import factories
from tests.factories import NOW


@pytest.fixture
def why(surroundings, settings):
    def invoke(*arguments: str) -> Result:
        at = ("--at", "2026-03-10T10:00")
        try:
            return CliRunner().invoke(main, ["why", *arguments, *at], env=surroundings)
        finally:
            # A command ends its connection.
            models.connect(settings)

    return invoke


def failed_call(**fields) -> CallLog:
    basics = {"status": "failed", "in_flight": False, "error_code": "21215"}
    return factories.call(factories.delivery(reference="R-1"), **{**basics, **fields})


def test_that_dialling_is_stopped_for_everybody_is_said_beside_the_next_call(why) -> None:
    factories.delivery(reference="R-1")
    assert "stopped" not in why("R-1").stdout
    circuit.failed(circuit.CALLS, "20003", ObjectId(), now=NOW)
    said = why("R-1").stdout.splitlines()
    assert said[4] == (
        "dialling is stopped for everybody: the account's credentials are wrong; "
        "see delauto circuit show"
    )
    # Texts go out meanwhile.
    assert "stopped" not in why("R-1", "--channel", "sms").stdout
    circuit.failed(circuit.MESSAGES, "30002", ObjectId(), now=NOW)
    assert "texts are stopped for everybody: " in why("R-1", "--channel", "sms").stdout


def test_a_call_that_failed_says_what_the_network_meant(why) -> None:
    failed_call()
    said = why("R-1").stdout.splitlines()
    at = next(number for number, line in enumerate(said) if line.startswith("attempt 1: failed"))
    assert said[at + 1] == (
        "  the network's code 21215: the account's geographic permissions forbid this country"
    )


def test_a_delivery_is_found_by_the_id_of_a_call_about_it(why) -> None:
    call = failed_call()
    assert why(str(call.pk)).stdout.startswith("delivery: R-1, ")
    inbound = factories.call(
        delivery_id=None, covers=[], direction="inbound", status="completed", in_flight=False
    )
    for unknown in (ObjectId(), inbound.pk):
        answer = why(str(unknown))
        assert answer.exit_code == 1
        assert f"no delivery has the id or reference {unknown}" in answer.stderr


def test_another_companys_call_finds_nothing(why) -> None:
    call = failed_call()
    answer = why(str(call.pk), "--tenant", "others")
    assert answer.exit_code == 1
